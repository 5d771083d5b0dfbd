//! How far the hub has the journal, as it said: a small file that is replaced whole.
//!
//! It is never synced: one that is older than the truth only leads to a question more.

use std::{fs, io, path::Path, time::Duration};

use serde::{Deserialize, Serialize};
use shared::{Sequence, Spans, Timestamp};

/// An instant is remembered that often.
const EACH: Duration = Duration::from_secs(3_600);

/// What the hub said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Marks {
    /// Everything up to here is kept there.
    pub(super) acknowledged: Sequence,
    /// The greatest number that it knows: no lower one is given again, even when the journal lost its end.
    pub(super) highest: Sequence,
    /// Numbers that the hub has other results under: theirs get new ones when the disk takes them.
    #[serde(default, skip_serializing_if = "Spans::is_empty")]
    pub(super) renumbering: Spans,
    /// What was acknowledged when, an hour apart.
    since: Vec<(Sequence, Timestamp)>,
}

impl Marks {
    /// What was noted; nothing when it cannot be read.
    pub(super) fn read(directory: &Path) -> Self {
        let read = fs::read(directory.join("marks"));
        read.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// Writes them down; that it failed costs a question more.
    pub(super) fn note(&self, directory: &Path) {
        if let Err(error) = self.write(directory) {
            tracing::debug!(%error, "how far the hub has the journal could not be noted");
        }
    }

    fn write(&self, directory: &Path) -> io::Result<()> {
        let draft = directory.join("marks.new");
        fs::write(&draft, serde_json::to_vec(self)?)?;
        fs::rename(draft, directory.join("marks"))
    }

    /// Takes a receipt. A hub that knows less than before was restored from a backup.
    pub(super) fn take(&mut self, acknowledged: Sequence, highest: Sequence, now: Timestamp) {
        if acknowledged < self.acknowledged {
            self.since.retain(|(sequence, _)| *sequence <= acknowledged);
        }
        let due = self.since.last().is_none_or(|(_, at)| now.since(*at) >= EACH || now < *at);
        if due && self.since.last().is_none_or(|(sequence, _)| *sequence < acknowledged) {
            self.since.push((acknowledged, now));
        }
        self.acknowledged = acknowledged;
        self.highest = self.highest.max(highest);
    }

    /// What was acknowledged at that instant already; it needs not be remembered longer.
    pub(super) fn acknowledged_before(&mut self, at: Timestamp) -> Sequence {
        let old = self.since.partition_point(|(_, since)| *since <= at);
        if old > 1 {
            self.since.drain(..old - 1);
        }
        self.since.first().filter(|(_, since)| *since <= at).map_or(Sequence::NONE, |(sequence, _)| *sequence)
    }
}
