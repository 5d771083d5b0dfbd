//! The first page of operators: everything that asks for one.
//!
//! It does not know what is done about it; each incident has a page of its own.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{Language, Status};

use super::{AUDIT, HOME, PLAN, Signed, document, evidence, field, monitor, told, who_am_i};
use crate::{
    incident::Incident,
    island::Look,
    maintenance::{Maintenance, wording},
    page::shell::Head,
    snapshot::Snapshot,
    words::Words,
};

/// So many resolved incidents are listed.
const LATELY: usize = 5;

/// What is wrong now, the faults of the monitor, incidents, and planned maintenance.
pub fn overview(snapshot: &Snapshot, language: Language, signed: &Signed) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    document(&snapshot.site, &words, HOME.to_owned(), |head| {
        view! {
            <div class="banner"><h1>{words.headline(snapshot)}</h1>{who_am_i(signed, head)}</div>
            {incidents(snapshot, head, signed)}
            {evidence::now(snapshot, head)}
            {monitor::faults(snapshot, &words)}
            {maintenances(snapshot, head)}
            <p><a href=head.link(AUDIT)>{words.operator_audit()}</a></p>
        }
        .into_any()
    })
}

fn incidents(snapshot: &Snapshot, head: &Head<'_>, signed: &Signed) -> AnyView {
    let words = head.words;
    let now = snapshot.generated_at;
    let open: Vec<AnyView> = snapshot.open_incidents().map(|incident| entry(incident, now, head, signed)).collect();
    let none = open.is_empty().then(|| view! { <p>{words.operator_no_incidents()}</p> });
    let over = snapshot.incidents.iter().filter(|incident| !incident.stage.is_open()).take(LATELY);
    let over: Vec<AnyView> = over.map(|incident| view! { <li>{link(incident, head)}</li> }.into_any()).collect();
    let over = (!over.is_empty())
        .then(|| view! { <details><summary>{words.operator_resolved_incidents()}</summary><ul>{over}</ul></details> });
    view! {
        <section>
            <h2>{words.operator_incidents()}</h2>
            {none}
            {open}
            {over}
            <p><a href=head.link("/operator/open")>{words.operator_open()}</a></p>
        </section>
    }
    .into_any()
}

fn link(incident: &Incident, head: &Head<'_>) -> AnyView {
    let address = head.link(&format!("/operator/incidents/{}", incident.id));
    view! { <a href=address><bdi>{told::title(incident, head.words)}</bdi></a> }.into_any()
}

fn entry(incident: &Incident, now: shared::Timestamp, head: &Head<'_>, signed: &Signed) -> AnyView {
    let words = head.words;
    let state = format!(
        "{} · {} · {}",
        told::stage(incident.stage, words),
        words.operator_since(words.when(incident.times.started_at, now)),
        words.operator_services(incident.components.len())
    );
    let promise = told::promise(incident, now, words).map(|promise| view! { <p>{promise}</p> });
    let worst = incident.components.values().map(|part| part.status).fold(Status::Operational, Status::worst);
    view! {
        <div class=format!("card {}", Look::from(worst).class)>
            <h3>{link(incident, head)}</h3>
            <p class="meta">{state}</p>
            {promise}
            {acknowledgement(incident, now, head, signed)}
        </div>
    }
    .into_any()
}

/// Who has taken it, or the button to do so.
pub(super) fn acknowledgement(
    incident: &Incident,
    now: shared::Timestamp,
    head: &Head<'_>,
    signed: &Signed,
) -> AnyView {
    let words = head.words;
    match &incident.acknowledgement {
        Some(taken) => {
            let said = words.operator_acknowledged(told::actor(&taken.by, words), words.when(taken.at, now));
            view! { <p class="meta">{said}</p> }.into_any()
        }
        None if incident.stage.is_open() => view! {
            <p>{words.operator_not_acknowledged()}</p>
            <form method="post" action=head.link(&format!("/operator/incidents/{}/acknowledge", incident.id))>
                {field::token(signed)}
                <button class="first">{words.operator_acknowledge()}</button>
            </form>
        }
        .into_any(),
        None => ().into_any(),
    }
}

fn maintenances(snapshot: &Snapshot, head: &Head<'_>) -> AnyView {
    let (words, now) = (head.words, snapshot.generated_at);
    let is_open = |one: &&Arc<Maintenance>| !one.stage.is_over() && one.ends_at > now;
    // What comes first stands first.
    let coming: Vec<AnyView> =
        snapshot.maintenances.iter().rev().filter(is_open).map(|one| planned(one, snapshot, head)).collect();
    let none = coming.is_empty().then(|| view! { <p>{words.operator_no_maintenance()}</p> });
    view! {
        <section>
            <h2>{words.operator_maintenance()}</h2>
            {none}
            {coming}
            <p><a href=head.link(PLAN)>{words.operator_plan()}</a></p>
        </section>
    }
    .into_any()
}

fn planned(maintenance: &Maintenance, snapshot: &Snapshot, head: &Head<'_>) -> AnyView {
    let words = head.words;
    let state = format!("{} · {}", wording::stage(maintenance.stage, words), wording::window(maintenance, words));
    let address = head.link(&format!("/operator/maintenances/{}", maintenance.id));
    view! {
        <div class="card work">
            <h3><a href=address><bdi>{wording::title(maintenance, words)}</bdi></a></h3>
            <p class="meta">{state}" · "{told::whom(maintenance, snapshot, words)}</p>
        </div>
    }
    .into_any()
}
