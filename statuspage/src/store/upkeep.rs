//! What the store does when nobody waits: sealing, retention by age and by bytes, pass after pass.
//!
//! It does not know how a file is written, how much space is free, nor which clock is right.

use std::time::{Duration, Instant};

use shared::Timestamp;

use super::{
    StoreOptions,
    blocks::Cutoffs,
    clock::Clock,
    database::Broken,
    directory::Directory,
    holdings::Holdings,
    key,
    queue::{Queue, Work},
    restore,
    seal::{SealError, Sealer, Step},
    shelf::Shelf,
};
use crate::{clock::Belief, notify::Notification};

/// Rows removed in one step.
const STEP: usize = 500;
/// Hours are kept for 13 months.
const HOURS: Duration = Duration::from_secs(396 * 86_400);
/// Days are kept for 5 years.
const DAYS: Duration = Duration::from_secs(1_827 * 86_400);
/// Finished notifications are kept that long.
const TOLD: Duration = Duration::from_secs(30 * 86_400);
/// Where a pass stands.
#[derive(Debug)]
pub(super) struct Upkeep {
    retention: Duration,
    max_bytes: u64,
    sealer: Sealer,
    rest: Duration,
    due: Instant,
    clock: Clock,
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
    pub(super) fn new(options: &StoreOptions) -> Self {
        Self {
            retention: options.retention,
            max_bytes: options.max_bytes,
            sealer: Sealer::new(options.grace, options.pause),
            rest: options.rest,
            // Whoever has just started asks a lot, and comes first.
            due: Instant::now() + options.rest,
            clock: Clock::default(),
        }
    }

    /// Hears of work that was written.
    pub(super) fn written(&self, work: &Work) {
        self.sealer.written(work);
    }

    /// Begins anew with a database that was opened again.
    pub(super) fn reset(&mut self) {
        self.sealer.reset();
        self.clock = Clock::default();
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
        Ok(Done { step: Step::Done, removed: self.retain(holdings, now)? })
    }

    /// Removes what is too old, where the clock is believed, then what takes too much space: the oldest results first, roll-ups last.
    fn retain(&mut self, holdings: &mut Holdings, now: Timestamp) -> Result<u64, SealError> {
        let Holdings { shelf, blocks } = holdings;
        let cutoffs = match self.clock.look(shelf, now)? {
            Belief::Doubted => None,
            Belief::Believed => {
                let old = old_notifications(shelf, now.minus(TOLD))?;
                if !old.is_empty() {
                    shelf.remove(&old)?;
                }
                Some(Cutoffs { raw: now.minus(self.retention), hours: now.minus(HOURS), days: now.minus(DAYS) })
            }
        };
        let database = shelf.size()?;
        blocks.retain(shelf, cutoffs, self.max_bytes.saturating_sub(database))
    }
}

fn old_notifications(shelf: &Shelf, cutoff: Timestamp) -> Result<Vec<Vec<u8>>, Broken> {
    let old = |notification: &Notification| !notification.is_pending() && notification.made_at < cutoff;
    let notifications = restore::all_notifications(shelf)?;
    let old = notifications.iter().filter(|notification| old(notification)).take(STEP);
    Ok(old.map(|notification| key::part(&key::notification(&notification.id), 0)).collect())
}
