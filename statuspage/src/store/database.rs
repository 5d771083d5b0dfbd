//! The embedded database, sled 0.34.7, behind the three wrappers that make it keep its promises; nothing else names it.
//!
//! It does not know what the rows mean.
//!
//! Why the wrappers (measured with power cuts, kills and full disks): sled's flush is `sync_file_range` and no `fsync`; a snapshot
//! that was half written when the process died is later taken for a whole one; `conf` and the directory entries are never synced. So
//! 1. before opening, `snap.*.generating` is removed;
//! 2. after opening, `conf`, the database directory and its parent are synced;
//! 3. one file of our own on `db` is synced after every flush, before anything is acknowledged; its error state shows what sled
//!    swallows.
//!
//! After a sync that failed, Linux takes the pages for clean: what was written to them is read as if it were there and never reaches
//! the disk, and a later sync succeeds. sled would go on behind that hole, and lose everything behind it in the next power cut. So
//! after any failure, and after any end but a clean one, since nobody knows how it came, the files are written anew, as they are read,
//! before the database is opened again ([`Files::WrittenAnew`]). And sled takes a place of its log that cannot be read for the end:
//! everything is read once before.
//!
//! sled panics on some kinds of damage, its errors stay until it is dropped, and some make a call wait for ever: every call is caught
//! and looked after (`pulse`), and after any error the database must be dropped and opened again.

mod files;
mod pulse;

use std::{
    fs::{self, File},
    io,
    ops::ControlFlow,
    os::unix::fs::MetadataExt as _,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

pub(super) use self::files::file_of;
use self::pulse::Pulse;

/// What sled may hold in memory; it exceeds it several times over.
const CACHE: u64 = 16 << 20;

/// Why a call did not work; the database must be dropped after either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Broken {
    /// What lies on the disk is not a database that can be read.
    Damaged(String),
    /// The disk cannot read what it holds (EIO).
    Unreadable(String),
    /// Reading or writing failed; it may work later.
    Failing(String),
}

impl Broken {
    /// What the database said.
    pub(super) fn reason(&self) -> &str {
        match self {
            Self::Damaged(reason) | Self::Unreadable(reason) | Self::Failing(reason) => reason,
        }
    }
}

/// What is done with the files of a database before it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Files {
    /// They are written anew, but for the settings, which are removed: nothing says that the database was ever whole.
    Unfinished,
    /// They are read: they were closed with everything on stable storage.
    AsTheyAre,
    /// They are read, written anew and synced: something failed or may have failed, and that may have been a sync.
    WrittenAnew,
}

/// Which way to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// From the least key.
    Ascending,
    /// From the greatest key.
    Descending,
}

/// Writes that happen together or not at all.
#[derive(Debug, Default)]
pub(super) struct Batch(sled::Batch);

impl Batch {
    pub(super) fn put(&mut self, key: &[u8], value: Vec<u8>) {
        self.0.insert(key, value);
    }

    pub(super) fn remove(&mut self, key: &[u8]) {
        self.0.remove(key);
    }
}

/// An open database.
#[derive(Debug)]
pub(super) struct Database {
    db: Option<sled::Db>,
    /// Before the database is closed, this must be gone: it holds it, too.
    pulse: Option<Pulse>,
    /// Our own descriptor on sled's file, and where that lies.
    file: File,
    path: PathBuf,
}

impl Database {
    /// Opens the database in `dir`, or makes one.
    pub(super) fn open(dir: &Path, files: Files) -> Result<Self, Broken> {
        files::remove_half_snapshots(dir).map_err(|error| failing(&error))?;
        match files {
            Files::Unfinished => {
                files::remove_settings(dir).and_then(|()| files::write_anew(dir)).map_err(|error| failing(&error))?;
            }
            Files::AsTheyAre => files::require_readable(dir).map_err(|error| failing(&error))?,
            Files::WrittenAnew => files::write_anew(dir).map_err(|error| failing(&error))?,
        }
        let config = sled::Config::new().path(dir).cache_capacity(CACHE).mode(sled::Mode::LowSpace);
        let db = caught(|| config.open())?;
        let beside = files::sync_structure(dir).and_then(|file| Ok((file, Pulse::start(db.clone())?)));
        match beside {
            Ok((file, pulse)) => Ok(Self { db: Some(db), pulse: Some(pulse), file, path: file_of(dir) }),
            Err(error) => {
                close(db);
                Err(failing(&error))
            }
        }
    }

