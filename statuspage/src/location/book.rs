//! The book of locations: what operators order, what reports bring, what is wrong and since when. Pure.
//!
//! It does not know clocks, the store or HTTP. Whoever has it writes down what changed in the transaction of the results.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use prober::canary::Canaries;
use shared::{
    LocationName, Sequence, Timestamp,
    report::{Enrolment, Receipt, Report, RunId},
};
use tracing::warn;

use super::{
    Code, CodeHash, LocationView, PublicKey, Register, Standing, Taken,
    envelope::Known,
    place::{Key, OneTime, Place},
};

/// A code is valid for that long.
const VALID: Duration = Duration::from_secs(86_400);
/// Nothing heard for longer is silence.
pub const SILENCE: Duration = Duration::from_secs(60);
/// A clock that is wrong by more is not believed.
const WRONG_MS: u64 = 60_000;
/// Clocks that differ by no more agree by how much another one is wrong: reports may be long on their way.
const AGREED_MS: u64 = 10_000;
/// Definitions may differ for that long: files are copied one after the other.
const DRIFT: Duration = Duration::from_secs(600);
/// A heartbeat is written down that often.
const WRITTEN: Duration = Duration::from_secs(60);

/// Every location that operators have added.
#[derive(Debug, Clone, Default)]
pub struct Book {
    places: BTreeMap<LocationName, Place>,
    changed: BTreeSet<LocationName>,
    /// When each was last written down.
    written: BTreeMap<LocationName, Timestamp>,
    /// Since when this process listens: silence before that is not theirs.
    since: Timestamp,
    register: Register,
}

/// What an operator orders.
#[derive(Debug, Clone)]
pub enum Command {
    /// A new location, with the code that it introduces itself with.
    Add(LocationName, Code),
    /// A code for another key of a location that is known.
    Rotate(LocationName, Code),
    /// Nothing that it says counts from now on.
    Revoke(LocationName),
}

impl Command {
    /// The word in the audit log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Add(..) => "add_location",
            Self::Rotate(..) => "rotate_location",
            Self::Revoke(_) => "revoke_location",
        }
    }

    /// Which one.
    pub fn location(&self) -> &LocationName {
        match self {
            Self::Add(location, _) | Self::Rotate(location, _) | Self::Revoke(location) => location,
        }
    }
}

/// Why an order about a location is not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is one of that name.
    #[error("there is a location {0} already: `statuspage location rotate {0}` makes a code for another key of it")]
    Taken(LocationName),
    /// The hub's own prober has the name.
    #[error("{0} is this hub's own location: choose another name, or another one for the hub with --location")]
    Own(LocationName),
    /// There is none of that name.
    #[error("there is no location {0}: `statuspage location list` shows those that there are")]
    Unknown(LocationName),
    /// It was revoked.
    #[error("the location {0} was revoked: add one with another name")]
    Revoked(LocationName),
    /// The store cannot keep it now.
    #[error("the store cannot write now: try again in a minute")]
    Behind,
    /// The system has no randomness for a code.
    #[error("the system gives no randomness for a code")]
    NoRandomness,
}

/// Why a report is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    /// There is no such location any more.
    Unknown,
    /// It was revoked.
    Revoked,
    /// The numbers were given to other results, up to this one: a clone, or a disk that was set back.
    Copied(Sequence),
    /// The code opens nothing, or not any more.
    Code,
    /// The key's own signature is missing.
    Forged,
    /// Its numbers are further above those that are known than any location comes.
    Beyond,
}

/// What is wrong with a location and lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// It has not been heard since then.
    Silent(Timestamp),
    /// Its clock is wrong by so much, in milliseconds.
    Clock(i64),
    /// It has run other definitions since then.
    Drift(Timestamp),
}

/// What locations that are heard say of the hub's own clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnClock {
    /// Too few are heard to say.
    Unknown,
    /// Most of them do not find it wrong, or do not agree by how much.
    Undoubted,
    /// Most of them agree by how much it is wrong.
    Off {
        /// How far it is ahead of theirs, in milliseconds.
        ahead_ms: i64,
        /// Those that agree: their own clocks are not to blame.
        agreed: BTreeSet<LocationName>,
    },
}

