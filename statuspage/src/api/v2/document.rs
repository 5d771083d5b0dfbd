//! The shapes of Statuspage's documents, field by field.
//!
//! It does not know where the values come from.

use serde::Serialize;
use shared::{MaintenanceStage, Status, Timestamp};

/// The word of a component's status among the five that clients know.
pub(super) fn word(status: Status) -> &'static str {
    match status {
        // There is no word for it; green would be a lie.
        Status::Unknown => Status::DegradedPerformance.word(),
        Status::Operational
        | Status::UnderMaintenance
        | Status::DegradedPerformance
        | Status::PartialOutage
        | Status::MajorOutage => status.word(),
    }
}

/// `summary.json`.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    pub(super) page: Page,
    pub(super) components: Vec<Listed>,
    pub(super) incidents: Vec<Incident>,
    pub(super) scheduled_maintenances: Vec<Maintenance>,
    pub(super) status: Overall,
    pub(super) x_monitor: Monitor,
}

/// `status.json`.
#[derive(Debug, Serialize)]
pub(crate) struct StatusOnly {
    pub(super) page: Page,
    pub(super) status: Overall,
    pub(super) x_monitor: Monitor,
}

/// `components.json`.
#[derive(Debug, Serialize)]
pub(crate) struct Components {
    pub(super) page: Page,
    pub(super) components: Vec<Listed>,
}

/// The page itself.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) url: String,
    pub(super) time_zone: String,
    pub(super) updated_at: Timestamp,
}

/// The state of everything.
#[derive(Debug, Serialize)]
pub(super) struct Overall {
    pub(super) indicator: Indicator,
    pub(super) description: String,
}

/// How bad it is: the four that every client knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Indicator {
    None,
    Minor,
    Major,
    Critical,
}

/// What our monitoring knows of what stands beside it; not Statuspage's.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Monitor {
    pub(super) state: MonitorState,
    pub(super) last_result_at: Option<Timestamp>,
    pub(super) stale_at: Option<Timestamp>,
    /// What is measured, where `status` is that or what operators say, whichever is worse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) measured_status: Option<&'static str>,
}

/// Whether a state rests on proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum MonitorState {
    /// It does.
    Fresh,
    /// There is no result yet.
    Pending,
    /// It did, too long ago.
    Stale,
}

/// An element of `components`.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Listed {
    Group(Group),
    Component(Component),
}

/// A component with `group: true` and the ids of its members.
#[derive(Debug, Serialize)]
pub(super) struct Group {
    #[serde(flatten)]
    pub(super) component: Component,
    pub(super) components: Vec<String>,
}

/// A component or a group.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Component {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) status: &'static str,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) position: usize,
    pub(super) description: Option<String>,
    pub(super) showcase: bool,
    pub(super) start_date: Option<String>,
    pub(super) group_id: Option<String>,
    pub(super) page_id: String,
    pub(super) group: bool,
    pub(super) only_show_if_degraded: bool,
    pub(super) x_monitor: Monitor,
}

/// `incidents.json` and `incidents/unresolved.json`.
#[derive(Debug, Serialize)]
pub(crate) struct Incidents {
    pub(super) page: Page,
    pub(super) incidents: Vec<Incident>,
}

/// `incidents/{id}.json`: an incident or a maintenance.
#[derive(Debug, Serialize)]
pub(crate) struct One {
    pub(super) page: Page,
    pub(super) incident: Either,
}

/// What is found under one address.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Either {
    Incident(Box<Incident>),
    Maintenance(Box<Maintenance>),
}

/// `scheduled-maintenances.json` and what is below it.
#[derive(Debug, Serialize)]
pub(crate) struct Maintenances {
    pub(super) page: Page,
    pub(super) scheduled_maintenances: Vec<Maintenance>,
}

/// The `impact` of an incident or a maintenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Impact {
    None,
    Minor,
    Major,
    Critical,
    Maintenance,
}

/// An incident.
#[derive(Debug, Serialize)]
pub(super) struct Incident {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) status: &'static str,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) monitoring_at: Option<Timestamp>,
    pub(super) resolved_at: Option<Timestamp>,
    pub(super) impact: Impact,
    pub(super) shortlink: String,
    pub(super) started_at: Timestamp,
    pub(super) page_id: String,
    pub(super) incident_updates: Vec<Update>,
    pub(super) components: Vec<Component>,
    pub(super) reminder_intervals: Option<String>,
    #[serde(flatten)]
    pub(super) postmortem: Postmortem,
}

/// What the post-mortem says once it is published; until then nothing.
#[derive(Debug, Default, Serialize)]
pub(super) struct Postmortem {
    pub(super) postmortem_body: Option<String>,
    pub(super) postmortem_body_last_updated_at: Option<Timestamp>,
    pub(super) postmortem_ignored: bool,
    pub(super) postmortem_published_at: Option<Timestamp>,
    pub(super) postmortem_notified_subscribers: bool,
    pub(super) postmortem_notified_twitter: bool,
}

/// A maintenance: an incident with its times.
#[derive(Debug, Serialize)]
pub(super) struct Maintenance {
    #[serde(flatten)]
    pub(super) incident: Incident,
    pub(super) scheduled_for: Timestamp,
    pub(super) scheduled_until: Timestamp,
    /// The truth, where Statuspage has no word for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) x_monitor: Option<Planned>,
}

/// How far a maintenance really is.
#[derive(Debug, Serialize)]
pub(super) struct Planned {
    pub(super) state: MaintenanceStage,
}

/// One update of an incident.
#[derive(Debug, Serialize)]
pub(super) struct Update {
    pub(super) id: String,
    pub(super) status: &'static str,
    pub(super) body: String,
    pub(super) incident_id: String,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) display_at: Timestamp,
    pub(super) affected_components: Option<Vec<Affected>>,
    pub(super) deliver_notifications: bool,
    pub(super) custom_tweet: Option<String>,
    pub(super) tweet_id: Option<String>,
}

/// What an update says of a component.
#[derive(Debug, Serialize)]
pub(super) struct Affected {
    pub(super) code: String,
    /// "Group - Component".
    pub(super) name: String,
    pub(super) old_status: &'static str,
    pub(super) new_status: &'static str,
}
