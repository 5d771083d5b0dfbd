//! A hub for tests of those who give orders: it keeps incidents in memory and publishes what came of each order.
//!
//! It does not judge.

use std::sync::Arc;

use shared::{ComponentId, Impact, Stage};
use tokio::{sync::watch, task::JoinSet};

use super::planner::Planner;
use crate::{
    clock::now,
    hub::DeskEnd,
    incident::{
        self, Acknowledgement, Actor, Audit, Body, Command, Incident, Involvement, Lead, Origin, Refusal, Statement,
        Times, Update,
    },
    server::{edition::Edition, press::Press},
    snapshot::Snapshot,
};

/// An incident of the monitor's, at its first version.
pub(super) fn incident(name: &str) -> Incident {
    let at = now();
    let part = Involvement {
        name: "The cloud".into(),
        group: None,
        since: at,
        detected_at: at,
        recovered_at: None,
        status: shared::Status::MajorOutage,
        worst: shared::Status::MajorOutage,
        signature: None,
        detail: "502 Bad Gateway".to_owned(),
        locations: vec![],
    };
    let cloud: ComponentId = "cloud".parse().expect("an id");
    let opened = update(1, Stage::Investigating, Body::Opened, Actor::Monitor);
    Incident {
        title: Some(name.into()),
        impact: Impact::Major,
        components: [(cloud, part)].into(),
        updates: vec![opened],
        ..Incident::begun(incident::id(at, name), Times::begun(at, at))
    }
}

fn update(number: u32, stage: Stage, body: Body, by: Actor) -> Update {
    Update { number, at: now(), stage, body, affected: vec![], by }
}

/// Carries out orders until nobody gives any.
pub(super) async fn work(mut orders: DeskEnd, editions: watch::Sender<Arc<Edition>>, press: Arc<Press>) {
    let mut audit = Audit::default();
    while let Some((actor, command, answer)) = orders.next(&mut audit).await {
        let mut snapshot = Snapshot::clone(editions.borrow().snapshot());
        let mut incidents = Vec::clone(&snapshot.incidents);
        let (what, subject) = (command.word(), command.incident().map(ToString::to_string));
        let done = carry_out(&mut incidents, actor.clone(), command);
        let subject = done.as_ref().map_or(subject, |incident| Some(incident.id.to_string()));
        audit.note(now(), actor, what, subject, done.as_ref().err().map(ToString::to_string));
        orders.show(audit.log());
        if done.is_ok() {
            snapshot.incidents = Arc::new(incidents);
            editions.send_replace(Arc::new(Edition::new(Arc::new(snapshot), Arc::clone(&press))));
        }
        let _ = answer.send(done);
    }
}

fn carry_out(incidents: &mut Vec<Arc<Incident>>, by: Actor, command: Command) -> Result<Arc<Incident>, Refusal> {
    let (id, seen) = match &command {
        Command::Open(opening) => {
            let title = opening.title.get(shared::Language::En);
            let mut opened = incident(title);
            opened.id = incident::id(opening.started_at.unwrap_or_else(now), title);
            if let Some(twin) = incidents.iter().find(|known| known.id == opened.id) {
                return Err(Refusal::Changed { incident: opened.id, seen: 0, present: twin.version });
            }
            opened.origin = Origin::Declared(by.clone());
            say(&mut opened, opening.statement.clone(), by);
            incidents.insert(0, Arc::new(opened));
            return Ok(Arc::clone(&incidents[0]));
        }
        Command::Acknowledge { incident } => (incident, None),
        Command::Say { incident, version, .. }
        | Command::Release { incident, version }
        | Command::ReportedByUsers { incident, version, .. }
        | Command::Link { incident, version, .. }
        | Command::WriteField { incident, version, .. }
        | Command::Publish { incident, version, .. }
        | Command::Withdraw { incident, version } => (incident, Some(*version)),
    };
    let place = incidents.iter_mut().find(|incident| incident.id == *id);
    let place = place.ok_or_else(|| Refusal::UnknownIncident(id.clone()))?;
    let mut changed = Incident::clone(place);
    if let Some(seen) = seen.filter(|seen| *seen != changed.version) {
        return Err(Refusal::Changed { incident: id.clone(), seen, present: changed.version });
    }
    match (&command, changed.stage.is_open()) {
        (Command::WriteField { .. } | Command::Withdraw { .. }, _) | (Command::Publish { .. }, false) => {}
        (Command::Publish { .. }, true) => return Err(Refusal::StillOpen(id.clone())),
        (_, true) => {}
        (_, false) => return Err(Refusal::Resolved(id.clone())),
    }
    match command {
        Command::Open(_) => {}
        Command::Acknowledge { .. } => changed.acknowledgement = Some(Acknowledgement { at: now(), by }),
        Command::Say { statement, .. } => say(&mut changed, statement, by),
        Command::Release { .. } => changed.lead = Lead::Measurements,
        Command::ReportedByUsers { at, .. } => changed.times.reported_by_users_at = Some(at),
        Command::Link { relapse_of, .. } if relapse_of.as_ref() == Some(&changed.id) => {
            return Err(Refusal::Link(changed.id));
        }
        Command::Link { relapse_of, .. } => changed.relapse_of = relapse_of,
        Command::WriteField { field, text: Some(text), .. } => drop(changed.postmortem.fields.insert(field, text)),
        Command::WriteField { field, text: None, .. } => drop(changed.postmortem.fields.remove(&field)),
        Command::Publish { measured, .. } => {
            changed.postmortem.published_at = Some(now());
            changed.postmortem.measured = *measured;
        }
        Command::Withdraw { .. } => changed.postmortem.published_at = None,
    }
    changed.version += 1;
    *place = Arc::new(changed);
    Ok(Arc::clone(place))
}

fn say(incident: &mut Incident, statement: Statement, by: Actor) {
    let number = incident.updates.len() as u32 + 1;
    incident.updates.push(update(number, statement.stage, Body::Written(statement.body), by));
    incident.stage = statement.stage;
    incident.lead = Lead::Operators;
    incident.workaround = statement.workaround.or(incident.workaround.take());
    incident.next_update_at = statement.next_update_at;
}

/// The clerk at work, as long as the set lives.
pub(super) fn employ(mut orders: DeskEnd, editions: watch::Sender<Arc<Edition>>, press: Arc<Press>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    let mut planner = Planner::new(editions.clone(), Arc::clone(&press));
    tasks.spawn(orders.maintained_by(move |actor, command| planner.carry_out(&actor, command)));
    tasks.spawn(work(orders, editions, press));
    tasks
}
