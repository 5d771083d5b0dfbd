//! A store made anew from the rows and block files of a backup, beside the old one until it is whole.
//!
//! It does not know how they came into the directory.

use std::{
    fs::{self, DirBuilder},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use super::{
    OfflineError, OpenError,
    backup::block_files,
    block::{BlockError, BlockFile},
    commits::Commits,
    database::{Batch, Broken, Database, Files},
    directory::{Directory, FORMAT},
    dump,
    fingerprint::Fingerprint,
    frame, key, succession,
};
use crate::backup::{BLOCKS, ROWS};

/// Rows of one transaction.
const BATCH: usize = 500;

/// What may happen to a store that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// Nothing: there must be none.
    Nothing,
    /// It is set aside under a dated name.
    SetAside,
}

/// A store that is being made; dropped before the end, it is of no use, and the old one stays.
#[derive(Debug)]
pub struct Restoration {
    directory: Directory,
    incoming: PathBuf,
}

/// A store that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoredStore {
    /// Rows of its database.
    pub rows: u64,
    /// Files of blocks.
    pub block_files: u64,
    /// Where the old store is.
    pub kept: Option<PathBuf>,
}

/// Why a store is not made.
#[derive(Debug, thiserror::Error)]
pub enum RestorationError {
    /// The directory cannot be had.
    #[error(transparent)]
    Refused(#[from] OfflineError),
    /// There is a store.
    #[error("there is a store in {} already: --force sets it aside under a dated name", .0.display())]
    Taken(PathBuf),
    /// Something in the backup is not what was written.
    #[error("the backup is damaged: {0}")]
    Damaged(String),
    /// A newer version wrote it.
    #[error("the backup holds a store of a newer version: upgrade first")]
    Newer,
    /// The disk does not work.
    #[error("the store cannot be made: {0}")]
    Disk(String),
}

impl From<io::Error> for RestorationError {
    fn from(error: io::Error) -> Self {
        Self::Disk(error.to_string())
    }
}

impl From<Broken> for RestorationError {
    fn from(broken: Broken) -> Self {
        Self::Disk(broken.reason().to_owned())
    }
}

impl From<BlockError> for RestorationError {
    fn from(error: BlockError) -> Self {
        match error {
            BlockError::Newer { .. } => Self::Newer,
            BlockError::Damaged(damage) => Self::Damaged(damage.to_string()),
            BlockError::NoSpace(error) | BlockError::ReadOnly(error) | BlockError::Io(error) => error.into(),
        }
    }
}

impl Restoration {
    /// Locks the data directory and makes a place for the parts.
    ///
    /// # Errors
    ///
    /// When a hub runs there, or a store is there that is not to be set aside.
    pub fn begin(dir: &Path, over: Over) -> Result<Self, RestorationError> {
        let directory = Directory::acquire(dir).map_err(|trouble| OfflineError::trouble(dir, trouble))?;
        match directory.marker() {
            // What is newer than this version is kept all the same.
            Ok(_) => {}
            Err(trouble) => match OfflineError::trouble(dir, trouble) {
                OfflineError::Refused(OpenError::Newer { .. }) if over == Over::SetAside => {}
                error => return Err(error.into()),
            },
        }
        let taken = succession::PARTS.iter().any(|part| dir.join(part).exists());
        if taken && over == Over::Nothing {
            return Err(RestorationError::Taken(dir.to_owned()));
        }
        let incoming = succession::begin(dir)?;
        Ok(Self { directory, incoming })
    }

    /// Where the backup is to be unpacked: `rows.blk`, `blocks/` and perhaps `subscribers.sealed`.
    pub fn incoming(&self) -> &Path {
        &self.incoming
    }

