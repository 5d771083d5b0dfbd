//! The last failures, one after another; the same one again and again is told once.
//!
//! It does not know which failures are public; those that come are.

use std::{sync::Arc, time::Duration};

use leptos::prelude::*;
use shared::{Failure, Observation, Timestamp};

use crate::{
    snapshot::ComponentView,
    words::{Words, inert, quantity::place},
};

/// Failures further apart are two stories.
const TOGETHER: Duration = Duration::from_secs(120);

/// The failures, newest first.
pub(super) fn list(component: &ComponentView, now: Timestamp, words: &Words) -> AnyView {
    let failures = &component.history.failures;
    if failures.is_empty() {
        return view! { <p class="meta">{words.failures_none()}</p> }.into_any();
    }
    let several = component.probes.iter().any(|probe| probe.locations.len() > 1);
    let entry = |run: &[Arc<Observation>]| {
        let newest = run.first()?;
        let failure = newest.failure.as_ref()?;
        let times = (run.len() > 1).then(|| words.times(run.len()));
        let from = several.then(|| place(&newest.location));
        let origin =
            [Some(newest.probe.name.to_string()), from, times].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        Some(view! {
            <li>
                {time(run, now, words)}
                <div>
                    <b>{words.what(failure.kind, newest.http.as_ref().map(|http| http.status))}</b>
                    <span class="meta">{origin}</span>
                    {detail(failure)}
                </div>
            </li>
        })
    };
    let entries = failures.chunk_by(|newer, older| same(newer, older)).filter_map(entry).collect_view();
    view! { <ol class="failures">{entries}</ol> }.into_any()
}

/// Whether one failure is the other again.
fn same(newer: &Observation, older: &Observation) -> bool {
    (&newer.probe, &newer.location, &newer.failure) == (&older.probe, &older.location, &older.failure)
        && newer.started_at.since(older.started_at) <= TOGETHER
}

/// When it was, or from when to when.
fn time(run: &[Arc<Observation>], now: Timestamp, words: &Words) -> AnyView {
    let moment = |observation: &Arc<Observation>| {
        let at = observation.started_at;
        (words.when(at, now), view! { <time datetime=at.to_string()>{words.when(at, now)}</time> })
    };
    match (run.last().map(moment), run.first().map(moment)) {
        (Some((first, began)), Some((last, ended))) if first != last => {
            view! { <p class="meta">{began}" – "{ended}</p> }.into_any()
        }
        (_, newest) => view! { <p class="meta">{newest.map(|(_, time)| time)}</p> }.into_any(),
    }
}

/// What the probe said, where that is more than the reason.
fn detail(failure: &Failure) -> Option<AnyView> {
    (!failure.detail.is_empty()).then(|| view! { <p><code>{inert(&failure.detail)}</code></p> }.into_any())
}
