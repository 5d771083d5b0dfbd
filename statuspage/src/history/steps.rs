//! Hours or days of one component merged into steps of a range: what a chart over any span of time needs.
//!
//! It does not know where the rows come from.

use std::{collections::BTreeMap, ops::Range, time::Duration};

use jiff::tz::TimeZone;
use shared::{LocationName, Status, Timestamp, Verdict};

use super::{
    account::Total,
    calendar::{Calendar, Hour},
    latency::Sketch,
    row::{Body, RowError, Slot, Unit},
};
use crate::snapshot::{LatencyPoint, Uptime};

/// Rows come from a checkpoint, which is made every minute: what is younger than that is not unknown but not written yet.
const CHECKPOINT: Duration = Duration::from_secs(120);
/// The longest that any row is kept.
const LONGEST: Duration = Duration::from_secs(6 * 366 * 86_400);

/// How long a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many hours, beginning at the multiples of that since 1970-01-01T00:00:00Z.
    Hours(u16),
    /// One day of a time zone.
    Day,
}

impl Step {
    /// Which rows are merged.
    pub fn unit(self) -> Unit {
        match self {
            Self::Hours(_) => Unit::Hours,
            Self::Day => Unit::Days,
        }
    }

    /// About how long it is.
    pub fn length(self) -> Duration {
        match self {
            Self::Hours(hours) => Duration::from_secs(u64::from(hours.max(1)) * 3_600),
            Self::Day => Duration::from_secs(86_400),
        }
    }
}

/// One step of a range, and where its rows lie.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bounds {
    time: Range<Timestamp>,
    /// The starts under which a store keeps its rows.
    rows: Range<Timestamp>,
}

/// What happened in one step.
#[derive(Debug, Clone, PartialEq)]
pub struct Rollup {
    /// From its first instant to that of the next.
    pub time: Range<Timestamp>,
    /// Results by verdict, in the order of [`Verdict::ALL`].
    pub verdicts: [u64; Verdict::ALL.len()],
    /// Failures by the word of their kind.
    pub failures: BTreeMap<String, u64>,
    /// Time in each status, in the order of [`Status::ALL`].
    pub spent: [Duration; Status::ALL.len()],
    /// Absent when nothing was observed.
    pub uptime: Option<Uptime>,
    /// Percentiles of the results that passed or warned, at each location.
    pub latency: BTreeMap<LocationName, LatencyPoint>,
}

/// The steps of a range, into which rows are merged.
#[derive(Debug)]
pub struct Steps {
    steps: Vec<(Bounds, Sum)>,
    watched_from: Timestamp,
    known_from: Option<Timestamp>,
    spent_until: Option<Timestamp>,
}

/// What is merged of one step.
#[derive(Debug, Clone, Default)]
struct Sum {
    total: Total,
    verdicts: [u64; Verdict::ALL.len()],
    failures: BTreeMap<String, u64>,
    latency: BTreeMap<LocationName, Sketch>,
}

impl Steps {
    /// The steps that have a part in `range`, whole, as many as `most`; of a component that is watched since `watched_from`, as
    /// far as anybody knows. Nothing when there would be more.
    pub fn new(
        range: Range<Timestamp>,
        step: Step,
        zone: &TimeZone,
        most: usize,
        watched_from: Timestamp,
    ) -> Option<Self> {
        // Nobody asks for more than there can be; this also bounds the search for days.
        if range.end.since(range.start) > LONGEST {
            return None;
        }
        let bounds: Vec<_> = match step {
            Step::Hours(_) | Step::Day if range.is_empty() => Vec::new(),
            Step::Hours(hours) => by_hours(range, step, hours).take(most + 1).collect(),
            Step::Day => by_days(range, zone).take(most + 1).collect(),
        };
        let steps: Vec<_> = bounds.into_iter().map(|bounds| (bounds, Sum::default())).collect();
        let steps = Self { steps, watched_from, known_from: None, spent_until: None };
        Some(steps).filter(|steps| steps.steps.len() <= most)
    }

