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
        if matches!(observation.verdict, Verdict::Pass | Verdict::Warn) {
            self.latency.entry(observation.location.clone()).or_default().add(observation.duration);
        }
    }

    pub(super) fn spend(&mut self, status: Status, time: Duration, room_in_all: Duration) {
        let before = self.account;
        self.account.add(status, time, room_in_all);
        self.dirty |= self.account != before;
    }

    /// Adds what was counted of the same period before; time as far as there is room for it in the longest of days.
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

    fn close(&self, row: Box<[u8]>, places: &mut Vec<LocationName>) -> Closed {
        let latency = self.latency.iter().filter_map(|(name, sketch)| Some((index(places, name)?, sketch.point())));
        Closed { account: self.account, latency: latency.collect(), row: Some(row) }
    }
}

impl Period {
    pub(super) fn account(&self) -> Account {
        match self {
            Self::Open(open) => open.account,
            Self::Closed(closed) => closed.account,
        }
    }

    /// The percentiles at each location.
    pub(super) fn latency<'a>(&'a self, places: &'a [LocationName]) -> Vec<(&'a LocationName, Point)> {
        match self {
            Self::Open(open) => open.latency.iter().map(|(name, sketch)| (name, sketch.point())).collect(),
            Self::Closed(closed) => {
                closed.latency.iter().filter_map(|&(i, point)| Some((places.get(usize::from(i))?, point))).collect()
            }
        }
    }

    /// Opens it again, unless its row has been let go.
    pub(super) fn open(&mut self) -> Option<&mut Open> {
        if let Self::Closed(closed) = self {
            let open = row::open(closed.row.as_deref()?).ok()?;
            *self = Self::Open(Box::new(open));
        }
        match self {
            Self::Open(open) => Some(open),
            Self::Closed(_) => None,
        }
    }

    /// Reduces it to its percentiles.
    pub(super) fn close(&mut self, row: Box<[u8]>, places: &mut Vec<LocationName>) {
        if let Self::Open(open) = self {
            *self = Self::Closed(open.close(row, places));
        }
    }

    /// Names its locations by their index among others.
    pub(super) fn move_to(&mut self, from: &[LocationName], to: &mut Vec<LocationName>) {
        if let Self::Closed(closed) = self {
            let moved = |&(i, point): &(u16, Point)| Some((index(to, from.get(usize::from(i))?)?, point));
            closed.latency = closed.latency.iter().filter_map(moved).collect();
        }
    }

    /// Reads a row; it stays closed until something is counted.
    pub(super) fn restore(row: Box<[u8]>, places: &mut Vec<LocationName>) -> Result<Self, RowError> {
        let (account, points) = row::summary(&row)?;
        let latency = points.into_iter().filter_map(|(name, point)| Some((index(places, &name)?, point))).collect();
        Ok(Self::Closed(Closed { account, latency, row: Some(row) }))
    pub(super) fn points(&self) -> impl Iterator<Item = (&LocationName, Point)> {
        self.latency.iter().map(|(name, sketch)| (name, sketch.point()))
    }
}
