//! What is known of a story, from the snapshot that readers have too: whom it concerns, and what letters tell.
//!
//! It does not know subscribers.

use shared::{Language, Text};

use super::{Groups, Notice, Story, Turn};
use crate::{
    incident::{Incident, Update},
    mail::compose::{self, Concerned, Desk, Told},
    maintenance::Maintenance,
    snapshot::Snapshot,
};

/// The components of a story and their groups; none while the snapshot does not have what the notice tells.
pub(super) fn groups(snapshot: &Snapshot, story: &Story, notice: &Notice) -> Option<Groups> {
    let names = |group: Option<&Text>| {
        let names = group.map(|group| Language::ALL.map(|language| group.get(language).to_owned()));
        let mut names: Vec<_> = names.into_iter().flatten().collect();
        names.dedup();
        names
    };
    match story {
        Story::Incident(id) => {
            let incident = snapshot.incident(id)?;
            update(incident, notice)?;
            let parts = incident.components.iter();
            Some(Groups(parts.map(|(id, part)| (id.clone(), names(part.group.as_ref()))).collect()))
        }
        Story::Maintenance(id) => {
            let concerned = concerned(snapshot, snapshot.maintenance(id)?);
            Some(Groups(concerned.into_iter().map(|part| (part.id, names(part.group.as_ref()))).collect()))
        }
    }
}

/// What letters of a notice tell.
pub(super) fn told(snapshot: &Snapshot, story: &Story, notice: &Notice, desk: &Desk) -> Option<Told> {
    match story {
        Story::Incident(id) => {
            let incident = snapshot.incident(id)?;
            Some(Told::incident(incident, update(incident, notice)?, notice.first, desk))
        }
        Story::Maintenance(id) => {
            let maintenance = snapshot.maintenance(id)?;
            let numbers = (notice.number, notice.first);
            let concerned = concerned(snapshot, maintenance);
            Some(Told::maintenance(maintenance, turn(notice.turn), numbers, notice.made_at, &concerned, desk))
        }
    }
}

fn update<'a>(incident: &'a Incident, notice: &Notice) -> Option<&'a Update> {
    incident.updates.iter().find(|update| update.number == notice.number)
}

fn concerned(snapshot: &Snapshot, maintenance: &Maintenance) -> Vec<Concerned> {
    let covered = snapshot.components.iter().filter(|part| maintenance.scope.covers(&part.id, part.group.as_ref()));
    let concerned =
        covered.map(|part| Concerned { id: part.id.clone(), name: part.name.clone(), group: part.group.clone() });
    concerned.collect()
}

fn turn(turn: Turn) -> compose::Turn {
    match turn {
        Turn::Announced => compose::Turn::Announced,
        Turn::Moved => compose::Turn::Moved,
        Turn::Begins => compose::Turn::Begins,
        Turn::Ends => compose::Turn::Ends,
        Turn::Cancelled => compose::Turn::Cancelled,
        Turn::Opened | Turn::Grown | Turn::Said | Turn::Resolved => compose::Turn::Said,
    }
}
