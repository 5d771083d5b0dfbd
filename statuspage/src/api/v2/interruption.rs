//! The incident that says we are blind: "Surveillance interrompue", unresolved as long as something is no longer verified.
//!
//! It does not know the services' own incidents.

use shared::Status;

use super::{
    View,
    document::{Affected, Impact, Incident, Postmortem, Update, word},
};
use crate::{incident::blindness, public_id as id, snapshot::ComponentView};

/// The incident, when some component's proof has run out.
pub(super) fn incident(view: &View<'_>) -> Option<Incident> {
    let blind = blindness::of(view.snapshot)?;
    let (started_at, updated_at, incident_id) = (blind.since, blind.spread_at, blind.id.to_string());
    let update = Update {
        id: id::stable(id::Kind::Update, &format!("interruption {started_at} {updated_at}")),
        status: "investigating",
        body: view.words.interruption_update(view.when(started_at)),
        incident_id: incident_id.clone(),
        created_at: started_at,
        updated_at,
        display_at: updated_at,
        affected_components: Some(blind.components.iter().map(|component| affected(view, component)).collect()),
        deliver_notifications: false,
        custom_tweet: None,
        tweet_id: None,
    };
    Some(Incident {
        id: incident_id,
        name: view.words.stopped_title(),
        status: "investigating",
        created_at: started_at,
        updated_at,
        monitoring_at: None,
        resolved_at: None,
        impact: Impact::Minor,
        shortlink: view.base.as_str().to_owned(),
        started_at,
        page_id: view.page_id(),
        incident_updates: vec![update],
        components: blind.components.iter().map(|component| view.component(component)).collect(),
        reminder_intervals: None,
        postmortem: Postmortem::default(),
    })
}

fn affected(view: &View<'_>, component: &ComponentView) -> Affected {
    Affected {
        code: id::stable(id::Kind::Component, component.id.as_str()),
        name: view.full_name(&component.name, component.group.as_ref()),
        // What it was before is not remembered here, and clients want one of their words.
        old_status: word(Status::Unknown),
        new_status: word(Status::Unknown),
    }
}
