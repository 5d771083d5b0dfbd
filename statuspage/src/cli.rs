//! The command line: its subcommands and flags, and what they say about settings.
//!
//! It does not know what the commands do, nor what the settings file and the environment say.

mod accounts;
mod care;
mod channels;
mod incident;
mod location;
mod maintenance;
mod moment;
mod outpost;
mod subscribers;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use prober::{ControlTarget, NameServer};
use shared::LocationName;

use crate::{
    server::ListenAddress,
    settings::{EmbeddedProber, Given, LogFormat, PublicUrl},
};

pub use accounts::{AddOperator, AddToken, OperatorCommand, TokenCommand};
pub use care::{
    BackupArgs, Care, DataArgs, ExportArgs, ExportFormat, HealthArgs, ReportFormat, RestoreArgs, VerifyArgs,
};
pub use channels::{ChannelCommand, ListChannelsArgs, TestChannelArgs};
pub use incident::{
    AuditArgs, HubArgs, IncidentCommand, LinkArgs, ListArgs, OpenArgs, PostmortemArgs, ResolveArgs, SayArgs, ShowArgs,
    TextArgs, ToldArgs,
};
pub use location::{LocationArgs, LocationCommand, LocationsArgs};
pub use maintenance::{
    CancelMaintenanceArgs, ChangeMaintenanceArgs, DescribedArgs, MaintenanceCommand, NoticeArgs, OneMaintenanceArgs,
    PlanMaintenanceArgs, SayMaintenanceArgs, TurnMaintenanceArgs,
};
pub use moment::{Moment, NoMoment};
pub use outpost::OutpostArgs;
pub use subscribers::{BounceArgs, ImportSubscribersArgs, RemoveSubscriberArgs, SubscribersArgs, SubscribersCommand};

const ENVIRONMENT: &str = "Every flag has a variable: BELFRY_ and its name in capitals, such as BELFRY_PUBLIC_URL; lists have \
                           commas. A flag comes before its variable, that before the settings file. \
                           BELFRY_CONFIG may hold what the settings file would say. BELFRY_LOG or RUST_LOG sets \
                           the level of the log.";

/// Watches services from outside and tells everybody: probes, judges, keeps history, serves the status page.
#[derive(Debug, Clone, Parser)]
#[command(name = "statuspage", version, after_help = ENVIRONMENT, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do; without it, serve.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The flags of `serve`, which needs not be named.
    #[command(flatten)]
    pub serve: ServeArgs,
}

/// What to do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Run the whole product: prober, hub and page (the default).
    #[command(after_help = ENVIRONMENT)]
    Serve(Box<ServeArgs>),
    /// Report to a hub like any location, serve its last word beside what is measured here, and tell operators while it is silent
    #[command(after_help = ENVIRONMENT)]
    Outpost(Box<OutpostArgs>),
    /// Show the product at work against services that it starts itself; needs no network.
    Demo(DemoArgs),
    /// What cares for data.
    #[command(flatten)]
    Care(Care),
    /// Incidents: list, take, speak, resolve, open by hand
    #[command(subcommand)]
    Incident(Box<IncidentCommand>),
    /// Planned maintenance: list, plan, change, cancel, begin, end, speak
    #[command(subcommand)]
    Maintenance(Box<MaintenanceCommand>),
    /// Print the draft of an incident's post-mortem, in Markdown: measured where it can be, open where only people know
    Postmortem(Box<PostmortemArgs>),
    /// Print the orders that operators gave, the newest first, and what became of each
    Audit(Box<AuditArgs>),
    /// The channels that alarms leave by: list, test
    #[command(subcommand)]
    Channel(Box<ChannelCommand>),
    /// Who is told by mail: list, import, export, remove
    #[command(subcommand)]
    Subscribers(Box<SubscribersCommand>),
    /// Take a mail that came back, from standard input, as mail systems call it; exits with 75 when the hub cannot take it now
    Bounce(Box<BounceArgs>),
    /// Places that report from elsewhere: add, list, rotate, revoke
    #[command(subcommand)]
    Location(Box<LocationCommand>),
    /// Accounts of people who operate the page
    #[command(subcommand)]
    Operator(OperatorCommand),
    /// Tokens of programs that operate the page
    #[command(subcommand)]
    Token(TokenCommand),
    /// Say whether the hub answers and goes on publishing, for who supervises it; exits with 1 when it does not
    Health(HealthArgs),
    /// Report every mistake of the settings, and what a hub in production lacks; exits with 1 when there is any
    Check(Box<ServeArgs>),
    /// Print the JSON Schema of the settings file, for editors
    Schema,
}

