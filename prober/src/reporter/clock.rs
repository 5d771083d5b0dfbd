//! The hub's clock, as receipts show it.
//!
//! It does not know what is put right by it.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use shared::{Timestamp, report::Exchange};

use crate::probe::wall_clock;

/// The hub's clock, as the last receipt showed it: it goes on by a clock that nobody sets and that runs while the machine sleeps.
#[derive(Debug, Default)]
pub(super) struct HubClock(Mutex<Option<(Duration, Timestamp)>>);

/// Since the machine was started, asleep or not.
fn since_boot() -> Duration {
    let at = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::try_from(at).unwrap_or_default()
}

impl HubClock {
    /// How far it is ahead of ours, in milliseconds; none before the first receipt.
    pub(super) fn ahead_ms(&self) -> Option<i64> {
        let (at, showed) = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        Some(showed.plus(since_boot().saturating_sub(at)).as_millis() - wall_clock().as_millis())
    }

    pub(super) fn set(&self, exchange: &Exchange) {
        let showed = Timestamp::from_millis(exchange.returned_at.as_millis() + exchange.ahead_ms());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((since_boot(), showed));
    }
}
