//! All that is believed of one component, as the store keeps it.
//!
//! It does not know other components, nor when it is asked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::{ComponentId, LocationName, ProbeName, Status, Thresholds, Timestamp};

use super::{Observed, PlaceState, Reception, RosterComponent, Transition, Window, quorum};

/// The first byte of every stored state. Fields that are added later get a default and need no new version.
const VERSION: u8 = 1;

/// What is believed of one component.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComponentState {
    /// Which one.
    pub component: ComponentId,
    /// Its state: as measured, or under maintenance.
    pub status: Status,
    /// Since when it has that state.
    pub since: Timestamp,
    /// The state that it had before; absent where it was always in this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Status>,
    /// Since when a minority of the locations says down in that state, or no longer does; absent where that has not turned in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    turned: Option<Timestamp>,
    /// Whether a minority of the locations says down.
    #[serde(default)]
    disputed: bool,
    /// When it was first watched.
    pub created_at: Timestamp,
    /// Its probes.
    pub probes: BTreeMap<ProbeName, ProbeState>,
    /// When it is or will be under maintenance, the earliest first; what is over is not in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    windows: Vec<Window>,
    /// Maintenance that is over: what began to fail in it counts from its end. The last one, and those before in which a present
    /// failure began.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    released: Vec<Window>,
}

/// What is believed of one probe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProbeState {
    /// How many results in a row change the mind.
    pub thresholds: Thresholds,
    /// What each location that has reported says.
    pub places: BTreeMap<LocationName, PlaceState>,
}

/// A stored state cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// A newer release wrote it.
    #[error(
        "the stored state of a component has version {0}, which is newer than this release: use the release that wrote it"
    )]
    Newer(u8),
    /// The bytes were not written by this software or are damaged.
    #[error("the stored state of a component is damaged: it will be learnt anew from the next results")]
    Damaged(#[source] Option<serde_json::Error>),
}

impl ComponentState {
    /// A component of which nothing is known yet.
    pub(super) fn new(component: ComponentId, now: Timestamp) -> Self {
        Self {
            component,
            status: Status::Unknown,
            since: now,
            before: None,
            turned: None,
            disputed: false,
            created_at: now,
            probes: BTreeMap::new(),
            windows: Vec::new(),
            released: Vec::new(),
        }
    }

    /// The same under another name.
    #[must_use]
    pub fn renamed(self, component: ComponentId) -> Self {
        Self { component, ..self }
    }

