//! Power cuts while a new store takes the place of an old one: what is found then is one of the two, whole.

use std::{fs, path::Path};

use super::{
    super::{close, load, read_all, scale},
    Chance, Disk, Event, Kept, Part, child_directory, record,
};
use crate::{
    backup,
    store::{Over, Restoration, StoreFault, database::Files, directory::Directory, key, repair, shelf::Shelf},
};

/// Batches of the backup, and of the store whose place it takes.
const BACKED_UP: u64 = 8;
const BATCHES: u64 = 14;
/// Cuts at random moments, besides those around each move.
const CUTS: usize = 16;

fn is_move(event: &Event) -> bool {
    matches!(event, Event::Rename { old, new } if old.parent() != new.parent() || old.starts_with("store.incoming"))
}

/// The moments to cut at, as operations that were done: some at random, and each one around a move.
fn moments(events: &[Event], chance: &mut Chance) -> Vec<usize> {
    let random = usize::try_from(scale()).expect("small") * CUTS;
    let mut moments: Vec<_> = (0..random).map(|_| chance.of(0..events.len() + 1)).collect();
    for (at, _) in events.iter().enumerate().filter(|(_, event)| is_move(event)) {
        moments.extend(at.saturating_sub(1)..=(at + 3).min(events.len()));
    }
    // What was told to be done is done.
    moments.push(events.len());
    moments.sort_unstable();
    moments.dedup();
    moments
}

/// Cuts the power at each moment and looks at what is left: `check` says whether it is one of the two.
async fn cut_often(
    mut disk: Disk,
    events: &[Event],
    chance: &mut Chance,
    check: impl Fn(&[StoreFault], usize, &str) -> bool,
) {
    let (mut done, mut cuts) = (0, 0);
    for moment in moments(events, chance) {
        events[done..moment].iter().for_each(|event| disk.apply(event));
        done = moment;
        for kept in [chance.one_of(&Kept::ALL), Kept::Nothing] {
            let place = tempfile::tempdir().expect("a directory");
            let root = place.path().join("data");
            disk.cut(kept, chance, &root);
            let about = format!("{chance}, {done} of {} operations done, {kept:?} kept", events.len());
            let opened = load::open(&root);
            let rows = read_all(&opened.handle).await;
            let is_last = done == events.len();
            assert!(
                check(&opened.restored.faults, rows.len(), if is_last { "done" } else { "under way" }),
                "{about}: {:?} and {} rows",
                opened.restored.faults,
                rows.len()
            );
            close(opened.handle).await;
            let again = load::open(&root);
            assert_eq!(again.restored.faults, [], "{about}: opened again");
            assert_eq!(read_all(&again.handle).await, rows, "{about}: opened again");
            close(again.handle).await;
            cuts += 1;
        }
    }
    println!("{cuts} power cuts in {} operations", events.len());
}

fn rows_of(batches: u64) -> usize {
    Part::first().rows(0..batches).len()
}

/// What the child does with the backup that lies beside the data.
fn restore(root: &Path) {
    let file = fs::File::open(root.with_file_name("backup.tar")).expect("there");
    let restoration = Restoration::begin(root, Over::SetAside).expect("ours");
    backup::unpack(file, restoration.incoming()).expect("unpacked");
    restoration.finish().expect("sound");
}

#[tokio::test]
async fn a_restoration_that_loses_its_power_leaves_one_of_the_two_stores() {
    if let Some(dir) = child_directory() {
        return restore(&dir);
    }
    let (mut chance, mut part) = (Chance::new(), Part::first());
    let dir = tempfile::tempdir().expect("a directory");
    let root = dir.path().join("data");
    part.write(&root, BACKED_UP, |_| ()).await;
    let handle = load::open(&root).handle;
    let point = handle.backup().await.expect("copied");
    let file = fs::File::create(dir.path().join("backup.tar")).expect("made");
    backup::pack(point.directory(), point.head(), file).expect("packed");
    drop(point);
    close(handle).await;
    part.first = BACKED_UP;
    part.write(&root, BATCHES - BACKED_UP, |_| ()).await;
    let disk = Disk::of(&root);
    let test = "store::tests::power::succession::a_restoration_that_loses_its_power_leaves_one_of_the_two_stores";
    let events = record(part.command(test, &root), &root, None, &mut chance);
    assert!(events.iter().any(is_move), "the stores change places");
    cut_often(disk, &events, &mut chance, |faults, rows, when| {
        faults.is_empty() && (rows == rows_of(BACKED_UP) || when != "done" && rows == rows_of(BATCHES))
    })
    .await;
}

/// Damages the state of the component, without the database's knowing.
fn damage(root: &Path) {
    let shelf = Shelf::open(&Directory::acquire(root).expect("ours"), Files::AsTheyAre).expect("opens");
    shelf.put_raw(&key::part(&key::named(key::Kind::Component, "cloud"), 0), b"not what was written");
}

#[tokio::test]
async fn a_repair_that_loses_its_power_leaves_one_of_the_two_databases() {
    if let Some(dir) = child_directory() {
        assert_eq!(repair(&dir).expect("repaired").damaged_rows, 1);
        return;
    }
    let (mut chance, part) = (Chance::new(), Part::first());
    let dir = tempfile::tempdir().expect("a directory");
    let root = dir.path().join("data");
    part.write(&root, BATCHES, |_| ()).await;
    damage(&root);
    let disk = Disk::of(&root);
    let test = "store::tests::power::succession::a_repair_that_loses_its_power_leaves_one_of_the_two_databases";
    let events = record(part.command(test, &root), &root, None, &mut chance);
    cut_often(disk, &events, &mut chance, |faults, rows, when| {
        let is_old = matches!(faults, [StoreFault::CorruptRows { rows: 1 }]);
        rows == rows_of(BATCHES) && (faults.is_empty() || when != "done" && is_old)
    })
    .await;
}
