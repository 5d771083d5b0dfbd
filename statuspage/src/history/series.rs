//! The hours or days of a component in their order, the newest ones open.
//!
//! It does not know how long an hour or a day is.

use std::collections::VecDeque;

use shared::LocationName;

use super::{
    period::{Open, Period},
    row::RowError,
};

/// Periods that stay open, from the newest on.
const OPEN: usize = 2;
/// Periods that can be opened again, from the newest on.
const REOPENABLE: usize = 8;

/// How much is kept in memory, in periods from the newest on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) periods: usize,
    pub(super) latency: usize,
}

/// Periods by their beginning, the oldest first.
#[derive(Debug, Clone)]
pub(super) struct Series<K> {
    limits: Limits,
    periods: VecDeque<(K, Period)>,
}

impl<K: Copy + Ord> Series<K> {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, periods: VecDeque::new() }
    }

    /// The period that begins at `key`, ready to count; absent when that came too late.
    pub(super) fn open(&mut self, key: K) -> Option<&mut Open> {
        let at = self.periods.partition_point(|(other, _)| *other < key);
        if self.periods.get(at).is_none_or(|(other, _)| *other != key) {
            if at == 0 && self.periods.len() >= self.limits.periods {
                return None;
            }
            self.periods.insert(at, (key, Period::Open(Box::default())));
        }
        self.periods.get_mut(at).and_then(|(_, period)| period.open())
    }

    /// All periods, the oldest first.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (K, &Period)> {
        self.periods.iter().map(|(key, period)| (*key, period))
    }

    /// The periods from `key` on.
    pub(super) fn since(&self, key: K) -> impl Iterator<Item = (K, &Period)> {
        self.periods
            .range(self.periods.partition_point(|(other, _)| *other < key)..)
            .map(|(key, period)| (*key, period))
    }

    pub(super) fn get(&self, key: K) -> Option<&Period> {
        let at = self.periods.binary_search_by_key(&key, |(key, _)| *key).ok()?;
        self.periods.get(at).map(|(_, period)| period)
    }

    /// The periods whose row would differ from the last one made.
    pub(super) fn changed(&mut self) -> impl Iterator<Item = (K, &mut Open)> {
        self.periods.iter_mut().filter_map(|(key, period)| match period {
            Period::Open(open) if open.dirty => Some((*key, open.as_mut())),
            Period::Open(_) | Period::Closed(_) => None,
        })
    }

    /// Closes all but the newest, which must have been written, and lets go of the oldest.
    pub(super) fn close(&mut self, row: impl Fn(&Open) -> Box<[u8]>, places: &mut Vec<LocationName>) {
        for (_, period) in self.periods.iter_mut().rev().skip(OPEN) {
            if let Period::Open(open) = period {
                let row = row(open);
                period.close(row, places);
            }
        }
        self.trim();
    }

    /// Lets go of what is older than the limits.
    pub(super) fn trim(&mut self) {
        let surplus = self.periods.len().saturating_sub(self.limits.periods);
        self.periods.drain(..surplus);
        for (age, (_, period)) in self.periods.iter_mut().rev().enumerate() {
            if let Period::Closed(closed) = period {
                if age >= REOPENABLE {
                    closed.row = None;
                }
                if age >= self.limits.latency {
                    closed.latency = Box::default();
                }
            }
        }
    }

    /// Takes a row back.
    pub(super) fn restore(&mut self, key: K, row: Box<[u8]>, places: &mut Vec<LocationName>) -> Result<(), RowError> {
        let period = Period::restore(row, places)?;
        match self.periods.binary_search_by_key(&key, |(key, _)| *key) {
            Ok(at) => self.periods[at].1 = period,
            Err(at) => self.periods.insert(at, (key, period)),
        }
        Ok(())
    }

    /// Adds earlier periods; of one that is in both, the sum is taken.
    pub(super) fn absorb(&mut self, earlier: Self, their_places: &[LocationName], places: &mut Vec<LocationName>) {
        for (key, mut period) in earlier.periods {
            match self.periods.binary_search_by_key(&key, |(key, _)| *key) {
                Ok(at) => {
                    if let (Some(open), Some(before)) = (self.periods[at].1.open(), period.open()) {
                        open.absorb(before);
                    }
                }
                Err(at) => {
                    period.move_to(their_places, places);
                    self.periods.insert(at, (key, period));
                }
            }
        }
        self.trim();
    }

    pub(super) fn forget_after(&mut self, key: K) {
        let keep = self.periods.partition_point(|(other, _)| *other <= key);
        self.periods.truncate(keep);
    }
}
