//! Whether time passes evenly: between two looks the wall's clock and the monotonic one must have gone the same way, and not for
//! longer than a look takes.
//!
//! It reads no clock: it is told both.

use std::time::Duration;

use shared::Timestamp;
use tokio::time::Instant;

/// Looks come each second: more than that between two of them, and the process stood still.
const LONG: Duration = Duration::from_secs(10);
/// More than drift.
const STEP: Duration = Duration::from_secs(2);

/// Compares the clocks from look to look.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gait {
    last: Option<(Instant, Timestamp)>,
}

/// Time did not pass evenly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stride {
    /// How long nothing was done, where that was too long.
    pub stood_still: Option<Duration>,
    /// By how much the wall's clock went another way than the monotonic one, in milliseconds; the machine may have slept, or
    /// somebody set it. Zero when that is no more than drift.
    pub jumped_ms: i64,
}

impl Gait {
    /// Takes a look at both clocks.
    pub fn step(&mut self, now: Instant, wall: Timestamp) -> Option<Stride> {
        let (then, before) = self.last.replace((now, wall))?;
        let passed = now.saturating_duration_since(then);
        let expected = before.plus(passed);
        let jumped_ms = wall.as_millis().saturating_sub(expected.as_millis());
        let jumped_ms = if Duration::from_millis(jumped_ms.unsigned_abs()) > STEP { jumped_ms } else { 0 };
        let stood_still = Some(passed).filter(|passed| *passed > LONG);
        (stood_still.is_some() || jumped_ms != 0).then_some(Stride { stood_still, jumped_ms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_a_machine_that_sleeps_and_a_process_that_stands_still_are_told_from_seconds() {
        let (start, wall) = (Instant::now(), Timestamp::from_millis(1_795_000_000_000));
        let second = Duration::from_secs(1);
        let check = |monotonic: Duration, shown: i64, expected: Option<(Option<Duration>, i64)>| {
            let mut gait = Gait::default();
            assert_eq!(gait.step(start, wall), None);
            let stride = gait.step(start + monotonic, Timestamp::from_millis(wall.as_millis() + shown));
            assert_eq!(stride.map(|stride| (stride.stood_still, stride.jumped_ms)), expected, "{monotonic:?} {shown}");
        };
        check(second, 1_000, None);
        check(second, 2_900, None);
        check(second * 9, 9_000, None);
        check(second, 3_601_000, Some((None, 3_600_000)));
        check(second, -3_599_000, Some((None, -3_600_000)));
        check(second * 600, 600_000, Some((Some(second * 600), 0)));
        check(second * 11, 611_000, Some((Some(second * 11), 600_000)));
    }
}
