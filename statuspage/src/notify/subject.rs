//! What a message is about, and the topics that keep messages in order.
//!
//! It does not know what is told of it.

use std::fmt;

use shared::{IncidentId, MaintenanceId, Timestamp};

use super::{Drill, Fault, FaultKind, Matter, Planned};
use crate::maintenance::Word;

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// An incident.
    Incident(Box<Matter>),
    /// The monitor itself, which has this fault.
    Monitor(Fault),
    /// A planned maintenance.
    Maintenance(Box<Planned>),
    /// Nothing but the channel itself, which is tried.
    Drill(Box<Drill>),
}

impl Subject {
    /// What the order of messages is kept for.
    pub fn topic(&self) -> Topic<'_> {
        match self {
            Self::Incident(matter) => Topic::Incident(&matter.id),
            Self::Monitor(fault) => Topic::Monitor(fault.kind(), fault.of()),
            Self::Maintenance(planned) => Topic::Maintenance(&planned.id, planned.word),
            Self::Drill(drill) => Topic::Drill(drill.at),
        }
    }

    /// The incident that it is about.
    pub(super) fn incident(&self) -> Option<&Matter> {
        match self {
            Self::Incident(matter) => Some(matter),
            Self::Monitor(_) | Self::Maintenance(_) | Self::Drill(_) => None,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.topic().fmt(f)
    }
}

/// A subject without its changing facts: messages by one channel about one topic arrive in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic<'a> {
    /// An incident.
    Incident(&'a IncidentId),
    /// A kind of fault of the monitor, and what has it where several can.
    Monitor(FaultKind, Option<&'a str>),
    /// What happens to a maintenance: each word of it is news of its own.
    Maintenance(&'a MaintenanceId, Word),
    /// A drill of a channel: each is one of its own.
    Drill(Timestamp),
}

impl fmt::Display for Topic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incident(id) => write!(f, "incident:{id}"),
            Self::Monitor(kind, None) => write!(f, "monitor:{kind}"),
            Self::Monitor(kind, Some(of)) => write!(f, "monitor:{kind}:{of}"),
            Self::Maintenance(id, word) => write!(f, "maintenance:{id}:{}", word.word()),
            Self::Drill(at) => write!(f, "drill:{at}"),
        }
    }
}
