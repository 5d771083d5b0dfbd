//! The first page in plain text, for terminals and machines that read aloud.
//!
//! It does not know who asked for it.

use std::fmt::Write;

use shared::{ComponentId, Language};

use super::{
    freshness::origin,
    upstream,
    uptime::{self, Watched},
};
use crate::{
    incident::wording,
    markdown,
    snapshot::{ComponentView, Snapshot},
    words::{Words, inert},
};

/// The same as `/`, in plain text of one paragraph a group.
pub fn plain_text(snapshot: &Snapshot, language: Language) -> String {
    let words = Words::new(language, snapshot.site.time_zone.clone());
    let mut text = format!("{}\n\n{}\n", inert(snapshot.site.title.get(language)), words.headline(snapshot));
    if let Some(view) = &snapshot.upstream {
        push(&mut text, &format!("\n{}", upstream::spoken(view, snapshot, &words)));
    }
    if let Some(origin) = origin(snapshot, &words) {
        push(&mut text, &origin);
    }
    incidents(&mut text, snapshot, &words);
    maintenance(&mut text, snapshot, &words);
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

/// The open incidents: what, since when, what was said last, and when more will be said.
fn incidents(text: &mut String, snapshot: &Snapshot, words: &Words) {
    let mut open = snapshot.open_incidents().peekable();
    if open.peek().is_some() {
        push(text, &format!("\n{}", words.incidents_open()));
    }
    for incident in open {
        push(text, &format!("- {}", wording::title(incident, words)));
        let stage = wording::stage(incident.stage, words);
        let since = words.incident_since(words.when(incident.times.started_at, snapshot.generated_at));
        push(text, &format!("  {since} · {stage}"));
        if let Some(last) = incident.latest() {
            let said = wording::text(incident, last, words);
            let when = words.when(last.at, snapshot.generated_at);
            push(text, &indent(&words.last_update(when, said)));
        }
        if let Some(help) = &incident.workaround {
            let help = markdown::plain(help.get(words.language()));
            push(text, &indent(&words.item(words.workaround(), help)));
        }
        if let Some(next) = incident.next_update_at {
            push(text, &indent(&words.next_update(words.when(next, snapshot.generated_at))));
        }
    }
}

/// Maintenance that goes on or comes soon.
fn maintenance(text: &mut String, snapshot: &Snapshot, words: &Words) {
    use crate::maintenance::wording;
    // What goes on stands before what comes.
    let works = snapshot.maintenances.iter().rev();
    let mut works = works.filter(|work| work.is_near(snapshot.generated_at)).peekable();
    if works.peek().is_some() {
        push(text, &format!("\n{}", words.maintenance_ahead()));
    }
    let name = |id: &ComponentId| snapshot.component(id).map(|found| inert(found.name.get(words.language())));
    for work in works {
        let (title, stage) = (wording::title(work, words), wording::stage(work.stage, words));
        push(text, &format!("- {} ({})", words.item(stage, title), wording::window(work, words)));
        push(text, &indent(&wording::scope(&work.scope, words, name)));
        let description = markdown::plain(work.description.get(words.language()));
        if !description.is_empty() {
            push(text, &indent(&description));
        }
    }
}

fn indent(text: &str) -> String {
    let line = |line: &str| if line.is_empty() { String::new() } else { format!("  {line}") };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn push(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

fn line(component: &ComponentView, snapshot: &Snapshot, words: &Words) -> String {
    let name = inert(component.name.get(words.language()));
    let state = words.state(component, snapshot.generated_at);
    let note = words.note(component, snapshot.generated_at);
    let quarter = component.history.uptime.quarter;
    let since = Watched::new(component, snapshot.generated_at).since(uptime::QUARTER, words);
    let window = if since.is_none() { format!("{} ", words.ninety_days()) } else { String::new() };
    let share = quarter
        .map(|_| format!("{window}{} {}", uptime::share(quarter, words), uptime::coverage(quarter, since, words)));
    let rest: Vec<String> = [Some(note), share].into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let state = if rest.is_empty() { state } else { format!("{state} ({})", rest.join(", ")) };
    format!("- {}", words.item(name, state))
}
