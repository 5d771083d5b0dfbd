//! What the operator decided: flags, environment and `statuspage.toml`, checked, with every mistake reported in its place.
//!
//! It does not know what the settings are used for. A flag comes before the environment, that before the file, that before the default.

mod channels;
mod file;
mod follow;
mod hidden;
mod keeping;
mod layer;
mod mail;
mod maintenance;
mod merge;
mod operators;
mod policies;
mod print;
mod typed;
mod value;
mod written;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use ipnet::IpNet;
use jiff::tz::TimeZone;
use prober::{
    ControlTarget, NameServer, PrivateTargets,
    load::{FileReport, Limits, LoadOptions, Style, Variables, read_text},
};
use shared::{Language, LocationName, Text};

use crate::{
    access::Accounts,
    mail::MailSettings,
    maintenance::Plan,
    notify::{ChannelConfig, Policy},
    server::{ListenAddress, TlsFiles},
    site::{self, DeadManSwitch, Safeguards, Site},
    watch::Ping,
};
use file::FromFile;
use merge::{Shown, merge};

pub use follow::Follower;
pub use hidden::Hidden;
pub use keeping::{BackupPlan, DiskReserve, MaxBytes, VerifyPlan};
pub use layer::{Given, InvalidEnvironment};
pub use policies::DrillPlan;
pub use value::{FrameAncestors, InvalidValue, LogFormat, MetricsMode, Mode, PublicUrl, Quiet, Reopen};

/// The file that is read when none is named.
pub const DEFAULT_FILE: &str = "statuspage.toml";

/// The variable that holds what the file would say, for containers that have no file; its relative paths begin at the working
/// directory. The default file is not looked for then.
pub const TEXT: &str = "BELFRY_CONFIG";

/// What a hub in production is told that nobody outside watches.
const UNWATCHED: &str = "warning: nobody outside would notice if this hub stopped: `mode` is \"production\", and `[watch]` has neither \
    `ping` nor `peer`\n  = help: healthchecks.io is free, and so is another Belfry's heartbeat: ping = \"https://hc-ping.com/${env:PING_ID}\"";

/// What a hub is told whose messages cannot be answered.
const NO_LINKS: &str = "warning: messages will have no link by which whoever reads them takes an alarm or answers a drill: there are channels \
    and no `public_url`\n  = help: say where readers find the page: public_url = \"https://status.example.org\"";

/// Where a setting came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The command line.
    Flag,
    /// A variable that begins with `BELFRY_`.
    Environment,
    /// The settings file.
    File,
    /// Nobody said anything.
    Default,
}

/// Whether this process probes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmbeddedProber {
    /// It does.
    Runs,
    /// Only other locations report.
    Absent,
}

/// The effective settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the definitions lie.
    pub probes: PathBuf,
    /// Where data lies.
    pub data: PathBuf,
    /// Where to listen.
    pub listen: ListenAddress,
    /// The page's own address.
    pub public_url: Option<PublicUrl>,
    /// The name of the embedded prober's place.
    pub location: LocationName,
    /// Whether there is one.
    pub prober: EmbeddedProber,
    /// Certificates trusted besides the platform's.
    pub ca_file: Option<PathBuf>,
    /// Asked instead of the system's.
    pub nameservers: Vec<NameServer>,
    /// Tell whether this place sees anything at all.
    pub control: Vec<ControlTarget>,
    /// Speak TLS.
    pub tls: Option<TlsFiles>,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Whose services these are.
    pub title: Text,
    /// The languages on offer, the default first.
    pub languages: Vec<Language>,
    /// Where days begin.
    pub time_zone: TimeZone,
    /// Only from these are forwarding headers believed.
    pub trusted_proxies: Vec<IpNet>,
    /// How long raw results are kept.
    pub retention: Duration,
    /// What all data may take together.
    pub max_bytes: MaxBytes,
    /// Free space below which operators are told.
    pub disk_reserve: DiskReserve,
    /// Backups that the hub makes by itself, where there is a place for them.
    pub backup: Option<BackupPlan>,
    /// When the hub verifies its data.
    pub verify: VerifyPlan,
    /// How long everything must have worked before an incident is over.
    pub quiet: Quiet,
    /// How long what fails on is let be after operators closed its incident.
    pub reopen: Reopen,
    /// Who may read `/metrics`.
    pub metrics: MetricsMode,
    /// Opens `/metrics` from afar.
    pub metrics_token: Option<Hidden>,
    /// The order of the groups.
    pub groups: Vec<String>,
    /// Whether definitions may name private addresses.
    pub private_targets: PrivateTargets,
    /// Who may show the page in a frame.
    pub frame_ancestors: FrameAncestors,
    /// Called each minute while all is well: the dead-man switch.
    pub ping: Option<Ping>,
    /// Called likewise: another Belfry that watches this one.
    pub peer: Option<Ping>,
    /// Whether people rely on it.
    pub mode: Mode,
    /// Who is told.
    pub channels: Vec<ChannelConfig>,
    /// Who is told first, and what comes next.
    pub policies: Vec<Policy>,
    /// How channels are kept proven.
    pub drills: DrillPlan,
    /// Who may give orders.
    pub accounts: Accounts,
    /// What is planned.
    pub maintenance: Vec<Plan>,
    /// How subscribers are written to, where there is a way.
    pub mail: Option<MailSettings>,
    /// The file that was read.
    pub file: Option<PathBuf>,
    /// What is not forbidden and better otherwise, as a report; empty mostly.
    pub warnings: String,
    /// What may be shown of what holds secrets.
    shown: Shown,
    /// Where each setting came from, by its key; what is missing is a default.
    sources: BTreeMap<&'static str, Source>,
}

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file that was named is not there.
    #[error("there is no settings file {}: check --settings", .0.display())]
    Missing(PathBuf),
    /// Two places say what only one can.
    #[error("the settings stand in a file and in the variable {TEXT}: unset one of them")]
    Twice,
    /// The file has mistakes.
    #[error("{}", .0.render(Style::Plain))]
    Mistakes(Box<FileReport>),
    /// Variables have values that cannot be used.
    #[error(transparent)]
    Environment(#[from] InvalidEnvironment),
    /// One of the two files of TLS is given and the other is not.
    #[error("TLS needs a certificate and its key: give both --tls-cert and --tls-key")]
    HalfTls,
    /// Letters are full of links, which nobody could open.
    #[error("`[mail]` needs the page's own address for the links in letters: set `public_url`")]
    MailWithoutAddress,
    /// Whoever has a backup would have the key to what it holds.
    #[error(
        "the key of subscribers, {}, lies in the data directory {} together with what it opens: name a place elsewhere in `[mail]` key_file",
        key.display(),
        data.display()
    )]
    KeyInData {
        /// Where the key would lie.
        key: PathBuf,
        /// Where data lie.
        data: PathBuf,
    },
}

