//! The layout of keys: one tree, a letter for each kind of row, everything in the order in which it is read.
//!
//! It does not know what is stored under them.
//!
//! | key | row |
//! |---|---|
//! | `m` name | meta: the schema version, the last look at the clock |
//! | `o` component 0 start probe 0 location | an observation |
//! | `f` component 0 start probe 0 location | a copy of an observation that failed or warned, of the newest ones |
//! | `c` component 0 part | the engine's state of a component |
//! | `h` start component 0 part | an hour's ledger |
//! | `d` start component 0 part | a day's ledger |
//! | `n` id 0 part | a notification |
//! | `r` name 0 part | a document |
//! | `i` name 0 part | a record: `incident:` and its id, `audit:` and a number, `fault:` and its word; `outage:` and a component formerly, `maintenance:` and `plan:` and their ids; `mailing:` and `mailed:` and the story that subscribers are told; `alarm:` and what it is about, `channel:` and its name; `location:` and its name |
//! | `b` path | a block file that must be there: its size, its frames and its hash |
//! | `g` path | a block file that retention removes: off the list, and perhaps still there |
//! | `w` location | how many observations were written of a location, and how many have left again |
//! | `v` | how often the database was written |
//! | `x` key | a row that failed its checksum, as it was found |
//!
//! What is recorded of mail names subscribers by their ids; an address is never in any row.
//! A part is two bytes, big-endian. A start is eight bytes, big-endian, the sign flipped, so that bytes sort as times do. Ids hold neither 0 nor 1.

use shared::{ComponentId, LocationName, ProbeName, Timestamp};

use crate::notify::NotificationId;

/// What a key's first byte says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Kind {
    Meta = b'm',
    Observation = b'o',
    Failure = b'f',
    Component = b'c',
    Hour = b'h',
    Day = b'd',
    Notification = b'n',
    Document = b'r',
    Record = b'i',
    Block = b'b',
    Leaving = b'g',
    Tally = b'w',
    /// Beside the tallies, which change with it: sled writes neighbours together.
    Commits = b'v',
    Corrupt = b'x',
}

impl Kind {
    pub(super) fn prefix(self) -> Vec<u8> {
        vec![self as u8]
    }
}

/// The end of every name inside a key.
const END: u8 = 0;
/// Greater than [`END`] and less than every character of an id.
const AFTER_END: u8 = 1;

fn start(at: Timestamp) -> [u8; 8] {
    (at.as_millis() ^ i64::MIN).to_be_bytes()
}

fn read_start(bytes: &[u8]) -> Option<(Timestamp, &[u8])> {
    let (start, rest) = bytes.split_first_chunk::<8>()?;
    Some((Timestamp::from_millis(i64::from_be_bytes(*start) ^ i64::MIN), rest))
}

fn read_name(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().position(|&byte| byte == END)?;
    Some((str::from_utf8(&bytes[..end]).ok()?, &bytes[end + 1..]))
}

pub(super) fn schema() -> Vec<u8> {
    [&[Kind::Meta as u8], b"schema".as_slice()].concat()
}

pub(super) fn clock() -> Vec<u8> {
    [&[Kind::Meta as u8], b"clock".as_slice()].concat()
}

/// Start, probe and location: what names an observation inside its component.
pub(super) fn place(at: Timestamp, probe: &ProbeName, location: &LocationName) -> Vec<u8> {
    [start(at).as_slice(), probe.as_str().as_bytes(), &[END], location.as_str().as_bytes()].concat()
}

pub(super) fn read_place(bytes: &[u8]) -> Option<(Timestamp, ProbeName, LocationName)> {
    let (at, rest) = read_start(bytes)?;
    let (probe, location) = read_name(rest)?;
    Some((at, probe.parse().ok()?, str::from_utf8(location).ok()?.parse().ok()?))
}

/// Everything of one component in `o` or `f`.
pub(super) fn of_component(kind: Kind, component: &ComponentId) -> Vec<u8> {
    [&[kind as u8], component.as_str().as_bytes(), &[END]].concat()
}

/// The first key behind everything of one component in `o` or `f`.
pub(super) fn behind_component(kind: Kind, component: &ComponentId) -> Vec<u8> {
    [&[kind as u8], component.as_str().as_bytes(), &[AFTER_END]].concat()
}

pub(super) fn observation(kind: Kind, component: &ComponentId, place: &[u8]) -> Vec<u8> {
    [of_component(kind, component).as_slice(), place].concat()
}

/// The first observation of a component that started at `at` or later.
pub(super) fn observation_from(component: &ComponentId, at: Timestamp) -> Vec<u8> {
    observation(Kind::Observation, component, &start(at))
}

/// The location in a key of `o` or `f`: it stands last.
pub(super) fn location_of(key: &[u8]) -> Option<&str> {
    let end = key.iter().rposition(|&byte| byte == END)?;
    str::from_utf8(&key[end + 1..]).ok()
}

