//! The command line of the hub.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context as _, Result};
use clap::Parser as _;
use prober::{limits::raise_open_files, load::Variables, signals::stop_on_signal};
use statuspage::{
    cli::{
        AuditArgs, BounceArgs, Care, ChannelCommand, Cli, Command, DemoArgs, HealthArgs, IncidentCommand,
        LocationCommand, MaintenanceCommand, OperatorCommand, OutpostArgs, PostmortemArgs, ServeArgs,
        SubscribersCommand, TokenCommand,
    },
    command::{self, Ended, out},
    demo::{self, Stage},
    serve::{self as service, Finish, Instance, Post, StartError, note_start},
    settings::{self, Follower, Given, Settings},
    telemetry,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// The name under which this program is the prober: an image holds one file and a link to it instead of two programs that are
/// mostly the same.
const PROBER: &str = "prober";

fn main() -> ExitCode {
    if std::env::args_os().next().is_some_and(|name| Path::new(&name).file_name() == Some(PROBER.as_ref())) {
        return prober::cli::main();
    }
    raise_open_files();
    let cli = Cli::parse();
    let ended = match cli.command {
        None => serve(cli.serve),
        Some(Command::Serve(arguments)) => serve(*arguments),
        Some(Command::Outpost(arguments)) => outpost(*arguments),
        Some(Command::Demo(arguments)) => demonstrate(arguments),
        Some(Command::Care(command)) => care(command),
        Some(Command::Incident(command)) => incident(*command),
        Some(Command::Maintenance(command)) => maintenance(*command),
        Some(Command::Postmortem(arguments)) => postmortem(&arguments),
        Some(Command::Audit(arguments)) => audit(&arguments),
        Some(Command::Channel(command)) => channel(*command),
        Some(Command::Subscribers(command)) => subscribers(*command),
        Some(Command::Bounce(arguments)) => bounce(&arguments),
        Some(Command::Location(command)) => location(*command),
        Some(Command::Operator(OperatorCommand::Add(arguments))) => command::add_operator(&arguments),
        Some(Command::Token(TokenCommand::Add(arguments))) => command::add_token(&arguments),
        Some(Command::Health(arguments)) => health(arguments),
        Some(Command::Check(arguments)) => check(*arguments),
        Some(Command::Schema) => out::line(format_args!("{:#}", settings::schema())).map(|()| Ended::Well),
    };
    match ended {
        Ok(ended) => ended.into(),
        Err(error) if error.is::<out::Unread>() => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("statuspage: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn serve(arguments: ServeArgs) -> Result<Ended> {
    let print = arguments.print_settings;
    let given = arguments.given();
    let settings = load(given.clone())?;
    if print {
        out::text(settings.print())?;
        return Ok(Ended::Well);
    }
    block_on(run(settings, given, Post::Hub, CancellationToken::new()))
}

fn outpost(arguments: OutpostArgs) -> Result<Ended> {
    let (options, print) = (arguments.options(), arguments.serve.print_settings);
    let given = arguments.serve.given();
    let settings = load(given.clone())?;
    if print {
        out::text(settings.print())?;
        return Ok(Ended::Well);
    }
    if options.hub.is_in_the_clear() {
        tracing::warn!(hub = %options.hub, "reports travel in the clear: they are signed, and anybody on the way can read them");
    }
    let settings = statuspage::outpost::settings(settings)?;
    block_on(run(settings, given, Post::Outpost(options), CancellationToken::new()))
}

/// Says what is wrong with the settings without starting anything.
fn check(arguments: ServeArgs) -> Result<Ended> {
    let variables = std::env::vars_os().collect::<Variables>();
    match Settings::load(arguments.given(), &variables) {
        Ok(settings) => {
            let strangers = service::strangers(&settings);
            match settings.warnings.trim_end() {
                "" if strangers.is_empty() && settings.lacks().is_none() => out::line("the settings have no mistake")?,
                "" => {}
                warnings => out::line(warnings)?,
            }
            strangers.iter().for_each(|stranger| eprintln!("error: {stranger}"));
            Ok(if settings.lacks().is_some() || !strangers.is_empty() { Ended::Poorly } else { Ended::Well })
        }
        Err(error) => {
            eprintln!("{error}");
            Ok(Ended::Poorly)
        }
    }
}

fn demonstrate(arguments: DemoArgs) -> Result<Ended> {
    block_on(async {
        let stop = CancellationToken::new();
        let stage = Stage::start(stop.clone()).await?;
        let listen = match arguments.listen {
            Some(listen) => listen,
            None => demo::free_address().await,
        };
        let given = stage.given(listen);
        let ended = Box::pin(run(load(given.clone())?, given, Post::Hub, stop.clone())).await;
        stop.cancel();
        stage.finish().await;
        ended
    })
}

fn care(command: Care) -> Result<Ended> {
    let settings = load(command.given())?;
    block_on(command::run(command, &settings))
}

fn incident(command: IncidentCommand) -> Result<Ended> {
    let settings = load(command.hub().place.given())?;
    block_on(command::incident(command, &settings))
}

fn maintenance(command: MaintenanceCommand) -> Result<Ended> {
    let settings = load(command.hub().place.given())?;
    block_on(command::maintenance(command, &settings))
}

fn postmortem(arguments: &PostmortemArgs) -> Result<Ended> {
    let settings = load(arguments.hub.place.given())?;
    block_on(command::postmortem(arguments, &settings))
}

fn audit(arguments: &AuditArgs) -> Result<Ended> {
    let settings = load(arguments.hub.place.given())?;
    block_on(command::audit(arguments, &settings))
}

fn channel(command: ChannelCommand) -> Result<Ended> {
    let settings = load(command.hub().place.given())?;
    block_on(command::channel(command, &settings))
}

fn subscribers(command: SubscribersCommand) -> Result<Ended> {
    let settings = load(command.hub().place.given())?;
    block_on(command::subscribers(command, &settings))
}

fn location(command: LocationCommand) -> Result<Ended> {
    let settings = load(command.hub().place.given())?;
    block_on(command::location(command, &settings))
}

fn bounce(arguments: &BounceArgs) -> Result<Ended> {
    let settings = load(arguments.hub.place.given())?;
    block_on(command::bounce(arguments, &settings))
}

fn health(arguments: HealthArgs) -> Result<Ended> {
    let data = arguments.data.or_else(|| std::env::var_os("BELFRY_DATA").map(PathBuf::from));
    block_on(command::health(&data.unwrap_or_else(|| "data".into())))
}

fn load(given: Given) -> Result<Settings> {
    let variables = std::env::vars_os().collect::<Variables>();
    let settings = Settings::load(given, &variables)?;
    telemetry::init(settings.log_format, &variables)?;
    if !settings.warnings.is_empty() {
        eprintln!("{}", settings.warnings.trim_end());
    }
    Ok(settings)
}

async fn run(settings: Settings, given: Given, post: Post, stop: CancellationToken) -> Result<Ended> {
    let follower = Follower::new(&settings, given, std::env::vars_os().collect());
    let mut signals = JoinSet::new();
    signals.spawn(stop_on_signal(stop.clone(), "requests and writes under way are finished")?);
    // Before anything else: what fails may be what is read next.
    let (starts, stability) = note_start(&settings);
    let instance = match Instance::start(&settings, &post, stability, &stop).await {
        Ok(instance) => instance.following(follower),
        Err(StartError::Stopped) => {
            starts.forget_this_one();
            return Ok(Ended::Well);
        }
        Err(error) => {
            starts.forget_this_one();
            return Err(error.into());
        }
    };
    // A hub goes on also when nobody reads what it prints.
    if let Err(error) = out::line(instance.announcement()) {
        tracing::warn!(%error, "the announcement could not be printed");
    }
    match instance.run(stop.clone()).await {
        Finish::AsTold => starts.forget_this_one(),
        Finish::ByFault => return Ok(Ended::Poorly),
    }
    Ok(Ended::Well)
}

fn block_on(product: impl Future<Output = Result<Ended>>) -> Result<Ended> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.context("cannot start the asynchronous runtime")?;
    let ended = runtime.block_on(product);
    // A thread that still waits for a network file system must not hold up the end.
    runtime.shutdown_timeout(Duration::from_secs(1));
    ended
}
