//! What an archive must know of its items.
//!
//! It does not know files.

use std::time::Duration;

use shared::{ComponentId, LocationName, Observation, ProbeId, Timestamp};

use super::{BlockFile, Damage, Frame, Kind, observation, span::Span};
use crate::{history, store::Ledger};

/// The items of one archive.
pub(in crate::store) trait Content {
    /// A result, a roll-up of an hour, ….
    type Item;
    /// Where an item lies among all the others. Equal keys are the same item, of which the newer replaces the older.
    type Key: Ord;

    /// What the header of its files says.
    const KIND: Kind;
    /// What a file covers at first.
    const LEAF: Span;
    /// What a file covers that leaves are joined into.
    const JOINED: Span;
    /// How far an item's time may lie outside of what its file covers, at most.
    const SLACK: Duration;
    /// The most items of one frame; more become several frames of the same name.
    const ROWS: usize;

    /// The frame an item belongs to.
    fn frame(item: &Self::Item) -> String;

    /// See [`Self::Key`].
    fn key(item: &Self::Item) -> Self::Key;

    /// When it was; keys sort by time first.
    fn at(item: &Self::Item) -> Timestamp;

    /// The payload of a frame, from at most [`Self::ROWS`] items of it in the order of their keys.
    fn pack(items: &[Self::Item]) -> Vec<u8>;

    /// The items of a payload; none when it is none. It must not panic, nor take much memory for few bytes.
    fn unpack(frame: &str, payload: &[u8]) -> Option<Vec<Self::Item>>;
}

/// Looks at every byte of a file and unpacks every frame: what is wrong. A frame whose checksum fits and that cannot be unpacked was
/// written so.
pub(in crate::store) fn verify(file: &BlockFile) -> Vec<Damage> {
    let kind = file.kind();
    file.verify_with(|frame, payload| is_content(kind, frame, payload))
}

/// Whether a frame of a file of that kind can be unpacked; what backups hold is looked at elsewhere.
pub(in crate::store) fn is_content(kind: Option<Kind>, frame: &Frame, payload: &[u8]) -> bool {
    let rows = match kind {
        Some(Kind::Raw) => Raw::unpack(&frame.name, payload).map(|items| items.len()),
        Some(Kind::Hours) => Hours::unpack(&frame.name, payload).map(|items| items.len()),
        Some(Kind::Days) => Days::unpack(&frame.name, payload).map(|items| items.len()),
        Some(Kind::Rows) | None => return true,
    };
    rows == usize::try_from(frame.facts.rows).ok()
}

/// The results of probes; a frame for each probe at each location, such as `cloud/login@local`.
#[derive(Debug)]
pub(in crate::store) enum Raw {}

impl Content for Raw {
    type Item = Observation;
    type Key = (Timestamp, ProbeId, LocationName);

    const KIND: Kind = Kind::Raw;
    const LEAF: Span = Span::Hour;
    const JOINED: Span = Span::Day;
    const SLACK: Duration = Duration::ZERO;
    const ROWS: usize = observation::MAX_ROWS;

    fn frame(item: &Observation) -> String {
        format!("{}@{}", item.probe, item.location)
    }

    fn key(item: &Observation) -> Self::Key {
        (item.started_at, item.probe.clone(), item.location.clone())
    }

    fn at(item: &Observation) -> Timestamp {
        item.started_at
    }

    fn pack(items: &[Observation]) -> Vec<u8> {
        observation::pack(items)
    }

    fn unpack(frame: &str, payload: &[u8]) -> Option<Vec<Observation>> {
        let (probe, location) = frame.split_once('@')?;
        observation::unpack(&probe.parse().ok()?, &location.parse().ok()?, payload)
    }
}

/// Roll-ups of hours; a frame for each component.
#[derive(Debug)]
pub(in crate::store) enum Hours {}

/// Roll-ups of days, under midnight UTC of their date; a frame for each component.
#[derive(Debug)]
pub(in crate::store) enum Days {}

/// More rows of a component than a month has days, or a day has hours.
const LEDGERS: usize = 64;

macro_rules! ledgers {
    ($content:ident, $leaf:ident, $joined:ident) => {
        impl Content for $content {
            type Item = Ledger;
            type Key = (Timestamp, ComponentId);

            const KIND: Kind = Kind::$content;
            const LEAF: Span = Span::$leaf;
            const JOINED: Span = Span::$joined;
            const SLACK: Duration = Duration::ZERO;
            const ROWS: usize = LEDGERS;

            fn frame(item: &Ledger) -> String {
                item.component.to_string()
            }

            fn key(item: &Ledger) -> Self::Key {
                (item.start, item.component.clone())
            }

            fn at(item: &Ledger) -> Timestamp {
                item.start
            }

            fn pack(items: &[Ledger]) -> Vec<u8> {
                let rows: Vec<_> = items.iter().map(|item| (item.start, item.body.clone())).collect();
                history::pack(&rows)
            }

            fn unpack(frame: &str, payload: &[u8]) -> Option<Vec<Ledger>> {
                let component: ComponentId = frame.parse().ok()?;
                let rows = history::unpack(payload)?;
                let ledger = |(start, body)| Ledger { component: component.clone(), start, body };
                Some(rows.into_iter().map(ledger).collect())
            }
        }
    };
}

ledgers!(Hours, Hour, Day);
ledgers!(Days, Day, Month);
