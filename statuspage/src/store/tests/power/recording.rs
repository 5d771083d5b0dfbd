//! The log of a child's file operations, as `tests/power/operations.c` writes it.
//!
//! It does not know what a power cut does with them.

use std::{
    fs::{self, File, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
};

/// The kind of the records that the child writes itself.
const NOTE: u32 = 100;
const HEAD: usize = 24;

/// Something that happened below the root; paths are relative to it, files are inodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    /// A file or a directory was opened, and made if it was not there.
    Open {
        inode: u64,
        path: PathBuf,
    },
    Write {
        inode: u64,
        at: usize,
        bytes: Vec<u8>,
    },
    Length {
        inode: u64,
        length: usize,
    },
    Sync {
        inode: u64,
    },
    Rename {
        old: PathBuf,
        new: PathBuf,
    },
    Link {
        old: PathBuf,
        new: PathBuf,
    },
    Remove {
        path: PathBuf,
    },
    Make {
        path: PathBuf,
    },
    /// An operation of that name was made to fail.
    Failed {
        inode: u64,
        operation: String,
    },
    /// What the child says: the batch of that number is acknowledged.
    Acknowledged {
        batch: u64,
    },
}

/// Reads the log; a child that was killed may have left half a record at its end.
pub(super) fn read(log: &Path) -> Vec<Event> {
    let log = fs::read(log).expect("the child wrote a log");
    let (mut rest, mut events) = (&log[..], Vec::new());
    while let Some((head, tail)) = rest.split_at_checked(HEAD) {
        let Some((bytes, tail)) = tail.split_at_checked(word(head, 4) as usize) else { break };
        events.push(event(word(head, 0), long(head, 8), long(head, 16), bytes));
        rest = tail;
    }
    events
}

fn event(kind: u32, inode: u64, place: u64, bytes: &[u8]) -> Event {
    let path = || PathBuf::from(text(bytes));
    let paths = || text(bytes).split_once('\0').map(|(old, new)| (old.into(), new.into())).expect("two paths");
    let place = usize::try_from(place).expect("files are small");
    match kind {
        1 => Event::Open { inode, path: path() },
        2 => Event::Write { inode, at: place, bytes: bytes.to_vec() },
        3 => Event::Length { inode, length: place },
        4 => Event::Sync { inode },
        5 => {
            let (old, new) = paths();
            Event::Rename { old, new }
        }
        6 => {
            let (old, new) = paths();
            Event::Link { old, new }
        }
        7 => Event::Remove { path: path() },
        8 => Event::Make { path: path() },
        9 => Event::Failed { inode, operation: text(bytes).to_owned() },
        NOTE => Event::Acknowledged { batch: inode },
        kind => unreachable!("operations.c writes no records of kind {kind}"),
    }
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).expect("the store's names are plain")
}

fn word(head: &[u8], at: usize) -> u32 {
    u32::from_ne_bytes(head[at..at + 4].try_into().expect("four bytes"))
}

fn long(head: &[u8], at: usize) -> u64 {
    u64::from_ne_bytes(head[at..at + 8].try_into().expect("eight bytes"))
}

/// The child's own words in the log.
#[derive(Debug)]
pub(super) struct Notes(File);

impl Notes {
    /// Those of this process, which runs under the library.
    pub(super) fn of_this_child() -> Self {
        let log = std::env::var_os("BELFRY_FILES_LOG").expect("the parent has a log");
        Self(OpenOptions::new().append(true).open(log).expect("opens"))
    }

    /// Says that a batch was acknowledged, behind every operation that led to it.
    pub(super) fn acknowledged(&mut self, batch: u64) {
        let head = [NOTE.to_ne_bytes(), 0_u32.to_ne_bytes()].concat();
        let record = [head, batch.to_ne_bytes().to_vec(), 0_u64.to_ne_bytes().to_vec()].concat();
        self.0.write_all(&record).expect("written");
    }
}
