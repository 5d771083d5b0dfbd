//! What is sent next, from what the hub said last. Pure.
//!
//! It does not know the journal's files, nor when anything is sent.

use shared::{Sequence, Span, Spans, report::MOST_ENTRIES};

/// What the hub has, as its last receipt says; before the first one, as the journal remembers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// The greatest number that it has.
    pub(super) highest: Sequence,
    /// What it lacks below.
    pub(super) missing: Spans,
}

impl Known {
    /// What is newer than everything that the hub has; after a long time without it the newest of that, so that it judges the
    /// present first.
    pub(super) fn news(&self, last: Sequence) -> Spans {
        let most = MOST_ENTRIES as u64;
        let newest = Sequence::new(last.number().saturating_sub(most).saturating_add(1));
        Span::new(self.highest.next().max(newest), last).into_iter().collect()
    }

    /// What it asked for, the oldest first.
    pub(super) fn backlog(&self) -> &Spans {
        &self.missing
    }

    /// Everything up to `last` that it does not have.
    pub(super) fn lacking(&self, last: Sequence) -> Spans {
        self.missing.iter().chain(Span::new(self.highest.next(), last)).collect()
    }

    /// Whether anything is left to send.
    pub(super) fn lacks(&self, last: Sequence) -> bool {
        self.highest < last || !self.missing.is_empty()
    }
}

/// How long to wait after so many failures in a row: a random part of a time that doubles (full jitter), so that locations do not
/// come all at once when the hub is back. It asks twice before the hub would take it for silent.
pub(super) fn pause(failures: u32, chance: f64) -> std::time::Duration {
    const FIRST: f64 = 1.0;
    const LONGEST: f64 = 30.0;
    let ceiling = (FIRST * f64::from(1_u32 << failures.min(10))).min(LONGEST);
    // Never at once: what refuses in a millisecond would be asked a thousand times a second.
    std::time::Duration::from_secs_f64((ceiling * chance.clamp(0.0, 1.0)).max(0.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(first: u64, last: u64) -> Spans {
        Span::new(Sequence::new(first), Sequence::new(last)).into_iter().collect()
    }

    #[test]
    fn the_newest_state_comes_first_after_an_outage() {
        let check = |highest: u64, last: u64, expected: Spans| {
            let known = Known { highest: Sequence::new(highest), missing: Spans::default() };
            assert_eq!(known.news(Sequence::new(last)), expected, "{highest} {last}");
        };
        check(0, 0, Spans::default());
        check(0, 3, span(1, 3));
        check(10, 10, Spans::default());
        check(10, 510, span(11, 510));
        check(10, 100_000, span(99_501, 100_000));
    }

    #[test]
    fn a_pause_grows_to_half_a_minute_and_never_vanishes() {
        let check = |failures: u32, chance: f64, seconds: f64| {
            assert_eq!(pause(failures, chance).as_secs_f64(), seconds, "{failures} {chance}");
        };
        check(0, 1.0, 1.0);
        check(1, 0.5, 1.0);
        check(3, 1.0, 8.0);
        check(30, 1.0, 30.0);
        check(30, 0.0, 0.2);
    }
}