    /// Its stored form: a version byte and JSON, whose words outlive a change of the order of a closed set.
    ///
    /// Durations are kept to the microsecond.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        serde_json::to_writer(&mut bytes, self).expect("the keys of its maps are strings, and a Vec takes every byte");
        bytes
    }

    /// Reads what [`ComponentState::to_bytes`] wrote.
    ///
    /// # Errors
    /// The version is newer than this release, or the bytes are damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        match bytes.split_first() {
            Some((&VERSION, json)) => serde_json::from_slice(json).map_err(|error| StateError::Damaged(Some(error))),
            Some((&version, _)) if version > VERSION => Err(StateError::Newer(version)),
            Some(_) | None => Err(StateError::Damaged(None)),
        }
    }

    /// Takes over what is watched of it; what was learnt of probes that remain stays.
    pub(super) fn enrol(&mut self, component: &RosterComponent) {
        self.probes.retain(|name, _| component.probes.contains_key(name));
        for (name, &thresholds) in &component.probes {
            self.probes
                .entry(name.clone())
                .and_modify(|probe| probe.thresholds = thresholds)
                .or_insert_with(|| ProbeState { thresholds, places: BTreeMap::new() });
        }
    }

    pub(super) fn hear(&mut self, observed: Observed, now: Timestamp) -> Reception {
        let Some(probe) = self.probes.get_mut(&observed.observation.probe.name) else {
            return Reception::UnknownProbe;
        };
        let location = &observed.observation.location;
        match probe.places.get_mut(location) {
            Some(place) => place.hear(observed, probe.thresholds, now),
            None => {
                let location = location.clone();
                probe.places.insert(location, PlaceState::first(observed, probe.thresholds, now));
                Reception::Judged
            }
        }
    }

    /// Lets the proofs run out that end at `at` or before.
    pub(super) fn expire(&mut self, at: Timestamp) {
        for probe in self.probes.values_mut() {
            probe.places.values_mut().for_each(|place| place.expire(at));
            probe.places.retain(|_, place| !place.forgotten(at));
        }
    }

    /// Takes over when it is under maintenance.
    pub(super) fn maintain(&mut self, windows: &[Window]) {
        self.windows = windows.to_vec();
    }

    /// When silence or maintenance next changes something.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let expiry = self.places().map(PlaceState::next_expiry).min();
        let edge = |window: &Window| if self.is_maintained() { window.until } else { window.from };
        expiry.into_iter().chain(self.windows.first().map(edge)).min()
    }

    /// The state that it would have without maintenance.
    pub fn measured(&self) -> Status {
        quorum::status(self)
    }

    fn is_maintained(&self) -> bool {
        self.status == Status::UnderMaintenance
    }

    /// From when on a failure counts that began then: what began under maintenance that is over counts from its end.
    pub(super) fn counts_from(&self, since: Timestamp) -> Timestamp {
        self.released.iter().fold(since, |since, window| if window.contains(since) { window.until } else { since })
    }

    pub(super) fn turn_back(&mut self, now: Timestamp) {
        self.since = self.since.min(now);
        self.turned = self.turned.map(|at| at.min(now));
        // Maintenance that has begun has begun; it ends when the clock shows its end.
        if let Some(window) = self.windows.first_mut().filter(|_| self.status == Status::UnderMaintenance) {
            window.from = window.from.min(now);
        }
        self.created_at = self.created_at.min(now);
        self.probes.values_mut().flat_map(|probe| probe.places.values_mut()).for_each(|place| place.turn_back(now));
    }

    /// Draws the conclusion from what the probes say.
    pub(super) fn settle(&mut self, at: Timestamp) -> Option<Transition> {
        self.windows.retain(|window| at < window.until);
        let maintained = self.windows.first().is_some_and(|window| window.from <= at);
        let (from, to) = (self.status, if maintained { Status::UnderMaintenance } else { self.measured() });
        let disputed = !maintained && quorum::is_disputed(self);
        let turns = std::mem::replace(&mut self.disputed, disputed) != disputed;
        if from == to {
            // Slow answers and a minority that says down look the same from outside, and only one of them is a failure.
            self.turned = if turns { Some(at) } else { self.turned };
            return turns.then(|| self.transition(at, from, self.since));
        }
        (self.before, self.turned) = (Some(from), None);
        let from_since = std::mem::replace(&mut self.since, at);
        if from == Status::UnderMaintenance {
            self.release(Window { from: from_since, until: at });
        }
        self.status = to;
        Some(self.transition(at, from, from_since))
    }

    fn release(&mut self, window: Window) {
        let rows = self.places().flat_map(|place| place.failing().into_iter().chain(place.warning()));
        let since: Vec<_> = rows.map(|run| run.since).collect();
        self.released.retain(|earlier| since.iter().any(|since| earlier.contains(*since)));
        self.released.push(window);
    }

    /// The way to the present state.
    fn transition(&self, at: Timestamp, from: Status, from_since: Timestamp) -> Transition {
        let (reason, onset) = quorum::because(self).unzip();
        Transition { component: self.component.clone(), at, from, from_since, to: self.status, reason, onset }
    }

    /// The present state as if it had just been entered: for whoever missed how it came about.
    pub fn as_transition(&self) -> Transition {
        let from = self.before.filter(|_| self.turned.is_none()).unwrap_or(self.status);
        self.transition(self.turned.unwrap_or(self.since), from, self.since)
    }

    pub(super) fn places(&self) -> impl Iterator<Item = &PlaceState> {
        self.probes.values().flat_map(|probe| probe.places.values())
    }
}
