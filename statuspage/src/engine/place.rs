//! One probe at one location: its counters, its last word and for how long that holds.
//!
//! It does not know other locations, nor what its word means for the component.

use std::{net::IpAddr, sync::Arc};

use serde::{Deserialize, Serialize};
use shared::{FailureKind, Health, Hysteresis, Observation, Thresholds, Timestamp, Verdict};

use super::{CLOCK_TOLERANCE, FORGOTTEN_AFTER, Observed, Reception};

/// What is believed of one probe at one location.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceState {
    hysteresis: Hysteresis,
    /// After silence or a fault of ours, what was settled before counts again once a result agrees with it.
    proven: bool,
    fresh: bool,
    #[serde(with = "last")]
    last: Arc<Observation>,
    /// By the hub's clock.
    received_at: Timestamp,
    stale_at: Timestamp,
    /// The present row of failures, from the first one until it is believed up again.
    failing: Option<Run>,
    /// The present row of warnings.
    warning: Option<Run>,
    /// The present row of faults of our own.
    blind: Option<Run>,
    /// The start of the newest result that did not fail.
    #[serde(default)]
    last_good: Option<Timestamp>,
    certificate_expires_at: Option<Timestamp>,
}

/// Results in a row of one verdict: when the row began and what the newest of them said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The start of the first one.
    pub since: Timestamp,
    /// The reason that the newest one gave.
    pub kind: FailureKind,
    /// In words that may be public.
    pub detail: String,
    /// The HTTP status of the newest one, where there was one.
    pub http_status: Option<u16>,
    /// The last result before it that did not fail: what is wrong began after that, and not after `since`.
    #[serde(default)]
    pub after: Option<Timestamp>,
    /// The address that the newest one tried, where it came so far. For operators, never public.
    #[serde(default)]
    pub address: Option<IpAddr>,
}

/// What a location says of a probe, when it may speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vote {
    Up,
    /// Up, with a confirmed warning.
    Warned,
    Down,
}

impl PlaceState {
    /// The first result of a probe from a location.
    pub(super) fn first(observed: Observed, thresholds: Thresholds, now: Timestamp) -> Self {
        let mut place = Self {
            hysteresis: Hysteresis::default(),
            proven: false,
            fresh: false,
            last: Arc::clone(&observed.observation),
            received_at: now,
            stale_at: observed.stale_at,
            failing: None,
            warning: None,
            blind: None,
            last_good: None,
            certificate_expires_at: None,
        };
        place.count(observed, thresholds, now);
        place
    }

    /// Takes a result, unless it is no news.
    pub(super) fn hear(&mut self, observed: Observed, thresholds: Thresholds, now: Timestamp) -> Reception {
        let (started_at, newest) = (observed.observation.started_at, self.last.started_at);
        if started_at == newest {
            return Reception::Duplicate;
        }
        // A clock that was ahead and has been put right must not silence the prober until it catches up: a start that is
        // plainly in the future does not make a plausible one old.
        let horizon = now.plus(CLOCK_TOLERANCE);
        if started_at < newest && (newest <= horizon || started_at > horizon) {
            return Reception::OldNews;
        }
        self.count(observed, thresholds, now);
        Reception::Judged
    }

    fn count(&mut self, observed: Observed, thresholds: Thresholds, now: Timestamp) {
        let Observed { observation, stale_at } = observed;
        self.hysteresis.observe(observation.verdict, thresholds);
        self.follow_runs(&observation);
        self.proven = match (observation.verdict, self.hysteresis.settled()) {
            (Verdict::Unknown, _) => false,
            (Verdict::Pass | Verdict::Warn, Health::Up) | (Verdict::Fail, Health::Down) => true,
            (
                Verdict::Pass | Verdict::Warn | Verdict::Fail,
                Health::Up | Health::Down | Health::Suspect | Health::Unknown,
            ) => self.proven,
        };
        if observation.certificate_expires_at.is_some() || observation.verdict == Verdict::Pass {
            self.certificate_expires_at = observation.certificate_expires_at;
        }
        self.received_at = now;
        self.stale_at = stale_at;
        self.fresh = now < stale_at;
        self.proven &= self.fresh;
        self.last = observation;
    }

    fn follow_runs(&mut self, observation: &Observation) {
        match observation.verdict {
            Verdict::Fail => Run::extend(&mut self.failing, observation, self.last_good),
            Verdict::Warn => Run::extend(&mut self.warning, observation, self.last_good),
            Verdict::Unknown => return Run::extend(&mut self.blind, observation, self.last_good),
            Verdict::Pass if !self.hysteresis.warned() => self.warning = None,
            Verdict::Pass => {}
        }
        self.blind = None;
        if observation.verdict != Verdict::Fail {
            self.last_good = Some(observation.started_at);
        }
        if self.hysteresis.health() == Health::Up {
            self.failing = None;
        }
    }

