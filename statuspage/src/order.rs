//! Which texts of operators are taken, whatever they are about: each refusal names the field and the way out.
//!
//! It does not know what is done with them.

mod names;

use shared::{Language, Text};

pub use names::{Known, Names, Stranger};

/// The longest title, in characters.
pub const LONGEST_TITLE: usize = 200;
/// The longest text of an update, a workaround or a description, in bytes.
pub const LONGEST_TEXT: usize = 20_000;

/// A text that is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {fault}")]
pub struct UnfitText {
    /// What it was for: `title`, `body`, `workaround`, `description`, `text`.
    pub field: &'static str,
    /// What is wrong with it.
    pub fault: TextFault,
}

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// A title says nothing.
    #[error("it is empty: say in a few words what it is about")]
    NoTitle,
    /// An update says nothing.
    #[error("it is empty: say something to your users")]
    NothingSaid,
    /// A title of so many characters.
    #[error("it has {0} characters: at most {LONGEST_TITLE} are shown")]
    LongTitle(usize),
    /// A text of so many bytes.
    #[error("it has {0} bytes: at most {LONGEST_TEXT} are kept")]
    LongText(usize),
    /// Something that nobody sees, and that steers what stands around it.
    #[error("it holds the invisible character U+{:04X}: write it without", u32::from(*.0))]
    Invisible(char),
}

/// A title: one line, and nothing in it that steers what stands around it.
pub(crate) fn title(text: &Text) -> Result<(), UnfitText> {
    let refuse = |fault| Err(UnfitText { field: "title", fault });
    for title in words(text) {
        if title.trim().is_empty() {
            return refuse(TextFault::NoTitle);
        }
        let length = title.chars().count();
        if length > LONGEST_TITLE {
            return refuse(TextFault::LongTitle(length));
        }
        if let Some(c) = title.chars().find(|c| c.is_control() || turns_text(*c)) {
            return refuse(TextFault::Invisible(c));
        }
    }
    Ok(())
}

/// What is said: not empty, it may have lines.
pub(crate) fn body(text: &Text) -> Result<(), UnfitText> {
    if words(text).into_iter().any(|words| words.trim().is_empty()) {
        return Err(UnfitText { field: "body", fault: TextFault::NothingSaid });
    }
    lines("body", text)
}

/// A text that may be empty, and may have lines.
pub(crate) fn lines(field: &'static str, text: &Text) -> Result<(), UnfitText> {
    let steers = |c: &char| (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || turns_text(*c);
    for words in words(text) {
        if words.len() > LONGEST_TEXT {
            return Err(UnfitText { field, fault: TextFault::LongText(words.len()) });
        }
        if let Some(c) = words.chars().find(steers) {
            return Err(UnfitText { field, fault: TextFault::Invisible(c) });
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

/// Marks, overrides, embeddings and isolates of the direction of writing: they turn around what follows them, too.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_the_text_around_it_is_refused_everywhere() {
        for c in ['\u{7}', '\u{1b}', '\u{61c}', '\u{200e}', '\u{202e}', '\u{2067}'] {
            let (text, fault) = (Text::from(format!("a{c}b").as_str()), TextFault::Invisible(c));
            assert_eq!(title(&text), Err(UnfitText { field: "title", fault }));
            assert_eq!(body(&text), Err(UnfitText { field: "body", fault }));
            assert_eq!(lines("text", &text), Err(UnfitText { field: "text", fault }));
        }
    }

    #[test]
    fn lines_are_for_texts_and_emptiness_for_what_may_be_left_out() {
        let (two_lines, empty) = (Text::from("a\r\n\tb"), Text::from(" \n"));
        assert_eq!((body(&two_lines), lines("text", &two_lines), lines("text", &empty)), (Ok(()), Ok(()), Ok(())));
        assert_eq!(title(&two_lines).map_err(|unfit| unfit.fault), Err(TextFault::Invisible('\r')));
        assert_eq!(title(&empty).map_err(|unfit| unfit.fault), Err(TextFault::NoTitle));
        assert_eq!(body(&Text::ByLanguage([].into())).map_err(|unfit| unfit.fault), Err(TextFault::NothingSaid));
    }

    #[test]
    fn a_title_counts_characters_and_a_text_bytes() {
        let check = |length: usize, sound: bool| {
            assert_eq!(title(&"é".repeat(length).as_str().into()).is_ok(), sound, "{length}");
        };
        check(LONGEST_TITLE, true);
        check(LONGEST_TITLE + 1, false);
        let long: Text = "é".repeat(LONGEST_TEXT / 2 + 1).as_str().into();
        assert_eq!(body(&long).map_err(|unfit| unfit.fault), Err(TextFault::LongText(LONGEST_TEXT + 2)));
    }
}
