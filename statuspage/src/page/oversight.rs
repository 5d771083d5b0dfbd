//! The page about the monitoring itself: its places, whether they agree, what keeps watch over it, what is measured and how.
//!
//! It does not know anything that readers must not: files by their number, no address of a target, no name of a watcher.

mod agreement;
mod channels;
mod places;
mod safeguards;

use std::fmt::Write as _;

use leptos::prelude::*;
use shared::{Language, Timestamp};

use super::shell::{self, Head, Subject};
use crate::{
    snapshot::{MonitorView, ProbeAtLocation, Rhythm, Snapshot},
    words::{Words, inert},
};

/// The page about the monitoring itself.
pub fn oversight(snapshot: &Snapshot, language: Language) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let site = inert(snapshot.site.title.get(language));
    let head = Head {
        site: &snapshot.site,
        words: &words,
        path: "/monitoring".to_owned(),
        title: words.page_title(words.monitoring(), site.as_str()),
        about: Some(words.monitoring_about(site)),
        component: None,
    };
    shell::render(|| {
        let places = places::Places::of(snapshot, &words);
        let title = words.section_places();
        let (banner, rest) = (banner(&head), rest(snapshot, &head));
        shell::subject(&head, snapshot, Subject::Unmeasured, move || {
            view! { {banner}<section><h2>{title}</h2>{places.view()}</section>{rest} }.into_any()
        })
    })
}

/// Stands for everything on the page but times: it says something else only when this has changed.
pub(super) fn digest(snapshot: &Snapshot) -> String {
    let now = snapshot.generated_at;
    let mut digest = format!("{:?} {}", snapshot.store, snapshot.quarantined.len());
    for place in places::names(snapshot) {
        let state = snapshot.places.get(place).map(|view| {
            let clock = view.ahead_ms.map_or(0, |millis| millis.unsigned_abs() / 10_000);
            let crate::location::Counts { lost, copied, set_back, rejected, .. } = view.counts;
            let counts = [view.gaps, lost, copied, set_back, rejected];
            (view.standing, clock, view.drifts_since.is_some(), counts)
        });
        // Writing to a string cannot fail.
        let _ = write!(digest, " {:?} {state:?}", places::Sight::of(snapshot, place));
    }
    let agreement = agreement::Agreement::of(snapshot);
    let proven = snapshot.components.iter().filter(|component| is_fresh(component.stale_at, now)).count();
    let flow = snapshot.mail.flow.map(|flow| (flow.waiting, flow.accepted_at.is_some(), flow.proven_at.is_some()));
    let _ = write!(digest, " {flow:?} {:?}", channels::digest(snapshot));
    let _ = write!(digest, " {:?} {:?}", snapshot.watch.detection, snapshot.watch.open.keys());
    let _ = write!(digest, " {:?}", snapshot.watch.pings.taken_at().is_some());
    let _ = write!(digest, " {} {} {proven}", agreement.compared, agreement.disputed.len());
    digest
}

fn is_fresh(stale_at: Option<Timestamp>, now: Timestamp) -> bool {
    stale_at.is_some_and(|stale_at| stale_at > now)
}

/// What a place believes now, by a result that still proves something and is not our own fault.
fn sees(at: &ProbeAtLocation, now: Timestamp) -> bool {
    let told = at.last.as_ref().is_some_and(|last| last.verdict != shared::Verdict::Unknown);
    told && is_fresh(at.stale_at, now)
}

fn banner(head: &Head<'_>) -> AnyView {
    let words = head.words;
    view! {
        <div class="banner one">
            <p class="meta"><a href=head.link("/")>"← "{words.home()}</a></p>
            <h1>{words.watcher()}</h1>
            <p>{words.watcher_lead()}</p>
        </div>
    }
    .into_any()
}

fn rest(snapshot: &Snapshot, head: &Head<'_>) -> AnyView {
    let words = head.words;
    view! {
        <section class="news"><h2>{words.section_agreement()}</h2>{agreement::view(snapshot, head)}</section>
        <section class="news"><h2>{words.section_safeguards()}</h2>{safeguards::list(snapshot, words)}</section>
        {channels::view(snapshot, words)}
        <section>
            <h2>{words.section_measured()}</h2>
            <p>{words.measured_how()}</p>
            {rhythms(&snapshot.monitor, words)}
        </section>
        <section><h2>{words.how_we_count()}</h2><p>{words.rule(words.zone_name())}</p></section>
        <section><h2>{words.software()}</h2><p>"Belfry "{env!("CARGO_PKG_VERSION")}</p></section>
    }
    .into_any()
}

/// How a location elsewhere does, in words.
pub(super) fn place_state(view: &crate::location::LocationView, now: Timestamp, words: &Words) -> String {
    places::state(view, now, words).join(" · ")
}

/// What is asked how often.
fn rhythms(monitor: &MonitorView, words: &Words) -> Option<AnyView> {
    let row = |rhythm: &Rhythm| {
        let every = rhythm.every.map_or_else(|| words.by_calendar(), |every| words.every(words.span(every)));
        view! { <tr><th scope="row">{words.kind(rhythm.kind)}</th><td>{every}</td><td>{rhythm.probes}</td></tr> }
    };
    let rows = monitor.rhythms.iter().map(row).collect_view();
    let table = view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">{words.column_kind()}</th>
                    <th scope="col">{words.column_rhythm()}</th>
                    <th scope="col">{words.column_probes()}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    (!monitor.rhythms.is_empty()).then(|| table.into_any())
}
