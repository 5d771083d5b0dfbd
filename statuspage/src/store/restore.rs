//! What the last process left behind, read once when the database opens.
//!
//! It does not know how states and ledgers are put back to work.

use std::{collections::BTreeMap, ops::ControlFlow, sync::Arc, time::Duration};

use bytes::Bytes;
use shared::{ComponentId, Observation, Timestamp};

use super::{
    Ledger, RecordKey, StoreFault,
    block::BlockFile,
    database::{Broken, Order},
    holdings::Holdings,
    key::{self, Kind},
    query, record,
    shelf::Shelf,
};
use crate::{
    history::Unit,
    notify::{Notification, State},
};

/// How far back the hours come, and how many different ones at most, whatever the clock says.
const HOURS: (Duration, usize) = (Duration::from_secs(8 * 86_400), 8 * 24 + 1);
/// The same for days.
const DAYS: (Duration, usize) = (Duration::from_secs(400 * 86_400), 401);
/// Finished notifications that come back, so that a replay finds that they were told.
const TOLD: Duration = Duration::from_secs(7 * 86_400);
/// Failures of each component that come back.
pub(super) const FAILURES: usize = 20;

/// What was in the database; bytes are as they were given to [`Changes`](super::Changes).
#[derive(Debug, Clone, Default)]
pub struct Restored {
    /// The engine's state of each component.
    pub components: Vec<(ComponentId, Bytes)>,
    /// Roll-ups of the last 8 and 400 days that are in block files.
    pub sealed: Sealed,
    /// The hours of the last 8 days that are not sealed, or newer than what is; the oldest first.
    pub hours: Vec<Ledger>,
    /// The days of the last 400, likewise.
    pub days: Vec<Ledger>,
    /// Every pending notification, and what was told or given up in the last 7 days.
    pub notifications: Vec<Notification>,
    /// The records that are open.
    pub records: BTreeMap<RecordKey, Bytes>,
    /// The named documents.
    pub documents: BTreeMap<String, Bytes>,
    /// The newest failures (fail or warn) of each component, the newest first, at most 20; with what is private in them.
    pub last_failures: BTreeMap<ComponentId, Vec<Arc<Observation>>>,
    /// What operators must know of.
    pub faults: Vec<StoreFault>,
}

/// Roll-ups as they lie in block files, read when they are asked for: together they are too much to hold.
#[derive(Debug, Clone, Default)]
pub struct Sealed {
    hours: Vec<Arc<BlockFile>>,
    days: Vec<Arc<BlockFile>>,
}

impl Sealed {
    fn is_empty(&self) -> bool {
        self.hours.is_empty() && self.days.is_empty()
    }

    /// Visits the packed hours of each component and then its days, the oldest file first. What is damaged is left out; the
    /// next check of the files names it.
    pub fn for_each(&self, mut visit: impl FnMut(Unit, ComponentId, &[u8])) {
        for (unit, files) in [(Unit::Hours, &self.hours), (Unit::Days, &self.days)] {
            for file in files {
                for frame in file.frames() {
                    let Ok(component) = frame.name.parse() else { continue };
                    match file.read(frame) {
                        Ok(payload) => visit(unit, component, &payload),
                        Err(damage) => tracing::error!(%damage, "a part of the past cannot be read"),
                    }
                }
            }
        }
    }
}

impl Restored {
    /// Whether the database held nothing.
    pub fn is_empty(&self) -> bool {
        let Self { components, sealed, hours, days, notifications, records, documents, last_failures, faults: _ } =
            self;
        components.is_empty()
            && sealed.is_empty()
            && hours.is_empty()
            && days.is_empty()
            && notifications.is_empty()
            && records.is_empty()
            && documents.is_empty()
            && last_failures.is_empty()
    }
}

/// Reads everything that comes back.
pub(super) fn restore(holdings: &Holdings, now: Timestamp) -> Result<Restored, Broken> {
    let Holdings { shelf, blocks } = holdings;
    let named = |(key, body): (Vec<u8>, Bytes)| key::read_named(&key).map(|name| (name.to_owned(), body));
    let components = shelf.all(Kind::Component)?.into_iter().filter_map(named);
    let components: Vec<_> = components.filter_map(|(name, body)| Some((name.parse().ok()?, body))).collect();
    let mut last_failures = BTreeMap::new();
    // Also of those that are watched no more: their past may belong to a new name.
    for component in shelf.components(Kind::Failure)? {
        let failures = failures(shelf, &component)?;
        if !failures.is_empty() {
            last_failures.insert(component, failures);
        }
    }
    let record = |(name, body): (String, Bytes)| Some((RecordKey::read(&name)?, body));
    Ok(Restored {
        components,
        hours: ledgers(shelf, Kind::Hour, now, HOURS)?,
        days: ledgers(shelf, Kind::Day, now, DAYS)?,
        notifications: notifications(shelf, now.minus(TOLD))?,
        records: shelf.all(Kind::Record)?.into_iter().filter_map(named).filter_map(record).collect(),
        documents: shelf.all(Kind::Document)?.into_iter().filter_map(named).collect(),
        last_failures,
        sealed: Sealed { hours: blocks.hours.since(now.minus(HOURS.0)), days: blocks.days.since(now.minus(DAYS.0)) },
        faults: Vec::new(),
    })
}