    /// Calls the database, catching what it throws and waking it when it sleeps for ever.
    fn call<T>(&self, call: impl FnOnce() -> sled::Result<T>) -> Result<T, Broken> {
        match &self.pulse {
            Some(pulse) => pulse.over(|| caught(call)),
            None => caught(call),
        }
    }

    fn db(&self) -> Result<&sled::Db, Broken> {
        self.db.as_ref().ok_or_else(|| Broken::Failing("the database is closed".to_owned()))
    }

    /// Writes a batch; when this returns `Ok`, it is on stable storage.
    pub(super) fn write(&self, batch: Batch) -> Result<(), Broken> {
        let db = self.db()?;
        self.call(|| db.apply_batch(batch.0))?;
        self.call(|| db.flush())?;
        self.file.sync_all().map_err(|error| failing(&error))
    }

    /// The value under a key.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Broken> {
        let db = self.db()?;
        self.call(|| Ok(db.get(key)?.map(|value| value.to_vec())))
    }

    /// Whether there is a value under a key.
    pub(super) fn contains(&self, key: &[u8]) -> Result<bool, Broken> {
        let db = self.db()?;
        self.call(|| db.contains_key(key))
    }

    /// Visits the rows from `from` (inclusive) to `to` (exclusive) until the visitor breaks.
    pub(super) fn scan(
        &self,
        from: &[u8],
        to: &[u8],
        order: Order,
        mut visit: impl FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), Broken> {
        // sled panics on a range that ends before it begins.
        if from >= to {
            return Ok(());
        }
        let mut rows = self.db()?.range(from..to);
        loop {
            let row = self.call(|| {
                match order {
                    Order::Ascending => rows.next(),
                    Order::Descending => rows.next_back(),
                }
                .transpose()
            })?;
            let Some((key, value)) = row else { return Ok(()) };
            if visit(&key, &value).is_break() {
                return Ok(());
            }
        }
    }

    /// Fails when the file was removed or replaced under us: what is written to it then is lost with the process.
    pub(super) fn require_place(&self) -> Result<(), Broken> {
        let ours = self.file.metadata().map_err(|error| failing(&error))?;
        match fs::metadata(&self.path) {
            Ok(there) if there.dev() == ours.dev() && there.ino() == ours.ino() => Ok(()),
            Ok(_) => Err(Broken::Failing("its file was replaced while it was open".to_owned())),
            Err(error) => Err(failing(&error)),
        }
    }

    /// Bytes of all its files.
    pub(super) fn size(&self) -> Result<u64, Broken> {
        let db = self.db()?;
        self.call(|| db.size_on_disk())
    }
}

impl Database {
    /// Closes it with everything on stable storage, also what sled writes when it ends.
    pub(super) fn finish(&mut self) -> Result<(), Broken> {
        self.close();
        self.file.sync_all().map_err(|error| failing(&error))
    }

    /// Closes it; every call fails from now on.
    pub(super) fn close(&mut self) {
        drop(self.pulse.take());
        if let Some(db) = self.db.take() {
            close(db);
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.close();
    }
}

/// sled flushes in its destructors; a panic in there must not end the store's thread.
fn close(db: sled::Db) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(db)));
}

fn failing(error: &io::Error) -> Broken {
    if error.raw_os_error() == Some(libc::EIO) {
        return Broken::Unreadable(error.to_string());
    }
    Broken::Failing(error.to_string())
}

fn caught<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, Broken> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(broken(&error)),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words");
            Err(Broken::Damaged(format!("the database panicked: {said}")))
        }
    }
}

fn broken(error: &sled::Error) -> Broken {
    match error {
        sled::Error::Io(io) => match io.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput => {
                Broken::Damaged(io.to_string())
            }
            _ => failing(io),
        },
        sled::Error::CollectionNotFound(_)
        | sled::Error::Unsupported(_)
        | sled::Error::ReportableBug(_)
        | sled::Error::Corruption { .. } => Broken::Damaged(error.to_string()),
    }
}
