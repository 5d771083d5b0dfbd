//! What a message about an incident says of it: enough to word it at any later time.
//!
//! It does not know the incident itself, which goes on changing.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::{ComponentId, Impact, IncidentId, Status, Timestamp};

use crate::incident::{self, Finding};

/// So many components are named.
pub const NAMED: usize = 10;

/// An incident as it was when a message was made of it. Its form is stored: new fields get a default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matter {
    /// Which one.
    pub id: IncidentId,
    /// What an operator calls it, in the site's default language.
    pub title: Option<String>,
    /// What was measured at its worst.
    pub finding: Option<Finding>,
    /// The name of the failing component that all others depend on.
    pub dependency: Option<String>,
    /// How much it hurts.
    pub impact: Impact,
    /// The components that failed first, at most [`NAMED`].
    pub first: Vec<Named>,
    /// How many components it touches in all.
    pub components: u32,
    /// The component under which other programs know it, for as long as it lasts.
    #[serde(default)]
    pub lead: Option<ComponentId>,
    /// What joined since the message before, where it grew.
    #[serde(default)]
    pub growth: Option<Growth>,
    /// What is not known to work, where operators closed it all the same.
    #[serde(default)]
    pub still: Option<Still>,
    /// When operators closed the incident that this one goes on from.
    #[serde(default)]
    pub closed_before: Option<Timestamp>,
}

/// What is not known to work of an incident that operators closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Still {
    /// The worst of them, at most [`NAMED`].
    pub first: Vec<Named>,
    /// How many they are in all.
    pub components: u32,
    /// The worst state that one of them has: of what is unknown or under maintenance, nothing but that it was not seen to work.
    pub worst: Status,
    /// How long what fails is let be before it is an incident again.
    #[serde(with = "shared::seconds")]
    pub reopen: Duration,
}

/// What joined an incident since the message before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Growth {
    /// The components that failed first of those that joined, at most [`NAMED`].
    pub joined: Vec<Named>,
    /// How many joined in all.
    pub components: u32,
    /// The worst state that a component of the incident has.
    pub worst: Status,
}

/// A component with what operators call it, in the site's default language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Which one.
    pub id: ComponentId,
    /// Its name.
    pub name: String,
}

impl Matter {
    /// The outage of one component that began then: all that messages of the version before were about.
    pub fn outage(id: ComponentId, name: String, since: Timestamp) -> Self {
        Self {
            id: incident::id(since, id.as_str()),
            title: None,
            finding: None,
            dependency: None,
            impact: Impact::Major,
            first: vec![Named { id, name }],
            components: 1,
            growth: None,
            lead: None,
            still: None,
            closed_before: None,
        }
    }
}
