//! One occurrence as the book keeps it: what readers see, and what was told of it; and a plan as it is stored.
//!
//! It does not know other occurrences.

use std::{sync::Arc, time::Duration};

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use shared::{MaintenanceStage, Text, Timestamp};

use super::{ANNOUNCED_BEFORE, Word};
use crate::{
    incident::Actor,
    maintenance::{self, Maintenance, Notice, Plan, PlanId, Recurrence, Scope, Source, Span, Timing},
};

/// The form of a record, in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    #[serde(with = "arc")]
    pub(super) maintenance: Arc<Maintenance>,
    /// Who keeps the plan that it comes from.
    pub(super) source: Source,
    /// Its plan, and the beginning that the plan gave it; absent of what an operator planned once.
    pub(super) origin: Option<Origin>,
    /// Readers were told that it will be.
    pub(super) announced: bool,
}

/// Where an occurrence comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Origin {
    pub(super) plan: PlanId,
    pub(super) starts_at: Timestamp,
    /// An operator has changed it: the plan has no say any more.
    pub(super) departed: bool,
}

impl Entry {
    /// An occurrence of a plan that is entered now.
    pub(super) fn of(plan: &Plan, span: Span, now: Timestamp) -> Self {
        let mut maintenance = Self::foreseen(plan, span);
        (maintenance.created_at, maintenance.updated_at) = (now, now);
        let origin = Origin { plan: plan.id.clone(), starts_at: span.starts_at, departed: false };
        Self::new(maintenance, plan.source, Some(origin))
    }

    /// What is entered for the first time.
    pub(super) fn new(maintenance: Maintenance, source: Source, origin: Option<Origin>) -> Self {
        let mut entry = Self { maintenance: Arc::new(maintenance), source, origin, announced: false };
        let created_at = entry.maintenance.created_at;
        entry.say(MaintenanceStage::Scheduled, created_at, None);
        entry
    }

    /// How an occurrence is shown before it is entered: nobody has changed it yet.
    pub(super) fn foreseen(plan: &Plan, span: Span) -> Maintenance {
        Maintenance {
            id: maintenance::id(plan.id.as_str(), span.starts_at),
            version: 0,
            title: plan.title.clone(),
            description: plan.description.clone(),
            scope: plan.scope.clone(),
            starts_at: span.starts_at,
            ends_at: span.ends_at,
            stage: MaintenanceStage::Scheduled,
            created_at: plan.created_at,
            updated_at: plan.created_at,
            updates: Vec::new(),
            by: plan.by.clone(),
            plan: plan.repeats().then(|| plan.id.clone()),
            cancelled_at: None,
        }
    }

