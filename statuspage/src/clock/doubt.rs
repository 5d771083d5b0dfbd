//! Whether the wall clock is believed when something is to be removed for its age. Pure.
//!
//! A clock that is wrong by a year would empty everything, and nothing tells a wrong clock from a long night but patience: after a
//! leap ahead it must hold for a day. Whoever removes something keeps the last look, so that a process which starts with a wrong
//! clock knows it as well as one that sees it jump. It does not know where a look is kept, nor what is removed.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::Timestamp;

/// A clock that runs ahead of the last look at it by more has leapt, or nobody looked.
const LEAP: Duration = Duration::from_secs(6 * 3_600);
/// How long a clock must hold after a leap.
pub(crate) const PATIENCE: Duration = Duration::from_secs(86_400);
/// How old the look that is kept may be, well below [`LEAP`].
const KEPT: Duration = Duration::from_secs(3_600);

/// What the clock is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Belief {
    /// What it calls old is old.
    Believed,
    /// Nothing goes for its age.
    Doubted,
}

/// A look at the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Look {
    /// What it showed.
    pub(crate) at: Timestamp,
    /// When it was first seen to be ahead, while that is no day ago.
    pub(crate) leapt_at: Option<Timestamp>,
}

impl Look {
    /// The look that follows; without one before it, nobody knows how long the clock has been like that.
    pub(crate) fn next(before: Option<Self>, now: Timestamp) -> Self {
        let holds = |leapt_at: &Timestamp| *leapt_at <= now && now.since(*leapt_at) < PATIENCE;
        let leapt_at = match before {
            Some(before) if now.since(before.at) <= LEAP => before.leapt_at.filter(holds),
            Some(_) | None => Some(now),
        };
        Self { at: now, leapt_at }
    }

    /// What is to be thought of the clock after it.
    pub(crate) fn belief(self) -> Belief {
        if self.leapt_at.is_some() { Belief::Doubted } else { Belief::Believed }
    }

    /// How far the clock leapt ahead between these two looks, where it did.
    pub(crate) fn leap_after(self, before: Option<Self>) -> Option<Duration> {
        let before = before.filter(|before| before.leapt_at.is_none() && self.leapt_at.is_some())?;
        Some(self.at.since(before.at))
    }

    /// Whether it is to be kept in the place of the one that is.
    pub(crate) fn is_news_to(self, kept: Option<Self>) -> bool {
        kept.is_none_or(|kept| kept.leapt_at != self.leapt_at || self.at < kept.at || self.at.since(kept.at) >= KEPT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);
    const YEAR: Duration = Duration::from_secs(365 * 86_400);

    /// Looks at these instants, one after the other, and says of each whether the clock is believed.
    fn looks(hours_from_start: &[i64]) -> Vec<bool> {
        let start = Timestamp::from_millis(1_795_000_000_000);
        let mut before = Some(Look { at: start, leapt_at: None });
        let instants =
            hours_from_start.iter().map(|hours| Timestamp::from_millis(start.as_millis() + hours * 3_600_000));
        instants
            .map(|now| {
                let look = Look::next(before, now);
                before = Some(look);
                look.belief() == Belief::Believed
            })
            .collect()
    }

    #[test]
    fn a_clock_that_leaps_ahead_must_hold_for_a_day() {
        let year = i64::try_from(YEAR.as_secs() / HOUR.as_secs()).expect("small");
        let check = |hours: &[i64], believed: &[bool]| assert_eq!(looks(hours), believed, "{hours:?}");
        check(&[1, 2, 7], &[true, true, true]);
        check(&[year, year + 1], &[false, false]);
        check(&[7, 12, 17, 22, 27, 30, 31], &[false, false, false, false, false, false, true]);
        // Set back: it is as it was. Ahead again: doubted anew.
        check(&[year, 1, 2, year, year + 5], &[false, true, true, false, false]);
        // A second leap begins the day anew.
        check(&[10, 14, 34, 38], &[false, false, false, false]);
        check(&[-1, 3], &[true, true]);
    }

    #[test]
    fn a_clock_that_nobody_has_looked_at_is_doubted_first() {
        let now = Timestamp::from_millis(1_795_000_000_000);
        let look = Look::next(None, now);
        assert_eq!(look.belief(), Belief::Doubted);
        let mut before = look;
        for hour in 1..=24 {
            assert_eq!(before.belief(), Belief::Doubted, "hour {hour}");
            before = Look::next(Some(before), now.plus(HOUR * hour));
        }
        assert_eq!(before.belief(), Belief::Believed);
    }
}
