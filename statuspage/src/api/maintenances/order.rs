//! The bodies of orders: strict, so that a key that is written wrong is not lost silently.
//!
//! It does not know which maintenance an order is about: its address says it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::{MaintenanceId, MaintenanceStage, Timestamp};

use super::ScopeForm;
use crate::{
    api::{
        schema::{Instant, MaintenanceStageWord},
        wording::Wording,
    },
    maintenance::{Change, Command, Extent, Planning, When},
};

/// Plans something.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanOrder {
    /// What is done: at most 200 characters.
    pub(crate) title: Wording,
    /// What readers should know, in Markdown: at most 20,000 bytes.
    #[serde(default)]
    pub(crate) description: Option<Wording>,
    /// Whom it concerns.
    pub(crate) scope: ScopeForm,
    /// When.
    pub(crate) when: WhenForm,
}

/// When something is done.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum WhenForm {
    /// Once.
    Once(OnceForm),
    /// Again and again.
    Recurring(RecurringForm),
}

/// From when to when: a minute at least, seven days at most.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OnceForm {
    /// Its beginning; now when absent.
    #[serde(default)]
    #[schemars(with = "Option<Instant>")]
    pub(crate) starts_at: Option<Timestamp>,
    /// Its end.
    #[schemars(with = "Instant")]
    pub(crate) ends_at: Timestamp,
}

/// When it begins each time, and how long it lasts.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecurringForm {
    /// Six fields, seconds first, in the page's time zone, such as `0 0 3 * * TUE`.
    pub(crate) cron: String,
    /// How long it lasts each time.
    pub(crate) seconds: u64,
}

/// Changes one occurrence, which follows its plan no more then. What is absent stays as it is.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeOrder {
    /// The version that was seen: another one now is a conflict (409).
    pub(crate) version: u64,
    /// What is done: at most 200 characters.
    #[serde(default)]
    pub(crate) title: Option<Wording>,
    /// What readers should know, in Markdown; an empty text takes it back.
    #[serde(default)]
    pub(crate) description: Option<Wording>,
    /// Whom it concerns.
    #[serde(default)]
    pub(crate) scope: Option<ScopeForm>,
    /// Its beginning, while it has not come.
    #[serde(default)]
    #[schemars(with = "Option<Instant>")]
    pub(crate) starts_at: Option<Timestamp>,
    /// Its end.
    #[serde(default)]
    #[schemars(with = "Option<Instant>")]
    pub(crate) ends_at: Option<Timestamp>,
}

/// Takes back what has not begun.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelOrder {
    /// The version that was seen: another one now is a conflict (409).
    pub(crate) version: u64,
    /// How much of its plan; the one occurrence when absent.
    #[serde(default)]
    pub(crate) extent: ExtentForm,
    /// Why, in Markdown: at most 20,000 bytes.
    #[serde(default)]
    pub(crate) body: Option<Wording>,
}

/// How much of a plan is cancelled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExtentForm {
    /// The one occurrence.
    #[default]
    One,
    /// All to come of the plan that repeats.
    Series,
}

/// Begins or ends it before its time.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TurnOrder {
    /// The version that was seen: another one now is a conflict (409).
    pub(crate) version: u64,
    /// What is said, in Markdown: at most 20,000 bytes.
    #[serde(default)]
    pub(crate) body: Option<Wording>,
}

/// Says something.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoticeOrder {
    /// The version that was seen: another one now is a conflict (409).
    pub(crate) version: u64,
    /// The stage from then on: while it goes on `in_progress` or `verifying`. As it is when absent.
    #[serde(default)]
    #[schemars(with = "Option<MaintenanceStageWord>")]
    pub(crate) stage: Option<MaintenanceStage>,
    /// The words, in Markdown: at most 20,000 bytes.
    pub(crate) body: Wording,
}

impl PlanOrder {
    pub(crate) fn command(self) -> Command {
        let when = match self.when {
            WhenForm::Once(OnceForm { starts_at, ends_at }) => When::Once { starts_at, ends_at },
            WhenForm::Recurring(RecurringForm { cron, seconds }) => When::Recurring { cron, seconds },
        };
        Command::Plan(Planning {
            title: self.title.0,
            description: self.description.map_or_else(|| "".into(), |text| text.0),
            scope: self.scope.into(),
            when,
        })
    }
}

impl ChangeOrder {
    /// The order, about that maintenance.
    pub(crate) fn command(self, maintenance: MaintenanceId) -> Command {
        let change = Change {
            title: self.title.map(|text| text.0),
            description: self.description.map(|text| text.0),
            scope: self.scope.map(Into::into),
            starts_at: self.starts_at,
            ends_at: self.ends_at,
        };
        Command::Change { maintenance, version: self.version, change }
    }
}

impl CancelOrder {
    /// The order, about that maintenance.
    pub(crate) fn command(self, maintenance: MaintenanceId) -> Command {
        let extent = match self.extent {
            ExtentForm::One => Extent::One,
            ExtentForm::Series => Extent::Series,
        };
        Command::Cancel { maintenance, version: self.version, extent, body: self.body.map(|text| text.0) }
    }
}

impl TurnOrder {
    /// The order to begin that maintenance.
    pub(crate) fn begin(self, maintenance: MaintenanceId) -> Command {
        Command::Begin { maintenance, version: self.version, body: self.body.map(|text| text.0) }
    }

    /// The order to end that maintenance.
    pub(crate) fn end(self, maintenance: MaintenanceId) -> Command {
        Command::End { maintenance, version: self.version, body: self.body.map(|text| text.0) }
    }
}

impl NoticeOrder {
    /// The order, about that maintenance.
    pub(crate) fn command(self, maintenance: MaintenanceId) -> Command {
        Command::Say { maintenance, version: self.version, stage: self.stage, body: self.body.0 }
    }
}
