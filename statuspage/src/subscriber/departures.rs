//! Who left lately, as hashes that say nothing without the key: what keeps a backup that is put back from bringing them back.
//!
//! It does not know addresses. It lies in a small file of its own in the data directory, which neither a backup holds nor a restore
//! replaces: a backup of before somebody left cannot know of it. The hashes are those of the book, made with the key that lies
//! elsewhere; each is kept for a year, which no backup should outlive, and longer while the clock is in doubt.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use shared::Timestamp;

use super::{
    id::{bits, digits},
    keys::Trace,
};
use crate::clock::{Belief, Look, PATIENCE};

/// The file's name in the data directory.
pub const DEPARTED: &str = "subscribers.left";
/// So long somebody who left is kept out of a book that was put back.
const REMEMBERED: Duration = Duration::from_secs(366 * 86_400);

/// What somebody wanted no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Departure {
    /// An address left, or was taken out.
    Left(Trace),
    /// Nobody writes to that mailbox again.
    Refused(Trace),
}

/// Who left, and when that was noted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Departures {
    at: BTreeMap<Departure, Timestamp>,
    /// What the book had when it was opened: it is no news, and not noted a second time once its year is over.
    known: BTreeSet<Departure>,
    /// The last look at the clock, and the one that the file has.
    looked: Option<Look>,
    kept: Option<Look>,
    state: State,
}

/// Whether the file has it all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum State {
    #[default]
    Written,
    Unwritten,
}

/// The form of the file, in JSON.
#[derive(Serialize, Deserialize)]
struct Form {
    /// Tells keys apart: the hashes of another key say nothing.
    key: String,
    left: BTreeMap<String, Timestamp>,
    refused: BTreeMap<String, Timestamp>,
    /// The last look at the clock.
    #[serde(default)]
    looked: Option<Look>,
}

impl Departures {
    /// Reads the file; none when it is not one of that key.
    pub(super) fn read(bytes: &[u8], fingerprint: [u8; 8]) -> Option<Self> {
        let form: Form = serde_json::from_slice(bytes).ok()?;
        if form.key != digits(&fingerprint) {
            return None;
        }
        let traces = |of: BTreeMap<String, Timestamp>, departure: fn(Trace) -> Departure| {
            of.into_iter().filter_map(move |(text, at)| Some((departure(Trace(bits(&text)?)), at)))
        };
        let at = traces(form.left, Departure::Left).chain(traces(form.refused, Departure::Refused)).collect();
        Some(Self { at, looked: form.looked, kept: form.looked, ..Self::default() })
    }

    /// As it stands in the file.
    pub(super) fn write(&self, fingerprint: [u8; 8]) -> Result<Vec<u8>, serde_json::Error> {
        let (left, refused) = (BTreeMap::new(), BTreeMap::new());
        let mut form = Form { key: digits(&fingerprint), left, refused, looked: self.looked };
        for (departure, at) in &self.at {
            match departure {
                Departure::Left(trace) => form.left.insert(digits(&trace.0), *at),
                Departure::Refused(trace) => form.refused.insert(digits(&trace.0), *at),
            };
        }
        serde_json::to_vec(&form)
    }

