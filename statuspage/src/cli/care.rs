//! The subcommands that care for data, and their flags.
//!
//! It does not know what they do.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use shared::{ComponentId, Timestamp};

use crate::settings::Given;

const EXIT_CODES: &str = "Exit codes: 0 all is well, 1 damage was found or not everything could be done, 2 could not look.\n\
                          --data and --settings have variables, BELFRY_DATA and BELFRY_SETTINGS.";

/// What can be done for the data.
#[derive(Debug, Clone, Subcommand)]
pub enum Care {
    /// Print the raw results of a component, of a running hub or of its directory.
    #[command(after_help = EXIT_CODES)]
    Export(ExportArgs),
}

/// Where the data lies.
#[derive(Debug, Clone, Default, Args)]
pub struct DataArgs {
    /// The directory for data [default: data]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The settings file [default: statuspage.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
}

/// The flags of `export`.
#[derive(Debug, Clone, Args)]
pub struct ExportArgs {
    /// Where the data lies.
    #[command(flatten)]
    pub place: DataArgs,
    /// The component: the name of its definition file, also of one that is there no more
    #[arg(long, value_name = "ID")]
    pub component: ComponentId,
    /// The first instant, such as 2026-11-22T13:00:00Z [default: the oldest result]
    #[arg(long, value_name = "TIME")]
    pub from: Option<Timestamp>,
    /// The first instant that is left out [default: the newest result is the last]
    #[arg(long, value_name = "TIME")]
    pub to: Option<Timestamp>,
    /// How results are written
    #[arg(long, value_enum)]
    pub format: ExportFormat,
    /// The file to write, whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// A header and a line for each result (RFC 4180), times in seconds
    Csv,
    /// An object a line, in the form of `prober once --json`
    Jsonl,
}

impl Care {
    /// What the flags say of the settings.
    pub fn given(&self) -> Given {
        let Self::Export(ExportArgs { place, .. }) = self;
        Given { settings: place.settings.clone(), data: place.data.clone(), ..Given::default() }
    }
}