    /// The occurrence in that record. Former versions called completed what was cancelled, and said so in its last words.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let mut entry: Self = serde_json::from_slice(bytes)?;
        if let Some(cancelled_at) = entry.maintenance.cancelled_at
            && entry.maintenance.stage == MaintenanceStage::Completed
        {
            let maintenance = entry.edit();
            maintenance.stage = MaintenanceStage::Cancelled;
            let since = maintenance.updates.iter_mut().filter(|notice| notice.at >= cancelled_at);
            since
                .filter(|it| it.stage == MaintenanceStage::Completed)
                .for_each(|it| it.stage = MaintenanceStage::Cancelled);
        }
        Ok(entry)
    }

    /// Whether nothing can happen to it any more.
    pub(super) fn is_over(&self) -> bool {
        self.maintenance.stage.is_over()
    }

    pub(super) fn ended_before(&self, at: Timestamp) -> bool {
        self.maintenance.cancelled_at.unwrap_or(self.maintenance.ends_at) < at
    }

    /// When time next changes something of it; far in the past when it does so at once.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let Maintenance { starts_at, ends_at, stage, .. } = *self.maintenance;
        match stage {
            MaintenanceStage::Scheduled if !self.announced => Some(starts_at.minus(ANNOUNCED_BEFORE)),
            MaintenanceStage::Scheduled => Some(starts_at),
            MaintenanceStage::InProgress | MaintenanceStage::Verifying => Some(ends_at),
            MaintenanceStage::Completed | MaintenanceStage::Cancelled => {
                Some(self.maintenance.cancelled_at.unwrap_or(ends_at).plus(super::REMEMBERED))
            }
        }
    }

    /// Lets time pass; gives what is to be told, with the instants at which it happened.
    pub(super) fn advance(&mut self, now: Timestamp) -> Vec<(Word, Timestamp)> {
        let Maintenance { starts_at, ends_at, created_at, .. } = *self.maintenance;
        let (mut told, whole) = (Vec::new(), now >= ends_at);
        if self.maintenance.stage == MaintenanceStage::Scheduled && now >= starts_at {
            let at = starts_at.max(created_at);
            self.say(MaintenanceStage::InProgress, at, None);
            // That it began is no news once it is over.
            if !whole {
                told.push((Word::Begins, at));
                self.announced = true;
            }
        }
        if matches!(self.maintenance.stage, MaintenanceStage::InProgress | MaintenanceStage::Verifying) && whole {
            let at = ends_at.max(created_at);
            self.say(MaintenanceStage::Completed, at, None);
            told.extend(self.announced.then_some((Word::Ends, at)));
        }
        let near = now >= starts_at.minus(ANNOUNCED_BEFORE);
        if self.maintenance.stage == MaintenanceStage::Scheduled && near && !self.announced {
            self.announced = true;
            self.edit().version += 1;
            told.push((Word::Announced, now));
        }
        told
    }

    /// Writes down that something was said or a stage begins.
    pub(super) fn say(&mut self, stage: MaintenanceStage, at: Timestamp, body: Option<Text>) {
        let maintenance = self.edit();
        let number = u32::try_from(maintenance.updates.len()).unwrap_or(u32::MAX).saturating_add(1);
        maintenance.updates.push(Notice { number, at, stage, body });
        maintenance.stage = stage;
        maintenance.updated_at = at;
        maintenance.version += 1;
    }

    pub(super) fn edit(&mut self) -> &mut Maintenance {
        Arc::make_mut(&mut self.maintenance)
    }

    /// It follows its plan no more.
    pub(super) fn depart(&mut self) {
        if let Some(origin) = &mut self.origin {
            origin.departed = true;
        }
    }
}

mod arc {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Arc, Maintenance};

    pub(super) fn serialize<S: Serializer>(maintenance: &Arc<Maintenance>, serializer: S) -> Result<S::Ok, S::Error> {
        maintenance.as_ref().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<Maintenance>, D::Error> {
        Maintenance::deserialize(deserializer).map(Arc::new)
    }
}

/// The form of an operator's plan that repeats, in JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StoredPlan {
    id: PlanId,
    title: Text,
    description: Text,
    scope: Scope,
    cron: String,
    seconds: u64,
    by: Actor,
    created_at: Timestamp,
}

impl StoredPlan {
    /// None of what the settings file keeps, and of what happens once.
    pub(super) fn of(plan: &Plan) -> Option<Self> {
        let Timing::Recurring(recurrence) = &plan.timing else { return None };
        (plan.source == Source::Operator).then(|| Self {
            id: plan.id.clone(),
            title: plan.title.clone(),
            description: plan.description.clone(),
            scope: plan.scope.clone(),
            cron: recurrence.line().to_owned(),
            seconds: recurrence.duration().as_secs(),
            by: plan.by.clone(),
            created_at: plan.created_at,
        })
    }

    /// The plan in that record; a line that does not come again is still one.
    pub(super) fn read(bytes: &[u8], zone: &TimeZone, now: Timestamp) -> Result<Plan, String> {
        let stored: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let recurrence = Recurrence::new(&stored.cron, Duration::from_secs(stored.seconds), zone, now);
        Ok(Plan {
            id: stored.id,
            source: Source::Operator,
            title: stored.title,
            description: stored.description,
            scope: stored.scope,
            timing: Timing::Recurring(recurrence.map_err(|fault| fault.to_string())?),
            by: stored.by,
            created_at: stored.created_at,
        })
    }
}
