//! Definitions as checked: what a file in `probes.d/` says, after every mistake has been ruled out.
//!
//! It does not know files, spans or messages (see [`crate::load`]), nor how a check is carried out (see [`crate::execute`]).

mod expect;
mod fingerprint;
mod heartbeat;
mod schedule;
mod secret;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use shared::{ComponentId, ProbeId, Text, Thresholds, Timestamp};
use url::Url;

pub use expect::{ExpectHeader, ExpectJson, ExpectStatus, Expectation, HeaderRule, StatusPattern, TextRule};
pub use heartbeat::{Bounds, HeartbeatCheck, ValueLimits};
pub use schedule::{CronSchedule, Schedule};
pub use secret::Secret;

/// One component: the content of one definition file.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// The file's stem.
    pub id: ComponentId,
    /// What readers call it.
    pub name: Text,
    /// The heading it stands under.
    pub group: Option<Text>,
    /// One line about it.
    pub description: Option<Text>,
    /// Where its users go; shown and linked.
    pub url: Option<Url>,
    /// Domain names it serves: answers "is my service affected?", never listed.
    pub domains: Vec<String>,
    /// Components whose failure explains this one's.
    pub depends_on: Vec<ComponentId>,
    /// Ids that it had before, whose history it keeps.
    pub formerly: Vec<ComponentId>,
    /// At least one.
    pub probes: Vec<Arc<ProbeDefinition>>,
}

impl Definition {
    /// A component with these probes, of which nothing else is said.
    pub fn new(id: ComponentId, name: impl Into<Text>, probes: Vec<Arc<ProbeDefinition>>) -> Self {
        Self {
            id,
            name: name.into(),
            group: None,
            description: None,
            url: None,
            domains: Vec::new(),
            depends_on: Vec::new(),
            formerly: Vec::new(),
            probes,
        }
    }
}

/// One probe of a component.
#[derive(Debug, Clone, PartialEq)]
pub struct ProbeDefinition {
    /// `component/probe`.
    pub id: ProbeId,
    /// When it is due.
    pub schedule: Schedule,
    /// The deadline over everything, from resolution to the end of the body; for a heartbeat, how late it may be.
    pub timeout: Duration,
    /// How many results in a row change the mind.
    pub thresholds: Thresholds,
    /// What to ask.
    pub check: Check,
}

/// No probe is missed sooner, however often it runs: a busy machine is not a dead one.
const PATIENCE: Duration = Duration::from_secs(10);

impl ProbeDefinition {
    /// When a probe that ran at `at` must have run again: after two of its intervals, or at the second due time of a cron line,
    /// which may rest for a weekend.
    pub fn overdue_at(&self, at: Timestamp) -> Timestamp {
        match &self.schedule {
            Schedule::Every(interval) => at.plus(interval.saturating_mul(2).saturating_add(self.timeout).max(PATIENCE)),
            Schedule::Cron(_) => self.schedule.stale_at(at, self.timeout),
        }
    }
}

/// What a probe asks: one variant a kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    /// `[probe.http]`.
    Http(Box<HttpCheck>),
    /// `[probe.tcp]`.
    Tcp(TcpCheck),
    /// `[probe.heartbeat]`: nothing is asked, something is sent.
    Heartbeat(HeartbeatCheck),
}

impl Check {
    /// The kind's key in the file.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Http(_) => "http",
            Self::Tcp(_) => "tcp",
            Self::Heartbeat(_) => "heartbeat",
        }
    }

    /// The heartbeat, where it is one: a prober asks nothing then.
    pub fn heartbeat(&self) -> Option<&HeartbeatCheck> {
        match self {
            Self::Http(_) | Self::Tcp(_) => None,
            Self::Heartbeat(check) => Some(check),
        }
    }
}

