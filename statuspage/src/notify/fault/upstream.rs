//! What an outpost meets instead of its hub.
//!
//! It does not know how that is found out.

use std::fmt;

use serde::{Deserialize, Serialize};
use shared::Timestamp;

/// What came instead of something new from a hub; stored as [`Fault`](super::Fault) is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HubTrouble {
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

impl fmt::Display for HubTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost { detail } => f.write_str(detail),
            Self::Stopped { at } => write!(f, "its page stands still at {at}"),
        }
    }
}