impl Book {
    /// Reads what was kept; what cannot be read is named and left out.
    pub fn read<'a>(records: impl IntoIterator<Item = (&'a LocationName, &'a [u8])>, now: Timestamp) -> Self {
        let mut book = Self { since: now, ..Self::default() };
        for (location, body) in records {
            match serde_json::from_slice::<Place>(body) {
                Ok(place) => drop(book.places.insert(location.clone(), place.restored())),
                Err(error) => {
                    warn!(%location, %error, "what is known of a location cannot be read: it must be enrolled anew");
                }
            }
        }
        book.enter();
        book
    }

    /// Takes over what was found late. What is known by now is newer.
    pub fn recall(&mut self, earlier: Self) {
        for (location, place) in earlier.places {
            self.places.entry(location).or_insert(place);
        }
        self.mark_changed();
        self.enter();
    }

    /// Makes the register anew.
    fn enter(&mut self) {
        let known = |place: &Place| {
            let keys = place.keys.iter().map(|key| key.public.clone());
            match place.revoked_at {
                Some(_) => Known::Revoked(keys.chain(place.former.iter().cloned()).collect()),
                None => Known::With { keys: keys.collect(), former: place.former.clone() },
            }
        };
        let entries = self.places.iter().map(|(location, place)| (location.clone(), known(place)));
        self.register = Register(Arc::new(entries.collect()));
    }

    /// Makes what was heard of a location so much older: for tests of silence.
    #[cfg(test)]
    pub(crate) fn age(&mut self, location: &LocationName, by: Duration) {
        self.since = self.since.minus(by);
        if let Some(heard) = self.places.get_mut(location).and_then(|place| place.heard.as_mut()) {
            heard.at = heard.at.minus(by);
        }
    }

    /// The clock shows less than before: nothing lies in the future, or silence would not be noticed until it had caught up.
    pub fn turn_back(&mut self, now: Timestamp) {
        self.since = self.since.min(now);
        self.written.values_mut().for_each(|at| *at = (*at).min(now));
        self.places.values_mut().for_each(|place| place.turn_back(now));
    }

    /// Whose keys are good.
    pub fn register(&self) -> &Register {
        &self.register
    }

    /// Everything is to be written again.
    pub fn mark_changed(&mut self) {
        self.changed.extend(self.places.keys().cloned());
    }

    /// The records that are to be written.
    pub fn take_changes(&mut self) -> Vec<(LocationName, Option<Vec<u8>>)> {
        let changed = std::mem::take(&mut self.changed);
        let record = |location: LocationName| {
            let body = self.places.get(&location).and_then(|place| serde_json::to_vec(place).ok());
            (location, body)
        };
        changed.into_iter().map(record).collect()
    }

    /// Carries out an order.
    ///
    /// # Errors
    ///
    /// Nothing was changed.
    pub fn order(&mut self, command: &Command, own: Option<&LocationName>, now: Timestamp) -> Result<(), Refused> {
        let location = command.location().clone();
        let one_time = |code: &Code| OneTime { hash: code.hash(), until: now.plus(VALID) };
        match (command, self.places.get_mut(&location)) {
            (Command::Add(..), Some(place)) if place.revoked_at.is_some() => return Err(Refused::Revoked(location)),
            (Command::Add(..), Some(_)) => return Err(Refused::Taken(location)),
            (Command::Add(..), None) if own == Some(&location) => return Err(Refused::Own(location)),
            (Command::Add(_, code), None) => {
                self.places.insert(location.clone(), Place::new(one_time(code), now));
            }
            (Command::Rotate(..) | Command::Revoke(_), None) => return Err(Refused::Unknown(location)),
            (Command::Rotate(..), Some(place)) if place.revoked_at.is_some() => return Err(Refused::Revoked(location)),
            (Command::Rotate(_, code), Some(place)) => place.code = Some(one_time(code)),
            (Command::Revoke(_), Some(place)) => {
                place.revoked_at.get_or_insert(now);
                (place.code, place.drifts_since) = (None, None);
            }
        }
        self.changed.insert(location);
        self.enter();
        Ok(())
    }

    /// Takes an order back that could not be written down.
    pub fn put_back(&mut self, location: &LocationName, earlier: &Self) {
        match earlier.places.get(location) {
            Some(place) => drop(self.places.insert(location.clone(), place.clone())),
            None => drop(self.places.remove(location)),
        }
        self.changed.insert(location.clone());
        self.enter();
    }

    /// Takes a key. The same key with the same code once more is well: the answer may have been lost.
    ///
    /// # Errors
    ///
    /// The code is not valid, or the key is not the sender's.
    pub fn enrol(&mut self, enrolment: &Enrolment, now: Timestamp) -> Result<Sequence, Undone> {
        let Enrolment { location, code, public_key, signature, .. } = enrolment;
        let public: PublicKey = public_key.parse().map_err(|_| Undone::Forged)?;
        if !public.verifies(&Enrolment::signed(location, code, public_key), signature) {
            return Err(Undone::Forged);
        }
        // Whether the name or the code is wrong, or the location was revoked, is not told to whoever asks.
        let place = self.places.get_mut(location).filter(|place| place.revoked_at.is_none()).ok_or(Undone::Code)?;
        let hash = CodeHash::of(code);
        if place.keys.iter().any(|key| key.public == public && key.code == hash) {
            return Ok(place.kept.highest());
        }
        let valid = |one_time: &OneTime| one_time.hash == hash && now < one_time.until;
        place.code.take_if(|one_time| valid(one_time)).ok_or(Undone::Code)?;
        // Two keys are good until the newer one has been used.
        place.retire_keys();
        place.keys.push(Key { public, code: hash, enrolled_at: now });
        let highest = place.kept.highest();
        self.changed.insert(location.clone());
        self.enter();
        Ok(highest)
    }

    /// Takes a report that is known to be the location's, and says what is new in it.
    ///
    /// # Errors
    ///
    /// It was revoked meanwhile, or the numbers were given to other results: nothing of it is taken.
    pub fn take(
        &mut self,
        report: &Report,
        key: &PublicKey,
        definitions: &str,
        now: Timestamp,
    ) -> Result<Taken, Undone> {
        let location = &report.location;
        let place = self.places.get_mut(location).ok_or(Undone::Unknown)?;
        if place.revoked_at.is_some() {
            return Err(Undone::Revoked);
        }
        if place.is_beyond(report) {
            return Err(Undone::Beyond);
        }
        let (kept, keys) = (place.kept.clone(), place.keys.len());
        let taken = place.take(report, key, now);
        place.counts.copied += u64::from(taken.is_err());
        place.drifts_since = match &place.heard {
            Some(heard) if drifts(&heard.heartbeat, definitions) => Some(place.drifts_since.unwrap_or(now)),
            Some(_) | None => None,
        };
        let written = self.written.get(location).is_some_and(|at| now.since(*at) < WRITTEN && *at <= now);
        if !written || taken.is_err() || place.kept != kept || place.keys.len() != keys {
            self.changed.insert(location.clone());
            self.written.insert(location.clone(), now);
        }
        let highest = place.kept.highest();
        if place.keys.len() != keys {
            self.enter();
        }
        taken.map_err(|_| Undone::Copied(highest))
    }

    /// Every location that must report, and since when that is so.
    pub fn expected(&self) -> impl Iterator<Item = (&LocationName, Timestamp)> {
        let expected = |(location, place): (_, &Place)| {
            let first = place.keys.first().filter(|_| place.revoked_at.is_none())?;
            Some((location, first.enrolled_at))
        };
        self.places.iter().filter_map(expected)
    }

    /// Whether a location said last that it probes canaries.
    pub fn canaries(&self, location: &LocationName) -> Canaries {
        let heard = self.places.get(location).and_then(|place| place.heard.as_ref());
        match heard.is_some_and(|heard| heard.heartbeat.canaries) {
            true => Canaries::On,
            false => Canaries::Off,
        }
    }

    /// The process that reports from a location.
    pub fn run(&self, location: &LocationName) -> Option<RunId> {
        self.places.get(location)?.run()
    }

    /// Results were of probes that nobody defines here.
    pub fn count_unknown(&mut self, location: &LocationName, results: u64) {
        if let Some(place) = self.places.get_mut(location) {
            place.counts.unknown += results;
        }
    }

    /// A report in a location's name was not let in; false when there is no such location.
    pub fn reject(&mut self, location: &LocationName) -> bool {
        let place = self.places.get_mut(location);
        place.map(|place| place.counts.rejected += 1).is_some()
    }

    /// What was taken is on stable storage.
    pub fn settle(&mut self, location: &LocationName) {
        self.places.get_mut(location).into_iter().for_each(Place::settle);
    }

    /// What was taken may be lost: it is asked for again.
    pub fn unsettle(&mut self, location: &LocationName) {
        self.places.get_mut(location).into_iter().for_each(Place::unsettle);
        self.changed.insert(location.clone());
    }

    /// The answer to a report of which everything is on stable storage.
    pub fn receipt(&self, location: &LocationName, definitions: &str, received_at: Timestamp) -> Option<Receipt> {
        self.places.get(location).map(|place| place.receipt(location, definitions, received_at))
    }

    /// What is wrong now and lasts, by location.
    pub fn troubles(&self, now: Timestamp) -> BTreeMap<LocationName, Vec<Trouble>> {
        let troubles = |(location, place): (&LocationName, &Place)| {
            if place.revoked_at.is_some() {
                return None;
            }
            let mut troubles: Vec<_> = silent(place, self.since, now).map(Trouble::Silent).into_iter().collect();
            troubles.extend(wrong_clock(place).map(Trouble::Clock));
            troubles.extend(place.drifts_since.filter(|since| now.since(*since) > DRIFT).map(Trouble::Drift));
            Some((location.clone(), troubles))
        };
        self.places.iter().filter_map(troubles).collect()
    }

    /// When a location was last heard, or got its key.
    pub fn last_heard(&self, location: &LocationName) -> Option<Timestamp> {
        self.places.get(location).and_then(last_heard)
    }

    /// What those that are heard say of the hub's own clock: it is wrong when at least two, and more than half of them, agree by how
    /// much. One alone may be wrong itself.
    pub fn own_clock(&self, now: Timestamp) -> OwnClock {
        let heard = |(location, place): (_, &Place)| {
            let reports = place.revoked_at.is_none() && silent(place, self.since, now).is_none();
            Some((location, place.heard.as_ref().filter(|_| reports)?.ahead_ms?))
        };
        let heard: Vec<(&LocationName, i64)> = self.places.iter().filter_map(heard).collect();
        let mut offsets: Vec<i64> = heard.iter().map(|(_, ahead_ms)| *ahead_ms).collect();
        offsets.sort_unstable();
        let Some(ahead_ms) = offsets.get(offsets.len() / 2).copied().filter(|_| offsets.len() > 1) else {
            return OwnClock::Unknown;
        };
        let agrees = |(_, offset): &&(_, i64)| offset.abs_diff(ahead_ms) <= AGREED_MS;
        let agreed: BTreeSet<_> = heard.iter().filter(agrees).map(|(location, _)| (*location).clone()).collect();
        let most = agreed.len() > 1 && agreed.len() * 2 > heard.len();
        if most && ahead_ms.unsigned_abs() > WRONG_MS {
            OwnClock::Off { ahead_ms, agreed }
        } else {
            OwnClock::Undoubted
        }
    }

    /// All of them as readers see them.
    pub fn views(&self, now: Timestamp) -> BTreeMap<LocationName, LocationView> {
        self.places.iter().map(|(location, place)| (location.clone(), view(place, self.since, now))).collect()
    }
}

