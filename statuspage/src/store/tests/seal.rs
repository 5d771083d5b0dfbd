//! Sealing: what is settled moves into block files, and nobody who reads notices.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    super::{Changes, Ledger, RollupQuery, StoreFault, StoreHandle, StoreOptions, directory::Directory, shelf::Shelf},
    Durability, Observation, StoreEvent, Timestamp, base, believe_the_clock, bytes, close, event, id, observations,
    open, options, read_all, restore,
};
use crate::{
    history::Unit,
    store::{Opened, Store, database::Files, key},
};

const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;

/// Hours are sealed as soon as they are over.
fn sealing() -> StoreOptions {
    StoreOptions { grace: Duration::ZERO, rest: Duration::from_millis(20), ..options() }
}

fn open_sealing(dir: &Path) -> Opened {
    Store::open(dir, sealing()).expect("opens")
}

/// The block files below `blocks/`, by their path.
fn files(dir: &Path) -> Vec<String> {
    fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => walk(&entry.path(), found),
                Ok(_) | Err(_) => found.push(entry.path()),
            }
        }
    }
    let mut found = Vec::new();
    let root = dir.join("blocks");
    walk(&root, &mut found);
    let below = |path: PathBuf| path.strip_prefix(&root).expect("below").display().to_string();
    let mut names: Vec<_> = found.into_iter().map(below).filter(|name| name.ends_with(".blk")).collect();
    names.sort();
    names
}

/// Rows of observations that the database holds, looked at while no store is open.
fn hot(dir: &Path) -> u64 {
    let shelf = Shelf::open(&Directory::acquire(dir).expect("ours"), Files::AsTheyAre).expect("opens");
    shelf.tallies().values().map(|tally| tally.present()).sum()
}

/// Waits until the files are as wanted and the database holds no row that is settled.
async fn until(dir: &Path, wanted: impl Fn(&[String]) -> bool) {
    let there = async {
        while !wanted(&files(dir)) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), there).await.unwrap_or_else(|_| panic!("only {:?}", files(dir)));
}

/// The path of the file of an hour.
fn hour_file(at: Timestamp) -> String {
    let text = at.to_string();
    format!("raw/{}/{}.blk", text[..10].replace('-', "/"), &text[11..13])
}

fn day_file(at: Timestamp) -> String {
    format!("raw/{}.blk", at.to_string()[..10].replace('-', "/"))
}

/// The beginning of an hour some hours ago; not today, when that would have its files joined.
fn hour() -> Timestamp {
    let base = base().as_millis();
    Timestamp::from_millis(base - base % 3_600_000)
}

async fn appended(handle: &StoreHandle, rows: Vec<std::sync::Arc<Observation>>) {
    for step in rows.chunks(500) {
        assert_eq!(handle.append(step.to_vec()).await, Durability::Synced);
    }
}

#[tokio::test]
async fn an_hour_that_is_over_moves_into_a_file_and_reads_as_before() {
    let dir = tempfile::tempdir().expect("a directory");
    let (opened, start) = (open_sealing(dir.path()), hour());
    appended(&opened.handle, observations(start, 0..2 * HOUR)).await;
    let files = [hour_file(start), hour_file(start.plus(Duration::from_secs(HOUR)))];
    let day = [day_file(start), day_file(start.plus(Duration::from_secs(HOUR)))];
    until(dir.path(), |there| (0..2).all(|n| there.contains(&files[n]) || there.contains(&day[n]))).await;
    assert_eq!(read_all(&opened.handle).await, observations(start, 0..2 * HOUR));
    close(opened.handle).await;

    let again = open_sealing(dir.path());
    assert_eq!(again.restored.faults, []);
    assert_eq!(read_all(&again.handle).await, observations(start, 0..2 * HOUR));
    until_cleared(again.handle, dir.path()).await;
    assert_eq!(hot(dir.path()), 0);
}

/// Lets the store finish what it is at, and closes it.
async fn until_cleared(handle: StoreHandle, dir: &Path) {
    let cleared = async {
        while handle.unsealed().await != Ok(0) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), cleared).await.unwrap_or_else(|_| panic!("rows stay in {dir:?}"));
    close(handle).await;
}

