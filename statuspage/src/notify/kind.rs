//! What a message tells of its subject: that it began, grew, was taken, is over.
//!
//! It does not know the subject, words or channels.

use std::time::Duration;

use shared::{FailureKind, LocationName, ProbeId, Timestamp};

use crate::incident::Actor;

/// What a notification tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The incident goes on, the fault lasts.
    Down {
        /// The first failing observation.
        since: Timestamp,
        /// The worst failure; none of a fault, whose facts are in the subject.
        cause: Option<Cause>,
    },
    /// The incident has grown or got worse.
    Grown {
        /// The first failing observation.
        since: Timestamp,
        /// The worst failure.
        cause: Option<Cause>,
    },
    /// The next update that was promised has not come.
    Overdue {
        /// The first failing observation.
        since: Timestamp,
        /// What was promised.
        promised: Timestamp,
    },
    /// Nobody has taken it yet.
    Reminder {
        /// The first failing observation.
        since: Timestamp,
        /// The worst failure, of an incident.
        cause: Option<Cause>,
        /// Which reminder it is, from 1 on.
        number: u32,
    },
    /// Somebody has taken it.
    Acknowledged {
        /// The first failing observation.
        since: Timestamp,
        /// When somebody did.
        at: Timestamp,
        /// Who.
        by: Actor,
    },
    /// An operator closed it, and not everything is known to work.
    Closed {
        /// When the outage began.
        since: Timestamp,
        /// When it was closed.
        at: Timestamp,
        /// Who did.
        by: Actor,
    },
    /// The incident, or the fault, is over.
    Recovered {
        /// When the outage began.
        since: Timestamp,
        /// When it ended.
        until: Timestamp,
    },
    /// It was down and works again, told at once because nothing left in between.
    WasDown {
        /// When the first of these outages began.
        since: Timestamp,
        /// When the last of them ended.
        until: Timestamp,
        /// How many they were.
        times: u32,
        /// How long they were together.
        total: Duration,
        /// The worst failure of the last one.
        cause: Option<Cause>,
    },
    /// A single fault was found.
    Noticed {
        /// When first.
        since: Timestamp,
        /// When last.
        until: Timestamp,
        /// How often.
        times: u32,
    },
}

/// Why a component is down, in words that may be public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The probe that found it.
    pub probe: ProbeId,
    /// The reason from the closed set.
    pub kind: FailureKind,
    /// In words, such as `502 Bad Gateway`.
    pub detail: String,
    /// The HTTP status, where there was one.
    pub http_status: Option<u16>,
    /// The locations that say so.
    pub locations: Vec<LocationName>,
}

impl Kind {
    /// A single fault of the monitor was found, or a channel is tried.
    pub fn noticed(at: Timestamp) -> Self {
        Self::Noticed { since: at, until: at, times: 1 }
    }

    /// The word in the name of a message, and the instant that tells it from others of that word; `detected_at` is when the hub judged so.
    pub(super) fn name(&self, detected_at: Timestamp) -> (&'static str, Timestamp) {
        match *self {
            Self::Down { since, .. } => ("down", since),
            Self::Grown { .. } => ("grown", detected_at),
            Self::Overdue { promised, .. } => ("overdue", promised),
            Self::Reminder { since, number, .. } => ("reminder", since.plus(Duration::from_secs(number.into()))),
            Self::Acknowledged { at, .. } => ("acknowledged", at),
            Self::Closed { at, .. } => ("closed", at),
            Self::Recovered { since, .. } => ("recovered", since),
            Self::WasDown { since, .. } => ("was_down", since),
            Self::Noticed { since, .. } => ("noticed", since),
        }
    }

    /// When an update was promised for that has not come.
    pub(super) fn promised(&self) -> Option<Timestamp> {
        let Self::Overdue { promised, .. } = self else { return None };
        Some(*promised)
    }

    /// Who has taken it.
    pub(super) fn taken_by(&self) -> Option<&Actor> {
        let Self::Acknowledged { by, .. } = self else { return None };
        Some(by)
    }

    /// Which reminder it is.
    pub(super) fn reminder(&self) -> Option<u32> {
        let Self::Reminder { number, .. } = self else { return None };
        Some(*number)
    }
}
