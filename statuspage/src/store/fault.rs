//! What can go wrong with the store, as data.
//!
//! It does not know who shows it.

use std::path::PathBuf;

use shared::Timestamp;
use tokio::sync::mpsc;

use super::Restored;

/// Why the store was not opened, for what the operator must decide.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process works in it.
    #[error("the data directory {} is in use by another process: stop it, or choose another directory with --data", .0.display())]
    Locked(PathBuf),
    /// This user may not write there.
    #[error("no permission to use the data directory {}: make it belong to the user that runs this", .0.display())]
    Permission(PathBuf),
    /// Something else has that name.
    #[error("{} is not a directory: choose another data directory with --data", .0.display())]
    NotADirectory(PathBuf),
    /// A later version of this programme wrote it.
    #[error("the data directory {} was written by a newer version (format {found}, this one reads up to {known}): upgrade, or choose another directory with --data", dir.display())]
    Newer {
        /// The data directory.
        dir: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format that is known.
        known: u32,
    },
    /// The thread could not be started.
    #[error("cannot start the store's thread")]
    Thread(#[source] std::io::Error),
}

/// Why a question cannot be answered now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no usable database at the moment.
    #[error("there is no usable database at the moment")]
    Absent,
    /// The disk did not answer in time.
    #[error("the store did not answer in time")]
    Busy,
    /// The block files are there and cannot be read; the log says why.
    #[error("the files of the past cannot be read at the moment")]
    Unreadable,
}

/// Something that operators must know of; shown until the restart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreFault {
    /// The database could not be opened; a new one was started.
    #[error("the database was damaged ({reason}) and set aside as {}; a new one was started", kept.display())]
    SetAside {
        /// What the database said.
        reason: String,
        /// Where it lies now.
        kept: PathBuf,
    },
    /// The marker says that there was a database, and there is none.
    #[error("the database in {} is gone; a new one was started", .0.display())]
    Gone(PathBuf),
    /// The new database was begun with what a backup had.
    #[error("the rows of the backup {} were put into the new database: what came after {made_at} and was not in block files is lost", backup.display())]
    RestoredFrom {
        /// The backup.
        backup: PathBuf,
        /// When it was made.
        made_at: Timestamp,
    },
    /// Rows whose checksum does not fit; they are kept apart and not shown.
    #[error("{rows} rows of the database were damaged and set aside")]
    CorruptRows {
        /// How many were found together.
        rows: u64,
    },
    /// The database is as it was some writes ago: what was written since is gone.
    #[error(
        "the database was damaged and has lost its newest rows, of up to {writes} writes; what it still has is served"
    )]
    LostWrites {
        /// How many, at most.
        writes: u64,
    },
    /// A part of a block file is damaged; the rest is served.
    #[error("{0}: it was set aside, the rest of the file is served")]
    DamagedBlock(String),
    /// A block file that was written is not there any more.
    #[error("the block file {} is missing: what it held can only come back from a backup", .0.display())]
    MissingBlock(PathBuf),
    /// What is settled could not be moved out of the database; it is tried again.
    #[error("results could not be moved into block files ({0}): they stay in the database, and it is tried again")]
    NotSealed(String),
    /// Too little space to write safely.
    #[error("only {free} bytes are free where {} lies and {reserve} are needed: results wait in memory", dir.display())]
    NoSpace {
        /// The data directory.
        dir: PathBuf,
        /// Bytes that are free.
        free: u64,
        /// Bytes that are needed.
        reserve: u64,
    },
    /// The disk has less room than the operator wants; everything is still written.
    #[error("only {free} bytes are free where {} lies and {reserve} are wanted: make room before writing fails", dir.display())]
    LowSpace {
        /// The data directory.
        dir: PathBuf,
        /// Bytes that are free.
        free: u64,
        /// Bytes that are wanted.
        reserve: u64,
    },
    /// Reading or writing failed; it is tried again.
    #[error("the database failed ({0}): results wait in memory, and it is opened again")]
    Failing(String),
    /// Observations were dropped because too many waited.
    #[error("{observations} observations were lost because the store could not keep up")]
    Dropped {
        /// How many since the last time this was said.
        observations: u64,
    },
}

/// What happens to an open store, in order; [`StoreHandle::state`](super::StoreHandle::state) tells the present.
#[derive(Debug)]
pub enum StoreEvent {
    /// Something that operators must know of.
    Fault(StoreFault),
    /// A database that could not be used at the start is open now, and this is in it. Writes wait until
    /// [`StoreHandle::adopt_with`](super::StoreHandle::adopt_with), which takes what the merger changed.
    OpenedLate(Box<Restored>),
    /// A new, empty database took the place of a damaged one, or it has lost its newest rows: apply everything that is still known.
    Replaced,
    /// Everything that had waited is written: [`StoreFault::NoSpace`] and [`StoreFault::Failing`] are over.
    CaughtUp,
    /// The disk has room again: [`StoreFault::LowSpace`] is over. The first look at the disk after the start says this or the
    /// fault, because the last process may have ended with the fault open; when none is open, nobody is told.
    RoomAgain,
}

/// The receiving end of a channel of 64 events. When nobody takes them, further faults are only logged; the other events wait.
pub type StoreEvents = mpsc::Receiver<StoreEvent>;
