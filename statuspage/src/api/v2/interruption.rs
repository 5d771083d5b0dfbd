//! The incident that says we are blind: "Surveillance interrompue", unresolved as long as something is no longer verified.
//!
//! It does not know the services' own incidents.

use shared::Status;

use super::{
    View,
    document::{Affected, Incident, Indicator, MonitorState, Update, word},
    state,
};
use crate::{public_id as id, snapshot::ComponentView};

/// The incident, when some component's proof has run out. A first check under way is no interruption.
pub(super) fn incident(view: &View<'_>) -> Option<Incident> {
    let blind: Vec<&ComponentView> = view
        .snapshot
        .components
        .iter()
        .map(AsRef::as_ref)
        .filter(|component| state(component) == MonitorState::Stale)
        .collect();
    let started_at = blind.iter().map(|component| component.since).min()?;
    let updated_at = blind.iter().map(|component| component.since).max()?;
    // The beginning names it. Snapshots remember nothing: when what went blind first is verified again and the rest is not, the
    // rest is an incident of its own.
    let incident_id = id::stable(id::Kind::Incident, &format!("interruption {started_at}"));
    let update = Update {
        id: id::stable(id::Kind::Update, &format!("interruption {started_at} {updated_at}")),
        status: "investigating",
        body: view.words.interruption_update(view.when(started_at)),
        incident_id: incident_id.clone(),
        created_at: started_at,
        updated_at,
        display_at: updated_at,
        affected_components: blind.iter().map(|component| affected(view, component)).collect(),
        deliver_notifications: false,
        custom_tweet: None,
        tweet_id: None,
    };
    let group_of = |component: &ComponentView| {
        let group = component.group.as_ref()?;
        Some(id::stable(id::Kind::Group, group.get(view.snapshot.site.default_language())))
    };
    Some(Incident {
        id: incident_id,
        name: view.words.stopped_title(),
        status: "investigating",
        created_at: started_at,
        updated_at,
        monitoring_at: None,
        resolved_at: None,
        impact: Indicator::Minor,
        shortlink: view.base.as_str().to_owned(),
        started_at,
        page_id: view.page_id(),
        incident_updates: vec![update],
        components: blind
            .iter()
            .zip(1..)
            .map(|(component, at)| view.component(component, group_of(component), at))
            .collect(),
    })
}

fn affected(view: &View<'_>, component: &ComponentView) -> Affected {
    let name = component.name.get(view.language());
    Affected {
        code: id::stable(id::Kind::Component, component.id.as_str()),
        name: match &component.group {
            Some(group) => format!("{} - {name}", group.get(view.language())),
            None => name.to_owned(),
        },
        // What it was before is not remembered here, and clients want one of their words.
        old_status: word(Status::Unknown),
        new_status: word(Status::Unknown),
    }
}
