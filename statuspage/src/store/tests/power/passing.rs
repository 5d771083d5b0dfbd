//! Faults of the disk that pass: reads that fail for a while, a file system that becomes read-only while the store is open. The store
//! goes on by itself, shows nothing that was not written, and loses nothing.

use std::{fs, path::Path, time::Duration};

use super::{
    super::{StoreEvent, StoreOptions, StoreState, base, close, event, load, observations, options, preload, read_all},
    Part, child_directory,
};
use crate::store::{Durability, Store, StoreFault};

const BATCHES: u64 = 12;

/// Runs `test` in a child under the library with one more variable.
fn run(test: &str, part: Part, root: &Path, variable: (&str, &str)) {
    let mut child = part.command(test, root);
    preload::watch(&mut child, root, &root.with_file_name("log"), None);
    child.env(variable.0, variable.1);
    assert!(child.status().expect("starts").success(), "{variable:?}");
}

/// The child asks until the disk reads again: what it is shown meanwhile was written.
async fn read_through_failures(root: &Path) {
    let all = Part::of_this_child().rows(0..BATCHES);
    let mut opened = load::open(root);
    let faults: Vec<_> = opened.restored.faults.iter().collect();
    assert!(faults.iter().all(|fault| matches!(fault, StoreFault::Failing(_))), "{faults:?}");
    if opened.handle.state() == StoreState::Absent {
        event(&mut opened.events, |event| matches!(event, StoreEvent::OpenedLate(_)).then_some(())).await;
    }
    let (mut shown, mut tries) = (Vec::new(), 0);
    while shown != all && tries < 20 {
        // An answer may be refused while the disk does not read.
        let page = opened.handle.observations(super::super::everything()).await;
        shown = page.map(|page| page.observations).unwrap_or_default();
        assert!(shown.iter().all(|row| all.contains(row)), "only what was written is shown");
        tries += 1;
    }
    assert_eq!(shown, all);
    if tries > 1 {
        let told = event(&mut opened.events, |event| match event {
            StoreEvent::Fault(fault @ (StoreFault::DamagedBlock(_) | StoreFault::Failing(_))) => Some(fault),
            StoreEvent::Fault(_)
            | StoreEvent::OpenedLate(_)
            | StoreEvent::Replaced
            | StoreEvent::CaughtUp
            | StoreEvent::RoomAgain => None,
        });
        println!("told: {}", told.await);
    }
    close(opened.handle).await;
}

#[tokio::test]
async fn reads_that_fail_for_a_while_lose_nothing_and_show_nothing_wrong() {
    if let Some(dir) = child_directory() {
        return read_through_failures(&dir).await;
    }
    let test = "store::tests::power::passing::reads_that_fail_for_a_while_lose_nothing_and_show_nothing_wrong";
    let (dir, part) = (tempfile::tempdir().expect("a directory"), Part::first());
    let root = dir.path().join("data");
    part.write(&root, BATCHES, |_| ()).await;
    let failures = ["1:1", "2:1", "1:2", "3:1", "4:2", "1:4"];
    for place in ["blocks", "store/db"] {
        for fail in failures {
            run(test, part, &root, ("BELFRY_FILES_FAIL", &format!("read:{fail}:{}:{place}", libc::EIO)));
            let aside = fs::read_dir(&root).expect("lists").flatten();
            let aside = aside.filter(|entry| entry.file_name().to_string_lossy().contains("damaged")).count();
            assert_eq!(aside, 0, "{place}, {fail}: what can be read again is not set aside");
        }
    }
    // Everything is where it was.
    part.check(&root, Some(BATCHES - 1), 0, "after all failures").await;
}

/// The child writes while the file system is read-only, and after that.
async fn write_through(root: &Path) {
    let switch = root.with_file_name("read-only");
    let impatient = StoreOptions { patience: Duration::from_millis(300), pending_observations: 2_000, ..options() };
    let mut opened = Store::open(root, impatient).expect("opens");
    let (handle, start) = (opened.handle, base());
    assert_eq!(handle.append(observations(start, 0..500)).await, Durability::Synced);
    fs::write(&switch, "").expect("written");
    for first in [500, 1_000, 1_500] {
        assert_eq!(handle.append(observations(start, first..first + 500)).await, Durability::Behind);
    }
    let failing = event(&mut opened.events, |event| match event {
        StoreEvent::Fault(fault) => Some(fault),
        StoreEvent::OpenedLate(_) | StoreEvent::Replaced | StoreEvent::CaughtUp | StoreEvent::RoomAgain => None,
    });
    let failing = failing.await;
    assert!(matches!(failing, StoreFault::Failing(_)), "{failing}");
    assert_eq!(handle.counters().pending_observations, 1_500);
    // More than there is room for: the oldest of those that wait are dropped, and counted.
    handle.append(observations(start, 2_000..3_000)).await;
    let counters = handle.counters();
    assert_eq!((counters.pending_observations, counters.dropped_observations), (2_000, 500));
    fs::remove_file(&switch).expect("removed");
    let written = async {
        while handle.counters().pending_observations > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), written).await.expect("it is written without a restart");
    let expected = [observations(start, 0..500), observations(start, 1_000..3_000)].concat();
    assert_eq!(read_all(&handle).await, expected);
    assert_eq!(handle.state(), StoreState::Synced);
    close(handle).await;
    let again = super::super::open(root);
    assert_eq!(again.restored.faults, []);
    assert_eq!(read_all(&again.handle).await, expected);
    close(again.handle).await;
}

#[tokio::test]
async fn a_file_system_that_becomes_read_only_while_the_store_is_open_is_waited_for() {
    if let Some(dir) = child_directory() {
        return write_through(&dir).await;
    }
    let dir = tempfile::tempdir().expect("a directory");
    let root = dir.path().join("data");
    fs::create_dir(&root).expect("made");
    let test =
        "store::tests::power::passing::a_file_system_that_becomes_read_only_while_the_store_is_open_is_waited_for";
    let switch = dir.path().join("read-only");
    run(test, Part::first(), &root, ("BELFRY_FILES_READ_ONLY", switch.to_str().expect("plain")));
}
