//! What a message about a maintenance says of it: enough to word it at any later time.
//!
//! It does not know the maintenance itself, which goes on changing.

use serde::{Deserialize, Serialize};
use shared::{MaintenanceId, Timestamp};

use crate::maintenance::Word;

/// A maintenance as it was when a message was made of it. Its form is stored: new fields get a default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Which one.
    pub id: MaintenanceId,
    /// Its version.
    pub version: u64,
    /// What happens to it.
    pub word: Word,
    /// What is done, in the site's default language.
    pub title: String,
    /// The groups or components that it concerns, as operators call them; everything when it is empty.
    pub concerns: Vec<String>,
    /// Its beginning.
    pub starts_at: Timestamp,
    /// Its end.
    pub ends_at: Timestamp,
}

impl Planned {
    /// The word in documents.
    pub fn event(&self) -> &'static str {
        match self.word {
            Word::Announced => "maintenance_announced",
            Word::Moved => "maintenance_moved",
            Word::Begins => "maintenance_begins",
            Word::Ends => "maintenance_ends",
            Word::Cancelled => "maintenance_cancelled",
        }
    }
}
