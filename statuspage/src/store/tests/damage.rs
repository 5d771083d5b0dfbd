//! Damage: flipped bits, torn files, a database that is gone. What is whole is served, what is not is set aside and told.

mod lost;
mod places;

use std::{fs, io::Write as _, path::Path};

use super::{
    super::{
        StoreError, StoreEvent, StoreFault,
        database::{Files, Order},
        directory::Directory,
        key,
        shelf::Shelf,
    },
    StoreState, base, close, event, everything, id, observations, open, read_all,
};

/// Spoils the row of one observation, counted from the oldest, as damage on the disk would.
fn flip_a_bit(dir: &Path, number: usize) {
    let directory = Directory::acquire(dir).expect("ours");
    let shelf = Shelf::open(&directory, Files::AsTheyAre).expect("opens");
    let (from, to) = (
        key::of_component(key::Kind::Observation, &id("cloud")),
        key::behind_component(key::Kind::Observation, &id("cloud")),
    );
    let mut keys = Vec::new();
    shelf
        .scan(&from, &to, Order::Ascending, |key, _| {
            keys.push(key.to_vec());
            std::ops::ControlFlow::Continue(())
        })
        .expect("reads");
    shelf.put_raw(&keys[number], b"flipped");
}

#[tokio::test]
async fn a_damaged_row_is_set_aside_and_the_rest_is_served() {
    let dir = tempfile::tempdir().expect("a directory");
    let (start, first) = (base(), open(dir.path()));
    first.handle.append(observations(start, 0..10)).await;
    close(first.handle).await;
    flip_a_bit(dir.path(), 3);

    let mut again = open(dir.path());
    let expected: Vec<_> =
        observations(start, 0..10).into_iter().filter(|row| *row != observations(start, 3..4)[0]).collect();
    assert_eq!(read_all(&again.handle).await, expected);
    let fault = event(&mut again.events, |event| match event {
        StoreEvent::Fault(fault) => Some(fault),
        StoreEvent::OpenedLate(_) | StoreEvent::Replaced | StoreEvent::CaughtUp | StoreEvent::RoomAgain => None,
    });
    assert_eq!(fault.await, StoreFault::CorruptRows { rows: 1 });
    assert_eq!(again.handle.counters().corrupt_rows, 1);
    assert_eq!(read_all(&again.handle).await, expected);
    assert_eq!(again.handle.counters().corrupt_rows, 1, "it is counted once");
    close(again.handle).await;
}

/// Damages the files of a closed store and opens it again.
async fn check_replaced(damage: impl Fn(&Path), expected: fn(&StoreFault) -> bool) {
    let dir = tempfile::tempdir().expect("a directory");
    let (start, first) = (base(), open(dir.path()));
    first.handle.append(observations(start, 0..2_000)).await;
    close(first.handle).await;
    damage(&dir.path().join("store"));

    let again = open(dir.path());
    assert!(again.restored.faults.iter().any(expected), "{:?}", again.restored.faults);
    assert_eq!(again.handle.state(), StoreState::Synced);
    assert_eq!(read_all(&again.handle).await, []);
    again.handle.append(observations(start, 0..3)).await;
    assert_eq!(read_all(&again.handle).await, observations(start, 0..3));
    close(again.handle).await;
    let last = open(dir.path());
    assert_eq!(last.restored.faults, [], "it is told once");
    assert_eq!(read_all(&last.handle).await.len(), 3);
}

fn set_aside(fault: &StoreFault) -> bool {
    matches!(fault, StoreFault::SetAside { kept, .. } if kept.join("db").exists())
}

#[tokio::test]
async fn a_database_of_garbage_is_set_aside_and_a_new_one_started() {
    let garbage = |store: &Path| {
        let length = fs::metadata(store.join("db")).expect("there").len();
        let garbage: Vec<u8> = (0..length).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        fs::write(store.join("db"), garbage).expect("written");
    };
    check_replaced(garbage, set_aside).await;
}

#[tokio::test]
async fn a_database_that_became_empty_is_not_taken_for_a_new_one() {
    let empty = |store: &Path| {
        fs::File::create(store.join("db")).expect("emptied");
        for entry in fs::read_dir(store).expect("lists").flatten() {
            if entry.file_name().to_string_lossy().starts_with("snap.") {
                fs::remove_file(entry.path()).expect("removed");
            }
        }
    };
    check_replaced(empty, set_aside).await;
}

#[tokio::test]
async fn a_database_whose_settings_are_garbage_is_set_aside() {
    let garbage = |store: &Path| {
        let mut file = fs::OpenOptions::new().write(true).open(store.join("conf")).expect("there");
        file.write_all(&[0xff; 64]).expect("written");
    };
    check_replaced(garbage, set_aside).await;
}

#[tokio::test]
async fn a_database_that_is_gone_is_missed() {
    let gone = |store: &Path| fs::remove_dir_all(store).expect("removed");
    check_replaced(gone, |fault| matches!(fault, StoreFault::Gone(_))).await;
}

#[tokio::test]
async fn a_database_that_is_removed_while_it_is_open_is_missed() {
    let dir = tempfile::tempdir().expect("a directory");
    let (start, mut opened) = (base(), open(dir.path()));
    opened.handle.append(observations(start, 0..5)).await;
    fs::remove_dir_all(dir.path().join("store")).expect("removed");
    assert_eq!(opened.handle.append(observations(start, 5..8)).await, super::Durability::Synced, "in the new one");
    let replaced = event(&mut opened.events, |event| match event {
        StoreEvent::Replaced => Some(()),
        StoreEvent::Fault(_) | StoreEvent::OpenedLate(_) | StoreEvent::CaughtUp | StoreEvent::RoomAgain => None,
    });
    replaced.await;
    close(opened.handle).await;
    assert_eq!(read_all(&open(dir.path()).handle).await, observations(start, 5..8));
}

#[tokio::test]
async fn a_snapshot_that_was_half_written_is_not_taken_for_one() {
    let dir = tempfile::tempdir().expect("a directory");
    let (start, first) = (base(), open(dir.path()));
    first.handle.append(observations(start, 0..50)).await;
    close(first.handle).await;
    let half = dir.path().join("store/snap.00000000FFFFFFFF.generating");
    fs::write(&half, b"half").expect("written");
    let again = open(dir.path());
    assert_eq!(again.restored.faults, []);
    assert_eq!(read_all(&again.handle).await.len(), 50);
    assert!(!half.exists());
}

#[tokio::test]
async fn without_a_database_questions_are_refused_and_results_wait() {
    let dir = tempfile::tempdir().expect("a directory");
    let nothing_is_enough =
        super::StoreOptions { reserve: u64::MAX, patience: std::time::Duration::from_millis(50), ..super::options() };
    let opened = super::Store::open(dir.path(), nothing_is_enough).expect("starts without");
    assert!(matches!(opened.restored.faults[..], [StoreFault::NoSpace { .. }]));
    assert_eq!(opened.handle.state(), StoreState::Absent);
    assert_eq!(opened.handle.observations(everything()).await, Err(StoreError::Absent));
    assert_eq!(opened.handle.append(observations(base(), 0..7)).await, super::Durability::Behind);
    assert_eq!(opened.handle.counters().pending_observations, 7);
    assert_eq!(opened.handle.close(std::time::Duration::from_secs(30)).await, super::Durability::Behind);
}
