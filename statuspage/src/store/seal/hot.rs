//! What lies in the database and waits to be sealed.
//!
//! It does not know when that is settled.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::{ControlFlow, Range},
    time::Duration,
};

use bytes::Bytes;
use shared::{ComponentId, Observation, Timestamp};

use super::{HOUR, Round, SealError};
use crate::store::{
    Ledger,
    database::{Broken, Order},
    key::{self, Kind},
    query,
    restore::FAILURES,
    shelf::Shelf,
};

/// When the first or the last observation of a component started that the round has not sealed.
pub(super) fn start_at_end(
    shelf: &Shelf,
    component: &ComponentId,
    order: Order,
    round: &Round,
) -> Result<Option<Timestamp>, Broken> {
    let mut from = key::of_component(Kind::Observation, component);
    let mut to = key::behind_component(Kind::Observation, component);
    loop {
        let mut found = None;
        shelf.scan(&from, &to, order, |key, value| {
            let place = key::read_observation(key).and_then(|(_, place)| key::read_place(place));
            let Some((start, ..)) = place else {
                shelf.note(key, value);
                return ControlFlow::Continue(());
            };
            found = Some(start);
            ControlFlow::Break(())
        })?;
        let Some((start, until)) = found.and_then(|start| Some((start, round.sealed_until(start)?))) else {
            return Ok(found);
        };
        match order {
            Order::Ascending => from = key::observation_from(component, until),
            Order::Descending => to = key::observation_from(component, beginning(start, HOUR)),
        }
    }
}

/// The beginning of the span of that length, counted from 1970, in which an instant lies.
pub(super) fn beginning(at: Timestamp, span: Duration) -> Timestamp {
    let span = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(at.as_millis().div_euclid(span) * span)
}

/// The observations of a component that started in a span, by frame.
pub(super) fn observations(
    shelf: &Shelf,
    component: &ComponentId,
    span: &Range<Timestamp>,
) -> Result<BTreeMap<String, Vec<Observation>>, Broken> {
    let mut frames: BTreeMap<String, Vec<Observation>> = BTreeMap::new();
    let (from, to) = (key::observation_from(component, span.start), key::observation_from(component, span.end));
    shelf.scan(&from, &to, Order::Ascending, |key, body| {
        match query::read(key, body) {
            Some(row) => frames.entry(format!("{}@{}", row.probe, row.location)).or_default().push(row),
            None => shelf.note(key, body),
        }
        ControlFlow::Continue(())
    })?;
    Ok(frames)
}

/// Copies of failures beyond the newest ones.
pub(super) fn old_failures(shelf: &Shelf, component: &ComponentId) -> Result<Vec<Vec<u8>>, Broken> {
    let mut keys = Vec::new();
    let (from, to) = (key::of_component(Kind::Failure, component), key::behind_component(Kind::Failure, component));
    shelf.scan(&from, &to, Order::Descending, |key, _| {
        keys.push(key.to_vec());
        ControlFlow::Continue(())
    })?;
    Ok(keys.split_off(keys.len().min(FAILURES)))
}

/// The beginning of the oldest hour or day that lies in the database, apart from some.
pub(super) fn first_ledger(
    shelf: &Shelf,
    kind: Kind,
    apart: &BTreeSet<Timestamp>,
) -> Result<Option<Timestamp>, Broken> {
    let mut from = kind.prefix();
    loop {
        let mut first = None;
        shelf.scan(&from, &[kind as u8 + 1], Order::Ascending, |key, value| {
            first = key::read_ledger(key).map(|(start, _)| start);
            if first.is_none() {
                shelf.note(key, value);
                return ControlFlow::Continue(());
            }
            ControlFlow::Break(())
        })?;
        let Some(found) = first.filter(|start| apart.contains(start)) else { return Ok(first) };
        from = key::ledger_from(kind, found.plus(Duration::from_millis(1)));
    }
}

/// The ledgers of an hour or a day.
pub(super) fn ledgers(shelf: &Shelf, kind: Kind, start: Timestamp) -> Result<Vec<Ledger>, Broken> {
    let (from, to) = (key::ledger_from(kind, start), key::ledger_from(kind, start.plus(Duration::from_millis(1))));
    let ledger = |(key, body): (Vec<u8>, Bytes)| {
        let (start, component) = key::read_ledger(&key)?;
        Some(Ledger { component, start, body })
    };
    Ok(shelf.bodies(&from, &to)?.into_iter().filter_map(ledger).collect())
}

/// A frame for each component.
pub(super) fn each(ledgers: Vec<Ledger>) -> impl FnMut() -> Result<Option<(String, Vec<Ledger>)>, SealError> {
    let mut ledgers = ledgers.into_iter();
    move || Ok(ledgers.next().map(|ledger| (ledger.component.to_string(), vec![ledger])))
}
