//! The hours or days of a component in their order, the newest ones open.
//!
//! It does not know how long an hour or a day is.

use std::{
    collections::{BTreeMap, VecDeque},
    ops::RangeInclusive,
};

use shared::LocationName;

use super::{account::Account, latency::Point, period::Open, row::Body};

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
    /// Of closed periods, from which they can be opened again.
    rows: BTreeMap<K, Box<[u8]>>,
    /// Of closed periods, the oldest first.
    points: BTreeMap<LocationName, VecDeque<(K, Point)>>,
    /// Where the rows of closed periods still are that can be opened again: payloads, each with its last period.
    packed: Vec<(K, Box<[u8]>)>,
}

#[derive(Debug, Clone)]
enum Period {
    Open(Box<Open>),
    Closed(Account),
}

impl Period {
    fn account(&self) -> Account {
        match self {
            Self::Open(open) => open.account,
            Self::Closed(account) => *account,
        }
    }
}

impl<K: Copy + Ord> Series<K> {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, periods: VecDeque::new(), rows: BTreeMap::new(), points: BTreeMap::new(), packed: Vec::new() }
    }

    /// The period that begins at `key`, ready to count; absent when that came too late.
    pub(super) fn open(&mut self, key: K) -> Option<&mut Open> {
        let at = self.position(key);
        match self.periods.get(at) {
            Some((other, Period::Open(_))) if *other == key => {}
            Some((other, Period::Closed(_))) if *other == key => {
                let open = Body::of(self.rows.get(&key)?).ok()?.into_open();
                self.forget_closed(key);
                self.periods[at].1 = Period::Open(Box::new(open));
            }
            Some(_) | None if at == 0 && self.periods.len() >= self.limits.periods => return None,
            Some(_) | None => insert(&mut self.periods, at, (key, Period::Open(Box::default()))),
        }
        match self.periods.get_mut(at) {
            Some((_, Period::Open(open))) => Some(open),
            Some((_, Period::Closed(_))) | None => None,
        }
    }

    /// The beginning of the oldest period.
    pub(super) fn first(&self) -> Option<K> {
        self.periods.front().map(|(key, _)| *key)
    }

    /// The known time of a period.
    pub(super) fn account(&self, key: K) -> Account {
        self.accounts(key..=key).next().unwrap_or_default()
    }

    /// The known time of each period in a range.
    pub(super) fn accounts(&self, range: RangeInclusive<K>) -> impl Iterator<Item = Account> {
        let until = self.periods.partition_point(|(key, _)| key <= range.end());
        let from = self.position(*range.start()).min(until);
        self.periods.range(from..until).map(|(_, period)| period.account())
    }

    /// The percentiles of each period in a range, by location, the oldest first.
    pub(super) fn latency(&self, range: RangeInclusive<K>) -> BTreeMap<&LocationName, Vec<(K, Point)>> {
        let mut latency: BTreeMap<&LocationName, Vec<(K, Point)>> = BTreeMap::new();
        for (name, points) in &self.points {
            latency.entry(name).or_default().extend(points.iter().filter(|(key, _)| range.contains(key)));
        }
        for (key, period) in self.periods.iter().filter(|(key, _)| range.contains(key)) {
            if let Period::Open(open) = period {
                open.points().for_each(|(name, point)| latency.entry(name).or_default().push((*key, point)));
            }
        }
        latency.values_mut().for_each(|points| points.sort_by_key(|(key, _)| *key));
        latency
    }

    /// The periods whose row would differ from the last one made.
    pub(super) fn changed(&mut self) -> impl Iterator<Item = (K, &mut Open)> {
        self.periods.iter_mut().filter_map(|(key, period)| match period {
            Period::Open(open) if open.dirty => Some((*key, open.as_mut())),
            Period::Open(_) | Period::Closed(_) => None,
        })
    }

    /// Opens what can be opened and has it written again.
    pub(super) fn mark_changed(&mut self) {
        let keys: Vec<_> = self.periods.iter().map(|(key, _)| *key).collect();
        for key in keys {
            if let Some(open) = self.open(key) {
                open.dirty = true;
            }
        }
    }

    /// Closes all but the newest, whose rows must have been asked for, and lets go of the oldest.
    pub(super) fn close(&mut self, row: impl Fn(&Open) -> Box<[u8]>) {
        for (key, period) in self.periods.iter_mut().rev().skip(OPEN) {
            if let Period::Open(open) = period {
                self.rows.insert(*key, row(open));
                open.points().for_each(|(name, point)| keep(&mut self.points, name.clone(), *key, point));
                *period = Period::Closed(open.account);
            }
        }
        self.trim();
    }

    /// Lets go of what is older than the limits, and of the room that taking back left.
    pub(super) fn settle(&mut self) {
        self.trim();
        self.periods.shrink_to_fit();
        self.points.values_mut().for_each(VecDeque::shrink_to_fit);
    }

    /// Lets go of what is older than the limits.
    pub(super) fn trim(&mut self) {
        let surplus = self.periods.len().saturating_sub(self.limits.periods);
        self.periods.drain(..surplus);
        if let Some(oldest) = self.newest(REOPENABLE) {
            self.rows.retain(|key, _| *key >= oldest);
        }
        if let Some(oldest) = self.newest(self.limits.latency) {
            self.points.values_mut().for_each(|points| points.retain(|(key, _)| *key >= oldest));
        }
        self.points.retain(|_, points| !points.is_empty());
    }

    /// Takes a period back, which stays closed until something is counted; without its row it stays so for good.
    pub(super) fn restore(&mut self, key: K, closed: (Account, Vec<(LocationName, Point)>), row: Option<Box<[u8]>>) {
        let (account, points) = closed;
        self.forget_closed(key);
        points.into_iter().for_each(|(name, point)| keep(&mut self.points, name, key, point));
        row.into_iter().for_each(|row| drop(self.rows.insert(key, row)));
        let at = self.position(key);
        match self.periods.get_mut(at).filter(|(other, _)| *other == key) {
            Some((_, period)) => *period = Period::Closed(account),
            None => insert(&mut self.periods, at, (key, Period::Closed(account))),
        }
    }

    /// Notes where the rows of periods are that were taken back without them, the last of which is `last`.
    pub(super) fn keep_packed(&mut self, last: K, payload: &[u8]) {
        self.packed.push((last, payload.into()));
        let oldest = self.newest(REOPENABLE);
        self.packed.retain(|(last, _)| oldest.is_none_or(|oldest| *last >= oldest));
    }

    /// Takes the rows out of what was noted for periods that can be opened again and have none.
    pub(super) fn take_rows(&mut self, read: impl Fn(&[u8]) -> Vec<(K, Box<[u8]>)>) {
        let oldest = self.newest(REOPENABLE);
        // What came later replaces what came before.
        for (_, payload) in std::mem::take(&mut self.packed).into_iter().rev() {
            for (key, row) in read(&payload) {
                let is_closed = self
                    .periods
                    .get(self.position(key))
                    .is_some_and(|(other, period)| *other == key && matches!(period, Period::Closed(_)));
                if is_closed && oldest.is_some_and(|oldest| key >= oldest) {
                    self.rows.entry(key).or_insert(row);
                }
            }
        }
    }

    /// Where the newest so many periods begin.
    fn newest(&self, count: usize) -> Option<K> {
        self.periods.iter().rev().take(count).last().map(|(key, _)| *key)
    }

    /// Whether there is such a period.
    pub(super) fn holds(&self, key: K) -> bool {
        self.periods.get(self.position(key)).is_some_and(|(other, _)| *other == key)
    }

    pub(super) fn forget_after(&mut self, last: K) {
        self.periods.retain(|(key, _)| *key <= last);
        self.rows.retain(|key, _| *key <= last);
        self.points.values_mut().for_each(|points| points.retain(|(key, _)| *key <= last));
    }

    fn forget_closed(&mut self, key: K) {
        self.rows.remove(&key);
        for points in self.points.values_mut() {
            if let Ok(at) = points.binary_search_by_key(&key, |(key, _)| *key) {
                points.remove(at);
            }
        }
    }

    fn position(&self, key: K) -> usize {
        self.periods.partition_point(|(other, _)| *other < key)
    }
}

fn keep<K: Copy + Ord>(
    points: &mut BTreeMap<LocationName, VecDeque<(K, Point)>>,
    name: LocationName,
    key: K,
    point: Point,
) {
    let points = points.entry(name).or_default();
    let at = points.partition_point(|(other, _)| *other < key);
    insert(points, at, (key, point));
}

/// Grows by an eighth where the standard library doubles: there are thousands of these, and their length hardly changes.
fn insert<T>(deque: &mut VecDeque<T>, at: usize, value: T) {
    if deque.len() == deque.capacity() {
        deque.reserve_exact(deque.len() / 8 + 4);
    }
    deque.insert(at, value);
}
