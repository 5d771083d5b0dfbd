//! Rows that vanish without a trace in the database: whoever opens it says so.

use std::{fs, path::Path};

use super::{
    super::{super::StoreFault, base, close, observations, open, read_all},
    places::copy,
};

/// Writes the observations of some seconds, one batch each, and closes the store.
async fn write(dir: &Path, seconds: std::ops::Range<u64>) {
    let opened = open(dir);
    for second in seconds {
        opened.handle.append(observations(base_of(dir), second..second + 1)).await;
    }
    close(opened.handle).await;
}

/// The same each time for one directory.
fn base_of(dir: &Path) -> shared::Timestamp {
    let note = dir.join("base");
    let text = fs::read_to_string(&note).unwrap_or_else(|_| base().to_string());
    fs::write(note, &text).expect("written");
    text.parse().expect("an instant")
}

/// A directory with 20 observations whose database knows only the first 5 of them.
async fn set_back(dir: &Path) {
    write(dir, 0..5).await;
    copy(&dir.join("store"), &dir.join("earlier"));
    write(dir, 5..20).await;
    fs::remove_dir_all(dir.join("store")).expect("removed");
    fs::rename(dir.join("earlier"), dir.join("store")).expect("put in its place");
}

#[tokio::test]
async fn a_database_that_has_lost_its_newest_rows_is_told_of_once() {
    let dir = tempfile::tempdir().expect("a directory");
    set_back(dir.path()).await;
    let opened = open(dir.path());
    assert_eq!(opened.restored.faults, [StoreFault::LostWrites { writes: 15 }]);
    assert_eq!(read_all(&opened.handle).await.len(), 5, "the rest is served");
    close(opened.handle).await;
    assert_eq!(open(dir.path()).restored.faults, []);
}

#[tokio::test]
async fn without_a_count_nothing_is_missed() {
    for spoil in [|file: &Path| fs::remove_file(file), |file: &Path| fs::write(file, [0xff; 9_000])] {
        let dir = tempfile::tempdir().expect("a directory");
        set_back(dir.path()).await;
        spoil(&dir.path().join("store.commits")).expect("spoilt");
        let opened = open(dir.path());
        assert_eq!(opened.restored.faults, []);
        close(opened.handle).await;
        write(dir.path(), 5..9).await;
        assert_eq!(open(dir.path()).restored.faults, [], "it counts again");
    }
}

#[tokio::test]
async fn another_database_has_a_count_of_its_own() {
    let (dir, other) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    write(dir.path(), 0..20).await;
    write(other.path(), 0..5).await;
    fs::remove_dir_all(dir.path().join("store")).expect("removed");
    copy(&other.path().join("store"), &dir.path().join("store"));
    let opened = open(dir.path());
    assert_eq!(opened.restored.faults, []);
    assert_eq!(read_all(&opened.handle).await.len(), 5);
}
