//! When a probe is due: every so often, or by a cron line in the site's time zone.
//!
//! It reads no clock and starts nothing.

use std::{str::FromStr, time::Duration};

use jiff::{civil, tz::TimeZone};
use shared::Timestamp;

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

    /// The first due time after `from`. A time that the change to summer skips runs when the clock has passed it; one that the
    /// change to winter repeats runs once.
    fn next_after(&self, from: Timestamp) -> Option<Timestamp> {
        let local = self.zone.to_datetime(jiff::Timestamp::from_millisecond(from.as_millis()).ok()?);
        // The crate counts in chrono's types; the wall clock is handed over as if it were UTC and read back the same way.
        let wall =
            chrono::DateTime::from_timestamp_millis(local.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())?;
        self.line.after(&wall).take(8).find_map(|due| {
            let civil = jiff::Timestamp::from_millisecond(due.timestamp_millis()).ok()?;
            let civil: civil::DateTime = TimeZone::UTC.to_datetime(civil);
            let due = Timestamp::from_millis(
                self.zone.to_ambiguous_zoned(civil).compatible().ok()?.timestamp().as_millisecond(),
            );
            (due > from).then_some(due)
        })
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
    /// a cron line.
    pub fn stale_at(&self, ended: Timestamp, timeout: Duration) -> Timestamp {
        match self {
            Self::Every(interval) => ended.plus(*interval * 3).plus(timeout),
            Self::Cron(cron) => {
                let second = cron.next_after(ended).and_then(|first| cron.next_after(first));
                second.unwrap_or(Timestamp::from_millis(i64::MAX)).plus(timeout)
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
    fn a_result_proves_something_until_the_third_due_time_or_the_second_of_a_cron_line() {
        let (ended, timeout) = (at("2026-11-22T12:00:00Z"), Duration::from_secs(10));
        let every = Schedule::Every(Duration::from_secs(30));
        assert_eq!(every.stale_at(ended, timeout), at("2026-11-22T12:01:40Z"));
        assert_eq!(paris("0 0 * * * *").stale_at(ended, timeout), at("2026-11-22T14:00:10Z"));
    }
}
