//! Which texts and times of operators are taken.
//!
//! It does not know what they are for; each refusal names the field and the way out.

use std::time::Duration;

use shared::{Language, Text, Timestamp};

use crate::incident::{LONGEST_TEXT, LONGEST_TITLE, Refusal};

/// The clocks of an operator and of the hub may differ by so much.
const CLOCKS: Duration = Duration::from_secs(60);
/// Nobody promises an update for later.
const FURTHEST_PROMISE: Duration = Duration::from_secs(30 * 86_400);
/// Users may have told of it so long before the first failing observation.
const EARLIEST_REPORT: Duration = Duration::from_secs(86_400);
/// An incident that is opened by hand may have begun so long ago.
const LONGEST_PAST: Duration = Duration::from_secs(366 * 86_400);

/// A title: one line, and nothing in it that steers what stands around it.
pub(super) fn title(text: &Text) -> Result<(), Refusal> {
    let refuse = |fault: String| Err(Refusal::Text { field: "title", fault });
    for title in words(text) {
        if title.trim().is_empty() {
            return refuse("it is empty: say in a few words what is wrong".to_owned());
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

/// What is said: it may have lines.
pub(super) fn body(text: &Text) -> Result<(), Refusal> {
    if words(text).any(|words| words.trim().is_empty()) {
        return Err(Refusal::Text { field: "body", fault: "it is empty: say something to your users".to_owned() });
    }
    lines("body", text)
}

/// A text that may be empty.
pub(super) fn lines(field: &'static str, text: &Text) -> Result<(), Refusal> {
    for words in words(text) {
        let length = words.len();
        if length > LONGEST_TEXT {
            let fault = format!("it has {length} bytes: at most {LONGEST_TEXT} are kept");
            return Err(Refusal::Text { field, fault });
        }
        if let Some(c) = words.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            let fault = format!("it holds the control character U+{:04X}: write it without", u32::from(c));
            return Err(Refusal::Text { field, fault });
        }
    }
    Ok(())
}

pub(super) fn began(at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    past("started_at", at, now)?;
    if now.since(at) > LONGEST_PAST {
        return refuse("started_at", "it is more than a year ago: check the year");
    }
    Ok(())
}

pub(super) fn reported(at: Timestamp, started_at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    past("at", at, now)?;
    if started_at.since(at) > EARLIEST_REPORT {
        return refuse("at", "it is more than a day before the incident began: check the date");
    }
    Ok(())
}

pub(super) fn promised(at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    if at <= now {
        return refuse("next_update_at", "it is past: promise a time to come, or none");
    }
    if at.since(now) > FURTHEST_PROMISE {
        return refuse("next_update_at", "it is more than 30 days away: promise something nearer");
    }
    Ok(())
}

fn past(field: &'static str, at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    if at > now.plus(CLOCKS) { refuse(field, "it has not come yet: give a time that is past") } else { Ok(()) }
}

fn refuse(field: &'static str, fault: &str) -> Result<(), Refusal> {
    Err(Refusal::Time { field, fault: fault.to_owned() })
}

fn words(text: &Text) -> impl Iterator<Item = &str> {
    let texts: Vec<&str> = match text {
        Text::Plain(text) => vec![text],
        Text::ByLanguage(texts) if texts.is_empty() => vec![""],
        Text::ByLanguage(texts) => {
            Language::ALL.iter().filter_map(|language| texts.get(language)).map(String::as_str).collect()
        }
    };
    texts.into_iter()
}

/// Overrides, embeddings and isolates of the direction of writing: they turn around what follows the title, too.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
