//! From definitions to what the engine, the page and the alarms need of them.
//!
//! It does not know results.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use prober::definition::{Definition, DefinitionSet};
use shared::{ComponentId, Language, Observation, Timestamp};

use crate::{
    engine::{Observed, Roster, RosterComponent},
    site::Site,
};

/// What the engine watches.
pub(super) fn roster(set: &DefinitionSet) -> Roster {
    let components = set.definitions.iter().map(|(id, definition)| (id.clone(), component(definition)));
    Roster { components: components.collect() }
}

/// One component of it.
pub(super) fn component(definition: &Definition) -> RosterComponent {
    RosterComponent {
        probes: definition.probes.iter().map(|probe| (probe.id.name.clone(), probe.thresholds)).collect(),
    }
}

/// The observation with the instant, by the hub's clock, at which it stops to prove anything.
///
/// A result that took long to arrive is as old as it is, and one from a clock that runs ahead proves nothing beyond now.
pub(super) fn observed(set: &DefinitionSet, observation: Arc<Observation>, now: Timestamp) -> Observed {
    let ended = observation.ended_at().min(now);
    let probe = set.probe(&observation.probe);
    let stale_at = probe.map_or(ended, |probe| probe.schedule.stale_at(ended, probe.timeout));
    Observed { observation, stale_at }
}

/// The ids of the components in the order of the page: by group as the site lists them, then by id.
pub(super) fn order(set: &DefinitionSet, site: &Site) -> Vec<ComponentId> {
    let listed: BTreeMap<&str, usize> = site.groups.iter().enumerate().map(|(i, name)| (name.as_str(), i)).collect();
    let place = |definition: &Arc<Definition>| match &definition.group {
        None => (Reverse(false), usize::MAX, String::new()),
        Some(group) => {
            let names = Language::ALL.map(|language| group.get(language));
            let rank = names.iter().find_map(|name| listed.get(name)).copied().unwrap_or(usize::MAX);
            (Reverse(true), rank, group.get(site.default_language()).to_owned())
        }
    };
    let mut definitions: Vec<_> = set.definitions.values().collect();
    definitions.sort_by_cached_key(|definition| (place(definition), definition.id.clone()));
    definitions.into_iter().map(|definition| definition.id.clone()).collect()
}
