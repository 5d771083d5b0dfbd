//! A whole document: from bytes to text, from text to a table of the format, with every mistake on the way.
//!
//! It does not know the keys of the format, nor where the bytes come from.

use std::ops::Range;

use toml::de::DeTable;

use super::{Context, Format, Syntax, Table};
use crate::load::{LoadOptions, redact, report::Mistake};

/// After that many syntax errors the rest of a file is not looked at.
const HOPELESS: usize = 50;
/// More are not counted.
const MAX_SYNTAX_ERRORS: usize = 1_000;

/// What a document came to.
#[derive(Debug)]
pub struct Document<R> {
    /// What the check returned; nothing where the text is no TOML at all.
    pub checked: Option<R>,
    /// What is wrong, in no order.
    pub mistakes: Vec<Mistake>,
    /// The text for excerpts: as long as the original, with what was read as a secret masked.
    pub shown: String,
}

/// How the parser begins to say that a key stands twice.
const DUPLICATE: &str = "duplicate key";

/// Reads a document and has it checked.
pub fn read_document<T: Table, R>(
    text: &str,
    format: &'static Format,
    options: &LoadOptions,
    check: impl FnOnce(&T, &mut Context<'_>) -> R,
) -> Document<R> {
    let (tree, errors) = DeTable::parse_recoverable(text);
    let unreadable: Vec<Range<usize>> = errors.iter().map(|error| error.span().unwrap_or(0..0)).collect();
    let broken = errors.iter().zip(&unreadable);
    let mut mistakes: Vec<Mistake> = broken
        .take(MAX_SYNTAX_ERRORS)
        .map(|(error, place)| syntax_error(error.message(), text, place.clone(), format))
        .collect();
    // A file that is not TOML at all makes as many mistakes as it has lines: what else is wrong with it helps nobody.
    if unreadable.len() > HOPELESS {
        return Document { checked: None, mistakes, shown: text.to_owned() };
    }
    let syntax = if unreadable.is_empty() { Syntax::Sound } else { Syntax::Broken };
    let mut context = Context { options, format, mistakes: Vec::new(), syntax, secrets: Vec::new() };
    let typed = T::read_keys(tree.get_ref(), first_line(text), &mut context);
    let checked = check(&typed, &mut context);
    let mut secrets = std::mem::take(&mut context.secrets);
    let given_twice = errors.iter().zip(&unreadable).filter(|(error, _)| error.message().starts_with(DUPLICATE));
    secrets.extend(given_twice.map(|(_, key)| rest_of_line(text, key.end)));
    // Where the syntax is broken the parser has put something in its place, of which nothing need be said.
    let made_up = |mistake: &Mistake| {
        let touches =
            |place: &Range<usize>, broken: &Range<usize>| place.start <= broken.end && broken.start <= place.end;
        mistake.place.as_ref().is_some_and(|place| unreadable.iter().any(|broken| touches(place, broken)))
    };
    mistakes.extend(context.mistakes.into_iter().filter(|mistake| !made_up(mistake)));
    Document { checked: Some(checked), mistakes, shown: redact::masked(text, &secrets) }
}

/// Bytes that are no text.
#[derive(Debug)]
pub(in crate::load) struct Refusal {
    /// Why it is refused.
    pub(in crate::load) mistake: Mistake,
    /// As far as it can be shown.
    pub(in crate::load) text: String,
}

/// The text of a file, without the mark that some editors put first.
pub(in crate::load) fn decode(bytes: Vec<u8>) -> Result<String, Box<Refusal>> {
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    if utf16 || bytes.contains(&0) {
        let what = if utf16 { "the file is UTF-16" } else { "the file is not text: it holds a zero byte" };
        let mistake = Mistake::error(what).help("save it as UTF-8");
        return Err(Box::new(Refusal { mistake, text: String::new() }));
    }
    match String::from_utf8(bytes) {
        // The mark that some editors put first says nothing in UTF-8.
        Ok(text) => Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let lossy = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let mistake = Mistake::error("the file is not UTF-8")
                .at(valid..valid + char::REPLACEMENT_CHARACTER.len_utf8())
                .label("from here on")
                .help("save it as UTF-8");
            Err(Box::new(Refusal { mistake, text: lossy }))
        }
    }
}

/// The parser's words with a hint for what people most often mean.
fn syntax_error(message: &str, text: &str, place: Range<usize>, format: &Format) -> Mistake {
    let line_start = text.get(..place.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let line = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let mistake = Mistake::error(message.split('\n').collect::<Vec<_>>().join(", ")).at(place);
    if message.starts_with(DUPLICATE) {
        return mistake.help(format!("a key stands once in its table; {}", format.twice));
    }
    match line.split_once(':') {
        Some((key, _)) if !line.contains('=') && key.trim().chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => {
            mistake.help(format!("this is TOML: write `{} = …`", key.trim()))
        }
        Some(_) | None => mistake,
    }
}

/// What was given to a key the second time. Nobody reads it, so that nobody knows whether it is a secret.
fn rest_of_line(text: &str, from: usize) -> Range<usize> {
    let rest = text.get(from..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let value = rest.find(['"', '\'']).unwrap_or(rest.len());
    from + value..from + rest.len()
}

/// Where the first line begins that says something.
fn first_line(text: &str) -> Range<usize> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() && !line.trim_start().starts_with('#') {
            return start..start + line.trim_end().len();
        }
        start += line.len();
    }
    0..0
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::load::{
        FileReport,
        tree::{At, Required},
        values::{Span, Texts},
    };

    crate::table! {
        /// Settings of another programme.
        Settings = "the file", "…" {
            /// A title.
            title: Required<Texts>,
            /// A table.
            watch: Option<At<Watch>>,
        }
    }

    crate::table! {
        /// A table of it.
        Watch = "`[watch]`", "{ after = \"5m\" }" {
            /// A duration.
            after: Option<At<Span>>,
        }
    }

    const FORMAT: Format = Format {
        tables: &[(Settings::NAME, Settings::KEYS), (Watch::NAME, Watch::KEYS)],
        of_kinds: "",
        kinds: &[],
        kind_example: "",
        secrets: &[],
        twice: "keep one of them",
    };

    #[test]
    fn another_format_is_read_and_reported_in_the_same_way() {
        let text = "titel = \"Status\"\nafter = \"5m\"\n[watch]\nafter = \"soon\"\n";
        let options = LoadOptions::from_environment(TimeZone::UTC);
        let sound = |settings: &Settings, _: &mut Context<'_>| {
            let after = settings.watch.as_ref().and_then(|watch| watch.value.as_ref()?.after.as_ref()?.value);
            (settings.title.value().is_some(), after.is_some())
        };
        let document = read_document(text, &FORMAT, &options, sound);
        assert_eq!(document.checked, Some((false, false)));
        insta::assert_snapshot!(FileReport::new(Path::new("other.toml"), &document.shown, document.mistakes));
    }
}
