//! What operators' orders do to the book: each is carried out as a whole, or refused and nothing is changed.
//!
//! It does not know how an order came, nor whether its operator may give it.

use shared::{ComponentId, IncidentId, Stage, Status, Text, Timestamp};

use super::{
    Book, News, Urgency,
    entry::{Entry, Memory},
    times,
};
use crate::incident::{
    self, Acknowledgement, Actor, Body, Command, Incident, Involvement, Lead, Opening, Origin, Refusal, Statement,
    TimeFault, Times, finding,
};
use crate::{
    order::{self, Stranger},
    postmortem::{Postmortem, Story},
};

/// An order that was carried out, and what is needed to take it back.
#[derive(Debug)]
pub struct Done {
    /// Which incident it changed.
    pub incident: IncidentId,
    /// What follows from it.
    pub news: Vec<News>,
    before: Option<Box<Entry>>,
}

impl Book {
    /// Carries out an order. Whoever gives it lets time pass first, by [`Book::tick`].
    ///
    /// # Errors
    ///
    /// It is refused, and changes nothing.
    pub fn order(&mut self, actor: &Actor, command: Command, now: Timestamp) -> Result<Done, Refusal> {
        match command {
            Command::Open(opening) => self.open_by_hand(actor, opening, now),
            Command::Acknowledge { incident } => self.acknowledge(actor, &incident, now),
            Command::Say { incident, version, statement } => self.say(actor, &incident, version, statement, now),
            Command::Release { incident, version } => self.release(&incident, version, now),
            Command::ReportedByUsers { incident, version, at } => {
                let entry = self.seen(&incident, version)?;
                times::reported(at, entry.incident.times.started_at, now)?;
                self.change(&incident, now, |incident| {
                    incident.times.reported_by_users_at = Some(at);
                    incident.version += 1;
                })
            }
            Command::Link { incident, version, relapse_of } => self.link(&incident, version, relapse_of, now),
            Command::WriteField { incident, version, field, text } => {
                self.seen(&incident, version)?;
                text.iter().try_for_each(|written| order::lines("text", written))?;
                self.write_postmortem(&incident, now, |postmortem| match text {
                    Some(text) => drop(postmortem.fields.insert(field, text)),
                    None => drop(postmortem.fields.remove(&field)),
                })
            }
            Command::Publish { incident, version, measured } => {
                self.seen(&incident, version)?;
                if !Story::among(&self.incidents(), &incident).is_some_and(|story| story.is_over()) {
                    return Err(Refusal::StillOpen(incident));
                }
                self.write_postmortem(&incident, now, |postmortem| {
                    postmortem.published_at = Some(now);
                    postmortem.measured = *measured;
                })
            }
            Command::Withdraw { incident, version } => {
                self.seen(&incident, version)?;
                self.write_postmortem(&incident, now, |postmortem| postmortem.published_at = None)
            }
        }
    }

    fn write_postmortem(
        &mut self,
        id: &IncidentId,
        now: Timestamp,
        write: impl FnOnce(&mut Postmortem),
    ) -> Result<Done, Refusal> {
        let Incident { times, postmortem, .. } = self.entry(id)?.incident.as_ref();
        let (shown_at, was_public) = (times.updated_at, postmortem.published_at.is_some());
        let done = self.change(id, now, |incident| {
            write(&mut incident.postmortem);
            incident.postmortem.edited_at = Some(now);
            incident.version += 1;
        })?;
        // Of a draft readers see nothing.
        if let Some(entry) = self.entries.get_mut(id)
            && !was_public
            && entry.incident.postmortem.published_at.is_none()
        {
            entry.edit().times.updated_at = shown_at;
        }
        Ok(done)
    }

    /// Takes an order back, as if it had never been given. Nothing may have happened to the book in between.
    pub fn take_back(&mut self, done: Done) {
        let Done { incident: id, before, .. } = done;
        match before {
            Some(entry) => drop(self.entries.insert(id.clone(), *entry)),
            None => drop(self.entries.remove(&id)),
        }
        self.find_again();
        self.changed(&id, Urgency::Now);
    }

    fn entry(&self, id: &IncidentId) -> Result<&Entry, Refusal> {
        self.entries.get(id).ok_or_else(|| Refusal::UnknownIncident(id.clone()))
    }

    fn opened(&self, id: &IncidentId) -> Result<&Entry, Refusal> {
        let entry = self.entry(id)?;
        if entry.is_open() { Ok(entry) } else { Err(Refusal::Resolved(id.clone())) }
    }

