//! Maintenance as Statuspage has it: an incident with the time it is planned for.
//!
//! It does not know incidents that nobody planned.

use std::sync::Arc;

use shared::MaintenanceStage;

use super::{
    View,
    document::{Component, Impact, Incident, Maintenance, Maintenances, Planned, Postmortem, Update},
    incidents::NEWEST,
};
use crate::{
    maintenance::{self, Notice, wording},
    public_id as id,
    snapshot::ComponentView,
};

/// A document lists so many components of maintenance that is over, of the newest first: fifty nights of work on a thousand services
/// would be twenty megabytes for every client, every few seconds. Each one's own document lists them all.
const LISTED: usize = 2_000;

impl View<'_> {
    /// `scheduled-maintenances.json`: the newest, in all stages.
    pub(crate) fn maintenances(&self) -> Maintenances {
        self.those(|_| true)
    }

    /// `scheduled-maintenances/upcoming.json`.
    pub(crate) fn upcoming_maintenances(&self) -> Maintenances {
        self.those(|stage| match stage {
            MaintenanceStage::Scheduled => true,
            MaintenanceStage::InProgress
            | MaintenanceStage::Verifying
            | MaintenanceStage::Completed
            | MaintenanceStage::Cancelled => false,
        })
    }

    /// `scheduled-maintenances/active.json`.
    pub(crate) fn active_maintenances(&self) -> Maintenances {
        self.those(|stage| match stage {
            MaintenanceStage::InProgress | MaintenanceStage::Verifying => true,
            MaintenanceStage::Scheduled | MaintenanceStage::Completed | MaintenanceStage::Cancelled => false,
        })
    }

    /// What is to come or goes on.
    pub(super) fn ahead(&self) -> Vec<Maintenance> {
        self.those(|stage| !stage.is_over()).scheduled_maintenances
    }

    /// One of them.
    pub(super) fn maintenance(&self, id: &str) -> Option<Maintenance> {
        let found = self.snapshot.maintenances.iter().find(|maintenance| maintenance.id.as_str() == id)?;
        Some(self.planned(found))
    }

    fn those(&self, wanted: impl Fn(MaintenanceStage) -> bool) -> Maintenances {
        let mut listed = 0;
        let planned = |maintenance: &Arc<maintenance::Maintenance>| {
            let mut planned = self.planned(maintenance);
            listed += planned.incident.components.len();
            if listed > LISTED && maintenance.stage.is_over() {
                planned.incident.components.clear();
            }
            planned
        };
        let wanted = self.snapshot.maintenances.iter().filter(|maintenance| wanted(maintenance.stage));
        let scheduled_maintenances = wanted.take(NEWEST).map(planned).collect();
        Maintenances { page: self.page(), scheduled_maintenances }
    }

    fn planned(&self, maintenance: &maintenance::Maintenance) -> Maintenance {
        let last = |stage| maintenance.updates.iter().rev().find(|notice| notice.stage == stage);
        let over = maintenance.stage.is_over().then_some(maintenance.cancelled_at.unwrap_or(maintenance.ends_at));
        let incident = Incident {
            id: maintenance.id.to_string(),
            name: wording::title(maintenance, &self.words),
            status: word(maintenance.stage),
            created_at: maintenance.created_at,
            updated_at: maintenance.updated_at,
            monitoring_at: last(MaintenanceStage::Verifying).map(|notice| notice.at),
            resolved_at: last(MaintenanceStage::Completed).map(|notice| notice.at).or(over),
            impact: Impact::Maintenance,
            shortlink: self.address(maintenance.id.as_str()),
            started_at: maintenance.starts_at,
            page_id: self.page_id(),
            incident_updates: self.notices(maintenance),
            components: self.concerned(maintenance),
            reminder_intervals: None,
            postmortem: Postmortem::default(),
        };
        let x_monitor =
            (maintenance.stage == MaintenanceStage::Cancelled).then_some(Planned { state: maintenance.stage });
        let (scheduled_for, scheduled_until) = (maintenance.starts_at, maintenance.ends_at);
        Maintenance { incident, scheduled_for, scheduled_until, x_monitor }
    }

    /// Newest first; that it is planned is said even where nobody said more, for strict clients fail on an empty list.
    fn notices(&self, maintenance: &maintenance::Maintenance) -> Vec<Update> {
        wording::said(maintenance).iter().rev().map(|notice| self.notice(maintenance, notice)).collect()
    }

    fn notice(&self, maintenance: &maintenance::Maintenance, notice: &Notice) -> Update {
        Update {
            id: id::stable(id::Kind::Update, &format!("{} {}", maintenance.id, notice.number)),
            status: word(notice.stage),
            body: wording::text(maintenance, notice, &self.words),
            incident_id: maintenance.id.to_string(),
            created_at: notice.at,
            updated_at: notice.at,
            display_at: notice.at,
            affected_components: None,
            deliver_notifications: true,
            custom_tweet: None,
            tweet_id: None,
        }
    }

    fn concerned(&self, maintenance: &maintenance::Maintenance) -> Vec<Component> {
        let scope = &maintenance.scope;
        let covers = |component: &&Arc<ComponentView>| scope.covers(&component.id, component.group.as_ref());
        let concerned = self.snapshot.components.iter().filter(covers);
        concerned.map(|component| self.component(component)).collect()
    }
}

/// Statuspage has no word for what will not be; its clients refuse words that they do not know. What was said last says it.
fn word(stage: MaintenanceStage) -> &'static str {
    match stage {
        MaintenanceStage::Scheduled
        | MaintenanceStage::InProgress
        | MaintenanceStage::Verifying
        | MaintenanceStage::Completed => stage.word(),
        MaintenanceStage::Cancelled => MaintenanceStage::Completed.word(),
    }
}
