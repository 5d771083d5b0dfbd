//! The documents as strict clients read them.

use std::{collections::BTreeSet, time::Duration};

use serde_json::Value;
use shared::{Language, Status, Timestamp};

use super::*;
use crate::{server::stage, snapshot::Snapshot};

mod contract;
mod incidents;
mod strict;

fn now() -> Timestamp {
    "2026-11-22T13:00:00Z".parse().expect("a time")
}

fn summary(snapshot: &Snapshot, language: Language) -> Value {
    let base = "https://status.example.org".parse().expect("a URL");
    serde_json::to_value(View::new(snapshot, language, &base).summary()).expect("it serialises")
}

fn first_is(status: Status) -> Snapshot {
    stage::with_first(stage::snapshot(now()), |component| component.status = status)
}

/// The first component's proof ran out at five past two in Paris.
fn stale() -> Snapshot {
    stage::with_first(stage::snapshot(now().plus(Duration::from_secs(600))), |component| {
        component.status = Status::Unknown;
        component.since = now().plus(Duration::from_secs(300));
        component.last_result_at = Some(now().plus(Duration::from_secs(300)));
        component.stale_at = None;
    })
}

#[test]
fn the_summary_has_every_field_that_clients_read() {
    insta::assert_json_snapshot!(summary(&stage::snapshot(now()), Language::En));
}

#[test]
fn what_is_not_verified_is_a_legal_word_an_incident_and_never_green() {
    insta::assert_json_snapshot!(summary(&stale(), Language::Fr));
}

#[test]
fn the_worst_component_speaks_for_the_whole_in_words_that_every_client_knows() {
    let check = |status: Status, indicator: &str, description: &str| {
        let summary = summary(&first_is(status), Language::En);
        assert_eq!(summary["status"]["indicator"], indicator, "{status}");
        assert_eq!(summary["status"]["description"], description, "{status}");
    };
    check(Status::Operational, "none", "All Systems Operational");
    check(Status::UnderMaintenance, "minor", "Service Under Maintenance");
    check(Status::Unknown, "minor", "Monitoring interrupted: the present state is not verified");
    check(Status::DegradedPerformance, "minor", "Partially Degraded Service");
    check(Status::PartialOutage, "major", "Partial System Outage");
    check(Status::MajorOutage, "critical", "Major Service Outage");
}

#[test]
fn a_first_check_under_way_is_neither_green_nor_an_interruption() {
    let pending = stage::with_first(stage::snapshot(now()), |component| {
        component.status = Status::Unknown;
        component.last_result_at = None;
    });
    let summary = summary(&pending, Language::Fr);
    assert_eq!(summary["status"]["description"], "Première vérification en cours");
    assert_eq!(summary["x_monitor"]["state"], "pending");
    assert_eq!(summary["incidents"], Value::Array(vec![]));
}

#[test]
fn a_page_that_watches_nothing_is_not_green() {
    let mut empty = stage::snapshot(now());
    empty.components.clear();
    let summary = summary(&empty, Language::En);
    assert_eq!(summary["status"]["indicator"], "minor");
    assert_eq!(summary["components"], Value::Array(vec![]));
}

#[test]
fn every_word_is_one_that_strict_clients_know() {
    let known = ["operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"];
    for status in Status::ALL {
        let summary = summary(&first_is(status), Language::Fr);
        let components = summary["components"].as_array().expect("a list").clone();
        assert!(components.iter().all(|c| known.contains(&c["status"].as_str().expect("a word"))), "{status}");
        let ids: BTreeSet<_> = components.iter().map(|c| c["id"].as_str().expect("an id")).collect();
        assert_eq!(ids.len(), components.len());
    }
}

#[test]
fn a_group_comes_before_its_members_and_is_as_bad_as_the_worst() {
    let summary = summary(&first_is(Status::MajorOutage), Language::En);
    let components = summary["components"].as_array().expect("a list");
    let group = &components[0];
    assert_eq!(
        (&group["group"], &group["name"], &group["status"]),
        (&true.into(), &"Office".into(), &"major_outage".into())
    );
    assert_eq!(group["components"], Value::Array(vec![components[1]["id"].clone(), components[2]["id"].clone()]));
    assert_eq!(components[1]["group_id"], group["id"]);
    assert_eq!(components[3]["group_id"], Value::Null);
    let positions: Vec<_> =
        components.iter().map(|component| component["position"].as_u64().expect("a number")).collect();
    assert_eq!(positions, [1, 1, 2, 2]);
}
