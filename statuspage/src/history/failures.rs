//! The newest failures of a component, as anybody may read them.
//!
//! It does not know which results are new.

use std::sync::Arc;

use shared::{ComponentId, Observation};

/// How many are kept.
const KEPT: usize = 20;

/// The newest failures, newest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Failures {
    newest_first: Vec<Arc<Observation>>,
}

impl Failures {
    /// Adds one, wherever it belongs in time; one that is there already stays alone.
    pub(super) fn add(&mut self, observation: &Observation) {
        let start = observation.started_at;
        let at = self.newest_first.partition_point(|other| other.started_at > start);
        let same =
            |other: &Arc<Observation>| other.probe == observation.probe && other.location == observation.location;
        let mut at_once = self.newest_first.iter().skip(at).take_while(|other| other.started_at == start);
        if at < KEPT && !at_once.any(same) {
            self.newest_first.insert(at, Arc::new(observation.clone().public()));
            self.newest_first.truncate(KEPT);
        }
    }

    /// They are those of a component of that name from now on.
    pub(super) fn rename(&mut self, component: &ComponentId) {
        for failure in &mut self.newest_first {
            Arc::make_mut(failure).probe.component = component.clone();
        }
    }

    pub(super) fn newest_first(&self) -> &[Arc<Observation>] {
        &self.newest_first
    }
}
