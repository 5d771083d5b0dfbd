//! One hour or day of a component that still counts.
//!
//! It does not know which hour or day it is.

use std::{collections::BTreeMap, time::Duration};

use shared::{FailureKind, LocationName, Observation, Status, Verdict};

use super::{
    account::Account,
    latency::{Point, Sketch},
};

/// A period that counts.
#[derive(Debug, Clone, Default)]
pub(super) struct Open {
    pub(super) account: Account,
    /// In the order of [`Verdict::ALL`].
    pub(super) verdicts: [u64; 4],
    pub(super) kinds: BTreeMap<FailureKind, u64>,
    pub(super) latency: BTreeMap<LocationName, Sketch>,
    /// Changed since its row was last made.
    pub(super) dirty: bool,
}

impl Open {
    pub(super) fn count(&mut self, observation: &Observation) {
        self.dirty = true;
        let verdicts = Verdict::ALL.iter().zip(&mut self.verdicts);
        verdicts.filter(|(verdict, _)| **verdict == observation.verdict).for_each(|(_, count)| *count += 1);
        if let Some(failure) = &observation.failure {
            *self.kinds.entry(failure.kind).or_default() += 1;
        }
        // A sign of life takes no time, unless its sender measured something.
        let measured = !observation.duration.is_zero();
        if measured && matches!(observation.verdict, Verdict::Pass | Verdict::Warn) {
            self.latency.entry(observation.location.clone()).or_default().add(observation.duration);
        }
    }

    pub(super) fn spend(&mut self, status: Status, time: Duration, room_in_all: Duration) {
        let before = self.account;
        self.account.add(status, time, room_in_all);
        self.dirty |= self.account != before;
    }

    /// Adds what was counted of the same period before.
    pub(super) fn absorb(&mut self, before: &Self) {
        self.dirty = true;
        self.account.absorb(&before.account);
        self.verdicts.iter_mut().zip(before.verdicts).for_each(|(count, more)| *count += more);
        for (kind, count) in &before.kinds {
            *self.kinds.entry(*kind).or_default() += count;
        }
        for (location, sketch) in &before.latency {
            self.latency.entry(location.clone()).or_default().absorb(sketch);
        }
    }

    /// The percentiles at each location.
    pub(super) fn points(&self) -> impl Iterator<Item = (&LocationName, Point)> {
        self.latency.iter().map(|(name, sketch)| (name, sketch.point()))
    }
}
