//! The prober as a whole, against servers on loopback, in real time.

use std::{collections::BTreeMap, time::Duration};

use shared::{FailureKind, Verdict};
use tokio::{
    net::{TcpListener, TcpSocket},
    time::{Instant, timeout},
};

use super::*;
use crate::{
    definition::{Check, Definition, ProbeDefinition, Schedule, TcpCheck},
    faultd::{Act, Server},
    limits::raise_open_files,
    network::NetworkOptions,
};

const PATIENCE: Duration = Duration::from_secs(30);

fn probe(id: &str, server: &Server, every: Duration) -> Arc<ProbeDefinition> {
    probe_at(id, server.address().port(), every)
}

fn probe_at(id: &str, port: u16, every: Duration) -> Arc<ProbeDefinition> {
    let expect = Some(regex::bytes::Regex::new("^good").expect("a pattern"));
    let check = TcpCheck { host: "127.0.0.1".to_owned(), port, tls: false, send: None, expect };
    Arc::new(ProbeDefinition {
        id: id.parse().expect("an id"),
        schedule: Schedule::Every(every),
        timeout: PATIENCE,
        thresholds: shared::Thresholds::default(),
        check: Check::Tcp(check),
    })
}

fn set(probes: Vec<Arc<ProbeDefinition>>) -> Arc<DefinitionSet> {
    let id: shared::ComponentId = "a".parse().expect("an id");
    let definition = Definition::new(id.clone(), "A", probes);
    let definitions = BTreeMap::from([(id, Arc::new(definition))]);
    Arc::new(DefinitionSet { definitions, ..DefinitionSet::default() })
}

/// A prober that runs until it is dropped.
struct Running {
    definitions: watch::Sender<Arc<DefinitionSet>>,
    observations: mpsc::Receiver<Observation>,
    counters: Arc<Counters>,
    stop: CancellationToken,
    task: JoinSet<()>,
}

impl Running {
    fn start(set: Arc<DefinitionSet>, control: &[&str]) -> Self {
        let control = control.iter().map(|target| target.parse().expect("a control target")).collect();
        let options = RunnerOptions { control, ..RunnerOptions::at("here".parse().expect("a name")) };
        let prober = Prober::new(options, Network::new(&NetworkOptions::default()).expect("a network"));
        let (definitions, watched) = watch::channel(set);
        let (out, observations) = mpsc::channel(16);
        let (counters, stop) = (prober.counters(), CancellationToken::new());
        let mut task = JoinSet::new();
        task.spawn(prober.run(watched, out, stop.clone()));
        Self { definitions, observations, counters, stop, task }
    }

    async fn next(&mut self) -> Observation {
        timeout(PATIENCE, self.observations.recv()).await.expect("in time").expect("the prober runs")
    }

    /// The next observation that `wanted` likes.
    async fn find(&mut self, wanted: impl Fn(&Observation) -> bool) -> Observation {
        let until = Instant::now() + PATIENCE;
        loop {
            assert!(Instant::now() < until, "it did not come");
            let observation = self.next().await;
            if wanted(&observation) {
                return observation;
            }
        }
    }
}

async fn good() -> Server {
    Server::plain(vec![Act::say("good\n"), Act::Hold]).await.expect("a server")
}

async fn bad() -> Server {
    Server::plain(vec![Act::say("bad\n")]).await.expect("a server")
}

#[tokio::test]
async fn probes_run_at_their_interval_and_news_is_confirmed_at_once() {
    let server = bad().await;
    let mut running = Running::start(set(vec![probe("a/p", &server, Duration::from_secs(4))]), &[]);
    let (first, second, third) = (running.next().await, running.next().await, running.next().await);
    assert_eq!([first.confirmation, second.confirmation, third.confirmation], [false, true, true]);
    let after = |observation: &Observation| observation.started_at.since(first.ended_at());
    assert!(after(&second) >= Duration::from_millis(490), "{:?}", after(&second));
    assert!(after(&third) >= Duration::from_millis(1_490), "{:?}", after(&third));
    let counted = running.counters.read();
    assert!(counted.executed >= 3 && counted.scheduled == 1 && counted.panics == 0);
}

