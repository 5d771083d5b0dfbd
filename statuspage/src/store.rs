//! The store: what must survive a crash, kept in an embedded database on a thread of its own.
//!
//! It does not know what the bytes of an engine state or a ledger mean, who is told what, nor how anything is shown. The database
//! (sled 0.34.7) is named in its submodule `database` and nowhere else.
//!
//! Guarantees
//! - [`Durability::Synced`] means: on stable storage, power loss included. Each batch is one transaction, followed by sled's flush and
//!   by an `fsync` of our own on the database file, because sled's flush is `sync_file_range`.
//! - [`StoreHandle::append`] and [`StoreHandle::apply`] wait at most [`StoreOptions::patience`] (2 s), and not at all while the
//!   store is behind already. What is not written by then waits
//!   in memory and is written later under the same keys, without a restart, when the disk has room and works again. Observations
//!   wait in a queue of [`StoreOptions::pending_observations`] (100,000, about 30 MB); when it is full the oldest are dropped and
//!   counted. Changes are never dropped: they wait merged by key, so that they take no more than what they describe.
//! - Observations that were appended before a change are written before it or with it, never after it.
//! - Reading shows nothing that is not yet synced, and gives up after [`StoreOptions::patience`].
//! - Every value carries the CRC-32C of its key and body. A row that fails it is moved out of the way, counted and reported; it is
//!   never shown.
//! - A database that has lost its newest rows, or some of them, which sled does not tell, says so when it is opened ([`StoreFault::LostWrites`]).
//! - After any end but a clean one, and after each failure, the database is written anew as it reads before it is used: what a sync
//!   that failed left only in memory is then on stable storage, or is not taken for data.
//! - One flipped bit in a file of our own beside the database neither stops the start nor costs data.
//! - A database that cannot be opened is set aside under a dated name and a new one takes its place ([`StoreFault::SetAside`]).
//!   A full or read-only disk means: no store for now ([`StoreState::Absent`]); opening is tried again by itself.
//! - When the database opens only after the start, what it holds comes as [`StoreEvent::OpenedLate`], and nothing is written over
//!   it before [`StoreHandle::adopt_with`].
//!
//! A state change and its notification are one transaction: [`Changes`] are written together or not at all, and while the store is
//! behind they are merged and stay together. Open outages and lasting faults are *records* ([`RecordKey`]), one row each, put or
//! removed in the transaction of the outbox rows that they lead to. Incidents (their measured times and members), operators' texts
//! (one record an update, under the incident's id) and delivery cursors (how far each subscriber, by id and never by address, has
//! been told of an incident) are to lie there in the same way, as further variants of `RecordKey`.
//!
//! Keys, all in one tree: see the submodule `key`. What is settled lies in block files beside the database: see `block`, `blocks` and `seal`.

mod backup;
mod block;
mod blocks;
mod changes;
mod clock;
mod codes;
mod commits;
mod database;
mod directory;
mod dump;
mod fault;
mod fingerprint;
mod frame;
mod handle;
mod holdings;
mod key;
mod migrate;
mod offline;
mod query;
mod queue;
mod record;
mod repair;
mod restoration;
mod restore;
mod returned;
mod revival;
mod seal;
mod shelf;
mod succession;
mod tally;
mod upkeep;
mod verify;
mod writer;

#[cfg(test)]
mod tests;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

pub use backup::{BackupError, BackupPoint};
pub use changes::{Changes, Ledger, RecordKey};
pub use fault::{OpenError, StoreError, StoreEvent, StoreEvents, StoreFault};
pub use handle::{Durability, StoreHandle};
pub use offline::{Offline, OfflineError};
pub use query::{Cursor, InvalidCursor, MAX_PAGE, ObservationPage, ObservationQuery, RollupQuery};
pub use queue::Counters;
pub use repair::{Repaired, RepairedFile, repair};
pub use restoration::{Over, Restoration, RestorationError, RestoredStore};
pub use restore::Restored;
pub use returned::{forget_return, note_return, noted_return};
pub use verify::{Audit, Checked, Finding, Report};

pub use crate::snapshot::StoreState;

/// Opens stores.
#[derive(Debug)]
pub struct Store;

/// An open store.
#[derive(Debug)]
pub struct Opened {
    /// Writes and reads; cheap to clone.
    pub handle: StoreHandle,
    /// What the last process left; empty when there is no usable database (then `faults` says why).
    pub restored: Restored,
    /// What happens to the store later on.
    pub events: StoreEvents,
}

impl Store {
    /// Opens the store of `dir`, creating the directory where needed, and starts its thread. Blocks while the database is read.
    ///
    /// # Errors
    ///
    /// Only for what the operator must decide: the directory is locked by another process, cannot be used by this user, is no
    /// directory, or was written by a newer version. Damage, a full disk or a read-only file system are no errors: the store then
    /// starts empty or not at all, and `restored.faults` says so.
    pub fn open(dir: &Path, options: StoreOptions) -> Result<Opened, OpenError> {
        writer::start(dir, options)
    }
}

/// How the store behaves; the default is what the product uses.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// How long raw observations are kept.
    pub retention: Duration,
    /// What the database and the block files may take together: the oldest results go first, roll-ups last.
    pub max_bytes: u64,
    /// How long after its end a part of an hour, an hour or a day is sealed: what comes later costs a file that is written again.
    pub grace: Duration,
    /// From one renewal of the database to the next, unless there is much to seal at once: what comes late waits for so long.
    pub pause: Duration,
    /// From the end of one look at what is settled, too old or too much to the next.
    pub rest: Duration,
    /// How many observations may wait in memory.
    pub pending_observations: usize,
    /// Bytes that must be free: below it the database is not opened, and an open one is not written to.
    pub reserve: u64,
    /// Bytes that should be free: below it operators are told, while writing still goes on.
    pub disk_reserve: u64,
    /// Where backups lie: a database that is damaged or gone begins with the rows of the newest good one.
    pub backups: Option<PathBuf>,
    /// How long writes and reads wait for the disk.
    pub patience: Duration,
    /// The pause before the first attempt to reopen; it doubles up to sixty-four times that.
    pub backoff: Duration,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            retention: Duration::from_secs(30 * 86_400),
            max_bytes: 2_000_000_000,
            grace: Duration::from_secs(300),
            // A little less than a slice, so that each one finds its turn.
            pause: Duration::from_secs(540),
            rest: Duration::from_secs(60),
            pending_observations: 100_000,
            reserve: 64 << 20,
            disk_reserve: 1_000_000_000,
            backups: None,
            patience: Duration::from_secs(2),
            backoff: Duration::from_millis(500),
        }
    }
}
