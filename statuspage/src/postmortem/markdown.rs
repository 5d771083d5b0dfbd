//! The document in Markdown, as Discourse and other forums take it.
//!
//! It does not know what the fields say.

use super::{Content, Draft, Field};
use crate::words::Words;

/// How a field stands in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A bullet of the summary.
    Bullet,
    /// A row of the table of durations.
    Row,
    /// A section of its own, of that depth.
    Section(usize),
}

/// Where a field stands.
pub(crate) fn place(field: Field) -> Place {
    match field {
        Field::ImpactSummary | Field::CauseSummary | Field::ResolutionSummary => Place::Bullet,
        Field::DetectedBy | Field::Detection | Field::Investigation | Field::Return | Field::Resolution => Place::Row,
        Field::Users | Field::Infrastructure | Field::Well | Field::Badly | Field::Luck => Place::Section(3),
        Field::Chronology | Field::Cause | Field::Mitigation | Field::Actions | Field::Glossary | Field::Annexes => {
            Place::Section(2)
        }
    }
}

/// The chapter that a field stands in, where it is not one by itself.
pub(crate) fn chapter(field: Field, words: &Words) -> Option<String> {
    match field {
        Field::ImpactSummary | Field::CauseSummary | Field::ResolutionSummary => Some(words.draft_summary()),
        Field::DetectedBy | Field::Detection | Field::Investigation | Field::Return | Field::Resolution => {
            Some(words.draft_durations())
        }
        Field::Users | Field::Infrastructure => Some(words.draft_impact()),
        Field::Well | Field::Badly | Field::Luck => Some(words.draft_lessons()),
        Field::Chronology | Field::Cause | Field::Mitigation | Field::Actions | Field::Glossary | Field::Annexes => {
            None
        }
    }
}

/// The head of the table of durations.
fn table(words: &Words) -> String {
    let columns = [words.draft_duration_column(), words.draft_value_column(), words.draft_how_column()];
    format!("| {} |\n|---|---|---|\n", columns.join(" | "))
}

pub(super) fn write(draft: &Draft, words: &Words) -> String {
    let mut document = format!("# {}\n\n{}\n\n", line(&draft.title), draft.number);
    let mut begun = None;
    for (field, content) in &draft.fields {
        if content.is_no_glossary(*field) {
            continue;
        }
        let chapter = chapter(*field, words);
        if let Some(title) = chapter.as_ref().filter(|_| chapter != begun) {
            let gap = if document.ends_with("\n\n") { "" } else { "\n" };
            document.push_str(&format!("{gap}## {title}\n"));
            match place(*field) {
                Place::Bullet => document.push('\n'),
                Place::Row => document.push_str(&format!("\n{}", table(words))),
                Place::Section(_) => {}
            }
        }
        begun = chapter;
        let heading = field.heading(words);
        match place(*field) {
            Place::Bullet => document.push_str(&format!("- **{heading}** {}\n", bullet(content, words))),
            Place::Row => document.push_str(&row(&heading, content, words)),
            Place::Section(depth) => {
                document.push_str(&format!("\n{} {heading}\n\n{}\n", "#".repeat(depth), section(content, words)));
            }
        }
    }
    document
}

/// A field that is a line of the summary, in Markdown.
pub(crate) fn bullet(content: &Content, words: &Words) -> String {
    match content {
        Content::Measured { text, how } => format!("{text} {}", measured(how, words)),
        Content::Open { .. } => words.draft_to_write(),
        Content::Written(text) => line(text),
    }
}

/// A field that is a row of the durations: its value and how it was measured, in Markdown.
pub(crate) fn value(content: &Content, words: &Words) -> (String, String) {
    match content {
        Content::Measured { text, how } => (text.clone(), how.clone()),
        Content::Open { suggestions } => (words.draft_to_write(), suggestions.join(" ; ")),
        Content::Written(text) => (text.clone(), String::new()),
    }
}

fn row(heading: &str, content: &Content, words: &Words) -> String {
    let (value, how) = value(content, words);
    format!("| {heading} | {} | {} |\n", cell(&value), cell(&how))
}

/// A field that is a section, in Markdown.
pub(crate) fn section(content: &Content, words: &Words) -> String {
    match content {
        Content::Measured { text, how } if how.is_empty() => text.clone(),
        Content::Measured { text, how } => format!("{text}\n\n{}", measured(how, words)),
        Content::Open { suggestions } if suggestions.is_empty() => words.draft_to_write(),
        Content::Open { suggestions } => {
            let listed: Vec<_> = suggestions.iter().map(|suggestion| format!("- {suggestion}")).collect();
            format!("{} {}\n\n{}", words.draft_to_write(), words.draft_suggestions(), listed.join("\n"))
        }
        Content::Written(text) => text.trim().to_owned(),
    }
}

fn measured(how: &str, words: &Words) -> String {
    format!("*{}*", words.draft_measured(how))
}

/// A text that has to stay on its line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text inside a table.
pub(super) fn cell(text: &str) -> String {
    line(text).replace('|', "\\|")
}
