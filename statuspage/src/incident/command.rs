//! What operators may do with incidents, and why it may be refused.
//!
//! It does not know how the order came: by page, command line or API it is the same.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::{ComponentId, IncidentId, Stage, Status, Text, Timestamp};

use crate::{
    order::{Stranger, UnfitText},
    postmortem::{Field, Measured},
};

/// An operator's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Opens an incident by hand.
    Open(Opening),
    /// Takes an incident: reminders stop. Twice is once.
    Acknowledge {
        /// Which one.
        incident: IncidentId,
    },
    /// Says something; the operators have the lead from then on.
    Say {
        /// Of which one.
        incident: IncidentId,
        /// The version that the operator saw.
        version: u64,
        /// What.
        statement: Statement,
    },
    /// Gives the lead back to the measurements: it resolves itself once everything works.
    Release {
        /// Which one.
        incident: IncidentId,
        /// The version that the operator saw.
        version: u64,
    },
    /// "A user told us at 14:00".
    ReportedByUsers {
        /// Of which one.
        incident: IncidentId,
        /// The version that the operator saw.
        version: u64,
        /// When they did.
        at: Timestamp,
    },
    /// Says of which earlier incident this one is the return, or that it is none.
    Link {
        /// Which one.
        incident: IncidentId,
        /// The version that the operator saw.
        version: u64,
        /// The earlier one.
        relapse_of: Option<IncidentId>,
    },
    /// Writes a field of its post-mortem, which is not made anew from then on; without a text it is again.
    WriteField {
        /// Of which one.
        incident: IncidentId,
        /// The version that the operator saw.
        version: u64,
        /// Which field.
        field: Field,
        /// In Markdown.
        text: Option<Text>,
    },
    /// Makes its post-mortem public, with what raw results said then.
    Publish {
        /// Of which one.
        incident: IncidentId,
        /// The version that the operator saw.
        version: u64,
        /// What raw results say now: they are not kept for ever.
        measured: Box<Measured>,
    },
    /// Takes its post-mortem back.
    Withdraw {
        /// Of which one.
        incident: IncidentId,
        /// The version that the operator saw.
        version: u64,
    },
}

/// An incident that is opened by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// What it is called.
    pub title: Text,
    /// When it began; now when absent.
    pub started_at: Option<Timestamp>,
    /// What it touches, and how badly.
    pub components: BTreeMap<ComponentId, Status>,
    /// What is said first.
    pub statement: Statement,
}

/// What an operator says of an incident. What is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The stage from then on.
    pub stage: Stage,
    /// The words, in Markdown.
    pub body: Text,
    /// Another title.
    pub title: Option<Text>,
    /// How users can help themselves; an empty text takes it back.
    pub workaround: Option<Text>,
    /// When more will be said.
    pub next_update_at: Option<Timestamp>,
}

/// Why an order was not carried out. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such incident.
    #[error("there is no incident {0}")]
    UnknownIncident(IncidentId),
    /// There is no such component.
    #[error("there is no component {0}")]
    UnknownComponent(Stranger),
    /// Somebody else was quicker.
    #[error(
        "the incident {incident} was changed meanwhile (you saw version {seen}, it is at {present}): look at it again, then repeat the order"
    )]
    Changed {
        /// Which one.
        incident: IncidentId,
        /// What the operator saw.
        seen: u64,
        /// What it is.
        present: u64,
    },
    /// It is over.
    #[error("the incident {0} is resolved: open another one and link it")]
    Resolved(IncidentId),
    /// It is not over.
    #[error("the incident {0}, or a return of it, is open: its post-mortem is published once all is resolved")]
    StillOpen(IncidentId),
    /// A text cannot be taken; the field and the way out are named.
    #[error(transparent)]
    Text(#[from] UnfitText),
    /// A time cannot be right.
    #[error("{field}: {fault}")]
    Time {
        /// `started_at`, `at`, `next_update_at`.
        field: &'static str,
        /// What is wrong with it.
        fault: TimeFault,
    },
    /// An incident cannot be the return of that one.
    #[error("the incident {0} cannot be the return of itself or of a later one")]
    Link(IncidentId),
    /// It could not be written to stable storage: it may be tried again.
    #[error("the store is behind: nothing was changed, try again in a minute")]
    StoreBehind,
}

/// Why a time cannot be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeFault {
    /// Something that has happened lies in the future.
    #[error("it has not come yet: give a time that is past")]
    ToCome,
    /// An incident began in another year.
    #[error("it is more than a year ago: check the year")]
    LongAgo,
    /// Users told of it long before it began.
    #[error("it is more than a day before the incident began: check the date")]
    LongBefore,
    /// A promise for the past.
    #[error("it is past: promise a time to come, or none")]
    Past,
    /// A promise for next month.
    #[error("it is more than 30 days away: promise something nearer")]
    FarAway,
    /// A promise about what is over.
    #[error("nothing more is said of what is resolved: promise nothing, or keep it open")]
    Resolved,
}
