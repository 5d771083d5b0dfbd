//! Self-canaries: targets of our own on this machine, of which it is known what must be found. One always answers 502 and must be
//! reported down, one answers 200 and must be up, one never answers and must time out. What judges "all is well" whatever happens is
//! found out by them, and by nothing else.
//!
//! It does not know who compares what is found with what must be.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use shared::{ComponentId, FailureKind, Observation, ProbeId, ProbeName, Thresholds, Verdict};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::definition::{
    Check, Definition, DefinitionSet, Expectation, HttpCheck, IpPreference, ProbeDefinition, Schedule,
};

/// The component that canaries are probes of; no definition file may have this name.
const COMPONENT: &str = "belfry-canary";
/// How often each is asked.
const EVERY: Duration = Duration::from_secs(15);
/// How long each may take: the slow one always takes that long.
const TIMEOUT: Duration = Duration::from_secs(2);
/// Longest request head that is read, in bytes.
const HEAD: usize = 8 << 10;
/// How long a connection may last: longer than any probe waits.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections at once; only our own probes have any business here.
const CONNECTIONS: usize = 32;

/// Whether a prober has canaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Canaries {
    /// It probes them beside everything else.
    On,
    /// It does not.
    #[default]
    Off,
}

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Canary {
    /// Always answers 502.
    Failing,
    /// Always answers 200.
    Working,
    /// Never answers.
    Slow,
}

impl Canary {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Failing, Self::Working, Self::Slow];

    /// What it is called, and its path.
    pub fn word(self) -> &'static str {
        match self {
            Self::Failing => "502",
            Self::Working => "200",
            Self::Slow => "slow",
        }
    }

    /// The canary that an observation is of.
    pub fn of(observation: &Observation) -> Option<Self> {
        let name = observation.probe.name.as_str();
        Self::ALL.into_iter().find(|canary| is_canary(&observation.probe.component) && canary.word() == name)
    }

    /// Whether that is what must be found.
    pub fn is_as_expected(self, observation: &Observation) -> bool {
        let kind = observation.failure.as_ref().map(|failure| failure.kind);
        let status = observation.http.as_ref().map(|http| http.status);
        let found = (observation.verdict, kind, status);
        match self {
            Self::Failing => found == (Verdict::Fail, Some(FailureKind::HttpStatus), Some(502)),
            Self::Working => found == (Verdict::Pass, None, Some(200)),
            Self::Slow => found == (Verdict::Fail, Some(FailureKind::HttpTimeout), None),
        }
    }

    /// How often it is asked.
    pub fn every(self) -> Duration {
        EVERY
    }

    /// What must have been found of it within that time.
    pub fn patience(self) -> Duration {
        EVERY * 3 + TIMEOUT
    }

    fn probe(self, address: SocketAddr) -> Option<Arc<ProbeDefinition>> {
        let check = HttpCheck {
            url: Url::parse(&format!("http://{address}/{}", self.word())).ok()?,
            method: http::Method::GET,
            headers: Vec::new(),
            body: None,
            basic_auth: None,
            max_redirects: 0,
            max_body: 1_024,
            ip: IpPreference::Any,
            user_agent: None,
            expect: Expectation::default(),
        };
        Some(Arc::new(ProbeDefinition {
            id: ProbeId { component: component()?, name: ProbeName::from_str(self.word()).ok()? },
            schedule: Schedule::Every(EVERY),
            timeout: TIMEOUT,
            thresholds: Thresholds::default(),
            check: Check::Http(Box::new(check)),
        }))
    }
}

fn component() -> Option<ComponentId> {
    COMPONENT.parse().ok()
}

/// Whether a component is that of the canaries: never shown, never counted.
pub fn is_canary(component: &ComponentId) -> bool {
    component.as_str() == COMPONENT
}

/// The canaries as one component whose server listens at `address`; whoever only judges needs none.
pub fn definition(address: Option<SocketAddr>) -> Option<Definition> {
    let address = address.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 9)));
    let probes = Canary::ALL.into_iter().filter_map(|canary| canary.probe(address)).collect();
    Some(Definition::new(component()?, COMPONENT, probes))
}

/// The same set with the canaries in it.
pub(crate) fn with_canaries(set: &DefinitionSet, canaries: Option<&Arc<Definition>>) -> Arc<DefinitionSet> {
    let mut definitions = set.definitions.clone();
    definitions.extend(canaries.map(|canaries| (canaries.id.clone(), Arc::clone(canaries))));
    Arc::new(DefinitionSet { definitions, ..set.clone() })
}

/// Their server, on an address that only this machine reaches and a port that the system chose.
#[derive(Debug)]
pub(crate) struct Cage {
    listener: TcpListener,
    address: SocketAddr,
}

impl Cage {
    pub(crate) async fn open() -> std::io::Result<Self> {
        let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await {
            Ok(listener) => listener,
            // A machine with IPv6 alone.
            Err(_) => TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await?,
        };
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop`.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                Some(_ended) = connections.join_next(), if !connections.is_empty() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) if connections.len() < CONNECTIONS => {
                        connections.spawn(timeout(PATIENCE, answer(stream)));
                    }
                    Ok(_) => {}
                    // Out of descriptors: trying at once would only burn.
                    Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                },
            }
        }
    }
}

/// Answers one request as the canary of its path does; whoever asks for none gets nothing.
async fn answer(mut stream: TcpStream) {
    let mut head = Vec::new();
    let mut buffer = [0; 1_024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(read @ 1..) if head.len() < HEAD => head.extend_from_slice(&buffer[..read]),
            Ok(_) | Err(_) => return,
        }
    }
    let asks_for = |canary: &Canary| head.starts_with(format!("GET /{} ", canary.word()).as_bytes());
    let response = match Canary::ALL.into_iter().find(asks_for) {
        Some(Canary::Failing) => "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        Some(Canary::Working) => "HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\nok\n",
        // It says nothing, and holds the connection until the other side has had enough.
        Some(Canary::Slow) => return drop(stream.read(&mut buffer).await),
        None => return,
    };
    // A prober that went away has had its answer.
    let _ = stream.write_all(response.as_bytes()).await;
    let _ = stream.shutdown().await;
}

#[cfg(test)]
mod tests;