fn ledgers(shelf: &Shelf, kind: Kind, now: Timestamp, (back, most): (Duration, usize)) -> Result<Vec<Ledger>, Broken> {
    let from = key::ledger_from(kind, now.minus(back)).max(newest(shelf, kind, most)?);
    let rows = shelf.bodies(&from, &[kind as u8 + 1])?;
    let ledger = |(key, body): (Vec<u8>, Bytes)| {
        let (start, component) = key::read_ledger(&key)?;
        Some(Ledger { component, start, body })
    };
    Ok(rows.into_iter().filter_map(ledger).collect())
}

/// Where the newest `most` different starts begin. A clock that is not set yet (1970) must not bring back five years at once.
fn newest(shelf: &Shelf, kind: Kind, most: usize) -> Result<Vec<u8>, Broken> {
    let mut from = vec![kind as u8 + 1];
    for _ in 0..most {
        let mut before = None;
        shelf.scan(&kind.prefix(), &from, Order::Descending, |key, _| {
            before = key::read_ledger(key).map(|(start, _)| key::ledger_from(kind, start));
            ControlFlow::Break(())
        })?;
        match before {
            Some(before) => from = before,
            None => return Ok(kind.prefix()),
        }
    }
    Ok(from)
}

/// Every notification there is.
pub(super) fn all_notifications(shelf: &Shelf) -> Result<Vec<Notification>, Broken> {
    let read = |(key, body): (Vec<u8>, Bytes)| record::decode_notification(key::read_named(&key)?.parse().ok()?, &body);
    Ok(shelf.all(Kind::Notification)?.into_iter().filter_map(read).collect())
}

fn notifications(shelf: &Shelf, told_since: Timestamp) -> Result<Vec<Notification>, Broken> {
    let mut notifications = all_notifications(shelf)?;
    notifications.retain(|notification| match notification.state {
        State::Pending => true,
        State::Delivered { .. } | State::Abandoned { .. } | State::Merged { .. } => notification.made_at >= told_since,
    });
    notifications.sort_by_key(|notification| notification.made_at);
    Ok(notifications)
}

pub(super) fn failures(shelf: &Shelf, component: &ComponentId) -> Result<Vec<Arc<Observation>>, Broken> {
    let mut failures = Vec::new();
    let (from, to) = (key::of_component(Kind::Failure, component), key::behind_component(Kind::Failure, component));
    shelf.scan(&from, &to, Order::Descending, |key, body| {
        match query::read(key, body) {
            Some(failure) => failures.push(Arc::new(failure)),
            None => shelf.note(key, body),
        }
        if failures.len() < FAILURES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(failures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        blocks::Blocks,
        database::Files,
        directory::Directory,
        queue::{Change, Work},
    };

    #[test]
    fn hours_come_back_by_age_and_by_number_whatever_the_clock_says() {
        let dir = tempfile::tempdir().expect("a directory");
        let directory = Directory::acquire(dir.path()).expect("ours");
        let shelf = Shelf::open(&directory, Files::AsTheyAre).expect("opens");
        let holdings = Holdings { blocks: Blocks::open(&directory.blocks(), &shelf).expect("opens"), shelf };
        let (component, hour) = ("cloud".parse().expect("an id"), Duration::from_secs(3_600));
        let first = Timestamp::from_millis(1_795_000_000_000);
        let row = |n: u32| {
            let body = Some(Bytes::from_static(b"hour"));
            (key::ledger(Kind::Hour, first.plus(hour * n), &component), Change { number: 1, body })
        };
        holdings.shelf.commit(&Work { rows: vec![], changes: (0..300).map(row).collect() }).expect("written");
        let check = |now: Timestamp, expected: usize| {
            assert_eq!(restore(&holdings, now).expect("reads").hours.len(), expected, "{now}");
        };
        let last = first.plus(hour * 299);
        check(last.plus(hour / 2), 192);
        check(last.plus(hour * 100), 93);
        check(Timestamp::from_millis(0), HOURS.1);
    }
}
