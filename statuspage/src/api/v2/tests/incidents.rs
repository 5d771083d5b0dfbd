//! Incidents and maintenance as strict clients read them.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::{strict, *};
use crate::{
    incident::{Incident, blindness, sample},
    maintenance::sample as works,
};

/// One that is open and two that are over; maintenance to come, under way and over.
pub(super) fn eventful() -> Snapshot {
    let mut snapshot = stage::snapshot(now());
    let mut storm = sample::storm();
    storm.components.retain(|id, _| !id.as_str().starts_with("service"));
    storm.updates.iter_mut().for_each(|update| update.affected.truncate(1));
    snapshot.incidents = Arc::new([storm, sample::relapse(), sample::settled()].map(Arc::new).into());
    snapshot.maintenances = Arc::new([works::planned(), works::running(), works::over()].map(Arc::new).into());
    snapshot
}

fn with(incidents: Vec<Incident>) -> Snapshot {
    let mut snapshot = stage::snapshot(now());
    snapshot.incidents = Arc::new(incidents.into_iter().map(Arc::new).collect());
    snapshot
}

fn read<T: DeserializeOwned>(snapshot: &Snapshot, document: impl Fn(&View<'_>) -> Value) -> T {
    let base = "https://status.example.org/".parse().expect("a URL");
    let value = document(&View::new(snapshot, Language::Fr, &base));
    serde_json::from_value(value.clone()).unwrap_or_else(|fault| panic!("{fault}: {value:#}"))
}

fn json(value: impl serde::Serialize) -> Value {
    serde_json::to_value(value).expect("it serialises")
}

fn ids(incidents: &[strict::Incident]) -> Vec<&str> {
    incidents.iter().map(|incident| incident.id.0.as_str()).collect()
}

fn planned(works: &strict::Maintenances) -> Vec<&str> {
    works.scheduled_maintenances.iter().map(|work| work.id.0.as_str()).collect()
}

#[test]
fn a_reader_that_forgives_nothing_reads_every_document() {
    for snapshot in [eventful(), stale(), stage::snapshot(now())] {
        let _: strict::Summary = read(&snapshot, |view| json(view.summary()));
        let _: strict::Incidents = read(&snapshot, |view| json(view.incidents()));
        let _: strict::Incidents = read(&snapshot, |view| json(view.unresolved_incidents()));
        let _: strict::Maintenances = read(&snapshot, |view| json(view.maintenances()));
        for incident in snapshot.incidents.iter() {
            let one = |view: &View<'_>| json(view.one(incident.id.as_str()))["incident"].clone();
            let _: strict::Incident = read(&snapshot, one);
        }
        for work in snapshot.maintenances.iter() {
            let _: strict::Maintenance = read(&snapshot, |view| json(view.one(work.id.as_str()))["incident"].clone());
        }
    }
}

#[test]
fn each_list_has_what_its_name_says() {
    let snapshot = eventful();
    let all: strict::Incidents = read(&snapshot, |view| json(view.incidents()));
    assert_eq!(ids(&all.incidents), ["kctbh9vrtdwd", "zzzz00001111", "a1b2c3d4e5f6"]);
    let open: strict::Incidents = read(&snapshot, |view| json(view.unresolved_incidents()));
    assert_eq!(ids(&open.incidents), ["kctbh9vrtdwd"]);
    let summary: strict::Summary = read(&snapshot, |view| json(view.summary()));
    assert_eq!(ids(&summary.incidents), ["kctbh9vrtdwd"]);
    assert_eq!(summary.scheduled_maintenances.len(), 2);
    let check = |document: fn(&View<'_>) -> Value, expected: &[&str]| {
        assert_eq!(planned(&read(&snapshot, document)), expected);
    };
    check(|view| json(view.maintenances()), &["m00000000001", "m00000000002", "m00000000003"]);
    check(|view| json(view.upcoming_maintenances()), &["m00000000001"]);
    check(|view| json(view.active_maintenances()), &["m00000000002"]);
}

#[test]
fn the_newest_update_comes_first_and_there_always_is_one() {
    let mut snapshot = eventful();
    let mut silent = works::planned();
    silent.updates.clear();
    snapshot.maintenances = Arc::new(vec![Arc::new(silent)]);
    let all: strict::Incidents = read(&snapshot, |view| json(view.incidents()));
    for incident in &all.incidents {
        assert!(incident.incident_updates.is_sorted_by(|newer, older| newer.display_at >= older.display_at));
        assert!(incident.incident_updates.iter().all(|update| update.incident_id == incident.id));
    }
    let works: strict::Maintenances = read(&snapshot, |view| json(view.maintenances()));
    let updates = &works.scheduled_maintenances[0].incident_updates;
    assert_eq!(updates.len(), 1);
    assert!(updates[0].body.starts_with("Prévue"), "{}", updates[0].body);
}

#[test]
fn a_list_has_fifty_at_most() {
    let many = (0..70).map(|i| Incident { id: format!("{i:012}").parse().expect("an id"), ..sample::settled() });
    let all: strict::Incidents = read(&with(many.collect()), |view| json(view.incidents()));
    assert_eq!(all.incidents.len(), 50);
    assert_eq!(all.incidents[0].id.0, "000000000000", "the newest stay");
}

#[test]
fn an_incident_is_told_with_every_field() {
    let base = "https://status.example.org".parse().expect("a URL");
    let snapshot = eventful();
    let view = View::new(&snapshot, Language::En, &base);
    let mut told = json(view.one("kctbh9vrtdwd"));
    // What components look like is shown elsewhere.
    told["incident"]["components"].as_array_mut().expect("a list").truncate(1);
    insta::assert_json_snapshot!("an_incident", told);
    let mut work = json(view.one("m00000000002"));
    work["incident"]["components"] = Value::Null;
    insta::assert_json_snapshot!("a_maintenance", work);
    assert!(view.one("nothing00000").is_none());
}

#[test]
fn what_is_blind_is_an_incident_of_its_own_before_all_others() {
    let mut snapshot = stale();
    snapshot.incidents = eventful().incidents;
    let id = blindness::of(&snapshot).expect("something is blind").id.to_string();
    let open: strict::Incidents = read(&snapshot, |view| json(view.unresolved_incidents()));
    assert_eq!(ids(&open.incidents), [id.as_str(), "kctbh9vrtdwd"]);
    let one: strict::Incident = read(&snapshot, |view| json(view.one(&id))["incident"].clone());
    assert_eq!(one.name, "Surveillance interrompue");
}

#[test]
fn a_component_that_is_watched_no_more_keeps_its_place_in_the_past() {
    let mut gone = sample::settled();
    gone.components.insert("gone".parse().expect("an id"), sample::part("Gone", gone.times.started_at, None));
    let all: strict::Incidents = read(&with(vec![gone]), |view| json(view.incidents()));
    assert_eq!(all.incidents[0].components.len(), 2);
}
