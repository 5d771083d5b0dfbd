//! A location as readers see it.
//!
//! It does not know the book.

use shared::{
    Timestamp,
    report::{Heartbeat, is_covered},
};

use super::place::Counts;

/// Whether a location may report and does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It was added and has no key yet.
    Awaited,
    /// It reports.
    Reports,
    /// It has not been heard for a minute.
    Silent,
    /// Its keys are good for nothing any more.
    Revoked,
}

impl Standing {
    /// The word in documents and labels.
    pub fn word(self) -> &'static str {
        match self {
            Self::Awaited => "awaited",
            Self::Reports => "reports",
            Self::Silent => "silent",
            Self::Revoked => "revoked",
        }
    }
}

/// How many of the probes that should have run at a place lately did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// Those that were due over the last two intervals of each.
    pub expected: u64,
    /// Those of them of which a result came that is not our own fault.
    pub executed: u64,
}

impl Coverage {
    /// Whether enough of them ran; where none was due nothing is missing.
    pub fn is_enough(self) -> bool {
        is_covered(self.executed, self.expected)
    }

    /// The share of them; none where none was due.
    pub fn share(self) -> Option<f64> {
        (self.expected > 0).then(|| self.executed as f64 / self.expected as f64)
    }
}

/// A location, with what is private in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocationView {
    /// Whether it may report and does.
    pub standing: Standing,
    /// When it was added.
    pub added_at: Timestamp,
    /// Its keys, by the first digits of their hashes.
    pub keys: Vec<String>,
    /// Until when a code waits for it.
    pub code_until: Option<Timestamp>,
    /// When it was last heard.
    pub heard_at: Option<Timestamp>,
    /// What it said of itself then.
    pub heartbeat: Option<Heartbeat>,
    /// How far the hub's clock is ahead of its own, in milliseconds.
    pub ahead_ms: Option<i64>,
    /// Whether its clock is so wrong that its times are only guessed.
    pub has_wrong_clock: bool,
    /// Since when it runs other definitions than the hub, of the same version.
    pub drifts_since: Option<Timestamp>,
    /// Whether its version is another one than the hub's.
    pub has_other_version: bool,
    /// How many of the hub's probes ran there lately; none before anything was due, and of one that need not report.
    pub coverage: Option<Coverage>,
    /// Results that are lacking and may still come.
    pub gaps: u64,
    /// What is counted of it.
    pub counts: Counts,
}
