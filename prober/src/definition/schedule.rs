//! When a probe is due: every so often, or by a cron line in the site's time zone.
//!
//! It reads no clock and starts nothing.

use std::{str::FromStr, time::Duration};

use cron::TimeUnitSpec as _;
use jiff::{
    SignedDuration, civil,
    tz::{AmbiguousOffset, Offset, TimeZone},
};
use shared::Timestamp;

/// Clocks here count milliseconds.
const MOMENT: SignedDuration = SignedDuration::from_millis(1);

/// When a probe is due.
#[derive(Debug, Clone, PartialEq)]
pub enum Schedule {
    /// At equal distances.
    Every(Duration),
    /// Six fields, seconds first, in a time zone.
    Cron(Box<CronSchedule>),
}

/// A cron line and the time zone it is read in.
#[derive(Debug, Clone, PartialEq)]
pub struct CronSchedule {
    line: cron::Schedule,
    zone: TimeZone,
}

impl CronSchedule {
    /// Reads six or seven fields as the `cron` crate does.
    pub fn new(line: &str, zone: TimeZone) -> Result<Self, cron::error::Error> {
        Ok(Self { line: cron::Schedule::from_str(line)?, zone })
    }

    /// The first due time after `from`.
    ///
    /// A line for every hour follows real time: an hour that the change to winter repeats is two hours. A line for certain hours
    /// follows the wall clock: what is repeated runs once, and what the change to summer skips runs when the clock has passed it.
    fn next_after(&self, from: Timestamp) -> Option<Timestamp> {
        let from = jiff::Timestamp::from_millisecond(from.as_millis()).ok()?;
        let due = if self.line.hours().is_all() { self.by_real_time(from) } else { self.by_the_wall_clock(from) };
        due.map(|due| Timestamp::from_millis(due.as_millisecond()))
    }

    /// Between two changes of the clocks both kinds of time go alike; a due time beyond a change is looked for again from there.
    fn by_real_time(&self, from: jiff::Timestamp) -> Option<jiff::Timestamp> {
        let (mut after, mut offset) = (from, self.zone.to_offset(from));
        let mut changes = self.zone.following(from);
        loop {
            let due = offset.to_timestamp(self.on_the_wall(offset.to_datetime(after))?).ok()?;
            match changes.next().filter(|change| change.timestamp() <= due) {
                Some(change) => {
                    after = change.timestamp().checked_sub(MOMENT).ok()?;
                    offset = change.offset();
                }
                None => return Some(due),
            }
        }
    }

    fn by_the_wall_clock(&self, from: jiff::Timestamp) -> Option<jiff::Timestamp> {
        let due = self.on_the_wall(self.wall(from)?)?;
        self.zone.to_ambiguous_timestamp(due).compatible().ok()
    }

    /// What the wall clock shows; in an hour that it shows for the second time, the end of that hour.
    fn wall(&self, from: jiff::Timestamp) -> Option<civil::DateTime> {
        let wall = self.zone.to_datetime(from);
        match self.zone.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Fold { before, after } if self.zone.to_offset(from) == after => {
                let change = self.zone.preceding(from.checked_add(MOMENT).ok()?).next()?;
                before.to_datetime(change.timestamp()).checked_sub(MOMENT).ok()
            }
            AmbiguousOffset::Fold { .. } | AmbiguousOffset::Gap { .. } | AmbiguousOffset::Unambiguous { .. } => {
                Some(wall)
            }
        }
    }

    /// The first time after `wall` that the line names, on a clock that is never changed.
    fn on_the_wall(&self, wall: civil::DateTime) -> Option<civil::DateTime> {
        // The crate counts in chrono's types; the wall clock is handed over as if it were UTC and read back the same way.
        let wall = Offset::UTC.to_timestamp(wall).ok()?;
        let due = self.line.after(&chrono::DateTime::from_timestamp_millis(wall.as_millisecond())?).next()?;
        Some(Offset::UTC.to_datetime(jiff::Timestamp::from_millisecond(due.timestamp_millis()).ok()?))
    }
}

