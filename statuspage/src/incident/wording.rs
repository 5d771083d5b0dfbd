//! What is said of incidents: titles, sentences for what was measured, stages. An operator's own words win over ours.
//!
//! It does not know where it is said: pages, feeds, messages and the API say the same.

mod growth;

use shared::{ComponentId, FailureKind, Impact, Stage};

use super::{Body, Finding, Incident, Involvement, Update};
use crate::{
    markdown,
    words::{Words, inert, quantity::lower},
};

/// So many services are told by their names, more by their number.
const NAMED: usize = 3;

/// What an incident is called: as an operator called it, else by what was measured.
pub fn title(incident: &Incident, words: &Words) -> String {
    if let Some(title) = &incident.title {
        return inert(title.get(words.language()));
    }
    match &incident.finding {
        Some(finding) => measured(finding, incident, words),
        None if incident.components.is_empty() => words.incident(),
        None => words.incident_on(words.incident(), services(incident.components.values(), words)),
    }
}

/// The same to be read aloud: nobody listens to an address.
pub fn spoken(incident: &Incident, words: &Words) -> String {
    let mut incident = incident.clone();
    incident.finding.iter_mut().for_each(|finding| finding.address = None);
    title(&incident, words)
}

/// What an update says, in plain text.
pub fn text(incident: &Incident, update: &Update, words: &Words) -> String {
    match &update.body {
        Body::Written(text) => markdown::plain(text.get(words.language())),
        Body::Opened => opened(incident, update, words),
        Body::Persists { closed_at } => {
            let services = services(touched(incident, update), words);
            words.incident_persists(words.at(*closed_at, update.at), services)
        }
        Body::Grown { components } => growth::grown(incident, update, *components, words),
        Body::Recovered => words.incident_recovered(),
        Body::Relapsed => words.incident_relapsed(services(touched(incident, update), words)),
        Body::Settled => {
            let end = incident.times.recovered_at.unwrap_or(update.at);
            words.incident_settled(words.span(end.since(incident.times.started_at)))
        }
    }
}

/// What is not known to work of an incident that operators closed, in a sentence; none where everything is.
pub fn left(incident: &Incident, words: &Words) -> Option<String> {
    if !incident.is_closed_early() {
        return None;
    }
    let (down, others): (Vec<_>, Vec<_>) = incident.failing().map(|(_, part)| part).partition(|part| part.is_down());
    Some(if down.is_empty() {
        words.incident_unproven(services(others.into_iter(), words))
    } else {
        words.incident_still(services(down.into_iter(), words))
    })
}

/// The same as HTML that is safe: a paragraph for what was measured, an operator's Markdown as it was meant.
pub fn html(incident: &Incident, update: &Update, words: &Words) -> String {
    match &update.body {
        Body::Written(text) => markdown::html(text.get(words.language())),
        Body::Opened
        | Body::Persists { .. }
        | Body::Grown { .. }
        | Body::Recovered
        | Body::Relapsed
        | Body::Settled => markdown::paragraph(&text(incident, update, words)),
    }
}

/// A stage in a word or two.
pub fn stage(stage: Stage, words: &Words) -> String {
    match stage {
        Stage::Investigating => words.stage_investigating(),
        Stage::Identified => words.stage_identified(),
        Stage::Monitoring => words.stage_monitoring(),
        Stage::Resolved => words.stage_resolved(),
    }
}

/// An impact in a word or two.
pub fn impact(impact: Impact, words: &Words) -> String {
    match impact {
        Impact::None => words.impact_none(),
        Impact::Minor => words.impact_minor(),
        Impact::Major => words.impact_major(),
        Impact::Critical => words.impact_critical(),
    }
}

/// "502 on 200 services behind 192.0.2.10", "Nextcloud: 502".
fn measured(finding: &Finding, incident: &Incident, words: &Words) -> String {
    let what = what(finding.kind, finding.http_status, words);
    if finding.components <= 1
        && let Some(worst) = incident.components.values().max_by_key(|part| part.worst.severity())
    {
        return words.item(inert(worst.name.get(words.language())), lower(&what));
    }
    let all = incident.components.len();
    let services = if all <= NAMED && all == finding.components as usize {
        services(incident.components.values(), words)
    } else {
        words.services(finding.components)
    };
    let dependency = finding.dependency.as_ref().and_then(|id| incident.components.get(id));
    match (dependency, finding.address) {
        (Some(dependency), _) => words.incident_depending(what, services, inert(dependency.name.get(words.language()))),
        (None, Some(address)) => words.incident_behind(what, services, address.to_string()),
        (None, None) => words.incident_on(what, services),
    }
}

fn opened(incident: &Incident, update: &Update, words: &Words) -> String {
    let first: Vec<&Involvement> = touched(incident, update).collect();
    let signature = first.iter().find_map(|part| part.signature.as_ref());
    let common = signature.map(|signature| (signature.kind, signature.http_status));
    let common = common.or(incident.finding.as_ref().map(|finding| (finding.kind, finding.http_status)));
    let what = common.map_or_else(|| words.incident(), |(kind, status)| words.what(kind, status));
    let since = words.when(incident.times.started_at, update.at);
    words.incident_opened(what, services(first.into_iter(), words), since)
}

/// The number alone where there is one: everybody has seen it.
fn what(kind: FailureKind, http_status: Option<u16>, words: &Words) -> String {
    match (kind, http_status) {
        (FailureKind::HttpStatus, Some(status)) => status.to_string(),
        (kind, _) => words.reason(kind),
    }
}

/// The components that an update is about: those that changed, else all of the incident's.
fn touched<'a>(incident: &'a Incident, update: &'a Update) -> impl Iterator<Item = &'a Involvement> {
    let changed = |id: &ComponentId| update.affected.iter().any(|change| change.component == *id);
    let any = incident.components.keys().any(changed);
    incident.components.iter().filter(move |(id, _)| !any || changed(id)).map(|(_, part)| part)
}

/// A few by their names, many by their number.
fn services<'a>(parts: impl Iterator<Item = &'a Involvement>, words: &Words) -> String {
    let names: Vec<&str> = parts.map(|part| part.name.get(words.language())).collect();
    if names.len() <= NAMED { words.list(names) } else { words.services(names.len()) }
}

#[cfg(test)]
mod tests;
