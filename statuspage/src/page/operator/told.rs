//! What operators' pages say of an incident in a few words.
//!
//! It does not know forms.

use shared::{Language, Stage, Timestamp};

use crate::{
    incident::{Actor, Body, Incident, Update},
    words::{Words, inert},
};

/// Its title: an operator's, else what was measured.
pub(super) fn title(incident: &Incident, words: &Words) -> String {
    let language = words.language();
    let names = incident.components.values().take(3).map(|part| part.name.get(language));
    match (&incident.title, &incident.finding) {
        (Some(title), _) => inert(title.get(language)),
        (None, Some(finding)) => {
            let what = words.what(finding.kind, finding.http_status);
            format!("{what} · {}", words.operator_services(finding.components))
        }
        (None, None) => inert(&words.list(names)),
    }
}

/// A stage in a word or two.
pub(super) fn stage(stage: Stage, words: &Words) -> String {
    match stage {
        Stage::Investigating => words.operator_investigating(),
        Stage::Identified => words.operator_identified(),
        Stage::Monitoring => words.operator_monitoring(),
        Stage::Resolved => words.operator_resolved(),
    }
}

/// Who says or did something.
pub(super) fn actor(actor: &Actor, words: &Words) -> String {
    match actor {
        Actor::Monitor => words.operator_by_monitor(),
        Actor::Operator(name) => inert(name),
        Actor::Socket => words.operator_by_socket(),
    }
}

/// What an update says; an operator's words as they were typed.
pub(super) fn body(update: &Update, words: &Words) -> Vec<(Option<Language>, String)> {
    let one = |text: String| vec![(None, text)];
    match &update.body {
        Body::Opened => one(words.operator_said_opened()),
        Body::Grown { components } => one(words.operator_said_grown(*components)),
        Body::Recovered => one(words.operator_said_recovered()),
        Body::Relapsed => one(words.operator_said_relapsed()),
        Body::Settled => one(words.operator_said_settled()),
        Body::Written(shared::Text::Plain(text)) => one(text.clone()),
        Body::Written(shared::Text::ByLanguage(texts)) => {
            texts.iter().map(|(language, text)| (Some(*language), text.clone())).collect()
        }
    }
}

/// What a promise comes to by now.
pub(super) fn promise(incident: &Incident, now: Timestamp, words: &Words) -> Option<String> {
    let at = incident.next_update_at.filter(|_| incident.stage.is_open())?;
    let said = words.when(at, now);
    Some(if at < now { words.operator_promise_lapsed(said) } else { words.operator_promise(said) })
}
