//! Full disks: results wait in memory, nothing is lost, and writing goes on by itself when there is room.

use std::{fs, path::Path, process::Command, time::Duration};

use super::{
    super::{Changes, StoreOptions},
    Durability, StoreEvent, StoreState, base, bytes, child, child_directory, close, event, id, observations, open,
    options, read_all,
};
use crate::store::{Store, StoreFault};

/// Runs `test` in a child whose disk is a small tmpfs at `dir`; false where this system lets nobody mount one.
fn on_a_small_disk(test: &str, dir: &Path, megabytes: u32) -> bool {
    let (binary, arguments, environment) = child(test, dir);
    let mount = format!("mount -t tmpfs -o size={megabytes}m none '{}'", dir.display());
    let may = Command::new("unshare").args(["-rm", "sh", "-c", &mount]).output().is_ok_and(|out| out.status.success());
    if !may {
        eprintln!("this system does not let tests mount a small disk: {test} is covered by the file size limit only");
        return false;
    }
    let script = format!("{mount} && exec \"$0\" \"$@\"");
    let status = Command::new("unshare")
        .args(["-rm", "sh", "-c", &script])
        .arg(binary)
        .args(arguments)
        .envs(environment)
        .status()
        .expect("starts");
    assert!(status.success(), "{test} in a child on a small disk");
    true
}

/// Fills the disk to the last byte.
fn fill(dir: &Path) {
    let mut size = 1 << 20;
    let mut filler = fs::File::create(dir.join("filler")).expect("made");
    while size > 0 {
        if std::io::Write::write_all(&mut filler, &vec![1; size]).is_err() {
            size /= 2;
        }
    }
}

async fn settled(handle: &super::StoreHandle) {
    let written = async {
        while handle.counters().pending_observations + handle.counters().pending_changes > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), written).await.expect("what waits is written");
}

/// The whole story on a disk that fills up and has room again.
async fn fill_and_free(dir: &Path, reserve: u64) {
    let impatient = StoreOptions { patience: Duration::from_millis(300), reserve, ..options() };
    let mut opened = Store::open(dir, impatient).expect("opens");
    let (handle, start) = (opened.handle, base());
    assert_eq!(handle.append(observations(start, 0..500)).await, Durability::Synced);
    fill(dir);
    let mut last = 500;
    // What sled has preallocated may take some batches yet.
    while handle.append(observations(start, last..last + 500)).await == Durability::Synced {
        last += 500;
    }
    let state = Changes { components: vec![(id("cloud"), bytes("state"))], ..Changes::default() };
    assert_eq!(handle.apply(state).await, Durability::Behind);
    assert_ne!(handle.state(), StoreState::Synced);
    event(&mut opened.events, |event| match event {
        StoreEvent::Fault(fault @ (StoreFault::NoSpace { .. } | StoreFault::Failing(_))) => Some(fault),
        StoreEvent::Fault(_)
        | StoreEvent::OpenedLate(_)
        | StoreEvent::Replaced
        | StoreEvent::CaughtUp
        | StoreEvent::RoomAgain => None,
    })
    .await;
    fs::remove_file(dir.join("filler")).expect("removed");
    settled(&handle).await;
    assert_eq!(read_all(&handle).await, observations(start, 0..last + 500));
    close(handle).await;
    let again = open(dir);
    assert_eq!(again.restored.faults, []);
    assert_eq!(again.restored.components, [(id("cloud"), bytes("state"))]);
    assert_eq!(read_all(&again.handle).await, observations(start, 0..last + 500));
}

#[tokio::test]
async fn with_a_full_disk_results_wait_in_memory_and_are_written_when_there_is_room() {
    if let Some(dir) = child_directory() {
        return fill_and_free(&dir, 8 << 20).await;
    }
    let dir = tempfile::tempdir().expect("a directory");
    on_a_small_disk(
        "store::tests::space::with_a_full_disk_results_wait_in_memory_and_are_written_when_there_is_room",
        dir.path(),
        48,
    );
}

#[tokio::test]
async fn a_disk_that_fills_between_two_looks_loses_nothing() {
    if let Some(dir) = child_directory() {
        return fill_and_free(&dir, 0).await;
    }
    let dir = tempfile::tempdir().expect("a directory");
    on_a_small_disk("store::tests::space::a_disk_that_fills_between_two_looks_loses_nothing", dir.path(), 48);
}

/// A disk that is full at the start holds a database; its contents come once there is room, and nothing is written over them.
async fn open_late(dir: &Path) {
    let first = open(dir).handle;
    let old = Changes { components: vec![(id("cloud"), bytes("old"))], ..Changes::default() };
    assert_eq!(first.apply(old).await, Durability::Synced);
    close(first).await;
    fill(dir);
    let mut opened =
        Store::open(dir, StoreOptions { patience: Duration::from_millis(50), ..options() }).expect("starts");
    assert_eq!(opened.handle.state(), StoreState::Absent);
    let new = Changes { components: vec![(id("cloud"), bytes("new"))], ..Changes::default() };
    assert_eq!(opened.handle.apply(new).await, Durability::Behind);
    fs::remove_file(dir.join("filler")).expect("removed");
    let restored = event(&mut opened.events, |event| match event {
        StoreEvent::OpenedLate(restored) => Some(restored),
        StoreEvent::Fault(_) | StoreEvent::Replaced | StoreEvent::CaughtUp | StoreEvent::RoomAgain => None,
    })
    .await;
    assert_eq!(restored.components, [(id("cloud"), bytes("old"))]);
    assert_eq!(opened.handle.counters().pending_changes, 1, "nothing is written before the hub has merged");
    let merged = Changes { components: vec![(id("cloud"), bytes("old and new"))], ..Changes::default() };
    opened.handle.adopt_with(merged).await;
    settled(&opened.handle).await;
    close(opened.handle).await;
    assert_eq!(open(dir).restored.components, [(id("cloud"), bytes("old and new"))]);
}

