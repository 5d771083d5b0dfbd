//! `kill -9` in the middle of writing: nothing that was acknowledged is lost, nothing is corrupt.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
};

use super::{Durability, base, child, child_directory, close, observations, open, read_all, scale};

const BATCH: u64 = 20;

/// Appends batch after batch, saying each that is acknowledged, until it is killed.
async fn write_until_killed(dir: &Path) {
    let handle = open(dir).handle;
    let start = base();
    println!("start {start}");
    for batch in 0.. {
        let rows = observations(start, batch * BATCH..(batch + 1) * BATCH);
        assert_eq!(handle.append(rows).await, Durability::Synced);
        println!("acknowledged {batch}");
        std::io::stdout().flush().expect("the parent reads");
    }
}

/// Starts a child, kills it once `limit` batches are acknowledged, and gives where its rows begin and how many batches it said.
fn kill_after(limit: u64, dir: &Path) -> (shared::Timestamp, u64) {
    let (binary, arguments, environment) =
        child("store::tests::crash::what_was_acknowledged_survives_kill_minus_nine", dir);
    let mut child = Command::new(binary)
        .args(arguments)
        .envs(environment)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let (mut start, mut batches) = (None, 0);
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    for line in lines.map_while(Result::ok) {
        // The test harness may have written the beginning of the first line.
        if let Some((_, at)) = line.split_once("start ") {
            start = Some(at.parse().expect("a time"));
        } else if line.starts_with("acknowledged ") {
            batches += 1;
            if batches == limit {
                child.kill().expect("killed");
            }
        }
    }
    child.wait().expect("ended");
    (start.expect("it began"), batches)
}

#[tokio::test]
async fn what_was_acknowledged_survives_kill_minus_nine() {
    if let Some(dir) = child_directory() {
        return write_until_killed(&dir).await;
    }
    let dir = tempfile::tempdir().expect("a directory");
    let mut expected = 0;
    for round in 0..4 * scale() {
        let (start, batches) = kill_after(1 + round * 7 % 23, dir.path());
        let opened = open(dir.path());
        assert_eq!(opened.restored.faults, []);
        let rows = read_all(&opened.handle).await;
        let acknowledged = observations(start, 0..batches * BATCH);
        assert!(acknowledged.iter().all(|row| rows.contains(row)), "round {round}: {batches} batches");
        assert!(rows.len() >= expected, "what came before is still there");
        expected = rows.len();
        assert_eq!(opened.handle.counters().corrupt_rows, 0);
        close(opened.handle).await;
    }
}
