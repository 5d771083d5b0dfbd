//! `/api/v1/components/{id}/history`: its parameters, and the points it answers with.
//!
//! It does not know where roll-ups are kept.
//!
//! | parameter | what | without it |
//! |---|---|---|
//! | `step` | `1h` or so many hours (to `744h`), which begin at their multiples since 1970 in UTC; `1d`, days of the page's time zone | `1h` |
//! | `to` | RFC 3339; the last point is the last that begins before | now |
//! | `from` | RFC 3339; the first point is the one that holds it | 24 steps before `to` |
//!
//! Points come whole, the oldest first; one without results is there all the same, one that has not begun is not. All durations
//! are seconds, all shares parts of 1.

use std::{collections::BTreeMap, ops::Range, time::Duration};

use jiff::tz::TimeZone;
use serde::Serialize;
use shared::{ComponentId, LocationName, Status, Timestamp, Verdict};

use super::{parameters::Parameters, problem::Problem};
use crate::{
    history::{Rollup, Step, Steps},
    snapshot::{LatencyPoint, Uptime},
};

/// The most points of one answer.
const MAX_POINTS: usize = 1_000;
/// The most hours that are merged for one answer: 13 months.
const MAX_HOURS: u64 = 400 * 24;
/// The longest step in hours: 31 days.
const MAX_STEP: u16 = 744;
/// How many steps come when nobody says.
const DEFAULT_STEPS: u32 = 24;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query {
    /// From and to, `to` not included.
    pub(crate) range: Range<Timestamp>,
    /// How long each point is.
    pub(crate) step: Step,
}

impl Query {
    /// Reads the query of the address.
    ///
    /// # Errors
    ///
    /// A problem that names the parameter.
    pub(crate) fn read(query: Option<&str>, now: Timestamp) -> Result<Self, Problem> {
        let parameters = Parameters::of(query);
        let step = step(parameters.one("step")?)?;
        let to = parameters.time("to")?.unwrap_or(now);
        let from = parameters.time("from")?.unwrap_or_else(|| to.minus(step.length() * DEFAULT_STEPS));
        if from > to {
            return Err(Problem::parameter("to", "`to` is before `from`"));
        }
        let query = Self { range: from..to, step };
        match step {
            Step::Hours(_) if query.hours() > MAX_HOURS => Err(too_long("more than 400 days at a step in hours")),
            Step::Hours(_) | Step::Day => Ok(query),
        }
    }

    fn hours(&self) -> u64 {
        self.range.end.since(self.range.start).as_secs() / 3_600
    }

    /// The empty points of the answer, for a component that is watched since then.
    ///
    /// # Errors
    ///
    /// A problem, when they are too many.
    pub(crate) fn steps(&self, zone: &TimeZone, watched_from: Timestamp) -> Result<Steps, Problem> {
        let steps = Steps::new(self.range.clone(), self.step, zone, MAX_POINTS, watched_from);
        steps.ok_or_else(|| too_long(&format!("more than {MAX_POINTS} points")))
    }
}

fn too_long(what: &str) -> Problem {
    Problem::parameter("step", format!("{what}: take a longer `step`, such as `6h` or `1d`, or a shorter range"))
}

fn step(text: Option<&str>) -> Result<Step, Problem> {
    let hours = |text: &str| text.strip_suffix('h')?.parse().ok().filter(|hours| (1..=MAX_STEP).contains(hours));
    match text {
        None => Ok(Step::Hours(1)),
        Some("1d") => Ok(Step::Day),
        Some(text) => hours(text).map(Step::Hours).ok_or_else(|| {
            let detail = format!("`step` is `1d`, or a number of hours from `1h` to `{MAX_STEP}h`, such as `6h`");
            Problem::parameter("step", detail)
        }),
    }
}

/// The answer.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    component: ComponentId,
    step: String,
    /// Since when it is watched: what a share is of cannot begin before. Absent of a component that is no longer on the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    watched_since: Option<Timestamp>,
    points: Vec<Point>,
}

impl Answer {
    /// What is known of a component's steps.
    pub(crate) fn new(
        component: ComponentId,
        query: &Query,
        watched_since: Option<Timestamp>,
        rollups: Vec<Rollup>,
    ) -> Self {
        let step = match query.step {
            Step::Hours(hours) => format!("{hours}h"),
            Step::Day => "1d".to_owned(),
        };
        Self { component, step, watched_since, points: rollups.into_iter().map(Point::from).collect() }
    }
}

/// One step.
#[derive(Debug, Serialize)]
struct Point {
    from: Timestamp,
    /// Not included; the next point begins then.
    to: Timestamp,
    /// How many results of each verdict.
    results: BTreeMap<&'static str, u64>,
    /// How many failures of each kind; kinds of a newer release keep their word.
    failures: BTreeMap<String, u64>,
    /// Seconds in each status. What is not known of the time that was watched is unknown.
    time: BTreeMap<&'static str, f64>,
    /// Absent when nothing was observed.
    uptime: Option<Share>,
    latency: BTreeMap<LocationName, Latency>,
}

/// Parts of 1, rounded down to millionths.
#[derive(Debug, Serialize)]
struct Share {
    ratio: f64,
    coverage: f64,
}

/// Of the results that passed or warned; percentiles in seconds, within 2 %.
#[derive(Debug, Serialize)]
struct Latency {
    count: u32,
    p50: f64,
    p95: f64,
    p99: f64,
}

impl From<Rollup> for Point {
    fn from(rollup: Rollup) -> Self {
        let Rollup { time, verdicts, failures, spent, uptime, latency } = rollup;
        let statuses = Status::ALL.into_iter().zip(spent);
        Self {
            from: time.start,
            to: time.end,
            results: Verdict::ALL.into_iter().map(Verdict::word).zip(verdicts).collect(),
            failures,
            time: statuses.map(|(status, spent)| (status.word(), seconds(spent))).collect(),
            uptime: uptime.map(Share::from),
            latency: latency.into_iter().map(|(name, point)| (name, Latency::from(point))).collect(),
        }
    }
}

impl From<Uptime> for Share {
    fn from(Uptime { ratio, coverage }: Uptime) -> Self {
        let share = |millionths: u32| f64::from(millionths) / 1e6;
        Self { ratio: share(ratio), coverage: share(coverage) }
    }
}

impl From<LatencyPoint> for Latency {
    fn from(point: LatencyPoint) -> Self {
        let [p50, p95, p99] = point.percentiles().map(seconds);
        Self { count: point.count, p50, p95, p99 }
    }
}

/// To the microsecond, which is as fine as anything is measured here, and without the noise of binary fractions.
fn seconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1e6
}

#[cfg(test)]
mod tests;
