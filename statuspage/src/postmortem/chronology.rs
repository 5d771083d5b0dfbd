//! The chronology: what was measured, said and done, merged in the order of time.
//!
//! It does not know why anything happened.

use shared::{ComponentId, Timestamp};

use super::{
    Content,
    durations::who,
    facts::{Facts, recovery},
    impact::what,
    markdown::cell,
    turns::{Met, Turn},
};
use crate::{
    incident::{Body, Incident, Origin, wording},
    words::{Words, inert},
};

/// An operator's words are quoted up to so many characters: the whole stands on the page of the incident.
const QUOTED: usize = 200;

/// So many services are named in one line.
const NAMED: usize = 3;

/// Something that happened.
type Event = (Timestamp, String);

pub(super) fn content(facts: &Facts<'_>, words: &Words) -> Content {
    let mut events: Vec<Event> = facts.incidents.iter().flat_map(|incident| of(incident, words)).collect();
    events.extend(facts.slow.map(|(at, count)| (at, words.draft_chron_slow(count))));
    let window = |window: &super::Window| (window.starts_at, words.draft_chron_maintenance(window.title.as_str()));
    events.extend(facts.windows.iter().map(window));
    events.extend(facts.turns.iter().map(|turn| (turn.at, turned(turn, facts, words))));
    events.sort_by_key(|(at, _)| *at);
    let head = format!("| {} | {} |\n|---|---|", words.draft_date_column(), words.draft_what_column());
    let row = |(at, what): &Event| format!("| {} | {} |", stamp(*at, words), cell(what));
    let rows: Vec<_> = events.iter().map(row).collect();
    let how = if facts.turns.is_empty() { String::new() } else { words.draft_chron_how() };
    Content::Measured { text: format!("{head}\n{}", rows.join("\n")), how }
}

/// Another certificate or address, and of what.
fn turned(turn: &Turn, facts: &Facts<'_>, words: &Words) -> String {
    let name = |id: &ComponentId| {
        let part = facts.incidents.iter().find_map(|incident| incident.components.get(id));
        part.map_or_else(|| id.to_string(), |part| inert(part.name.get(words.language())))
    };
    let names: Vec<String> = turn.components.iter().take(NAMED).map(name).collect();
    let others = turn.components.len().saturating_sub(NAMED);
    let services = words.some(names.iter().map(String::as_str), others);
    let places = words.places(&turn.locations);
    match turn.what {
        Met::Certificate => words.draft_chron_certificate(services, places),
        Met::Address => words.draft_chron_address(services, places),
    }
}

fn of(incident: &Incident, words: &Words) -> Vec<Event> {
    let times = &incident.times;
    let mut events = beginning(incident, words);
    events.extend(times.reported_by_users_at.map(|at| (at, words.draft_chron_users())));
    events.extend(times.announced_at.map(|at| (at, words.draft_chron_announced())));
    events.extend(times.told_at.map(|at| (at, words.draft_chron_told())));
    let taken = incident.acknowledgement.as_ref();
    events.extend(taken.map(|taken| (taken.at, words.draft_chron_ack(who(&taken.by, words)))));
    events.extend(updates(incident, words));
    events.extend(recoveries(incident, words));
    events
}

fn beginning(incident: &Incident, words: &Words) -> Vec<Event> {
    let mut events = Vec::new();
    let first = incident.components.values().min_by_key(|part| part.since).filter(|part| part.signature.is_some());
    if let Some((part, signature)) = first.and_then(|part| Some((part, part.signature.as_ref()?))) {
        let what = what(signature, words);
        let name = inert(part.name.get(words.language()));
        events.push((part.since, words.draft_chron_first(name, what)));
    }
    events.push((
        incident.times.detected_at,
        match &incident.origin {
            Origin::Measured => words.draft_chron_confirmed(words.draft_chron_grown(at_first(incident))),
            Origin::Declared(by) => words.draft_chron_declared(who(by, words)),
        },
    ));
    events
}

fn updates(incident: &Incident, words: &Words) -> Vec<Event> {
    let at_first = at_first(incident);
    let event = |update: &crate::incident::Update| {
        let text = match &update.body {
            // The beginning and the recoveries are told by their own instants.
            Body::Opened | Body::Recovered => return None,
            Body::Grown { components } if *components as usize <= at_first => return None,
            Body::Grown { components } => words.draft_chron_grown(*components),
            Body::Persists { .. } => words.draft_chron_persists(),
            Body::Relapsed => words.draft_chron_relapsed(),
            Body::Settled => words.draft_chron_resolved(),
            Body::Written(text) => {
                let quoted = quoted(text.get(words.language()));
                words.draft_chron_said(who(&update.by, words), wording::stage(update.stage, words), quoted)
            }
        };
        Some((update.at, text))
    };
    incident.updates.iter().filter_map(event).collect()
}

fn recoveries(incident: &Incident, words: &Words) -> Vec<Event> {
    let Some(back) = recovery(incident) else { return Vec::new() };
    let mut events = Vec::new();
    if back.first < back.last {
        let first = incident.components.values().find(|part| part.recovered_at == Some(back.first));
        let name = first.map_or_else(String::new, |part| inert(part.name.get(words.language())));
        events.push((back.first, words.draft_chron_back_first(name)));
    }
    if back.first < back.half && back.half < back.last {
        events.push((back.half, words.draft_chron_back_half()));
    }
    events.push((back.last, words.draft_chron_back_all()));
    events
}

/// The first paragraph, as one line.
fn quoted(text: &str) -> String {
    let paragraph = text.trim().split("\n\n").next().unwrap_or_default();
    let line = inert(&paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
    match line.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// How many components failed when it was confirmed.
fn at_first(incident: &Incident) -> usize {
    incident.components.values().filter(|part| part.detected_at <= incident.times.detected_at).count()
}

/// The date and the time of day to the second.
fn stamp(at: Timestamp, words: &Words) -> String {
    words.draft_stamp(words.day_and_month(words.day_of(at)), words.clock_precise(at))
}
