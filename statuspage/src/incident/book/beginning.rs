//! How failures open incidents and make them grow.
//!
//! It does not know how one ends.

use std::{collections::BTreeSet, sync::Arc};

use shared::{ComponentId, IncidentId, Stage, Timestamp};

use super::{
    Book, Urgency,
    entry::{Entry, Memory},
    failure::{Closed, Failure},
};
use crate::incident::{self, Body, Incident, Lead, Times, correlation::Trace, finding};

/// What it means to an incident that a component enters it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entrance {
    /// It begins.
    First,
    /// Everything in it worked.
    Again,
    /// Others fail in it.
    Further,
}

impl Book {
    /// A component went down, or is still down in another way. Gives the incidents of which more is to be found out.
    pub(super) fn fails(&mut self, failure: &Failure<'_>) -> Vec<IncidentId> {
        let concerned = self.concerned.get(failure.component).cloned().unwrap_or_default();
        let accounts = |id: &IncidentId| self.entries.get(id).is_some_and(|it| it.accounts_for(failure.component));
        let inside: Vec<_> = concerned.iter().filter(|id| accounts(id)).cloned().collect();
        if !inside.is_empty() {
            for id in &inside {
                self.goes_on(id, failure);
            }
            return inside;
        }
        let closed = concerned.iter().filter_map(|id| self.closed_on(id, failure)).max_by_key(|closed| closed.at);
        let failure = closed.map_or_else(|| failure.clone(), |closed| failure.after(closed));
        let id = self.home(&failure, &concerned).unwrap_or_else(|| self.begin(&failure));
        let entrance = self.enter(&id, &failure);
        self.say_entrance(&id, &failure, entrance, self.clock.unwrap_or(failure.at));
        vec![id]
    }

    /// What still fails of an incident that operators closed is an incident again, all of it the same one.
    pub(super) fn go_on_from(&mut self, closed: &IncidentId, components: &BTreeSet<ComponentId>, at: Timestamp) {
        let Some(entry) = self.entries.get(closed) else { return };
        let before = Arc::clone(&entry.incident);
        let ended = Closed { id: closed.clone(), at: before.times.resolved_at.unwrap_or(at) };
        let parts = before.components.iter().filter(|(id, part)| components.contains(*id) && part.is_down());
        let failures: Vec<_> = parts.map(|(id, part)| Failure::of_part(id, part, ended.clone(), at)).collect();
        let Some(first) = failures.first() else { return };
        let concerned = self.concerned.get(first.component).cloned().unwrap_or_default();
        let id = self.home(first, &concerned).unwrap_or_else(|| self.begin(first));
        let entrances: Vec<_> = failures.iter().map(|failure| self.enter(&id, failure)).collect();
        if let Some(entrance) = entrances.into_iter().next() {
            self.say_entrance(&id, first, entrance, at);
        }
        if let Some(entry) = self.entries.get_mut(&id) {
            let pieces = before.evidence.pieces();
            pieces.into_iter().filter(|(id, _)| components.contains(*id)).for_each(|(id, seen)| {
                entry.edit().evidence.keep(id, seen);
            });
        }
        self.find_out(&id, at);
    }

    /// An incident that was closed while the component failed, which has not worked since.
    fn closed_on(&self, id: &IncidentId, failure: &Failure<'_>) -> Option<Closed> {
        let entry = self.entries.get(id).filter(|entry| entry.failing.contains(failure.component))?;
        Some(Closed { id: id.clone(), at: entry.incident.times.resolved_at? })
    }

    fn begin(&mut self, failure: &Failure<'_>) -> IncidentId {
        let names = (0..).map(|again| match again {
            0 => failure.component.to_string(),
            again => format!("{}/{again}", failure.component),
        });
        let mut ids = names.map(|name| incident::id(failure.since, &name));
        let id = ids.find(|id| !self.entries.contains_key(id)).expect("there are more numbers than incidents");
        let incident = Incident::begun(id.clone(), Times::begun(failure.since, failure.known_at));
        self.entries.insert(id.clone(), Entry::new(incident, Memory::default()));
        self.open.insert(id.clone());
        id
    }