    /// The incident, when the operator saw it as it is.
    fn seen(&self, id: &IncidentId, seen: u64) -> Result<&Entry, Refusal> {
        let entry = self.entry(id)?;
        let present = entry.incident.version;
        if seen == present { Ok(entry) } else { Err(Refusal::Changed { incident: id.clone(), seen, present }) }
    }

    fn change(&mut self, id: &IncidentId, now: Timestamp, change: impl FnOnce(&mut Incident)) -> Result<Done, Refusal> {
        let entry = self.entries.get_mut(id).ok_or_else(|| Refusal::UnknownIncident(id.clone()))?;
        let before = Some(Box::new(entry.clone()));
        change(entry.edit());
        entry.edit().times.updated_at = now;
        self.changed(id, Urgency::Now);
        Ok(Done { incident: id.clone(), news: Vec::new(), before })
    }

    /// The version stays: it does not touch what another operator may be writing.
    fn acknowledge(&mut self, actor: &Actor, id: &IncidentId, now: Timestamp) -> Result<Done, Refusal> {
        let entry = self.opened(id)?;
        if entry.incident.acknowledgement.is_some() {
            let before = Some(Box::new(entry.clone()));
            return Ok(Done { incident: id.clone(), news: Vec::new(), before });
        }
        let acknowledgement = Acknowledgement { at: now, by: actor.clone() };
        let mut done = self.change(id, now, |incident| incident.acknowledgement = Some(acknowledgement))?;
        done.news.push(News::Acknowledged(id.clone()));
        Ok(done)
    }

    fn say(
        &mut self,
        actor: &Actor,
        id: &IncidentId,
        version: u64,
        statement: Statement,
        now: Timestamp,
    ) -> Result<Done, Refusal> {
        self.opened(id)?;
        self.seen(id, version)?;
        check(&statement, now)?;
        let was_taken = self.opened(id)?.incident.acknowledgement.is_some();
        let mut done = self.change(id, now, |incident| {
            incident.version += 1;
            incident.lead = Lead::Operators;
            let taken = Acknowledgement { at: now, by: actor.clone() };
            incident.acknowledgement.get_or_insert(taken);
        })?;
        let Some(entry) = self.entries.get_mut(id) else { return Ok(done) };
        state(entry, statement, actor, now);
        let over = !entry.is_open();
        if over {
            end(entry, now);
            entry.condone(now.plus(self.rules.reopen));
            let works = entry.failing.is_empty();
            done.news.push(if works { News::Resolved(id.clone()) } else { News::Closed(id.clone()) });
            self.close(id);
        } else if !was_taken {
            // Who speaks of it takes care of it.
            done.news.push(News::Acknowledged(id.clone()));
        }
        self.changed(id, Urgency::Now);
        Ok(done)
    }

    fn release(&mut self, id: &IncidentId, version: u64, now: Timestamp) -> Result<Done, Refusal> {
        self.opened(id)?;
        self.seen(id, version)?;
        let mut done = self.change(id, now, |incident| {
            incident.version += 1;
            incident.lead = Lead::Measurements;
            incident.next_update_at = None;
        })?;
        let Some(entry) = self.entries.get_mut(id) else { return Ok(done) };
        let works = |id: &ComponentId| {
            self.conditions.get(id).is_none_or(|status| {
                matches!(status, Status::Operational | Status::DegradedPerformance | Status::UnderMaintenance)
            })
        };
        // What an operator named and works as far as is measured.
        let named: Vec<_> =
            entry.failing.iter().filter(|id| !entry.memory.traces.contains_key(*id) && works(id)).cloned().collect();
        for component in named {
            recover(entry, &component, now);
        }
        if entry.failing.is_empty() {
            entry.edit().times.recovered_at.get_or_insert(now);
            entry.memory.recovery_said = entry.incident.stage == Stage::Monitoring;
        }
        entry.notice_wellness(now);
        self.changed(id, Urgency::Now);
        self.pass_time(now, &mut done.news);
        Ok(done)
    }

    fn link(
        &mut self,
        id: &IncidentId,
        version: u64,
        earlier: Option<IncidentId>,
        now: Timestamp,
    ) -> Result<Done, Refusal> {
        let began = self.seen(id, version)?.incident.times.started_at;
        if let Some(earlier) = &earlier {
            let other = &self.entry(earlier)?.incident;
            // Later ones and itself are not earlier: a row of returns has no circle.
            if earlier == id || (other.times.started_at, &other.id) >= (began, id) {
                return Err(Refusal::Link(earlier.clone()));
            }
        }
        let done = self.change(id, now, |incident| {
            incident.version += 1;
            incident.relapse_of = earlier;
        });
        if let Some(entry) = self.entries.get_mut(id) {
            entry.memory.linked_by_hand = true;
        }
        done
    }

