//! What probes met in the first failure of each component of an incident: for operators alone.
//!
//! It does not know how it was kept, nor what else stands on the page.

use leptos::prelude::*;
use shared::Timestamp;

use super::evidence;
use crate::{
    incident::Incident,
    words::{Words, inert},
};

/// A card a component, the first failure of all open; none when nothing was measured.
pub(super) fn failures(incident: &Incident, now: Timestamp, words: &Words) -> Option<AnyView> {
    let pieces = incident.evidence.pieces();
    let rest = incident.components.len().saturating_sub(pieces.len());
    let card = |(number, (id, seen)): (usize, &(&shared::ComponentId, &shared::Observation))| {
        let part = incident.components.get(*id);
        let name = part.map_or(id.as_str(), |part| part.name.get(words.language()));
        view! {
            <details open=number == 0>
                <summary><bdi>{inert(name)}</bdi></summary>
                {evidence::facts(seen, &[seen], now, words)}
            </details>
        }
    };
    let cards = pieces.iter().enumerate().map(card).collect_view();
    let more = (rest > 0).then(|| view! { <p class="meta">{words.operator_first_more(rest)}</p> });
    (!pieces.is_empty()).then(|| {
        view! {
            <section>
                <h2>{words.operator_first()}</h2>
                <p class="meta">{words.operator_evidence_note()}</p>
                {cards}
                {more}
            </section>
        }
        .into_any()
    })
}