/// The flags of `serve`.
#[derive(Debug, Clone, Default, Args)]
pub struct ServeArgs {
    /// The directory of probe definitions [default: probes.d]
    #[arg(long, value_name = "DIR")]
    pub probes: Option<PathBuf>,
    /// The directory for data [default: data]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<ListenAddress>,
    /// The settings file [default: statuspage.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
    /// The page's own address, as readers type it
    #[arg(long, value_name = "URL")]
    pub public_url: Option<PublicUrl>,
    /// The name of the place that this process probes from [default: local]
    #[arg(long, value_name = "NAME")]
    pub location: Option<LocationName>,
    /// Do not probe: only other locations report
    #[arg(long)]
    pub no_prober: bool,
    /// Certificates (PEM) that probes trust besides the platform's
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// A name server that probes ask instead of the system's; repeatable
    #[arg(long = "nameserver", value_name = "ADDR", value_delimiter = ',')]
    pub nameservers: Vec<NameServer>,
    /// A place that tells whether this one sees anything at all (https://…, tcp://host:port); repeatable
    #[arg(long, value_name = "TARGET", value_delimiter = ',')]
    pub control: Vec<ControlTarget>,
    /// The certificate (PEM) to speak TLS with
    #[arg(long, value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// Its private key (PEM)
    #[arg(long, value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// How log lines look: text or json [default: text]
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
    /// Print the effective settings, each with its source and without secrets, and end
    #[arg(long)]
    pub print_settings: bool,
}

/// The flags of `demo`.
#[derive(Debug, Clone, Default, Args)]
pub struct DemoArgs {
    /// Where to listen [default: 127.0.0.1:8080, or the next free port]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<ListenAddress>,
}

impl ServeArgs {
    /// What the flags say; nothing where they are silent.
    pub fn given(self) -> Given {
        Given {
            settings: self.settings,
            probes: self.probes,
            data: self.data,
            listen: self.listen,
            public_url: self.public_url,
            location: self.location,
            prober: self.no_prober.then_some(EmbeddedProber::Absent),
            ca_file: self.ca_file,
            nameservers: (!self.nameservers.is_empty()).then_some(self.nameservers),
            control: (!self.control.is_empty()).then_some(self.control),
            tls_cert: self.tls_cert,
            tls_key: self.tls_key,
            log_format: self.log_format,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn verify_cli() {
        Cli::command().debug_assert();
    }

    #[test]
    fn without_a_subcommand_it_serves() {
        let flags = ["--listen", "127.0.0.1:0", "--nameserver", "9.9.9.9", "--nameserver", "1.1.1.1:53", "--no-prober"];
        let short = Cli::try_parse_from(["statuspage"].iter().chain(&flags)).expect("sound");
        assert!(short.command.is_none());
        let long = Cli::try_parse_from(["statuspage", "serve"].iter().chain(&flags)).expect("sound");
        let Some(Command::Serve(long)) = long.command else { panic!("it is serve") };
        assert_eq!(format!("{:?}", long.given()), format!("{:?}", short.serve.given()));
    }

    #[test]
    fn what_cannot_be_is_refused_with_a_reason() {
        let check = |flag: &str, value: &str, reason: &str| {
            let refused = Cli::try_parse_from(["statuspage", flag, value]).expect_err("it cannot be").to_string();
            assert!(refused.contains(reason), "{refused}");
        };
        check("--listen", "8080", "has a host and a port");
        check("--log-format", "xml", "`text` or `json`");
        check("--control", "example.org", "https://example.org or tcp://host:port");
        check("--public-url", "example.org", "it reads https://status.example.org");
    }

    #[test]
    fn the_help_reads_as_documented() {
        insta::assert_snapshot!(Cli::command().term_width(100).render_long_help());
    }
}
