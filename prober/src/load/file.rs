//! One definition file: from its bytes to a checked definition or a report of all its mistakes.
//!
//! It does not know the other files.

use std::{cell::LazyCell, ops::Range, path::Path};

use shared::ComponentId;
use toml::de::DeTable;

use super::{
    LoadOptions, check,
    directory::{self, Reading},
    links::Links,
    redact::Redactor,
    report::{self, FileReport, Mistake, Outcome, Severity},
    tree::{Context, Syntax, Table},
    typed,
    values::invalid_id,
};
use crate::definition::Definition;

/// After that many syntax errors the rest of a file is not looked at.
const HOPELESS: usize = 50;

/// A file on its way to become a definition.
pub(super) struct Candidate {
    /// Nothing where the name is no id.
    pub(super) id: Option<ComponentId>,
    /// What is wrong with it so far.
    pub(super) report: FileReport,
    /// Counted even where they have mistakes.
    pub(super) probes: usize,
    pub(super) links: Links,
    definition: Option<Definition>,
}

impl Candidate {
    /// Reads one file.
    pub(super) fn read(path: &Path, root: &Path, options: &LoadOptions) -> Self {
        let stem = path.file_stem().unwrap_or_default();
        let report = FileReport::new(path, "", Vec::new());
        let mut candidate = Self { id: None, report, probes: 0, links: Links::default(), definition: None };
        match stem.to_str().map(str::parse::<ComponentId>) {
            Some(Ok(id)) => candidate.id = Some(id),
            Some(Err(error)) => candidate
                .refuse_name(&format!("{error}"), stem.to_str().map(|stem| invalid_id(stem, &error).into_help())),
            None => candidate.refuse_name("it is not UTF-8", None),
        }
        if let Some(bytes) = candidate.content(path, root, options) {
            candidate.parse(bytes, options);
        }
        candidate
    }

    fn refuse_name(&mut self, reason: &str, help: Option<Option<String>>) {
        let mistake = Mistake::error(format!("the file's name cannot be a component's id: {reason}"));
        let proposal = help.flatten().map_or_else(|| "rename it".to_owned(), |help| format!("rename it, {help}"));
        self.report(mistake.help(proposal));
    }

    /// The file's bytes, where it is one that is read.
    fn content(&mut self, path: &Path, root: &Path, options: &LoadOptions) -> Option<Vec<u8>> {
        let limit = options.limits.file_bytes;
        let mistake = match directory::leads_out(path, root) {
            Ok(true) => {
                return self.skip(
                    "is a link that leads out of the directory",
                    "copy the file, or watch the directory that it is in",
                );
            }
            Err(error) => {
                return self
                    .skip(&format!("cannot be followed: {}", directory::reason(&error)), "mend the link or remove it");
            }
            Ok(false) => match directory::read(path, limit) {
                Reading::Content { bytes, .. } => return Some(bytes),
                Reading::Special(what) => {
                    return self.skip(&format!("is {what}"), "only regular files are read");
                }
                Reading::TooLarge => Mistake::error(format!("the file is larger than {}", bytesize::ByteSize(limit)))
                    .help("a definition has a few kilobytes: is it one?"),
                Reading::Failed(reason) => {
                    Mistake::error(format!("the file cannot be read: {reason}")).help("may this user read it?")
                }
            },
        };
        self.report(mistake);
        None
    }

    fn skip(&mut self, reason: &str, help: &str) -> Option<Vec<u8>> {
        self.report(Mistake::warning(format!("skipped: it {reason}")).help(help));
        if self.report.outcome == Outcome::Used {
            self.report.outcome = Outcome::Skipped;
        }
        None
    }

    fn parse(&mut self, bytes: Vec<u8>, options: &LoadOptions) {
        match decode(bytes) {
            Ok(text) => {
                self.read_text(&text, options);
                self.report.text = text;
            }
            Err(refusal) => {
                self.report.text = refusal.text;
                self.report(refusal.mistake);
            }
        }
    }

    fn read_text(&mut self, text: &str, options: &LoadOptions) {
        if text.trim().is_empty() {
            self.report(
                Mistake::error("the file is empty").at(0..0).help("`prober new URL` writes a first definition"),
            );
            return;
        }
        let (tree, errors) = DeTable::parse_recoverable(text);
        let syntax = if errors.is_empty() { Syntax::Sound } else { Syntax::Broken };
        let unreadable: Vec<Range<usize>> = errors.iter().map(|error| error.span().unwrap_or(0..0)).collect();
        for (error, place) in errors.iter().zip(&unreadable) {
            self.report(syntax_error(error.message(), text, place.clone()));
        }
        // A file that is not TOML at all makes as many mistakes as it has lines: what else is wrong with it helps nobody.
        if unreadable.len() > HOPELESS {
            return;
        }
        let beginning = first_line(text);
        let mut context = Context { options, mistakes: Vec::new(), syntax };
        let typed = typed::File::read_keys(tree.get_ref(), beginning, &mut context);
        self.probes = typed.probe.value().map_or(0, |probes| probes.0.0.len());
        self.links = check::links(&typed);
        // A file with a bad name is checked all the same, under another one: it is rejected in the end.
        let id = self.id.clone().unwrap_or_else(|| "unnamed".parse().expect("it is an id"));
        self.definition = check::definition(&id, &typed, &mut context);
        // Where the syntax is broken the parser has put something in its place, of which nothing need be said.
        let made_up = |mistake: &Mistake| {
            let touches =
                |place: &Range<usize>, broken: &Range<usize>| place.start <= broken.end && broken.start <= place.end;
            mistake.place.as_ref().is_some_and(|place| unreadable.iter().any(|broken| touches(place, broken)))
        };
        context.mistakes.into_iter().filter(|mistake| !made_up(mistake)).for_each(|mistake| self.report(mistake));
    }

    /// Adds a mistake.
    pub(super) fn report(&mut self, mistake: Mistake) {
        if mistake.severity == Severity::Error {
            self.report.outcome = Outcome::Rejected;
        }
        report::keep(&mut self.report.mistakes, mistake);
    }

    /// The report in order, and the definition where nothing forbids it.
    pub(super) fn finish(mut self, redactor: &LazyCell<Redactor>) -> (Option<Definition>, FileReport) {
        self.report.mistakes.sort_by_key(|mistake| mistake.place.as_ref().map(|place| place.start));
        // Nothing is shown of a file without mistakes.
        self.report.text =
            if self.report.mistakes.is_empty() { String::new() } else { redactor.redact(&self.report.text) };
        let used = self.report.outcome == Outcome::Used;
        (self.definition.filter(|_| used), self.report)
    }
}

/// Bytes that are no text: what to say, and the text as far as it can be shown.
pub(super) struct Refusal {
    pub(super) mistake: Mistake,
    pub(super) text: String,
}

pub(super) fn decode(bytes: Vec<u8>) -> Result<String, Box<Refusal>> {
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
pub(super) fn syntax_error(message: &str, text: &str, place: Range<usize>) -> Mistake {
    let line_start = text.get(..place.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let line = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let mistake = Mistake::error(message.split('\n').collect::<Vec<_>>().join(", ")).at(place);
    if message.starts_with("duplicate key") {
        return mistake.help("a key stands once in its table; a second probe begins with another [[probe]]");
    }
    match line.split_once(':') {
        Some((key, _)) if !line.contains('=') && key.trim().chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => {
            mistake.help(format!("this is TOML: write `{} = …`", key.trim()))
        }
        Some(_) | None => mistake,
    }
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
