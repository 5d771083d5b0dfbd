//! Name resolution: asks the name servers anew for each probe, and tells apart why an answer did not come.
//!
//! It does not know which of a name's addresses are allowed, nor what a failure means for a probe.
//!
//! Names are taken as fully qualified: a search list never makes a name answer here that users elsewhere cannot resolve. With the
//! system's name servers `/etc/hosts` counts as it does for every other program; with name servers of our own only they are asked.
//! `localhost` is always this machine (RFC 6761).
//!
//! Whether silence is the name's fault or our servers' cannot be seen from one name: such a probe fails with a time-out. Silence about
//! three names in a row, with no answer about any other in between, is taken for our own fault. Control targets say it sooner.

mod silence;

use std::{
    net::{IpAddr, SocketAddr},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig},
    lookup::Lookup,
    net::{DnsError, NetError, NoRecords, runtime::TokioRuntimeProvider},
    proto::{
        op::ResponseCode,
        rr::{Name, RData, RecordType},
    },
    system_conf::read_system_conf,
};
use tokio::time::{Instant, sleep_until, timeout_at};

use silence::Silence;

use crate::local::{self, LocalFault};

/// How long the first of several name servers is waited for before the next one is asked; doubled each time round.
const PATIENCE: Duration = Duration::from_secs(2);
/// From one time round to the next, at least.
const PAUSE: Duration = Duration::from_millis(100);
/// When hickory gives up on one server; longer than most deadlines, which end the wait first.
const GIVE_UP: Duration = Duration::from_secs(10);

/// The name servers that are asked; the one that answered last is asked first.
pub(crate) struct Resolver {
    /// One client a server, so that what each of them answered is known.
    servers: Vec<TokioResolver>,
    preferred: AtomicUsize,
    silence: Silence,
}

/// Which kind of address is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// A records.
    V4,
    /// AAAA records.
    V6,
}

impl Family {
    fn record_type(self) -> RecordType {
        match self {
            Self::V4 => RecordType::A,
            Self::V6 => RecordType::AAAA,
        }
    }
}

/// The addresses of a name, at least one, in the order of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Addresses {
    first: IpAddr,
    others: Vec<IpAddr>,
}

impl Addresses {
    /// The one that is tried.
    pub(crate) fn first(&self) -> IpAddr {
        self.first
    }

    /// All of them.
    pub(crate) fn all(self) -> Vec<IpAddr> {
        let Self { first, mut others } = self;
        others.insert(0, first);
        others
    }
}

impl From<IpAddr> for Addresses {
    fn from(only: IpAddr) -> Self {
        Self { first: only, others: Vec::new() }
    }
}

/// Why a name has no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LookupError {
    /// NXDOMAIN.
    #[error("the name does not exist")]
    NxDomain,
    /// The name exists and has no such record.
    #[error("the name has no address")]
    NoData,
    /// SERVFAIL from every server that answered.
    #[error("the name servers failed")]
    ServFail,
    /// REFUSED from every server that answered.
    #[error("the name servers refused to answer")]
    Refused,
    /// No server answered by the deadline.
    #[error("no answer from the name servers by the deadline")]
    Timeout,
    /// Another answer that is of no use; the words are for operators.
    #[error("the answer of the name servers is of no use")]
    Useless(String),
    /// The fault is on our side; the words hold nothing private.
    #[error("{0}")]
    Ours(String),
}

/// What one server said.
enum Said {
    Addresses(Option<Addresses>),
    Final(LookupError),
    Elsewhere(LookupError),
    Nothing,
    Unasked(String),
}

impl Resolver {
    /// Asks `nameservers`, or the system's when there are none.
    pub(crate) fn new(nameservers: &[SocketAddr]) -> Result<Self, NetError> {
        let (servers, hosts) = match nameservers {
            [] => (system_servers(), ResolveHosts::Always),
            given => (given.iter().map(|&address| server(address)).collect(), ResolveHosts::Never),
        };
        // Without any server there is still this machine's own name, and a clear word for every other one.
        let clients =
            if servers.is_empty() { vec![vec![]] } else { servers.into_iter().map(|one| vec![one]).collect() };
        let servers = clients.into_iter().map(|servers| client(servers, hosts)).collect::<Result<_, _>>()?;
        Ok(Self { servers, preferred: AtomicUsize::new(0), silence: Silence::default() })
    }

    /// The addresses of `host` in `family`.
    pub(crate) async fn lookup(&self, host: &str, family: Family, deadline: Instant) -> Result<Addresses, LookupError> {
        let mut name = Name::from_ascii(host).map_err(|error| LookupError::Useless(error.to_string()))?;
        name.set_fqdn(true);
        let mut patience = PATIENCE;
        loop {
            let asked = Instant::now();
            match self.ask_all(&name, family, patience, deadline).await {
                Some(answer) => return answer,
                None if Instant::now() >= deadline => return Err(self.silent(host)),
                // A client that is busy says so at once.
                None => sleep_until(deadline.min(asked + PAUSE)).await,
            }
            patience = patience.saturating_mul(2);
        }
    }

