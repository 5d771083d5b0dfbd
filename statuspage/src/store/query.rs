//! Asking for observations, page by page, and for hours and days.
//!
//! It does not know HTTP, nor what may be public.

use std::{fmt, ops::ControlFlow, str::FromStr, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use shared::{ComponentId, LocationName, Observation, ProbeId, ProbeName, Timestamp};

use super::{
    Ledger, StoreError,
    database::{Broken, Order},
    key::{self, Kind},
    queue::{Question, Reply},
    record,
    shelf::Shelf,
};
use crate::history::Unit;

/// The most observations of one page.
pub const MAX_PAGE: usize = 1_000;

/// Which observations of a component are wanted.
#[derive(Debug, Clone)]
pub struct ObservationQuery {
    /// Whose.
    pub component: ComponentId,
    /// Started then or later; without it and without a cursor the newest are meant.
    pub from: Option<Timestamp>,
    /// Started earlier than that.
    pub to: Option<Timestamp>,
    /// At most so many: 1 to [`MAX_PAGE`], clamped.
    pub limit: usize,
    /// Goes on behind the page that gave it; the other fields stay as they were.
    pub cursor: Option<Cursor>,
}

/// Observations, the oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservationPage {
    /// Only what is on stable storage, with what is private in it.
    pub observations: Vec<Arc<Observation>>,
    /// For the next page, when there was more at the time.
    pub next: Option<Cursor>,
}

/// A place between two observations: behind the one it names. Rows that come later never make it skip or repeat another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub(super) started_at: Timestamp,
    pub(super) probe: ProbeName,
    pub(super) location: LocationName,
}

/// The text was not made by this store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not one that this service gave: begin again without it")]
pub struct InvalidCursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(key::place(self.started_at, &self.probe, &self.location)))
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let place = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        let (started_at, probe, location) = key::read_place(&place).ok_or(InvalidCursor)?;
        Ok(Self { started_at, probe, location })
    }
}

/// Which hours or days of a component are wanted.
#[derive(Debug, Clone)]
pub(super) struct RollupQuery {
    pub(super) component: ComponentId,
    pub(super) unit: Unit,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

impl Question {
    /// Answers it; who gave up needs no answer.
    pub(super) fn answer(self, shelf: Option<&Shelf>) -> Result<(), Broken> {
        match self {
            Self::Observations { query, reply } => settle(reply, shelf, |shelf| answer(shelf, &query)),
            Self::Rollups { query, reply } => settle(reply, shelf, |shelf| rollups(shelf, &query)),
        }
    }
}

fn settle<T>(
    reply: Reply<T>,
    shelf: Option<&Shelf>,
    look: impl FnOnce(&Shelf) -> Result<T, Broken>,
) -> Result<(), Broken> {
    if reply.is_closed() {
        return Ok(());
    }
    let (answer, outcome) = match shelf.map(look) {
        Some(Ok(answer)) => (Ok(answer), Ok(())),
        Some(Err(broken)) => (Err(StoreError::Absent), Err(broken)),
        None => (Err(StoreError::Absent), Ok(())),
    };
    drop(reply.send(answer));
    outcome
}

/// Looks up one start after the other: between them lie the rows of all other components.
fn rollups(shelf: &Shelf, query: &RollupQuery) -> Result<Vec<Ledger>, Broken> {
    let kind = match query.unit {
        Unit::Hours => Kind::Hour,
        Unit::Days => Kind::Day,
    };
    let (mut from, to) = (key::ledger_from(kind, query.from), key::ledger_from(kind, query.to));
    let mut rollups = Vec::new();
    loop {
        let mut next = None;
        shelf.scan(&from, &to, Order::Ascending, |key, _| {
            next = key::read_ledger(key).map(|(start, _)| start);
            if next.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        let Some(start) = next else { return Ok(rollups) };
        let row = key::ledger(kind, start, &query.component);
        // Behind every part, which is two bytes.
        let behind = [row.as_slice(), &[u8::MAX; 3]].concat();
        let bodies = shelf.bodies(&row, &behind)?.into_iter();
        rollups.extend(bodies.map(|(_, body)| Ledger { component: query.component.clone(), start, body }));
        from = key::ledger_from(kind, start.plus(Duration::from_millis(1)));
    }
}

/// Answers from the rows that are synced; rows that cannot be read are noted and left out.
fn answer(shelf: &Shelf, query: &ObservationQuery) -> Result<ObservationPage, Broken> {
    let limit = query.limit.clamp(1, MAX_PAGE);
    let begin = query.from.map_or_else(
        || key::of_component(Kind::Observation, &query.component),
        |from| key::observation_from(&query.component, from),
    );
    let end = query.to.map_or_else(
        || key::behind_component(Kind::Observation, &query.component),
        |to| key::observation_from(&query.component, to),
    );
    match (&query.cursor, query.from) {
        (Some(cursor), _) => {
            let place = key::place(cursor.started_at, &cursor.probe, &cursor.location);
            let mut behind = key::observation(Kind::Observation, &query.component, &place);
            // The first key behind that one.
            behind.push(0);
            forward(shelf, &begin.max(behind), &end, limit)
        }
        (None, Some(_)) => forward(shelf, &begin, &end, limit),
        (None, None) => newest(shelf, &begin, &end, limit),
    }
}

fn forward(shelf: &Shelf, from: &[u8], to: &[u8], limit: usize) -> Result<ObservationPage, Broken> {
    let mut observations = Vec::new();
    // One more than asked for tells whether there is a next page.
    shelf.scan(from, to, Order::Ascending, |key, body| collect(shelf, &mut observations, limit + 1, key, body))?;
    let more = observations.len() > limit;
    observations.truncate(limit);
    let next = observations.last().filter(|_| more).map(|last: &Arc<Observation>| Cursor {
        started_at: last.started_at,
        probe: last.probe.name.clone(),
        location: last.location.clone(),
    });
    Ok(ObservationPage { observations, next })
}

fn newest(shelf: &Shelf, from: &[u8], to: &[u8], limit: usize) -> Result<ObservationPage, Broken> {
    let mut observations = Vec::new();
    shelf.scan(from, to, Order::Descending, |key, body| collect(shelf, &mut observations, limit, key, body))?;
    observations.reverse();
    Ok(ObservationPage { observations, next: None })
}

fn collect(
    shelf: &Shelf,
    observations: &mut Vec<Arc<Observation>>,
    limit: usize,
    key: &[u8],
    body: &[u8],
) -> ControlFlow<()> {
    match read(key, body) {
        Some(observation) => observations.push(Arc::new(observation)),
        None => shelf.note(key, body),
    }
    if observations.len() >= limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// The observation of a row.
pub(super) fn read(key: &[u8], body: &[u8]) -> Option<Observation> {
    let (component, place) = key::read_observation(key)?;
    let (started_at, name, location) = key::read_place(place)?;
    record::decode(ProbeId { component, name }, location, started_at, body)
}
