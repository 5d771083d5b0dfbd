//! What is said when an incident grows: what joined, how bad it is, and since when.
//!
//! It does not know when that is said.

use std::collections::BTreeMap;

use shared::{ComponentId, Status};

use super::NAMED;
use crate::{
    incident::{Incident, Involvement, Update},
    words::{Words, quantity::lower},
};

/// "Failing too: Wiki, Forum, Mail and 7 others. 12 services are affected since 14:02; the worst state is outage."
pub(super) fn grown(incident: &Incident, update: &Update, components: u32, words: &Words) -> String {
    let joined = joined(incident, update);
    if joined.is_empty() {
        return words.incident_grown(components);
    }
    let names = joined.iter().take(NAMED).map(|part| part.name.get(words.language()));
    let names = words.some(names, joined.len().saturating_sub(NAMED));
    let since = words.when(incident.times.started_at, update.at);
    words.incident_joined(names, components, since, lower(&words.status(worst(incident, update))))
}

/// The components that fail since the update before, in the order in which they began to.
fn joined<'a>(incident: &'a Incident, update: &Update) -> Vec<&'a Involvement> {
    let fails = |status: Status| matches!(status, Status::PartialOutage | Status::MajorOutage);
    let new = update.affected.iter().filter(|change| fails(change.to) && !fails(change.from));
    let mut parts: Vec<_> = new.filter_map(|change| incident.components.get_key_value(&change.component)).collect();
    parts.sort_by_key(|(id, part)| (part.since, *id));
    parts.into_iter().map(|(_, part)| part).collect()
}

/// The worst state of all components as the update had it: what was said until then, replayed.
fn worst(incident: &Incident, update: &Update) -> Status {
    let mut states = BTreeMap::<&ComponentId, Status>::new();
    for earlier in incident.updates.iter().filter(|earlier| earlier.number <= update.number) {
        states.extend(earlier.affected.iter().map(|change| (&change.component, change.to)));
    }
    states.into_values().fold(Status::Operational, Status::worst)
}