/// `[probe.http]`.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpCheck {
    /// `http` or `https`, with a host, without credentials.
    pub url: Url,
    /// The request method.
    pub method: http::Method,
    /// Added to the request; values may hold secrets.
    pub headers: Vec<(http::HeaderName, Secret)>,
    /// The request's body.
    pub body: Option<Secret>,
    /// User and password (RFC 7617).
    pub basic_auth: Option<BasicAuth>,
    /// 0 judges the 3xx itself.
    pub max_redirects: u32,
    /// Reading the response stops there, in bytes.
    pub max_body: u64,
    /// Which addresses are asked.
    pub ip: IpPreference,
    /// Instead of the default that names Belfry and the public URL.
    pub user_agent: Option<http::HeaderValue>,
    /// What the answer must be.
    pub expect: Expectation,
}

/// Credentials for HTTP's Basic scheme.
#[derive(Debug, Clone, PartialEq)]
pub struct BasicAuth {
    /// No colon in it (RFC 7617 §2).
    pub user: String,
    /// Never shown.
    pub password: Secret,
}

/// Which of a name's addresses are asked; one connection each, no happy eyeballs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IpPreference {
    /// The first A, else the first AAAA.
    #[default]
    Any,
    /// The first A.
    V4,
    /// The first AAAA.
    V6,
    /// One of each; a single family that fails is a warning.
    Both,
}

/// `[probe.tcp]`.
#[derive(Debug, Clone)]
pub struct TcpCheck {
    /// A name or an address literal.
    pub host: String,
    /// 1 to 65535.
    pub port: u16,
    /// Speak TLS first; the certificate is checked against `host`.
    pub tls: bool,
    /// Sent once connected.
    pub send: Option<Secret>,
    /// What the bytes that come must match, within 64 KiB.
    pub expect: Option<regex::bytes::Regex>,
}

/// A regular expression is its text.
impl PartialEq for TcpCheck {
    fn eq(&self, other: &Self) -> bool {
        let Self { host, port, tls, send, expect } = self;
        let pattern = |expect: &Option<regex::bytes::Regex>| expect.as_ref().map(|regex| regex.as_str().to_owned());
        (host, port, tls, send) == (&other.host, &other.port, &other.tls, &other.send)
            && pattern(expect) == pattern(&other.expect)
    }
}

/// A consistent set of definitions, and what is wrong with those that are not in it.
#[derive(Debug, Clone, Default)]
pub struct DefinitionSet {
    /// By id; for a file that became bad, the last good version.
    pub definitions: BTreeMap<ComponentId, Arc<Definition>>,
    /// Files that are not used as they stand.
    pub quarantined: Vec<Quarantined>,
    /// Many components that were retired together by the change that led to this set.
    pub retired: Option<Retired>,
    /// Counts the swaps since the start.
    pub generation: u64,
}

/// Components whose files were removed together, which may be a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retired {
    /// How many.
    pub components: usize,
    /// How many there were.
    pub of: usize,
}

/// What cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// One file.
    File,
    /// The directory: it cannot be looked at, or it has lost everything at once.
    Directory,
}

/// A file that could not be used, or the directory itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Which of both.
    pub what: Unusable,
    /// The file's name, escaped; the directory's path where it is the directory.
    pub file: String,
    /// The component that goes on with its last good version.
    pub kept: Option<ComponentId>,
    /// The whole report, as `prober check` prints it.
    pub report: String,
}

impl DefinitionSet {
    /// Finds one probe.
    pub fn probe(&self, id: &ProbeId) -> Option<&Arc<ProbeDefinition>> {
        self.definitions.get(&id.component)?.probes.iter().find(|probe| probe.id == *id)
    }

    /// Whether the whole set goes on as it was, because its directory is lost.
    pub fn is_orphaned(&self) -> bool {
        self.quarantined.iter().any(|entry| entry.what == Unusable::Directory)
    }

    /// Every probe of every definition.
    pub fn probes(&self) -> impl Iterator<Item = &Arc<ProbeDefinition>> {
        self.definitions.values().flat_map(|definition| &definition.probes)
    }
}
