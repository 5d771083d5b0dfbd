//! Operations that fail, each at some moment: a disk that is full for a while, a sync that comes back with an error, once or several
//! times. What was acknowledged is there after a power cut all the same, and what waits is written when it works again.

use std::{fs, ops::Range, path::Path, time::Duration};

use super::{
    super::{
        StoreEvent, StoreEvents, StoreOptions, StoreState, chance::Chance, child_directory, close, event,
        load::sealing, options, preload, scale,
    },
    Disk, Event, Fail, Notes, Part, Replay, record,
};
use crate::store::{Durability, Restored, Store, StoreFault, StoreHandle};

/// Batches of one opening, and openings of one child.
const BATCHES: u64 = 8;
const OPENINGS: u64 = 3;
/// All batches of one child.
const WRITTEN: u64 = BATCHES * OPENINGS;
/// Children, each with another failure, times the scale.
const CHILDREN: u64 = 12;
/// Power cuts for each child.
const CUTS: usize = 2;

/// The operations that a store needs, about how many there are of each in a child, and how they may fail.
const FAILURES: [(&str, usize, &[i32]); 8] = [
    ("write", 200, &[libc::ENOSPC, libc::EIO]),
    ("sync", 80, &[libc::EIO, libc::ENOSPC]),
    ("range", 80, &[libc::EIO]),
    ("open", 8, &[libc::ENOSPC, libc::EMFILE, libc::EROFS]),
    ("rename", 4, &[libc::EIO, libc::ENOSPC]),
    ("remove", 3, &[libc::EIO, libc::EROFS]),
    ("make", 4, &[libc::ENOSPC, libc::EROFS]),
    ("length", 4, &[libc::ENOSPC]),
];

impl Fail {
    /// Most often one that counts: a write or a sync.
    fn random(chance: &mut Chance) -> Self {
        let (operation, there, errors) = match chance.of(0..2) {
            0 => FAILURES[chance.of(0..2)],
            _ => chance.one_of(&FAILURES),
        };
        let first = chance.of(1..there + 1);
        Self { operation, first, count: chance.one_of(&[1, 1, 2, 5]), error: chance.one_of(errors) }
    }
}

/// What the child does: it writes whatever fails, and everything is written in the end.
async fn endure(part: Part, root: &Path, mut acknowledged: impl FnMut(u64)) {
    for opening in 0..OPENINGS {
        let first = part.first + opening * BATCHES;
        endure_once(part, first..first + BATCHES, root, &mut acknowledged).await;
    }
}

async fn endure_once(part: Part, batches: Range<u64>, root: &Path, acknowledged: &mut impl FnMut(u64)) {
    let impatient = StoreOptions { patience: Duration::from_millis(300), reserve: 0, ..sealing() };
    let mut opened = Store::open(root, impatient).expect("no operator is needed");
    require_kept(&opened.restored.faults);
    for batch in batches {
        if part.try_one(&opened.handle, batch).await == Durability::Synced {
            acknowledged(batch);
        }
        hear(&opened.handle, &mut opened.events);
    }
    let written = async {
        while opened.handle.counters().pending_observations + opened.handle.counters().pending_changes > 0 {
            hear(&opened.handle, &mut opened.events);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), written).await.expect("what waits is written");
    assert_eq!(opened.handle.close(Duration::from_secs(30)).await, Durability::Synced);
}

/// Does as the hub does when the store tells of something.
fn hear(handle: &StoreHandle, events: &mut StoreEvents) {
    while let Ok(event) = events.try_recv() {
        match event {
            StoreEvent::Fault(fault) => require_kept(&[fault]),
            StoreEvent::OpenedLate(restored) => {
                let Restored { faults, .. } = *restored;
                require_kept(&faults);
                handle.adopt();
            }
            StoreEvent::Replaced => unreachable!("a failure is no damage"),
            StoreEvent::CaughtUp | StoreEvent::RoomAgain => {}
        }
    }
}

/// A failure that passes must not cost the database.
fn require_kept(faults: &[StoreFault]) {
    let passes = |fault: &StoreFault| matches!(fault, StoreFault::Failing(_) | StoreFault::NotSealed(_));
    assert!(faults.iter().all(passes), "{faults:?}");
}

/// One child that makes its database and cannot at first.
async fn check_making(fail: Fail) {
    let dir = tempfile::tempdir().expect("a directory");
    let (part, root) = (Part::first(), dir.path().join("data"));
    fs::create_dir(&root).expect("made");
    let test = "store::tests::power::failing::a_database_that_cannot_be_made_is_made_once_the_disk_works";
    let mut child = part.command(test, &root);
    preload::watch(&mut child, &root, &dir.path().join("log"), Some(fail));
    assert!(child.status().expect("starts").success(), "{fail:?}");
    part.check(&root, Some(WRITTEN - 1), 0, &format!("{fail:?}")).await;
}

