//! One definition file: from its bytes to a checked definition or a report of all its mistakes.
//!
//! It does not know the other files.

use std::{cell::LazyCell, path::Path};

use shared::ComponentId;

use super::{
    LoadOptions, check,
    directory::{self, Reading},
    links::Links,
    redact::Redactor,
    report::{self, FileReport, Mistake, Outcome, Severity},
    tree::{Context, Refusal, decode, read_document},
    typed,
    values::invalid_id,
};
use crate::{canary::is_canary, definition::Definition};

const ONLY_FILES: &str = "only regular files are read";

/// The text of a file that is not a definition, such as the settings'; else the report of why there is none. Blocks on the disk; never
/// on a file that is none.
pub fn read_text(path: &Path, options: &LoadOptions) -> Result<String, Box<FileReport>> {
    let limit = options.limits.file_bytes;
    content(directory::read(path, limit), limit)
        .and_then(decode)
        .map_err(|refusal| Box::new(FileReport::new(path, &refusal.text, vec![refusal.mistake])))
}

/// What was read of a file, or why there is nothing.
fn content(reading: Reading, limit: u64) -> Result<Vec<u8>, Box<Refusal>> {
    let mistake = match reading {
        Reading::Content { bytes, .. } => return Ok(bytes),
        Reading::Special(what) => Mistake::error(format!("the file is {what}")).help(ONLY_FILES),
        Reading::TooLarge => Mistake::error(format!("the file is larger than {}", bytesize::ByteSize(limit)))
            .help("such a file has a few kilobytes: is it the right one?"),
        Reading::Failed(reason) => {
            Mistake::error(format!("the file cannot be read: {reason}")).help("may this user read it?")
        }
    };
    Err(Box::new(Refusal { mistake, text: String::new() }))
}

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
            Some(Ok(id)) if is_canary(&id) => candidate.refuse_name("it is the monitor's own", None),
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
        let content = match directory::leads_out(path, root) {
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
                Reading::Special(what) => return self.skip(&format!("is {what}"), ONLY_FILES),
                reading => content(reading, limit),
            },
        };
        content.map_err(|refusal| self.report(refusal.mistake)).ok()
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
            Ok(text) => self.read_text(&text, options),
            Err(refusal) => {
                self.report.text = refusal.text;
                self.report(refusal.mistake);
            }
        }
    }

    fn read_text(&mut self, text: &str, options: &LoadOptions) {
        if text.trim().is_empty() {
            text.clone_into(&mut self.report.text);
            self.report(
                Mistake::error("the file is empty").at(0..0).help("`prober new URL` writes a first definition"),
            );
            return;
        }
        // A file with a bad name is checked all the same, under another one: it is rejected in the end.
        let id = self.id.clone().unwrap_or_else(|| "unnamed".parse().expect("it is an id"));
        let check = |typed: &typed::File, context: &mut Context<'_>| {
            let probes = typed.probe.value().map_or(0, |probes| probes.0.0.len());
            (probes, check::links(typed), check::definition(&id, typed, context))
        };
        let document = read_document(text, &typed::FORMAT, options, check);
        (self.probes, self.links, self.definition) = document.checked.unwrap_or_default();
        self.report.text = document.shown;
        document.mistakes.into_iter().for_each(|mistake| self.report(mistake));
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
        report::sort(&mut self.report.mistakes);
        // Nothing is shown of a file without mistakes.
        self.report.text =
            if self.report.mistakes.is_empty() { String::new() } else { redactor.redact(&self.report.text) };
        let used = self.report.outcome == Outcome::Used;
        (self.definition.filter(|_| used), self.report)
    }
}