/// Whether a location runs other definitions than the hub. Programs of different versions cannot be compared.
fn drifts(heartbeat: &shared::report::Heartbeat, definitions: &str) -> bool {
    heartbeat.version == env!("CARGO_PKG_VERSION") && heartbeat.definitions != definitions
}

/// Since when nothing is heard of a location that has a key, where that is silence; what this process could not hear is none.
fn silent(place: &Place, since: Timestamp, now: Timestamp) -> Option<Timestamp> {
    last_heard(place).filter(|last| now.since((*last).max(since)) > SILENCE)
}

fn last_heard(place: &Place) -> Option<Timestamp> {
    let heard_at = place.heard.as_ref().map(|heard| heard.at);
    heard_at.or_else(|| place.keys.first().map(|key| key.enrolled_at))
}

/// By how much our clock is ahead of its, where that is wrong.
fn wrong_clock(place: &Place) -> Option<i64> {
    place.heard.as_ref()?.ahead_ms.filter(|ahead_ms| ahead_ms.unsigned_abs() > WRONG_MS)
}

fn view(place: &Place, since: Timestamp, now: Timestamp) -> LocationView {
    let heard = place.heard.as_ref();
    let standing = match heard {
        _ if place.revoked_at.is_some() => Standing::Revoked,
        _ if place.keys.is_empty() => Standing::Awaited,
        _ if silent(place, since, now).is_some() => Standing::Silent,
        Some(_) => Standing::Reports,
        None => Standing::Awaited,
    };
    LocationView {
        standing,
        added_at: place.added_at,
        keys: place.keys.iter().map(|key| key.public.to_string()).collect(),
        code_until: place.code.as_ref().map(|code| code.until).filter(|until| now < *until),
        heard_at: heard.map(|heard| heard.at),
        heartbeat: heard.map(|heard| heard.heartbeat.clone()),
        ahead_ms: heard.and_then(|heard| heard.ahead_ms),
        has_wrong_clock: wrong_clock(place).is_some(),
        drifts_since: place.drifts_since,
        has_other_version: heard.is_some_and(|heard| heard.heartbeat.version != env!("CARGO_PKG_VERSION")),
        // What was due is for whoever knows the probes.
        coverage: None,
        gaps: place.gaps(),
        counts: place.counts,
    }
}