impl Schedule {
    /// The first due time after `from`; a cron line that never comes again has none.
    pub fn next_after(&self, from: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Every(interval) => Some(from.plus(*interval)),
            Self::Cron(cron) => cron.next_after(from),
        }
    }

    /// When a result that ended at `ended` no longer proves anything: the third due time after it plus `timeout`, the second for
    /// a cron line. After the last due time that a cron line has, nothing is proven any more.
    pub fn stale_at(&self, ended: Timestamp, timeout: Duration) -> Timestamp {
        match self {
            Self::Every(interval) => ended.plus(*interval * 3).plus(timeout),
            Self::Cron(cron) => {
                let first = cron.next_after(ended);
                let second = first.and_then(|first| cron.next_after(first));
                second.or(first).unwrap_or(ended).plus(timeout)
            }
        }
    }

    /// The distance between due times; for a cron line, between the next two after `from`.
    pub fn interval(&self, from: Timestamp) -> Duration {
        match self {
            Self::Every(interval) => *interval,
            Self::Cron(cron) => {
                let next = cron.next_after(from);
                let after = next.and_then(|next| cron.next_after(next));
                next.zip(after).map_or(Duration::MAX, |(next, after)| after.since(next))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn paris(line: &str) -> Schedule {
        let zone = TimeZone::get("Europe/Paris").expect("a zone");
        Schedule::Cron(Box::new(CronSchedule::new(line, zone).expect("a cron line")))
    }

    #[test]
    fn a_cron_line_is_read_in_the_sites_time_zone_and_keeps_its_hour_over_the_change_of_clocks() {
        let nightly = paris("0 30 4 * * *");
        let check = |from: &str, due: &str| assert_eq!(nightly.next_after(at(from)), Some(at(due)), "{from}");
        check("2026-07-01T00:00:00Z", "2026-07-01T02:30:00Z");
        check("2026-12-01T00:00:00Z", "2026-12-01T03:30:00Z");
        check("2026-03-29T00:30:00Z", "2026-03-29T02:30:00Z");
    }

    #[test]
    fn a_repeated_hour_runs_once_and_a_skipped_one_is_made_up_for() {
        let half_past_two = paris("0 30 2 * * *");
        let check = |from: &str, due: &str| assert_eq!(half_past_two.next_after(at(from)), Some(at(due)), "{from}");
        check("2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z");
        check("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
        check("2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z");
    }

    #[test]
    fn a_line_for_every_hour_goes_on_through_an_hour_that_is_repeated_and_over_one_that_is_skipped() {
        let five_minutes = paris("0 */5 * * * *");
        let check = |from: &str, due: &str| assert_eq!(five_minutes.next_after(at(from)), Some(at(due)), "{from}");
        check("2026-10-25T00:58:00Z", "2026-10-25T01:00:00Z");
        check("2026-10-25T01:00:00Z", "2026-10-25T01:05:00Z");
        check("2026-10-25T01:57:00Z", "2026-10-25T02:00:00Z");
        check("2026-03-29T00:57:00Z", "2026-03-29T01:00:00Z");
        check("2026-03-29T01:00:00Z", "2026-03-29T01:05:00Z");
    }

    #[test]
    fn whoever_asks_inside_of_a_repeated_hour_is_told_the_next_due_time_after_it() {
        let check = |line: &str, due: &str| {
            assert_eq!(paris(line).next_after(at("2026-10-25T01:10:00Z")), Some(at(due)), "{line}");
        };
        check("0 * 2,3 * * *", "2026-10-25T02:00:00Z");
        check("0 30 2 * * *", "2026-10-26T01:30:00Z");
        check("* * 2 * * *", "2026-10-26T01:00:00Z");
    }

    #[test]
    fn a_result_of_a_line_that_never_comes_again_proves_nothing_once_it_is_old() {
        let (ended, timeout) = (at("2026-11-22T12:00:00Z"), Duration::from_secs(10));
        assert_eq!(paris("0 0 0 1 1 * 2026").stale_at(ended, timeout), at("2026-11-22T12:00:10Z"));
        assert_eq!(paris("0 0 0 24 12 * 2026").stale_at(ended, timeout), at("2026-12-23T23:00:10Z"));
    }

    #[test]
    fn a_result_proves_something_until_the_third_due_time_or_the_second_of_a_cron_line() {
        let (ended, timeout) = (at("2026-11-22T12:00:00Z"), Duration::from_secs(10));
        let every = Schedule::Every(Duration::from_secs(30));
        assert_eq!(every.stale_at(ended, timeout), at("2026-11-22T12:01:40Z"));
        assert_eq!(paris("0 0 * * * *").stale_at(ended, timeout), at("2026-11-22T14:00:10Z"));
    }
}
