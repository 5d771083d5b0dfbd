//! How often a database was written, counted in it and beside it.
//!
//! sled ends its log where it is damaged, and is then whole as it was some time ago: nothing in it tells that the newest rows are gone.
//! So each write carries its number in a row of its own transaction, and once it is on stable storage the number goes into a file
//! that sled does not know. A database that knows a smaller number than the file has lost what was written in between. It does not
//! know what that was.
//!
//! The file has two slots that are written in turn, so that one of them is whole whatever happens. It is never synced: after a power
//! cut it may say less than the database, which tells nothing, and never more, because it is written after the database's own sync.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::FileExt as _,
    path::Path,
    time::SystemTime,
};

/// Slots lie so far apart: no write of a disk touches both.
const APART: u64 = 4_096;
const SLOT: usize = 28;

/// How often a database was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Commits {
    /// Which database that is: one that replaces another counts for itself.
    database: u64,
    number: u64,
}

impl Commits {
    /// Those of a database that is made now.
    pub(super) fn of_new_database() -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let nanos = since.as_secs().wrapping_mul(1_000_000_000).wrapping_add(since.subsec_nanos().into());
        Self { database: nanos, number: 0 }
    }

    /// One more.
    #[must_use]
    pub(super) fn next(self) -> Self {
        Self { number: self.number.saturating_add(1), ..self }
    }

    /// How many of these the database does not know that knows `known`; none when it is another one, or it knows them all.
    pub(super) fn unknown_to(self, known: Option<Self>) -> Option<u64> {
        let known = match known {
            Some(known) if known.database == self.database => known.number,
            Some(_) => return None,
            None => 0,
        };
        self.number.checked_sub(known).filter(|lost| *lost > 0)
    }

    pub(super) fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.database.to_be_bytes());
        bytes[8..].copy_from_slice(&self.number.to_be_bytes());
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (database, number) = bytes.split_first_chunk::<8>()?;
        Some(Self { database: u64::from_be_bytes(*database), number: u64::from_be_bytes(number.try_into().ok()?) })
    }
}

/// The file beside the database.
#[derive(Debug)]
pub(super) struct Count {
    /// None when it cannot be had: then nothing is noted, and nothing is missed.
    file: Option<File>,
    /// How often it was written; the last time into the slot of that parity.
    turn: u64,
    noted: Option<Commits>,
}

impl Count {
    /// Reads the file, or makes it.
    pub(super) fn open(path: &Path) -> Self {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let file = file.inspect_err(|error| tracing::warn!(%error, "the count of writes cannot be opened")).ok();
        let slots = file.iter().flat_map(|file| [0, 1].map(|turn| read(file, turn))).flatten();
        let newest = slots.max_by_key(|(turn, _)| *turn);
        Self { file, turn: newest.map_or(0, |(turn, _)| turn), noted: newest.map(|(_, commits)| commits) }
    }

    /// What was noted last.
    pub(super) fn noted(&self) -> Option<Commits> {
        self.noted
    }

    /// Notes what is on stable storage. A disk that refuses is told of by the database.
    pub(super) fn note(&mut self, commits: Commits) {
        let Some(file) = self.file.as_ref().filter(|_| self.noted != Some(commits)) else { return };
        let turn = self.turn.wrapping_add(1);
        match file.write_all_at(&slot(turn, commits), turn % 2 * APART) {
            Ok(()) => (self.turn, self.noted) = (turn, Some(commits)),
            // The same slot has the next turn: the other one is whole.
            Err(error) => tracing::debug!(%error, "the count of writes could not be written"),
        }
    }
}

/// A turn, what is noted, and the CRC-32C of both.
fn slot(turn: u64, commits: Commits) -> [u8; SLOT] {
    let mut slot = [0; SLOT];
    slot[..8].copy_from_slice(&turn.to_be_bytes());
    slot[8..24].copy_from_slice(&commits.to_bytes());
    let check = crc32c::crc32c(&slot[..24]);
    slot[24..].copy_from_slice(&check.to_be_bytes());
    slot
}

fn read(file: &File, number: u64) -> Option<(u64, Commits)> {
    let mut bytes = [0; SLOT];
    let read: io::Result<()> = file.read_exact_at(&mut bytes, number * APART);
    read.ok()?;
    let (turn, rest) = bytes.split_first_chunk::<8>()?;
    let (turn, commits) = (u64::from_be_bytes(*turn), Commits::from_bytes(&rest[..16])?);
    // A file of zeros has no check that fits.
    (slot(turn, commits) == bytes && turn % 2 == number).then_some((turn, commits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commits(database: u64, number: u64) -> Commits {
        Commits { database, number }
    }

    #[test]
    fn what_was_noted_last_is_read_again() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("count");
        assert_eq!(Count::open(&path).noted(), None);
        for number in 1..5 {
            Count::open(&path).note(commits(7, number));
            assert_eq!(Count::open(&path).noted(), Some(commits(7, number)));
        }
        Count::open(&path).note(commits(8, 1));
        assert_eq!(Count::open(&path).noted(), Some(commits(8, 1)), "that of the database that came last");
    }

    #[test]
    fn a_slot_that_is_damaged_leaves_the_one_before() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("count");
        let mut count = Count::open(&path);
        (1..=4).for_each(|number| count.note(commits(7, number)));
        let whole = std::fs::read(&path).expect("there");
        for bit in 0..SLOT * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&path, bytes).expect("written");
            assert_eq!(Count::open(&path).noted(), Some(commits(7, 3)), "bit {bit}");
        }
        for text in [vec![], vec![0; 8_192], vec![0xff; 8_192]] {
            std::fs::write(&path, &text).expect("written");
            assert_eq!(Count::open(&path).noted(), None, "{} bytes", text.len());
        }
    }

    #[test]
    fn only_what_the_same_database_does_not_know_is_lost() {
        let check = |known: Option<Commits>, lost: Option<u64>| assert_eq!(commits(7, 9).unknown_to(known), lost);
        check(Some(commits(7, 9)), None);
        check(Some(commits(7, 12)), None);
        check(Some(commits(7, 4)), Some(5));
        check(Some(commits(8, 4)), None);
        check(None, Some(9));
    }

    #[test]
    fn commits_read_back_and_nothing_else_does() {
        assert_eq!(Commits::from_bytes(&commits(7, 9).to_bytes()), Some(commits(7, 9)));
        assert_eq!(Commits::from_bytes(&[0; 15]), None);
        assert_eq!(Commits::from_bytes(&[0; 17]), None);
    }
}
