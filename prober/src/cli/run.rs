//! `prober run`: a location of its own, which probes, keeps what it finds and reports it to a hub until it is stopped.
//!
//! It does not know how any of that is done.

use std::{
    io::{self, IsTerminal as _},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use bytesize::ByteSize;
use clap::Args;
use jiff::tz::TimeZone;
use shared::LocationName;
use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;
use url::Url;

use super::{Outcome, Terminal, WatchArguments};
use crate::{
    ControlTarget, Network, Prober, RunnerOptions,
    definition::DefinitionSet,
    journal::JournalOptions,
    load::LoadOptions,
    reload,
    reporter::{HubAddress, Reporter, ReporterOptions},
    signals::stop_on_signal,
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
    #[arg(long, value_name = "URL", env = "BELFRY_PING", hide_env_values = true)]
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
    let options = LoadOptions::from_environment(arguments.time_zone.clone().unwrap_or_else(TimeZone::system));
    let (set, watcher) = reload::open(&watch.probes, options)?;
    let network = Network::new(&watch.network_options())?;
    if arguments.hub.is_in_the_clear() {
        tracing::warn!(hub = %arguments.hub, "reports travel in the clear: they are signed, and anybody on the way can read them");
    }
    let reporter = tokio::select! {
        () = stop.cancelled() => return Ok(Outcome::Fine),
        reporter = Reporter::open(reporter_options(watch, arguments)) => reporter?,
    };
    terminal.say(&announcement(watch, arguments, &set))?;
    let (definitions, defined) = watch::channel(Arc::new(set));
    let (out, observations) = Reporter::seam();
    let options = RunnerOptions { control: arguments.control.clone(), ..RunnerOptions::at(arguments.location.clone()) };
    let mut tasks = JoinSet::new();
    tasks.spawn(Prober::new(options, network).run(definitions.subscribe(), out, stop.clone()));
    tasks.spawn(watcher.run(definitions, stop.clone()));
    tasks.spawn(reporter.run(observations, defined, stop.clone()));
    let mut outcome = Outcome::Fine;
    while let Some(ended) = tasks.join_next().await {
        if ended.is_err() || !stop.is_cancelled() {
            tracing::error!("a part of the prober ended by itself: stopping");
            outcome = Outcome::CouldNot;
            stop.cancel();
        }
    }
    Ok(outcome)
}

fn reporter_options(watch: &WatchArguments, arguments: &RunArguments) -> ReporterOptions {
    ReporterOptions {
        hub: arguments.hub.clone(),
        location: arguments.location.clone(),
        code: arguments.enrol.clone(),
        data: arguments.data.clone(),
        ca_file: watch.ca_file.clone(),
        ping: arguments.ping.clone(),
        journal: JournalOptions { max_bytes: arguments.journal_bytes.as_u64(), ..JournalOptions::default() },
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
