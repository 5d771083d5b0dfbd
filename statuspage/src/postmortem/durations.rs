//! The durations of a post-mortem, each with the instants between which it was taken.
//!
//! It does not know what happened in between.

use std::time::Duration;

use shared::{Stage, Timestamp};

use super::{
    Content,
    facts::{Facts, recovery},
};
use crate::{
    incident::{Actor, Incident, Origin, wording},
    words::Words,
};

/// Who noticed it, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detector {
    Probes,
    Users,
    Staff,
}

/// The first of the probes' confirmation, the team's declaration and the users' report.
pub(super) fn detector(incident: &Incident) -> (Detector, Timestamp) {
    let own = match incident.origin {
        Origin::Measured => (Detector::Probes, incident.times.detected_at),
        Origin::Declared(_) => (Detector::Staff, incident.times.detected_at),
    };
    let users = incident.times.reported_by_users_at.map(|at| (Detector::Users, at));
    users.filter(|(_, at)| *at < own.1).unwrap_or(own)
}

pub(super) fn detected_by(facts: &Facts<'_>, words: &Words) -> Content {
    let (by, at) = detector(facts.first());
    let at = instant(at, facts, words);
    let text = match by {
        Detector::Probes => words.draft_by_probes(at),
        Detector::Users => words.draft_by_users(at),
        Detector::Staff => words.draft_by_staff(at),
    };
    Content::Measured { text, how: words.draft_detected_how() }
}

pub(super) fn detection(facts: &Facts<'_>, words: &Words) -> Content {
    let incident = facts.first();
    let times = &incident.times;
    let mut parts = vec![each(facts, words, |incident| Some(to_detection(incident)))];
    parts.push(match &incident.acknowledgement {
        Some(taken) => words.draft_ack_after(words.lapse(taken.at.since(times.detected_at)), who(&taken.by, words)),
        None => words.draft_ack_none(),
    });
    let (first, confirmed) = (words.clock_precise(times.started_at), words.clock_precise(times.detected_at));
    let how = match incident.origin {
        Origin::Measured => words.draft_detection_how(first, confirmed),
        Origin::Declared(_) => words.draft_detection_human_how(first, confirmed),
    };
    Content::Measured { text: parts.join(", "), how }
}

/// From the first failure to its confirmation.
pub(super) fn to_detection(incident: &Incident) -> Duration {
    incident.times.detected_at.since(incident.times.started_at)
}

pub(super) fn investigation(facts: &Facts<'_>, words: &Words) -> Content {
    let span = |incident: &Incident| {
        let taken = incident.acknowledgement.as_ref()?;
        let identified = incident.updates.iter().find(|update| update.stage == Stage::Identified)?;
        Some(identified.at.since(taken.at))
    };
    if facts.incidents.iter().all(|incident| span(incident).is_none()) {
        return Content::Open { suggestions: vec![words.draft_investigation_open(identified(words))] };
    }
    Content::Measured { text: each(facts, words, span), how: words.draft_investigation_how(identified(words)) }
}

/// The stage that ends an investigation, as every page calls it.
fn identified(words: &Words) -> String {
    wording::stage(Stage::Identified, words)
}

pub(super) fn back(facts: &Facts<'_>, words: &Words) -> Content {
    let whole = |incident: &Incident| {
        let last = recovery(incident)?.last;
        Some(last.since(incident.times.started_at))
    };
    let quantiles = facts.incidents.iter().map(|incident| match recovery(incident) {
        Some(back) => words.draft_return_half(
            instant(back.half, facts, words),
            instant(back.most, facts, words),
            instant(back.last, facts, words),
        ),
        None => words.draft_return_none(),
    });
    let quantiles: Vec<_> = quantiles.collect();
    let text = format!("{} ({})", each(facts, words, whole), quantiles.join(" ; "));
    Content::Measured { text, how: words.draft_return_how() }
}

pub(super) fn resolution(facts: &Facts<'_>, words: &Words) -> Content {
    let text = match facts.ended_at() {
        Some(end) => words.lapse(end.since(facts.started_at())),
        None => words.draft_return_none(),
    };
    Content::Measured { text, how: words.draft_resolution_how() }
}

/// The duration of the incident, or of each return and their sum: "20 min + 20 min (together 40 min)".
fn each(facts: &Facts<'_>, words: &Words, span: impl Fn(&Incident) -> Option<Duration>) -> String {
    let spans: Vec<_> = facts.incidents.iter().map(|incident| span(incident)).collect();
    let say = |span: &Option<Duration>| span.map_or_else(|| words.draft_unknown(), |span| words.lapse(span));
    if let [only] = spans.as_slice() {
        return say(only);
    }
    let listed = spans.iter().map(say).collect::<Vec<_>>().join(" + ");
    match spans.iter().copied().collect::<Option<Vec<_>>>() {
        Some(known) => words.draft_each(listed, words.lapse(known.iter().sum())),
        None => listed,
    }
}

/// An instant as a reader of the post-mortem needs it: with its date, for such a story may last for days.
pub(super) fn instant(at: Timestamp, facts: &Facts<'_>, words: &Words) -> String {
    words.when(at, facts.started_at())
}

/// Who did something.
pub(super) fn who(actor: &Actor, words: &Words) -> String {
    match actor {
        Actor::Monitor => words.draft_who_monitor(),
        Actor::Operator(name) | Actor::Channel(name) => name.clone(),
        Actor::Socket => words.draft_who_socket(),
    }
}