#[tokio::test]
async fn the_newest_failures_come_back_though_their_hour_is_sealed() {
    let dir = tempfile::tempdir().expect("a directory");
    let (opened, start) = (open_sealing(dir.path()), hour());
    appended(&opened.handle, observations(start, 0..HOUR)).await;
    until_cleared(opened.handle, dir.path()).await;
    let shelf = Shelf::open(&Directory::acquire(dir.path()).expect("ours"), Files::AsTheyAre).expect("opens");
    let failures = restore::failures(&shelf, &id("cloud")).expect("reads");
    assert_eq!(failures.len(), 20);
    assert_eq!(failures.first(), observations(start, HOUR - 1..HOUR).first());
    assert_eq!(shelf.components(key::Kind::Failure).expect("reads"), [id("cloud")]);
}

#[tokio::test]
async fn what_comes_late_or_twice_for_a_sealed_hour_is_there_once() {
    let dir = tempfile::tempdir().expect("a directory");
    let (opened, start) = (open_sealing(dir.path()), hour());
    appended(&opened.handle, observations(start, 0..100)).await;
    until_cleared(opened.handle, dir.path()).await;

    let again = open_sealing(dir.path());
    appended(&again.handle, observations(start, 50..150)).await;
    assert_eq!(read_all(&again.handle).await, observations(start, 0..150));
    until_cleared(again.handle, dir.path()).await;
    let last = open_sealing(dir.path());
    assert_eq!(read_all(&last.handle).await, observations(start, 0..150));
    close(last.handle).await;
}

#[tokio::test]
async fn rows_of_a_clock_that_ran_ahead_do_not_wait_for_their_time() {
    let dir = tempfile::tempdir().expect("a directory");
    let (opened, ahead) = (open_sealing(dir.path()), hour().plus(Duration::from_secs(400 * DAY)));
    appended(&opened.handle, observations(ahead, 0..20)).await;
    until(dir.path(), |there| there.contains(&hour_file(ahead))).await;
    assert_eq!(read_all(&opened.handle).await, observations(ahead, 0..20));
    close(opened.handle).await;
}

#[tokio::test]
async fn the_hours_of_a_day_that_is_over_become_one_file() {
    let dir = tempfile::tempdir().expect("a directory");
    let days_ago = crate::clock::now().as_millis() - 3 * 86_400_000;
    let start = Timestamp::from_millis(days_ago - days_ago % 86_400_000);
    let opened = open_sealing(dir.path());
    let rows: Vec<_> = (0..24).flat_map(|hour| observations(start, hour * HOUR..hour * HOUR + 50)).collect();
    appended(&opened.handle, rows.clone()).await;
    until(dir.path(), |there| there == [day_file(start)]).await;
    assert_eq!(read_all(&opened.handle).await, rows);
    close(opened.handle).await;
}

#[tokio::test]
async fn results_that_are_too_old_go_and_the_disk_has_its_space_again() {
    let dir = tempfile::tempdir().expect("a directory");
    let old = hour().minus(Duration::from_secs(40 * DAY));
    close(open(dir.path()).handle).await;
    believe_the_clock(dir.path());
    let opened = open_sealing(dir.path());
    appended(&opened.handle, observations(old, 0..100)).await;
    appended(&opened.handle, observations(hour(), 0..100)).await;
    let kept = [hour_file(hour()), day_file(hour())];
    until(dir.path(), |there| there.len() == 1 && kept.contains(&there[0])).await;
    assert_eq!(read_all(&opened.handle).await, observations(hour(), 0..100));
    assert_eq!(opened.handle.counters().pruned_observations, 100);
    close(opened.handle).await;
}

#[tokio::test]
async fn when_there_is_too_much_the_oldest_results_go_first() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = hour().minus(Duration::from_secs(5 * DAY));
    let little = StoreOptions { max_bytes: 1, ..sealing() };
    let opened = Store::open(dir.path(), little).expect("opens");
    appended(&opened.handle, observations(first, 0..100)).await;
    appended(&opened.handle, observations(crate::clock::now(), 0..10)).await;
    let gone = async {
        while read_all(&opened.handle).await.len() != 10 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), gone).await.expect("the oldest go");
    assert_eq!(files(dir.path()), [""; 0]);
    close(opened.handle).await;
}

