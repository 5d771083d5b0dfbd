//! What is said of maintenance: stages, whom it concerns, and what a notice without words says.
//!
//! It does not know where it is said.

use shared::{ComponentId, MaintenanceStage};

use super::{Maintenance, Notice, Scope};
use crate::{
    markdown,
    words::{Words, inert},
};

/// What it is called.
pub fn title(maintenance: &Maintenance, words: &Words) -> String {
    inert(maintenance.title.get(words.language()))
}

/// What was said, the oldest first: where nobody said anything, that it is planned.
pub fn said(maintenance: &Maintenance) -> Vec<Notice> {
    if !maintenance.updates.is_empty() {
        return maintenance.updates.clone();
    }
    vec![Notice { number: 1, at: maintenance.created_at, stage: MaintenanceStage::Scheduled, body: None }]
}

/// What a notice says, in plain text.
pub fn text(maintenance: &Maintenance, notice: &Notice, words: &Words) -> String {
    match (&notice.body, notice.stage) {
        (Some(text), _) => markdown::plain(text.get(words.language())),
        (None, MaintenanceStage::Scheduled) => words.maintenance_planned(window(maintenance, words)),
        (None, MaintenanceStage::InProgress) => words.maintenance_begun(),
        (None, MaintenanceStage::Verifying) => words.maintenance_checking(),
        (None, MaintenanceStage::Completed) => words.maintenance_over(),
        (None, MaintenanceStage::Cancelled) => words.maintenance_withdrawn(),
    }
}

/// The same as HTML that is safe.
pub fn html(maintenance: &Maintenance, notice: &Notice, words: &Words) -> String {
    match &notice.body {
        Some(text) => markdown::html(text.get(words.language())),
        None => markdown::paragraph(&text(maintenance, notice, words)),
    }
}

/// From when to when: "24 November, 09:00 – 11:00".
pub fn window(maintenance: &Maintenance, words: &Words) -> String {
    let (from, to) = (maintenance.starts_at, maintenance.ends_at);
    let (first, last) = (words.day_of(from), words.day_of(to));
    let date = words.long_date(first);
    if first == last {
        return words.maintenance_hours(date, words.clock(from), words.clock(to));
    }
    words.maintenance_window(words.moment(date, words.clock(from)), words.when(to, from))
}

/// A stage in a word or two.
pub fn stage(stage: MaintenanceStage, words: &Words) -> String {
    match stage {
        MaintenanceStage::Scheduled => words.maintenance_scheduled(),
        MaintenanceStage::InProgress => words.maintenance_in_progress(),
        MaintenanceStage::Verifying => words.maintenance_verifying(),
        MaintenanceStage::Completed => words.maintenance_completed(),
        MaintenanceStage::Cancelled => words.maintenance_cancelled(),
    }
}

/// Whom it concerns; a component is asked for its name, and told by its id when it has none any more.
pub fn scope(scope: &Scope, words: &Words, name: impl Fn(&ComponentId) -> Option<String>) -> String {
    match scope {
        Scope::All => words.home(),
        Scope::Groups(groups) => words.list(groups.iter().map(String::as_str)),
        Scope::Components(ids) => {
            let names: Vec<String> = ids.iter().map(|id| name(id).unwrap_or_else(|| id.to_string())).collect();
            words.list(names.iter().map(String::as_str))
        }
    }
}
