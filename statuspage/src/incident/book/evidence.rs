//! Puts what probes saw first to the incidents that it belongs to.
//!
//! It does not know where that was kept until then.

use shared::{ComponentId, Observation};

use super::{Book, Urgency};

impl Book {
    /// Keeps what was seen first of a component with each open incident in which it fails and that has nothing of it yet.
    pub fn keep_evidence(&mut self, component: &ComponentId, seen: &Observation) {
        for id in self.concerned.get(component).cloned().unwrap_or_default() {
            let Some(entry) = self.entries.get_mut(&id) else { continue };
            let evidence = &entry.incident.evidence;
            if !entry.failing.contains(component) || evidence.is_of(component) || evidence.is_full() {
                continue;
            }
            entry.edit().evidence.keep(component, seen);
            self.changed(&id, Urgency::Later);
        }
    }
}
