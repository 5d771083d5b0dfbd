//! A TOML file of another format that is read and reported as definitions are, such as the hub's settings.
//!
//! It does not know the keys of that format.

use std::{ops::Range, path::Path};

use jiff::tz::TimeZone;
use toml::{Spanned, de::DeTable};

use super::{
    LoadOptions, Variables,
    directory::{self, Reading},
    redact::Redactor,
    report::{FileReport, Mistake, Outcome, Severity, shown},
    secrets, suggest,
    tree::{self, Context, Syntax},
};
use crate::definition::Secret;

/// Settings have a few kilobytes.
const MAX_BYTES: u64 = 1 << 20;

/// A file's text, and what was wrong with it before its keys were looked at.
#[derive(Debug)]
pub struct TomlFile {
    path: String,
    text: String,
    mistakes: Vec<Mistake>,
}

impl TomlFile {
    /// Reads a file; what goes wrong is a mistake like any other.
    pub fn read(path: &Path) -> Self {
        match directory::read(path, MAX_BYTES) {
            Reading::Content { bytes, .. } => Self::new(path, bytes),
            Reading::Special(what) => Self::refused(path, format!("the file is {what}")),
            Reading::TooLarge => {
                Self::refused(path, format!("the file is larger than {}", bytesize::ByteSize(MAX_BYTES)))
            }
            Reading::Failed(reason) => Self::refused(path, format!("the file cannot be read: {reason}")),
        }
    }

    /// Takes a file's content.
    pub fn new(path: &Path, content: Vec<u8>) -> Self {
        let (text, mistakes) = match tree::decode(content) {
            Ok(text) => (text, Vec::new()),
            Err(refusal) => (refusal.text, vec![refusal.mistake]),
        };
        Self { path: shown(path), text, mistakes }
    }

    fn refused(path: &Path, message: String) -> Self {
        Self { path: shown(path), text: String::new(), mistakes: vec![Mistake::error(message)] }
    }

    /// As much of the tables as can be read, and what keeps the rest from being read.
    pub fn tree(&self) -> (Spanned<DeTable<'_>>, Vec<Mistake>) {
        let text = if self.mistakes.is_empty() { self.text.as_str() } else { "" };
        let (tree, errors) = DeTable::parse_recoverable(text);
        let mistake = |error: &toml::de::Error| tree::syntax_error(error.message(), text, error.span().unwrap_or(0..0));
        (tree, errors.iter().map(mistake).collect())
    }

    /// The report with these mistakes besides those of the file as such; secrets are masked in it.
    pub fn report(self, more: Vec<Mistake>) -> FileReport {
        let mut mistakes = self.mistakes;
        mistakes.extend(more);
        mistakes.sort_by_key(|mistake| mistake.place.as_ref().map(|place| place.start));
        let rejected = mistakes.iter().any(|mistake| mistake.severity == Severity::Error);
        FileReport {
            path: self.path,
            stem: String::new(),
            outcome: if rejected { Outcome::Rejected } else { Outcome::Used },
            mistakes,
            text: Redactor::new().redact(&self.text),
        }
    }
}

/// Replaces `${env:NAME}` and `${file:/run/secrets/name}` in a text; mistakes and warnings are shown at `place`.
pub fn secret(template: &str, place: Range<usize>, variables: &Variables) -> (Option<Secret>, Vec<Mistake>) {
    let options =
        LoadOptions { time_zone: TimeZone::UTC, variables: variables.clone(), limits: super::Limits::default() };
    let mut context =
        Context { options: &options, format: &super::typed::FORMAT, mistakes: Vec::new(), syntax: Syntax::Sound };
    let secret = secrets::resolve(template, place, &mut context).map(Secret::new);
    (secret, context.mistakes)
}

/// The word among `known` that was probably meant.
pub fn nearest_word<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    suggest::nearest(typed, known)
}
