//! What was met in the first failure of each row of failures, until an incident takes it over.
//!
//! It does not know incidents. Neither engine nor store ever see it, so that they come to the same with it and without; it lives in
//! memory alone, and after a restart the stored results stand in for it.

use std::{collections::BTreeMap, sync::Arc};

use shared::{ComponentId, Exhibit, LocationName, Observation, ProbeName, Verdict};

/// So many rows of failures are remembered; further ones are shown by their stored results.
const ROWS: usize = 2_000;

/// The first failures, by probe and location.
#[derive(Debug, Default)]
pub(super) struct Firsts {
    rows: BTreeMap<ComponentId, BTreeMap<(ProbeName, LocationName), Observation>>,
    count: usize,
}

/// An observation as it is stored and judged, and what is shown of it.
pub(super) fn parted(mut observation: Observation) -> (Arc<Observation>, Option<Box<Exhibit>>) {
    let exhibit = observation.failure.as_mut().and_then(|failure| failure.exhibit.take());
    (Arc::new(observation), exhibit)
}

impl Firsts {
    /// Remembers the first failure of a row, and forgets it when something works. Only what was judged belongs here: old news and
    /// doubles begin no row.
    pub(super) fn judged(&mut self, observation: &Observation, exhibit: Option<Box<Exhibit>>) {
        match observation.verdict {
            Verdict::Pass | Verdict::Warn => self.forget(observation),
            Verdict::Unknown => {}
            Verdict::Fail if self.has_room(observation) => {
                let mut first = observation.clone();
                // What comes from afar keeps to its limits here at the latest.
                let exhibit = exhibit.map(|exhibit| Box::new(exhibit.bounded()));
                first.failure.iter_mut().for_each(|failure| failure.exhibit.clone_from(&exhibit));
                self.rows.entry(first.probe.component.clone()).or_default().insert(key(&first), first);
                self.count += 1;
            }
            Verdict::Fail => {}
        }
    }

    /// The first failures of a component, of each of its probes at each location that has not worked since.
    pub(super) fn of(&self, component: &ComponentId) -> impl Iterator<Item = &Observation> + Clone {
        self.rows.get(component).into_iter().flat_map(BTreeMap::values)
    }

    /// Forgets what is no longer watched.
    pub(super) fn retain(&mut self, is_watched: impl Fn(&ComponentId, &ProbeName) -> bool) {
        self.rows.retain(|component, row| {
            row.retain(|(probe, _), _| is_watched(component, probe));
            !row.is_empty()
        });
        self.count = self.rows.values().map(BTreeMap::len).sum();
    }

    fn has_room(&self, observation: &Observation) -> bool {
        let known = self.rows.get(&observation.probe.component).is_some_and(|row| row.contains_key(&key(observation)));
        !known && self.count < ROWS
    }

    fn forget(&mut self, observation: &Observation) {
        let Some(row) = self.rows.get_mut(&observation.probe.component) else { return };
        if row.remove(&key(observation)).is_some() {
            self.count -= 1;
        }
        if row.is_empty() {
            self.rows.remove(&observation.probe.component);
        }
    }
}

fn key(observation: &Observation) -> (ProbeName, LocationName) {
    (observation.probe.name.clone(), observation.location.clone())
}
