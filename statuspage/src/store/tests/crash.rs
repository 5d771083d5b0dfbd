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
    println!("opening");
    std::io::stdout().flush().expect("the parent reads");
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

/// When a child is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// While it opens the store.
    Opening,
    /// Once so many batches are acknowledged.
    Batch(u64),
}

/// Starts a child, kills it, and gives where its rows begin (if it got there) and how many batches it acknowledged.
fn kill(at: At, dir: &Path) -> (Option<shared::Timestamp>, u64) {
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
        // The test harness may have written the beginning of a line.
        if line.ends_with("opening") && at == At::Opening {
            child.kill().expect("killed");
        } else if let Some((_, at)) = line.split_once("start ") {
            start = Some(at.parse().expect("a time"));
        } else if line.starts_with("acknowledged ") {
            batches += 1;
            if at == At::Batch(batches) {
                child.kill().expect("killed");
            }
        }
    }
    child.wait().expect("ended");
    (start, batches)
}

#[tokio::test]
async fn what_was_acknowledged_survives_kill_minus_nine() {
    if let Some(dir) = child_directory() {
        return write_until_killed(&dir).await;
    }
    let dir = tempfile::tempdir().expect("a directory");
    let mut before = 0;
    for round in 0..6 * scale() {
        let at = if round % 2 == 1 { At::Opening } else { At::Batch(1 + round * 7 % 23) };
        let (start, batches) = kill(at, dir.path());
        let opened = open(dir.path());
        assert_eq!(opened.restored.faults, [], "round {round}");
        let rows = read_all(&opened.handle).await;
        let acknowledged = start.map(|start| observations(start, 0..batches * BATCH)).unwrap_or_default();
        assert!(acknowledged.iter().all(|row| rows.contains(row)), "round {round}: {batches} batches");
        assert!(rows.len() >= before, "what came before is still there");
        before = rows.len();
        assert_eq!(opened.handle.counters().corrupt_rows, 0);
        close(opened.handle).await;
    }
}
