//! Statuspage's documents as a client reads them that forgives nothing: written from the published fields, not from our types.
//!
//! It does not know our code. `x_monitor` is the one field of ours that it lets pass.
#![expect(dead_code, reason = "that a field can be read is what is tested")]

use serde::Deserialize;
use serde_json::Value;
use shared::Timestamp;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Summary {
    page: Page,
    components: Vec<Component>,
    pub(super) incidents: Vec<Incident>,
    pub(super) scheduled_maintenances: Vec<Maintenance>,
    status: Status,
    x_monitor: Value,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Incidents {
    page: Page,
    pub(super) incidents: Vec<Incident>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Maintenances {
    page: Page,
    pub(super) scheduled_maintenances: Vec<Maintenance>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    id: Id,
    name: String,
    url: url::Url,
    time_zone: String,
    updated_at: Timestamp,
}

/// Twelve lower-case alphanumerics.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Id(pub(super) String);

impl TryFrom<String> for Id {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let fits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if fits { Ok(Self(text)) } else { Err(format!("{text} is no id")) }
    }
}

/// `2026-11-22`.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Day(jiff::civil::Date);

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| format!("{text} is no day"))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Status {
    indicator: Indicator,
    description: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Indicator {
    None,
    Minor,
    Major,
    Critical,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Impact {
    None,
    Minor,
    Major,
    Critical,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ComponentStatus {
    Operational,
    DegradedPerformance,
    PartialOutage,
    MajorOutage,
    UnderMaintenance,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Component {
    id: Id,
    name: String,
    status: ComponentStatus,
    created_at: Timestamp,
    updated_at: Timestamp,
    position: u32,
    description: Option<String>,
    showcase: bool,
    start_date: Option<Day>,
    group_id: Option<Id>,
    page_id: Id,
    group: bool,
    only_show_if_degraded: bool,
    components: Option<Vec<Id>>,
    x_monitor: Value,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum IncidentStatus {
    Investigating,
    Identified,
    Monitoring,
    Resolved,
    Postmortem,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum MaintenanceStatus {
    Scheduled,
    InProgress,
    Verifying,
    Completed,
}

/// The fields that incidents and maintenance share; serde cannot flatten what denies the unknown, so a macro writes them twice.
macro_rules! told {
    ($name:ident, $update:ident, $status:ty, $impact:ty $(, $field:ident)*) => {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            pub(super) id: Id,
            pub(super) name: String,
            status: $status,
            created_at: Timestamp,
            updated_at: Timestamp,
            monitoring_at: Option<Timestamp>,
            resolved_at: Option<Timestamp>,
            impact: $impact,
            pub(super) shortlink: url::Url,
            started_at: Timestamp,
            page_id: Id,
            pub(super) incident_updates: Vec<$update>,
            pub(super) components: Vec<Component>,
            postmortem_body: Option<String>,
            postmortem_body_last_updated_at: Option<Timestamp>,
            postmortem_ignored: bool,
            postmortem_published_at: Option<Timestamp>,
            postmortem_notified_subscribers: bool,
            postmortem_notified_twitter: bool,
            reminder_intervals: Option<String>,
            $($field: Timestamp,)*
        }

        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $update {
            id: Id,
            status: $status,
            pub(super) body: String,
            pub(super) incident_id: Id,
            created_at: Timestamp,
            updated_at: Timestamp,
            pub(super) display_at: Timestamp,
            affected_components: Option<Vec<Affected>>,
            deliver_notifications: bool,
            custom_tweet: Option<String>,
            tweet_id: Option<u64>,
        }
    };
}

told!(Incident, IncidentUpdate, IncidentStatus, Impact);
told!(Maintenance, MaintenanceUpdate, MaintenanceStatus, Maintained, scheduled_for, scheduled_until);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Maintained {
    Maintenance,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Affected {
    code: Id,
    name: String,
    old_status: ComponentStatus,
    new_status: ComponentStatus,
}
