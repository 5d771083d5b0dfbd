//! The commands that care for data: each asks the running hub, or opens the store itself where none runs.
//!
//! It does not know how the store keeps anything, nor how the process ends.

mod accounts;
mod backup;
mod channels;
mod clock;
mod export;
mod health;
mod incident;
mod location;
mod maintenance;
pub mod out;
mod repair;
mod restore;
mod subscribers;
mod verify;

use std::process::ExitCode;

use anyhow::Result;

pub use accounts::{add_operator, add_token};
pub use channels::channel;
pub use health::health;
pub use incident::{audit, incident, postmortem};
pub use location::location;
pub use maintenance::maintenance;
pub use subscribers::{bounce, subscribers};
pub(crate) use verify::Line;

use crate::{cli::Care, settings::Settings};

/// What a command came to; that it could not look is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Everything is well, or was done.
    Well,
    /// Damage was found, or not everything could be done.
    Poorly,
    /// Nothing was done, and the same will work later: mail systems know that by its number (EX_TEMPFAIL of sysexits).
    Later,
}

impl From<Ended> for ExitCode {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Well => Self::SUCCESS,
            Ended::Poorly => Self::from(1),
            Ended::Later => Self::from(75),
        }
    }
}

/// Runs one of them.
///
/// # Errors
///
/// When it could not do its work at all: what keeps it from it, and the way out.
pub async fn run(command: Care, settings: &Settings) -> Result<Ended> {
    match command {
        Care::Backup(arguments) => backup::run(arguments, settings).await,
        Care::Export(arguments) => export::run(arguments, settings).await,
        Care::Repair(_) => repair::run(settings),
        Care::Restore(arguments) => restore::run(&arguments, settings),
        Care::Verify(arguments) => verify::run(arguments, settings).await,
    }
}