/// A port where the kernel takes connections in and nobody ever answers one; it costs no descriptor a connection.
fn silent() -> TcpListener {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("a port");
    socket.listen(4_096).expect("it listens")
}

#[tokio::test]
async fn a_thousand_targets_that_hang_do_not_delay_the_thousand_and_first() {
    raise_open_files();
    let (silent, server) = (silent(), good().await);
    let port = silent.local_addr().expect("it is bound").port();
    let mut probes: Vec<_> = (0..1_000).map(|i| probe_at(&format!("a/h{i}"), port, Duration::from_secs(1))).collect();
    probes.push(probe("a/good", &server, Duration::from_millis(100)));
    let mut running = Running::start(set(probes), &[]);
    let mut started = Vec::new();
    while running.counters.read().in_flight < 1_000 {
        started.push(running.next().await);
    }
    for _ in 0..10 {
        started.push(running.next().await);
    }
    let good = |observation: &Observation| (observation.probe.to_string(), observation.verdict);
    assert!(started.iter().all(|observation| good(observation) == ("a/good".to_owned(), Verdict::Pass)));
    let late = started.windows(2).map(|pair| pair[1].started_at.since(pair[0].started_at)).max();
    // Whoever waited for one of the others would wait for its deadline.
    assert!(late < Some(PATIENCE / 6), "{late:?}");
    assert!(running.counters.read().in_flight >= 1_000);
}

#[tokio::test]
async fn a_reload_stops_what_is_gone_and_starts_what_is_new() {
    let server = good().await;
    let kept = probe("a/kept", &server, Duration::from_millis(100));
    let gone = probe("a/gone", &server, Duration::from_millis(100));
    let mut running = Running::start(set(vec![Arc::clone(&kept), gone]), &[]);
    running.find(|observation| observation.probe.to_string() == "a/gone").await;
    let new = probe("a/new", &server, Duration::from_millis(100));
    running.definitions.send_replace(set(vec![kept, new]));
    running.find(|observation| observation.probe.to_string() == "a/new").await;
    // What was in the channel at the reload has been taken by now, apart from its sixteen places.
    for _ in 0..16 {
        running.next().await;
    }
    for _ in 0..20 {
        assert_ne!(running.next().await.probe.to_string(), "a/gone");
    }
    assert_eq!(running.counters.read().scheduled, 2);
}

#[tokio::test]
async fn it_stops_when_told_and_when_nobody_listens() {
    let hanging = Server::plain(vec![Act::Hold]).await.expect("a server");
    let probes = || set(vec![probe("a/p", &hanging, Duration::from_millis(10))]);
    let mut told = Running::start(probes(), &[]);
    told.stop.cancel();
    timeout(PATIENCE, told.task.join_next()).await.expect("in time").expect("a task").expect("no panic");
    let Running { observations, mut task, definitions, .. } = Running::start(probes(), &[]);
    drop(observations);
    timeout(PATIENCE, task.join_next()).await.expect("in time").expect("a task").expect("no panic");
    drop(definitions);
}

#[tokio::test]
async fn a_failure_of_a_blind_location_is_unknown() {
    let (server, seen) = (bad().await, good().await);
    let nowhere = good().await;
    let blind = format!("tcp://{}", nowhere.address());
    drop(nowhere);
    let sighted = format!("tcp://{}", seen.address());
    let probes = || set(vec![probe("a/p", &server, Duration::from_millis(100))]);
    let mut running = Running::start(probes(), &[&blind]);
    let observation = running.find(|observation| observation.verdict == Verdict::Unknown).await;
    let failure = observation.failure.expect("a reason");
    assert_eq!(failure.kind, FailureKind::ProberFault);
    assert_eq!(failure.detail, "this location cannot reach its control targets");
    assert!(failure.evidence.is_some_and(|evidence| evidence.starts_with("protocol: ")));
    let mut running = Running::start(probes(), &[&blind, &sighted]);
    for _ in 0..5 {
        assert_eq!(running.next().await.verdict, Verdict::Fail);
    }
}
