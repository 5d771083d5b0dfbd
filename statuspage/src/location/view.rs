//! A location as readers see it.
//!
//! It does not know the book.

use shared::{Timestamp, report::Heartbeat};

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
    /// Results that are lacking and may still come.
    pub gaps: u64,
    /// What is counted of it.
    pub counts: Counts,
}
