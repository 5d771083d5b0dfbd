//! What an outpost knows of its hub, for everybody who asks: what it said last, and whether it is still heard.
//!
//! It does not know how that was found out.

use std::sync::Arc;

use shared::{Bulletin, Timestamp};

use super::Trouble;

/// The hub as this place knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubView {
    /// Where it is.
    pub address: String,
    /// What it said last; nothing before the first time.
    pub bulletin: Option<Arc<Bulletin>>,
    /// When it said that, by the clock of this place.
    pub heard_at: Option<Timestamp>,
    /// Whether it is heard.
    pub hearing: Hearing,
}

/// Whether a hub is heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hearing {
    /// This place has not listened for long enough to say.
    Unsure,
    /// It said something new a short while ago.
    Heard,
    /// It did not.
    Silent {
        /// Since when: the last time it was heard, or the start of this place where it never was.
        since: Timestamp,
        /// What came instead.
        trouble: Trouble,
    },
}

impl HubView {
    /// Since when the hub is silent, where it is.
    pub fn silent_since(&self) -> Option<Timestamp> {
        match self.hearing {
            Hearing::Silent { since, .. } => Some(since),
            Hearing::Unsure | Hearing::Heard => None,
        }
    }
}
