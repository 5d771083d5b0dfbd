//! What comes from outside: landscapes, changes of state, deliveries.
//!
//! It does not know operators' orders, nor which incident a failure belongs to.

use std::collections::BTreeSet;

use shared::{ComponentId, IncidentId, Status, Timestamp};

use super::{Book, News, Urgency, entry::Memory, failure::Failure};
use crate::{engine::Transition, incident::Landscape};

impl Book {
    /// Takes what is watched from now on. Those that are no longer watched leave their incidents.
    pub fn arrange(&mut self, landscape: Landscape, now: Timestamp) -> Vec<News> {
        let mut news = self.tick(now);
        self.landscape = landscape;
        self.rename();
        self.conditions.retain(|id, _| self.landscape.contains(id));
        let gone: Vec<_> = self.concerned.keys().filter(|id| !self.landscape.contains(id)).cloned().collect();
        for component in gone {
            self.works(&component, Status::Unknown, now);
        }
        self.find_again();
        self.pass_time(now, &mut news);
        news
    }

    /// Takes changes of state, in their order. One that is told again changes nothing.
    pub fn hear(&mut self, transitions: &[Transition], now: Timestamp) -> Vec<News> {
        let mut news = Vec::new();
        self.set_clock(now);
        let mut worse = BTreeSet::new();
        for transition in transitions {
            // What was due before it comes before it, and what it keeps from coming does not come: after a pause there are many.
            self.happen_until(transition.at.min(now), &mut news);
            self.conditions.insert(transition.component.clone(), transition.to);
            match transition.to {
                Status::PartialOutage | Status::MajorOutage => worse.extend(self.fails(&Failure::of(transition))),
                Status::Operational | Status::DegradedPerformance => {
                    // The worst moment may be right now.
                    std::mem::take(&mut worse).iter().for_each(|id| self.find_out(id, now));
                    let Transition { component, to, at, .. } = transition;
                    self.works(component, *to, (*at).min(now));
                    if transition.is_disputed() {
                        self.works_for_most(component);
                    }
                }
                // What fails under maintenance is no news, and neither is what works.
                Status::Unknown | Status::UnderMaintenance => self.vanishes(&transition.component, transition.to),
            }
        }
        for id in worse {
            self.find_out(&id, now);
        }
        self.happen_until(now, &mut news);
        news
    }

    /// A message about it was handed over to somebody.
    pub fn delivered(&mut self, id: &IncidentId, at: Timestamp) {
        let Some(entry) = self.entries.get_mut(id) else { return };
        if entry.incident.times.told_at.is_none() {
            entry.edit().times.told_at = Some(at);
            self.changed(id, Urgency::Now);
        }
    }

    /// An outage that a former version had open.
    pub fn adopt(&mut self, component: &ComponentId, since: Timestamp, told: Option<Timestamp>, now: Timestamp) {
        let failure = Failure {
            component,
            from: Status::Unknown,
            to: Status::MajorOutage,
            at: since.min(now),
            known_at: since.min(now),
            span: (since, since),
            since,
            signature: None,
            detail: "",
            locations: &[],
            closed: None,
        };
        for id in self.fails(&failure) {
            self.find_out(&id, now);
            if let Some(entry) = self.entries.get_mut(&id).filter(|_| told.is_some()) {
                entry.edit().times.told_at = told;
                entry.tell(now);
            }
            self.changed(&id, Urgency::Now);
        }
    }

    /// Components keep their place in what is not over under their new names.
    fn rename(&mut self) {
        let pairs: Vec<_> = self.landscape.renamed().map(|(former, id)| (former.clone(), id.clone())).collect();
        for (former, present) in pairs {
            for id in self.concerned.remove(&former).unwrap_or_default() {
                let Some(entry) = self.entries.get_mut(&id) else { continue };
                if let Some(part) = entry.edit().components.remove(&former) {
                    entry.edit().components.entry(present.clone()).or_insert(part);
                }
                if let Some(trace) = entry.memory.traces.remove(&former) {
                    entry.memory.traces.entry(present.clone()).or_insert(trace);
                }
                if let Some(status) = entry.memory.said.remove(&former) {
                    entry.memory.said.entry(present.clone()).or_insert(status);
                }
                entry.edit().evidence.rename(&former, &present);
                entry.failing = entry.incident.failing().map(|(id, _)| id.clone()).collect();
                let Memory { unknown, disputed, condoned, .. } = &mut entry.memory;
                for names in [unknown, disputed, condoned] {
                    if names.remove(&former) {
                        names.insert(present.clone());
                    }
                }
                self.concerned.entry(present.clone()).or_default().insert(id.clone());
                self.changed(&id, Urgency::Now);
            }
        }
    }
}
