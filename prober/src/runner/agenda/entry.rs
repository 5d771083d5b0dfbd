//! One probe on the agenda: when it is due next, whether it is under way, and what its results have been.
//!
//! It does not know the other probes.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use shared::{Hysteresis, ProbeId, Verdict};
use tokio::time::Instant;

use super::Now;
use crate::{
    definition::{ProbeDefinition, Schedule},
    probe::Attempt,
};

/// The first executions of all probes are spread over this time, or over the interval where that is shorter.
const SPREAD: Duration = Duration::from_secs(10);

/// One probe.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) probe: Arc<ProbeDefinition>,
    next: Option<Instant>,
    /// A scheduled execution is under way.
    running: bool,
    hysteresis: Hysteresis,
    last: Option<Verdict>,
}

/// What becomes of a due time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    /// It is executed now, unless the one before is still under way.
    pub(super) runs: bool,
    /// Due times after it that have passed as well.
    pub(super) missed: u64,
}

impl Entry {
    /// Due for the first time within the spread.
    pub(super) fn new(probe: Arc<ProbeDefinition>, now: Now) -> Self {
        let spread = SPREAD.min(probe.schedule.interval(now.wall));
        let next = Some(now.monotonic + offset(&probe.id, spread));
        Self { probe, next, running: false, hysteresis: Hysteresis::default(), last: None }
    }

    /// When it is due next; a cron line may never come again.
    pub(super) fn next(&self) -> Option<Instant> {
        self.next
    }

    /// It is due: moves on to the next due time that has not passed.
    pub(super) fn turn(&mut self, now: Now) -> Turn {
        let missed = match (&self.probe.schedule, self.next) {
            (Schedule::Every(interval), Some(due)) => {
                let (next, missed) = next_on_grid(due, *interval, now.monotonic);
                self.next = Some(next);
                missed
            }
            (Schedule::Every(_) | Schedule::Cron(_), _) => {
                self.next = self.by_wall(now);
                0
            }
        };
        let runs = !self.running;
        self.running = true;
        Turn { runs, missed }
    }

    /// The next time of a cron line, on the monotonic clock.
    fn by_wall(&self, now: Now) -> Option<Instant> {
        let due = self.probe.schedule.next_after(now.wall)?;
        now.monotonic.checked_add(due.since(now.wall))
    }

    /// Plans a cron line anew; the new time if it has changed.
    pub(super) fn replan(&mut self, now: Now) -> Option<Instant> {
        match &self.probe.schedule {
            Schedule::Every(_) => None,
            Schedule::Cron(_) => {
                let next = self.by_wall(now);
                let moved = next.filter(|_| next != self.next);
                self.next = next;
                moved
            }
        }
    }

    /// Counts a result; whether it is to be confirmed. A fault of our own that lasts is no news: three executions instead of one
    /// would only make a shortage of descriptors or memory worse.
    pub(super) fn ended(&mut self, attempt: Attempt, verdict: Verdict) -> bool {
        let before = self.last.replace(verdict);
        let lasts = [before, Some(verdict)] == [Some(Verdict::Unknown); 2];
        self.hysteresis.observe(verdict, self.probe.thresholds);
        match attempt {
            Attempt::Scheduled => {
                self.running = false;
                !lasts && self.hysteresis.unsettled(self.probe.thresholds)
            }
            Attempt::Confirmation => false,
        }
    }
}

/// The first point of the grid of `due` after `now`, and how many points before it have passed unused.
fn next_on_grid(due: Instant, interval: Duration, now: Instant) -> (Instant, u64) {
    let passed = now.saturating_duration_since(due).as_nanos() / interval.as_nanos().max(1);
    let missed = u32::try_from(passed).unwrap_or(u32::MAX);
    (due + interval * missed + interval, u64::from(missed))
}

/// A place inside `spread` that depends on the id alone, so that many probes do not begin together and a restart changes nothing.
fn offset(id: &ProbeId, spread: Duration) -> Duration {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    let millis = u64::try_from(spread.as_millis()).unwrap_or(u64::MAX).max(1);
    Duration::from_millis(hasher.finish() % millis)
}