#[tokio::test]
async fn a_database_that_opens_late_is_merged_before_it_is_written_to() {
    if let Some(dir) = child_directory() {
        return open_late(&dir).await;
    }
    let dir = tempfile::tempdir().expect("a directory");
    on_a_small_disk(
        "store::tests::space::a_database_that_opens_late_is_merged_before_it_is_written_to",
        dir.path(),
        48,
    );
}

/// The file system becomes read-only, as ext4 makes it after an error, and is mended.
async fn read_only_and_back(dir: &Path) {
    let remount = |how: &str| {
        let status = Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(dir).status();
        assert!(status.expect("starts").success(), "{how}");
    };
    close(open(dir).handle).await;
    remount("ro");
    let mut opened =
        Store::open(dir, StoreOptions { patience: Duration::from_millis(50), ..options() }).expect("starts");
    assert!(matches!(opened.restored.faults[..], [StoreFault::Failing(_)]), "{:?}", opened.restored.faults);
    assert_eq!(opened.handle.state(), StoreState::Absent);
    assert_eq!(opened.handle.append(observations(base(), 0..5)).await, Durability::Behind);
    remount("rw");
    event(&mut opened.events, |event| match event {
        StoreEvent::OpenedLate(_) => Some(()),
        StoreEvent::Fault(_) | StoreEvent::Replaced | StoreEvent::CaughtUp | StoreEvent::RoomAgain => None,
    })
    .await;
    settled(&opened.handle).await;
    assert_eq!(opened.handle.state(), StoreState::Synced);
    close(opened.handle).await;
}

#[tokio::test]
async fn a_read_only_file_system_means_no_store_until_it_is_mended() {
    if let Some(dir) = child_directory() {
        return read_only_and_back(&dir).await;
    }
    let dir = tempfile::tempdir().expect("a directory");
    on_a_small_disk("store::tests::space::a_read_only_file_system_means_no_store_until_it_is_mended", dir.path(), 48);
}

/// Writes until files cannot grow any more, and says how many rows were acknowledged.
async fn write_to_the_limit(dir: &Path) {
    let handle =
        Store::open(dir, StoreOptions { patience: Duration::from_millis(300), ..options() }).expect("opens").handle;
    let start = base();
    let mut acknowledged = 0;
    while handle.append(observations(start, acknowledged..acknowledged + 500)).await == Durability::Synced {
        acknowledged += 500;
    }
    assert_ne!(handle.state(), StoreState::Synced);
    assert!(handle.counters().pending_observations > 0);
    fs::write(dir.join("acknowledged"), format!("{start} {acknowledged}")).expect("small enough");
}

#[tokio::test]
async fn a_write_that_fails_half_way_breaks_nothing_that_was_acknowledged() {
    if let Some(dir) = child_directory() {
        return write_to_the_limit(&dir).await;
    }
    let dir = tempfile::tempdir().expect("a directory");
    let (binary, arguments, environment) =
        child("store::tests::space::a_write_that_fails_half_way_breaks_nothing_that_was_acknowledged", dir.path());
    // An ignored signal stays ignored, so that writing beyond the limit is an error instead of the end.
    let script = "trap '' XFSZ; ulimit -f 6000; exec \"$0\" \"$@\"";
    let status = Command::new("sh").args(["-c", script]).arg(binary).args(arguments).envs(environment).status();
    assert!(status.expect("starts").success());
    let said = fs::read_to_string(dir.path().join("acknowledged")).expect("the child got there");
    let (start, acknowledged) = said.split_once(' ').expect("two words");
    let acknowledged = observations(start.parse().expect("a time"), 0..acknowledged.parse().expect("a number"));
    let opened = open(dir.path());
    assert_eq!(opened.restored.faults, []);
    let rows = read_all(&opened.handle).await;
    assert!(rows.len() >= acknowledged.len());
    assert_eq!(rows[..acknowledged.len()], acknowledged);
}

/// A disk with less room than the operators want: they hear of it while everything is still written, and of its end.
async fn hear_of_little_room(dir: &Path) {
    let wanted = StoreOptions { reserve: 1 << 20, disk_reserve: 24 << 20, ..options() };
    let mut opened = Store::open(dir, wanted).expect("opens");
    let room = event(&mut opened.events, |event| matches!(event, StoreEvent::RoomAgain).then_some(()));
    room.await;
    fs::write(dir.join("filler"), vec![1; 30 << 20]).expect("there is room");
    let low = event(&mut opened.events, |event| match event {
        StoreEvent::Fault(StoreFault::LowSpace { free, reserve, .. }) => Some((free, reserve)),
        _ => None,
    });
    let (free, reserve) = low.await;
    assert!(free < reserve, "{free} bytes are free");
    assert_eq!(opened.handle.append(observations(base(), 0..500)).await, Durability::Synced, "nothing fails yet");
    fs::remove_file(dir.join("filler")).expect("removed");
    event(&mut opened.events, |event| matches!(event, StoreEvent::RoomAgain).then_some(())).await;
    close(opened.handle).await;
}

#[tokio::test]
async fn a_disk_below_its_reserve_is_told_of_before_writing_fails() {
    if let Some(dir) = child_directory() {
        return hear_of_little_room(&dir).await;
    }
    let dir = tempfile::tempdir().expect("a directory");
    on_a_small_disk("store::tests::space::a_disk_below_its_reserve_is_told_of_before_writing_fails", dir.path(), 48);
}
