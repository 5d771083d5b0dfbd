//! From the words of the locations to the state of a component.
//!
//! A location votes on a probe when its word is fresh and sighted: not stale, not hidden by our own fault, settled. A probe is
//! down when more than half of the votes say so: one vote counts alone, of two both are needed. Fewer that say down are degraded
//! performance, and so is a confirmed warning. All probes down is a major outage, some a partial one. Without a vote on every
//! probe nothing is green: a known fault wins over unknown, unknown over operational.
//!
//! It does not know how a word was settled, nor the time.

use shared::{LocationName, ProbeName, Status, Verdict};

use super::{
    onset::Onset,
    place::{PlaceState, Run, Vote},
    state::{ComponentState, ProbeState},
};
use crate::snapshot::Reason;

/// What the locations together say of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Up,
    Warned,
    /// Down, for a minority.
    Disputed,
    Down,
    Unknown,
}

fn word(probe: &ProbeState) -> Word {
    let votes: Vec<Vote> = probe.places.values().filter_map(PlaceState::vote).collect();
    let down = votes.iter().filter(|vote| **vote == Vote::Down).count();
    match down {
        _ if votes.is_empty() => Word::Unknown,
        down if 2 * down > votes.len() => Word::Down,
        0 if votes.contains(&Vote::Warned) => Word::Warned,
        0 => Word::Up,
        _ => Word::Disputed,
    }
}

/// The state of a component as its probes say it.
pub(super) fn status(component: &ComponentState) -> Status {
    let words: Vec<Word> = component.probes.values().map(word).collect();
    let down = words.iter().filter(|word| **word == Word::Down).count();
    match down {
        _ if words.is_empty() => Status::Unknown,
        down if down == words.len() => Status::MajorOutage,
        0 if words.iter().any(|word| matches!(word, Word::Warned | Word::Disputed)) => Status::DegradedPerformance,
        0 if words.contains(&Word::Unknown) => Status::Unknown,
        0 => Status::Operational,
        _ => Status::PartialOutage,
    }
}

/// Whether a minority says down, and nothing worse is known.
pub(super) fn is_disputed(component: &ComponentState) -> bool {
    status(component) == Status::DegradedPerformance
        && component.probes.values().any(|probe| word(probe) == Word::Disputed)
}

/// Why the measured state is what it is, and since when: among the probes that made it so, the one whose failures began first.
/// What began under maintenance that is over counts from its end.
pub(super) fn because(component: &ComponentState) -> Option<(Reason, Onset)> {
    let (mut reason, mut onset) = accused(component)?;
    let counts = component.counts_from(reason.since);
    if counts > reason.since {
        (reason.since, onset.since, onset.after) = (counts, counts, Some(counts));
    }
    Some((reason, onset))
}

fn accused(component: &ComponentState) -> Option<(Reason, Onset)> {
    match component.measured() {
        Status::Operational | Status::UnderMaintenance => None,
        Status::MajorOutage | Status::PartialOutage => accuse(component, Word::Down, Verdict::Fail, down),
        Status::DegradedPerformance => accuse(component, Word::Disputed, Verdict::Fail, down)
            .or_else(|| accuse(component, Word::Warned, Verdict::Warn, warned)),
        Status::Unknown => accuse(component, Word::Unknown, Verdict::Unknown, blind),
    }
}

fn down(place: &PlaceState) -> Option<&Run> {
    place.failing().filter(|_| place.vote() == Some(Vote::Down))
}

fn warned(place: &PlaceState) -> Option<&Run> {
    place.warning().filter(|_| place.vote() == Some(Vote::Warned))
}

fn blind(place: &PlaceState) -> Option<&Run> {
    place.blind().filter(|_| place.is_fresh())
}

fn accuse(
    component: &ComponentState,
    guilty: Word,
    verdict: Verdict,
    run: impl Fn(&PlaceState) -> Option<&Run>,
) -> Option<(Reason, Onset)> {
    let candidates = component.probes.iter().filter(|(_, probe)| word(probe) == guilty);
    candidates.filter_map(|(name, probe)| complaint(name, probe, verdict, &run)).min_by_key(|(reason, _)| reason.since)
}

fn complaint(
    name: &ProbeName,
    probe: &ProbeState,
    verdict: Verdict,
    run: impl Fn(&PlaceState) -> Option<&Run>,
) -> Option<(Reason, Onset)> {
    let runs: Vec<(&LocationName, &Run)> =
        probe.places.iter().filter_map(|(location, place)| Some((location, run(place)?))).collect();
    let (_, first) = runs.iter().min_by_key(|(_, run)| run.since)?;
    let reason = Reason {
        probe: name.clone(),
        locations: runs.iter().map(|(location, _)| (*location).clone()).collect(),
        verdict,
        kind: first.kind,
        detail: first.detail.clone(),
        http_status: first.http_status,
        since: first.since,
    };
    Some((reason, Onset::of(runs.iter().map(|(_, run)| *run), first)))
}
