//! The flags of `statuspage incident`.
//!
//! It does not know how an order reaches the hub.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use shared::{ComponentId, IncidentId, Language, Stage, Status};

use super::{DataArgs, Moment};
use crate::settings::PublicUrl;

/// What is done with incidents.
#[derive(Debug, Clone, Subcommand)]
pub enum IncidentCommand {
    /// List incidents, those that began last first
    List(ListArgs),
    /// Show one incident with everything that was said of it
    Show(ShowArgs),
    /// Open an incident by hand, for what probes cannot see
    Open(OpenArgs),
    /// Take an incident: reminders stop
    Ack(ShowArgs),
    /// Publish an update; the operators have the lead from then on
    Say(SayArgs),
    /// Publish a last update and end the incident
    Resolve(ResolveArgs),
    /// Give the lead back to the measurements: it resolves itself once everything works
    Release(ShowArgs),
    /// Note when users told of it
    ToldByUsers(ToldArgs),
    /// Say of which earlier incident this one is the return
    Link(LinkArgs),
}

/// Which hub is meant: the one of the data directory, through its socket, or one afar.
#[derive(Debug, Clone, Args)]
pub struct HubArgs {
    /// Where the data lies.
    #[command(flatten)]
    pub place: DataArgs,
    /// A hub afar, by its public address
    #[arg(long, value_name = "URL", requires = "token_file")]
    pub hub: Option<PublicUrl>,
    /// The file with the token for it; see `statuspage token add`
    #[arg(long, value_name = "FILE", requires = "hub")]
    pub token_file: Option<PathBuf>,
    /// Print the hub's answer as JSON, its times in UTC
    #[arg(long)]
    json: bool,
}

impl HubArgs {
    /// How the answer is printed.
    pub fn format(&self) -> super::ReportFormat {
        if self.json { super::ReportFormat::Json } else { super::ReportFormat::Words }
    }
}

/// The flags of `incident list`.
#[derive(Debug, Clone, Args)]
pub struct ListArgs {
    /// Which hub.
    #[command(flatten)]
    pub hub: HubArgs,
    /// Those that are over, too
    #[arg(long)]
    pub all: bool,
}

/// The flags of what needs an incident and nothing else.
#[derive(Debug, Clone, Args)]
pub struct ShowArgs {
    /// Which hub.
    #[command(flatten)]
    pub hub: HubArgs,
    /// The incident's id
    pub id: IncidentId,
}

/// What is said, in one or two languages.
#[derive(Debug, Clone, Args)]
pub struct TextArgs {
    /// The words in French, in Markdown; `-` reads them from standard input
    #[arg(long, value_name = "TEXT", required_unless_present = "en")]
    pub fr: Option<String>,
    /// The words in English
    #[arg(long, value_name = "TEXT")]
    pub en: Option<String>,
    /// How users can help themselves, in French; an empty text takes it back
    #[arg(long, value_name = "TEXT")]
    pub workaround_fr: Option<String>,
    /// The same in English
    #[arg(long, value_name = "TEXT")]
    pub workaround_en: Option<String>,
    /// When more will be said: in so long (30m), or a time (15:00, "2026-11-22 15:00")
    #[arg(long, value_name = "TIME")]
    pub next_update: Option<Moment>,
}

/// The flags of `incident open`.
#[derive(Debug, Clone, Args)]
pub struct OpenArgs {
    /// Which hub.
    #[command(flatten)]
    pub hub: HubArgs,
    /// Its title in French
    #[arg(long, value_name = "TEXT", required_unless_present = "title_en")]
    pub title_fr: Option<String>,
    /// Its title in English
    #[arg(long, value_name = "TEXT")]
    pub title_en: Option<String>,
    /// What it touches, and how badly, such as mail=degraded_performance; repeatable
    #[arg(long = "component", value_name = "ID=STATUS", required = true, value_parser = touched)]
    pub components: Vec<(ComponentId, Status)>,
    /// How far it is: investigating, identified, monitoring, resolved
    #[arg(long, default_value = "investigating", value_parser = stage)]
    pub stage: Stage,
    /// When it began: so long ago (30m), or a time (14:00, "2026-11-22 14:00") [default: now]
    #[arg(long, value_name = "TIME")]
    pub since: Option<Moment>,
    /// What is said first.
    #[command(flatten)]
    pub text: TextArgs,
}