    fn open_by_hand(&mut self, actor: &Actor, opening: Opening, now: Timestamp) -> Result<Done, Refusal> {
        let Opening { title, started_at, components, statement } = opening;
        order::title(&title)?;
        check(&statement, now)?;
        let began = started_at.unwrap_or(now);
        times::began(began, now)?;
        let began = began.min(now);
        if let Some(unknown) = components.keys().find(|id| !self.landscape.contains(id)) {
            return Err(Refusal::UnknownComponent(Stranger::new(unknown.as_str())));
        }
        let id = incident::id(began, title.get(shared::Language::En));
        if let Some(entry) = self.entries.get(&id) {
            // The same order twice: a form that was sent again.
            return Err(Refusal::Changed { incident: id, seen: 0, present: entry.incident.version });
        }
        let parts = components.into_iter().map(|(id, status)| {
            let part = self.named(&id, status, began, now);
            (id, part)
        });
        let incident = declared(&id, actor, title, parts.collect(), (began, now));
        let mut entry = Entry::new(incident, Memory::default());
        entry.edit().impact = finding::impact(&entry.incident, &self.landscape);
        state(&mut entry, statement, actor, now);
        entry.size_said(now);
        entry.edit().times.announced_at = Some(now);
        entry.tell(now);
        if !entry.is_open() {
            end(&mut entry, now);
        }
        self.entries.insert(id.clone(), entry);
        self.file(&id);
        self.changed(&id, Urgency::Now);
        Ok(Done { incident: id.clone(), news: vec![News::Opened(id)], before: None })
    }

    fn named(&self, id: &ComponentId, status: Status, since: Timestamp, now: Timestamp) -> Involvement {
        let landmark = self.landscape.get(id);
        Involvement {
            name: landmark.map_or_else(|| Text::from(id.as_str()), |landmark| landmark.name.clone()),
            group: landmark.and_then(|landmark| landmark.group.clone()),
            since,
            detected_at: now,
            recovered_at: None,
            status,
            worst: status,
            signature: None,
            detail: String::new(),
            locations: Vec::new(),
        }
    }
}

fn declared(
    id: &IncidentId,
    actor: &Actor,
    title: Text,
    components: std::collections::BTreeMap<ComponentId, Involvement>,
    (began, now): (Timestamp, Timestamp),
) -> Incident {
    Incident {
        origin: Origin::Declared(actor.clone()),
        lead: Lead::Operators,
        title: Some(title),
        components,
        acknowledgement: Some(Acknowledgement { at: now, by: actor.clone() }),
        ..Incident::begun(id.clone(), Times::begun(began, now))
    }
}

fn check(statement: &Statement, now: Timestamp) -> Result<(), Refusal> {
    let Statement { stage, body, title, workaround, next_update_at } = statement;
    order::body(body)?;
    title.iter().try_for_each(order::title)?;
    workaround.iter().try_for_each(|workaround| order::lines("workaround", workaround))?;
    match next_update_at {
        Some(_) if !stage.is_open() => Err(Refusal::Time { field: "next_update_at", fault: TimeFault::Resolved }),
        Some(at) => times::promised(*at, now),
        None => Ok(()),
    }
}

/// An operator's words become an update. A promise holds until the next words.
fn state(entry: &mut Entry, statement: Statement, actor: &Actor, now: Timestamp) {
    let Statement { stage, body, title, workaround, next_update_at } = statement;
    let incident = entry.edit();
    incident.stage = stage;
    incident.title = title.or(incident.title.take());
    incident.next_update_at = next_update_at;
    if let Some(workaround) = workaround {
        let empty = shared::Language::ALL.iter().all(|language| workaround.get(*language).trim().is_empty());
        incident.workaround = Some(workaround).filter(|_| !empty);
    }
    if stage == Stage::Identified {
        incident.times.identified_at.get_or_insert(now);
    }
    if !stage.is_open() {
        // What was only named works again by the operator's word.
        let named: Vec<_> = entry.failing.iter().filter(|id| !entry.memory.traces.contains_key(*id)).cloned().collect();
        for component in named {
            recover(entry, &component, now);
        }
        entry.resolve(now);
    }
    entry.post(now, Body::Written(body), actor.clone());
}

fn recover(entry: &mut Entry, component: &ComponentId, at: Timestamp) {
    if let Some(part) = entry.edit().components.get_mut(component) {
        part.recovered_at = Some(at);
        part.status = Status::Operational;
    }
    entry.failing.remove(component);
}

/// What an end by an operator's word leaves: with nothing failing, all of it works.
fn end(entry: &mut Entry, now: Timestamp) {
    if entry.failing.is_empty() {
        entry.edit().times.recovered_at.get_or_insert(now);
    }
}
