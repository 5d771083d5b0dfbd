//! What was said of an incident, the newest first.
//!
//! It does not know who may say something; a role stands where a name would.

use leptos::prelude::*;
use shared::Status;

use crate::{
    incident::{Change, Incident, Update, wording},
    page::news,
    snapshot::Snapshot,
    words::{Words, inert},
};

/// So many changes of components are told by name, more by their number.
const NAMED: usize = 4;

pub(super) fn list(incident: &Incident, snapshot: &Snapshot, words: &Words) -> AnyView {
    let entries = incident.updates.iter().rev().map(|update| entry(incident, update, snapshot, words)).collect_view();
    view! { <ol class="failures">{entries}</ol> }.into_any()
}

fn entry(incident: &Incident, update: &Update, snapshot: &Snapshot, words: &Words) -> AnyView {
    let at = words.when(update.at, snapshot.generated_at);
    let changes: Vec<_> = changes(incident, update, snapshot, words)
        .into_iter()
        .map(|change| view! { <p class="meta">{change}</p> })
        .collect();
    view! {
        <li>
            <p class="meta"><time datetime=update.at.to_string()>{at}</time><br/>{news::role(&update.by, words)}</p>
            <div>
                <b>{wording::stage(update.stage, words)}</b>
                <div class="said" inner_html=wording::html(incident, update, words)></div>
                {changes}
            </div>
        </li>
    }
    .into_any()
}

/// "Nuage: Operational → Outage"; many of the same kind are counted.
fn changes(incident: &Incident, update: &Update, snapshot: &Snapshot, words: &Words) -> Vec<String> {
    let mut kinds: Vec<(Status, Status)> = Vec::new();
    for change in &update.affected {
        if !kinds.contains(&(change.from, change.to)) {
            kinds.push((change.from, change.to));
        }
    }
    let of_kind = |(from, to): (Status, Status)| {
        let same = update.affected.iter().filter(|change| (change.from, change.to) == (from, to));
        let names: Vec<String> = same.map(|change| name(change, incident, snapshot, words)).collect();
        let who = if names.len() <= NAMED {
            words.list(names.iter().map(String::as_str))
        } else {
            words.services(names.len())
        };
        words.state_change(who, words.status(from), words.status(to))
    };
    kinds.into_iter().map(of_kind).collect()
}

fn name(change: &Change, incident: &Incident, snapshot: &Snapshot, words: &Words) -> String {
    let part = incident.components.get(&change.component).map(|part| &part.name);
    let present = || snapshot.component(&change.component).map(|component| &component.name);
    part.or_else(present).map_or_else(|| change.component.to_string(), |name| inert(name.get(words.language())))
}