/// The flags of `incident say`.
#[derive(Debug, Clone, Args)]
pub struct SayArgs {
    /// Which one.
    #[command(flatten)]
    pub incident: ShowArgs,
    /// How far it is: investigating, identified, monitoring, resolved [default: as it is]
    #[arg(long, value_parser = stage)]
    pub stage: Option<Stage>,
    /// What is said.
    #[command(flatten)]
    pub text: TextArgs,
    /// The version that you saw; another one now is refused [default: whatever it is]
    #[arg(long)]
    pub version_seen: Option<u64>,
}

/// The flags of `incident resolve`.
#[derive(Debug, Clone, Args)]
pub struct ResolveArgs {
    /// Which one.
    #[command(flatten)]
    pub incident: ShowArgs,
    /// What is said.
    #[command(flatten)]
    pub text: TextArgs,
}

/// The flags of `incident told-by-users`.
#[derive(Debug, Clone, Args)]
pub struct ToldArgs {
    /// Which one.
    #[command(flatten)]
    pub incident: ShowArgs,
    /// When they did: so long ago (30m), or a time (14:00, "2026-11-22 14:00")
    #[arg(long, value_name = "TIME")]
    pub at: Moment,
}

/// The flags of `incident link`.
#[derive(Debug, Clone, Args)]
pub struct LinkArgs {
    /// Which one.
    #[command(flatten)]
    pub incident: ShowArgs,
    /// The earlier incident [default: it is the return of none]
    #[arg(long, value_name = "ID")]
    pub relapse_of: Option<IncidentId>,
}

fn stage(word: &str) -> Result<Stage, String> {
    let found = Stage::ALL.into_iter().find(|stage| stage.word() == word);
    found.ok_or_else(|| format!("the stages are {}", Stage::ALL.map(Stage::word).join(", ")))
}

fn touched(text: &str) -> Result<(ComponentId, Status), String> {
    let (id, word) = text.split_once('=').ok_or("it reads ID=STATUS, such as mail=partial_outage")?;
    let id = id.parse().map_err(|error| format!("{error}"))?;
    let status = Status::ALL.into_iter().find(|status| status.word() == word);
    status
        .map(|status| (id, status))
        .ok_or_else(|| format!("the statuses are {}", Status::ALL.map(Status::word).join(", ")))
}

impl IncidentCommand {
    /// Which hub is meant.
    pub fn hub(&self) -> &HubArgs {
        match self {
            Self::List(ListArgs { hub, .. })
            | Self::Open(OpenArgs { hub, .. })
            | Self::Show(ShowArgs { hub, .. })
            | Self::Ack(ShowArgs { hub, .. })
            | Self::Release(ShowArgs { hub, .. })
            | Self::Say(SayArgs { incident: ShowArgs { hub, .. }, .. })
            | Self::Resolve(ResolveArgs { incident: ShowArgs { hub, .. }, .. })
            | Self::ToldByUsers(ToldArgs { incident: ShowArgs { hub, .. }, .. })
            | Self::Link(LinkArgs { incident: ShowArgs { hub, .. }, .. }) => hub,
        }
    }
}

/// The flags of `postmortem`.
#[derive(Debug, Clone, Args)]
pub struct PostmortemArgs {
    /// Which hub.
    #[command(flatten)]
    pub hub: HubArgs,
    /// The incident, or a return of it
    pub id: IncidentId,
    /// The language of the draft [default: the page's first one]
    #[arg(long, value_name = "LANGUAGE")]
    pub lang: Option<Language>,
}

/// The flags of `audit`.
#[derive(Debug, Clone, Args)]
pub struct AuditArgs {
    /// Which hub.
    #[command(flatten)]
    pub hub: HubArgs,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub limit: u16,
}
