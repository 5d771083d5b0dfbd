//! A maintenance as everybody is told of it, and what operators are told besides.
//!
//! It does not know Statuspage's shape of it, nor who asks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::{MaintenanceId, MaintenanceStage, Timestamp};

use super::ScopeForm;
use crate::{
    api::{
        schema::{ActorForm, Instant, MaintenanceStageWord, PublicId},
        wording::Wording,
    },
    incident::Actor,
    maintenance::{Maintenance, Notice, PlanId},
};

/// Several, those that begin last first.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct MaintenancesAnswer {
    pub(crate) maintenances: Vec<MaintenanceAnswer>,
}

/// One maintenance: an occurrence, where its plan repeats.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct MaintenanceAnswer {
    /// The same for ever.
    #[schemars(with = "PublicId")]
    pub(crate) id: MaintenanceId,
    /// To be sent with the next order.
    pub(crate) version: u64,
    /// What is done.
    pub(crate) title: Wording,
    /// What readers should know, in Markdown; may be empty.
    pub(crate) description: Wording,
    /// Whom it concerns.
    pub(crate) scope: ScopeForm,
    #[schemars(with = "Instant")]
    pub(crate) starts_at: Timestamp,
    #[schemars(with = "Instant")]
    pub(crate) ends_at: Timestamp,
    #[schemars(with = "MaintenanceStageWord")]
    pub(crate) stage: MaintenanceStage,
    /// When it was taken back before it began; its stage is then `completed`.
    #[schemars(with = "Option<Instant>")]
    pub(crate) cancelled_at: Option<Timestamp>,
    #[schemars(with = "Instant")]
    pub(crate) created_at: Timestamp,
    #[schemars(with = "Instant")]
    pub(crate) updated_at: Timestamp,
    /// The oldest first.
    pub(crate) updates: Vec<NoticeAnswer>,
    /// Who planned it, which only operators are told: `socket` also for what stands in the settings file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<ActorForm>")]
    pub(crate) by: Option<Actor>,
    /// The plan that it comes from, where that repeats; only operators are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<PublicId>")]
    pub(crate) plan: Option<PlanId>,
}

/// Something said of it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct NoticeAnswer {
    /// Counts from 1.
    pub(crate) number: u32,
    #[schemars(with = "Instant")]
    pub(crate) at: Timestamp,
    /// The stage that it led to.
    #[schemars(with = "MaintenanceStageWord")]
    pub(crate) stage: MaintenanceStage,
    /// An operator's words, in Markdown; null where the stage says it all.
    pub(crate) body: Option<Wording>,
}

impl MaintenanceAnswer {
    /// What everybody may know.
    pub(crate) fn public(maintenance: &Maintenance) -> Self {
        Self {
            id: maintenance.id.clone(),
            version: maintenance.version,
            title: Wording(maintenance.title.clone()),
            description: Wording(maintenance.description.clone()),
            scope: (&maintenance.scope).into(),
            starts_at: maintenance.starts_at,
            ends_at: maintenance.ends_at,
            stage: maintenance.stage,
            cancelled_at: maintenance.cancelled_at,
            created_at: maintenance.created_at,
            updated_at: maintenance.updated_at,
            updates: maintenance.updates.iter().map(NoticeAnswer::from).collect(),
            by: None,
            plan: None,
        }
    }

    /// Everything.
    pub(crate) fn whole(maintenance: &Maintenance) -> Self {
        let (by, plan) = (Some(maintenance.by.clone()), maintenance.plan.clone());
        Self { by, plan, ..Self::public(maintenance) }
    }
}

impl From<&Notice> for NoticeAnswer {
    fn from(notice: &Notice) -> Self {
        let Notice { number, at, stage, body } = notice.clone();
        Self { number, at, stage, body: body.map(Wording) }
    }
}
