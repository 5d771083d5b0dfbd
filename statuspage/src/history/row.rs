//! What the store keeps of the past: one row for each hour and day of a component.
//!
//! A row is a version byte, a body in postcard and the CRC-32C of both. It does not know how the store keeps rows, only that a
//! row replaces the one of the same key.
//!
//! Rows of version 1 held the percentiles and each sketch in the library's exchange format; they are read as what they say and
//! written again as version 2.

use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use shared::{ComponentId, FailureKind, LocationName, Timestamp};

use super::{
    Past,
    account::Account,
    calendar::Hour,
    latency::{Point, Sketch},
    period::Open,
};

const VERSION: u8 = 2;
/// The first version, of which there may be rows.
const FIRST: u8 = 1;

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

/// Which kind of period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Hours of UTC.
    Hours,
    /// Days by their date in the page's time zone.
    Days,
}

impl Slot {
    /// The part under which a store keeps a row: hours under their beginning, days under their date's midnight in UTC, so that a
    /// change of the page's time zone does not move them. Absent when there is no such date.
    pub fn new(unit: Unit, start: Timestamp) -> Option<Self> {
        match unit {
            Unit::Hours => Some(Self::Hour(start)),
            Unit::Days => {
                let midnight = jiff::Timestamp::from_millisecond(start.as_millis()).ok()?;
                Some(Self::Day(TimeZone::UTC.to_datetime(midnight).date()))
            }
        }
    }

    /// Which kind of period it is.
    pub fn unit(&self) -> Unit {
        match self {
            Self::Hour(_) => Unit::Hours,
            Self::Day(_) => Unit::Days,
        }
    }

    /// Where a store keeps it: the inverse of [`Slot::new`].
    pub fn start(&self) -> Option<Timestamp> {
        match self {
            Self::Hour(start) => Some(*start),
            Self::Day(date) => {
                let midnight = date.to_zoned(TimeZone::UTC).ok()?;
                Some(Timestamp::from_millis(midnight.timestamp().as_millisecond()))
            }
        }
    }
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Body {
    pub(super) span: Span,
    pub(super) account: Account,
    pub(super) verdicts: [u64; 4],
    /// By the kind's word, which outlives a change of the order of the set.
    pub(super) kinds: Vec<(String, u64)>,
    pub(super) latency: Vec<(LocationName, Sketch)>,
}

/// The same in version 1: percentiles in microseconds, and the sketch of which they are.
#[derive(Deserialize)]
struct FirstBody {
    span: Span,
    account: Account,
    verdicts: [u64; 4],
    kinds: Vec<(String, u64)>,
    latency: Vec<(LocationName, [u32; 4], Vec<u8>)>,
}

impl FirstBody {
    fn renewed(self) -> Option<Body> {
        let Self { span, account, verdicts, kinds, latency } = self;
        let renewed =
            |(name, _, sketch): (LocationName, [u32; 4], Vec<u8>)| Some((name, Sketch::from_java_bytes(&sketch)?));
        Some(Body { span, account, verdicts, kinds, latency: latency.into_iter().map(renewed).collect::<Option<_>>()? })
    }
}

/// What every row says of the component's past as a whole, so that no row depends on another; in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Span {
    pub(super) watched_from: i64,
    pub(super) known_from: Option<i64>,
    pub(super) spent_until: Option<i64>,
}

impl Span {
    fn of(past: &Past) -> Self {
        Self {
            watched_from: past.watched_from.as_millis(),
            known_from: past.known_from.map(Timestamp::as_millis),
            spent_until: past.spent_until.map(Timestamp::as_millis),
        }
    }

