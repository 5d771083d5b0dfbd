//! When a service of the demonstration is well and when it is not: a pattern that repeats.
//!
//! It reads no clock.

use std::time::Duration;

/// A pattern of minutes: well, then troubled from `from` to `to` of each `period`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mood {
    pub(super) period: Duration,
    pub(super) from: Duration,
    pub(super) to: Duration,
}

impl Mood {
    /// Of each `period` seconds, troubled from one second to another.
    pub(super) const fn troubled(from: u64, to: u64, period: u64) -> Self {
        Self { period: Duration::from_secs(period), from: Duration::from_secs(from), to: Duration::from_secs(to) }
    }

    /// Whether the service is in trouble that long after its start.
    pub(super) fn is_troubled(&self, since_start: Duration) -> bool {
        let within = since_start.as_millis() % self.period.as_millis().max(1);
        (self.from.as_millis()..self.to.as_millis()).contains(&within)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_comes_and_goes() {
        let mood = Mood::troubled(40, 100, 240);
        let check = |seconds: u64, troubled: bool| {
            assert_eq!(mood.is_troubled(Duration::from_secs(seconds)), troubled, "{seconds} s");
        };
        check(0, false);
        check(40, true);
        check(99, true);
        check(100, false);
        check(280, true);
        check(340, false);
    }
}