    /// Where the rows of all steps lie in a store.
    pub fn rows(&self) -> Range<Timestamp> {
        let bounds = self.steps.first().zip(self.steps.last());
        bounds.map_or(Timestamp::default()..Timestamp::default(), |((first, _), (last, _))| {
            first.rows.start..last.rows.end
        })
    }

    /// Adds the row that a store keeps under `start`.
    ///
    /// # Errors
    ///
    /// When the row cannot be read; nothing of it is then counted.
    pub fn add(&mut self, start: Timestamp, row: &[u8]) -> Result<(), RowError> {
        let Body { span, account, verdicts, kinds, latency } = Body::of(row)?;
        let instant = |millis: Option<i64>| millis.map(Timestamp::from_millis);
        self.watched_from = self.watched_from.min(Timestamp::from_millis(span.watched_from));
        self.known_from = self.known_from.into_iter().chain(instant(span.known_from)).min();
        self.spent_until = self.spent_until.max(instant(span.spent_until));
        let at = self.steps.partition_point(|(bounds, _)| bounds.rows.end <= start);
        let Some((_, sum)) = self.steps.get_mut(at).filter(|(bounds, _)| bounds.rows.contains(&start)) else {
            return Ok(());
        };
        sum.total.add(account);
        sum.verdicts.iter_mut().zip(verdicts).for_each(|(sum, more)| *sum = sum.saturating_add(more));
        for (word, count) in kinds {
            let sum = sum.failures.entry(word).or_default();
            *sum = sum.saturating_add(count);
        }
        for (name, sketch) in latency {
            sum.latency.entry(name).or_default().absorb(&sketch);
        }
        Ok(())
    }

    /// What happened in each step up to `now`, the oldest first; a step that has not begun is left out.
    pub fn rollups(&self, now: Timestamp) -> Vec<Rollup> {
        let written = self.spent_until.filter(|spent| *spent <= now && now.since(*spent) <= CHECKPOINT).unwrap_or(now);
        let begun = self.steps.iter().filter(|(bounds, _)| bounds.time.start <= now);
        begun.map(|(bounds, sum)| self.rollup(bounds, sum, written)).collect()
    }

    fn rollup(&self, Bounds { time, .. }: &Bounds, sum: &Sum, now: Timestamp) -> Rollup {
        let since = |from: Timestamp| time.end.min(now).since(time.start.max(from));
        let point = |sketch: &Sketch| sketch.point().at(time.start);
        Rollup {
            time: time.clone(),
            verdicts: sum.verdicts,
            failures: sum.failures.clone(),
            spent: sum.total.time(since(self.watched_from)),
            uptime: self.known_from.and_then(|known_from| sum.total.uptime(since(known_from))),
            latency: sum.latency.iter().map(|(name, sketch)| (name.clone(), point(sketch))).collect(),
        }
    }
}

fn by_hours(range: Range<Timestamp>, step: Step, hours: u16) -> impl Iterator<Item = Bounds> {
    let first = Hour::of(range.start).aligned(hours).start();
    let starts = std::iter::successors(Some(first), move |start| Some(start.plus(step.length())));
    starts.take_while(move |start| *start < range.end).map(move |start| {
        let time = start..start.plus(step.length());
        Bounds { rows: time.clone(), time }
    })
}

fn by_days(range: Range<Timestamp>, zone: &TimeZone) -> impl Iterator<Item = Bounds> {
    let calendar = Calendar::new(zone.clone());
    let first = calendar.find(range.start).date;
    let days = std::iter::successors(Some(first), |date| date.tomorrow().ok()).map(move |date| calendar.on(date));
    // A date that a zone skipped has no time.
    days.take_while(move |day| day.start < range.end).filter(|day| day.start < day.end).filter_map(|day| {
        let row = Slot::Day(day.date).start()?;
        Some(Bounds { time: day.start..day.end, rows: row..row.plus(Step::Day.length()) })
    })
}

#[cfg(test)]
mod tests;
