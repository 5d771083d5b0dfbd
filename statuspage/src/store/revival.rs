//! A new database made of the last good backup, when the old one could not be opened or is gone.
//!
//! It does not know when that is. Block files are not touched: those that are in place are newer than those of any backup.

use std::{
    fs::{self, DirBuilder, File},
    io::BufReader,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use super::{
    RestorationError, StoreFault,
    database::Broken,
    directory::Directory,
    key::{self, Kind},
    restoration, restore,
    shelf::Shelf,
    succession,
};
use crate::{
    backup::{ROWS, newest_first, unpack_rows},
    notify::Notification,
};

/// So many backups are tried, the newest first.
const TRIES: usize = 3;

/// Puts a database of the newest good backup in the place where none is. A backup that is not good is passed over and named in
/// the log; none at all is no fault.
pub(super) fn revive(directory: &Directory, backups: &Path) -> Option<StoreFault> {
    let files = newest_first(backups).unwrap_or_else(|error| {
        tracing::error!(%error, directory = %backups.display(), "the backups cannot be listed");
        Vec::new()
    });
    files.into_iter().take(TRIES).find_map(|file| match from(directory, &file) {
        Ok(fault) => Some(fault),
        Err(error) => {
            tracing::error!(%error, backup = %file.display(), "this backup cannot be used, trying the one before");
            None
        }
    })
}

fn from(directory: &Directory, file: &Path) -> Result<StoreFault, RestorationError> {
    let incoming = succession::begin(directory.path())?;
    let (rows, place): (PathBuf, _) = (incoming.join(ROWS), incoming.join("store"));
    let head = unpack_rows(BufReader::new(File::open(file)?), &rows)
        .map_err(|error| RestorationError::Damaged(error.to_string()))?;
    DirBuilder::new().mode(0o700).create(&place)?;
    // The list of block files is made anew of those that are there.
    restoration::fill(&place, &rows, |key| key.first() != Some(&(Kind::Block as u8)))?;
    fs::remove_file(rows)?;
    succession::commit(directory.path(), crate::clock::now())?;
    Ok(StoreFault::RestoredFrom { backup: file.to_owned(), made_at: head.made_at })
}

/// Forgets what had not been told when the backup was made: it is no news any more.
pub(super) fn forget_pending(shelf: &Shelf) -> Result<(), Broken> {
    let pending = restore::all_notifications(shelf)?.into_iter().filter(Notification::is_pending);
    let mut keys = Vec::new();
    for notification in pending {
        let base = key::notification(&notification.id);
        for number in 0..=u16::MAX {
            let part = key::part(&base, number);
            if shelf.get(&part)?.is_none() {
                break;
            }
            keys.push(part);
        }
    }
    if keys.is_empty() { Ok(()) } else { shelf.remove(&keys) }
}
