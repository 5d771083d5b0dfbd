//! The state of a component as the public reads it, in Statuspage's words, and how states combine.
//!
//! It does not know measurements; it knows which state is worse.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The state of a component, a group or the whole page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It works, by fresh proof.
    Operational,
    /// Work on it was announced and goes on.
    UnderMaintenance,
    /// Nothing is known: no fresh result, or our own fault.
    Unknown,
    /// It works badly: slow, or failing for a minority.
    DegradedPerformance,
    /// Some of it does not work.
    PartialOutage,
    /// It does not work.
    MajorOutage,
}

impl Status {
    /// All of them, the best first.
    pub const ALL: [Self; 6] = [
        Self::Operational,
        Self::UnderMaintenance,
        Self::Unknown,
        Self::DegradedPerformance,
        Self::PartialOutage,
        Self::MajorOutage,
    ];

    /// The word on the wire, in labels and style sheets.
    pub fn word(self) -> &'static str {
        match self {
            Self::Operational => "operational",
            Self::UnderMaintenance => "under_maintenance",
            Self::Unknown => "unknown",
            Self::DegradedPerformance => "degraded_performance",
            Self::PartialOutage => "partial_outage",
            Self::MajorOutage => "major_outage",
        }
    }

    /// Rank among [`Status::ALL`]: higher is worse.
    pub fn severity(self) -> u8 {
        match self {
            Self::Operational => 0,
            Self::UnderMaintenance => 1,
            Self::Unknown => 2,
            Self::DegradedPerformance => 3,
            Self::PartialOutage => 4,
            Self::MajorOutage => 5,
        }
    }

    /// The worse of two.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        if other.severity() > self.severity() { other } else { self }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worse_of_two_wins_whatever_their_order() {
        for (i, &a) in Status::ALL.iter().enumerate() {
            for (j, &b) in Status::ALL.iter().enumerate() {
                assert_eq!(a.worst(b), Status::ALL[i.max(j)]);
            }
        }
    }

    #[test]
    fn the_word_is_the_same_on_the_wire_and_in_labels() {
        for status in Status::ALL {
            assert_eq!(serde_json::to_string(&status).expect("serialises"), format!("{:?}", status.word()));
        }
    }
}