#[tokio::test]
async fn a_database_that_cannot_be_made_is_made_once_the_disk_works() {
    if let Some(dir) = child_directory() {
        return endure(Part::of_this_child(), &dir, |_| ()).await;
    }
    let mut chance = Chance::new();
    for operation in ["write", "open", "make", "sync", "length", "rename"] {
        for _ in 0..scale() {
            let first = chance.of(1..7);
            check_making(Fail { operation, first, count: chance.of(1..4), error: libc::ENOSPC }).await;
        }
    }
}

/// One child and its failure; then some power cuts.
async fn check(fail: Fail, chance: &mut Chance) {
    let dir = tempfile::tempdir().expect("a directory");
    let (mut part, root) = (Part::first(), dir.path().join("data"));
    part.write(&root, 1, |batch| part.first = batch + 1).await;
    let disk = Disk::of(&root);
    let child = part.command("store::tests::power::failing::whatever_fails_what_was_acknowledged_is_kept", &root);
    let events = record(child, &root, Some(fail), chance);
    let happened = events.iter().filter(|event| matches!(event, Event::Failed { .. })).count();
    let about = format!("{chance}, {fail:?}, which happened {happened} times");
    part.check(&root, Some(part.first + WRITTEN - 1), 0, &about).await;

    let mut replay =
        Replay { disk, part, events: &events, acknowledged: part.last_before(), begun: WRITTEN, fail: Some(fail) };
    let mut moments: Vec<_> = (0..CUTS).map(|_| chance.of(0..events.len() + 1)).collect();
    moments.sort_unstable();
    for left in moments.into_iter().rev() {
        replay.until(left);
        replay.cut(chance).await;
    }
    println!("{about}");
}

#[tokio::test]
async fn whatever_fails_what_was_acknowledged_is_kept() {
    if let Some(dir) = child_directory() {
        let mut notes = Notes::of_this_child();
        return endure(Part::of_this_child(), &dir, |batch| notes.acknowledged(batch)).await;
    }
    let mut chance = Chance::new();
    // Syncs that failed in the last breath of an opening, of which the next one must not believe what it sees.
    for first in [59, 63] {
        check(Fail { operation: "sync", first, count: 2, error: libc::ENOSPC }, &mut chance).await;
    }
    for _ in 0..CHILDREN * scale() {
        check(Fail::random(&mut chance), &mut chance).await;
    }
}

/// What the child does whose disk cannot read some bytes: it never takes what is left for everything.
async fn meet_an_unreadable_place(root: &Path) {
    let mut opened = Store::open(root, options()).expect("no operator is needed");
    assert!(matches!(opened.restored.faults[..], [StoreFault::Failing(_)]), "{:?}", opened.restored.faults);
    assert_eq!(opened.handle.state(), StoreState::Absent);
    event(&mut opened.events, |event| match event {
        StoreEvent::OpenedLate(restored) => Some(restored.faults),
        StoreEvent::Fault(fault) => {
            Some(vec![fault]).filter(|faults| matches!(faults[..], [StoreFault::SetAside { .. }]))
        }
        StoreEvent::Replaced | StoreEvent::CaughtUp | StoreEvent::RoomAgain => None,
    })
    .await;
    close(opened.handle).await;
}

#[tokio::test]
async fn a_place_that_cannot_be_read_is_never_taken_for_the_end_of_the_database() {
    if let Some(dir) = child_directory() {
        return meet_an_unreadable_place(&dir).await;
    }
    let (dir, part) = (tempfile::tempdir().expect("a directory"), Part::first());
    let (root, log) = (dir.path().join("data"), dir.path().join("log"));
    part.write(&root, WRITTEN, |_| ()).await;
    let length = fs::metadata(root.join("store/db")).expect("there").len();
    let place = Chance::new().of(0..usize::try_from(length).expect("small"));
    let test = "store::tests::power::failing::a_place_that_cannot_be_read_is_never_taken_for_the_end_of_the_database";
    let mut child = part.command(test, &root);
    let fail = Fail { operation: "sector", first: place, count: 512, error: libc::EIO };
    preload::watch(&mut child, &root, &log, Some(fail));
    assert!(child.status().expect("starts").success(), "{fail:?}");

    // What was set aside is whole: the disk reads again, and it is all there.
    let mut name = fs::read_dir(&root).expect("lists").flatten().map(|entry| entry.path());
    let kept = name.find(|path| path.to_string_lossy().contains("store.damaged-")).expect("set aside");
    fs::remove_dir_all(root.join("store")).expect("removed");
    fs::rename(kept, root.join("store")).expect("put back");
    part.check(&root, Some(WRITTEN - 1), 0, &format!("{fail:?}")).await;
}
