//! What the store does when nobody waits: sealing, retention by age and by bytes, pass after pass.
//!
//! It does not know how a file is written, nor how much space is free.

use std::time::{Duration, Instant};

use shared::Timestamp;

use super::{
    StoreOptions,
    database::Broken,
    directory::Directory,
    holdings::Holdings,
    key,
    queue::{Queue, Work},
    restore,
    seal::{SealError, Sealer, Step},
    shelf::Shelf,
};
use crate::notify::Notification;

/// Rows removed in one step.
const STEP: usize = 500;
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
    max_bytes: u64,
    sealer: Sealer,
    rest: Duration,
    due: Instant,
    /// The last look at both clocks.
    clocks: (Timestamp, Instant),
    /// Nothing is removed for its age before that.
    trusted: Instant,
}

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Done {
    /// Whether there is more to do at once.
    pub(super) step: Step,
    /// Observations that were removed because of their age or of the space that they took.
    pub(super) removed: u64,
}

impl Upkeep {
    pub(super) fn new(options: &StoreOptions, now: Timestamp) -> Self {
        let instant = Instant::now();
        Self {
            retention: options.retention,
            max_bytes: options.max_bytes,
            sealer: Sealer::new(options.grace, options.pause),
            rest: options.rest,
            // Whoever has just started asks a lot, and comes first.
            due: instant + options.rest,
            clocks: (now, instant),
            trusted: instant,
        }
    }

    /// Hears of work that was written.
    pub(super) fn written(&self, work: &Work) {
        self.sealer.written(work);
    }

    /// Begins anew with a database that was opened again.
    pub(super) fn reset(&mut self) {
        self.sealer.reset();
        self.due = Instant::now() + self.rest;
    }

    /// Does one step when it is due.
    pub(super) fn step(
        &mut self,
        holdings: &mut Holdings,
        directory: &Directory,
        queue: &Queue,
        now: Timestamp,
    ) -> Result<Done, SealError> {
        self.watch_clock(now, Instant::now());
        if self.due > Instant::now() {
            return Ok(Done { step: Step::Done, removed: 0 });
        }
        match self.sealer.step(holdings, directory, queue, now) {
            Ok(Step::Goes) => return Ok(Done { step: Step::Goes, removed: 0 }),
            Ok(Step::Done) => {}
            Err(error) => {
                // What cannot be sealed must not stand in the way of what makes room, and is begun anew.
                self.sealer.reset();
                self.due = Instant::now() + self.rest;
                self.retain(holdings, now)?;
                return Err(error);
            }
        }
        self.due = Instant::now() + self.rest;
        let old = old_notifications(&holdings.shelf, now.minus(TOLD))?;
        if !old.is_empty() {
            holdings.shelf.remove(&old)?;
        }
        Ok(Done { step: Step::Done, removed: self.retain(holdings, now)? })
    }

    /// Removes what is too old, then what takes too much space: the oldest results first, roll-ups last.
    fn retain(&self, holdings: &mut Holdings, now: Timestamp) -> Result<u64, SealError> {
        let Holdings { shelf, blocks } = holdings;
        if self.trusted <= Instant::now() {
            blocks.raw.remove_before(now.minus(self.retention))?;
            blocks.hours.remove_before(now.minus(HOURS))?;
            blocks.days.remove_before(now.minus(DAYS))?;
        }
        let database = shelf.size()?;
        while database + blocks.bytes() > self.max_bytes && blocks.remove_oldest()? {}
        Ok(blocks.enlist(shelf, None)?)
    }

    /// A clock that jumps ahead a year must not empty the store.
    fn watch_clock(&mut self, now: Timestamp, instant: Instant) {
        let (wall_before, before) = self.clocks;
        self.clocks = (now, instant);
        if now.since(wall_before) > instant.duration_since(before) + JUMP {
            tracing::warn!("the clock jumped ahead: nothing is removed from the store for its age for a day");
            self.trusted = instant + TRUST;
        }
    }
}

fn old_notifications(shelf: &Shelf, cutoff: Timestamp) -> Result<Vec<Vec<u8>>, Broken> {
    let old = |notification: &Notification| !notification.is_pending() && notification.made_at < cutoff;
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
            let mut upkeep = Upkeep::new(&StoreOptions::default(), now);
            let later = Instant::now() + Duration::from_secs(1);
            upkeep.watch_clock(now.plus(ahead), later);
            assert_eq!(upkeep.trusted > later, stopped, "{ahead:?}");
        };
        check(Duration::from_secs(1), false);
        check(Duration::from_secs(1_800), false);
        check(Duration::from_secs(365 * 86_400), true);
    }
}
