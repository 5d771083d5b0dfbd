//! From the snapshot to the facts of a draft: which incidents are one story, what stands on the page, what was planned meanwhile.
//!
//! It does not know what was measured in between: raw results are the store's.

use std::{collections::BTreeSet, sync::Arc};

use shared::{IncidentId, Timestamp};

use super::{Draft, Facts, Field, Measured, PageComponent, Postmortem, Undone, Window, lessons::unchecked};
use crate::{
    incident::{Incident, wording},
    snapshot::Snapshot,
    words::{Words, inert},
};

/// An incident and its returns: one post-mortem.
#[derive(Debug, Clone)]
pub struct Story<'a> {
    /// The oldest first; never empty. The first one keeps the post-mortem.
    incidents: Vec<&'a Incident>,
}

impl<'a> Story<'a> {
    /// The story that an incident belongs to.
    pub fn of(snapshot: &'a Snapshot, id: &IncidentId) -> Option<Self> {
        Self::among(&snapshot.incidents, id)
    }

    /// The same among these.
    pub fn among(all: &'a [Arc<Incident>], id: &IncidentId) -> Option<Self> {
        let find = |id: &IncidentId| all.iter().find(|incident| incident.id == *id);
        let mut root = find(id)?;
        let mut seen = BTreeSet::from([&root.id]);
        while let Some(earlier) = root.relapse_of.as_ref().and_then(find) {
            if !seen.insert(&earlier.id) {
                break;
            }
            root = earlier;
        }
        let mut incidents: Vec<&Incident> = vec![root];
        let mut next = 0;
        while let Some(one) = incidents.get(next).map(|incident| &incident.id) {
            let returns = all.iter().map(AsRef::as_ref).filter(|other: &&Incident| {
                other.relapse_of.as_ref() == Some(one) && incidents.iter().all(|known| known.id != other.id)
            });
            let returns: Vec<_> = returns.collect();
            incidents.extend(returns);
            next += 1;
        }
        incidents.sort_by_key(|incident| incident.times.started_at);
        Some(Self { incidents })
    }

    /// The incident that keeps the post-mortem.
    pub fn first(&self) -> &'a Incident {
        self.incidents.first().expect("a story has an incident")
    }

    /// All of them, the oldest first.
    pub fn incidents(&self) -> &[&'a Incident] {
        &self.incidents
    }

    /// Whether nothing of it is open.
    pub fn is_over(&self) -> bool {
        self.incidents.iter().all(|incident| !incident.stage.is_open())
    }

    /// What a draft may say of it.
    pub fn facts(
        &self,
        snapshot: &Snapshot,
        measured: Measured,
        words: &Words,
        title: String,
        now: Timestamp,
    ) -> Facts<'a> {
        let page = snapshot.components.iter().map(|component| PageComponent {
            id: component.id.clone(),
            name: component.name.clone(),
            group: component.group.clone(),
        });
        let address = snapshot.site.public_url.as_ref();
        Facts {
            incidents: self.incidents.clone(),
            title,
            page: page.collect(),
            windows: self.windows(snapshot, words, now),
            slow: measured.slow,
            results: measured.results,
            turns: measured.turns,
            undone: self.undone(snapshot, words),
            address: address.map(|url| format!("{}/incidents/{}", url.as_str().trim_end_matches('/'), self.first().id)),
            now,
        }
    }

    /// What is public of its post-mortem; nothing while it is not published. What was measured is as it was then, and what
    /// nobody has written is not there.
    pub fn published(&self, snapshot: &Snapshot, words: &Words) -> Option<Draft> {
        let Postmortem { published_at, measured, .. } = &self.first().postmortem;
        let title = inert(&wording::title(self.first(), words));
        let draft = Draft::of(&self.facts(snapshot, measured.clone(), words, title, (*published_at)?), words);
        Some(draft.without_gaps())
    }

    /// The maintenance that overlapped it.
    fn windows(&self, snapshot: &Snapshot, words: &Words, now: Timestamp) -> Vec<Window> {
        let begins = self.first().times.started_at;
        let ends = self.incidents.iter().map(|incident| incident.times.resolved_at.unwrap_or(now)).max().unwrap_or(now);
        let overlapping = snapshot.maintenances.iter().filter(|plan| plan.starts_at < ends && plan.ends_at > begins);
        let window = |plan: &Arc<crate::maintenance::Maintenance>| Window {
            title: inert(plan.title.get(words.language())),
            starts_at: plan.starts_at,
        };
        overlapping.map(window).collect()
    }

    /// What the post-mortems of earlier incidents of the same components left to be done.
    fn undone(&self, snapshot: &Snapshot, words: &Words) -> Vec<Undone> {
        let touched: BTreeSet<_> = self.incidents.iter().flat_map(|incident| incident.components.keys()).collect();
        let began = self.first().times.started_at;
        let earlier = snapshot.incidents.iter().filter(|other| {
            other.times.started_at < began && other.components.keys().any(|component| touched.contains(component))
        });
        let left = earlier.filter_map(|other| {
            let actions = other.postmortem.fields.get(&Field::Actions)?;
            let items = unchecked(actions.get(words.language()));
            let since = other.times.resolved_at?;
            (!items.is_empty()).then(|| Undone { incident: other.id.clone(), since, items })
        });
        left.collect()
    }
}
