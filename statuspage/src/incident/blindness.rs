//! That the monitoring itself is blind for some components: told as an incident of its own wherever incidents are told.
//!
//! It does not know how it is told. Snapshots remember nothing, so its beginning names it.

use shared::{IncidentId, Status, Timestamp};

use crate::{
    public_id,
    snapshot::{ComponentView, Snapshot},
};

/// Components whose proof has run out.
#[derive(Debug)]
pub struct Blindness<'a> {
    /// Named by its beginning: when what went blind first is verified again and the rest is not, the rest is an incident of its own.
    pub id: IncidentId,
    /// Since when the first of them is not verified.
    pub since: Timestamp,
    /// Since when the last of them is not.
    pub spread_at: Timestamp,
    /// In the order of the page; never empty.
    pub components: Vec<&'a ComponentView>,
}

/// What is blind now. A first check under way is no interruption.
pub fn of(snapshot: &Snapshot) -> Option<Blindness<'_>> {
    let components: Vec<_> = snapshot.components.iter().map(AsRef::as_ref).filter(|c| is_blind(c)).collect();
    let since = components.iter().map(|component| component.since).min()?;
    let spread_at = components.iter().map(|component| component.since).max()?;
    let id = public_id::stable(public_id::Kind::Incident, &format!("interruption {since}"));
    let id = id.parse().expect("a stable id has the form of one");
    Some(Blindness { id, since, spread_at, components })
}

fn is_blind(component: &ComponentView) -> bool {
    component.measured() == Status::Unknown && component.last_result_at.is_some()
}
