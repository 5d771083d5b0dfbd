//! Puts what probes saw first to the incidents that it belongs to.
//!
//! It does not know where that was kept until then.

use std::time::Duration;

use shared::{ComponentId, Observation};

use super::{Book, Urgency};

/// A location may have seen the failure so long before those that made it one.
const EARLIER: Duration = Duration::from_secs(120);

impl Book {
    /// Keeps what was seen first of a component with each incident in which it fails and that has nothing of it yet. A failure
    /// from before its part in the incident is another one: of a location that has been silent since.
    pub fn keep_evidence<'a>(
        &mut self,
        component: &ComponentId,
        failures: impl Iterator<Item = &'a Observation> + Clone,
    ) {
        for id in self.concerned.get(component).cloned().unwrap_or_default() {
            let Some(entry) = self.entries.get_mut(&id) else { continue };
            let evidence = &entry.incident.evidence;
            if !entry.failing.contains(component) || evidence.is_of(component) || evidence.is_full() {
                continue;
            }
            let Some(since) = entry.incident.components.get(component).map(|part| part.since.minus(EARLIER)) else {
                continue;
            };
            let first = failures.clone().filter(|seen| seen.started_at >= since).min_by_key(|seen| seen.started_at);
            if let Some(first) = first {
                entry.edit().evidence.keep(component, first);
                self.changed(&id, Urgency::Later);
            }
        }
    }
}
