//! What each probe believes at each location.
//!
//! It does not know what the public state makes of it.

use leptos::prelude::*;
use shared::{FailureKind, Health, LocationName, Status, Timestamp};

use super::shell;
use crate::{
    island::Look,
    snapshot::{ComponentView, ProbeAtLocation, ProbeView},
    words::{Words, quantity::place},
};

/// Probes by location, one a line.
pub(super) fn table(component: &ComponentView, now: Timestamp, words: &Words) -> AnyView {
    let rows = component.probes.iter().flat_map(|probe| {
        probe.locations.iter().map(move |(location, at_location)| row(probe, location, at_location, now, words))
    });
    view! {
        <p class="meta">{words.probes_sentence()}</p>
        <div class="scroll" tabindex="0" role="region" aria-label=words.section_probes()>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{words.column_probe()}</th>
                        <th scope="col">{words.column_place()}</th>
                        <th scope="col">{words.column_state()}</th>
                        <th scope="col">{words.column_last()}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(
    probe: &ProbeView,
    location: &LocationName,
    at_location: &ProbeAtLocation,
    now: Timestamp,
    words: &Words,
) -> AnyView {
    let (look, word) = health(at_location.health, words);
    let last = at_location.last.as_ref().map(|last| {
        let when = words.when(last.started_at, now);
        let what = match &last.failure {
            Some(failure) => words.what(failure.kind, last.http.as_ref().map(|http| http.status)),
            None if probe.kind == "heartbeat" => words.beat_heard(),
            None => words.latency(last.duration),
        };
        // What was observed last may be that none came.
        let silent = last.failure.as_ref().is_some_and(|failure| failure.kind == FailureKind::HeartbeatMissed);
        match probe.beat_at.filter(|_| silent) {
            Some(at) => format!("{when} · {what} · {}", words.beat_last(words.when(at, now))),
            None => format!("{when} · {what}"),
        }
    });
    let name = probe.name.to_string();
    // A probe that nobody named is called after its kind.
    let kind = (name != probe.kind).then(|| view! { " "<span class="meta">{words.kind(probe.kind)}</span> });
    let name = if name == probe.kind { words.kind(probe.kind) } else { name };
    view! {
        <tr>
            <th scope="row">{name}{kind}</th>
            <td>{place(location)}</td>
            <td class="state"><span class=look.class>{shell::shape(look)}{word}</span></td>
            <td>{last.unwrap_or_else(|| words.never_measured())}</td>
        </tr>
    }
    .into_any()
}

fn health(health: Health, words: &Words) -> (Look, String) {
    match health {
        Health::Up => (Status::Operational.into(), words.health_up()),
        Health::Suspect => (Status::DegradedPerformance.into(), words.health_suspect()),
        Health::Down => (Status::MajorOutage.into(), words.health_down()),
        Health::Unknown => (Status::Unknown.into(), words.health_unknown()),
    }
}
