//! What operators may do with maintenance, and why it may be refused.
//!
//! It does not know how the order came: by page, command line or API it is the same.

use serde::{Deserialize, Serialize};
use shared::{MaintenanceId, MaintenanceStage, Text, Timestamp};

use super::{Scope, TimingFault};
use crate::order::{Stranger, UnfitText};

/// An operator's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Plans something.
    Plan(Planning),
    /// Changes what was planned of one occurrence.
    Change {
        /// Which one.
        maintenance: MaintenanceId,
        /// The version that the operator saw.
        version: u64,
        /// What.
        change: Change,
    },
    /// Takes back what has not begun.
    Cancel {
        /// Which one.
        maintenance: MaintenanceId,
        /// The version that the operator saw.
        version: u64,
        /// That one alone, or all that its plan has to come.
        extent: Extent,
        /// Why.
        body: Option<Text>,
    },
    /// Begins before its time.
    Begin {
        /// Which one.
        maintenance: MaintenanceId,
        /// The version that the operator saw.
        version: u64,
        /// What is said.
        body: Option<Text>,
    },
    /// Ends before its time.
    End {
        /// Which one.
        maintenance: MaintenanceId,
        /// The version that the operator saw.
        version: u64,
        /// What is said.
        body: Option<Text>,
    },
    /// Says something; while it goes on, the stage may change between in progress and verifying.
    Say {
        /// Of which one.
        maintenance: MaintenanceId,
        /// The version that the operator saw.
        version: u64,
        /// The stage from then on; as it is when absent.
        stage: Option<MaintenanceStage>,
        /// The words, in Markdown.
        body: Text,
    },
}

impl Command {
    /// The word in the audit log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Plan(_) => "plan_maintenance",
            Self::Change { .. } => "change_maintenance",
            Self::Cancel { .. } => "cancel_maintenance",
            Self::Begin { .. } => "begin_maintenance",
            Self::End { .. } => "end_maintenance",
            Self::Say { .. } => "say_maintenance",
        }
    }

    /// The maintenance that it is about; none is there yet when one is planned.
    pub fn maintenance(&self) -> Option<&MaintenanceId> {
        match self {
            Self::Plan(_) => None,
            Self::Change { maintenance, .. }
            | Self::Cancel { maintenance, .. }
            | Self::Begin { maintenance, .. }
            | Self::End { maintenance, .. }
            | Self::Say { maintenance, .. } => Some(maintenance),
        }
    }
}

/// What is to be done, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planning {
    /// What is done.
    pub title: Text,
    /// What readers should know; Markdown, may be empty.
    pub description: Text,
    /// Whom it concerns.
    pub scope: Scope,
    /// When.
    pub when: When,
}

/// When something is to be done, as an operator says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Once.
    Once {
        /// Its beginning; now when absent.
        starts_at: Option<Timestamp>,
        /// Its end.
        ends_at: Timestamp,
    },
    /// Again and again.
    Recurring {
        /// Six fields, seconds first, in the site's time zone.
        cron: String,
        /// How long it lasts each time, in whole seconds.
        seconds: u64,
    },
}

/// What is to be different. What is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What is done.
    pub title: Option<Text>,
    /// What readers should know.
    pub description: Option<Text>,
    /// Whom it concerns.
    pub scope: Option<Scope>,
    /// Its beginning, while it has not come.
    pub starts_at: Option<Timestamp>,
    /// Its end.
    pub ends_at: Option<Timestamp>,
}

/// How much of a plan is cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// The one occurrence.
    One,
    /// All to come of the plan that repeats.
    Series,
}

/// Why an order was not carried out. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such maintenance.
    #[error("there is no maintenance {0}")]
    Unknown(MaintenanceId),
    /// There is no such component.
    #[error("there is no component {0}")]
    UnknownComponent(Stranger),
    /// There is no such group.
    #[error("there is no group {0}; groups are named as on the page, in any of its languages")]
    UnknownGroup(Stranger),
    /// It concerns nobody.
    #[error("scope: it names nothing: name components or groups, or say all")]
    Nobody,
    /// Somebody else was quicker, or its time came.
    #[error(
        "the maintenance {maintenance} was changed meanwhile (you saw version {seen}, it is at {present}): look at it again, then repeat the order"
    )]
    Changed {
        /// Which one.
        maintenance: MaintenanceId,
        /// What the operator saw.
        seen: u64,
        /// What it is.
        present: u64,
    },
    /// It is over, or was cancelled.
    #[error("the maintenance {0} is over: plan another one")]
    Over(MaintenanceId),
    /// It has begun.
    #[error("the maintenance {0} has begun: end it, or change its end")]
    Begun(MaintenanceId),
    /// It has not begun.
    #[error("the maintenance {0} has not begun: cancel it, or change its times")]
    NotBegun(MaintenanceId),
    /// It does not repeat.
    #[error("the maintenance {0} does not come from a plan that repeats: cancel it alone")]
    NoSeries(MaintenanceId),
    /// The settings file would plan it again.
    #[error("the plan of the maintenance {0} stands in the settings file: take it out there, or cancel this one alone")]
    InFile(MaintenanceId),
    /// The same window of the same components is planned.
    #[error("the same is planned already: it is the maintenance {0}")]
    Twin(MaintenanceId),
    /// The stage does not follow.
    #[error("stage: while a maintenance goes on it is `in_progress` or `verifying`, not `{0}`")]
    Stage(MaintenanceStage),
    /// A text cannot be taken; the field and the way out are named.
    #[error(transparent)]
    Text(#[from] UnfitText),
    /// A time cannot be right.
    #[error("{field}: {fault}")]
    Time {
        /// `starts_at`, `ends_at`.
        field: &'static str,
        /// What is wrong with it.
        fault: TimeFault,
    },
    /// It cannot be done then.
    #[error("when: {0}")]
    Timing(#[from] TimingFault),
    /// It could not be written to stable storage: it may be tried again.
    #[error("the store is behind: nothing was changed, try again in a minute")]
    StoreBehind,
}

/// Why a time cannot be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeFault {
    /// It would have begun.
    #[error("it is past: what was measured since then stays as it is")]
    Begun,
    /// It would be over.
    #[error("it is past: give a time to come")]
    Over,
    /// Nobody plans for then.
    #[error("it is more than two years away: check the year")]
    FarAway,
}
