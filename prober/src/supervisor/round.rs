//! One look after the other at all signs of life: who has been silent for how long. Pure.
//!
//! It does not know what becomes of a silent part.

use std::time::{Duration, Instant};

/// Longer than that between two looks, and the supervisor itself stood still: the machine slept or the process was stopped, so that
/// nobody's silence means anything.
const LONG: Duration = Duration::from_secs(10);

/// What was seen so far.
#[derive(Debug, Default)]
pub(super) struct Round {
    seen: Vec<Option<Seen>>,
    last: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    count: u64,
    since: Instant,
}

impl Round {
    /// Takes a look at the counts of all parts, always in the same order: for how long each has been silent.
    pub(super) fn look(&mut self, counts: &[Option<u64>], now: Instant) -> Vec<Duration> {
        let stood_still = self.last.replace(now).is_some_and(|last| now.saturating_duration_since(last) > LONG);
        if stood_still {
            self.seen.clear();
        }
        self.seen.resize(counts.len(), None);
        let silence = |(seen, count): (&mut Option<Seen>, &Option<u64>)| {
            let same = seen.filter(|seen| Some(seen.count) == *count);
            *seen = count.map(|count| same.unwrap_or(Seen { count, since: now }));
            seen.map_or(Duration::ZERO, |seen| now.saturating_duration_since(seen.since))
        };
        self.seen.iter_mut().zip(counts).map(silence).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_silent_while_its_count_stays_the_same() {
        let (mut round, start) = (Round::default(), Instant::now());
        let at = |second: u64| start + Duration::from_secs(second);
        let mut check = |counts: [Option<u64>; 2], second: u64, expected: [u64; 2]| {
            let silences: Vec<_> = round.look(&counts, at(second)).iter().map(Duration::as_secs).collect();
            assert_eq!(silences, expected, "second {second}");
        };
        check([None, Some(1)], 0, [0, 0]);
        check([Some(1), Some(1)], 5, [0, 5]);
        check([Some(1), Some(2)], 10, [5, 0]);
        check([Some(1), None], 15, [10, 0]);
        check([Some(1), Some(2)], 20, [15, 0]);
        check([Some(1), Some(2)], 620, [0, 0]);
        check([Some(1), Some(2)], 625, [5, 5]);
    }
}
