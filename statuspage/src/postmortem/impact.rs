//! What was down, for how long and in what way, and what the failures had in common.
//!
//! It does not know how many people that concerned: nobody counted them.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use shared::{LocationName, Status, Text};

use super::{
    Content,
    durations::instant,
    facts::{Facts, recovery},
};
use crate::{
    incident::{Involvement, Signature},
    words::{Words, inert},
};

pub(super) fn summary(facts: &Facts<'_>, words: &Words) -> Content {
    let sentences: Vec<_> = facts.incidents.iter().map(|incident| sentence(incident, facts, words)).collect();
    let mut text = sentences.join(" ");
    let groups = by_group(facts, words);
    if groups.len() > 1 {
        let listed: Vec<_> = groups
            .iter()
            .map(|(group, (failed, total))| words.draft_group_share(group.as_str(), *failed, *total))
            .collect();
        text = format!("{text} {}", words.draft_by_group(listed.join(", ")));
    }
    Content::Measured { text, how: words.draft_impact_how() }
}

fn sentence(incident: &crate::incident::Incident, facts: &Facts<'_>, words: &Words) -> String {
    let (failed, total) = (incident.components.len(), facts.page.len().max(incident.components.len()));
    let (what, from) = (kinds(incident.components.values(), words), instant(incident.times.started_at, facts, words));
    let said = match recovery(incident) {
        Some(back) => words.draft_impact_sentence(failed, total, what, from, instant(back.last, facts, words)),
        None => words.draft_impact_ongoing(failed, total, what, from),
    };
    let places: BTreeSet<&LocationName> = incident.components.values().flat_map(|part| &part.locations).collect();
    match places.is_empty() {
        true => format!("{said}."),
        false => format!("{said}, {}.", words.draft_by_places(places.len(), words.places(places))),
    }
}

/// What one failure was, inside a sentence.
pub(super) fn what(signature: &Signature, words: &Words) -> String {
    let what = words.what(signature.kind, signature.http_status);
    let mut rest = what.chars();
    let (first, second) = (rest.next(), rest.clone().next());
    match first {
        // Acronyms stay as they are.
        Some(first) if !second.is_some_and(char::is_uppercase) => first.to_lowercase().chain(rest).collect(),
        Some(_) | None => what,
    }
}

/// What failed how, the most frequent first: "502 (176), timeout (2)".
fn kinds<'a>(parts: impl Iterator<Item = &'a Involvement>, words: &Words) -> String {
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    for signature in parts.filter_map(|part| part.signature.as_ref()) {
        *counted.entry(what(signature, words)).or_default() += 1;
    }
    let mut counted: Vec<_> = counted.into_iter().collect();
    counted.sort_by_key(|(what, count)| (std::cmp::Reverse(*count), what.clone()));
    match counted.as_slice() {
        [] => words.draft_badly_not_measured(),
        [(what, _)] => what.clone(),
        several => {
            let listed: Vec<_> =
                several.iter().map(|(what, count)| words.draft_kind_count(what.as_str(), *count)).collect();
            listed.join(", ")
        }
    }
}

/// Each group of the page that was touched, with how many of its components were.
fn by_group(facts: &Facts<'_>, words: &Words) -> BTreeMap<String, (usize, usize)> {
    let touched = facts.touched();
    let mut groups: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for component in &facts.page {
        let Some(group) = group(component.group.as_ref(), words) else { continue };
        let (failed, total) = groups.entry(group).or_default();
        *total += 1;
        *failed += usize::from(touched.contains_key(&component.id));
    }
    groups.retain(|_, (failed, _)| *failed > 0);
    groups
}

fn group(group: Option<&Text>, words: &Words) -> Option<String> {
    group.map(|group| inert(group.get(words.language())))
}

pub(super) fn users(facts: &Facts<'_>, words: &Words) -> Content {
    let touched = facts.touched();
    let mut groups: BTreeMap<String, Duration> = BTreeMap::new();
    let mut all = Duration::ZERO;
    for parts in touched.values() {
        let down = facts.down(parts);
        all += down;
        if let Some(group) = parts.first().and_then(|part| group(part.group.as_ref(), words)) {
            *groups.entry(group).or_default() += down;
        }
    }
    let mut text = words.draft_user_minutes(all.as_secs() / 60, touched.len());
    if groups.len() > 1 {
        let line = |(group, down): (&String, &Duration)| {
            format!("\n- {}", words.draft_user_minutes_group(group.as_str(), down.as_secs() / 60))
        };
        text.push('\n');
        text.extend(groups.iter().map(line));
    }
    Content::Measured { text, how: words.draft_user_how() }
}

/// What the failures have in common: no cause, but where to look for one.
pub(super) fn correlations(facts: &Facts<'_>, words: &Words) -> Vec<String> {
    let touched = facts.touched();
    let parts = || touched.values().flatten();
    let mut found = vec![words.draft_cause_kinds(kinds(parts().copied(), words))];
    let addresses: BTreeSet<_> =
        parts().filter_map(|part| part.signature.as_ref()).map(|signature| signature.address).collect();
    if let [Some(address)] = addresses.iter().collect::<Vec<_>>().as_slice()
        && touched.len() > 1
    {
        found.push(words.draft_cause_common_address(address.to_string()));
    }
    let root = facts.first().finding.as_ref().and_then(|finding| finding.dependency.as_ref());
    if let Some(component) = root.and_then(|id| facts.page.iter().find(|component| component.id == *id)) {
        found.push(words.draft_cause_common_dependency(inert(component.name.get(words.language()))));
    }
    let hurt = by_group(facts, words);
    let spared: BTreeSet<_> =
        facts.page.iter().filter_map(|component| group(component.group.as_ref(), words)).collect();
    let spared: Vec<_> = spared.iter().filter(|group| !hurt.contains_key(*group)).map(String::as_str).collect();
    if !spared.is_empty() {
        found.push(words.draft_cause_spared(words.list(spared)));
    }
    found
}

/// How many components of the groups that were touched went on working.
pub(super) fn spared(facts: &Facts<'_>, words: &Words) -> usize {
    by_group(facts, words).values().map(|(failed, total)| total - failed).sum()
}

/// Whether something was in major outage.
pub(super) fn was_major(facts: &Facts<'_>) -> bool {
    facts.touched().values().flatten().any(|part| part.worst == Status::MajorOutage)
}

pub(super) fn annexes(facts: &Facts<'_>, words: &Words) -> Content {
    let mut lines = Vec::new();
    if let Some(address) = &facts.address {
        lines.push(format!("- {}", words.draft_annex_page(address.as_str())));
    }
    if let Some(results) = &facts.results {
        let (from, to) = (results.from.to_string(), results.to.to_string());
        let said = words.draft_annex_results(results.count, from, to, results.failed, format!("`{}`", results.hash));
        lines.push(format!("- {said} `{}`", results.command));
    }
    let made = words.moment(words.long_date(words.day_of(facts.now)), words.clock(facts.now));
    lines.push(format!("- {}", words.draft_annex_version(env!("CARGO_PKG_VERSION"), made)));
    Content::Measured { text: lines.join("\n"), how: String::new() }
}
