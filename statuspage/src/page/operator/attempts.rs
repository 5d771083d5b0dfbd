//! What was tried to tell operators of an incident: each attempt with its receipt or its error.
//!
//! It does not know how anything is sent.

use leptos::prelude::*;
use shared::{Language, Timestamp};

use crate::{
    incident::Incident,
    notify::Attempt,
    snapshot::Snapshot,
    words::{Words, inert},
};

/// The same again and again, the newest first, is one line.
struct Tries<'a> {
    newest: &'a Attempt,
    oldest: &'a Attempt,
    times: usize,
}

/// The attempts, the newest first; nothing where there were none.
pub(super) fn attempts(snapshot: &Snapshot, incident: &Incident, words: &Words) -> Option<AnyView> {
    let alarm = snapshot.alarms.incidents.get(&incident.id).filter(|alarm| !alarm.attempts.is_empty())?;
    let rows = tries(alarm.attempts.iter().rev());
    let rows = rows.iter().map(|tries| row(tries, snapshot.generated_at, words)).collect_view();
    Some(
        view! {
            <section>
                <h2>{words.attempts()}</h2>
                <table class="log">
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

/// A message that a channel refuses is tried many times, with the same error each time.
fn tries<'a>(attempts: impl Iterator<Item = &'a Attempt>) -> Vec<Tries<'a>> {
    let mut all: Vec<Tries<'a>> = Vec::new();
    for attempt in attempts {
        let again = |tries: &&mut Tries<'_>| {
            let one = tries.newest;
            one.outcome.is_err()
                && (&one.channel, &one.message, &one.outcome) == (&attempt.channel, &attempt.message, &attempt.outcome)
        };
        match all.iter_mut().find(again) {
            Some(tries) => (tries.oldest, tries.times) = (attempt, tries.times + 1),
            None => all.push(Tries { newest: attempt, oldest: attempt, times: 1 }),
        }
    }
    all
}

fn row(Tries { newest, oldest, times }: &Tries<'_>, now: Timestamp, words: &Words) -> AnyView {
    // What a channel says is its own, and in no reader's language; receipts are marks for who looks into it.
    let (said, outcome) = match &newest.outcome {
        Ok(receipt) => (words.attempt_taken(), receipt.as_deref().map(inert).unwrap_or_default()),
        Err(error) => (words.attempt_refused(), inert(error)),
    };
    let (first, last) = (words.when(oldest.at, now), words.when(newest.at, now));
    let when = if first == last { last } else { format!("{first} – {last}") };
    let times = (*times > 1).then(|| format!(" ({})", words.times(*times)));
    view! {
        <tr>
            <td>{when}</td>
            <th scope="row"><bdi>{newest.channel.to_string()}</bdi></th>
            <td>{words.attempt_message(inert(&newest.message))}</td>
            <td>{said}" "<span class="meta" lang=Language::En.tag()><bdi>{outcome}</bdi></span>{times}</td>
        </tr>
    }
    .into_any()
}
