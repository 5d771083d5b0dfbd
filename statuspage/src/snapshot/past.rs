//! A component's past in the picture: days, uptime, latency, the last failures.
//!
//! It does not know how it was counted.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use shared::{LocationName, Observation, Status, Timestamp};

/// A component's past.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HistoryView {
    /// Up to 90 days in the site's time zone, the oldest first, today last.
    pub days: Vec<Day>,
    /// Uptime over the customary windows.
    pub uptime: UptimeTable,
    /// Latency at each location.
    pub latency: BTreeMap<LocationName, LatencySeries>,
    /// The newest failures (fail or warn), newest first, at most 20, already public.
    pub failures: Vec<Arc<Observation>>,
}

/// One day of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// Its date in the site's time zone.
    pub date: jiff::civil::Date,
    /// The worst state it had for any measurable time; unknown only when nothing else was.
    pub worst: Status,
    /// How long it had each state.
    pub time: TimeInStatus,
    /// Uptime of that day alone; absent when nothing was observed.
    pub uptime: Option<Uptime>,
}

/// How long a component had each state on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TimeInStatus {
    /// In milliseconds, in the order of [`Status::ALL`]; a day has 90 million of them at most.
    spent: [u32; Status::ALL.len()],
}

impl TimeInStatus {
    /// The time in one state; for [`Status::Unknown`], that in which it was watched and nothing was known.
    pub fn of(&self, status: Status) -> Duration {
        let spent = Status::ALL.iter().zip(self.spent).find(|(other, _)| **other == status);
        Duration::from_millis(spent.map_or(0, |(_, millis)| millis.into()))
    }

    /// The same with another time in one state, to the millisecond, at most 49 days.
    pub fn with(mut self, status: Status, time: Duration) -> Self {
        let millis = u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
        let spent = Status::ALL.iter().zip(&mut self.spent).find(|(other, _)| **other == status);
        spent.into_iter().for_each(|(_, spent)| *spent = millis);
        self
    }
}

/// Share of time that a component worked, and of how much of the time that can be said.
///
/// Time-weighted: a major outage counts whole, a partial one 30 %, degraded performance not at all; maintenance and unknown time
/// are left out of the denominator. Both in millionths, rounded down, so that 100 % means every single millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uptime {
    /// Millionths of the observed time.
    pub ratio: u32,
    /// Millionths of the window (cut at the first observation) in which something was known.
    pub coverage: u32,
}

/// Uptime over the customary windows that end now; absent when nothing was observed in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UptimeTable {
    /// 24 hours.
    pub day: Option<Uptime>,
    /// 7 days.
    pub week: Option<Uptime>,
    /// 30 days.
    pub month: Option<Uptime>,
    /// 90 days.
    pub quarter: Option<Uptime>,
    /// 365 days.
    pub year: Option<Uptime>,
}

/// Latency over the customary windows; a point without results is absent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LatencySeries {
    hours: Box<[LatencyPoint]>,
    /// Where the last 24 hours begin in them.
    last_day: usize,
    days: Box<[LatencyPoint]>,
}

impl LatencySeries {
    /// The hours of a week, of which those since `yesterday` are the last day's, and the days of a quarter; the oldest first.
    pub fn new(hours: Vec<LatencyPoint>, yesterday: Timestamp, days: Vec<LatencyPoint>) -> Self {
        let last_day = hours.partition_point(|point| point.at < yesterday);
        Self { hours: hours.into(), last_day, days: days.into() }
    }

    /// 24 hours, by hour.
    pub fn day(&self) -> &[LatencyPoint] {
        self.hours.get(self.last_day..).unwrap_or_default()
    }

    /// 7 days, by hour.
    pub fn week(&self) -> &[LatencyPoint] {
        &self.hours
    }

    /// 90 days, by day.
    pub fn quarter(&self) -> &[LatencyPoint] {
        &self.days
    }
}

/// Percentiles of the durations of the results that passed or warned, within 2 %.
///
/// Three hundred of them are kept for each component and location, hence the small form: whole microseconds, at most 71 minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LatencyPoint {
    /// The beginning of the hour or day.
    pub at: Timestamp,
    /// How many results.
    pub count: u32,
    micros: [u32; 3],
}

impl LatencyPoint {
    /// So many results, and their median and 95th and 99th percentile.
    pub fn new(at: Timestamp, count: u32, percentiles: [Duration; 3]) -> Self {
        let micros = percentiles.map(|duration| u32::try_from(duration.as_micros()).unwrap_or(u32::MAX));
        Self { at, count, micros }
    }

    /// The median, and what 95 and 99 of 100 were faster than.
    pub fn percentiles(&self) -> [Duration; 3] {
        self.micros.map(|micros| Duration::from_micros(micros.into()))
    }

    /// The median.
    pub fn p50(&self) -> Duration {
        self.percentiles()[0]
    }

    /// 95 of 100 were faster.
    pub fn p95(&self) -> Duration {
        self.percentiles()[1]
    }

    /// 99 of 100 were faster.
    pub fn p99(&self) -> Duration {
        self.percentiles()[2]
    }
}
