//! Power cuts while files go for their age: what was dropped is never missed, and what is listed is there.

use std::{ops::Range, path::Path, time::Duration};

use super::{
    super::{believe_the_clock, close, load, read_all, scale},
    Chance, Disk, Event, Kept, Part, child_directory, record,
};
use crate::store::{Store, StoreOptions};

/// Some more than a day.
const BATCHES: u64 = 90;
/// Cuts around each removal.
const AROUND: usize = 12;

/// What the child does: everything that there is is too old.
async fn drop_everything(root: &Path) {
    let options = StoreOptions { retention: Duration::from_secs(86_400), ..load::sealing() };
    let handle = Store::open(root, options).expect("opens").handle;
    let gone = async {
        while handle.counters().pruned_observations == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), gone).await.expect("what is too old goes");
    close(handle).await;
}

/// The moments, as operations that were done, around the removals of block files.
fn around_removals(events: &[Event]) -> Range<usize> {
    let is_removal = |event: &Event| matches!(event, Event::Remove { path } if path.starts_with("blocks"));
    let first = events.iter().position(is_removal).expect("files went");
    let last = events.iter().rposition(is_removal).expect("files went");
    first.saturating_sub(AROUND)..(last + AROUND).min(events.len())
}

#[tokio::test]
async fn what_retention_dropped_is_no_loss_wherever_the_power_is_cut() {
    if let Some(dir) = child_directory() {
        return drop_everything(&dir).await;
    }
    let (mut chance, mut cuts) = (Chance::new(), 0);
    let (dir, part) = (tempfile::tempdir().expect("a directory"), Part::first());
    let root = dir.path().join("data");
    part.write(&root, BATCHES, |_| ()).await;
    believe_the_clock(&root);
    let (mut disk, all) = (Disk::of(&root), part.rows(0..BATCHES));
    let test = "store::tests::power::retention::what_retention_dropped_is_no_loss_wherever_the_power_is_cut";
    let events = record(part.command(test, &root), &root, None, &mut chance);
    let moments = around_removals(&events);
    for (done, event) in events.iter().enumerate().take(moments.end) {
        disk.apply(event);
        for kept in Kept::ALL.into_iter().cycle().take(scale() as usize * 2).filter(|_| moments.contains(&done)) {
            let place = tempfile::tempdir().expect("a directory");
            let left = place.path().join("data");
            disk.cut(kept, &mut chance, &left);
            let about = format!("{chance}, {done} operations done, {kept:?} kept");
            for _ in 0..2 {
                let opened = load::open(&left);
                assert_eq!(opened.restored.faults, [], "{about}");
                let rows = read_all(&opened.handle).await;
                assert!(all.ends_with(&rows), "{about}: whole files went, the oldest first");
                close(opened.handle).await;
            }
            cuts += 1;
        }
    }
    println!("{cuts} power cuts");
}