    /// Makes a component that did not fail in an incident one that does.
    fn enter(&mut self, id: &IncidentId, failure: &Failure<'_>) -> Entrance {
        let earlier = failure.closed.as_ref().map(|closed| closed.id.clone()).or_else(|| self.earlier(id, failure));
        let Some(entry) = self.entries.get_mut(id) else { return Entrance::Further };
        let entrance = match (entry.incident.components.is_empty(), entry.failing.is_empty()) {
            (true, _) => Entrance::First,
            (false, true) => Entrance::Again,
            (false, false) => Entrance::Further,
        };
        entry.memory.said.entry(failure.component.clone()).or_insert(failure.from);
        entry.memory.unknown.remove(failure.component);
        entry.memory.disputed.remove(failure.component);
        let linked = entry.memory.linked_by_hand;
        let incident = entry.edit();
        let part = incident.components.entry(failure.component.clone());
        let part = part.or_insert_with(|| failure.involvement(&self.landscape));
        (part.recovered_at, part.status, part.worst) = (None, failure.to, part.worst.worst(failure.to));
        incident.times.recovered_at = None;
        incident.times.started_at = incident.times.started_at.min(failure.since);
        incident.times.updated_at = failure.at;
        if incident.relapse_of.is_none() && !linked {
            incident.relapse_of = earlier.filter(|earlier| earlier != id);
        }
        entry.failing.insert(failure.component.clone());
        entry.memory.well_since = None;
        self.trace(id, failure);
        self.concerned.entry(failure.component.clone()).or_default().insert(id.clone());
        entrance
    }

    /// Says what follows from a component that entered.
    fn say_entrance(&mut self, id: &IncidentId, failure: &Failure<'_>, entrance: Entrance, announced_at: Timestamp) {
        let Some(entry) = self.entries.get_mut(id) else { return };
        let urgency = match entrance {
            Entrance::First => {
                let body =
                    failure.closed.as_ref().map_or(Body::Opened, |closed| Body::Persists { closed_at: closed.at });
                entry.post(failure.at, body, incident::Actor::Monitor);
                entry.edit().times.announced_at = Some(announced_at);
                entry.size_said(failure.at);
                Urgency::Now
            }
            Entrance::Again => {
                relapse(entry, failure.at);
                Urgency::Now
            }
            Entrance::Further => Urgency::Later,
        };
        entry.gather(failure.at, &self.rules);
        self.changed(id, urgency);
    }

    /// It fails in another way or for more people, or what an operator said of it is measured now.
    fn goes_on(&mut self, id: &IncidentId, failure: &Failure<'_>) {
        let Some(entry) = self.entries.get_mut(id) else { return };
        let Some(part) = entry.incident.components.get(failure.component) else { return };
        entry.memory.unknown.remove(failure.component);
        let new = part.signature.is_none() && failure.signature.is_some();
        if part.status == failure.to && !new {
            return;
        }
        if let Some(part) = entry.edit().components.get_mut(failure.component) {
            (part.status, part.worst) = (failure.to, part.worst.worst(failure.to));
            if new {
                part.signature = failure.signature.clone();
                part.detail = failure.detail.to_owned();
                part.locations = failure.locations.to_vec();
            }
        }
        if self.open.contains(id) {
            self.trace(id, failure);
        }
        self.changed(id, Urgency::Later);
    }

    fn trace(&mut self, id: &IncidentId, failure: &Failure<'_>) {
        let Some(entry) = self.entries.get_mut(id) else { return };
        let trace = entry.memory.traces.entry(failure.component.clone()).or_insert_with(Trace::default);
        trace.spans.insert(failure.span);
        trace.signatures.extend(failure.signature.clone());
        self.index.add(id, failure.component, trace, &self.landscape);
    }

    /// Keeps the finding and the impact of the worst moment.
    pub(super) fn find_out(&mut self, id: &IncidentId, at: Timestamp) {
        let Some(entry) = self.entries.get_mut(id).filter(|entry| entry.is_open()) else { return };
        let impact = finding::impact(&entry.incident, &self.landscape).max(entry.incident.impact);
        let found = finding::finding(&entry.incident, &self.landscape);
        let worse = impact > entry.incident.impact;
        let before = entry.incident.finding.as_ref().map_or(0, |finding| finding.components);
        let more = found.as_ref().is_some_and(|found| found.components > before);
        let grown = entry.incident.components.len() > entry.memory.said_components;
        if worse || more {
            let incident = entry.edit();
            incident.impact = impact;
            incident.times.updated_at = incident.times.updated_at.max(at);
            incident.finding = found.or(incident.finding.take());
        }
        entry.memory.grows |= grown || (worse && entry.outgrew_message());
        self.changed(id, Urgency::Later);
    }
}

/// Everything worked, and something fails again.
fn relapse(entry: &mut Entry, at: Timestamp) {
    let incident = entry.edit();
    incident.relapses += 1;
    if incident.lead == Lead::Measurements {
        let known = incident.times.identified_at.is_some();
        incident.stage = if known { Stage::Identified } else { Stage::Investigating };
    }
    if std::mem::take(&mut entry.memory.recovery_said) {
        entry.turn(at, Body::Relapsed);
        entry.size_said(at);
    }
}