impl Settings {
    /// Reads the file and merges it with what flags and environment say.
    ///
    /// # Errors
    ///
    /// With every mistake of the file, or what else keeps the settings from making sense.
    pub fn load(flags: Given, variables: &Variables) -> Result<Self, SettingsError> {
        let environment = Given::from_environment(variables)?;
        let named = flags.settings.clone().or_else(|| environment.settings.clone());
        let path = match (named, layer::text(variables)?) {
            (Some(_), Some(_)) => return Err(SettingsError::Twice),
            (None, Some(text)) => {
                let (file, warnings) = read(Path::new(TEXT), &text, variables)?;
                return merge(flags, environment, file, None, warnings);
            }
            (Some(path), None) if path.exists() => Some(path),
            (Some(path), None) => return Err(SettingsError::Missing(path)),
            (None, None) => Some(PathBuf::from(DEFAULT_FILE)).filter(|path| path.exists()),
        };
        let (file, warnings) = match &path {
            Some(path) => {
                let text = read_text(path, &load_options(variables)).map_err(SettingsError::Mistakes)?;
                read(path, &text, variables)?
            }
            None => (FromFile::default(), String::new()),
        };
        merge(flags, environment, file, path, warnings)
    }

    /// The page's own facts among them.
    pub fn site(&self) -> Site {
        Site {
            title: self.title.clone(),
            languages: self.languages.clone(),
            time_zone: self.time_zone.clone(),
            public_url: self.public_url.as_ref().map(|url| url.as_url().clone()),
            groups: self.groups.clone(),
            frame_ancestors: self.frame_ancestors.as_str().to_owned(),
            safeguards: Safeguards {
                control_targets: self.control.len(),
                dead_man: match (&self.ping, &self.peer) {
                    (None, None) => DeadManSwitch::Absent,
                    (Some(_), _) | (None, Some(_)) => DeadManSwitch::Expected,
                },
            },
            mail: self.mail.as_ref().map(|mail| site::Mail {
                sender: mail.from.email.to_string(),
                identity: mail.identity.clone().unwrap_or_else(|| self.title.clone()),
            }),
        }
    }

    /// What is missing for a hub that people rely on; nothing for one that somebody has a look at.
    pub fn lacks(&self) -> Option<&'static str> {
        let unwatched = self.ping.is_none() && self.peer.is_none();
        (self.mode == Mode::Production && unwatched).then_some(UNWATCHED)
    }

    /// What is missing for messages that whoever reads them can answer.
    fn lacks_links(&self) -> Option<&'static str> {
        let is_read = |channel: &ChannelConfig| channel.kind.medium().reaches_people();
        (self.public_url.is_none() && self.channels.iter().any(is_read)).then_some(NO_LINKS)
    }

    /// Where a setting came from.
    pub fn source(&self, key: &str) -> Source {
        self.sources.get(key).copied().unwrap_or(Source::Default)
    }

    /// The effective settings as a file that reads back, each with its source; secrets are masked.
    pub fn print(&self) -> String {
        print::print(self)
    }
}

/// The JSON Schema of the settings file, for editors.
pub fn schema() -> serde_json::Value {
    prober::schema::of::<typed::File>("Belfry settings file")
}

fn load_options(variables: &Variables) -> LoadOptions {
    LoadOptions { time_zone: TimeZone::UTC, variables: variables.clone(), limits: Limits::default() }
}

/// The settings of a file, and what is better otherwise.
fn read(path: &Path, text: &str, variables: &Variables) -> Result<(FromFile, String), SettingsError> {
    let (settings, report) = file::read(path, text, &load_options(variables)).map_err(SettingsError::Mistakes)?;
    Ok((settings, report.render(Style::Plain)))
}

#[cfg(test)]
mod tests;
