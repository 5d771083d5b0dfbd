//! The hub's time in the browser: what the last answer said, and the time passed since by the browser's monotonic clock.
//!
//! It never asks the visitor's wall clock, which may be off by a day.

use std::time::Duration;

use shared::Timestamp;

use super::{browser, present::Now};

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

    /// The hub's time now.
    pub(super) fn now(&self) -> Now {
        let passed = (browser::elapsed() - self.browser).max(0.0);
        let now = self.hub.plus(Duration::from_millis(passed as u64));
        if self.told { Now::Told(now) } else { Now::AtLeast(now) }
    }
}
