//! What the store keeps of the past: one row for each hour and day of a component.
//!
//! A row is a version byte, a body in postcard and the CRC-32C of both. It does not know how the store keeps rows, only that a
//! row replaces the one of the same key.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use shared::{ComponentId, FailureKind, LocationName, Timestamp};

use super::{
    Past,
    account::Account,
    latency::{Point, Sketch},
    period::Open,
};

const VERSION: u8 = 1;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// What it is about.
    pub key: RowKey,
    /// Its content.
    pub bytes: Box<[u8]>,
}

/// What a row is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey {
    /// Whose past.
    pub component: ComponentId,
    /// Which part of it.
    pub slot: Slot,
}

/// A part of a component's past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// The hour that begins then.
    Hour(Timestamp),
    /// The day of that date in the page's time zone.
    Day(Date),
}

/// A row cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// A newer release wrote it.
    #[error("a row of history has version {0}, which is newer than this release: use the release that wrote it")]
    Newer(u8),
    /// It was not written by this software, or has been damaged since.
    #[error(
        "a row of history is damaged: that part of the past is left out, repair the store from its blocks or a backup"
    )]
    Damaged,
}

/// The body of an hour or a day.
#[derive(Serialize, Deserialize)]
struct Body {
    span: Span,
    account: Account,
    verdicts: [u64; 4],
    /// By the kind's word, which outlives a change of the order of the set.
    kinds: Vec<(String, u64)>,
    latency: Vec<(LocationName, Point, Vec<u8>)>,
}

/// What every row says of the component's past as a whole, so that no row depends on another; in milliseconds since 1970.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Span {
    watched_from: i64,
    known_from: Option<i64>,
    spent_until: Option<i64>,
}

impl Span {
    fn of(past: &Past) -> Self {
        Self {
            watched_from: past.watched_from.as_millis(),
            known_from: past.known_from.map(Timestamp::as_millis),
            spent_until: past.spent_until.map(Timestamp::as_millis),
        }
    }

    fn widen(self, past: &mut Past) {
        let (known, spent) =
            (self.known_from.map(Timestamp::from_millis), self.spent_until.map(Timestamp::from_millis));
        past.watched_from = past.watched_from.min(Timestamp::from_millis(self.watched_from));
        past.known_from = past.known_from.into_iter().chain(known).min();
        past.spent_until = past.spent_until.max(spent);
    }
}

/// The rows that changed since they were last made.
pub(super) fn changed(component: &ComponentId, past: &mut Past) -> Vec<HistoryRow> {
    let encode = encoder(past);
    let row = |slot: Slot, bytes: Box<[u8]>| HistoryRow { key: RowKey { component: component.clone(), slot }, bytes };
    let written = |open: &mut Open| {
        open.dirty = false;
        encode(open)
    };
    let mut rows: Vec<_> = past.hours.changed().map(|(hour, open)| row(Slot::Hour(hour), written(open))).collect();
    rows.extend(past.days.changed().map(|(date, open)| row(Slot::Day(date), written(open))));
    rows
}

/// Makes the row of a period of this past.
pub(super) fn encoder(past: &Past) -> impl Fn(&Open) -> Box<[u8]> + use<> {
    let span = Span::of(past);
    move |open| {
        let latency = open.latency.iter().map(|(name, sketch)| (name.clone(), sketch.point(), sketch.to_bytes()));
        let body = Body {
            span,
            account: open.account,
            verdicts: open.verdicts,
            kinds: open.kinds.iter().map(|(kind, count)| (kind.word().to_owned(), *count)).collect(),
            latency: latency.collect(),
        };
        seal(&postcard::to_stdvec(&body).expect("every length in it is known, and a Vec grows"))
    }
}

/// Takes a row back into a past.
pub(super) fn restore(past: &mut Past, slot: &Slot, row: Box<[u8]>) -> Result<(), RowError> {
    body(&row)?.span.widen(past);
    match *slot {
        Slot::Hour(hour) => past.hours.restore(hour, row),
        Slot::Day(date) => past.days.restore(date, row),
    }
}

/// Adds a row to a past that has been counting.
pub(super) fn absorb(past: &mut Past, slot: &Slot, row: Box<[u8]>) -> Result<(), RowError> {
    body(&row)?.span.widen(past);
    match *slot {
        Slot::Hour(hour) => past.hours.absorb(hour, row),
        Slot::Day(date) => past.days.absorb(date, row),
    }
}

/// Reads a row as a period that goes on counting.
pub(super) fn open(row: &[u8]) -> Result<Open, RowError> {
    let Body { account, verdicts, kinds, latency, .. } = body(row)?;
    let sketch = |(name, _, bytes): (LocationName, Point, Vec<u8>)| {
        Sketch::from_bytes(&bytes).map(|sketch| (name, sketch)).ok_or(RowError::Damaged)
    };
    // A kind that this release does not know was counted by a newer one: its count is lost when the row is written again.
    let known = |(word, count): (String, u64)| Some((word.parse::<FailureKind>().ok()?, count));
    Ok(Open {
        account,
        verdicts,
        kinds: kinds.into_iter().filter_map(known).collect(),
        latency: latency.into_iter().map(sketch).collect::<Result<BTreeMap<_, _>, _>>()?,
        dirty: false,
    })
}

/// Reads of a row what a closed period keeps.
pub(super) fn summary(row: &[u8]) -> Result<(Account, Vec<(LocationName, Point)>), RowError> {
    let Body { account, latency, .. } = body(row)?;
    Ok((account, latency.into_iter().map(|(name, point, _)| (name, point)).collect()))
}

fn body(row: &[u8]) -> Result<Body, RowError> {
    postcard::from_bytes(unseal(row)?).map_err(|_| RowError::Damaged)
}

fn seal(body: &[u8]) -> Box<[u8]> {
    let mut row = [&[VERSION], body].concat();
    row.extend(crc32c::crc32c(&row).to_be_bytes());
    row.into()
}

fn unseal(row: &[u8]) -> Result<&[u8], RowError> {
    let (sealed, checksum) = row.split_last_chunk::<4>().ok_or(RowError::Damaged)?;
    if crc32c::crc32c(sealed) != u32::from_be_bytes(*checksum) {
        return Err(RowError::Damaged);
    }
    match sealed.split_first() {
        Some((&VERSION, body)) => Ok(body),
        Some((&version, _)) if version > VERSION => Err(RowError::Newer(version)),
        Some(_) | None => Err(RowError::Damaged),
    }
}
