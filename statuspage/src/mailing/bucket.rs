//! How fast letters leave: a token bucket by the monotonic clock.
//!
//! It does not know what leaves.

use std::{num::NonZeroU32, time::Duration};

use tokio::time::Instant;

/// What nobody has used is kept for so long: a short pause costs no time.
const BURST: Duration = Duration::from_secs(1);

/// So many letters a minute.
#[derive(Debug)]
pub(super) struct Bucket {
    interval: Duration,
    /// When it would be empty for good measure (the theoretical arrival time of GCRA).
    due: Instant,
}

impl Bucket {
    pub(super) fn new(a_minute: NonZeroU32, now: Instant) -> Self {
        Self { interval: Duration::from_secs(60) / a_minute.get(), due: now }
    }

    /// When the next letter may leave; in the past when it may now.
    pub(super) fn opens_at(&self) -> Instant {
        self.due.checked_sub(BURST).unwrap_or(self.due)
    }

    /// One letter leaves.
    pub(super) fn take(&mut self, now: Instant) {
        self.due = self.due.max(now) + self.interval;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_lets_through_what_it_may_and_a_second_more() {
        let begin = Instant::now();
        let mut bucket = Bucket::new(NonZeroU32::new(600).expect("not zero"), begin);
        let mut left = 0;
        for millis in 0..60_000 {
            let now = begin + Duration::from_millis(millis);
            while bucket.opens_at() <= now {
                bucket.take(now);
                left += 1;
            }
        }
        assert!((600..=621).contains(&left), "{left}");
    }
}
