//! What is watched: components, their probes, and how many results in a row change the mind about each.
//!
//! It does not know how a probe is made, when it is due or what the component is called.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::{ComponentId, ProbeName, Thresholds};

/// Everything that is watched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// By id.
    pub components: BTreeMap<ComponentId, RosterComponent>,
}

/// One component that is watched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterComponent {
    /// Its probes.
    pub probes: BTreeMap<ProbeName, Thresholds>,
}
