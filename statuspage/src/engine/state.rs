//! All that is believed of one component, as the store keeps it.
//!
//! It does not know other components, nor when it is asked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::{ComponentId, LocationName, ProbeName, Status, Thresholds, Timestamp};

use super::{Observed, PlaceState, Reception, RosterComponent, Transition, quorum};

/// The first byte of every stored state. Fields that are added later get a default and need no new version.
const VERSION: u8 = 1;

/// What is believed of one component.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComponentState {
    /// Which one.
    pub component: ComponentId,
    /// Its state as measured.
    pub status: Status,
    /// Since when it has that state.
    pub since: Timestamp,
    /// When it was first watched.
    pub created_at: Timestamp,
    /// Its probes.
    pub probes: BTreeMap<ProbeName, ProbeState>,
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
        Self { component, status: Status::Unknown, since: now, created_at: now, probes: BTreeMap::new() }
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

    /// When silence next changes something.
    pub(super) fn next_expiry(&self) -> Option<Timestamp> {
        self.places().map(PlaceState::next_expiry).min()
    }

    pub(super) fn turn_back(&mut self, now: Timestamp) {
        self.since = self.since.min(now);
        self.created_at = self.created_at.min(now);
        self.probes.values_mut().flat_map(|probe| probe.places.values_mut()).for_each(|place| place.turn_back(now));
    }

    /// Draws the conclusion from what the probes say.
    pub(super) fn settle(&mut self, at: Timestamp) -> Option<Transition> {
        let (from, to) = (self.status, quorum::status(self));
        if from == to {
            return None;
        }
        let from_since = std::mem::replace(&mut self.since, at);
        self.status = to;
        Some(self.transition(at, from, from_since))
    }

    /// The way to the present state.
    fn transition(&self, at: Timestamp, from: Status, from_since: Timestamp) -> Transition {
        let (reason, onset) = quorum::because(self).unzip();
        Transition { component: self.component.clone(), at, from, from_since, to: self.status, reason, onset }
    }

    /// The present state as if it had just been entered: for whoever missed how it came about.
    pub fn as_transition(&self) -> Transition {
        self.transition(self.since, self.status, self.since)
    }

    pub(super) fn places(&self) -> impl Iterator<Item = &PlaceState> {
        self.probes.values().flat_map(|probe| probe.places.values())
    }
}
