//! How an incident has grown since it was told of.
//!
//! It does not know what is said of that.

use shared::{ComponentId, IncidentId, Status};

use super::Book;

/// What joined an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    /// The components that fail since the message before the last one, in the order in which they began to.
    pub joined: Vec<ComponentId>,
    /// The worst state that a component has now.
    pub worst: Status,
}

impl Book {
    /// What the last message about an incident has to tell that the one before it could not; none where nothing joined.
    pub fn growth(&self, id: &IncidentId) -> Option<Growth> {
        let entry = self.entries.get(id)?;
        let told = entry.memory.told_before?;
        let mut joined: Vec<_> = entry.incident.failing().filter(|(_, part)| part.detected_at > told).collect();
        joined.sort_by_key(|(id, part)| (part.since, *id));
        let worst = entry.incident.failing().map(|(_, part)| part.status).fold(Status::Operational, Status::worst);
        let joined: Vec<_> = joined.into_iter().map(|(id, _)| id.clone()).collect();
        (!joined.is_empty()).then_some(Growth { joined, worst })
    }
}
