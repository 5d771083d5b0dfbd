//! The contract field by field: each object has these keys and no others, and what they hold means what clients take it for.

use std::{collections::BTreeMap, sync::Arc};

use super::{incidents::eventful, *};
use crate::{
    incident::{Incident, sample},
    postmortem::Field,
};

const PAGE: &[&str] = &["id", "name", "url", "time_zone", "updated_at"];
const STATUS: &[&str] = &["indicator", "description"];
const COMPONENT: &[&str] = &[
    "id",
    "name",
    "status",
    "created_at",
    "updated_at",
    "position",
    "description",
    "showcase",
    "start_date",
    "group_id",
    "page_id",
    "group",
    "only_show_if_degraded",
];
const INCIDENT: &[&str] = &[
    "id",
    "name",
    "status",
    "created_at",
    "updated_at",
    "monitoring_at",
    "resolved_at",
    "impact",
    "shortlink",
    "started_at",
    "page_id",
    "incident_updates",
    "components",
    "postmortem_body",
    "postmortem_body_last_updated_at",
    "postmortem_ignored",
    "postmortem_published_at",
    "postmortem_notified_subscribers",
    "postmortem_notified_twitter",
    "reminder_intervals",
];
const UPDATE: &[&str] = &[
    "id",
    "status",
    "body",
    "incident_id",
    "created_at",
    "updated_at",
    "display_at",
    "affected_components",
    "deliver_notifications",
    "custom_tweet",
    "tweet_id",
];
const AFFECTED: &[&str] = &["code", "name", "old_status", "new_status"];

fn view(snapshot: &Snapshot, ask: impl Fn(&View<'_>) -> Value) -> Value {
    let base = "https://status.example.org/".parse().expect("a URL");
    ask(&View::new(snapshot, Language::En, &base))
}

fn json(value: impl serde::Serialize) -> Value {
    serde_json::to_value(value).expect("it serialises")
}

/// The keys of an object, but for the one of ours that clients ignore.
fn keys(object: &Value) -> BTreeSet<&str> {
    let object = object.as_object().expect("an object");
    object.keys().map(String::as_str).filter(|key| *key != "x_monitor").collect()
}

fn check(object: &Value, fields: &[&[&str]]) {
    assert_eq!(keys(object), fields.iter().copied().flatten().copied().collect(), "{object:#}");
}

fn list<'a>(object: &'a Value, key: &str) -> &'a [Value] {
    object[key].as_array().map(Vec::as_slice).unwrap_or_else(|| panic!("{key} is a list: {object:#}"))
}

