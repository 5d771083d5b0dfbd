//! What is written is what is read: round trips, pages, order, retention.

use std::time::Duration;

use shared::Timestamp;

use super::{
    super::{Changes, Ledger, ObservationQuery, RecordKey},
    Durability, StoreState, base, believe_the_clock, bytes, close, everything, id, observation, observations, open,
    options, read_all,
};
use crate::{
    history::Unit,
    notify::{Event, FaultKind, Kind, Matter, Notification, Subject},
    store::{RollupQuery, Store, StoreOptions},
};

fn changes(start: Timestamp) -> Changes {
    let ledger = |start| Ledger { component: id("cloud"), start, body: bytes("ledger") };
    let event = Event {
        subject: Subject::Incident(Box::new(Matter::outage(id("cloud"), "Nextcloud".into(), start))),
        detected_at: start,
        kind: Kind::Down { since: start, cause: None },
    };
    Changes {
        components: vec![(id("cloud"), bytes("state")), (id("chat"), bytes(""))],
        hours: vec![ledger(start)],
        days: vec![ledger(start)],
        notifications: vec![Notification::new(&"phone".parse().expect("a name"), &event)],
        records: vec![
            (RecordKey::Outage(id("cloud")), Some(bytes("outage"))),
            (RecordKey::Fault(FaultKind::NoSpace.into()), None),
        ],
        documents: vec![(
            "roster",
            (0..200_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect::<Vec<_>>().into(),
        )],
        ..Changes::default()
    }
}

#[tokio::test]
async fn a_restart_shows_the_same() {
    let dir = tempfile::tempdir().expect("a directory");
    let (start, opened) = (base(), open(dir.path()));
    let rows = observations(start, 0..1_200);
    assert_eq!(opened.handle.append(rows.clone()).await, Durability::Synced);
    assert_eq!(opened.handle.apply(changes(start)).await, Durability::Synced);
    assert_eq!(opened.handle.state(), StoreState::Synced);
    close(opened.handle).await;
    let blobs = std::fs::read_dir(dir.path().join("store/blobs")).expect("there").count();
    assert_eq!(blobs, 0, "sled never syncs what it writes into files of their own");

    let again = open(dir.path());
    let written = changes(start);
    assert_eq!(read_all(&again.handle).await, rows);
    assert_eq!(again.restored.components.len(), 2);
    assert!(again.restored.components.iter().all(|row| written.components.contains(row)));
    assert_eq!(again.restored.hours, written.hours);
    assert_eq!(again.restored.days, written.days);
    assert_eq!(again.restored.notifications, written.notifications);
    assert_eq!(again.restored.documents["roster"], written.documents[0].1);
    assert_eq!(again.restored.records, [(RecordKey::Outage(id("cloud")), bytes("outage"))].into());
    let failures: Vec<_> = rows.iter().rev().filter(|row| row.failure.is_some()).take(20).cloned().collect();
    assert_eq!(again.restored.last_failures[&id("cloud")], failures);
    assert_eq!(again.restored.faults, []);
    close(again.handle).await;
}

#[tokio::test]
async fn the_last_change_of_a_key_counts_and_a_removed_one_is_gone() {
    let dir = tempfile::tempdir().expect("a directory");
    let (start, handle) = (base(), open(dir.path()).handle);
    handle.apply(changes(start)).await;
    let shorter = Changes {
        documents: vec![("roster", bytes("short"))],
        records: vec![(RecordKey::Outage(id("cloud")), None)],
        forget_components: vec![id("chat")],
        forget_notifications: vec![changes(start).notifications[0].id.clone()],
        ..Changes::default()
    };
    assert_eq!(handle.apply(shorter).await, Durability::Synced);
    close(handle).await;
    let again = open(dir.path());
    assert_eq!(again.restored.documents["roster"], bytes("short"));
    assert_eq!(again.restored.components, [(id("cloud"), bytes("state"))]);
    assert_eq!(again.restored.notifications, []);
    assert_eq!(again.restored.records, [].into());
    assert_eq!(again.handle.counters().corrupt_rows, 0, "no part of the longer document was left behind");
}

#[tokio::test]
async fn the_same_observation_twice_is_one() {
    let dir = tempfile::tempdir().expect("a directory");
    let (start, handle) = (base(), open(dir.path()).handle);
    for _ in 0..2 {
        assert_eq!(handle.append(observations(start, 0..5)).await, Durability::Synced);
    }
    assert_eq!(read_all(&handle).await.len(), 5);
}

#[tokio::test]
async fn pages_go_on_where_they_ended_while_rows_are_added() {
    let dir = tempfile::tempdir().expect("a directory");
    let (start, handle) = (base(), open(dir.path()).handle);
    handle.append(observations(start, 10..20)).await;
    let mut query = ObservationQuery { limit: 4, ..everything() };
    let first = handle.observations(query.clone()).await.expect("answers");
    assert_eq!(first.observations, observations(start, 10..14));
    handle.append(observations(start, 0..5)).await;
    handle.append(observations(start, 20..22)).await;
    let text = first.next.expect("there is more").to_string();
    query.cursor = Some(text.parse().expect("a cursor reads back"));
    query.limit = 100;
    let rest = handle.observations(query).await.expect("answers");
    assert_eq!(rest.observations, observations(start, 14..22));
    assert_eq!(rest.next, None);
}

#[tokio::test]
async fn a_question_has_a_beginning_inside_and_an_end_outside() {
    let dir = tempfile::tempdir().expect("a directory");
    let (start, handle) = (base(), open(dir.path()).handle);
    handle.append(observations(start, 0..20)).await;
    let at = |second| Some(start.plus(Duration::from_secs(second)));
    let check = async |from, to, limit, expected: std::ops::Range<u64>| {
        let query = ObservationQuery { from, to, limit, ..everything() };
        let page = handle.observations(query).await.expect("answers");
        assert_eq!(page.observations, observations(start, expected.clone()), "{from:?} {to:?} {limit}");
    };
    check(at(5), at(8), 100, 5..8).await;
    check(at(5), None, 2, 5..7).await;
    check(None, None, 3, 17..20).await;
    check(None, at(10), 3, 7..10).await;
    check(at(8), at(5), 100, 0..0).await;
    check(None, None, 0, 19..20).await;
    let stranger = ObservationQuery { component: id("clou"), ..everything() };
    assert_eq!(handle.observations(stranger).await.expect("answers").observations, []);
}

#[test]
fn what_is_no_cursor_is_refused() {
    for text in ["", "x", "AAAA", "é", "////"] {
        assert!(text.parse::<crate::store::Cursor>().is_err(), "{text:?}");
    }
}

#[tokio::test]
async fn what_is_older_than_the_retention_is_removed() {
    let dir = tempfile::tempdir().expect("a directory");
    let (old, new, handle) = (base(), crate::clock::now(), open(dir.path()).handle);
    handle.append(observations(old, 0..1_100)).await;
    handle.append(vec![observation(new, 0)]).await;
    close(handle).await;
    believe_the_clock(dir.path());

    let strict = StoreOptions {
        retention: Duration::from_secs(3_600),
        grace: Duration::ZERO,
        rest: Duration::from_millis(20),
        ..options()
    };
    let handle = Store::open(dir.path(), strict).expect("opens").handle;
    let all_gone = async {
        while handle.counters().pruned_observations < 1_100 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), all_gone).await.expect("old rows go");
    assert_eq!(read_all(&handle).await, [observation(new, 0)]);
    close(handle).await;
    let failures = open(dir.path()).restored.last_failures;
    assert_eq!(failures[&id("cloud")].len(), 20, "the newest failures stay as copies");
}

