//! What an alarm is about, and how its record is named.
//!
//! It does not know how far its telling has got.

use std::{fmt, str::FromStr};

use shared::{IncidentId, MaintenanceId};

use crate::{maintenance::Word, notify::FaultId};

/// What an alarm is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Case {
    /// An incident.
    Incident(IncidentId),
    /// A fault of the monitor.
    Fault(FaultId),
    /// What happens to a maintenance.
    Maintenance(MaintenanceId, Word),
}

/// `incident-kctbh9vrtdwd`, `fault-low_space`, `maintenance-kctbh9vrtdwd-begins`: the name of its record.
impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incident(id) => write!(f, "incident-{id}"),
            Self::Fault(fault) => write!(f, "fault-{fault}"),
            Self::Maintenance(id, word) => write!(f, "maintenance-{id}-{}", word.word()),
        }
    }
}

/// A text names no alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of an alarm")]
pub struct InvalidCase;

impl FromStr for Case {
    type Err = InvalidCase;

    fn from_str(text: &str) -> Result<Self, InvalidCase> {
        match text.split_once('-').ok_or(InvalidCase)? {
            ("incident", id) => id.parse().map(Self::Incident).map_err(|_| InvalidCase),
            ("fault", id) => id.parse().map(Self::Fault).map_err(|_| InvalidCase),
            ("maintenance", rest) => {
                let (id, word) = rest.split_once('-').ok_or(InvalidCase)?;
                let word = Word::ALL.into_iter().find(|known| known.word() == word).ok_or(InvalidCase)?;
                Ok(Self::Maintenance(id.parse().map_err(|_| InvalidCase)?, word))
            }
            (_, _) => Err(InvalidCase),
        }
    }
}
