//! A window that comes again and again: a cron line in the site's time zone, and how long it lasts each time.
//!
//! It does not know what is done in it.

use std::time::Duration;

use jiff::tz::TimeZone;
use prober::definition::{CronSchedule, Schedule};
use shared::Timestamp;

use super::{LineFault, Span, TimingFault, length};

/// More often it would be no maintenance but a way not to be watched.
const LEAST_DISTANCE: Duration = Duration::from_secs(3_600);
/// So many beginnings are looked at to say how often a line comes: of a daily line, more than a year.
const SAMPLE: usize = 400;
/// The clocks are changed by that at most, so that two nights may lie nearer to each other.
const CLOCK_CHANGE: Duration = Duration::from_secs(3_600);
/// Whoever asks a cron line in the middle of an hour that the change of clocks skips is not told of what it makes up for after it:
/// it is asked from before then.
const ANCHOR: Duration = Duration::from_secs(25 * 3_600);

/// A window that comes again and again.
#[derive(Debug, Clone, PartialEq)]
pub struct Recurrence {
    line: String,
    duration: Duration,
    schedule: Schedule,
}

impl Recurrence {
    /// Six fields, seconds first, read in `zone`; seen from `now` on.
    ///
    /// # Errors
    /// The line is none or never comes again, or the windows are too long, too near to each other, or overlap. Where two overlap
    /// by a change of the clocks alone, the first ends when the second begins.
    pub fn new(line: &str, duration: Duration, zone: &TimeZone, now: Timestamp) -> Result<Self, TimingFault> {
        length(duration)?;
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        let schedule = match (line.split(' ').count(), CronSchedule::new(&line, zone.clone())) {
            (6..=7, Ok(schedule)) => Schedule::Cron(Box::new(schedule)),
            (5, _) => return Err(TimingFault::Line(LineFault::NoSeconds(format!("0 {line}")))),
            (fields, Ok(_)) => return Err(TimingFault::Line(LineFault::Fields(fields))),
            (_, Err(error)) => {
                let words = error.to_string();
                let words = words.lines().last().unwrap_or_default().trim().to_owned();
                return Err(TimingFault::Line(LineFault::Unreadable(words)));
            }
        };
        let recurrence = Self { line, duration, schedule };
        recurrence.check(now)?;
        Ok(recurrence)
    }

    fn check(&self, now: Timestamp) -> Result<(), TimingFault> {
        let starts: Vec<_> = self.starts(now).take(SAMPLE).collect();
        if starts.is_empty() {
            return Err(TimingFault::Never);
        }
        let distances = starts.iter().zip(starts.iter().skip(1)).map(|(first, second)| second.since(*first));
        match distances.min() {
            Some(distance) if distance < LEAST_DISTANCE => Err(TimingFault::TooOften(distance)),
            Some(distance) if distance.saturating_add(CLOCK_CHANGE) < self.duration => {
                Err(TimingFault::Overlapping { duration: self.duration, distance })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The cron line.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// How long it lasts each time.
    pub fn duration(&self) -> Duration {
        self.duration
    }

    fn starts(&self, after: Timestamp) -> impl Iterator<Item = Timestamp> {
        std::iter::successors(self.schedule.next_after(after), |start| self.schedule.next_after(*start))
    }

    /// All windows that are not over at `from`, and some before; each ends when the next one begins at the latest.
    pub(super) fn spans(&self, from: Timestamp) -> impl Iterator<Item = Span> {
        let mut starts = self.starts(from.minus(self.duration).minus(ANCHOR)).peekable();
        std::iter::from_fn(move || {
            let starts_at = starts.next()?;
            let whole = starts_at.plus(self.duration);
            let ends_at = starts.peek().map_or(whole, |next| whole.min(*next));
            Some(Span { starts_at, ends_at })
        })
    }
}
