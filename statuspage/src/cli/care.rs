//! The subcommands that care for data, and their flags.
//!
//! It does not know what they do.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use shared::ComponentId;

use super::Moment;
use crate::settings::Given;

const EXIT_CODES: &str = "Exit codes: 0 all is well, 1 damage was found or not everything could be done, 2 could not look.\n\
                          --data and --settings have variables, BELFRY_DATA and BELFRY_SETTINGS.";

/// What can be done for the data.
#[derive(Debug, Clone, Subcommand)]
pub enum Care {
    /// Print the raw results of a component, of a running hub or of its directory
    #[command(after_help = EXIT_CODES)]
    Export(ExportArgs),
    /// Write a consistent backup of the store, of a running hub or of its directory
    #[command(after_help = EXIT_CODES)]
    Backup(BackupArgs),
    /// Put a backup in the place of the store; the hub must not run
    #[command(after_help = EXIT_CODES)]
    Restore(RestoreArgs),
    /// Look at every checksum of the store, of a running hub or of its directory
    #[command(after_help = EXIT_CODES)]
    Verify(VerifyArgs),
    /// Save what can be read of a damaged store; the hub must not run, and nothing is deleted
    #[command(after_help = EXIT_CODES)]
    Repair(DataArgs),
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

impl DataArgs {
    /// What of the settings these flags say.
    pub fn given(&self) -> Given {
        Given { settings: self.settings.clone(), data: self.data.clone(), ..Given::default() }
    }
}

/// The flags of `health`, which reads no settings.
#[derive(Debug, Clone, Args)]
pub struct HealthArgs {
    /// The directory for data, also BELFRY_DATA [default: data]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
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
    /// The first instant: so long ago (2d), or a time (14:00, "2026-11-22 14:00") [default: the oldest result]
    #[arg(long, value_name = "TIME")]
    pub from: Option<Moment>,
    /// The first instant that is left out, typed likewise [default: the newest result is the last]
    #[arg(long, value_name = "TIME")]
    pub to: Option<Moment>,
    /// How results are written
    #[arg(long, value_enum)]
    pub format: ExportFormat,
    /// The file to write, whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// The flags of `backup`.
#[derive(Debug, Clone, Args)]
pub struct BackupArgs {
    /// Where the data lies.
    #[command(flatten)]
    pub place: DataArgs,
    /// The file to write, whole or not at all
    pub file: PathBuf,
    /// Write over a file that is there
    #[arg(long)]
    pub force: bool,
}

/// The flags of `restore`.
#[derive(Debug, Clone, Args)]
pub struct RestoreArgs {
    /// Where the data lies.
    #[command(flatten)]
    pub place: DataArgs,
    /// The backup
    pub file: PathBuf,
    /// Set a store that is there aside under a dated name; nothing is deleted
    #[arg(long)]
    pub force: bool,
}

/// The flags of `verify`.
#[derive(Debug, Clone, Args)]
pub struct VerifyArgs {
    /// Where the data lies.
    #[command(flatten)]
    pub place: DataArgs,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFormat {
    /// For people.
    Words,
    /// For machines.
    Json,
}

impl VerifyArgs {
    /// How the report is printed.
    pub fn format(&self) -> ReportFormat {
        if self.json { ReportFormat::Json } else { ReportFormat::Words }
    }
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
        let (Self::Export(ExportArgs { place, .. })
        | Self::Backup(BackupArgs { place, .. })
        | Self::Restore(RestoreArgs { place, .. })
        | Self::Verify(VerifyArgs { place, .. })
        | Self::Repair(place)) = self;
        place.given()
    }
}
