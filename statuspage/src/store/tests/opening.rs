//! Directories that cannot be used, and those that only look like it.

use std::{fs, path::Path};

use super::{
    super::{OpenError, database::Files, directory::Directory, frame, key, shelf::Shelf},
    Store, close, open, options,
};

fn refusal(dir: &Path) -> OpenError {
    Store::open(dir, options()).expect_err("refused")
}

#[tokio::test]
async fn a_directory_belongs_to_one_process_at_a_time() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = open(dir.path());
    let error = refusal(dir.path());
    assert!(matches!(&error, OpenError::Locked(path) if path == dir.path()), "{error:?}");
    assert!(error.to_string().contains("is in use by another process"), "{error}");
    close(first.handle).await;
    close(open(dir.path()).handle).await;
}

#[test]
fn a_file_is_no_directory() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("file");
    fs::write(&file, "").expect("written");
    assert!(matches!(refusal(&file), OpenError::NotADirectory(_)));
    assert!(matches!(refusal(&file.join("below")), OpenError::NotADirectory(_)));
}

/// A marker with its check.
fn marker(format: u32) -> String {
    let words = format!("belfry store format {format}");
    format!("{words} {:08x}\n", crc32c::crc32c(words.as_bytes()))
}

#[tokio::test]
async fn a_directory_of_a_newer_version_is_left_alone() {
    let dir = tempfile::tempdir().expect("a directory");
    close(open(dir.path()).handle).await;
    let check = |text: &str| {
        fs::write(dir.path().join("store.format"), text).expect("written");
        let error = refusal(dir.path());
        assert!(matches!(error, OpenError::Newer { found: 7, known: 2, .. }), "{text:?}: {error:?}");
    };
    check(&marker(7));
    // Without a check the database is asked.
    let shelf = Shelf::open(&Directory::acquire(dir.path()).expect("ours"), Files::AsTheyAre).expect("opens");
    shelf.put_raw(&key::schema(), &frame::seal(&key::schema(), &7_u32.to_be_bytes()));
    drop(shelf);
    check("belfry store format 7\n");
    check("belfry store format 2\n");
    check("garbled");
}

#[tokio::test]
async fn one_flipped_bit_in_the_marker_keeps_no_hub_from_starting() {
    let dir = tempfile::tempdir().expect("a directory");
    close(open(dir.path()).handle).await;
    for text in ["belfry store format 1\n", "belfry store format 3\n", &marker(2).replace("t 2", "t 6"), "\n"] {
        fs::write(dir.path().join("store.format"), text).expect("written");
        let opened = open(dir.path());
        assert_eq!(opened.restored.faults, [], "{text:?}");
        close(opened.handle).await;
        assert_eq!(fs::read_to_string(dir.path().join("store.format")).expect("text"), marker(2), "{text:?}");
    }
}

#[tokio::test]
async fn a_handle_that_is_dropped_closes_the_store() {
    let dir = tempfile::tempdir().expect("a directory");
    drop(open(dir.path()));
    let reopened = async {
        while Store::open(dir.path(), options()).is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), reopened).await.expect("the lock is released");
}
