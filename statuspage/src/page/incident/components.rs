//! The components of an incident, one by one: since when, until when and why.
//!
//! It does not know their present beyond the incident.

use leptos::prelude::*;
use shared::ComponentId;

use crate::{
    incident::{Incident, Involvement},
    island::Look,
    page::shell::{self, Head},
    snapshot::Snapshot,
    words::{Words, inert, quantity::capital},
};

/// More rows than that are folded.
const OPEN: usize = 8;

pub(super) fn section(incident: &Incident, snapshot: &Snapshot, head: &Head<'_>) -> Option<AnyView> {
    if incident.components.is_empty() {
        return None;
    }
    let words = head.words;
    let (failing, total) = (incident.failing().count(), incident.components.len());
    let table = table(incident, snapshot, head);
    let table = if total > OPEN {
        let table =
            view! { <div class="scroll" tabindex="0" role="region" aria-label=words.components_table()>{table}</div> };
        view! { <details class="table"><summary>{words.components_table()}</summary>{table}</details> }.into_any()
    } else {
        view! { <div class="scroll" tabindex="0" role="region" aria-label=words.components_table()>{table}</div> }
            .into_any()
    };
    let sentence = (total > 1).then(|| view! { <p>{words.components_failing(failing, total)}</p> });
    let common = common(&reasons(incident, snapshot, words));
    let common = common.filter(|why| !why.is_empty());
    let common = common.map(|why| view! { <p class="meta">{words.column_reason()}" · "{why}</p> });
    Some(view! { <section><h2>{words.section_components()}</h2>{sentence}{common}{table}</section> }.into_any())
}

/// Why each of them failed.
fn reasons(incident: &Incident, snapshot: &Snapshot, words: &Words) -> Vec<String> {
    incident.components.values().map(|part| reason(part, snapshot, words)).collect()
}

/// The reason of all of them, where there is no other.
fn common(reasons: &[String]) -> Option<String> {
    reasons.first().filter(|first| reasons.iter().all(|why| why == *first)).cloned()
}

fn reason(part: &Involvement, snapshot: &Snapshot, words: &Words) -> String {
    let why = part.signature.as_ref().map(|seen| words.what(seen.kind, seen.http_status));
    let from = (!part.locations.is_empty() && part.locations.len() < snapshot.locations.len())
        .then(|| words.note_from("", words.places(&part.locations)).trim_start_matches([',', ' ']).to_owned());
    capital(&[why, from].into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// Which columns say something: on a phone there is no room for the others.
#[derive(Clone, Copy)]
struct Columns {
    /// Something works again.
    back: bool,
    /// Not all failed for the same reason.
    why: bool,
}

fn table(incident: &Incident, snapshot: &Snapshot, head: &Head<'_>) -> AnyView {
    let words = head.words;
    let mut parts: Vec<_> = incident.components.iter().collect();
    let columns = Columns {
        back: parts.iter().any(|(_, part)| part.recovered_at.is_some()),
        why: common(&reasons(incident, snapshot, words)).is_none(),
    };
    // What still fails is what people look for.
    parts.sort_by_key(|(_, part)| (part.recovered_at.is_some(), part.recovered_at, part.since));
    let rows = parts.into_iter().map(|(id, part)| row(id, part, columns, snapshot, head)).collect_view();
    view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">{words.column_service()}</th>
                    <th scope="col">{words.column_state()}</th>
                    <th scope="col">{words.column_since()}</th>
                    {columns.back.then(|| view! { <th scope="col">{words.column_back()}</th> })}
                    {columns.why.then(|| view! { <th scope="col">{words.column_reason()}</th> })}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(id: &ComponentId, part: &Involvement, columns: Columns, snapshot: &Snapshot, head: &Head<'_>) -> AnyView {
    let (words, now) = (head.words, snapshot.generated_at);
    let name = inert(part.name.get(words.language()));
    let there = snapshot.component(id).map(|component| &component.id).or_else(|| snapshot.renamed(id));
    let name = match there {
        Some(id) => view! { <a href=head.service(id)><bdi>{name}</bdi></a> }.into_any(),
        None => view! { <bdi>{name}</bdi> }.into_any(),
    };
    let look = Look::from(part.status);
    let back = part.recovered_at.map_or_else(|| words.still_failing(), |at| words.when(at, part.since));
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td class="state"><span class=look.class>{shell::shape(look)}{words.status(part.status)}</span></td>
            <td>{words.when(part.since, now)}</td>
            {columns.back.then(|| view! { <td>{back}</td> })}
            {columns.why.then(|| view! { <td>{reason(part, snapshot, words)}</td> })}
        </tr>
    }
    .into_any()
}
