//! The store at one instant, in a directory beside it: every row written down, every block file linked.
//!
//! It does not know what becomes of the directory. Block files never change once they are in place, so that a link is a copy.

use std::{
    fs::{self, DirBuilder},
    io::{self, ErrorKind},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    Offline, StoreError, StoreHandle,
    block::BlockError,
    dump::{Dump, DumpError},
    holdings::Holdings,
};
use crate::{
    backup::{BLOCKS, FORMAT, Head, ROWS},
    subscriber::SEALED,
};

/// Where such directories lie, below the data directory.
const NEST: &str = "backup.tmp";
/// How long the store may be busy before its turn comes: it may be writing to a slow disk.
const PATIENCE: Duration = Duration::from_secs(120);

/// A copy of the store; the directory goes when this is dropped.
#[derive(Debug)]
pub struct BackupPoint {
    directory: PathBuf,
    head: Head,
}

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is no database to copy.
    #[error("the store cannot be copied now: {0}")]
    Store(#[from] StoreError),
    /// The database broke.
    #[error("the database cannot be read ({0}): `statuspage verify` says more")]
    Database(String),
    /// The directory of the copy could not be written.
    #[error("the copy of the store cannot be written: {0}")]
    Disk(String),
}

impl BackupPoint {
    /// Where it lies: `rows.blk` and `blocks/`.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What it is.
    pub fn head(&self) -> &Head {
        &self.head
    }
}

impl Drop for BackupPoint {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.directory) {
            tracing::warn!(%error, directory = %self.directory.display(), "cannot remove the copy made for a backup");
        }
    }
}

impl StoreHandle {
    /// Copies the store as it is at one instant.
    ///
    /// # Errors
    ///
    /// When there is no database, or the disk has no room for the copy of its rows.
    pub async fn backup(&self) -> Result<BackupPoint, BackupError> {
        let data = self.directory().to_owned();
        let taken = self.ask(PATIENCE, move |holdings| match Taken::new(holdings, &data) {
            Ok(taken) => Ok(Ok(taken)),
            Err(DumpError::Database(broken)) => Err(broken.into()),
            Err(DumpError::File(error)) => Ok(Err(disk(&error))),
        });
        let taken = taken.await??;
        // The rows are read; that they are on stable storage need not hold up the store.
        let finished = tokio::task::spawn_blocking(|| taken.finish()).await;
        finished.map_err(|fault| BackupError::Disk(fault.to_string()))?
    }
}

impl Offline {
    /// Copies the store.
    ///
    /// # Errors
    ///
    /// When the database breaks, or the disk has no room for the copy of its rows.
    pub fn backup(&self) -> Result<BackupPoint, BackupError> {
        let taken = Taken::new(self.holdings(), self.directory()).map_err(|error| match error {
            DumpError::Database(broken) => BackupError::Database(broken.reason().to_owned()),
            DumpError::File(error) => disk(&error),
        });
        taken?.finish()
    }
}

fn disk(error: &BlockError) -> BackupError {
    let cause = std::error::Error::source(error).map(|cause| format!(" ({cause})")).unwrap_or_default();
    BackupError::Disk(format!("{error}{cause}"))
}

/// The copy before its rows are synced.
struct Taken {
    point: BackupPoint,
    dump: Dump,
}

impl Taken {
    fn new(holdings: &Holdings, data: &Path) -> Result<Self, DumpError> {
        let made_at = crate::clock::now();
        let nest = data.join(NEST);
        let io = |error: io::Error| DumpError::File(error.into());
        DirBuilder::new().recursive(true).mode(0o700).create(&nest).map_err(io)?;
        let directory = nest.join(made_at.as_millis().to_string());
        DirBuilder::new().mode(0o700).create(&directory).map_err(io)?;
        let software = env!("CARGO_PKG_VERSION").to_owned();
        let head = Head { format: FORMAT, made_at, software, rows: 0, block_files: 0 };
        let mut point = BackupPoint { directory, head };
        point.head.block_files = link(&data.join(BLOCKS), &point.directory.join(BLOCKS)).map_err(io)?;
        link_subscribers(data, &point.directory).map_err(io)?;
        let mut dump = Dump::create(&point.directory.join(ROWS), made_at).map_err(DumpError::File)?;
        dump.take_all(&holdings.shelf)?;
        Ok(Self { point, dump })
    }

    fn finish(mut self) -> Result<BackupPoint, BackupError> {
        self.point.head.rows = self.dump.finish().map_err(|error| disk(&error))?;
        Ok(self.point)
    }
}

/// Links every block file that is in place; those under way or set aside are none.
fn link(from: &Path, to: &Path) -> io::Result<u64> {
    let mut links = 0;
    for path in block_files(from)? {
        let place = to.join(path.strip_prefix(from).map_err(io::Error::other)?);
        if let Some(parent) = place.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
        }
        match fs::hard_link(&path, &place) {
            // Another file system is mounted there, or one that has no links.
            Err(error) if matches!(error.kind(), ErrorKind::CrossesDevices | ErrorKind::Unsupported) => {
                fs::copy(&path, &place)?;
            }
            linked => linked?,
        }
        links += 1;
    }
    Ok(links)
}

/// The sealed file of subscribers, which is replaced and never changed. Its key is not in the data directory, so in no backup.
fn link_subscribers(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from.join(SEALED), to.join(SEALED)) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == ErrorKind::Unsupported => {
            fs::copy(from.join(SEALED), to.join(SEALED)).map(|_| ())
        }
        linked => linked,
    }
}

/// Every block file below a directory that is in place, in the order of their paths.
pub(super) fn block_files(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let (mut files, mut directories) = (Vec::new(), Vec::new());
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            directories.push(entry.path());
        } else if entry.path().extension().is_some_and(|extension| extension == "blk") {
            files.push(entry.path());
        }
    }
    for directory in directories {
        files.extend(block_files(&directory)?);
    }
    files.sort();
    Ok(files)
}

/// Removes what a process left that died while it made a backup.
pub(super) fn clear(data: &Path) -> io::Result<()> {
    match fs::remove_dir_all(data.join(NEST)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
