//! What the supervisor sees, for metrics and pages; and the runtime's own sign of life, how late its tasks come to their turn.
//!
//! It does not know who reads it.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::Pulse;

/// How often the runtime's delay is measured.
const EVERY: Duration = Duration::from_millis(500);
/// A delay that is counted.
const LATE: Duration = Duration::from_secs(2);

/// Figures of the watch; shared as an `Arc`.
#[derive(Debug, Default)]
pub struct Vitals {
    /// The newest delay of the runtime, in milliseconds.
    lag_ms: AtomicU64,
    /// How often it was longer than two seconds.
    lagged: AtomicU64,
    /// How often in a row, up to now.
    late: AtomicU64,
    /// Parts that ended by themselves and were begun anew.
    respawned: AtomicU64,
    /// The last of them.
    last: Mutex<Option<&'static str>>,
    /// What the service manager shows.
    status: Mutex<String>,
    /// 1 while the supervisor ends nothing, because it did so too often.
    lenient: AtomicU64,
}

impl Vitals {
    /// How late tasks come to their turn.
    pub fn lag(&self) -> Duration {
        Duration::from_millis(self.lag_ms.load(Ordering::Relaxed))
    }

    /// How often they came more than two seconds late.
    pub fn lagged(&self) -> u64 {
        self.lagged.load(Ordering::Relaxed)
    }

    /// How often in a row they came more than two seconds late, up to now.
    pub fn late(&self) -> u64 {
        self.late.load(Ordering::Relaxed)
    }

    /// How many parts ended by themselves and were begun anew, and which was the last.
    pub fn respawned(&self) -> (u64, Option<&'static str>) {
        (self.respawned.load(Ordering::Relaxed), *self.last.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A part ended by itself.
    pub fn respawn(&self, part: &'static str) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(part);
        self.respawned.fetch_add(1, Ordering::Relaxed);
    }

    /// Says in one line how the process does.
    pub fn set_status(&self, status: String) {
        *self.status.lock().unwrap_or_else(PoisonError::into_inner) = status;
    }

    /// Whether the supervisor ends nothing, because it did so too often.
    pub fn is_lenient(&self) -> bool {
        self.lenient.load(Ordering::Relaxed) == 1
    }

    pub(super) fn set_lenient(&self, lenient: bool) {
        self.lenient.store(u64::from(lenient), Ordering::Relaxed);
    }

    pub(super) fn status(&self) -> String {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_lag(&self, lag: Duration) {
        self.lag_ms.store(u64::try_from(lag.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
        if lag <= LATE {
            self.late.store(0, Ordering::Relaxed);
            return;
        }
        self.lagged.fetch_add(1, Ordering::Relaxed);
        self.late.fetch_add(1, Ordering::Relaxed);
        tracing::warn!(lag_ms = lag.as_millis(), "the runtime came late: something holds its threads");
    }
}

/// Measures how late the runtime is, until `stop`; a runtime that stands still gives no sign of life.
pub async fn measure_lag(vitals: std::sync::Arc<Vitals>, pulse: Pulse, stop: CancellationToken) {
    loop {
        pulse.beat();
        let due = Instant::now() + EVERY;
        tokio::select! {
            () = stop.cancelled() => break,
            () = sleep_until(due) => vitals.set_lag(due.elapsed()),
        }
    }
    pulse.rest();
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::{
        task::{JoinSet, yield_now},
        time::advance,
    };

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn delays_in_a_row_are_counted_until_the_runtime_is_in_time() {
        let (vitals, stop, mut tasks) = (Arc::new(Vitals::default()), CancellationToken::new(), JoinSet::new());
        tasks.spawn(measure_lag(Arc::clone(&vitals), Pulse::new("runtime", Duration::from_secs(30)), stop.clone()));
        yield_now().await;
        for late in 1..=3 {
            // Whatever held the threads let go three seconds after they were due.
            advance(EVERY + Duration::from_secs(3)).await;
            while vitals.late() < late {
                yield_now().await;
            }
            assert_eq!((vitals.late(), vitals.lagged()), (late, late));
            assert!(vitals.lag() >= Duration::from_secs(3));
        }
        while vitals.late() > 0 {
            advance(EVERY).await;
        }
        assert_eq!(vitals.lagged(), 3);
        stop.cancel();
        tasks.join_next().await.expect("one task").expect("no panic");
    }
}
