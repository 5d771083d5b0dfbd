//! What was measured of an incident and when: four figures, then one line for each moment.
//!
//! It does not know what was said; only what happened.

use std::time::Duration;

use leptos::prelude::*;
use shared::{ComponentId, Timestamp};

use crate::{
    incident::{Incident, Involvement, Origin},
    page::freshness::origin,
    snapshot::Snapshot,
    words::{Words, inert},
};

/// So many components are told by name, of more the milestones.
const NAMED: usize = 4;

/// What the section is called: of an incident that was declared by hand, nothing was measured at first.
pub(super) fn heading(incident: &Incident, words: &Words) -> String {
    match incident.origin {
        Origin::Measured => words.section_chronology(),
        Origin::Declared(_) => words.section_chronology_declared(),
    }
}

/// How long it took to notice, to be taken on, to be understood and to be over.
pub(super) fn figures(incident: &Incident, words: &Words) -> AnyView {
    let times = &incident.times;
    let (start, detected) = (times.started_at, times.detected_at);
    let (measured, first) = match incident.origin {
        Origin::Measured => (true, words.after_first_failure()),
        Origin::Declared(_) => (false, words.after_beginning()),
    };
    // Who declares an incident by hand has detected it by other means than ours.
    let detection = (measured && incident.persists_since().is_none()).then(|| times.detection());
    let taken = incident.acknowledgement.as_ref().map(|taken| taken.at.since(detected));
    let cause = times.identified_at.map(|at| at.since(detected));
    let back = times.recovered_at.map(|at| at.since(start));
    // What has not come by the end will not come.
    let missing = || if incident.stage.is_open() { words.never_measured() } else { words.not_recorded() };
    let undetected = if measured { missing() } else { words.not_recorded() };
    let figure = |(name, span, missing, since): (String, Option<Duration>, String, String)| {
        let class = if span.is_some() { "" } else { "absent" };
        // What has not been measured is not counted from anything either.
        let since = span.is_some().then(|| view! { <dd class="meta">{since}</dd> });
        let told = span.map_or(missing, |span| words.span(span));
        view! { <div><dt>{name}</dt><dd class=class>{told}</dd>{since}</div> }
    };
    let figures = [
        (words.figure_detection(), detection, undetected, first.clone()),
        (words.figure_acknowledgement(), taken, missing(), words.after_detection()),
        (words.figure_cause(), cause, missing(), words.after_detection()),
        (words.figure_recovery(), back, missing(), first),
    ];
    view! { <dl class="figures">{figures.into_iter().map(figure).collect_view()}</dl> }.into_any()
}

/// Every moment in its order, and how it was measured.
pub(super) fn list(incident: &Incident, snapshot: &Snapshot, words: &Words) -> AnyView {
    let mut moments = milestones(incident, snapshot, words);
    moments.extend(joined(incident, words));
    moments.extend(back(incident, words));
    // Stable: of two things at the same instant the one that is told first led to the other.
    moments.sort_by_key(|(at, _)| *at);
    let line = |(at, what): (Timestamp, String)| {
        let time = words.when_precise(at, snapshot.generated_at);
        view! { <li><p class="meta"><time datetime=at.to_string()>{time}</time></p><p>{what}</p></li> }
    };
    let how = matches!(incident.origin, Origin::Measured).then(|| {
        let origin = origin(snapshot, words).map(|origin| origin + ". ");
        view! { <p class="meta">{origin}{words.chronology_how()}</p> }
    });
    view! { {how}<ol class="failures">{moments.into_iter().map(line).collect_view()}</ol> }.into_any()
}

type Moment = (Timestamp, String);

/// The incident's own moments.
fn milestones(incident: &Incident, snapshot: &Snapshot, words: &Words) -> Vec<Moment> {
    let times = &incident.times;
    let (began, detected) = match (&incident.origin, incident.persists_since()) {
        (_, Some(_)) => (words.chronology_persists(), None),
        (Origin::Measured, None) => (words.chronology_started(), Some(confirmed(incident, snapshot, words))),
        (Origin::Declared(_), None) => (words.chronology_began(), Some(words.chronology_declared())),
    };
    let detected_at = detected.is_some().then_some(times.detected_at);
    let moments = [
        (Some(times.started_at), began),
        (detected_at, detected.unwrap_or_default()),
        (times.told_at, words.chronology_announced()),
        (times.reported_by_users_at, words.chronology_reported()),
        (incident.acknowledgement.as_ref().map(|taken| taken.at), words.chronology_acknowledged()),
        (times.identified_at, words.chronology_identified()),
        (times.recovered_at, words.chronology_recovered()),
        (times.resolved_at, words.chronology_resolved()),
    ];
    moments.into_iter().filter_map(|(at, what)| Some((at?, what))).collect()
}

/// That the failure is no accident, and which places saw it first, where there is more than one nameless one.
fn confirmed(incident: &Incident, snapshot: &Snapshot, words: &Words) -> String {
    let first = incident.components.values().min_by_key(|part| part.detected_at);
    let places = first.map(|part| part.locations.as_slice()).filter(|places| !places.is_empty());
    match (places, origin(snapshot, words)) {
        (Some(places), Some(_)) => words.chronology_detected(words.places(places)),
        (Some(_), None) | (None, _) => words.chronology_confirmed(),
    }
}

/// Components that failed after the first ones were known to: a few by name, many in one line.
fn joined(incident: &Incident, words: &Words) -> Vec<Moment> {
    let mut later: Vec<&Involvement> =
        incident.components.values().filter(|part| part.detected_at > incident.times.detected_at).collect();
    later.sort_by_key(|part| part.detected_at);
    if later.len() <= NAMED {
        let one = |part: &Involvement| (part.detected_at, words.chronology_joined(name(part, words)));
        return later.into_iter().map(one).collect();
    }
    let last = later.last().map(|part| part.detected_at);
    last.map(|at| (at, words.chronology_joined_many(later.len(), incident.components.len()))).into_iter().collect()
}

/// Components that work again: a few by name; of many the first, the half and nearly all.
fn back(incident: &Incident, words: &Words) -> Vec<Moment> {
    let total = incident.components.len();
    let part = |(_, part): (&ComponentId, _)| -> Option<(Timestamp, String)> {
        let part: &Involvement = part;
        Some((part.recovered_at?, name(part, words)))
    };
    let mut back: Vec<Moment> = incident.components.iter().filter_map(part).collect();
    back.sort_by_key(|(at, _)| *at);
    if total == 1 {
        // That everything works again says it.
        return Vec::new();
    }
    if total <= NAMED {
        return back.into_iter().map(|(at, name)| (at, words.chronology_back(name))).collect();
    }
    let shares = [1, total.div_ceil(2), (total * 95).div_ceil(100)];
    let milestone = |count: usize| {
        let (at, _) = back.get(count.checked_sub(1)?).filter(|_| count < total)?;
        Some((*at, words.chronology_back_many(count, total)))
    };
    shares.into_iter().filter_map(milestone).collect()
}

fn name(part: &Involvement, words: &Words) -> String {
    inert(part.name.get(words.language()))
}