/// A store with one sealed hour of two probes, closed.
async fn sealed(dir: &Path) -> Timestamp {
    let (opened, start) = (open_sealing(dir), hour());
    let mut other = observations(start, 0..100);
    for row in &mut other {
        std::sync::Arc::make_mut(row).probe = "wiki/login".parse().expect("an id");
    }
    appended(&opened.handle, observations(start, 0..100)).await;
    appended(&opened.handle, other).await;
    until_cleared(opened.handle, dir).await;
    start
}

#[tokio::test]
async fn a_file_that_vanished_is_missed_by_its_name() {
    let dir = tempfile::tempdir().expect("a directory");
    sealed(dir.path()).await;
    let path = dir.path().join("blocks").join(&files(dir.path())[0]);
    fs::remove_file(&path).expect("removed");
    let opened = open_sealing(dir.path());
    assert_eq!(opened.restored.faults, [StoreFault::MissingBlock(path)]);
    close(opened.handle).await;
    assert_eq!(open_sealing(dir.path()).restored.faults, [], "it is told once");
}

#[tokio::test]
async fn a_damaged_frame_is_set_aside_and_named_while_the_rest_is_served() {
    let dir = tempfile::tempdir().expect("a directory");
    let start = sealed(dir.path()).await;
    let name = files(dir.path())[0].clone();
    let path = dir.path().join("blocks").join(&name);
    let mut bytes = fs::read(&path).expect("reads");
    // In the first frame, which is that of `cloud`.
    bytes[100] ^= 1;
    fs::write(&path, bytes).expect("written");

    let mut opened = open_sealing(dir.path());
    assert_eq!(read_all(&opened.handle).await, [], "nothing wrong is served");
    let named = event(&mut opened.events, |event| match event {
        StoreEvent::Fault(StoreFault::DamagedBlock(said)) => Some(said),
        _ => None,
    })
    .await;
    assert!(named.contains(&name) && named.contains("cloud/login@local"), "{named}");
    let wiki = super::ObservationQuery { component: id("wiki"), ..super::everything() };
    assert_eq!(opened.handle.observations(wiki).await.expect("answers").observations.len(), 100);
    appended(&opened.handle, observations(start, 0..10)).await;
    assert_eq!(read_all(&opened.handle).await, observations(start, 0..10));
    let mut audit = opened.handle.audit().await.expect("begins");
    while audit.step() {}
    let report = audit.finish();
    assert!(report.is_sound(), "what is left is listed as it is: {report:?}");
    close(opened.handle).await;
    let kept = fs::read_dir(path.parent().expect("a directory")).expect("lists").flatten();
    let aside = kept.filter(|entry| entry.file_name().to_string_lossy().contains("damaged")).count();
    assert_eq!(aside, 1, "the damaged file is kept");
}

fn ledger(component: &str, start: Timestamp, body: &'static str) -> Ledger {
    Ledger { component: id(component), start, body: bytes(body) }
}

async fn hours_of(handle: &StoreHandle, formerly: &[&str]) -> Vec<Ledger> {
    let formerly = formerly.iter().map(|name| id(name)).collect();
    let (from, to) = (Timestamp::from_millis(0), crate::clock::now());
    let query = RollupQuery { component: id("cloud"), formerly, unit: Unit::Hours, from, to };
    handle.rollups(query).await.expect("answers")
}

