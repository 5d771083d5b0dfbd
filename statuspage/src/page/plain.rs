//! The first page in plain text, for terminals and machines that read aloud.
//!
//! It does not know who asked for it.

use std::fmt::Write;

use shared::Language;

use super::{freshness::origin, uptime};
use crate::{
    snapshot::{ComponentView, Snapshot},
    words::{Words, inert},
};

/// The same as `/`, in plain text of one paragraph a group.
pub fn plain_text(snapshot: &Snapshot, language: Language) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let mut text = format!("{}\n\n{}\n", inert(snapshot.site.title.get(language)), words.headline(snapshot));
    if let Some(origin) = origin(snapshot, &words) {
        push(&mut text, &origin);
    }
    for group in snapshot.components.chunk_by(|a, b| a.group == b.group) {
        text.push('\n');
        if let Some(title) = group.first().and_then(|component| component.group.as_ref()) {
            push(&mut text, &inert(title.get(language)));
        }
        group.iter().for_each(|component| push(&mut text, &line(component, snapshot, &words)));
    }
    let until = snapshot.generated_at.plus(snapshot.promise);
    let valid = words.page_valid(words.clock_precise(snapshot.generated_at), words.clock_precise(until));
    push(&mut text, &format!("\n{valid} {}", words.times_in(words.zone_name())));
    text
}

fn push(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

fn line(component: &ComponentView, snapshot: &Snapshot, words: &Words) -> String {
    let name = inert(component.name.get(words.language()));
    let state = words.state(component, snapshot.generated_at);
    let note = words.note(component, snapshot.generated_at);
    let share = component
        .history
        .uptime
        .quarter
        .map(|_| format!("{} {}", words.ninety_days(), uptime::share(component.history.uptime.quarter, words)));
    let rest: Vec<String> = [Some(note), share].into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let state = if rest.is_empty() { state } else { format!("{state} ({})", rest.join(", ")) };
    format!("- {}", words.item(name, state))
}
