//! The words for incidents and planned maintenance: their ids, stages and impact, as Statuspage has them.
//!
//! It does not know what happened, nor who tells it.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::id::name;

/// Characters of a public id: lower-case letters and digits.
pub const PUBLIC_ID_LENGTH: usize = 12;

/// A text is no id of an incident or of a maintenance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidPublicId;

impl fmt::Display for InvalidPublicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an id of an incident, a maintenance or a plan has {PUBLIC_ID_LENGTH} lower-case letters and digits")
    }
}

impl std::error::Error for InvalidPublicId {}

fn check(text: &str) -> Result<(), InvalidPublicId> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if text.len() == PUBLIC_ID_LENGTH && text.chars().all(fits) { Ok(()) } else { Err(InvalidPublicId) }
}

name! {
    /// An incident, the same in addresses, feeds, mails and the API.
    IncidentId: check => InvalidPublicId
}
name! {
    /// One occurrence of a planned maintenance.
    MaintenanceId: check => InvalidPublicId
}
name! {
    /// A plan of maintenance that repeats, or one of the settings file, derived from what it is.
    PlanId: check => InvalidPublicId
}

/// How far an incident is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Something fails; the cause is not known.
    Investigating,
    /// The cause is known.
    Identified,
    /// It works again, and is watched.
    Monitoring,
    /// It is over.
    Resolved,
}

impl Stage {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::Investigating, Self::Identified, Self::Monitoring, Self::Resolved];

    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Monitoring => "monitoring",
            Self::Resolved => "resolved",
        }
    }

    /// Whether it is not over.
    pub fn is_open(self) -> bool {
        self != Self::Resolved
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How much an incident hurts, in Statuspage's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    /// Nothing is disturbed.
    None,
    /// Something works badly, or in part.
    Minor,
    /// Something does not work.
    Major,
    /// Most or all of it does not work.
    Critical,
}

impl Impact {
    /// All of them, the least first.
    pub const ALL: [Self; 4] = [Self::None, Self::Minor, Self::Major, Self::Critical];

    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How far a maintenance is, in Statuspage's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaintenanceStage {
    /// Its time has not come.
    Scheduled,
    /// It goes on.
    InProgress,
    /// Its work is done, and the result is watched.
    Verifying,
    /// It is over.
    Completed,
    /// It will not be.
    Cancelled,
}

impl MaintenanceStage {
    /// All of them, in their order.
    pub const ALL: [Self; 5] = [Self::Scheduled, Self::InProgress, Self::Verifying, Self::Completed, Self::Cancelled];

    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::InProgress => "in_progress",
            Self::Verifying => "verifying",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing can happen to it any more.
    pub fn is_over(self) -> bool {
        match self {
            Self::Scheduled | Self::InProgress | Self::Verifying => false,
            Self::Completed | Self::Cancelled => true,
        }
    }
}

impl fmt::Display for MaintenanceStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_id_has_twelve_lower_case_letters_and_digits() {
        let check = |text: &str, expected: bool| assert_eq!(text.parse::<IncidentId>().is_ok(), expected, "{text:?}");
        check("kctbh9vrtdwd", true);
        check("000000000000", true);
        check("kctbh9vrtdw", false);
        check("kctbh9vrtdwdx", false);
        check("Kctbh9vrtdwd", false);
        check("../../../etc", false);
        check("éééééé", false);
    }

    #[test]
    fn the_words_are_the_same_on_the_wire_and_in_documents() {
        for stage in Stage::ALL {
            assert_eq!(serde_json::to_string(&stage).expect("serialises"), format!("{:?}", stage.word()));
        }
        for impact in Impact::ALL {
            assert_eq!(serde_json::to_string(&impact).expect("serialises"), format!("{:?}", impact.word()));
        }
        for stage in MaintenanceStage::ALL {
            assert_eq!(serde_json::to_string(&stage).expect("serialises"), format!("{:?}", stage.word()));
        }
    }
}
