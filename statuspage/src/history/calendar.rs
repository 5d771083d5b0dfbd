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

/// An hour of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Hour(i32);

impl Hour {
    /// The hour that an instant belongs to.
    pub(super) fn of(at: Timestamp) -> Self {
        Self(i32::try_from(at.as_millis().div_euclid(HOUR)).expect("the years 0 to 9999 have 88 million hours"))
    }

    /// The last multiple of so many hours since 1970 up to this hour.
    pub(super) fn aligned(self, hours: u16) -> Self {
        Self(self.0 - self.0.rem_euclid(i32::from(hours.max(1))))
    }

    /// Its first instant.
    pub(super) fn start(self) -> Timestamp {
        Timestamp::from_millis(i64::from(self.0) * HOUR)
    }

    /// The first instant of the next.
    pub(super) fn end(self) -> Timestamp {
        Timestamp::from_millis((i64::from(self.0) + 1) * HOUR)
    }
}
