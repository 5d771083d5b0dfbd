//! `prober new`: a first definition file, and what to do with it.
//!
//! It does not know what stands in it.

use std::path::Path;

use anyhow::Context as _;
use shared::ComponentId;

use super::{Outcome, Terminal, WatchArguments};
use crate::{load::load, template::Draft};

pub(super) fn run(
    directory: &Path,
    url: &str,
    id: Option<&ComponentId>,
    terminal: &mut Terminal<'_>,
) -> anyhow::Result<Outcome> {
    let draft = Draft::new(url, id)?;
    write(&draft, directory, terminal, &next(directory, draft.id.as_str()))
}

pub(super) fn heartbeat(directory: &Path, id: &ComponentId, terminal: &mut Terminal<'_>) -> anyhow::Result<Outcome> {
    let draft = Draft::heartbeat(id)?;
    let id = id.as_str();
    let next = format!(
        "next:\n  put the line with curl that the file shows where the sign of life comes from\n  {}\n      \
         expects it from then on; a running one has noticed the file already, and /services/{id} says when it last came",
        serve(directory)
    );
    write(&draft, directory, terminal, &next)
}

fn write(draft: &Draft, directory: &Path, terminal: &mut Terminal<'_>, next: &str) -> anyhow::Result<Outcome> {
    let path = draft.write(directory)?;
    let loaded = load(directory, &WatchArguments::load_options()).context("the file was written and cannot be read")?;
    if let Some(report) = loaded.files.iter().find(|file| file.stem == draft.id.as_str() && !file.mistakes.is_empty()) {
        terminal.complain(&report.render(terminal.err_style));
    }
    terminal.say(&format!("wrote {}\n\n{}", path.display(), next))?;
    Ok(Outcome::Fine)
}

fn serve(directory: &Path) -> String {
    match directory.to_str() {
        Some("probes.d") => "statuspage serve".to_owned(),
        Some(_) | None => format!("statuspage serve --probes {}", directory.display()),
    }
}

/// What to type now, with the directory where it is not the usual one.
fn next(directory: &Path, id: &str) -> String {
    let probes = match directory.to_str() {
        Some("probes.d") => String::new(),
        Some(_) | None => format!(" --probes {}", directory.display()),
    };
    format!(
        "next:\n  prober once {id}{probes}\n      probes it now and shows where the time goes\n  prober check{probes}\n      \
         reports every mistake after an edit\n  statuspage serve{probes}\n      watches it and tells the public; a running one has \
         noticed the file already"
    )
}
