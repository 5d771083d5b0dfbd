//! One instant by which a probe ends, whatever it is doing then.
//!
//! It does not know what is being waited for.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, timeout_at};

/// The end of a probe's time, on the monotonic clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// From now on.
    pub(crate) fn after(timeout: Duration) -> Self {
        Self(Instant::now() + timeout)
    }

    /// The earlier of this one and `timeout` from now.
    pub(crate) fn at_most(self, timeout: Duration) -> Self {
        Self(self.0.min(Instant::now() + timeout))
    }

    /// As an instant.
    pub(crate) fn instant(self) -> Instant {
        self.0
    }

    /// Waits for `future`; nothing when the deadline comes first.
    pub(crate) async fn meet<F: Future>(self, future: F) -> Option<F::Output> {
        timeout_at(self.0, future).await.ok()
    }
}
