//! Taking packed rows back into a past.
//!
//! It does not know how they are packed.

use bytes::Bytes;
use jiff::civil::Date;
use shared::Timestamp;

use super::{
    Past,
    calendar::Hour,
    pack::{Summary, unpack},
    row::{Slot, Unit},
    series::Series,
};

/// Takes rows back as closed periods. Where their own rows are is noted as long as those may be wanted.
pub(super) fn restore(past: &mut Past, unit: Unit, rows: Vec<Summary>, payload: &[u8]) {
    for row in &rows {
        row.span.widen(past);
    }
    match unit {
        Unit::Hours => into_series(&mut past.hours, hour, rows, payload),
        Unit::Days => into_series(&mut past.days, date, rows, payload),
    }
}

/// Takes the rows of what can be opened again out of the payloads they came in.
pub(super) fn take_rows(past: &mut Past) {
    past.hours.take_rows(|payload| rows(payload, hour));
    past.days.take_rows(|payload| rows(payload, date));
}

fn into_series<K: Copy + Ord>(
    series: &mut Series<K>,
    key: fn(Timestamp) -> Option<K>,
    rows: Vec<Summary>,
    payload: &[u8],
) {
    let last = rows.iter().filter_map(|row| key(row.start)).max();
    for Summary { start, account, points, .. } in rows {
        if let Some(key) = key(start) {
            series.restore(key, (account, points), None);
        }
    }
    if let Some(last) = last {
        series.keep_packed(last, payload);
    }
}

fn rows<K>(payload: &[u8], key: fn(Timestamp) -> Option<K>) -> Vec<(K, Box<[u8]>)> {
    let row = |(start, row): (Timestamp, Bytes)| Some((key(start)?, row.as_ref().into()));
    unpack(payload).unwrap_or_default().into_iter().filter_map(row).collect()
}

fn hour(start: Timestamp) -> Option<Hour> {
    Some(Hour::of(start))
}

fn date(start: Timestamp) -> Option<Date> {
    match Slot::new(Unit::Days, start)? {
        Slot::Day(date) => Some(date),
        Slot::Hour(_) => None,
    }
}
