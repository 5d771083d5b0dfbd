//! Control targets: well-known places that tell whether this location sees anything at all.
//!
//! It does not know what a blind location means for a service.

use std::{
    fmt,
    future::Future,
    panic::AssertUnwindSafe,
    str::FromStr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::{
    FutureExt, StreamExt,
    future::{BoxFuture, Shared},
    stream::FuturesUnordered,
};
use shared::{Failure, FailureKind, LocationName, Observation, Thresholds, Verdict};
use tokio::time::Instant;
use url::Url;

use crate::{
    counters::Counters,
    definition::{
        Check, ExpectStatus, Expectation, HttpCheck, IpPreference, ProbeDefinition, Schedule, StatusPattern, TcpCheck,
    },
    network::Network,
    probe::{Attempt, execute, ours},
};

/// A place that answers unless this location's own network is broken: `https://…`, `http://…` or `tcp://host:port`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ControlTarget {
    /// Any HTTP answer will do.
    Http(Url),
    /// An accepted connection will do.
    Tcp {
        /// A name or an address literal.
        host: String,
        /// 1 to 65535.
        port: u16,
    },
}

/// The text names no control target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a control target reads https://example.org or tcp://host:port, without user and password")]
pub struct InvalidControlTarget;

impl FromStr for ControlTarget {
    type Err = InvalidControlTarget;

    fn from_str(text: &str) -> Result<Self, InvalidControlTarget> {
        let url = Url::parse(text).map_err(|_| InvalidControlTarget)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidControlTarget);
        }
        match (url.scheme(), url.host_str(), url.port()) {
            ("http" | "https", Some(_), _) => Ok(Self::Http(url)),
            ("tcp", Some(host), Some(port)) if port > 0 && matches!(url.path(), "" | "/") => {
                Ok(Self::Tcp { host: host.trim_matches(['[', ']']).to_owned(), port })
            }
            _ => Err(InvalidControlTarget),
        }
    }
}

impl fmt::Display for ControlTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(url) => write!(f, "{url}"),
            Self::Tcp { host, port } if host.contains(':') => write!(f, "tcp://[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "tcp://{host}:{port}"),
        }
    }
}

/// What a result says of which nobody can tell whether its target is at fault. Versions of before said it by this sentence alone, and
/// hubs of before know it by nothing else.
const BLIND: &str = "this location cannot reach its control targets";

/// Whether a result says that the place it comes from sees nothing: none of its control targets answered when its target did not.
pub fn saw_nothing(observation: &Observation) -> bool {
    let said = |failure: &Failure| failure.kind == FailureKind::ProberFault && failure.detail == BLIND;
    let blind = |failure: &Failure| failure.blind || said(failure);
    observation.verdict == Verdict::Unknown && observation.failure.as_ref().is_some_and(blind)
}

/// A control target must answer within that time.
const TIMEOUT: Duration = Duration::from_secs(3);
/// An answer of theirs holds for that long.
const HOLDS: Duration = Duration::from_secs(5);

/// Looks at the control targets when a probe has failed: once for all failures of the same few seconds.
pub(crate) struct Control {
    look: Option<Look>,
    counters: Arc<Counters>,
    /// The last look, perhaps one that is not over yet: everybody who asks meanwhile waits for the same one.
    last: Mutex<Option<Looking>>,
}

/// A look that several wait for, and when it was over.
type Looking = Shared<BoxFuture<'static, (Sight, Instant)>>;

/// What it takes to look.
struct Look {
    probes: Arc<[ProbeDefinition]>,
    location: LocationName,
    network: Network,
    /// What the last look saw: it is told when that changes, not every few seconds of a long night.
    blind: Arc<AtomicBool>,
}

/// Whether this location sees anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    Sighted,
    Blind,
}