    /// Everybody who left, and when.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Departure, Timestamp)> + '_ {
        self.at.iter().map(|(departure, at)| (*departure, *at))
    }

    /// The book has been opened with these; without a file, they left now as far as anybody knows.
    pub(super) fn begin(&mut self, of_book: impl IntoIterator<Item = Departure>, found: Found, now: Timestamp) {
        self.known = of_book.into_iter().collect();
        if found == Found::Nothing && !self.known.is_empty() {
            self.at = self.known.iter().map(|departure| (*departure, now)).collect();
            self.state = State::Unwritten;
        }
    }

    /// Takes over what the book has by now: who left since is noted, who came back is forgotten.
    pub(super) fn note(&mut self, of_book: impl IntoIterator<Item = Departure>, now: Timestamp) {
        let present: BTreeSet<_> = of_book.into_iter().collect();
        let before = self.at.len();
        self.at.retain(|departure, _| present.contains(departure));
        self.known.retain(|departure| present.contains(departure));
        let mut changed = self.at.len() != before;
        for departure in present {
            if self.known.insert(departure) {
                self.at.insert(departure, now);
                changed = true;
            }
        }
        if changed {
            self.state = State::Unwritten;
        }
    }

    /// Goes on in the place of others that are taken back, and that the file may have been written with.
    pub(super) fn instead_of(&mut self, others: &Self) {
        if self.at != others.at {
            self.state = State::Unwritten;
        }
    }

    /// Looks at the clock, and says whether anything may go for its age.
    pub(super) fn look(&mut self, now: Timestamp) -> Belief {
        let look = Look::next(self.looked, now);
        if let Some(ahead) = look.leap_after(self.looked) {
            let hours = PATIENCE.as_secs() / 3_600;
            tracing::warn!(?ahead, "the clock leapt ahead: for {hours} hours no subscriber is forgotten, nor who left");
        }
        if look.is_news_to(self.kept) {
            self.state = State::Unwritten;
        }
        self.looked = Some(look);
        look.belief()
    }

    /// Forgets who left too long ago to be in any backup. The clock is to be believed.
    pub(super) fn forget(&mut self, now: Timestamp) {
        let before = self.at.len();
        self.at.retain(|_, at| now.since(*at) < REMEMBERED);
        if self.at.len() != before {
            self.state = State::Unwritten;
        }
    }

    /// Whether the file has it all.
    pub(super) fn state(&self) -> State {
        self.state
    }

    /// The file has it all.
    pub(super) fn written(&mut self) {
        (self.state, self.kept) = (State::Written, self.looked);
    }
}

/// Whether there was a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    File,
    Nothing,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000 + day * 86_400_000)
    }

    fn left(number: u8) -> Departure {
        Departure::Left(Trace([number; 16]))
    }

    #[test]
    fn who_left_reads_back_by_the_same_key_alone() {
        let mut departures = Departures::default();
        departures.note([left(1), Departure::Refused(Trace([2; 16]))], at(0));
        let bytes = departures.write([7; 8]).expect("JSON");
        let read = Departures::read(&bytes, [7; 8]).expect("it is ours");
        assert!(read.iter().eq(departures.iter()));
        assert_eq!(Departures::read(&bytes, [8; 8]), None);
        assert_eq!(Departures::read(b"{", [7; 8]), None);
    }

    #[test]
    fn who_came_back_is_forgotten_and_so_is_whoever_left_a_year_ago() {
        let mut departures = Departures::default();
        departures.begin([left(1)], Found::Nothing, at(0));
        assert_eq!((departures.iter().count(), departures.state()), (1, State::Unwritten), "nobody knows since when");
        departures.written();
        departures.note([left(1), left(2)], at(10));
        departures.note([left(1)], at(20));
        assert_eq!(departures.iter().collect::<Vec<_>>(), [(left(1), at(0))]);
        departures.forget(at(365));
        assert_eq!(departures.iter().count(), 1);
        departures.forget(at(400));
        departures.note([left(1)], at(401));
        assert_eq!(departures.iter().count(), 0, "it is not noted a second time");
    }

    #[test]
    fn the_clock_is_doubted_until_it_has_held_for_a_day_over_starts_too() {
        let mut departures = Departures::default();
        let look = |departures: &mut Departures, now: Timestamp, expected: Belief| {
            assert_eq!(departures.look(now), expected, "{now}");
            // A process that begins now reads what was kept.
            if departures.state() == State::Unwritten {
                departures.written();
            }
            *departures = Departures::read(&departures.write([7; 8]).expect("JSON"), [7; 8]).expect("it is ours");
        };
        let hours = |from: Timestamp, of: std::ops::Range<i64>| {
            of.map(move |hour| Timestamp::from_millis(from.as_millis() + hour * 3_600_000))
        };
        hours(at(0), 0..24).for_each(|now| look(&mut departures, now, Belief::Doubted));
        look(&mut departures, at(1), Belief::Believed);
        hours(at(366), 0..5).for_each(|now| look(&mut departures, now, Belief::Doubted));
        look(&mut departures, at(1), Belief::Believed);
    }
}
