//! Invented maintenance for tests: planned, under way, and over.
//!
//! It does not know what is said of it.

use shared::{MaintenanceStage, Text, Timestamp};

use super::{Maintenance, Notice, Scope};
use crate::incident::{
    Actor,
    sample::{both, time},
};

/// On everything, the night after next.
pub(crate) fn planned() -> Maintenance {
    let title = both("Mise à jour des serveurs", "Update of the servers");
    let mut planned = one("m00000000001", title, Scope::All, "2026-11-24T02:00:00Z", "2026-11-24T04:30:00Z");
    planned.description =
        both("Chaque service s’arrête quelques **minutes**.", "Each service stops for some **minutes**.");
    planned.updates = vec![notice(1, "2026-11-15T09:00:00Z", MaintenanceStage::Scheduled, None)];
    planned
}

/// On one component, now.
pub(crate) fn running() -> Maintenance {
    let title = both("Renouvellement des certificats", "Renewal of the certificates");
    let scope = Scope::Components(vec!["names".parse().expect("an id")]);
    let mut running = one("m00000000002", title, scope, "2026-11-22T13:00:00Z", "2026-11-22T15:00:00Z");
    running.stage = MaintenanceStage::InProgress;
    running.updates = vec![
        notice(1, "2026-11-18T09:00:00Z", MaintenanceStage::Scheduled, None),
        notice(2, "2026-11-22T13:00:00Z", MaintenanceStage::InProgress, None),
    ];
    running.updated_at = time("2026-11-22T13:00:00Z");
    running
}

/// On a group, last month.
pub(crate) fn over() -> Maintenance {
    let scope = Scope::Groups(vec!["Échanges".to_owned()]);
    let title = both("Déménagement du courriel", "Moving the mail");
    let mut over = one("m00000000003", title, scope, "2026-10-11T22:00:00Z", "2026-10-12T01:00:00Z");
    let said = both("Tout s’est passé comme prévu.", "All went as planned.");
    over.stage = MaintenanceStage::Completed;
    over.updates = vec![
        notice(1, "2026-10-01T09:00:00Z", MaintenanceStage::Scheduled, None),
        notice(2, "2026-10-11T22:00:00Z", MaintenanceStage::InProgress, None),
        notice(3, "2026-10-12T00:40:00Z", MaintenanceStage::Verifying, None),
        notice(4, "2026-10-12T01:00:00Z", MaintenanceStage::Completed, Some(said)),
    ];
    over.updated_at = time("2026-10-12T01:00:00Z");
    over
}

/// On everything, tomorrow, and taken back.
pub(crate) fn cancelled() -> Maintenance {
    let title = both("Nouveaux disques", "New disks");
    let mut cancelled = one("m00000000004", title, Scope::All, "2026-11-23T20:00:00Z", "2026-11-23T21:00:00Z");
    cancelled.updates = vec![
        notice(1, "2026-11-18T09:00:00Z", MaintenanceStage::Scheduled, None),
        notice(2, "2026-11-22T12:00:00Z", MaintenanceStage::Cancelled, None),
    ];
    (cancelled.stage, cancelled.version) = (MaintenanceStage::Cancelled, 4);
    cancelled.cancelled_at = Some(time("2026-11-22T12:00:00Z"));
    cancelled.updated_at = time("2026-11-22T12:00:00Z");
    cancelled
}

fn notice(number: u32, at: &str, stage: MaintenanceStage, body: Option<Text>) -> Notice {
    Notice { number, at: time(at), stage, body }
}

fn one(id: &str, title: Text, scope: Scope, starts_at: &str, ends_at: &str) -> Maintenance {
    let created_at: Timestamp = time("2026-09-30T09:00:00Z");
    Maintenance {
        id: id.parse().expect("an id"),
        version: 3,
        title,
        description: Text::from(""),
        scope,
        starts_at: time(starts_at),
        ends_at: time(ends_at),
        stage: MaintenanceStage::Scheduled,
        created_at,
        updated_at: created_at,
        updates: Vec::new(),
        by: Actor::Operator("camille".to_owned()),
        plan: None,
        cancelled_at: None,
    }
}
