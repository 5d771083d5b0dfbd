//! `kill -9` at any instant, under load: nothing that was acknowledged is lost, nothing is there twice, nothing is corrupt.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{ChildStdout, Stdio},
    time::Duration,
};

use super::{chance::Chance, child_directory, load::Part, scale};

/// Kills of one directory, each child going on where the one before was killed.
const KILLS: u64 = 10;
/// Directories, times the scale.
const DIRECTORIES: u64 = 2;

/// When a child is killed: so long after a line of its output. The test harness of the child writes the first line.
#[derive(Debug, Clone, Copy)]
struct Instant {
    line: &'static str,
    after: Duration,
}

impl Instant {
    /// While it opens the store, while it writes, or at any time.
    fn random(chance: &mut Chance) -> Self {
        let (line, micros) =
            chance.one_of(&[("opening", 40_000), ("acknowledged", 150_000), ("running 1 test", 200_000)]);
        Self { line, after: Duration::from_micros(chance.of(0..micros) as u64) }
    }
}

/// Starts a child, kills it, and gives the last batch that it acknowledged.
fn kill(at: Instant, part: Part, dir: &Path) -> Option<u64> {
    let mut child = part
        .command("store::tests::crash::what_was_acknowledged_survives_kill_minus_nine", dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let mut lines = Lines(BufReader::new(child.stdout.take().expect("piped")));
    let mut last = None;
    while let Some(line) = lines.next() {
        last = acknowledged(&line).or(last);
        if line.starts_with(at.line) {
            // Not a wait for something: the instant itself is what is tested.
            std::thread::sleep(at.after);
            break;
        }
    }
    child.kill().expect("killed");
    while let Some(line) = lines.next() {
        last = acknowledged(&line).or(last);
    }
    let status = child.wait().expect("ended");
    assert_eq!(status.signal(), Some(9), "{part:?}, {at:?}: the child ended by itself");
    last
}

fn acknowledged(line: &str) -> Option<u64> {
    line.strip_prefix("acknowledged ")?.parse().ok()
}

/// Whole lines: half a line is no acknowledgement.
struct Lines(BufReader<ChildStdout>);

impl Lines {
    fn next(&mut self) -> Option<String> {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("text");
        Some(line.strip_suffix('\n')?.to_owned())
    }
}

fn say(line: &str) {
    println!("{line}");
    std::io::stdout().flush().expect("the parent reads");
}

#[tokio::test]
async fn what_was_acknowledged_survives_kill_minus_nine() {
    if let Some(dir) = child_directory() {
        // The test harness has begun a line.
        say("\nopening");
        return Part::of_this_child().write(&dir, u64::MAX, |batch| say(&format!("acknowledged {batch}"))).await;
    }
    let (mut chance, mut slowest) = (Chance::new(), Duration::ZERO);
    for _ in 0..DIRECTORIES * scale() {
        let (dir, mut part) = (tempfile::tempdir().expect("a directory"), Part::first());
        for _ in 0..KILLS {
            let at = Instant::random(&mut chance);
            let acknowledged = kill(at, part, dir.path()).or(part.last_before());
            let about = format!("{chance}, {part:?}, {at:?}");
            let found = part.check(dir.path(), acknowledged, 1, &about).await;
            part.first = found.next;
            slowest = slowest.max(found.opening);
        }
    }
    println!("{} kills, slowest opening {slowest:?}", DIRECTORIES * KILLS * scale());
}
