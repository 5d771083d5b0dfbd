//! How failures open incidents and make them grow.
//!
//! It does not know how one ends.

use shared::{IncidentId, Stage, Timestamp};

use super::{
    Book, Urgency,
    entry::{Entry, Memory},
    failure::Failure,
};
use crate::incident::{self, Body, Incident, Lead, Times, correlation::Trace, finding};

impl Book {
    /// A component went down, or is still down in another way. Gives the incidents of which more is to be found out.
    pub(super) fn fails(&mut self, failure: &Failure<'_>) -> Vec<IncidentId> {
        let concerned = self.concerned.get(failure.component).cloned().unwrap_or_default();
        let failing =
            |id: &IncidentId| self.entries.get(id).is_some_and(|entry| entry.failing.contains(failure.component));
        let inside: Vec<_> = concerned.iter().filter(|id| failing(id)).cloned().collect();
        if !inside.is_empty() {
            for id in &inside {
                self.goes_on(id, failure);
            }
            return inside;
        }
        let home = self.home(failure, &concerned);
        let id = home.unwrap_or_else(|| self.begin(failure));
        self.join(&id, failure);
        vec![id]
    }

    fn begin(&mut self, failure: &Failure<'_>) -> IncidentId {
        let names = (0..).map(|again| match again {
            0 => failure.component.to_string(),
            again => format!("{}/{again}", failure.component),
        });
        let mut ids = names.map(|name| incident::id(failure.since, &name));
        let id = ids.find(|id| !self.entries.contains_key(id)).expect("there are more numbers than incidents");
        let incident = Incident::begun(id.clone(), Times::begun(failure.since, failure.at));
        self.entries.insert(id.clone(), Entry::new(incident, Memory::default()));
        self.open.insert(id.clone());
        id
    }

    /// Makes a component that did not fail in an incident one that does.
    fn join(&mut self, id: &IncidentId, failure: &Failure<'_>) {
        let earlier = self.earlier(id, failure);
        let Some(entry) = self.entries.get_mut(id) else { return };
        let (first, well) = (entry.incident.components.is_empty(), entry.failing.is_empty());
        entry.memory.said.entry(failure.component.clone()).or_insert(failure.from);
        entry.memory.unknown.remove(failure.component);
        entry.memory.disputed.remove(failure.component);
        let incident = entry.edit();
        let part = incident.components.entry(failure.component.clone());
        let part = part.or_insert_with(|| failure.involvement(&self.landscape));
        (part.recovered_at, part.status, part.worst) = (None, failure.to, part.worst.worst(failure.to));
        incident.times.recovered_at = None;
        incident.times.started_at = incident.times.started_at.min(failure.since);
        incident.times.updated_at = failure.at;
        if incident.relapse_of.is_none() {
            incident.relapse_of = earlier;
        }
        entry.failing.insert(failure.component.clone());
        entry.memory.well_since = None;
        if first {
            entry.post(failure.at, Body::Opened, incident::Actor::Monitor);
            entry.edit().times.announced_at = self.clock.or(Some(failure.at));
            entry.size_said(failure.at);
        } else if well {
            relapse(entry, failure.at);
        }
        entry.gather(failure.at, &self.rules);
        let urgency = if first || well { Urgency::Now } else { Urgency::Later };
        self.trace(id, failure);
        self.concerned.entry(failure.component.clone()).or_default().insert(id.clone());
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
