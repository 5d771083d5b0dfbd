//! Loads a directory of definitions: every file is read, and every mistake of every file is reported with its place and a way out.
//!
//! It does not know what runs the definitions nor when they are loaded again (see [`crate::reload`]).

mod check;
mod directory;
mod file;
mod links;
mod redact;
mod report;
mod secrets;
mod suggest;

pub mod tree;
mod typed;
pub mod values;

use std::{
    cell::LazyCell,
    collections::{BTreeMap, HashMap},
    ffi::{OsStr, OsString},
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::tz::TimeZone;
use shared::{ComponentId, Timestamp};

use crate::definition::Definition;
use file::Candidate;
use redact::Redactor;

pub use file::read_text;
pub use report::{FileReport, Mistake, Outcome, Severity, Style};
pub(crate) use suggest::nearest;
pub(crate) use typed::root_schema;

/// What loading depends on besides the files.
#[derive(Debug, Clone)]
pub struct LoadOptions {
    /// The site's time zone: cron lines are read in it.
    pub time_zone: TimeZone,
    /// The environment variables that definitions may refer to.
    pub variables: Variables,
    /// How much is read.
    pub limits: Limits,
}

impl LoadOptions {
    /// With the environment of this process as it is now, and the limits that are meant for everybody.
    pub fn from_environment(time_zone: TimeZone) -> Self {
        Self { time_zone, variables: Variables(std::env::vars_os().collect()), limits: Limits::default() }
    }
}

/// Environment variables; their values are never shown.
#[derive(Clone, Default)]
pub struct Variables(HashMap<OsString, OsString>);

impl Variables {
    /// The value of a variable.
    pub fn get(&self, name: &OsStr) -> Option<&OsStr> {
        self.0.get(name).map(OsString::as_os_str)
    }
}

impl FromIterator<(OsString, OsString)> for Variables {
    fn from_iter<I: IntoIterator<Item = (OsString, OsString)>>(variables: I) -> Self {
        Self(variables.into_iter().collect())
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} variables]", self.0.len())
    }
}

/// How much is read; beyond that nothing is loaded at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Definition files in the directory.
    pub files: usize,
    /// Probes in all files together.
    pub probes: usize,
    /// Bytes of one file; a larger one is rejected alone.
    pub file_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { files: 10_000, probes: 100_000, file_bytes: 1 << 20 }
    }
}

/// Why the directory could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotLook {
    /// There is none.
    #[error("there is no directory {}: `prober new https://…` makes it with a first file, --probes DIR names another", directory.display())]
    Missing {
        /// The one that was named.
        directory: PathBuf,
    },
    /// It is something else.
    #[error("{} is not a directory: --probes names the directory that holds the definitions", directory.display())]
    NotADirectory {
        /// What was named.
        directory: PathBuf,
    },
    /// The system said no.
    #[error("cannot read the directory {}: {reason}", directory.display())]
    Unreadable {
        /// The one that was named.
        directory: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// More files than anybody means to have.
    #[error("{} holds more than {limit} definition files: is it the right directory?", directory.display())]
    TooManyFiles {
        /// The one that was named.
        directory: PathBuf,
        /// How many are allowed.
        limit: usize,
    },
    /// More probes than one prober carries.
    #[error("the definitions in {} hold more than {limit} probes: divide them among several probers", directory.display())]
    TooManyProbes {
        /// The one that was named.
        directory: PathBuf,
        /// How many are allowed.
        limit: usize,
    },
}

/// What a directory holds.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Those without an error.
    pub definitions: BTreeMap<ComponentId, Arc<Definition>>,
    /// One for each file, by name, also where nothing is wrong with it.
    pub files: Vec<FileReport>,
}

impl Loaded {
    /// How many errors there are.
    pub fn errors(&self) -> usize {
        self.files.iter().map(|file| file.count(Severity::Error)).sum()
    }

    /// How many warnings there are.
    pub fn warnings(&self) -> usize {
        self.files.iter().map(|file| file.count(Severity::Warning)).sum()
    }

    /// Every mistake of every file, as rustc would print it; empty where nothing is wrong.
    pub fn render(&self, style: Style) -> String {
        let reports = self.files.iter().filter(|file| !file.mistakes.is_empty());
        reports.map(|file| file.render(style)).collect::<Vec<_>>().join("\n\n")
    }
}

impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Style::Plain))
    }
}

/// Reads every definition file of a directory. Blocks on the disk; never on a file that is none.
pub fn load(directory: &Path, options: &LoadOptions) -> Result<Loaded, CannotLook> {
    let paths = directory::list(directory, options.limits.files)?;
    let root = directory
        .canonicalize()
        .map_err(|error| CannotLook::Unreadable { directory: directory.into(), reason: directory::reason(&error) })?;
    let mut files = Vec::new();
    let mut probes = 0;
    for path in paths {
        let file = Candidate::read(&path, &root, options);
        probes += file.probes;
        if probes > options.limits.probes {
            return Err(CannotLook::TooManyProbes { directory: directory.into(), limit: options.limits.probes });
        }
        files.push(file);
    }
    links::check(&mut files);
    let redactor: LazyCell<Redactor> = LazyCell::new(Redactor::new);
    let mut loaded = Loaded { definitions: BTreeMap::new(), files: Vec::new() };
    for file in files {
        let (definition, report) = file.finish(&redactor);
        loaded.files.push(report);
        if let Some(definition) = definition {
            loaded.definitions.insert(definition.id.clone(), Arc::new(definition));
        }
    }
    Ok(loaded)
}

/// The time on this machine's clock.
fn now() -> Timestamp {
    Timestamp::from_millis(jiff::Timestamp::now().as_millisecond())
}

#[cfg(test)]
mod tests;