impl Control {
    /// Control by `targets`; with none of them this location is never blind.
    pub(crate) fn new(targets: &[ControlTarget], network: &Network, counters: Arc<Counters>) -> Self {
        let probes: Arc<[_]> = targets.iter().filter_map(probe).collect();
        let location = LocationName::from_str("control").ok();
        let (network, blind) = (network.clone(), Arc::default());
        let look = location.filter(|_| !probes.is_empty()).map(|location| Look { probes, location, network, blind });
        Self { look, counters, last: Mutex::default() }
    }

    /// The observation itself; a failure becomes unknown, with the failure as evidence, when no control target can be reached.
    pub(crate) async fn sighted(&self, mut observation: Observation) -> Observation {
        let Some(look) = self.look.as_ref().filter(|_| observation.verdict == Verdict::Fail) else {
            return observation;
        };
        let (sight, _at) = self.current(look).await;
        if sight == Sight::Sighted {
            return observation;
        }
        self.counters.blind();
        let found = observation.failure.take().map(|failure| {
            let evidence = failure.evidence.unwrap_or_default();
            format!("{}: {} {evidence}", failure.kind, failure.detail)
        });
        let said = ours(BLIND).with_evidence(found.unwrap_or_default());
        observation.verdict = Verdict::Unknown;
        observation.failure = Some(Failure { blind: true, ..said });
        observation
    }

    /// The look that holds now, or a new one.
    fn current(&self, look: &Look) -> Looking {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let holds = |looking: &&Looking| looking.peek().is_none_or(|(_sight, at)| at.elapsed() < HOLDS);
        if let Some(looking) = last.as_ref().filter(holds) {
            return looking.clone();
        }
        last.insert(look.all().boxed().shared()).clone()
    }
}

impl Look {
    /// Asks all targets at once; done as soon as one of them can be reached, or none could by the timeout.
    fn all(&self) -> impl Future<Output = (Sight, Instant)> + Send + 'static {
        let (probes, location, network) = (Arc::clone(&self.probes), self.location.clone(), self.network.clone());
        let blind = Arc::clone(&self.blind);
        async move {
            // A panic here must not reach those who wait for this look; it is no sign of life.
            let ask = |probe| AssertUnwindSafe(execute(probe, &location, &network, Attempt::Scheduled)).catch_unwind();
            let mut asked: FuturesUnordered<_> = probes.iter().map(ask).collect();
            while let Some(asked) = asked.next().await {
                if asked.is_ok_and(|observation| matches!(observation.verdict, Verdict::Pass | Verdict::Warn)) {
                    if blind.swap(false, Ordering::Relaxed) {
                        tracing::info!("a control target can be reached again: failures of targets count");
                    }
                    return (Sight::Sighted, Instant::now());
                }
            }
            if !blind.swap(true, Ordering::Relaxed) {
                tracing::warn!("no control target can be reached: failures of targets become unknown");
            }
            (Sight::Blind, Instant::now())
        }
    }
}

/// A control target as a probe that asks for no more than a sign of life.
fn probe(target: &ControlTarget) -> Option<ProbeDefinition> {
    let check = match target {
        ControlTarget::Http(url) => Check::Http(Box::new(HttpCheck {
            url: url.clone(),
            method: http::Method::GET,
            headers: Vec::new(),
            body: None,
            basic_auth: None,
            max_redirects: 0,
            max_body: 0,
            ip: IpPreference::Any,
            user_agent: None,
            expect: Expectation {
                status: ExpectStatus((1..=9).map(StatusPattern::Class).collect()),
                ..Expectation::default()
            },
        })),
        ControlTarget::Tcp { host, port } => {
            Check::Tcp(TcpCheck { host: host.clone(), port: *port, tls: false, send: None, expect: None })
        }
    };
    Some(ProbeDefinition {
        id: "control/target".parse().ok()?,
        schedule: Schedule::Every(HOLDS),
        timeout: TIMEOUT,
        thresholds: Thresholds::default(),
        check,
    })
}

#[cfg(test)]
mod tests;
