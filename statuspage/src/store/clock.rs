//! Whether the wall clock is believed when something is to be removed for its age.
//!
//! A clock that is wrong by a year would empty the store, and nothing tells a wrong clock from a long night but patience: after a leap
//! ahead it must hold for a day. The last look at it is kept in the database, so that a process which starts with a wrong clock
//! knows it as well as one that sees it jump. It does not know what is removed.

use std::time::Duration;

use shared::Timestamp;

use super::{database::Broken, frame, key, record, shelf::Shelf};

/// A clock that runs ahead of the last look at it by more has leapt, or nobody looked.
const LEAP: Duration = Duration::from_secs(6 * 3_600);
/// How long a clock must hold after a leap.
const PATIENCE: Duration = Duration::from_secs(86_400);
/// How old the stored look may be, well below [`LEAP`].
const STORED: Duration = Duration::from_secs(3_600);
const VERSION: u8 = 1;

/// What the clock is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Belief {
    /// What it calls old is old.
    Believed,
    /// Nothing goes for its age.
    Doubted,
}

/// The last look at the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    at: Timestamp,
    /// When it was first seen to be ahead.
    leapt_at: Option<Timestamp>,
}

impl Look {
    /// The look that follows; without one before it, nobody knows how long the clock has been like that.
    fn next(before: Option<Self>, now: Timestamp) -> Self {
        let holds = |leapt_at: &Timestamp| *leapt_at <= now && now.since(*leapt_at) < PATIENCE;
        let leapt_at = match before {
            Some(before) if now.since(before.at) <= LEAP => before.leapt_at.filter(holds),
            Some(_) | None => Some(now),
        };
        Self { at: now, leapt_at }
    }

    /// As it is stored: both in milliseconds.
    fn to_body(self) -> Vec<u8> {
        record::pack(VERSION, &(self.at.as_millis(), self.leapt_at.map(Timestamp::as_millis)))
    }

    fn from_body(body: &[u8]) -> Option<Self> {
        let (at, leapt_at): (i64, Option<i64>) = record::unpack(VERSION, body)?;
        Some(Self { at: Timestamp::from_millis(at), leapt_at: leapt_at.map(Timestamp::from_millis) })
    }

    fn belief(self) -> Belief {
        if self.leapt_at.is_some() { Belief::Doubted } else { Belief::Believed }
    }
}

/// Looks at the clock of an open store.
#[derive(Debug, Default)]
pub(super) struct Clock {
    last: Option<Look>,
    stored: Option<Look>,
}

impl Clock {
    /// Looks, and keeps the look in the database when it says something new.
    pub(super) fn look(&mut self, shelf: &Shelf, now: Timestamp) -> Result<Belief, Broken> {
        if self.last.is_none() {
            self.stored = read(shelf)?;
            self.last = self.stored;
        }
        let look = Look::next(self.last, now);
        if let Some(before) = self.last.filter(|before| before.leapt_at.is_none() && look.leapt_at.is_some()) {
            let (ahead, hours) = (now.since(before.at), PATIENCE.as_secs() / 3_600);
            tracing::warn!(
                ?ahead,
                "the clock leapt ahead: for {hours} hours nothing is removed from the store for its age"
            );
        }
        let is_news = self
            .stored
            .is_none_or(|stored| stored.leapt_at != look.leapt_at || now < stored.at || now.since(stored.at) >= STORED);
        if is_news {
            let key = key::clock();
            shelf.replace(&[], &[(key.clone(), frame::seal(&key, &look.to_body()))])?;
            self.stored = Some(look);
        }
        self.last = Some(look);
        Ok(look.belief())
    }
}

fn read(shelf: &Shelf) -> Result<Option<Look>, Broken> {
    Ok(shelf.get(&key::clock())?.and_then(|body| Look::from_body(&body)))
}

/// A store whose clock was looked at just now, and held.
#[cfg(test)]
pub(super) fn believe(shelf: &Shelf, now: Timestamp) {
    let (key, look) = (key::clock(), Look { at: now, leapt_at: None });
    shelf.replace(&[], &[(key.clone(), frame::seal(&key, &look.to_body()))]).expect("written");
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
