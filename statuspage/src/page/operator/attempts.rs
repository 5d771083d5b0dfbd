//! What was tried to tell operators of an incident: each attempt with its receipt or its error.
//!
//! It does not know how anything is sent.

use leptos::prelude::*;

use crate::{
    incident::Incident,
    notify::Attempt,
    snapshot::Snapshot,
    words::{Words, inert},
};

/// The attempts, the newest first; nothing where there were none.
pub(super) fn attempts(snapshot: &Snapshot, incident: &Incident, words: &Words) -> Option<AnyView> {
    let alarm = snapshot.alarms.incidents.get(&incident.id).filter(|alarm| !alarm.attempts.is_empty())?;
    let row = |attempt: &Attempt| {
        let (said, outcome) = match &attempt.outcome {
            Ok(receipt) => (words.attempt_taken(), receipt.as_deref().map(inert).unwrap_or_default()),
            Err(error) => (words.attempt_refused(), inert(error)),
        };
        view! {
            <tr>
                <td>{words.when(attempt.at, snapshot.generated_at)}</td>
                <th scope="row"><bdi>{attempt.channel.to_string()}</bdi></th>
                <td>{words.attempt_message(inert(&attempt.message))}</td>
                <td>{said}" "<span class="meta"><bdi>{outcome}</bdi></span></td>
            </tr>
        }
    };
    let rows = alarm.attempts.iter().rev().map(row).collect_view();
    Some(
        view! {
            <section>
                <h2>{words.attempts()}</h2>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{words.attempt_when()}</th>
                            <th scope="col">{words.attempt_channel()}</th>
                            <th scope="col">{words.attempt_what()}</th>
                            <th scope="col">{words.attempt_outcome()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </section>
        }
        .into_any(),
    )
}