fn documents(snapshot: &Snapshot) -> Vec<(&'static str, Value, &'static [&'static str])> {
    let document = |ask: fn(&View<'_>) -> Value| view(snapshot, ask);
    vec![
        (
            "summary",
            document(|view| json(view.summary())),
            &["page", "components", "incidents", "scheduled_maintenances", "status"],
        ),
        ("status", document(|view| json(view.status())), &["page", "status"]),
        ("components", document(|view| json(view.components())), &["page", "components"]),
        ("incidents", document(|view| json(view.incidents())), &["page", "incidents"]),
        ("incidents/unresolved", document(|view| json(view.unresolved_incidents())), &["page", "incidents"]),
        ("scheduled-maintenances", document(|view| json(view.maintenances())), &["page", "scheduled_maintenances"]),
        ("…/upcoming", document(|view| json(view.upcoming_maintenances())), &["page", "scheduled_maintenances"]),
        ("…/active", document(|view| json(view.active_maintenances())), &["page", "scheduled_maintenances"]),
    ]
}

fn check_component(component: &Value) {
    let members: &[&str] = if component["group"] == true { &["components"] } else { &[] };
    check(component, &[COMPONENT, members]);
}

fn check_incident(incident: &Value, more: &[&str]) {
    check(incident, &[INCIDENT, more]);
    let (id, updates) = (&incident["id"], list(incident, "incident_updates"));
    assert!(!updates.is_empty(), "clients fail on an incident without updates");
    assert_eq!(incident["shortlink"], format!("https://status.example.org/incidents/{}", id.as_str().expect("an id")));
    list(incident, "components").iter().for_each(check_component);
    for update in updates {
        check(update, &[UPDATE]);
        assert_eq!(update["incident_id"], *id);
        for affected in update["affected_components"].as_array().into_iter().flatten() {
            check(affected, &[AFFECTED]);
        }
    }
}

#[test]
fn every_document_has_the_fields_of_the_contract_and_no_others() {
    for snapshot in [eventful(), analysed(), stage::snapshot(now())] {
        for (name, document, top) in documents(&snapshot) {
            assert_eq!(keys(&document), top.iter().copied().collect(), "{name}");
            check(&document["page"], &[PAGE]);
            if top.contains(&"status") {
                check(&document["status"], &[STATUS]);
            }
            let all = |key| if top.contains(&key) { list(&document, key) } else { &[] };
            all("components").iter().for_each(check_component);
            all("incidents").iter().for_each(|incident| check_incident(incident, &[]));
            let works = all("scheduled_maintenances");
            works.iter().for_each(|work| check_incident(work, &["scheduled_for", "scheduled_until"]));
        }
    }
}

#[test]
fn the_page_says_who_where_and_when_as_clients_parse_it() {
    let page = view(&stage::snapshot(now()), |view| json(view.status()))["page"].clone();
    assert_eq!((&page["url"], &page["time_zone"]), (&"https://status.example.org".into(), &"Europe/Paris".into()));
    assert_eq!(page["updated_at"], "2026-11-22T13:00:00.000Z", "RFC 3339 with milliseconds and zone");
    let id = page["id"].as_str().expect("an id");
    assert!(id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{id}");
}

#[test]
fn a_component_is_the_same_wherever_it_stands() {
    for snapshot in [eventful(), stale()] {
        let summary = view(&snapshot, |view| json(view.summary()));
        let known: BTreeMap<_, _> =
            list(&summary, "components").iter().map(|component| (component["id"].to_string(), component)).collect();
        let told = ["incidents", "scheduled_maintenances"].into_iter().flat_map(|key| list(&summary, key));
        for component in told.flat_map(|incident| list(incident, "components")) {
            if let Some(known) = known.get(&component["id"].to_string()) {
                assert_eq!(component, *known);
            }
        }
    }
}

#[test]
fn an_update_says_what_changed_from_what_to_what() {
    let incidents = view(&eventful(), |view| json(view.incidents()));
    let updates = list(&list(&incidents, "incidents")[2], "incident_updates");
    let changed = |update: &Value| {
        let one = &update["affected_components"][0];
        [&one["name"], &one["old_status"], &one["new_status"]].map(|value| value.as_str().unwrap_or("-").to_owned())
    };
    let told: Vec<_> = updates.iter().map(changed).collect();
    let name = "Espaces de travail - Forum";
    assert_eq!(told, [["-", "-", "-"], [name, "major_outage", "operational"], [name, "operational", "major_outage"]]);
}

/// The one that is over has a public post-mortem, and its return shares it.
fn analysed() -> Snapshot {
    let mut snapshot = eventful();
    let (mut settled, published_at) = (sample::settled(), now().minus(Duration::from_secs(3_600)));
    settled.postmortem.fields = [(Field::Cause, sample::both("Le disque.", "The disk."))].into();
    settled.postmortem.published_at = Some(published_at);
    settled.postmortem.edited_at = Some(published_at);
    snapshot.incidents = Arc::new([sample::storm(), sample::relapse(), settled].map(Arc::new).into());
    snapshot
}

#[test]
fn a_post_mortem_is_told_once_it_is_published_and_no_more_once_it_is_withdrawn() {
    let incident = |snapshot: &Snapshot, id: &str| view(snapshot, |view| json(view.one(id)))["incident"].clone();
    let mut snapshot = analysed();
    for id in ["a1b2c3d4e5f6", "zzzz00001111"] {
        let told = incident(&snapshot, id);
        assert_eq!(
            (&told["status"], &told["incident_updates"][0]["status"]),
            (&"postmortem".into(), &"postmortem".into())
        );
        assert_eq!(told["postmortem_published_at"], "2026-11-22T12:00:00.000Z");
        assert_eq!(told["postmortem_body_last_updated_at"], "2026-11-22T12:00:00.000Z");
        let body = told["postmortem_body"].as_str().expect("Markdown");
        assert!(body.starts_with("# ") && body.contains("The disk.") && !body.contains("Suggestions"), "{body}");
        let said = told["incident_updates"][0]["body"].as_str().expect("words").to_owned();
        assert!(said.contains(&format!("https://status.example.org/incidents/{id}/postmortem")), "{said}");
        assert!(!told["resolved_at"].is_null());
    }
    let withdrawn = Incident { postmortem: Default::default(), ..sample::settled() };
    snapshot.incidents = Arc::new([sample::storm(), sample::relapse(), withdrawn].map(Arc::new).into());
    let told = incident(&snapshot, "a1b2c3d4e5f6");
    assert_eq!((&told["status"], &told["incident_updates"][0]["status"]), (&"resolved".into(), &"resolved".into()));
    for field in INCIDENT.iter().filter(|field| field.starts_with("postmortem_")) {
        assert!([Value::Null, Value::Bool(false)].contains(&told[*field]), "{field}: {}", told[*field]);
    }
}

#[test]
fn years_of_maintenance_on_everything_stay_small_enough_to_be_read() {
    use crate::maintenance::{Scope, sample as works};
    let mut snapshot = stage::snapshot(now());
    let component = Arc::clone(&snapshot.components[0]);
    let named = |i: u32| ComponentView { id: format!("c{i}").parse().expect("an id"), ..component.as_ref().clone() };
    snapshot.components = (0..1_000).map(|i| Arc::new(named(i))).collect();
    let nightly = (0..60).map(|i| {
        let id = format!("{i:012}").parse().expect("an id");
        Arc::new(crate::maintenance::Maintenance { id, scope: Scope::All, ..works::over() })
    });
    snapshot.maintenances = Arc::new(nightly.collect());
    let all = view(&snapshot, |view| json(view.maintenances()));
    let listed: Vec<_> =
        list(&all, "scheduled_maintenances").iter().map(|work| list(work, "components").len()).collect();
    assert_eq!((listed.len(), listed.iter().sum::<usize>(), listed[0]), (50, 2_000, 1_000));
    let one = view(&snapshot, |view| json(view.one("000000000059")));
    assert_eq!(list(&one["incident"], "components").len(), 1_000);
}
