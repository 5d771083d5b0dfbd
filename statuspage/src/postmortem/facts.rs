//! What a draft is made of: the incident with its returns, the page it stands on, and what was measured around it.
//!
//! It does not know words.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use shared::{ComponentId, Text, Timestamp};

use super::Turn;
use crate::incident::{Incident, Involvement};

/// Everything a draft may say.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// The incident and its returns, the oldest first; never empty.
    pub incidents: Vec<&'a Incident>,
    /// What it is called, in the language of the draft.
    pub title: String,
    /// Everything on the page.
    pub page: Vec<PageComponent>,
    /// The maintenance that overlapped it.
    pub windows: Vec<Window>,
    /// Components that were slower than their budget shortly before the first failure, and since when.
    pub slow: Option<(Timestamp, u32)>,
    /// The raw results of the time of the incident, while they are kept.
    pub results: Option<Results>,
    /// Certificates and addresses that changed meanwhile.
    pub turns: Vec<Turn>,
    /// What earlier post-mortems left to be done.
    pub undone: Vec<Undone>,
    /// The page of the incident, where the site's address is known.
    pub address: Option<String>,
    /// When the draft is made.
    pub now: Timestamp,
}

/// A component that stands on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageComponent {
    /// Which one.
    pub id: ComponentId,
    /// What it is called.
    pub name: Text,
    /// The group it stands under.
    pub group: Option<Text>,
}

/// A maintenance that was planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// What it is called, in the language of the draft.
    pub title: String,
    /// Its beginning.
    pub starts_at: Timestamp,
}

/// The raw results of a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Results {
    /// From then on.
    pub from: Timestamp,
    /// Up to, and without, that.
    pub to: Timestamp,
    /// How many.
    pub count: u64,
    /// How many of them failed.
    pub failed: u64,
    /// SHA-256 of their export, in hexadecimal.
    pub hash: String,
    /// The command that makes the same bytes.
    pub command: String,
}

/// What an earlier post-mortem left to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// Of which incident.
    pub incident: shared::IncidentId,
    /// When that was over.
    pub since: Timestamp,
    /// What, in Markdown, one item each.
    pub items: Vec<String>,
}

/// When the services came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Recovery {
    pub(super) first: Timestamp,
    pub(super) half: Timestamp,
    pub(super) most: Timestamp,
    pub(super) last: Timestamp,
}

impl<'a> Facts<'a> {
    /// The incident itself.
    pub fn first(&self) -> &'a Incident {
        self.incidents.first().expect("there is an incident in every draft")
    }

    /// The first failure of all.
    pub fn started_at(&self) -> Timestamp {
        self.first().times.started_at
    }

    /// The end of the last return; absent while something is open.
    pub fn ended_at(&self) -> Option<Timestamp> {
        let ends: Option<Vec<_>> = self.incidents.iter().map(|incident| incident.times.resolved_at).collect();
        ends?.into_iter().max()
    }

    /// Every component that was touched, with its part in each of the incidents.
    pub(super) fn touched(&self) -> BTreeMap<&'a ComponentId, Vec<&'a Involvement>> {
        let mut touched: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for incident in &self.incidents {
            for (id, part) in &incident.components {
                touched.entry(id).or_default().push(part);
            }
        }
        touched
    }

    /// How long a component was down in all, up to now where it still is.
    pub(super) fn down(&self, parts: &[&Involvement]) -> Duration {
        parts.iter().map(|part| part.recovered_at.unwrap_or(self.now).since(part.since)).sum()
    }
}

/// When the components of an incident came back, once all have.
pub(super) fn recovery(incident: &Incident) -> Option<Recovery> {
    let back: Option<Vec<_>> = incident.components.values().map(|part| part.recovered_at).collect();
    let mut back = back?;
    back.sort_unstable();
    let at = |percent: usize| back.get((back.len() * percent).div_ceil(100).saturating_sub(1)).copied();
    Some(Recovery { first: *back.first()?, half: at(50)?, most: at(95)?, last: *back.last()? })
}
