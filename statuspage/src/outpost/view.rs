//! What an outpost knows of its hub, for everybody who asks: what it said last, and whether it is still heard.
//!
//! It does not know how that was found out.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use shared::{Bulletin, Timestamp};

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

/// What came instead of something new.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// No answer, or none of a hub.
    Lost {
        /// What was met.
        detail: String,
    },
    /// It answers with what it said before: the hub behind the page has stopped.
    Stopped {
        /// What it repeats was made then, by its own clock.
        at: Timestamp,
    },
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost { detail } => f.write_str(detail),
            Self::Stopped { at } => write!(f, "its page stands still at {at}"),
        }
    }
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
