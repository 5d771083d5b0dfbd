//! `prober check`: every mistake of every definition file.
//!
//! It does not know what can be wrong.

use std::path::Path;

use super::{Outcome, Terminal, WatchArguments};
use crate::load::{Loaded, load};

/// What an empty directory is told.
pub(super) const FIRST_FILE: &str =
    "there is no definition file yet; a first one: prober new https://cloud.example.org/";

pub(super) fn run(directory: &Path, terminal: &mut Terminal<'_>) -> anyhow::Result<Outcome> {
    let loaded = load(directory, &WatchArguments::load_options())?;
    let report = loaded.render(terminal.out_style);
    if !report.is_empty() {
        terminal.say(&report)?;
        terminal.say("")?;
    }
    terminal.say(&summary(directory, &loaded))?;
    Ok(if loaded.errors() > 0 { Outcome::Found } else { Outcome::Fine })
}

/// One line: how much was looked at, and how much is wrong.
pub(super) fn summary(directory: &Path, loaded: &Loaded) -> String {
    if loaded.files.is_empty() {
        return format!("{}: {FIRST_FILE}", directory.display());
    }
    let probes: usize = loaded.definitions.values().map(|definition| definition.probes.len()).sum();
    let found = match (loaded.errors(), loaded.warnings()) {
        (0, 0) => "no mistakes".to_owned(),
        (0, warnings) => counted(warnings, "warning"),
        (errors, 0) => counted(errors, "error"),
        (errors, warnings) => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
    };
    let (files, sound) = (counted(loaded.files.len(), "file"), counted(probes, "sound probe"));
    format!("{}: {files} with {sound}, {found}", directory.display())
}

fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}
