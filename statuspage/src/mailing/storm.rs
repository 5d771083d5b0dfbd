//! How often one subscriber is written to, whatever happens.
//!
//! It does not know what is written.

use std::time::Duration;

use shared::Timestamp;

use crate::mail::compose::Gathered;

/// Between two letters to one subscriber, unless a story ends.
pub(super) const BETWEEN: Duration = Duration::from_secs(900);
/// Letters to one subscriber in a day; what comes then is told in one letter when the day has passed.
pub(super) const A_DAY: usize = 6;
const DAY: Duration = Duration::from_secs(86_400);

/// Whether a letter may wait for its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Haste {
    /// It may.
    None,
    /// A story ends with it.
    End,
}

/// Until when somebody who got these letters is left in peace; the oldest first.
pub(super) fn until(recent: &[Timestamp], haste: Haste, now: Timestamp) -> Option<Timestamp> {
    // A clock that was set back must hold nothing back.
    let lately: Vec<_> = recent.iter().copied().filter(|at| *at <= now && now.since(*at) < DAY).collect();
    let day = lately.len().checked_sub(A_DAY).and_then(|at| lately.get(at)).map(|at| at.plus(DAY));
    let last = lately.last().filter(|_| haste == Haste::None).map(|at| at.plus(BETWEEN));
    day.max(last).filter(|until| *until > now)
}

/// Why somebody who got these letters hears of several stories at once.
pub(super) fn gathered(recent: &[Timestamp], now: Timestamp) -> Gathered {
    let lately = recent.iter().filter(|at| **at <= now && now.since(**at) < DAY).count();
    // The day's last letter has just become a day old.
    if lately + 1 >= A_DAY { Gathered::Day } else { Gathered::Pause }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_an_hour_lies_between_letters_an_end_passes_and_six_are_a_day() {
        let at = |minute: i64| Timestamp::from_millis(minute * 60_000);
        let six: Vec<_> = (0..6).map(|letter| at(letter * 20)).collect();
        for (recent, haste, now, expected) in [
            (&[][..], Haste::None, at(0), None),
            (&[at(0)], Haste::None, at(14), Some(at(15))),
            (&[at(0)], Haste::End, at(1), None),
            (&[at(0)], Haste::None, at(15), None),
            (&six, Haste::End, at(120), Some(at(24 * 60))),
            (&six, Haste::None, at(24 * 60), None),
            (&[at(100)], Haste::None, at(14), None),
        ] {
            assert_eq!(until(recent, haste, now), expected, "{recent:?} {haste:?} {now}");
        }
    }

    #[test]
    fn what_waited_for_the_day_to_pass_says_so_and_what_waited_for_a_pause_says_that() {
        let at = |minute: i64| Timestamp::from_millis(minute * 60_000);
        let six: Vec<_> = (0..6).map(|letter| at(letter * 20)).collect();
        for (recent, now, expected) in [
            (&six[..], at(24 * 60), Gathered::Day),
            (&six[..1], at(15), Gathered::Pause),
            (&[], at(0), Gathered::Pause),
        ] {
            assert_eq!(gathered(recent, now), expected, "{recent:?} {now}");
        }
    }
}
