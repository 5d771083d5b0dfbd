//! How often this process began lately without having ended well: a small file of the data directory, read before anything else.
//!
//! It does not know why it ended. A process that is ended again and again by its own supervisor would loop for ever; once that is
//! known it stays up, says so, and does what it can.

use std::{
    fs::{self, DirBuilder},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use shared::Timestamp;

const FILE: &str = "starts";
/// Starts that are longer ago say nothing any more.
const LATELY: Duration = Duration::from_secs(600);
/// More restarts than that in that time are a loop.
const LOOP: usize = 3;

/// How the process stands at its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stability {
    /// As usual.
    #[default]
    Steady,
    /// It was started again and again: it stays up whatever happens.
    Looping {
        /// How often it was started anew lately.
        restarts: u32,
    },
}

/// The memory of starts.
#[derive(Debug)]
pub struct Starts {
    path: PathBuf,
    /// This start, and those before it that count.
    known: Vec<Timestamp>,
}

impl Starts {
    /// Notes a start in `directory`, which is made where there is none. Whatever cannot be read or written is as if there had been no
    /// start: this must not be what keeps a monitor from running.
    pub fn note(directory: &Path, now: Timestamp) -> (Self, Stability) {
        let path = directory.join(FILE);
        let mut known = read(&path);
        known.retain(|at| at.since(now).max(now.since(*at)) < LATELY);
        let restarts = known.len();
        known.push(now);
        let starts = Self { path, known };
        let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
        if let Err(error) = made.and_then(|()| starts.write()) {
            tracing::debug!(%error, "this start could not be noted");
        }
        let looping = Stability::Looping { restarts: u32::try_from(restarts).unwrap_or(u32::MAX) };
        (starts, if restarts > LOOP { looping } else { Stability::Steady })
    }

    /// This start is none to be remembered: the process ends as it should, or could not begin for a reason that it said.
    pub fn forget_this_one(mut self) {
        self.known.pop();
        self.rewrite();
    }

    fn rewrite(&self) {
        let done = if self.known.is_empty() { fs::remove_file(&self.path) } else { self.write() };
        if let Err(error) =
            done.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
        {
            tracing::debug!(%error, "the memory of starts could not be written");
        }
    }

    fn write(&self) -> io::Result<()> {
        let lines: String = self.known.iter().map(|at| format!("{at}\n")).collect();
        let unfinished = self.path.with_extension("new");
        fs::write(&unfinished, lines)?;
        fs::rename(unfinished, &self.path)
    }
}

fn read(path: &Path) -> Vec<Timestamp> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| line.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000 + second * 1_000)
    }

    #[test]
    fn more_than_three_restarts_in_ten_minutes_are_a_loop() {
        let directory = tempfile::tempdir().expect("a directory");
        let data = directory.path().join("data");
        let stability = |second: i64| Starts::note(&data, at(second)).1;
        for second in [0, 60, 120, 180] {
            assert_eq!(stability(second), Stability::Steady, "second {second}");
        }
        assert_eq!(stability(240), Stability::Looping { restarts: 4 });
        assert_eq!(stability(1_000), Stability::Steady, "ten minutes later");
    }

    #[test]
    fn a_good_end_is_no_restart_and_a_torn_file_no_fault() {
        let directory = tempfile::tempdir().expect("a directory");
        for second in 0..10 {
            let (starts, stability) = Starts::note(directory.path(), at(second));
            assert_eq!(stability, Stability::Steady);
            starts.forget_this_one();
        }
        assert!(!directory.path().join(FILE).exists());
        fs::write(directory.path().join(FILE), b"\xff\xfe\n2026-").expect("written");
        assert_eq!(Starts::note(directory.path(), at(20)).1, Stability::Steady);
    }

    #[test]
    fn a_place_that_cannot_be_written_keeps_nobody_from_starting() {
        assert_eq!(Starts::note(Path::new("/proc/nowhere"), at(0)).1, Stability::Steady);
    }
}