    /// Looks at every checksum, makes a database of the rows, and moves all of it into place.
    ///
    /// # Errors
    ///
    /// When anything is damaged or the disk does not work; the old store is in its place then, or the new one.
    pub fn finish(self) -> Result<RestoredStore, RestorationError> {
        let blocks = self.incoming.join(BLOCKS);
        let files = block_files(&blocks)?;
        for path in &files {
            if let Some(damage) = BlockFile::open(path)?.verify().into_iter().next() {
                return Err(RestorationError::Damaged(damage.to_string()));
            }
        }
        let dump = self.incoming.join(ROWS);
        let place = self.incoming.join("store");
        DirBuilder::new().mode(0o700).create(&place)?;
        let rows = fill(&place, &dump, |_| true)?;
        fs::remove_file(dump)?;
        // Block files of the old store do not belong to the new one, even where it has none.
        DirBuilder::new().recursive(true).mode(0o700).create(blocks)?;
        let kept = succession::commit(self.directory.path(), crate::clock::now())?;
        self.directory.mark().map_err(|trouble| OfflineError::trouble(self.directory.path(), trouble))?;
        Ok(RestoredStore { rows, block_files: files.len() as u64, kept })
    }
}

/// Makes a database of those rows of a dump whose keys are wanted, in an empty directory.
pub(super) fn fill(place: &Path, dump: &Path, wanted: impl Fn(&[u8]) -> bool) -> Result<u64, RestorationError> {
    let mut filling = Filling::new(place)?;
    dump::load(dump, |key, body| {
        let format = || body.try_into().ok().map(u32::from_be_bytes);
        if key == key::schema().as_slice() && format().is_none_or(|format| format > FORMAT) {
            return Err(RestorationError::Newer);
        }
        if wanted(key) { Ok(filling.add(key, body)?) } else { Ok(()) }
    })?;
    Ok(filling.finish(FORMAT)?)
}

/// A new database that is being filled, a transaction at a time.
#[derive(Debug)]
pub(super) struct Filling {
    database: Database,
    batch: Batch,
    pending: usize,
    rows: u64,
    has_format: bool,
    commits: Commits,
    sum: Fingerprint,
}

impl Filling {
    /// One that is a database of its own.
    pub(super) fn new(place: &Path) -> Result<Self, Broken> {
        Self::after(place, Commits::of_new_database())
    }

    /// One that goes on from where another was written so often.
    pub(super) fn after(place: &Path, commits: Commits) -> Result<Self, Broken> {
        let (batch, pending, rows, has_format) = (Batch::default(), 0, 0, false);
        Ok(Self {
            database: Database::open(place, Files::AsTheyAre)?,
            batch,
            pending,
            rows,
            has_format,
            commits,
            sum: Fingerprint::default(),
        })
    }

    pub(super) fn add(&mut self, key: &[u8], body: &[u8]) -> Result<(), Broken> {
        self.add_raw(key, frame::seal(key, body))
    }

    /// Takes a row as it lies in a database.
    pub(super) fn add_raw(&mut self, key: &[u8], value: Vec<u8>) -> Result<(), Broken> {
        if key == key::commits().as_slice() {
            return Ok(());
        }
        self.has_format |= key == key::schema().as_slice();
        self.batch.put(key, value);
        self.pending += 1;
        self.rows += 1;
        if self.pending < BATCH { Ok(()) } else { self.flush() }
    }

    /// Whether the rows said their format.
    pub(super) fn has_format(&self) -> bool {
        self.has_format
    }

    fn flush(&mut self) -> Result<(), Broken> {
        self.pending = 0;
        self.commits = self.commits.next();
        let key = key::commits();
        self.sum = self.sum.after(&self.database, &self.batch)?;
        self.batch.put(&key, frame::seal(&key, &self.commits.to_row(self.sum)));
        self.database.write(std::mem::take(&mut self.batch))
    }

    /// Everything is on stable storage, the database is closed; gives the number of rows. Rows that do not say it themselves have
    /// the format `format`.
    pub(super) fn finish(mut self, format: u32) -> Result<u64, Broken> {
        if !self.has_format {
            self.add(&key::schema(), &format.to_be_bytes())?;
            self.rows -= 1;
        }
        self.flush()?;
        self.database.finish()?;
        Ok(self.rows)
    }
}
