//! The hub's last word on the disk, so that a restart in the middle of an outage still has it.
//!
//! It does not know what it says. What cannot be read or written is named in the log and done without.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use prober::reporter::HubAddress;
use serde::{Deserialize, Serialize};
use shared::{Bulletin, Timestamp, bulletin::LARGEST_BULLETIN};

use crate::draft::Draft;

/// Its name in the data directory.
const FILE: &str = "hub.bulletin.json";

/// The form of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Words {
    /// Where the hub is that said them.
    hub: String,
    heard_at: Timestamp,
    bulletin: Bulletin,
}

/// The file, and the hub whose words it holds.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    file: PathBuf,
    hub: String,
}

impl Kept {
    pub(super) fn of(data: &Path, hub: &HubAddress) -> Self {
        Self { file: data.join(FILE), hub: hub.to_string() }
    }

    /// What is there; nothing at the first start, or where another hub was listened to before.
    pub(super) fn read(&self) -> Option<(Timestamp, Arc<Bulletin>)> {
        let bytes = fs::read(&self.file).ok().filter(|bytes| bytes.len() <= 2 * LARGEST_BULLETIN)?;
        match serde_json::from_slice::<Words>(&bytes) {
            Ok(Words { hub, heard_at, bulletin }) if hub == self.hub && bulletin.is_ours() => {
                Some((heard_at, Arc::new(bulletin)))
            }
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(file = %self.file.display(), %error, "the hub's last word cannot be read and is asked for anew");
                None
            }
        }
    }

    /// Puts it there, whole or not at all.
    pub(super) fn write(&self, heard_at: Timestamp, bulletin: &Bulletin) {
        let write = || {
            let mut draft = Draft::create(&self.file)?;
            let words = Words { hub: self.hub.clone(), heard_at, bulletin: bulletin.clone() };
            draft.write_all(&serde_json::to_vec(&words)?)?;
            draft.finish()
        };
        if let Err(error) = write() {
            tracing::warn!(file = %self.file.display(), %error, "the hub's last word could not be kept");
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
        let of = |hub: &str| Kept::of(directory.path(), &hub.parse().expect("an address"));
        let kept = of("https://status.example.org");
        assert_eq!(kept.read(), None);
        let (at, said) = (Timestamp::from_millis(7_000), bulletin(&stage::snapshot(Timestamp::from_millis(5_000))));
        kept.write(at, &said);
        assert_eq!(kept.read(), Some((at, Arc::new(said))));
        assert_eq!(of("https://other.example.org").read(), None, "another hub's word is not this one's");
        fs::write(&kept.file, b"{\"heard_at\":1").expect("written");
        assert_eq!(kept.read(), None);
    }
}
