//! Which signs of life are expected when, and what is observed of them: each that comes, and each that does not.
//!
//! It reads no clock: it is told the time. A sign that is missed is observed again each time it is due anew, so that silence never
//! becomes "unknown" and is never told twice.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use prober::definition::{DefinitionSet, HeartbeatCheck, ProbeDefinition};
use shared::{Failure, FailureKind, LocationName, Observation, ProbeId, Timestamp, Timings, Verdict};

use super::{Key, Push, Sign};

/// What is expected.
#[derive(Debug)]
pub struct Book {
    /// Whose word it is: the hub's own place.
    location: LocationName,
    entries: BTreeMap<ProbeId, Entry>,
}

#[derive(Debug)]
struct Entry {
    probe: Arc<ProbeDefinition>,
    /// Without a sign it is missed then.
    missed_at: Timestamp,
    /// When the last sign came.
    last: Option<Timestamp>,
    /// When a job said that it begins, and has not ended since.
    begun: Option<Timestamp>,
    /// The newest observation began then: each is newer than the one before.
    newest: Timestamp,
    /// What was said of the silence before a restart.
    said: Option<Failure>,
}

impl Entry {
    fn check(&self) -> Option<&HeartbeatCheck> {
        self.probe.check.heartbeat()
    }

    fn grace(&self) -> Duration {
        self.probe.timeout
    }

    /// When the next one is missed after one that came, or should have come, at `at`. One that comes a little early is the one that
    /// is due next.
    fn missed_after(&self, at: Timestamp) -> Timestamp {
        let early = match &self.probe.schedule {
            prober::definition::Schedule::Every(_) => Duration::ZERO,
            prober::definition::Schedule::Cron(_) => self.grace().min(self.probe.schedule.interval(at) / 4),
        };
        let due = self.probe.schedule.next_after(at.plus(early));
        // A cron line that never comes again is never missed.
        due.map_or(Timestamp::from_millis(i64::MAX), |due| due.plus(self.grace()))
    }

    /// Nobody could have been heard for a while, or the clock was set: what would be missed now gets its whole time again.
    fn resume(&mut self, now: Timestamp) {
        let anew = self.missed_after(now);
        if self.missed_at.minus(self.grace()) <= now || self.missed_at > anew {
            self.missed_at = anew;
        }
        self.newest = self.newest.min(now);
    }

    fn observation(
        &mut self,
        location: &LocationName,
        now: Timestamp,
        failure: Option<(Verdict, Failure)>,
    ) -> Observation {
        let started_at = now.max(self.newest.plus(Duration::from_millis(1)));
        self.newest = started_at;
        let (verdict, failure) = failure.map_or((Verdict::Pass, None), |(verdict, failure)| (verdict, Some(failure)));
        Observation {
            probe: self.probe.id.clone(),
            location: location.clone(),
            started_at,
            verdict,
            failure,
            timings: Timings::default(),
            duration: Duration::ZERO,
            http: None,
            certificate_expires_at: None,
            confirmation: false,
            address: None,
        }
    }

    fn hear(&mut self, location: &LocationName, push: &Push, now: Timestamp) -> Option<Observation> {
        let found = match push.sign {
            Sign::Begun => {
                self.begun = Some(now);
                return None;
            }
            Sign::Alive => self.check()?.objection(&push.values),
            Sign::Down => {
                Some((Verdict::Fail, Failure::new(FailureKind::HeartbeatDown, "it says itself that it is down")))
            }
        };
        let said = |(verdict, failure): (Verdict, Failure)| match &push.message {
            Some(message) => (verdict, failure.with_evidence(message)),
            None => (verdict, failure),
        };
        let took = push.took.or(self.begun.take().map(|begun| now.since(begun)));
        (self.last, self.said) = (Some(now), None);
        self.missed_at = self.missed_after(now);
        let observation = self.observation(location, now, found.map(said));
        Some(Observation { duration: took.unwrap_or_default(), ..observation })
    }

    fn miss(&mut self, location: &LocationName, now: Timestamp) -> Observation {
        let due = self.missed_at.minus(self.grace());
        let next = self.missed_after(due);
        self.missed_at = if next > now { next } else { self.missed_after(now) };
        let words = || match self.last {
            Some(last) => format!("no sign of life since {last}"),
            None => "no sign of life has come yet".to_owned(),
        };
        let failure = self.said.clone().unwrap_or_else(|| Failure::new(FailureKind::HeartbeatMissed, words()));
        self.observation(location, now, Some((Verdict::Fail, failure)))
    }
}

impl Book {
    /// Nothing is expected yet; observations are those of `location`.
    pub fn new(location: LocationName) -> Self {
        Self { location, entries: BTreeMap::new() }
    }

    /// The place whose word observations are.
    pub fn location(&self) -> &LocationName {
        &self.location
    }

    /// Expects what a set of definitions says; `known` is the newest observation of a probe, from before a restart.
    pub fn arrange<'a>(
        &mut self,
        set: &DefinitionSet,
        known: impl Fn(&ProbeId) -> Option<&'a Observation>,
        now: Timestamp,
    ) {
        let mut before = std::mem::take(&mut self.entries);
        for probe in set.probes().filter(|probe| probe.check.heartbeat().is_some()) {
            let same = before.remove(&probe.id).filter(|entry| entry.probe == *probe);
            let entry = same.unwrap_or_else(|| entry(probe, known(&probe.id), now));
            self.entries.insert(probe.id.clone(), Entry { probe: Arc::clone(probe), ..entry });
        }
    }

    /// A sign came: what is observed of it, by every probe that this key opens.
    pub fn hear(&mut self, key: Key, push: &Push, now: Timestamp) -> Vec<Observation> {
        let Self { location, entries } = self;
        let opened =
            entries.values_mut().filter(|entry| entry.check().is_some_and(|check| Key::of_check(check) == key));
        opened.filter_map(|entry| entry.hear(location, push, now)).collect()
    }

    /// The signs that are missed by now.
    pub fn missed(&mut self, now: Timestamp) -> Vec<Observation> {
        let Self { location, entries } = self;
        let missed = entries.values_mut().filter(|entry| entry.missed_at <= now);
        missed.map(|entry| entry.miss(location, now)).collect()
    }

    /// For a while nobody could have been heard, or the clock was set: what would be missed now is waited for once more.
    pub fn resume(&mut self, now: Timestamp) {
        self.entries.values_mut().for_each(|entry| entry.resume(now));
    }

    /// When the last sign came, of a heartbeat that is expected.
    pub fn last(&self, probe: &ProbeId) -> Option<Timestamp> {
        self.entries.get(probe)?.last
    }
}

/// A heartbeat that is expected from now on; signs that came while no hub ran were heard by nobody.
fn entry(probe: &Arc<ProbeDefinition>, known: Option<&Observation>, now: Timestamp) -> Entry {
    let missed = |known: &&Observation| known.failure.as_ref().is_some_and(|f| f.kind == FailureKind::HeartbeatMissed);
    let said = known.filter(missed).and_then(|known| known.failure.clone());
    let last = known.filter(|known| !missed(known)).map(|known| known.started_at);
    let newest = known.map_or(Timestamp::from_millis(0), |known| known.started_at);
    let mut entry = Entry { probe: Arc::clone(probe), missed_at: now, last, begun: None, newest, said };
    entry.missed_at = entry.missed_after(last.unwrap_or(now));
    entry.resume(now);
    entry
}

#[cfg(test)]
mod tests;
