//! Planned maintenance: what is announced, for whom, and when.
//!
//! It does not know who planned it, nor how it is shown; measurement goes on during all of it.

mod book;
mod command;
mod plan;
#[cfg(test)]
pub(crate) mod sample;
mod scope;
pub mod wording;

use serde::{Deserialize, Serialize};
use shared::{ComponentId, MaintenanceId, MaintenanceStage, Text, Timestamp};

pub use book::{Book, Groups, Key, News, Word};
pub use command::{Change, Command, Extent, Planning, Refusal, TimeFault, When};
pub use plan::{LineFault, Plan, Recurrence, Source, Span, Timing, TimingFault};
pub use shared::PlanId;

use crate::{incident::Actor, public_id};

/// Nothing is silenced for longer: a maintenance that nobody ends ends by itself.
pub const LONGEST: std::time::Duration = std::time::Duration::from_secs(7 * 86_400);

/// Occurrences are shown and told of so long before they begin.
pub const ANNOUNCED_BEFORE: std::time::Duration = std::time::Duration::from_secs(48 * 3_600);

/// The id of the occurrence of a plan that begins at that instant: the same after a crash or a replay.
pub fn id(plan: &str, starts_at: Timestamp) -> MaintenanceId {
    let name = format!("{plan} {starts_at}");
    public_id::stable(public_id::Kind::Maintenance, &name).parse().expect("a stable id has the form of one")
}

/// One occurrence of a planned maintenance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maintenance {
    /// The same for ever.
    pub id: MaintenanceId,
    /// Counts its changes.
    pub version: u64,
    /// What is done.
    pub title: Text,
    /// What readers should know; Markdown, may be empty.
    pub description: Text,
    /// Whom it concerns.
    pub scope: Scope,
    /// Its beginning.
    pub starts_at: Timestamp,
    /// Its end.
    pub ends_at: Timestamp,
    /// How far it is.
    pub stage: MaintenanceStage,
    /// When it was planned.
    pub created_at: Timestamp,
    /// Its last change.
    pub updated_at: Timestamp,
    /// What was said, the oldest first.
    pub updates: Vec<Notice>,
    /// Who planned it; [`Actor::Socket`] for what stands in the settings file.
    pub by: Actor,
    /// The plan that it comes from, when that repeats.
    #[serde(default)]
    pub plan: Option<PlanId>,
    /// When it was cancelled; its stage is then [`MaintenanceStage::Cancelled`].
    #[serde(default)]
    pub cancelled_at: Option<Timestamp>,
}

/// Whom a maintenance concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everything on the page.
    All,
    /// The components of groups of that name (in any language).
    Groups(Vec<String>),
    /// These.
    Components(Vec<ComponentId>),
}

/// Something said of a maintenance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Counts from 1 within the maintenance.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// The stage it leads to.
    pub stage: MaintenanceStage,
    /// An operator's words, in Markdown; absent where the stage says it all.
    pub body: Option<Text>,
}
