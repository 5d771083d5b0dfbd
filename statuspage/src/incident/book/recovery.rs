//! What becomes of incidents when a component works again, or when nothing is known of it any more.
//!
//! It does not know how long that must last: that is time's business.

use shared::{ComponentId, Status, Timestamp};

use super::{Book, Urgency};

impl Book {
    /// A component works, or has left.
    pub(super) fn works(&mut self, component: &ComponentId, status: Status, at: Timestamp) {
        let watched = self.landscape.contains(component);
        for id in self.concerned.get(component).cloned().unwrap_or_default() {
            let Some(entry) = self.entries.get_mut(&id) else { continue };
            if entry.knows_to_work(component, status) {
                continue;
            }
            entry.let_go(component);
            // What an operator named and nobody measured is the operator's to end.
            let measured = entry.memory.traces.contains_key(component) || !watched;
            let recovers = measured && entry.failing.contains(component);
            entry.memory.unknown.remove(component);
            entry.memory.disputed.remove(component);
            if let Some(part) = entry.incident.components.get(component)
                && (recovers || (part.recovered_at.is_some() && part.status != status))
                && let Some(part) = entry.edit().components.get_mut(component)
            {
                part.status = status;
                // What is over does not follow a clock that is set back.
                part.recovered_at = if recovers { Some(at.max(part.detected_at)) } else { part.recovered_at };
            }
            if recovers {
                entry.failing.remove(component);
                if entry.failing.is_empty() {
                    let last = entry.incident.components.values().filter_map(|part| part.recovered_at).max();
                    entry.edit().times.recovered_at = last.or(Some(at));
                }
            }
            entry.notice_wellness(at);
            if !entry.is_open() && recovers {
                self.concerned.entry(component.clone()).or_default().remove(&id);
            }
            self.changed(&id, Urgency::Later);
        }
    }

    /// A component works for most locations and is down for the others: what is known to fail anywhere is not over.
    pub(super) fn works_for_most(&mut self, component: &ComponentId) {
        for id in self.concerned.get(component).cloned().unwrap_or_default() {
            let Some(entry) = self.entries.get_mut(&id).filter(|entry| entry.is_open()) else { continue };
            entry.memory.disputed.insert(component.clone());
            entry.memory.well_since = None;
            self.changed(&id, Urgency::Later);
        }
    }

    /// Nothing is known of a component any more: that ends nothing, and nothing ends meanwhile.
    pub(super) fn vanishes(&mut self, component: &ComponentId, status: Status) {
        for id in self.concerned.get(component).cloned().unwrap_or_default() {
            let Some(entry) =
                self.entries.get_mut(&id).filter(|entry| entry.is_open() || entry.accounts_for(component))
            else {
                continue;
            };
            if let Some(part) = entry.edit().components.get_mut(component).filter(|part| part.signature.is_some()) {
                part.status = status;
            }
            if entry.is_open() {
                entry.memory.unknown.insert(component.clone());
                entry.memory.well_since = None;
            } else if status == Status::UnderMaintenance {
                // What fails at its end is an incident from then on, whatever was said before.
                entry.let_go(component);
            }
            self.changed(&id, Urgency::Later);
        }
    }
}
