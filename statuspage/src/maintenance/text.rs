//! Which texts of operators are taken for a maintenance.
//!
//! It does not know what is done with them; each refusal names the field and the way out.

use shared::{Language, Text};

use super::Refusal;
use crate::incident::{LONGEST_TEXT, LONGEST_TITLE};

/// A title: one line, and nothing in it that steers what stands around it.
pub(super) fn title(text: &Text) -> Result<(), Refusal> {
    let refuse = |fault: String| Err(Refusal::Text { field: "title", fault });
    for title in words(text) {
        if title.trim().is_empty() {
            return refuse("it is empty: say in a few words what is done".to_owned());
        }
        let length = title.chars().count();
        if length > LONGEST_TITLE {
            return refuse(format!("it has {length} characters: at most {LONGEST_TITLE} are shown"));
        }
        if let Some(c) = title.chars().find(|c| c.is_control() || turns_text(*c)) {
            return refuse(format!("it holds the invisible character U+{:04X}: write it without", u32::from(c)));
        }
    }
    Ok(())
}

/// What is said: not empty, it may have lines.
pub(super) fn body(text: &Text) -> Result<(), Refusal> {
    if words(text).into_iter().any(|words| words.trim().is_empty()) {
        return Err(Refusal::Text { field: "body", fault: "it is empty: say something to your users".to_owned() });
    }
    lines("body", text)
}

/// A text that may be empty, and may have lines.
pub(super) fn lines(field: &'static str, text: &Text) -> Result<(), Refusal> {
    for words in words(text) {
        let length = words.len();
        if length > LONGEST_TEXT {
            let fault = format!("it has {length} bytes: at most {LONGEST_TEXT} are kept");
            return Err(Refusal::Text { field, fault });
        }
        let steers = |c: &char| (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || turns_text(*c);
        if let Some(c) = words.chars().find(steers) {
            let fault = format!("it holds the invisible character U+{:04X}: write it without", u32::from(c));
            return Err(Refusal::Text { field, fault });
        }
    }
    Ok(())
}

fn words(text: &Text) -> Vec<&str> {
    match text {
        Text::Plain(text) => vec![text],
        Text::ByLanguage(texts) if texts.is_empty() => vec![""],
        Text::ByLanguage(texts) => {
            Language::ALL.iter().filter_map(|language| texts.get(language)).map(String::as_str).collect()
        }
    }
}

/// Overrides, embeddings and isolates of the direction of writing: they turn around what follows them, too.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
