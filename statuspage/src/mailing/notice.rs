//! What subscribers are to be told: one notice a story, the newest one.
//!
//! It does not know who is told, nor how far that got.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use shared::{IncidentId, MaintenanceId, Timestamp};

/// What a thread of mails is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Story {
    /// An incident.
    Incident(IncidentId),
    /// A maintenance.
    Maintenance(MaintenanceId),
}

/// A text names no story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it names neither an incident nor a maintenance")]
pub struct InvalidStory;

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incident(id) => write!(f, "incident-{id}"),
            Self::Maintenance(id) => write!(f, "maintenance-{id}"),
        }
    }
}

impl FromStr for Story {
    type Err = InvalidStory;

    fn from_str(text: &str) -> Result<Self, InvalidStory> {
        match text.split_once('-').ok_or(InvalidStory)? {
            ("incident", id) => id.parse().map(Self::Incident).map_err(|_| InvalidStory),
            ("maintenance", id) => id.parse().map(Self::Maintenance).map_err(|_| InvalidStory),
            (_, _) => Err(InvalidStory),
        }
    }
}

impl Serialize for Story {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Story {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// What happened in a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// An incident began.
    Opened,
    /// More fails.
    Grown,
    /// Operators said something.
    Said,
    /// An incident is over.
    Resolved,
    /// A maintenance will be.
    Announced,
    /// It will be at another time.
    Moved,
    /// It begins.
    Begins,
    /// It is over.
    Ends,
    /// It will not be.
    Cancelled,
}

impl Turn {
    /// Whether a story ends with it: nobody waits for that because they were told of something else a moment ago.
    pub fn is_end(self) -> bool {
        match self {
            Self::Resolved | Self::Ends | Self::Cancelled => true,
            Self::Opened | Self::Grown | Self::Said | Self::Announced | Self::Moved | Self::Begins => false,
        }
    }

    /// Whether everybody hears of it; of growth only those whom it concerns.
    fn is_for_all(self) -> bool {
        self != Self::Grown
    }
}

/// The newest thing to tell of a story. A record, in JSON, which grows by new fields with defaults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Counts within the story; of an incident it is the number of the update.
    pub number: u32,
    /// What happened.
    pub turn: Turn,
    /// The newest number that everybody hears of.
    pub for_all: u32,
    /// The first number of this story that was told: the root of its thread.
    pub first: u32,
    /// When it was made.
    pub made_at: Timestamp,
    /// Nothing leaves before: what fails together is collected first.
    pub hold_until: Timestamp,
}

impl Notice {
    /// The first one of a story.
    pub(super) fn first(number: u32, turn: Turn, made_at: Timestamp, hold_until: Timestamp) -> Self {
        Self { number, turn, for_all: number, first: number, made_at, hold_until }
    }

    /// The next one of the same story, which takes the place of this one for whoever has not got it.
    pub(super) fn then(&self, number: u32, turn: Turn, made_at: Timestamp) -> Self {
        let for_all = if turn.is_for_all() { number } else { self.for_all };
        Self { number, turn, for_all, made_at, ..*self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_reads_back_by_its_name() {
        for name in ["incident-kctbh9vrtdwd", "maintenance-kctbh9vrtdwd"] {
            assert_eq!(name.parse::<Story>().map(|story| story.to_string()), Ok(name.to_owned()));
        }
        for wrong in ["", "incident", "fire-kctbh9vrtdwd", "incident-"] {
            assert_eq!(wrong.parse::<Story>(), Err(InvalidStory), "{wrong}");
        }
    }
}
