//! Events to the hub: each fault once an episode, and what the hub must not miss until it takes it.
//!
//! It does not know what the faults mean.

use std::{collections::VecDeque, mem::discriminant};

use tokio::sync::mpsc::{Sender, error::TrySendError};

use super::{StoreEvent, StoreFault};

/// What was told, and what waits to be taken.
#[derive(Debug)]
pub(super) struct Telling {
    events: Sender<StoreEvent>,
    /// Events that the hub must not miss and has not taken.
    unsent: VecDeque<StoreEvent>,
    /// Faults of this episode that were told.
    told: Vec<StoreFault>,
    /// Dropped observations that were told.
    dropped: u64,
}

impl Telling {
    pub(super) fn new(events: Sender<StoreEvent>) -> Self {
        Self { events, unsent: VecDeque::new(), told: Vec::new(), dropped: 0 }
    }

    /// Tells a fault, a lasting one once an episode.
    pub(super) fn fault(&mut self, fault: StoreFault) {
        if self.told.iter().any(|told| discriminant(told) == discriminant(&fault)) {
            return;
        }
        tracing::error!(%fault, "the store has a fault");
        self.note(&fault);
        // When nobody takes events, the log and the state have it.
        let _ = self.events.try_send(StoreEvent::Fault(fault));
    }

    /// Notes a fault that the hub hears of in another way.
    pub(super) fn note(&mut self, fault: &StoreFault) {
        match fault {
            StoreFault::NoSpace { .. }
            | StoreFault::LowSpace { .. }
            | StoreFault::Failing(_)
            | StoreFault::NotSealed(_)
            | StoreFault::Dropped { .. } => self.told.push(fault.clone()),
            StoreFault::SetAside { .. }
            | StoreFault::RestoredFrom { .. }
            | StoreFault::Gone(_)
            | StoreFault::CorruptRows { .. }
            | StoreFault::LostWrites { .. }
            | StoreFault::DamagedBlock(_)
            | StoreFault::MissingBlock(_) => {}
        }
    }

    /// Tells of dropped observations, given how many there were since the start.
    pub(super) fn dropped(&mut self, since_start: u64) {
        let observations = since_start - self.dropped;
        if observations > 0 {
            self.dropped = since_start;
            tracing::error!(observations, "observations were lost because the store could not keep up");
            self.fault(StoreFault::Dropped { observations });
        }
    }

    /// Tells what the hub must not miss.
    pub(super) fn event(&mut self, event: StoreEvent) {
        if matches!(event, StoreEvent::RoomAgain) {
            self.told.retain(|fault| !matches!(fault, StoreFault::LowSpace { .. }));
        }
        self.unsent.push_back(event);
    }

    /// Ends an episode, when there is one. Writing is no proof that the disk has room to spare.
    pub(super) fn caught_up(&mut self) {
        let told = self.told.len();
        self.told.retain(|fault| matches!(fault, StoreFault::LowSpace { .. }));
        if self.told.len() < told {
            tracing::info!("everything that waited for the store is written");
            self.unsent.push_back(StoreEvent::CaughtUp);
        }
    }

    /// Hands over what waits, as far as there is room.
    pub(super) fn send(&mut self) {
        while let Some(event) = self.unsent.pop_front() {
            if let Err(TrySendError::Full(event)) = self.events.try_send(event) {
                return self.unsent.push_front(event);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_lasting_fault_is_told_once_until_everything_is_written_again() {
        let (sender, mut events) = channel(8);
        let mut telling = Telling::new(sender);
        let mut heard = || {
            let mut words = Vec::new();
            while let Ok(event) = events.try_recv() {
                words.push(match event {
                    StoreEvent::Fault(_) => "fault",
                    StoreEvent::OpenedLate(_) => "late",
                    StoreEvent::Replaced => "replaced",
                    StoreEvent::CaughtUp => "caught up",
                    StoreEvent::RoomAgain => "room again",
                });
            }
            words
        };
        for _ in 0..3 {
            telling.fault(StoreFault::Failing("x".into()));
            telling.fault(StoreFault::CorruptRows { rows: 1 });
        }
        telling.send();
        assert_eq!(heard(), ["fault", "fault", "fault", "fault"]);
        telling.caught_up();
        telling.caught_up();
        telling.fault(StoreFault::Failing("x".into()));
        telling.send();
        assert_eq!(heard(), ["fault", "caught up"]);
    }

    #[test]
    fn a_disk_that_is_nearly_full_stays_so_until_there_is_room() {
        let (sender, mut events) = channel(8);
        let mut telling = Telling::new(sender);
        let low = || StoreFault::LowSpace { dir: "data".into(), free: 1, reserve: 2 };
        telling.fault(low());
        telling.caught_up();
        telling.fault(low());
        telling.event(StoreEvent::RoomAgain);
        telling.fault(low());
        telling.send();
        let mut heard = Vec::new();
        while let Ok(event) = events.try_recv() {
            heard.push(matches!(event, StoreEvent::RoomAgain));
        }
        // A fault is handed over at once, other events with the next turn.
        assert_eq!(heard, [false, false, true]);
    }

    #[test]
    fn what_must_not_be_missed_waits_for_room() {
        let (sender, mut events) = channel(1);
        let mut telling = Telling::new(sender);
        telling.event(StoreEvent::Replaced);
        telling.event(StoreEvent::CaughtUp);
        telling.send();
        assert!(matches!(events.try_recv(), Ok(StoreEvent::Replaced)));
        assert!(events.try_recv().is_err());
        telling.send();
        assert!(matches!(events.try_recv(), Ok(StoreEvent::CaughtUp)));
    }
}