#[tokio::test]
async fn roll_ups_move_into_files_and_are_asked_for_and_restored_from_there() {
    let dir = tempfile::tempdir().expect("a directory");
    let (opened, first) = (open_sealing(dir.path()), hour());
    let second = first.plus(Duration::from_secs(HOUR));
    let hours = vec![ledger("cloud", first, "old"), ledger("cloud", second, "second"), ledger("wiki", first, "other")];
    let apply = async |hours: Vec<Ledger>| opened.handle.apply(Changes { hours, ..Changes::default() }).await;
    assert_eq!(apply(hours).await, Durability::Synced);
    let sealed = |there: &[String]| !there.is_empty() && there.iter().all(|name| name.starts_with("hours/"));
    until(dir.path(), sealed).await;
    // A result came late: the hour is written again and overrides what the file has.
    assert_eq!(apply(vec![ledger("cloud", first, "new")]).await, Durability::Synced);
    let expected = [ledger("cloud", first, "new"), ledger("cloud", second, "second")];
    assert_eq!(hours_of(&opened.handle, &[]).await, expected);
    close(opened.handle).await;

    let again = open_sealing(dir.path());
    assert_eq!(hours_of(&again.handle, &[]).await, expected);
    let mut restored = Vec::new();
    again.restored.sealed.for_each(|unit, component, payload| {
        let rows = crate::history::unpack(payload).expect("our own payload");
        restored.extend(rows.into_iter().map(|(start, body)| (unit, component.clone(), start, body)));
    });
    let hot = again.restored.hours.iter().map(|row| (Unit::Hours, row.component.clone(), row.start, row.body.clone()));
    restored.extend(hot);
    assert!(restored.contains(&(Unit::Hours, id("wiki"), first, bytes("other"))), "{restored:?}");
    assert_eq!(
        restored.iter().rfind(|row| row.1 == id("cloud") && row.2 == first).map(|row| &row.3),
        Some(&bytes("new"))
    );
    close(again.handle).await;
}

#[tokio::test]
async fn a_component_is_read_under_its_former_names_too() {
    let dir = tempfile::tempdir().expect("a directory");
    let (opened, start) = (open_sealing(dir.path()), hour());
    let mut before = observations(start, 0..10);
    for row in &mut before {
        std::sync::Arc::make_mut(row).probe = "nuage/login".parse().expect("an id");
    }
    appended(&opened.handle, before).await;
    until(dir.path(), |there| !there.is_empty()).await;
    appended(&opened.handle, observations(crate::clock::now(), 0..5)).await;
    let query = super::ObservationQuery { formerly: vec![id("nuage")], ..super::everything() };
    let page = opened.handle.observations(query).await.expect("answers");
    assert_eq!(page.observations.len(), 15);
    assert!(page.observations.iter().all(|row| row.probe.component == id("cloud")));

    let later = start.plus(Duration::from_secs(HOUR));
    let hours = vec![ledger("nuage", start, "former"), ledger("nuage", later, "both"), ledger("cloud", later, "own")];
    opened.handle.apply(Changes { hours, ..Changes::default() }).await;
    let expected = [ledger("cloud", start, "former"), ledger("cloud", later, "own")];
    assert_eq!(hours_of(&opened.handle, &["nuage"]).await, expected);
    close(opened.handle).await;
}

#[tokio::test]
async fn a_row_that_is_damaged_before_it_is_settled_is_told_of_and_kept_when_the_database_is_renewed() {
    let dir = tempfile::tempdir().expect("a directory");
    // A little ahead, so that it is not over before the test is.
    let recent = crate::clock::now().plus(Duration::from_secs(1_800));
    let first = open(dir.path());
    appended(&first.handle, observations(hour(), 0..50)).await;
    appended(&first.handle, observations(recent, 0..5)).await;
    close(first.handle).await;
    let row = &observations(recent, 2..3)[0];
    let place = key::place(row.started_at, &row.probe.name, &row.location);
    let shelf = Shelf::open(&Directory::acquire(dir.path()).expect("ours"), Files::AsTheyAre).expect("opens");
    shelf.put_raw(&key::observation(key::Kind::Observation, &id("cloud"), &place), b"damaged");
    drop(shelf);

    let opened = open_sealing(dir.path());
    assert_eq!(opened.restored.faults, [StoreFault::CorruptRows { rows: 1 }]);
    let renewed = async {
        while opened.handle.unsealed().await != Ok(4) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), renewed).await.expect("the rest is sealed");
    close(opened.handle).await;
    let shelf = Shelf::open(&Directory::acquire(dir.path()).expect("ours"), Files::AsTheyAre).expect("opens");
    let mut buried = Vec::new();
    let look = |key: &[u8], value: &[u8]| {
        buried.extend((key[0] == key::Kind::Corrupt as u8).then(|| value.to_vec()));
        std::ops::ControlFlow::Continue(())
    };
    shelf.raw(look).expect("reads");
    assert_eq!(buried, [b"damaged"], "as it was found");
}
