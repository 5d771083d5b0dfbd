//! What a page in the browser asks for again and again (`/snapshot.json`): the present, in the reader's language.
//!
//! It does not hold history or private facts: everything in it is on the page already.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ComponentId, Language, LocationName, Status, Timestamp};

/// The present state of everything, as one language words it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    /// When the hub made it, by the hub's clock.
    pub generated_at: Timestamp,
    /// Seconds after `generated_at` from which it proves nothing any more.
    pub promise: u32,
    /// The language of the words below.
    pub language: Language,
    /// The build that the page's scripts must come from; another one means: load the page again.
    pub build: String,
    /// The worst of all components.
    pub status: Status,
    /// The state in one sentence.
    pub headline: String,
    /// The title of the browser's tab.
    pub title: String,
    /// Changes whenever pages have something else to say than states: an incident, a maintenance, how the monitoring itself does.
    pub news: String,
    /// The last measurement at each location.
    pub locations: BTreeMap<LocationName, Option<Timestamp>>,
    /// Every component that is shown.
    pub components: BTreeMap<ComponentId, LiveComponent>,
}

/// The present state of one component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveComponent {
    /// Its state.
    pub status: Status,
    /// Whether it lasts without proof: announced work, and what operators say.
    pub lasting: bool,
    /// The state in words.
    pub word: String,
    /// Why, since when, or how fast; may be empty.
    pub note: String,
    /// When it was last measured, in words: for when the state is no longer proven; may be empty.
    pub measured: String,
    /// Since when it has that state, as a time of day or a date in words.
    pub since: String,
    /// When its last result came.
    pub last_result_at: Option<Timestamp>,
    /// From then on the state above is no longer proven; absent when nothing is proven now.
    pub stale_at: Option<Timestamp>,
}
