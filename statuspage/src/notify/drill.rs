//! What a message says that only proves its channel: figures of the week, so that a lie would be seen.
//!
//! It does not know when drills are due.

use serde::{Deserialize, Serialize};
use shared::Timestamp;

/// A drill, or a test by hand. Its form is stored: new fields get a default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drill {
    /// When it was made.
    pub at: Timestamp,
    /// Why.
    pub occasion: Occasion,
    /// The week of the year (ISO 8601).
    pub week: i8,
    /// How many services are watched.
    pub services: u32,
    /// From how many places.
    pub locations: u32,
    /// Scheduled checks that were done since the drill before.
    pub checks: u64,
    /// Checks that were due in that time.
    pub expected: u64,
    /// Incidents that began in that time.
    pub incidents: u32,
    /// When the data was last verified; never, when absent.
    pub verified_at: Option<Timestamp>,
    /// Which instant the last scheduled backup shows, which was read back when it was made; none, when absent.
    #[serde(default)]
    pub backup_at: Option<Timestamp>,
    /// Mails to subscribers that came back in that time; nobody subscribes by mail, when absent.
    #[serde(default)]
    pub came_back: Option<u64>,
}

/// Why a channel is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// It was due: an answer is expected.
    Due,
    /// An operator wants to know.
    Test,
}

/// Whether a drill can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// By the link that it has.
    Expected,
    /// It has none, because nobody said where this page is.
    Impossible,
}
