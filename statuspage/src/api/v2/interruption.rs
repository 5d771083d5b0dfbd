//! The incident that says we are blind: "Surveillance interrompue", unresolved as long as something is no longer verified.
//!
//! It does not know the services' own incidents.

use shared::{Status, Timestamp};

use super::{
    View,
    document::{Affected, Impact, Incident, MonitorState, Postmortem, Update, word},
    state,
};
use crate::{
    public_id as id,
    snapshot::{ComponentView, Snapshot},
};

/// Its id, when there is one.
pub(crate) fn interruption_id(snapshot: &Snapshot) -> Option<String> {
    blind(snapshot).iter().map(|component| component.since).min().map(named)
}

/// The incident, when some component's proof has run out. A first check under way is no interruption.
pub(super) fn incident(view: &View<'_>) -> Option<Incident> {
    let blind = blind(view.snapshot);
    let started_at = blind.iter().map(|component| component.since).min()?;
    let updated_at = blind.iter().map(|component| component.since).max()?;
    let incident_id = named(started_at);
    let update = Update {
        id: id::stable(id::Kind::Update, &format!("interruption {started_at} {updated_at}")),
        status: "investigating",
        body: view.words.interruption_update(view.when(started_at)),
        incident_id: incident_id.clone(),
        created_at: started_at,
        updated_at,
        display_at: updated_at,
        affected_components: Some(blind.iter().map(|component| affected(view, component)).collect()),
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
        components: blind
            .iter()
            .zip(1..)
            .map(|(component, at)| view.component(component, view.group_id(component), at))
            .collect(),
        reminder_intervals: None,
        postmortem: Postmortem::default(),
    })
}

/// The components whose proof has run out.
fn blind(snapshot: &Snapshot) -> Vec<&ComponentView> {
    let components = snapshot.components.iter().map(AsRef::as_ref);
    components.filter(|component| state(component) == MonitorState::Stale).collect()
}

/// The beginning names it. Snapshots remember nothing: when what went blind first is verified again and the rest is not, the rest is
/// an incident of its own.
fn named(started_at: Timestamp) -> String {
    id::stable(id::Kind::Incident, &format!("interruption {started_at}"))
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
