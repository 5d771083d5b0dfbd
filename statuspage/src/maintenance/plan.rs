//! A plan: what will be done, once or again and again, and when exactly that is. Pure.
//!
//! It reads no clock; it does not know how far any of it is, nor what operators changed about a single occurrence.

mod recurrence;

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};
use shared::{ComponentId, PlanId, Text, Timestamp};

pub use recurrence::Recurrence;

use super::{LONGEST, Scope};
use crate::{incident::Actor, public_id};

/// Nothing shorter is worth a word.
const SHORTEST: Duration = Duration::from_secs(60);

/// Who keeps a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The settings file: what it no longer says is no longer planned.
    File,
    /// The hub, for the operator who made it.
    Operator,
}

/// What will be done, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Derived from whom it concerns and when: the words may change.
    pub id: PlanId,
    /// Who keeps it.
    pub source: Source,
    /// What is done.
    pub title: Text,
    /// What readers should know; Markdown, may be empty.
    pub description: Text,
    /// Whom it concerns.
    pub scope: Scope,
    /// When.
    pub timing: Timing,
    /// Who made it.
    pub by: Actor,
    /// When it was made, or first read.
    pub created_at: Timestamp,
}

/// When something is done.
#[derive(Debug, Clone, PartialEq)]
pub enum Timing {
    /// Once.
    Once(Span),
    /// Again and again.
    Recurring(Recurrence),
}

/// A beginning and an end after it, at most [`LONGEST`] apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// The first instant.
    pub starts_at: Timestamp,
    /// The first instant after it.
    pub ends_at: Timestamp,
}

/// Why something cannot be done then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimingFault {
    /// The end is not after the beginning.
    #[error("it ends before it begins: check both times")]
    Backwards,
    /// Nobody would notice.
    #[error("it takes less than a minute: give it the time that it may take")]
    TooShort,
    /// What nobody ends must end by itself soon.
    #[error("it takes more than 7 days: plan several, so that nothing stays silent because somebody forgot it")]
    TooLong,
    /// The line cannot be read.
    #[error("`cron` is not a line of six fields, seconds first, such as \"0 0 3 * * TUE\": {0}")]
    Line(LineFault),
    /// A year that is over.
    #[error("`cron` never comes again: leave the year out")]
    Never,
    /// It begins again before it ends.
    #[error("it takes {} s and begins again after {} s: shorten `duration` or let `cron` come less often", .duration.as_secs(), .distance.as_secs())]
    Overlapping {
        /// How long it takes.
        duration: Duration,
        /// The shortest distance between two beginnings.
        distance: Duration,
    },
    /// What is always under maintenance is not watched.
    #[error("it begins every {} s: let `cron` come once an hour at most", .0.as_secs())]
    TooOften(Duration),
}

/// What is wrong with a cron line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// Five fields, as elsewhere: here are they with seconds.
    #[error("put the seconds first: \"{0}\"")]
    NoSeconds(String),
    /// So many fields.
    #[error("this one has {0}")]
    Fields(usize),
    /// The crate's own words.
    #[error("{0}")]
    Unreadable(String),
}

/// The id of the plan that is named so.
pub(super) fn id(name: &str) -> PlanId {
    public_id::stable(public_id::Kind::Plan, name).parse().expect("a stable id has the form of one")
}

impl Span {
    /// From a beginning to an end.
    ///
    /// # Errors
    /// They are in the wrong order, nearly the same or too far apart.
    pub fn new(starts_at: Timestamp, ends_at: Timestamp) -> Result<Self, TimingFault> {
        if ends_at <= starts_at {
            return Err(TimingFault::Backwards);
        }
        length(ends_at.since(starts_at))?;
        Ok(Self { starts_at, ends_at })
    }
}

fn length(duration: Duration) -> Result<(), TimingFault> {
    match duration {
        duration if duration < SHORTEST => Err(TimingFault::TooShort),
        duration if duration > LONGEST => Err(TimingFault::TooLong),
        _ => Ok(()),
    }
}

impl Plan {
    /// A plan of the settings file. The same window of the same components has the same id, whatever it is called.
    pub fn from_file(title: Text, description: Text, scope: Scope, timing: Timing) -> Self {
        Self {
            id: id(&format!("file {scope} {timing}")),
            source: Source::File,
            title,
            description,
            scope,
            timing,
            by: Actor::Socket,
            // The book knows when it first read it.
            created_at: Timestamp::default(),
        }
    }

    /// The occurrences that end after `from` and begin before `until`, the earliest first. They never overlap.
    pub fn occurrences(&self, from: Timestamp, until: Timestamp) -> impl Iterator<Item = Span> {
        let (once, recurring) = match &self.timing {
            Timing::Once(span) => (Some(*span), None),
            Timing::Recurring(recurrence) => (None, Some(recurrence.spans(from))),
        };
        once.into_iter()
            .chain(recurring.into_iter().flatten())
            .skip_while(move |span| span.ends_at <= from)
            .take_while(move |span| span.starts_at < until)
    }

    /// The first occurrence that begins after `after`.
    pub fn next_after(&self, after: Timestamp) -> Option<Span> {
        self.occurrences(after, Timestamp::from_millis(i64::MAX)).find(|span| span.starts_at > after)
    }

    /// Whether an occurrence begins at exactly that instant, and until when it lasts.
    pub fn at(&self, starts_at: Timestamp) -> Option<Span> {
        let behind = starts_at.plus(Duration::from_millis(1));
        self.occurrences(starts_at, behind).find(|span| span.starts_at == starts_at)
    }

    /// Whether it repeats.
    pub fn repeats(&self) -> bool {
        match self.timing {
            Timing::Once(_) => false,
            Timing::Recurring(_) => true,
        }
    }
}

impl fmt::Display for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Once(Span { starts_at, ends_at: _ }) => write!(f, "{starts_at}"),
            Self::Recurring(recurrence) => f.write_str(recurrence.line()),
        }
    }
}

impl fmt::Display for Scope {
    /// As ids of plans are made of it: in no order of the author's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sorted = |mut names: Vec<&str>| {
            names.sort_unstable();
            names.dedup();
            names.join(",")
        };
        match self {
            Self::All => f.write_str("all"),
            Self::Groups(names) => write!(f, "groups {}", sorted(names.iter().map(String::as_str).collect())),
            Self::Components(ids) => {
                write!(f, "components {}", sorted(ids.iter().map(ComponentId::as_str).collect()))
            }
        }
    }
}

#[cfg(test)]
mod tests;
