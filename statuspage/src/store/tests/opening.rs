//! Directories that cannot be used, and those that only look like it.

use std::{fs, path::Path};

use super::{super::OpenError, Store, close, open, options};

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

#[tokio::test]
async fn a_directory_of_a_newer_version_is_left_alone() {
    let dir = tempfile::tempdir().expect("a directory");
    close(open(dir.path()).handle).await;
    fs::write(dir.path().join("store.format"), "belfry store format 7\n").expect("written");
    let error = refusal(dir.path());
    assert!(matches!(error, OpenError::Newer { found: 7, known: 2, .. }), "{error:?}");
    fs::write(dir.path().join("store.format"), "belfry store format 1\n").expect("written");
    close(open(dir.path()).handle).await;
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
