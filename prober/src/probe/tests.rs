//! Probes against the scripted bad world: the target side of the fault matrix, as far as loopback goes.

mod connecting;
mod dns;
mod garbage;
mod http1;
mod http2;
mod redirects;
mod tcp;
mod tls;

use std::{io::Write, net::SocketAddr, time::Duration};

use shared::{FailureKind, Observation, Verdict};
use tempfile::NamedTempFile;

use super::{Attempt, execute};
use crate::{
    definition::{Check, Expectation, HttpCheck, IpPreference, ProbeDefinition, Schedule, TcpCheck, TextRule},
    faultd::{Act, Authority, Server},
    network::{Network, NetworkOptions, PrivateTargets},
};

/// A network that trusts an authority of its own, and asks name servers of its own.
struct Lab {
    network: Network,
    authority: Authority,
}

impl Lab {
    fn new() -> Self {
        Self::with(&[], PrivateTargets::Allow)
    }

    fn with(nameservers: &[SocketAddr], private_targets: PrivateTargets) -> Self {
        Self::made(nameservers, private_targets, "")
    }

    /// Trusts another certificate besides.
    fn trusting(pem: &str) -> Self {
        Self::made(&[], PrivateTargets::Allow, pem)
    }

    fn made(nameservers: &[SocketAddr], private_targets: PrivateTargets, pem: &str) -> Self {
        let authority = Authority::root("The lab's root");
        let mut file = NamedTempFile::new().expect("a temporary file");
        file.write_all(authority.pem().as_bytes()).expect("written");
        file.write_all(pem.as_bytes()).expect("written");
        let options = NetworkOptions {
            nameservers: nameservers.to_vec(),
            ca_file: Some(file.path().to_owned()),
            private_targets,
            ..NetworkOptions::default()
        };
        Self { network: Network::new(&options).expect("a network"), authority }
    }

    async fn probe(&self, check: Check, timeout: Duration) -> Observation {
        self.attempt(check, timeout, Attempt::Scheduled).await
    }

    async fn attempt(&self, check: Check, timeout: Duration, attempt: Attempt) -> Observation {
        let probe = ProbeDefinition {
            id: "lab/probe".parse().expect("an id"),
            schedule: Schedule::Every(Duration::from_secs(30)),
            timeout,
            thresholds: shared::Thresholds::default(),
            check,
        };
        let location = "lab".parse().expect("a name");
        execute(&probe, &location, &self.network, attempt).await
    }

    async fn get(&self, url: &str) -> Observation {
        self.http(get(url)).await
    }

    async fn http(&self, check: HttpCheck) -> Observation {
        self.probe(Check::Http(Box::new(check)), PATIENT).await
    }

    /// With a short time, for what is meant to run into the deadline.
    async fn hurried(&self, check: HttpCheck) -> Observation {
        self.probe(Check::Http(Box::new(check)), HURRIED).await
    }
}

const PATIENT: Duration = Duration::from_secs(20);
const HURRIED: Duration = Duration::from_millis(400);

fn get(url: &str) -> HttpCheck {
    HttpCheck {
        url: url.parse().expect("a URL"),
        method: http::Method::GET,
        headers: Vec::new(),
        body: None,
        basic_auth: None,
        max_redirects: 5,
        max_body: 1024 * 1024,
        ip: IpPreference::Any,
        user_agent: None,
        expect: Expectation::default(),
    }
}

fn containing(url: &str, needle: &str) -> HttpCheck {
    let expect = Expectation { body: vec![TextRule::Contains(needle.to_owned())], ..Expectation::default() };
    HttpCheck { expect, ..get(url) }
}

/// Asks a server with that script once; a pass has no kind.
async fn asked(script: Vec<Act>) -> Observation {
    let server = Server::plain(script).await.expect("a server");
    Lab::new().get(&server.url("/")).await
}

#[track_caller]
fn concluded(observation: &Observation, verdict: Verdict, kind: Option<FailureKind>) {
    let found = observation.failure.as_ref().map(|failure| failure.kind);
    assert_eq!((observation.verdict, found), (verdict, kind), "{observation:#?}");
}

#[track_caller]
fn failed(observation: &Observation, kind: FailureKind) {
    concluded(observation, Verdict::Fail, Some(kind));
}

#[track_caller]
fn passed(observation: &Observation) {
    concluded(observation, Verdict::Pass, None);
}

fn detail(observation: &Observation) -> &str {
    observation.failure.as_ref().map_or("", |failure| failure.detail.as_str())
}