    pub(super) fn widen(self, past: &mut Past) {
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
    let mut rows: Vec<_> =
        past.hours.changed().map(|(hour, open)| row(Slot::Hour(hour.start()), written(open))).collect();
    rows.extend(past.days.changed().map(|(date, open)| row(Slot::Day(date), written(open))));
    rows
}

/// Makes the row of a period of this past.
pub(super) fn encoder(past: &Past) -> impl Fn(&Open) -> Box<[u8]> + use<> {
    let span = Span::of(past);
    move |open| {
        let body = Body {
            span,
            account: open.account,
            verdicts: open.verdicts,
            kinds: open.kinds.iter().map(|(kind, count)| (kind.word().to_owned(), *count)).collect(),
            latency: open.latency.iter().map(|(name, sketch)| (name.clone(), sketch.clone())).collect(),
        };
        body.to_row()
    }
}

/// Takes a row back into a past.
pub(super) fn restore(past: &mut Past, slot: &Slot, row: Box<[u8]>) -> Result<(), RowError> {
    let body = Body::of(&row)?;
    body.span.widen(past);
    let closed = (body.account, body.points());
    match *slot {
        Slot::Hour(hour) => past.hours.restore(Hour::of(hour), closed, Some(row)),
        Slot::Day(date) => past.days.restore(date, closed, Some(row)),
    }
    Ok(())
}

/// Adds a row to a past that has been counting.
pub(super) fn absorb(past: &mut Past, slot: &Slot, row: Box<[u8]>) -> Result<(), RowError> {
    let is_known = match *slot {
        Slot::Hour(hour) => past.hours.holds(Hour::of(hour)),
        Slot::Day(date) => past.days.holds(date),
    };
    if !is_known {
        return restore(past, slot, row);
    }
    let body = Body::of(&row)?;
    body.span.widen(past);
    let before = body.into_open();
    match *slot {
        Slot::Hour(hour) => past.hours.open(Hour::of(hour)),
        Slot::Day(date) => past.days.open(date),
    }
    .into_iter()
    .for_each(|open| open.absorb(&before));
    Ok(())
}

impl Body {
    /// Reads a row.
    pub(super) fn of(row: &[u8]) -> Result<Self, RowError> {
        match unseal(row)? {
            (VERSION, body) => postcard::from_bytes(body).map_err(|_| RowError::Damaged),
            (FIRST, body) => postcard::from_bytes(body).ok().and_then(FirstBody::renewed).ok_or(RowError::Damaged),
            (version, _) if version > VERSION => Err(RowError::Newer(version)),
            (_, _) => Err(RowError::Damaged),
        }
    }

    /// Writes it as a row.
    pub(super) fn to_row(&self) -> Box<[u8]> {
        seal(&postcard::to_stdvec(self).expect("every length in it is known, and a Vec grows"))
    }

    /// The percentiles at each location.
    pub(super) fn points(&self) -> Vec<(LocationName, Point)> {
        self.latency.iter().map(|(name, sketch)| (name.clone(), sketch.point())).collect()
    }

    /// The durations at one location.
    pub(super) fn sketch(&self, location: &LocationName) -> Option<&Sketch> {
        self.latency.iter().find(|(name, _)| name == location).map(|(_, sketch)| sketch)
    }

    /// The same as a period that goes on counting.
    pub(super) fn into_open(self) -> Open {
        let Self { span: _, account, verdicts, kinds, latency } = self;
        // A kind that this release does not know was counted by a newer one: its count is lost when the row is written again.
        let known = |(word, count): (String, u64)| Some((word.parse::<FailureKind>().ok()?, count));
        Open {
            account,
            verdicts,
            kinds: kinds.into_iter().filter_map(known).collect(),
            latency: latency.into_iter().collect(),
            dirty: false,
        }
    }
}

fn seal(body: &[u8]) -> Box<[u8]> {
    let mut row = Vec::with_capacity(body.len() + 5);
    row.push(VERSION);
    row.extend_from_slice(body);
    row.extend(crc32c::crc32c(&row).to_be_bytes());
    row.into()
}

/// The version and the body of a row that is whole.
fn unseal(row: &[u8]) -> Result<(u8, &[u8]), RowError> {
    let (sealed, checksum) = row.split_last_chunk::<4>().ok_or(RowError::Damaged)?;
    if crc32c::crc32c(sealed) != u32::from_be_bytes(*checksum) {
        return Err(RowError::Damaged);
    }
    sealed.split_first().map(|(version, body)| (*version, body)).ok_or(RowError::Damaged)
}

#[cfg(test)]
mod tests;
