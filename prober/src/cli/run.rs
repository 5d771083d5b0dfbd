//! `prober run`: a location of its own, which probes, keeps what it finds and reports it to a hub until it is stopped.
//!
//! It does not know how any of that is done.

use std::{
    io::{self, IsTerminal as _},
    path::PathBuf,
    time::Duration,
};

use anyhow::Context as _;
use bytesize::ByteSize;
use clap::Args;
use jiff::tz::TimeZone;
use shared::LocationName;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;
use url::Url;

use super::{Outcome, Terminal, WatchArguments};
use crate::{
    ControlTarget,
    definition::DefinitionSet,
    journal::JournalOptions,
    load::LoadOptions,
    location::{Location, LocationOptions},
    probe::wall_clock,
    reporter::{HubAddress, ReporterOptions},
    signals::stop_on_signal,
    supervisor::{Finish, Oversight, Starts},
};

/// The flags of `run`.
#[derive(Debug, Clone, Args)]
pub struct RunArguments {
    /// The hub's address
    #[arg(long, value_name = "URL", env = "BELFRY_HUB")]
    pub hub: HubAddress,
    /// The name of this place, as `statuspage location add` got it on the hub
    #[arg(long, value_name = "NAME", env = "BELFRY_LOCATION")]
    pub location: LocationName,
    /// The one-time code that `statuspage location add` printed; needed the first time only
    #[arg(long, value_name = "CODE", env = "BELFRY_ENROL", hide_env_values = true)]
    pub enrol: Option<String>,
    /// The directory for key and journal
    #[arg(long, value_name = "DIR", env = "BELFRY_DATA", default_value = "data")]
    pub data: PathBuf,
    /// Pinged each minute while probes run and the hub acknowledges: an outside dead-man switch for this place
    #[arg(long, value_name = "URL", env = "BELFRY_PING", hide_env_values = true, value_parser = address)]
    pub ping: Option<Url>,
    /// A place that tells whether this one sees anything at all (https://…, tcp://host:port); repeatable
    #[arg(long, value_name = "TARGET", env = "BELFRY_CONTROL", value_delimiter = ',')]
    pub control: Vec<ControlTarget>,
    /// The time zone that cron lines are read in, the hub's own [default: this machine's]
    #[arg(long, value_name = "ZONE", env = "BELFRY_TIME_ZONE", value_parser = zone)]
    pub time_zone: Option<TimeZone>,
    /// So much the journal may take on the disk
    #[arg(long, value_name = "SIZE", env = "BELFRY_JOURNAL_BYTES", default_value = "1GiB")]
    pub journal_bytes: ByteSize,
    /// How log lines look: text or json
    #[arg(long, value_name = "FORMAT", env = "BELFRY_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// The address stays out of the message: whoever knows it can silence the alarm.
fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| "it reads https://hc-ping.com/UUID, or http://…".to_owned())
}

fn zone(text: &str) -> Result<TimeZone, String> {
    TimeZone::get(text).map_err(|_| format!("there is no time zone {text:?}; it reads Europe/Paris"))
}

/// The variables that set the level of the log, the first that is there.
const LEVELS: [&str; 2] = ["BELFRY_LOG", "RUST_LOG"];
/// A thread that still waits for a file system must not hold up the end.
const THREADS: Duration = Duration::from_millis(500);

pub(super) fn run(
    watch: &WatchArguments,
    arguments: &RunArguments,
    terminal: &mut Terminal<'_>,
) -> anyhow::Result<Outcome> {
    log(arguments.log_format)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
    let ended = runtime.block_on(location(watch, arguments, terminal));
    runtime.shutdown_timeout(THREADS);
    ended
}

fn log(format: LogFormat) -> anyhow::Result<()> {
    let level = LEVELS.iter().find_map(|name| std::env::var(name).ok().filter(|level| !level.is_empty()));
    let level = level.unwrap_or_else(|| "warn,prober=info".to_owned());
    let filter =
        EnvFilter::builder().parse(&level).with_context(|| format!("the level of the log cannot be {level:?}"))?;
    let subscriber =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    let done = match format {
        LogFormat::Text => tracing::subscriber::set_global_default(subscriber.with_target(false).finish()),
        LogFormat::Json => tracing::subscriber::set_global_default(subscriber.json().flatten_event(true).finish()),
    };
    done.context("logging is set up already")
}

async fn location(
    watch: &WatchArguments,
    arguments: &RunArguments,
    terminal: &mut Terminal<'_>,
) -> anyhow::Result<Outcome> {
    let stop = CancellationToken::new();
    let mut signals = JoinSet::new();
    signals.spawn(stop_on_signal(stop.clone(), "what was found is kept and reported once more")?);
    if arguments.hub.is_in_the_clear() {
        tracing::warn!(hub = %arguments.hub, "reports travel in the clear: they are signed, and anybody on the way can read them");
    }
    // Before anything else: what fails may be what is read next.
    let (starts, stability) = Starts::note(&arguments.data, wall_clock());
    let mut oversight = Oversight::new(stability);
    let opened = tokio::select! {
        () = stop.cancelled() => None,
        opened = Location::open(options(watch, arguments), &mut oversight) => Some(opened),
    };
    let location = match opened {
        Some(Ok(location)) => location,
        // It was stopped, or says why it cannot begin: neither is a fault that a restart was for.
        None => {
            starts.forget_this_one();
            return Ok(Outcome::Fine);
        }
        Some(Err(error)) => {
            starts.forget_this_one();
            return Err(error.into());
        }
    };
    let said = announcement(watch, arguments, &location.definitions().borrow());
    // It goes on also when nobody reads what it prints.
    if let Err(error) = terminal.say(&said) {
        tracing::warn!(%error, "the announcement could not be printed");
    }
    let watching = oversight.begin();
    let finish = location.run(stop).await;
    drop(watching);
    match finish {
        Finish::AsTold => starts.forget_this_one(),
        Finish::ByFault => return Ok(Outcome::CouldNot),
    }
    Ok(Outcome::Fine)
}

fn options(watch: &WatchArguments, arguments: &RunArguments) -> LocationOptions {
    LocationOptions {
        probes: watch.probes.clone(),
        load: LoadOptions::from_environment(arguments.time_zone.clone().unwrap_or_else(TimeZone::system)),
        network: watch.network_options(),
        control: arguments.control.clone(),
        reporter: ReporterOptions {
            hub: arguments.hub.clone(),
            location: arguments.location.clone(),
            code: arguments.enrol.clone(),
            data: arguments.data.clone(),
            ca_file: watch.ca_file.clone(),
            ping: arguments.ping.clone(),
            journal: JournalOptions { max_bytes: arguments.journal_bytes.as_u64(), ..JournalOptions::default() },
        },
    }
}

fn announcement(watch: &WatchArguments, arguments: &RunArguments, set: &DefinitionSet) -> String {
    let (probes, data) = (watch.probes.display(), arguments.data.display());
    let count = set.probes().count();
    let plural = if count == 1 { "" } else { "s" };
    format!(
        "{} reports to   {}\nit watches       {count} probe{plural}, defined in {probes}\nkey and journal  {data}",
        arguments.location, arguments.hub
    )
}
