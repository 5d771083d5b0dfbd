//! On the pages of an outpost: what the main page said last, whether it is still heard, and who measures what follows.
//!
//! It does not know the states that are measured here. What the other hub says is its word, and shown as text.

use std::fmt::Write as _;

use leptos::prelude::*;
use shared::{
    Bulletin, Status, Timestamp,
    bulletin::{BulletinComponent, BulletinIncident, BulletinMaintenance},
};

use super::shell::{self, Head};
use crate::{
    incident::wording as incidents,
    island::Look,
    maintenance::wording as maintenances,
    markdown,
    outpost::{Hearing, HubView},
    snapshot::Snapshot,
    words::{Words, inert},
};

/// So many updates of an incident are told.
const TOLD: usize = 3;

/// What stands for all of it: pages say something else only when this has changed.
pub(super) fn digest(snapshot: &Snapshot) -> String {
    let Some(view) = &snapshot.upstream else { return String::new() };
    let mut digest = String::new();
    if let Some(bulletin) = &view.bulletin {
        // Writing to a string cannot fail.
        let _ = bulletin.components.iter().try_for_each(|one| write!(digest, "{} {} ", one.id, one.status.word()));
        let _ = bulletin.incidents.iter().try_for_each(|one| write!(digest, "{} {} ", one.id, one.updates.len()));
        let _ = bulletin.maintenances.iter().try_for_each(|one| write!(digest, "{} {} ", one.id, one.stage));
    }
    let minutes = view.silent_since().map(|since| snapshot.generated_at.since(since).as_secs() / 60);
    let _ = write!(digest, " {minutes:?} {}", view.hearing == Hearing::Unsure);
    digest
}

/// The card, in the frame that scripts put anew into the page when something changes; nothing on the pages of a hub.
pub(super) fn view(snapshot: &Snapshot, head: &Head<'_>) -> Option<AnyView> {
    let view = snapshot.upstream.as_ref()?;
    let (words, now) = (head.words, snapshot.generated_at);
    let class = if view.silent_since().is_some() { "card fault" } else { "card" };
    let place = place(snapshot);
    let here = if view.silent_since().is_some() { words.upstream_history(place) } else { words.upstream_here(place) };
    let said = (head.path == "/").then(|| said(view, now, words));
    let card = view! {
        <div class="news">
            <section class=class aria-label=words.upstream()>
                <p>{hearing(view, now, words)}</p>
                {said}
                <p class="meta">{here}</p>
            </section>
        </div>
    };
    Some(card.into_any())
}

/// Whether it is heard, in a sentence.
fn hearing(view: &HubView, now: Timestamp, words: &Words) -> String {
    let address = inert(&view.address);
    match &view.hearing {
        Hearing::Unsure => words.upstream_unsure(address),
        Hearing::Heard => words.upstream_heard(address),
        Hearing::Silent { since, .. } => {
            words.upstream_silent(address, words.when(*since, now), words.span(now.since(*since)))
        }
    }
}

/// The same for those who cannot see a card, with its last word and who measures what is told.
pub(super) fn spoken(view: &HubView, snapshot: &Snapshot, words: &Words) -> String {
    let now = snapshot.generated_at;
    let said = view.bulletin.as_ref().zip(view.heard_at).map(|(bulletin, at)| {
        format!(" {} {}", words.upstream_said(words.at(at, now)), inert(bulletin.headline.get(words.language())))
    });
    let silent = view.silent_since().is_some();
    let here = if silent { words.upstream_history(place(snapshot)) } else { words.upstream_here(place(snapshot)) };
    format!("{}{} {here}", hearing(view, now, words), said.unwrap_or_default())
}

/// The place that measures here.
fn place(snapshot: &Snapshot) -> String {
    snapshot.locations.keys().next().map(ToString::to_string).unwrap_or_default()
}

/// Its last word: the headline, and everything else behind a fold that is open while it is silent.
fn said(view: &HubView, now: Timestamp, words: &Words) -> AnyView {
    let Some((bulletin, at)) = view.bulletin.as_ref().zip(view.heard_at) else {
        return view! { <p class="meta">{words.upstream_never()}</p> }.into_any();
    };
    let language = words.language();
    let headline = inert(bulletin.headline.get(language));
    let look = Look::from(bulletin.status);
    // While it is heard this would grow old on the page: only the past has a time.
    let silent = view.silent_since().is_some();
    let said = silent.then(|| words.upstream_said(words.at(at, now)));
    view! {
        <p class=if silent { Look::from(Status::Unknown).class } else { look.class }>{shell::shape(look)}{said}" "{headline}</p>
        <details class="table" open=silent>
            <summary>{words.upstream_whole()}</summary>
            {whole(bulletin, now, words)}
        </details>
    }
    .into_any()
}

fn whole(bulletin: &Bulletin, now: Timestamp, words: &Words) -> AnyView {
    let incidents = bulletin.incidents.iter().map(|incident| incident_view(incident, now, words)).collect_view();
    let works = bulletin.maintenances.iter().map(|work| work_view(work, now, words)).collect_view();
    let service = |component: &BulletinComponent| {
        let (look, name) = (Look::from(component.status), inert(component.name.get(words.language())));
        view! {
            <li><bdi>{name}</bdi>" "<span class="meta">{shell::shape(look)}{words.status(component.status)}</span></li>
        }
    };
    let services = bulletin.components.iter().map(service).collect_view();
    view! { {incidents}{works}<h3>{words.upstream_services()}</h3><ul>{services}</ul> }.into_any()
}

fn incident_view(incident: &BulletinIncident, now: Timestamp, words: &Words) -> AnyView {
    let language = words.language();
    let update = |update: &shared::bulletin::BulletinUpdate| {
        let stage = words.stage_at(incidents::stage(update.stage, words), words.when(update.at, now));
        let text = markdown::paragraph(update.text.get(language));
        view! { <p class="meta">{stage}</p><div class="said" inner_html=text></div> }
    };
    let facts = words
        .list_comma(incidents::impact(incident.impact, words), words.going_since(words.when(incident.started_at, now)));
    view! {
        <h3><bdi>{inert(incident.title.get(language))}</bdi></h3>
        <p class="meta">{facts}</p>
        {incident.updates.iter().take(TOLD).map(update).collect_view()}
    }
    .into_any()
}

fn work_view(work: &BulletinMaintenance, now: Timestamp, words: &Words) -> AnyView {
    let facts =
        words.list_comma(maintenances::stage(work.stage, words), words.period(work.starts_at, work.ends_at, now));
    view! {
        <h3><bdi>{inert(work.title.get(words.language()))}</bdi></h3>
        <p class="meta">{facts}</p>
    }
    .into_any()
}
