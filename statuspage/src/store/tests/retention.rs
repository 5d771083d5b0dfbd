//! Removals that were cut off, made by hand: whoever opens the store next ends them, and nothing is missed.

use std::{fs, path::Path};

use super::{close, load::Part, load::open, read_all};
use crate::store::{Offline, database::Files, directory::Directory, frame, key, record, shelf::Shelf};

/// What the process that died had done behind its first transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Done {
    Nothing,
    FileRemoved,
}

/// The block files there are, from `blocks`.
fn files(blocks: &Path) -> Vec<String> {
    let (mut waiting, mut files) = (vec![blocks.to_owned()], Vec::new());
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(&path).expect("lists").flatten().map(|entry| entry.path()));
        } else {
            files.push(path.strip_prefix(blocks).expect("below").display().to_string());
        }
    }
    files
}

/// As a process leaves it that dies while files leave.
fn begin_removal(dir: &Path, done: Done) {
    let blocks = dir.join("blocks");
    let shelf = Shelf::open(&Directory::acquire(dir).expect("ours"), Files::AsTheyAre).expect("opens");
    for path in files(&blocks) {
        let leaving = key::leaving(&path);
        let row = frame::seal(&leaving, &record::pack(1, &()));
        shelf.replace(&[key::block(&path)], &[(leaving, row)]).expect("written");
        if done == Done::FileRemoved {
            fs::remove_file(blocks.join(&path)).expect("removed");
        }
    }
}

async fn check(done: Done) {
    let dir = tempfile::tempdir().expect("a directory");
    Part::first().write(dir.path(), 4, |_| ()).await;
    begin_removal(dir.path(), done);
    for _ in 0..2 {
        let opened = open(dir.path());
        assert_eq!(opened.restored.faults, [], "{done:?}");
        assert_eq!(read_all(&opened.handle).await, [], "{done:?}: it does not come back");
        close(opened.handle).await;
        assert_eq!(files(&dir.path().join("blocks")), [""; 0], "{done:?}");
    }
    let mut audit = Offline::open(dir.path()).expect("opens").audit().expect("reads");
    while audit.step() {}
    assert!(audit.finish().is_sound(), "{done:?}");
}

#[tokio::test]
async fn a_file_that_was_leaving_when_the_process_died_goes_and_is_not_missed() {
    check(Done::Nothing).await;
    check(Done::FileRemoved).await;
}

#[tokio::test]
async fn what_comes_late_for_a_file_that_could_not_be_removed_is_listed_again() {
    let (dir, part) = (tempfile::tempdir().expect("a directory"), Part::first());
    part.write(dir.path(), 4, |_| ()).await;
    begin_removal(dir.path(), Done::FileRemoved);
    part.write(dir.path(), 4, |_| ()).await;
    let opened = open(dir.path());
    assert_eq!(opened.restored.faults, []);
    assert_eq!(read_all(&opened.handle).await, part.rows(0..4));
    close(opened.handle).await;
}
