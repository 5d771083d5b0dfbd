//! What is wrong with a file, and how that is shown: as rustc does, with the place, an excerpt and a way out.
//!
//! It does not know what can be wrong.

use std::{fmt, ops::Range, path::Path};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::redact::Redactor;

/// More mistakes than that in one file are counted and not shown: nobody reads them, and a binary file makes thousands.
const MAX_SHOWN: usize = 50;

/// More than that are not even kept.
const MAX_KEPT: usize = 1_000;

/// Whether a file can be used all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It can.
    Warning,
    /// It cannot.
    Error,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Whether the file can be used all the same.
    pub severity: Severity,
    /// What is wrong: lower case, no full stop, no secret.
    pub message: String,
    /// Where in the file, in bytes; none where it is the file as a whole.
    pub place: Option<Range<usize>>,
    /// A few words beside the carets.
    pub label: Option<String>,
    /// Another place that has to do with it, and in what way.
    pub related: Option<(Range<usize>, String)>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Mistake {
    fn new(severity: Severity, message: String) -> Self {
        Self { severity, message, place: None, label: None, related: None, help: None }
    }

    /// Something that forbids to use the file.
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(Severity::Error, message.into())
    }

    /// Something that deserves attention.
    pub fn warning(message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, message.into())
    }

    /// With its place, in bytes.
    #[must_use]
    pub fn at(mut self, place: Range<usize>) -> Self {
        self.place = Some(place);
        self
    }

    /// With a few words beside the carets.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// With another place that has to do with it.
    #[must_use]
    pub fn related(mut self, place: Range<usize>, label: impl Into<String>) -> Self {
        self.related = Some((place, label.into()));
        self
    }

    /// With what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// In the order of their places; those of the whole file come first.
pub(super) fn sort(mistakes: &mut [Mistake]) {
    mistakes.sort_by_key(|mistake| mistake.place.as_ref().map(|place| place.start));
}

/// Adds a mistake, in bounded memory: of too many the last one gives way to an error, so that warnings never hide the first.
pub(super) fn keep(mistakes: &mut Vec<Mistake>, mistake: Mistake) {
    if mistakes.len() < MAX_KEPT {
        mistakes.push(mistake);
    } else if let Some(last) = mistakes.last_mut()
        && mistake.severity == Severity::Error
    {
        *last = mistake;
    }
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Its definition is in use; there may be warnings.
    Used,
    /// It has a mistake.
    Rejected,
    /// It is not something that is read: a directory, a pipe, a link that leads out.
    Skipped,
}

/// Everything that is wrong with one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// Its path as it is shown, escaped.
    pub path: String,
    /// Its name without the extension, escaped where it is not an id.
    pub stem: String,
    /// What became of it.
    pub outcome: Outcome,
    /// In the order of their places.
    pub mistakes: Vec<Mistake>,
    /// Its text with passwords masked, as long as the original; empty where it could not be read.
    pub(crate) text: String,
}

/// Whether colours are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Plain text.
    Plain,
    /// With ANSI colours.
    Coloured,
}

impl FileReport {
    /// A report of `mistakes` in a file of that text: for other files than definitions that are to be reported in the same way.
    pub fn new(path: &Path, text: &str, mut mistakes: Vec<Mistake>) -> Self {
        sort(&mut mistakes);
        let rejected = mistakes.iter().any(|mistake| mistake.severity == Severity::Error);
        Self {
            path: shown(path),
            stem: shown(Path::new(path.file_stem().unwrap_or_default())),
            outcome: if rejected { Outcome::Rejected } else { Outcome::Used },
            text: if mistakes.is_empty() { String::new() } else { Redactor::new().redact(text) },
            mistakes,
        }
    }

    /// How many of its mistakes have that severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.mistakes.iter().filter(|mistake| mistake.severity == severity).count()
    }

    /// The report as rustc would print it; empty where nothing is wrong.
    pub fn render(&self, style: Style) -> String {
        let renderer = match style {
            Style::Plain => Renderer::plain(),
            Style::Coloured => Renderer::styled(),
        };
        let mut rendered: Vec<String> =
            self.mistakes.iter().take(MAX_SHOWN).map(|mistake| renderer.render(&[self.group(mistake)])).collect();
        if let Some(more @ 1..) = self.mistakes.len().checked_sub(MAX_SHOWN) {
            let or_more = if self.mistakes.len() < MAX_KEPT { "" } else { " or more" };
            rendered.push(format!("note: {} has {more}{or_more} other mistakes", self.path));
        }
        rendered.join("\n\n")
    }

    fn group<'a>(&'a self, mistake: &'a Mistake) -> Group<'a> {
        let level = match mistake.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(mistake.message.as_str());
        let group = match &mistake.place {
            Some(place) => title.element(self.snippet(mistake, place)),
            None => title.element(Origin::path(self.path.as_str())),
        };
        match &mistake.help {
            Some(help) => group.element(Level::HELP.message(help.as_str())),
            None => group,
        }
    }

    fn snippet<'a>(
        &'a self,
        mistake: &'a Mistake,
        place: &Range<usize>,
    ) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        let primary = AnnotationKind::Primary.span(self.within_text(place)).label(mistake.label.as_deref());
        let related = mistake
            .related
            .as_ref()
            .map(|(place, label)| AnnotationKind::Context.span(self.within_text(place)).label(label.as_str()));
        Snippet::source(self.text.as_str()).path(self.path.as_str()).annotation(primary).annotations(related)
    }

    /// The first line of a place, inside the text and on the borders of characters: carets under many lines say less.
    fn within_text(&self, place: &Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(place.start.min(self.text.len()));
        let end = self.text.ceil_char_boundary(place.end.min(self.text.len())).max(start);
        let line = self.text[start..end].find(['\r', '\n']).map_or(end, |at| start + at);
        start..line
    }
}

impl fmt::Display for FileReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Style::Plain))
    }
}

/// A user's text between backquotes in a message: escaped, cut when long.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    // `escape_debug` also escapes quotes, which are harmless here and would only confuse.
    format!("`{}`", shown.replace("\\\"", "\"").replace("\\'", "'"))
}

/// A path as it is shown: bytes that are not UTF-8 and control characters are escaped.
pub(crate) fn shown(path: &Path) -> String {
    match path.to_str() {
        Some(text) => {
            text.chars().map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() }).collect()
        }
        None => path.as_os_str().as_encoded_bytes().escape_ascii().to_string(),
    }
}
