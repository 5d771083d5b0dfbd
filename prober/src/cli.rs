//! The command line: what can be asked of the prober, and the exit code that answers.
//!
//! It does not know how anything is done: each command calls the library.

mod check;
mod new;
mod once;
mod run;
mod terminal;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use jiff::tz::TimeZone;
use shared::ComponentId;

pub use run::{LogFormat, RunArguments};
pub use terminal::Terminal;

use crate::{
    limits,
    load::LoadOptions,
    network::{NameServer, NetworkOptions, PrivateTargets},
    schema::schema,
};

/// Asks services from outside whether they work.
#[derive(Debug, Parser)]
#[command(name = "prober", version, about, after_help = EXIT_CODES)]
pub struct Arguments {
    /// Where definitions are and how targets are reached.
    #[command(flatten)]
    pub watch: WatchArguments,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The whole program, by the command line that this process was started with.
pub fn main() -> ExitCode {
    limits::raise_open_files();
    let arguments = Arguments::parse();
    run(&arguments, &mut Terminal::standard()).into()
}

const EXIT_CODES: &str = "Exit codes:
  check  0 no mistake (warnings allowed), 1 mistakes, 2 could not look
  once   0 all pass or warn, 1 any fail or unknown, 2 usage, unknown id or mistakes in the definitions
  run    0 stopped, 2 could not start";

/// Where definitions are and how targets are reached: the same for every command that probes.
#[derive(Debug, Clone, Args)]
pub struct WatchArguments {
    /// The directory of definitions, one file for each service
    #[arg(long, value_name = "DIR", env = "BELFRY_PROBES", default_value = "probes.d", global = true)]
    pub probes: PathBuf,
    /// Certificates (PEM) to trust besides the platform's and the bundled roots
    #[arg(long, value_name = "FILE", env = "BELFRY_CA_FILE", global = true)]
    pub ca_file: Option<PathBuf>,
    /// A name server to ask instead of the system's; may be given again, or several with commas in the environment
    #[arg(
        long = "nameserver",
        value_name = "ADDR[:PORT]",
        env = "BELFRY_NAMESERVER",
        value_delimiter = ',',
        global = true
    )]
    pub nameservers: Vec<NameServer>,
}

impl WatchArguments {
    /// The network as these arguments want it.
    pub fn network_options(&self) -> NetworkOptions {
        NetworkOptions {
            nameservers: self.nameservers.iter().map(|server| server.address()).collect(),
            ca_file: self.ca_file.clone(),
            private_targets: PrivateTargets::default(),
            ..NetworkOptions::default()
        }
    }

    /// Cron lines are read in this machine's time zone, for there is no site.
    fn load_options() -> LoadOptions {
        LoadOptions::from_environment(TimeZone::system())
    }
}

/// What can be asked of the prober.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Report every mistake of every definition file
    Check {
        /// The directory, instead of the one that --probes names
        #[arg(value_name = "DIR")]
        directory: Option<PathBuf>,
    },
    /// Probe now, and show where the time goes
    Once {
        /// A component (`cloud`, all its probes) or a probe (`cloud/login`); everything unless given
        #[arg(value_name = "ID")]
        ids: Vec<String>,
        /// One observation a line, as JSON
        #[arg(long)]
        json: bool,
    },
    /// Watch from here and report to a hub elsewhere, until stopped
    ///
    /// What is found is kept in a journal first, and sent again until the hub has it. Every flag has a variable, such as
    /// BELFRY_HUB; BELFRY_LOG or RUST_LOG sets the level of the log.
    Run(Box<RunArguments>),
    /// Print the JSON Schema of a definition file, for editors
    ///
    /// Put it into a file, and let definitions begin with a line such as `#:schema ../belfry.schema.json`: editors that know TOML
    /// schemas (Taplo, Even Better TOML) then complete the keys and show what they mean.
    Schema,
    /// Write a first definition file for https://…, http://… or tcp://host:port, or for a heartbeat
    New {
        /// What to probe
        #[arg(value_name = "URL", required_unless_present = "heartbeat")]
        url: Option<String>,
        /// What the file is called, and the component's id [default: made from the host]
        #[arg(long, value_name = "ID", conflicts_with = "heartbeat")]
        id: Option<ComponentId>,
        /// Expect a sign of life instead, of a component with that id; its token is made up
        #[arg(long, value_name = "ID", conflicts_with = "url")]
        heartbeat: Option<ComponentId>,
    },
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All is well.
    Fine,
    /// Something was found: a mistake, a failure.
    Found,
    /// It could not be done.
    CouldNot,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Fine => Self::from(0),
            Outcome::Found => Self::from(1),
            Outcome::CouldNot => Self::from(2),
        }
    }
}

/// Does what the arguments say. An error is said in one sentence, and the outcome is [`Outcome::CouldNot`].
pub fn run(arguments: &Arguments, terminal: &mut Terminal<'_>) -> Outcome {
    let watch = &arguments.watch;
    let outcome = match &arguments.command {
        Command::Check { directory } => check::run(directory.as_ref().unwrap_or(&watch.probes), terminal),
        Command::Once { ids, json } => {
            once::run(watch, ids, if *json { once::Format::Json } else { once::Format::Waterfall }, terminal)
        }
        Command::Run(arguments) => run::run(watch, arguments, terminal),
        Command::Schema => terminal.say(&format!("{:#}", schema())).map(|()| Outcome::Fine).map_err(Into::into),
        Command::New { heartbeat: Some(id), .. } => new::heartbeat(&watch.probes, id, terminal),
        Command::New { url, id, heartbeat: None } => {
            new::run(&watch.probes, url.as_deref().unwrap_or_default(), id.as_ref(), terminal)
        }
    };
    outcome.unwrap_or_else(|error| {
        terminal.complain(&format!("error: {error:#}"));
        Outcome::CouldNot
    })
}

#[cfg(test)]
mod tests;
