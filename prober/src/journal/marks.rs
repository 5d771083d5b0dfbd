//! How far the hub has the journal, as it said: a small file that is replaced whole.
//!
//! It does not know what lies in the journal. It is synced only while it names numbers that wait for new ones: without it, a power cut
//! would leave results of ours under numbers that the hub has from others, and they would count as its own. Otherwise one that is older
//! than the truth, or none, only leads to a question more.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
    time::Duration,
};

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

    /// Writes them down, where it does no harm that it fails.
    pub(super) fn note(&self, directory: &Path) {
        if let Err(error) = self.write(directory) {
            tracing::debug!(%error, "how far the hub has the journal could not be noted");
        }
    }

    /// Writes them down. While numbers wait for new ones they are on stable storage when this returns.
    pub(super) fn write(&self, directory: &Path) -> io::Result<()> {
        let draft = directory.join("marks.new");
        let mut file = File::create(&draft)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        if self.renumbering.is_empty() {
            return fs::rename(draft, directory.join("marks"));
        }
        file.sync_all()?;
        fs::rename(draft, directory.join("marks"))?;
        File::open(directory)?.sync_all()
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
