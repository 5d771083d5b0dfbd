//! The hub's time in the browser: what the last answer said, and the time passed since by the browser's monotonic clock.
//!
//! It does not believe the visitor's wall clock, which may be off by a day, as long as anybody answers.

use std::time::Duration;

use shared::Timestamp;

use super::present::Now;

/// The hub's time at one moment of the browser's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    hub: Timestamp,
    /// Milliseconds since the page was asked for.
    browser: f64,
    told: bool,
}

impl Clock {
    /// Before any answer: the page was made at `generated_at` or earlier than it was asked for, so it is at least that late.
    pub(super) fn from_page(generated_at: Timestamp) -> Self {
        Self { hub: generated_at, browser: 0.0, told: false }
    }

    /// By an answer to a question asked at `browser`: its `Date`, and the `Age` that caches on the way added to it.
    pub(super) fn from_answer(hub: Timestamp, browser: f64) -> Self {
        Self { hub, browser, told: true }
    }

    /// Nobody answers: for as long as no answer has ever told the time, it may be as late as the visitor's clock says. A copy that
    /// some cache has kept is not green only because its reader is cut off.
    #[must_use]
    pub(super) fn doubt(self, visitor: Timestamp, elapsed: f64) -> Self {
        match self.now(elapsed) {
            Now::AtLeast(now) if now < visitor => Self { hub: visitor, browser: elapsed, told: false },
            Now::AtLeast(_) | Now::Rendered | Now::Told(_) => self,
        }
    }

    /// The hub's time when so many milliseconds have passed since the page was asked for.
    pub(super) fn now(&self, elapsed: f64) -> Now {
        let passed = (elapsed - self.browser).max(0.0);
        let now = self.hub.plus(Duration::from_millis(passed as u64));
        if self.told { Now::Told(now) } else { Now::AtLeast(now) }
    }
}
