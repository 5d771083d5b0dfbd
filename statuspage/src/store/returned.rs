//! The note that a backup was put back by hand: the next start of a hub finds it, tells it once and removes it.
//!
//! It does not know what follows from it.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use shared::Timestamp;

use super::StoreFault;
use crate::draft::Draft;

/// Its name in the data directory.
const NOTE: &str = "store.restored";

/// Which backup, and of when.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    backup: PathBuf,
    made_at: Timestamp,
}

/// Notes that the store of that directory is that of a backup.
///
/// # Errors
///
/// When the disk does not work.
pub fn note_return(data: &Path, backup: &Path, made_at: Timestamp) -> io::Result<()> {
    let mut draft = Draft::create(&data.join(NOTE))?;
    draft.write_all(&serde_json::to_vec(&Note { backup: backup.to_owned(), made_at })?)?;
    draft.finish()
}

/// What was noted, as the store says what it found when it was opened; a note that cannot be read still says that there was one.
pub fn noted_return(data: &Path) -> Option<StoreFault> {
    let bytes = fs::read(data.join(NOTE)).ok()?;
    let unreadable = || Note { backup: PathBuf::from("?"), made_at: Timestamp::default() };
    let Note { backup, made_at } = serde_json::from_slice(&bytes).unwrap_or_else(|_| unreadable());
    Some(StoreFault::RestoredFrom { backup, made_at })
}

/// It has been told.
pub fn forget_return(data: &Path) {
    match fs::remove_file(data.join(NOTE)) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => tracing::warn!(%error, "that a backup was put back will be told again with the next start"),
    }
}
