//! What measurements suggest for the lessons, and what earlier post-mortems left to be done.
//!
//! It does not judge people: it says what was quick, what was slow and what was missing.

use std::time::Duration;

use super::{
    durations::{Detector, detector, instant, to_detection},
    facts::Facts,
    impact,
};
use crate::{incident::Origin, words::Words};

/// Detecting and telling within that is quick.
const QUICK: Duration = Duration::from_secs(300);
/// Nobody has taken an incident for that long: that is late.
const LATE: Duration = Duration::from_secs(900);

pub(super) fn well(facts: &Facts<'_>, words: &Words) -> Vec<String> {
    let incident = facts.first();
    let times = &incident.times;
    let mut found = Vec::new();
    if incident.origin == Origin::Measured && to_detection(incident) <= QUICK {
        found.push(words.draft_well_detected(words.lapse(to_detection(incident))));
    }
    if let (Detector::Probes, at) = detector(incident)
        && let Some(users) = times.reported_by_users_at
    {
        found.push(words.draft_well_before_users(words.lapse(users.since(at))));
    }
    if let Some(told) = times.told_at.map(|at| at.since(times.started_at)).filter(|span| *span <= QUICK) {
        found.push(words.draft_well_told(words.lapse(told)));
    }
    let taken = incident.acknowledgement.as_ref().map(|taken| taken.at.since(times.detected_at));
    if let Some(taken) = taken.filter(|span| *span <= LATE) {
        found.push(words.draft_well_ack(words.lapse(taken)));
    }
    found
}

pub(super) fn badly(facts: &Facts<'_>, words: &Words) -> Vec<String> {
    let incident = facts.first();
    let times = &incident.times;
    let mut found = Vec::new();
    if let (Detector::Users, at) = detector(incident) {
        found.push(words.draft_badly_users_first(words.lapse(times.detected_at.since(at))));
    }
    if incident.origin != Origin::Measured {
        found.push(words.draft_badly_not_measured());
    }
    if times.told_at.is_none() {
        found.push(words.draft_badly_not_told());
    }
    match &incident.acknowledgement {
        None => found.push(words.draft_badly_no_ack()),
        Some(taken) if taken.at.since(times.detected_at) > LATE => {
            found.push(words.draft_badly_late_ack(words.lapse(taken.at.since(times.detected_at))));
        }
        Some(_) => {}
    }
    if let Some(promise) = incident.next_update_at.filter(|at| *at < facts.now && incident.stage.is_open()) {
        found.push(words.draft_badly_promise(instant(promise, facts, words)));
    }
    let returns: u32 = facts.incidents.iter().map(|incident| incident.relapses).sum();
    let returns = returns as usize + facts.incidents.len() - 1;
    if returns > 0 {
        found.push(words.draft_badly_relapse(returns));
    }
    found
}

/// Near misses that a prober can know of; of most it knows nothing.
pub(super) fn luck(facts: &Facts<'_>, words: &Words) -> Vec<String> {
    match impact::spared(facts, words) {
        0 => Vec::new(),
        _ if !impact::was_major(facts) => Vec::new(),
        count => vec![words.draft_luck_spared(count)],
    }
}

pub(super) fn carried(facts: &Facts<'_>, words: &Words) -> Vec<String> {
    let items = facts.undone.iter().map(|undone| {
        let age = words.lapse(facts.now.since(undone.since));
        let head = words.draft_actions_carried(undone.incident.as_str(), age);
        format!("{head} {}", undone.items.join(" ; "))
    });
    items.collect()
}

/// The unchecked items of a list of tasks: `- [ ] watch the disks`.
pub fn unchecked(actions: &str) -> Vec<String> {
    let item = |line: &str| {
        let rest = line.trim_start().strip_prefix(['-', '*', '+'])?.trim_start().strip_prefix("[ ]")?;
        Some(rest.trim().to_owned()).filter(|item| !item.is_empty())
    };
    actions.lines().filter_map(item).collect()
}
