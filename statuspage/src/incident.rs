//! Incidents: what is kept of each one, what operators may do with it, and what is said of it.
//!
//! It does not know pages, channels or the store; what it holds is what they read and write.

mod audit;
pub mod blindness;
mod book;
mod command;
mod correlation;
mod evidence;
mod finding;
mod landscape;
mod record;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod simulation;
pub mod wording;

pub use audit::{Audit, AuditEntry, AuditLog};
pub use book::{Book, Done, Growth, News, Rules};
pub use command::{Command, Opening, Refusal, Statement, TimeFault};
pub use evidence::Evidence;
pub use landscape::{Landmark, Landscape};
pub use record::{
    Acknowledgement, Body, Change, Finding, Incident, Involvement, Lead, Origin, Signature, Times, Update,
};

use shared::{IncidentId, Timestamp};

use crate::public_id;

/// The id of the incident that began at that instant with that first cause or title: the same after a crash or a replay.
pub fn id(started_at: Timestamp, first: &str) -> IncidentId {
    let name = format!("{started_at} {first}");
    public_id::stable(public_id::Kind::Incident, &name).parse().expect("a stable id has the form of one")
}

/// Who says or does something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The measurements themselves.
    Monitor,
    /// An operator with an account or a token of that name.
    Operator(String),
    /// Somebody who may open the control socket of the machine.
    Socket,
    /// Whoever followed the link of a message of that channel.
    Channel(String),
}

/// As logs have it.
impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Monitor => f.write_str("monitor"),
            Self::Operator(name) => write!(f, "operator:{name}"),
            Self::Socket => f.write_str("socket"),
            Self::Channel(name) => write!(f, "channel:{name}"),
        }
    }
}