    /// Asks each server once; nothing when none of them answered in time.
    async fn ask_all(
        &self,
        name: &Name,
        family: Family,
        patience: Duration,
        deadline: Instant,
    ) -> Option<Result<Addresses, LookupError>> {
        let count = self.servers.len();
        let first = self.preferred.load(Ordering::Relaxed);
        let (mut refused, mut unasked, mut silent) = (None, None, false);
        for index in (0..count).map(|i| (first + i) % count) {
            let until = if count == 1 { deadline } else { deadline.min(Instant::now() + patience) };
            match self.ask(index, name, family, until).await {
                Said::Addresses(addresses) => {
                    self.answered(index);
                    return Some(addresses.ok_or(LookupError::NoData));
                }
                Said::Final(error) => {
                    self.answered(index);
                    return Some(Err(error));
                }
                Said::Elsewhere(error) => refused = refused.or(Some(error)),
                Said::Unasked(error) => unasked = unasked.or(Some(LookupError::Ours(error))),
                Said::Nothing => silent = true,
            }
        }
        if refused.is_some() {
            self.silence.broken();
        }
        refused.or(if silent { None } else { unasked }).map(Err)
    }

    async fn ask(&self, index: usize, name: &Name, family: Family, until: Instant) -> Said {
        let Some(server) = self.servers.get(index) else { return Said::Nothing };
        match timeout_at(until, server.lookup(name.clone(), family.record_type())).await {
            Ok(Ok(lookup)) => Said::Addresses(addresses(&lookup, family)),
            Ok(Err(error)) => said(&error),
            Err(_elapsed) => Said::Nothing,
        }
    }

    fn answered(&self, index: usize) {
        self.silence.broken();
        self.preferred.store(index, Ordering::Relaxed);
    }

    /// Silence about one name may be the name's fault; about several, with no answer in between, it is our servers'.
    fn silent(&self, host: &str) -> LookupError {
        if self.silence.about(host) {
            LookupError::Ours("the name servers of this location do not answer".to_owned())
        } else {
            LookupError::Timeout
        }
    }
}

fn system_servers() -> Vec<NameServerConfig> {
    match read_system_conf() {
        Ok((config, _options)) => config.name_servers,
        Err(error) => {
            tracing::warn!(%error, "no name server is known from the system: names cannot be resolved");
            Vec::new()
        }
    }
}

fn server(address: SocketAddr) -> NameServerConfig {
    let on_port = |mut connection: ConnectionConfig| {
        connection.port = address.port();
        connection
    };
    NameServerConfig::new(address.ip(), true, vec![on_port(ConnectionConfig::udp()), on_port(ConnectionConfig::tcp())])
}

fn client(servers: Vec<NameServerConfig>, hosts: ResolveHosts) -> Result<TokioResolver, NetError> {
    let config = ResolverConfig::from_name_servers(servers);
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    let options = builder.options_mut();
    options.timeout = GIVE_UP;
    // We go round the servers ourselves.
    options.attempts = 0;
    options.use_hosts_file = hosts;
    // A probe sees what a newcomer sees: nothing is remembered between two of them.
    options.cache_size = 0;
    options.positive_max_ttl = Some(Duration::ZERO);
    options.negative_max_ttl = Some(Duration::ZERO);
    builder.build()
}

fn addresses(lookup: &Lookup, family: Family) -> Option<Addresses> {
    let mut found = lookup.answers().iter().filter_map(|record| match (&record.data, family) {
        (RData::A(address), Family::V4) => Some(IpAddr::V4(address.0)),
        (RData::AAAA(address), Family::V6) => Some(IpAddr::V6(address.0)),
        (_, Family::V4 | Family::V6) => None,
    });
    Some(Addresses { first: found.next()?, others: found.collect() })
}

fn said(error: &NetError) -> Said {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(NoRecords { response_code, .. })) => match *response_code {
            ResponseCode::NXDomain => Said::Final(LookupError::NxDomain),
            ResponseCode::NoError => Said::Final(LookupError::NoData),
            other => Said::Elsewhere(LookupError::Useless(other.to_string())),
        },
        NetError::Dns(DnsError::ResponseCode(ResponseCode::ServFail)) => Said::Elsewhere(LookupError::ServFail),
        NetError::Dns(DnsError::ResponseCode(ResponseCode::Refused)) => Said::Elsewhere(LookupError::Refused),
        NetError::Timeout | NetError::Busy => Said::Nothing,
        NetError::NoConnections => Said::Unasked("no name server is configured".to_owned()),
        NetError::Io(error) => match local::fault(error) {
            LocalFault::Ours(words) => Said::Unasked(words.to_owned()),
            LocalFault::NotOurs => Said::Unasked("the name servers of this location cannot be reached".to_owned()),
        },
        other => Said::Elsewhere(LookupError::Useless(other.to_string())),
    }
}
