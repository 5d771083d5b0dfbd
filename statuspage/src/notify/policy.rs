//! Policies: who is told of what, at which hours, and what comes next when nobody takes it.
//!
//! It does not know what has happened, nor how far a telling has got.

mod hours;

use std::{collections::BTreeSet, fmt, str::FromStr, sync::Arc, time::Duration};

use shared::{ComponentId, Impact, InvalidId};

use super::ChannelName;

pub use hours::{Hours, InvalidShift, Shift};

/// Until the next step when a policy does not say.
pub const DEFAULT_AFTER: Duration = Duration::from_secs(900);

/// A policy's name in the settings; the same letters as an id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyName(Arc<str>);

impl PolicyName {
    /// Whom no policy speaks of: everybody at once. No policy of the settings can have this name.
    pub(super) fn everybody() -> Self {
        Self("*".into())
    }
}

impl FromStr for PolicyName {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        text.parse::<ComponentId>().map(|id| Self(id.as_str().into()))
    }
}

impl fmt::Display for PolicyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for PolicyName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for PolicyName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // What was written is read back whatever it is called: a ladder of a policy that is gone is left alone.
        <std::borrow::Cow<'de, str>>::deserialize(deserializer).map(|name| Self(name.as_ref().into()))
    }
}

/// One `[[policy]]` of the settings, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Unique among the policies: how far it got is kept under it.
    pub name: PolicyName,
    /// What it is about.
    pub matters: Matters,
    /// When it counts; always, when absent.
    pub hours: Option<Hours>,
    /// Channels that are told together, in the order in which their turn comes; neither is ever empty.
    pub steps: Vec<Vec<ChannelName>>,
    /// From one step to the next, for as long as nobody takes it.
    pub after: Duration,
    /// How often all steps are gone through again; until somebody takes it, when absent.
    pub repeat: Option<u32>,
}

/// What a policy is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matters {
    /// Which incidents; none when absent.
    pub incidents: Option<Filter>,
    /// Faults of the monitor itself.
    pub faults: Heard,
    /// Planned maintenance.
    pub maintenance: Heard,
}

/// Whether a policy is about something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// Which incidents a policy is about: of these components or groups (of all when both are empty), as bad as that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// These components.
    pub components: BTreeSet<ComponentId>,
    /// The components of these groups, by their name in any language.
    pub groups: BTreeSet<String>,
    /// At least that bad.
    pub impact: Impact,
}

/// What something is that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nature {
    /// An incident, as it is now.
    Incident {
        /// What it touches.
        components: BTreeSet<ComponentId>,
        /// The groups of what it touches, in every language.
        groups: BTreeSet<String>,
        /// How bad it is.
        impact: Impact,
    },
    /// A fault of the monitor itself.
    Fault,
    /// Planned maintenance.
    Maintenance,
}

impl Policy {
    /// All channels at once, and of an incident again while nobody takes it: what holds where no policy does.
    pub(super) fn everybody(channels: &BTreeSet<ChannelName>, nature: &Nature) -> Self {
        let repeat = match nature {
            Nature::Incident { .. } => None,
            // A disk that is nearly full is told by its own rhythm, not every four hours for weeks.
            Nature::Fault | Nature::Maintenance => Some(0),
        };
        Self {
            name: PolicyName::everybody(),
            matters: Matters { incidents: Some(Filter::all()), faults: Heard::Yes, maintenance: Heard::Yes },
            hours: None,
            steps: vec![channels.iter().cloned().collect()],
            after: DEFAULT_AFTER,
            repeat,
        }
    }

    /// Whether it is about something of that nature.
    pub(super) fn is_about(&self, nature: &Nature) -> bool {
        match nature {
            Nature::Incident { components, groups, impact } => {
                self.matters.incidents.as_ref().is_some_and(|filter| filter.holds(components, groups, *impact))
            }
            Nature::Fault => self.matters.faults == Heard::Yes,
            Nature::Maintenance => self.matters.maintenance == Heard::Yes,
        }
    }
}

impl Filter {
    /// Every incident.
    pub fn all() -> Self {
        Self { components: BTreeSet::new(), groups: BTreeSet::new(), impact: Impact::None }
    }

    fn holds(&self, components: &BTreeSet<ComponentId>, groups: &BTreeSet<String>, impact: Impact) -> bool {
        let rank = |impact: Impact| Impact::ALL.iter().position(|other| *other == impact);
        let whole = self.components.is_empty() && self.groups.is_empty();
        let touched = whole || !self.components.is_disjoint(components) || !self.groups.is_disjoint(groups);
        touched && rank(impact) >= rank(self.impact)
    }
}
