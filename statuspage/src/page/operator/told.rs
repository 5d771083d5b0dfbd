//! What operators' pages say of an incident or a maintenance in a few words.
//!
//! It does not know forms.

use shared::{Language, Timestamp};

use crate::{
    incident::{Actor, Body, Incident, Update, wording::text},
    maintenance::{Maintenance, Scope},
    page::news,
    snapshot::Snapshot,
    words::{Words, inert},
};

pub(super) use crate::incident::wording::{stage, title};

/// Who says or did something.
pub(super) fn actor(actor: &Actor, words: &Words) -> String {
    match actor {
        Actor::Monitor => words.operator_by_monitor(),
        Actor::Operator(name) => inert(name),
        Actor::Socket => words.operator_by_socket(),
        Actor::Channel(name) => words.operator_by_channel(inert(name)),
    }
}

/// What an update says; an operator's words as they were typed.
pub(super) fn said(incident: &Incident, update: &Update, words: &Words) -> Vec<(Option<Language>, String)> {
    match &update.body {
        Body::Opened
        | Body::Persists { .. }
        | Body::Grown { .. }
        | Body::Recovered
        | Body::Relapsed
        | Body::Settled => {
            vec![(None, text(incident, update, words))]
        }
        Body::Written(shared::Text::Plain(said)) => vec![(None, said.clone())],
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

/// Whom a maintenance concerns.
pub(super) fn whom(maintenance: &Maintenance, snapshot: &Snapshot, words: &Words) -> String {
    match maintenance.scope {
        Scope::All => words.operator_all_services(),
        Scope::Groups(_) | Scope::Components(_) => news::scope(maintenance, snapshot, words),
    }
}
