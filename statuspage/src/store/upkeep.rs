//! Retention: what is too old is removed, a few hundred rows at a time, so that writes never wait for it.
//!
//! It does not know how much space there is.

use std::{
    ops::ControlFlow,
    time::{Duration, Instant},
};

use shared::Timestamp;

use super::{
    database::{Broken, Order},
    key::{self, Kind},
    restore,
    shelf::Shelf,
};

/// Rows removed in one step.
const STEP: usize = 500;
/// From the end of one pass to the next.
const PAUSE: Duration = Duration::from_secs(600);
/// Hours are kept for 13 months.
const HOURS: Duration = Duration::from_secs(396 * 86_400);
/// Days are kept for 5 years.
const DAYS: Duration = Duration::from_secs(1_827 * 86_400);
/// Finished notifications are kept that long.
const TOLD: Duration = Duration::from_secs(30 * 86_400);
/// A wall clock that runs ahead of the monotonic one by more was set; nothing is removed until it has held for [`TRUST`].
const JUMP: Duration = Duration::from_secs(3_600);
/// How long a clock that was set must hold.
const TRUST: Duration = Duration::from_secs(86_400);

/// Where a pass stands.
#[derive(Debug)]
pub(super) struct Upkeep {
    retention: Duration,
    due: Instant,
    /// The last look at both clocks.
    clocks: (Timestamp, Instant),
    /// The first key of the observations that have not been looked at in this pass.
    resume: Vec<u8>,
}

impl Upkeep {
    pub(super) fn new(retention: Duration, now: Timestamp) -> Self {
        let instant = Instant::now();
        Self { retention, due: instant, clocks: (now, instant), resume: Kind::Observation.prefix() }
    }

    /// Does one step when it is due, and says how many observations it removed.
    pub(super) fn step(&mut self, shelf: &Shelf, now: Timestamp) -> Result<u64, Broken> {
        self.watch_clock(now, Instant::now());
        if self.due > Instant::now() {
            return Ok(0);
        }
        let (mut keys, end) = self.old_observations(shelf, now.minus(self.retention))?;
        let removed = keys.len() as u64;
        let failures: Vec<_> = keys.iter().filter_map(|key| failure_of(key)).collect();
        keys.extend(failures);
        if end == Pass::Over {
            keys.extend(old_ledgers(shelf, Kind::Hour, now.minus(HOURS))?);
            keys.extend(old_ledgers(shelf, Kind::Day, now.minus(DAYS))?);
            keys.extend(old_notifications(shelf, now.minus(TOLD))?);
            self.due = Instant::now() + PAUSE;
            self.resume = Kind::Observation.prefix();
        }
        if !keys.is_empty() {
            shelf.remove(&keys)?;
        }
        Ok(removed)
    }

    /// A clock that jumps ahead a year must not empty the store.
    fn watch_clock(&mut self, now: Timestamp, instant: Instant) {
        let (wall_before, before) = self.clocks;
        self.clocks = (now, instant);
        if now.since(wall_before) > instant.duration_since(before) + JUMP {
            tracing::warn!("the clock jumped ahead: nothing is removed from the store for a day");
            self.due = instant + TRUST;
        }
    }

    /// The keys of some observations before `cutoff`.
    fn old_observations(&mut self, shelf: &Shelf, cutoff: Timestamp) -> Result<(Vec<Vec<u8>>, Pass), Broken> {
        let behind_all = [Kind::Observation as u8 + 1];
        let mut keys = Vec::new();
        loop {
            let mut first = None;
            shelf.scan(&self.resume, &behind_all, Order::Ascending, |key, _| {
                first = Some(key.to_vec());
                ControlFlow::Break(())
            })?;
            let Some((component, _)) = first.as_deref().and_then(key::read_observation) else {
                return Ok((keys, Pass::Over));
            };
            let from = key::of_component(Kind::Observation, &component);
            shelf.scan(&from, &key::observation_from(&component, cutoff), Order::Ascending, |key, _| {
                keys.push(key.to_vec());
                if keys.len() < STEP { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })?;
            if keys.len() >= STEP {
                return Ok((keys, Pass::Goes));
            }
            self.resume = key::behind_component(Kind::Observation, &component);
        }
    }
}

/// Whether a pass over all components has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    /// It goes on with the next step.
    Goes,
    /// It is over.
    Over,
}

fn failure_of(key: &[u8]) -> Option<Vec<u8>> {
    let (component, place) = key::read_observation(key)?;
    Some(key::observation(Kind::Failure, &component, place))
}

fn old_ledgers(shelf: &Shelf, kind: Kind, cutoff: Timestamp) -> Result<Vec<Vec<u8>>, Broken> {
    let mut keys = Vec::new();
    shelf.scan(&kind.prefix(), &key::ledger_from(kind, cutoff), Order::Ascending, |key, _| {
        keys.push(key.to_vec());
        if keys.len() < STEP { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(keys)
}

fn old_notifications(shelf: &Shelf, cutoff: Timestamp) -> Result<Vec<Vec<u8>>, Broken> {
    let old = |notification: &crate::notify::Notification| !notification.is_pending() && notification.made_at < cutoff;
    let notifications = restore::all_notifications(shelf)?;
    let old = notifications.iter().filter(|notification| old(notification)).take(STEP);
    Ok(old.map(|notification| key::part(&key::notification(&notification.id), 0)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_jumps_ahead_stops_retention_for_a_day() {
        let now = Timestamp::from_millis(1_795_000_000_000);
        let check = |ahead: Duration, stopped: bool| {
            let mut upkeep = Upkeep::new(Duration::from_secs(60), now);
            let later = Instant::now() + Duration::from_secs(1);
            upkeep.watch_clock(now.plus(ahead), later);
            assert_eq!(upkeep.due > later, stopped, "{ahead:?}");
        };
        check(Duration::from_secs(1), false);
        check(Duration::from_secs(1_800), false);
        check(Duration::from_secs(365 * 86_400), true);
    }
}