pub(super) fn commits() -> Vec<u8> {
    Kind::Commits.prefix()
}

pub(super) fn tally(location: &str) -> Vec<u8> {
    [&[Kind::Tally as u8], location.as_bytes()].concat()
}

/// The location in a key of [`tally`].
pub(super) fn read_tally(key: &[u8]) -> Option<&str> {
    str::from_utf8(key.get(1..)?).ok()
}

pub(super) fn block(path: &str) -> Vec<u8> {
    [&[Kind::Block as u8], path.as_bytes()].concat()
}

pub(super) fn leaving(path: &str) -> Vec<u8> {
    [&[Kind::Leaving as u8], path.as_bytes()].concat()
}

/// The path in a key of [`block`] or [`leaving`].
pub(super) fn read_block(key: &[u8]) -> Option<&str> {
    str::from_utf8(key.get(1..)?).ok()
}

/// The component and the place of a key in `o` or `f`.
pub(super) fn read_observation(key: &[u8]) -> Option<(ComponentId, &[u8])> {
    let (component, place) = read_name(key.get(1..)?)?;
    Some((component.parse().ok()?, place))
}

/// The key of what is stored in parts, without the part.
pub(super) fn named(kind: Kind, name: &str) -> Vec<u8> {
    [&[kind as u8], name.as_bytes(), &[END]].concat()
}

pub(super) fn notification(id: &NotificationId) -> Vec<u8> {
    named(Kind::Notification, id.as_str())
}

pub(super) fn ledger(kind: Kind, at: Timestamp, component: &ComponentId) -> Vec<u8> {
    [&[kind as u8], start(at).as_slice(), component.as_str().as_bytes(), &[END]].concat()
}

/// The first ledger of `at` or later.
pub(super) fn ledger_from(kind: Kind, at: Timestamp) -> Vec<u8> {
    [&[kind as u8], start(at).as_slice()].concat()
}

/// The name in a key of [`named`], with or without its part.
pub(super) fn read_named(key: &[u8]) -> Option<&str> {
    read_name(key.get(1..)?).map(|(name, _)| name)
}

/// The start and the component in a key of [`ledger`], with or without its part.
pub(super) fn read_ledger(key: &[u8]) -> Option<(Timestamp, ComponentId)> {
    let (at, rest) = read_start(key.get(1..)?)?;
    let (component, _) = read_name(rest)?;
    Some((at, component.parse().ok()?))
}

pub(super) fn part(base: &[u8], number: u16) -> Vec<u8> {
    [base, &number.to_be_bytes()].concat()
}

/// The part and the key without it, of what is stored in parts.
pub(super) fn read_part(key: &[u8]) -> Option<(&[u8], u16)> {
    let (base, number) = key.split_last_chunk::<2>()?;
    Some((base, u16::from_be_bytes(*number)))
}

pub(super) fn corrupt(key: &[u8]) -> Vec<u8> {
    [&[Kind::Corrupt as u8], key].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(text: &str) -> ComponentId {
        text.parse().expect("an id")
    }

    #[test]
    fn keys_of_a_component_never_reach_into_another_whose_name_begins_alike() {
        let inside = observation_from(&id("a"), Timestamp::from_millis(i64::MAX));
        assert!(inside < behind_component(Kind::Observation, &id("a")));
        assert!(behind_component(Kind::Observation, &id("a")) < of_component(Kind::Observation, &id("a-b")));
    }

    proptest! {
        #[test]
        fn keys_sort_as_times_do(a in -62_167_219_200_000_i64..=253_402_300_799_999, b in -62_167_219_200_000_i64..=253_402_300_799_999) {
            let key = |millis| observation_from(&id("a"), Timestamp::from_millis(millis));
            prop_assert_eq!(a.cmp(&b), key(a).cmp(&key(b)));
        }

        #[test]
        fn a_key_reads_back(millis in -9_000_000_000_000_i64..9_000_000_000_000, component in "[a-z0-9][a-z0-9_-]{0,20}", probe in "[a-z0-9][a-z0-9_-]{0,20}") {
            let (at, component) = (Timestamp::from_millis(millis), id(&component));
            let (probe, location): (ProbeName, LocationName) = (probe.parse().expect("a name"), "lyon".parse().expect("a name"));
            let key = observation(Kind::Observation, &component, &place(at, &probe, &location));
            let (read, rest) = read_observation(&key).expect("reads back");
            prop_assert_eq!(read, component.clone());
            prop_assert_eq!(location_of(&key), Some("lyon"));
            prop_assert_eq!(read_place(rest), Some((at, probe, location)));
            prop_assert_eq!(read_ledger(&part(&ledger(Kind::Day, at, &component), 300)), Some((at, component)));
        }
    }
}