#[tokio::test]
async fn rollups_are_those_of_one_component_and_span_oldest_first() {
    let dir = tempfile::tempdir().expect("a directory");
    let (start, opened) = (base(), open(dir.path()));
    let hour = Duration::from_secs(3_600);
    let ledger = |component: &str, hours: u32| Ledger {
        component: id(component),
        start: start.plus(hour * hours),
        // Longer than one part of a row.
        body: vec![hours as u8; 100_000].into(),
    };
    let ids = ["a", "cloud", "cloud2", "zulu"];
    let hours: Vec<_> =
        (0..6).flat_map(|hours| ids.map(|id| ledger(id, hours))).filter(|row| row.start != start).collect();
    let days = vec![ledger("cloud", 0)];
    let changes = Changes { hours: hours.clone(), days: days.clone(), ..Changes::default() };
    assert_eq!(opened.handle.apply(changes).await, Durability::Synced);
    let ask = async |unit, from: u32, to: u32| {
        let (from, to) = (start.plus(hour * from), start.plus(hour * to));
        let query = RollupQuery { component: id("cloud"), formerly: vec![], unit, from, to };
        opened.handle.rollups(query).await.expect("it is open")
    };
    let expected: Vec<_> = hours.into_iter().filter(|row| row.component == id("cloud")).collect();
    assert_eq!(ask(Unit::Hours, 0, 9).await, expected);
    assert_eq!(ask(Unit::Hours, 2, 4).await, expected[1..3]);
    assert_eq!(ask(Unit::Hours, 0, 1).await, []);
    assert_eq!(ask(Unit::Days, 0, 1).await, days);
    close(opened.handle).await;
}
