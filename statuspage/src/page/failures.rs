//! The last failures, one after another; the same one again and again, or seen from several places, is told once.
//!
//! It does not know which failures are public; those that come are.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use leptos::prelude::*;
use shared::{Failure, Observation, Timestamp};

use crate::{
    snapshot::ComponentView,
    words::{Words, inert},
};

/// Failures further apart are two stories.
const TOGETHER: Duration = Duration::from_secs(120);

/// The failures, newest first; what several places saw of a probe at the same time is one entry.
pub(super) fn list(component: &ComponentView, now: Timestamp, words: &Words) -> AnyView {
    let failures = &component.history.failures;
    if failures.is_empty() {
        return view! { <p class="meta">{words.failures_none()}</p> }.into_any();
    }
    let several = component.probes.iter().any(|probe| probe.locations.len() > 1);
    let entry = |run: &Vec<&Observation>| {
        let newest = run.first()?;
        let failure = newest.failure.as_ref()?;
        let times = (run.len() > 1).then(|| words.times(run.len()));
        let places: BTreeSet<_> = run.iter().map(|one| &one.location).collect();
        let from = several.then(|| words.places(places));
        let origin =
            [Some(called(component, newest, words)), from, times].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        Some(view! {
            <li>
                {time(run, now, words)}
                <div>
                    <b>{words.what(failure.kind, newest.http.as_ref().map(|http| http.status))}</b>
                    <span class="meta">{origin}</span>
                    {detail(failure, now, words)}
                </div>
            </li>
        })
    };
    let entries = runs(failures).iter().filter_map(entry).collect_view();
    view! { <ol class="failures">{entries}</ol> }.into_any()
}

/// What a probe is called: by its kind where nobody named it.
fn called(component: &ComponentView, seen: &Observation, words: &Words) -> String {
    let name = seen.probe.name.to_string();
    let unnamed = component.probes.iter().any(|probe| probe.name == seen.probe.name && probe.kind == name);
    if unnamed { words.kind(name) } else { name }
}

/// One failure again and again, wherever it was seen from, is one run; newest first, as the failures are.
fn runs(failures: &[Arc<Observation>]) -> Vec<Vec<&Observation>> {
    let mut runs: Vec<Vec<&Observation>> = Vec::new();
    for failure in failures.iter().map(AsRef::as_ref) {
        let continues = |run: &&mut Vec<&Observation>| run.last().is_some_and(|newer| same(newer, failure));
        match runs.iter_mut().find(continues) {
            Some(run) => run.push(failure),
            None => runs.push(vec![failure]),
        }
    }
    runs
}

/// Whether one failure is the other again. What the target said beside it may differ.
fn same(newer: &Observation, older: &Observation) -> bool {
    let what = |one: &Observation| one.failure.as_ref().map(|failure| (failure.kind, failure.detail.clone()));
    let status = |one: &Observation| one.http.as_ref().map(|http| http.status);
    (&newer.probe, what(newer), status(newer)) == (&older.probe, what(older), status(older))
        && newer.started_at.since(older.started_at) <= TOGETHER
}

/// When it was, or from when to when.
fn time(run: &[&Observation], now: Timestamp, words: &Words) -> AnyView {
    let moment = |observation: &&Observation| {
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

/// What the probe said, where that is more than the reason and there are words for it in the reader's language.
fn detail(failure: &Failure, now: Timestamp, words: &Words) -> Option<AnyView> {
    let detail = words.detail(failure, now).filter(|detail| detail.language == words.language())?;
    Some(view! { <p class="meta">{inert(&detail.text)}</p> }.into_any())
}
