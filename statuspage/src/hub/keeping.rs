//! What the store says of itself, told to operators: what it found when it was opened, what fails, what works again.
//!
//! It does not know how anything is stored.

use std::path::Path;

use tracing::{error, info, warn};

use super::Hub;
use crate::{
    clock::now,
    engine::Transition,
    notify::{Fault, FaultKind},
    store::{StoreEvent, StoreFault},
};

/// What the store says, as operators are told.
fn told_as(fault: &StoreFault) -> Fault {
    let path = |path: &Path| path.display().to_string();
    match fault {
        StoreFault::SetAside { reason, kept } => Fault::SetAside { reason: reason.clone(), kept: path(kept) },
        StoreFault::Gone(place) => Fault::Gone { place: path(place) },
        StoreFault::CorruptRows { rows } => Fault::CorruptRows { rows: *rows },
        StoreFault::LostWrites { writes } => Fault::LostWrites { writes: *writes },
        StoreFault::NoSpace { dir: _, free, reserve } => Fault::NoSpace { free: *free, reserve: *reserve },
        StoreFault::LowSpace { dir: _, free, reserve } => Fault::LowSpace { free: *free, reserve: *reserve },
        StoreFault::Failing(reason) => Fault::Failing { reason: reason.clone() },
        StoreFault::Dropped { observations } => Fault::Dropped { observations: *observations },
        StoreFault::RestoredFrom { backup, made_at } => {
            Fault::RestoredFrom { backup: format!("{} ({made_at})", path(backup)) }
        }
        StoreFault::DamagedBlock(what) => Fault::DamagedFiles { files: 1, first: what.clone() },
        StoreFault::MissingBlock(file) => Fault::MissingFiles { files: 1, first: path(file) },
        StoreFault::NotSealed(reason) => Fault::NotSealed { reason: reason.clone() },
    }
}

/// The faults that end when everything is written.
const STORE_FAILS: [FaultKind; 2] = [FaultKind::NoSpace, FaultKind::Failing];

impl Hub {
    /// Where a backup was put back, what waits in it to be told was told long ago, or is no news: that goes nowhere, and neither does what
    /// came due between the backup and now. Operators hear once that a backup was put back, and of when it is.
    pub(super) async fn consign_to_history(&mut self, faults: &[StoreFault]) {
        let made_at = faults.iter().filter_map(|fault| match fault {
            StoreFault::RestoredFrom { made_at, .. } => Some(*made_at),
            StoreFault::SetAside { .. }
            | StoreFault::Gone(_)
            | StoreFault::CorruptRows { .. }
            | StoreFault::LostWrites { .. }
            | StoreFault::NoSpace { .. }
            | StoreFault::LowSpace { .. }
            | StoreFault::Failing(_)
            | StoreFault::Dropped { .. }
            | StoreFault::DamagedBlock(_)
            | StoreFault::MissingBlock(_)
            | StoreFault::NotSealed(_) => None,
        });
        let Some(made_at) = made_at.max() else { return };
        let rows = self.telling.outbox.consign_to_history(now());
        warn!(%made_at, messages = rows.len(), "a backup was put back: what it had to tell is history");
        self.telling.post.consign_to_history();
        self.history_until = Some(now());
        self.write(rows).await;
    }

    /// Tells what the store found when it was opened. A store that works proves that what failed before the restart is over; of
    /// room on the disk it speaks by itself.
    pub(super) async fn tell_opening(&mut self, faults: &[StoreFault]) {
        let found: Vec<_> = faults.iter().map(told_as).collect();
        let alarms = &mut self.telling.alarms;
        let over = STORE_FAILS.into_iter().filter(|kind| found.iter().all(|fault| fault.kind() != *kind));
        let mut bells: Vec<_> = over.filter_map(|kind| alarms.end(kind, now())).collect();
        bells.extend(found.iter().cloned().filter_map(|fault| alarms.notice(fault, now())));
        self.announce(bells).await;
    }

    /// Answers what happened to the store; gives changes of state of which the book may not know.
    pub(super) async fn take_event(&mut self, event: StoreEvent) -> Vec<Transition> {
        match event {
            StoreEvent::Fault(fault) => {
                error!(%fault, "the store needs attention");
                let bell = self.telling.alarms.notice(told_as(&fault), now());
                self.announce(bell.into_iter().collect()).await;
            }
            StoreEvent::OpenedLate(restored) => {
                info!("the database is open again");
                let transitions = self.merge(&restored, now()).await;
                let faults = restored.faults.iter().map(told_as);
                let bells = faults.filter_map(|fault| self.telling.alarms.notice(fault, now())).collect();
                self.announce(bells).await;
                return transitions;
            }
            StoreEvent::Replaced => self.rewrite(now()).await,
            StoreEvent::CaughtUp => {
                info!("the store has written everything that waited");
                self.end(&STORE_FAILS).await;
            }
            StoreEvent::RoomAgain => self.end(&[FaultKind::LowSpace]).await,
        }
        Vec::new()
    }

    /// Tells that faults of the monitor are over, those of them that were open.
    async fn end(&mut self, kinds: &[FaultKind]) {
        let alarms = &mut self.telling.alarms;
        let bells = kinds.iter().filter_map(|kind| alarms.end(*kind, now())).collect();
        self.announce(bells).await;
    }
}