    /// Its word; absent when it is stale, when our own fault hides the target, and before anything is settled.
    pub(super) fn vote(&self) -> Option<Vote> {
        if !self.fresh || !self.proven {
            return None;
        }
        match self.hysteresis.settled() {
            Health::Down => Some(Vote::Down),
            Health::Up if self.hysteresis.warned() => Some(Vote::Warned),
            Health::Up => Some(Vote::Up),
            Health::Suspect | Health::Unknown => None,
        }
    }

    /// What is believed here: [`Health::Unknown`] when stale, or when what was settled before a silence is not yet proven again.
    pub fn health(&self) -> Health {
        match self.hysteresis.health() {
            _ if !self.fresh => Health::Unknown,
            Health::Suspect => Health::Suspect,
            Health::Up | Health::Down | Health::Unknown if !self.proven => Health::Unknown,
            health @ (Health::Up | Health::Down | Health::Unknown) => health,
        }
    }

    /// The newest result.
    pub fn last(&self) -> &Arc<Observation> {
        &self.last
    }

    /// When it came, by the hub's clock.
    pub fn received_at(&self) -> Timestamp {
        self.received_at
    }

    /// From then on it proves nothing.
    pub fn stale_at(&self) -> Timestamp {
        self.stale_at
    }

    /// Whether it still proves something.
    pub fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// The present row of failures, from its first one until the probe is believed up again here.
    pub fn failing(&self) -> Option<&Run> {
        self.failing.as_ref()
    }

    /// The present row of warnings.
    pub fn warning(&self) -> Option<&Run> {
        self.warning.as_ref()
    }

    /// The present row of faults of our own.
    pub fn blind(&self) -> Option<&Run> {
        self.blind.as_ref()
    }

    /// The earliest end among the certificates that were last seen.
    pub fn certificate_expires_at(&self) -> Option<Timestamp> {
        self.certificate_expires_at
    }

    pub(super) fn expire(&mut self, at: Timestamp) {
        if self.fresh && self.stale_at <= at {
            self.fresh = false;
            self.proven = false;
        }
    }

    pub(super) fn forgotten(&self, at: Timestamp) -> bool {
        !self.fresh && self.stale_at.plus(FORGOTTEN_AFTER) <= at
    }

    pub(super) fn next_expiry(&self) -> Timestamp {
        if self.fresh { self.stale_at } else { self.stale_at.plus(FORGOTTEN_AFTER) }
    }

    /// The clock shows less than when the result came: what is left of its proof counts from now.
    pub(super) fn turn_back(&mut self, now: Timestamp) {
        if now < self.received_at {
            self.stale_at = now.plus(self.stale_at.since(self.received_at));
            self.received_at = now;
            let runs = [&mut self.failing, &mut self.warning, &mut self.blind];
            runs.into_iter().flatten().for_each(|run| run.turn_back(now));
            self.last_good = self.last_good.map(|at| at.min(now));
        }
    }
}

impl Run {
    /// What is to have begun after `now` has just begun, so that it still began together with what begins next.
    fn turn_back(&mut self, now: Timestamp) {
        self.since = self.since.min(now);
        self.after = self.after.map(|at| at.min(now));
    }

    fn extend(run: &mut Option<Self>, observation: &Observation, last_good: Option<Timestamp>) {
        let (since, after) = run.as_ref().map_or((observation.started_at, last_good), |run| (run.since, run.after));
        let (kind, detail) = match &observation.failure {
            Some(failure) => (failure.kind, failure.detail.clone()),
            // Every verdict but pass comes with its reason; a prober that leaves it out is at fault itself.
            None => (FailureKind::ProberFault, String::new()),
        };
        let http_status = observation.http.as_ref().map(|http| http.status);
        *run = Some(Self { since, kind, detail, http_status, after, address: observation.address });
    }
}

mod last {
    use serde::{Deserializer, Serializer};

    use super::{Arc, Deserialize, Observation, Serialize};

    pub(super) fn serialize<S: Serializer>(last: &Arc<Observation>, serializer: S) -> Result<S::Ok, S::Error> {
        last.as_ref().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<Observation>, D::Error> {
        Observation::deserialize(deserializer).map(Arc::new)
    }
}
