//! The hub's last word on the disk, so that a restart in the middle of an outage still has it.
//!
//! It does not know what it says. What cannot be read or written is named in the log and done without.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use shared::{Bulletin, Timestamp, bulletin::LARGEST_BULLETIN};

use crate::draft::Draft;

/// Its name in the data directory.
const FILE: &str = "hub.bulletin.json";

/// The form of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Words {
    heard_at: Timestamp,
    bulletin: Bulletin,
}

/// The file.
#[derive(Debug, Clone)]
pub(super) struct Kept(PathBuf);

impl Kept {
    pub(super) fn of(data: &Path) -> Self {
        Self(data.join(FILE))
    }

    /// What is there; nothing at the first start.
    pub(super) fn read(&self) -> Option<(Timestamp, Arc<Bulletin>)> {
        let bytes = fs::read(&self.0).ok().filter(|bytes| bytes.len() <= 2 * LARGEST_BULLETIN)?;
        match serde_json::from_slice::<Words>(&bytes) {
            Ok(Words { heard_at, bulletin }) if bulletin.is_ours() => Some((heard_at, Arc::new(bulletin))),
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(file = %self.0.display(), %error, "the hub's last word cannot be read and is asked for anew");
                None
            }
        }
    }

    /// Puts it there, whole or not at all.
    pub(super) fn write(&self, heard_at: Timestamp, bulletin: &Bulletin) {
        let write = || {
            let mut draft = Draft::create(&self.0)?;
            draft.write_all(&serde_json::to_vec(&Words { heard_at, bulletin: bulletin.clone() })?)?;
            draft.finish()
        };
        if let Err(error) = write() {
            tracing::warn!(file = %self.0.display(), %error, "the hub's last word could not be kept");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{bulletin::bulletin, server::stage};

    #[test]
    fn what_was_kept_reads_back_and_what_is_damaged_is_done_without() {
        let directory = tempfile::tempdir().expect("a directory");
        let kept = Kept::of(directory.path());
        assert_eq!(kept.read(), None);
        let (at, said) = (Timestamp::from_millis(7_000), bulletin(&stage::snapshot(Timestamp::from_millis(5_000))));
        kept.write(at, &said);
        assert_eq!(kept.read(), Some((at, Arc::new(said))));
        fs::write(&kept.0, b"{\"heard_at\":1").expect("written");
        assert_eq!(kept.read(), None);
    }
}
