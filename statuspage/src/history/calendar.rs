//! Where hours and days begin.
//!
//! It does not know what is counted in them.

use jiff::{civil::Date, tz::TimeZone};
use shared::Timestamp;

const HOUR: i64 = 3_600_000;

/// The days of a time zone. It remembers the last one it was asked for: most questions are about today.
#[derive(Debug, Clone)]
pub(super) struct Calendar {
    zone: TimeZone,
    last: Option<Day>,
}

/// One day: from the first instant of its date to the first instant of the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) date: Date,
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
}

impl Calendar {
    pub(super) fn new(zone: TimeZone) -> Self {
        Self { zone, last: None }
    }

    /// The day that an instant belongs to.
    pub(super) fn day(&mut self, at: Timestamp) -> Day {
        match self.last {
            Some(day) if day.start <= at && at < day.end => day,
            Some(_) | None => *self.last.insert(self.find(at)),
        }
    }

    /// The same without remembering it.
    pub(super) fn find(&self, at: Timestamp) -> Day {
        let local = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or(jiff::Timestamp::MAX);
        let day = self.on(self.zone.to_datetime(local).date());
        // Where clocks go back over midnight (St. John's until 2011) the evening's last minutes come twice, the second time
        // after the next day has begun.
        if at < day.end { day } else { self.on(next(day.date)) }
    }

    /// The day of a date.
    pub(super) fn on(&self, date: Date) -> Day {
        Day { date, start: self.start(date), end: self.start(next(date)) }
    }

    fn start(&self, date: Date) -> Timestamp {
        // The first instant of a date whose midnight is skipped is the one after the gap; of a doubled midnight it is the first.
        let midnight = self.zone.to_timestamp(date.at(0, 0, 0, 0)).unwrap_or(jiff::Timestamp::MAX);
        Timestamp::from_millis(midnight.as_millisecond())
    }
}

fn next(date: Date) -> Date {
    date.tomorrow().unwrap_or(Date::MAX)
}

/// The beginning of the hour that an instant belongs to.
pub(super) fn hour(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.as_millis().div_euclid(HOUR) * HOUR)
}

/// The beginning and the end of the hour that an instant belongs to.
pub(super) fn hour_of(at: Timestamp) -> (Timestamp, Timestamp) {
    let start = hour(at);
    (start, Timestamp::from_millis(start.as_millis() + HOUR))
}
