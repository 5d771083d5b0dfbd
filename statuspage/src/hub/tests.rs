//! The hub as an object: results and definitions are handed in, and what is published, told and written down is looked at.

mod bells;
mod declared;
mod desk;
mod evidence;
mod faults;
mod locations;
mod mailing;
mod maintenance;
mod restart;
mod upstream;
mod watched;

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use prober::{
    definition::{Check, Definition, DefinitionSet, ProbeDefinition, Schedule, TcpCheck},
    supervisor::{Pulse, Stability},
};
use shared::{ComponentId, Failure, FailureKind, Observation, Status, Thresholds, Timestamp, Timings, Verdict};
use tempfile::TempDir;
use tokio::sync::watch;

use super::*;
use crate::{
    incident::{Actor, Command, Rules},
    mailing::Mail,
    notify::{ChannelName, Kind, Means, Medium, Notification, Outcome, Receipt, Siren, Subject, Voice, recorder},
    server::stage,
    settings::DrillPlan,
    snapshot::{ComponentView, Snapshot, StoreState},
    store::{Opened, Store, StoreFault, StoreOptions},
    watch::PingBoard,
};

/// Between two results of a probe.
const EVERY: Duration = Duration::from_secs(30);
/// How long one result took.
const TOOK: Duration = Duration::from_millis(10);

fn id(text: &str) -> ComponentId {
    text.parse().expect("an id")
}

/// A component with one probe, `tcp`.
fn definition(component: &str, depends_on: &[&str]) -> Definition {
    let check = TcpCheck { host: "cloud.example.org".to_owned(), port: 443, tls: false, send: None, expect: None };
    let probe = ProbeDefinition {
        id: format!("{component}/tcp").parse().expect("an id"),
        schedule: Schedule::Every(EVERY),
        timeout: Duration::from_secs(5),
        thresholds: Thresholds::default(),
        check: Check::Tcp(check),
    };
    Definition {
        depends_on: depends_on.iter().map(|text| id(text)).collect(),
        ..Definition::new(id(component), component, vec![Arc::new(probe)])
    }
}

fn set(definitions: impl IntoIterator<Item = Definition>) -> Arc<DefinitionSet> {
    let definitions = definitions.into_iter().map(|definition| (definition.id.clone(), Arc::new(definition)));
    Arc::new(DefinitionSet { definitions: definitions.collect(), ..DefinitionSet::default() })
}

fn cloud() -> Arc<DefinitionSet> {
    set([definition("cloud", &[])])
}

/// One result of a component's probe.
fn result(component: &str, started_at: Timestamp, verdict: Verdict) -> Observation {
    let failure = match verdict {
        Verdict::Pass => None,
        Verdict::Warn => Some(Failure::new(FailureKind::Latency, "slow")),
        Verdict::Fail => Some(Failure::new(FailureKind::ConnectRefused, "connection refused")),
        Verdict::Unknown => Some(Failure::new(FailureKind::ProberFault, "no network")),
    };
    Observation {
        probe: format!("{component}/tcp").parse().expect("an id"),
        location: "local".parse().expect("a name"),
        started_at,
        verdict,
        failure,
        timings: Timings::default(),
        duration: TOOK,
        http: None,
        certificate_expires_at: None,
        confirmation: false,
        address: None,
    }
}

/// Results of a component in a row, a second apart, from `start` on.
fn results(component: &str, start: Timestamp, verdicts: &[Verdict]) -> Vec<Observation> {
    let seconds = (0..).map(Duration::from_secs);
    verdicts.iter().zip(seconds).map(|(verdict, after)| result(component, start.plus(after), *verdict)).collect()
}

/// A little while ago: everything that follows is fresh.
fn lately() -> Timestamp {
    now().minus(Duration::from_secs(40))
}

const DOWN: [Verdict; 3] = [Verdict::Fail; 3];
const UP: [Verdict; 2] = [Verdict::Pass; 2];

/// No way to tell anybody anything.
fn silence() -> Means {
    let site = stage::site();
    let voice = Voice {
        language: site.default_language(),
        time_zone: site.time_zone.clone(),
        site: "Belfry".to_owned(),
        public_url: None,
        key: None,
    };
    Means { channels: BTreeMap::new(), voice, client: recorder::client(), now }
}

/// A hub over a directory.
struct Bench {
    hub: Hub,
    events: StoreEvents,
    directory: Arc<TempDir>,
}

impl Bench {
    async fn start(definitions: Arc<DefinitionSet>) -> Self {
        let directory = Arc::new(tempfile::tempdir().expect("a directory"));
        Self::over(directory, definitions, StoreOptions { reserve: 1 << 20, ..StoreOptions::default() }).await
    }

    async fn over(directory: Arc<TempDir>, definitions: Arc<DefinitionSet>, options: StoreOptions) -> Self {
        Self::with(Mail::Off, directory, definitions, options).await
    }

    async fn with(mail: Mail, directory: Arc<TempDir>, definitions: Arc<DefinitionSet>, options: StoreOptions) -> Self {
        Self::found(mail, directory, definitions, options, Vec::new()).await
    }

    /// The store found these faults when it was opened, too.
    async fn found(
        mail: Mail,
        directory: Arc<TempDir>,
        definitions: Arc<DefinitionSet>,
        options: StoreOptions,
        faults: Vec<StoreFault>,
    ) -> Self {
        let mut opened = Store::open(Path::new(directory.path()), options).expect("opens");
        opened.restored.faults.extend(faults);
        let phone = vec![("phone".parse().expect("a name"), Medium::Ntfy)];
        Self::telling(phone, mail, directory, definitions, opened).await
    }

    async fn telling(
        channels: Vec<(ChannelName, Medium)>,
        mail: Mail,
        directory: Arc<TempDir>,
        definitions: Arc<DefinitionSet>,
        opened: Opened,
    ) -> Self {
        Self::begin(Self::options(channels, mail), directory, definitions, opened).await
    }

    async fn begin(
        options: HubOptions,
        directory: Arc<TempDir>,
        definitions: Arc<DefinitionSet>,
        opened: Opened,
    ) -> Self {
        let (hub, events) = Hub::restore(options, opened, definitions).await;
        Self { hub, events, directory }
    }

    fn options(channels: Vec<(ChannelName, Medium)>, mail: Mail) -> HubOptions {
        HubOptions {
            site: Arc::new(stage::site()),
            channels,
            policies: Vec::new(),
            drills: DrillPlan::weekly(),
            location: Some("local".parse().expect("a name")),
            counters: Arc::default(),
            rules: Rules { quiet: Duration::ZERO, gather: Duration::ZERO, reopen: Duration::from_secs(600) },
            maintenance: Vec::new(),
            mail,
            canaries: prober::canary::Canaries::Off,
            ping: PingBoard::default(),
            stability: Stability::Steady,
            max_bytes: 2_000_000_000,
            pulse: Pulse::new("hub", Duration::from_secs(30)),
            role: Role::Hub,
            upstream: None,
        }
    }

    /// Hands results in, one batch, and tells what follows.
    async fn take(&mut self, batch: Vec<Observation>) {
        let transitions = self.hub.take_observations(batch).await;
        self.hub.tell(&transitions).await;
        self.deliver().await;
    }

    /// The channel takes everything.
    async fn deliver(&mut self) {
        for row in self.rows().into_iter().filter(Notification::is_pending) {
            self.hub.settle(Outcome { id: row.id, at: now(), result: Ok(Receipt::default()) }).await;
        }
    }

    async fn define(&mut self, definitions: Arc<DefinitionSet>) {
        self.hub.definitions = definitions;
        let transitions = self.hub.take_definitions(now()).await;
        self.hub.tell(&transitions).await;
        self.hub.write_checkpoint(now()).await;
    }

    /// `kill -9` and a new start: nothing is written at the end.
    async fn killed(self, definitions: Arc<DefinitionSet>) -> Self {
        self.put_back(definitions, Vec::new()).await
    }

    /// The same, and the store found these faults.
    async fn put_back(self, definitions: Arc<DefinitionSet>, faults: Vec<StoreFault>) -> Self {
        let directory = self.end().await;
        let options = StoreOptions { reserve: 1 << 20, ..StoreOptions::default() };
        Self::found(Mail::Off, directory, definitions, options, faults).await
    }

    /// Nothing is written at the end.
    async fn end(self) -> Arc<TempDir> {
        let Self { hub, events, directory } = self;
        let store = hub.store.clone();
        drop((hub, events));
        store.close(Duration::from_secs(30)).await;
        directory
    }

    fn snapshot(&mut self) -> Snapshot {
        self.hub.present(now()).0
    }

    fn component(&mut self, text: &str) -> Arc<ComponentView> {
        let wanted = id(text);
        let snapshot = self.snapshot();
        snapshot.components.into_iter().find(|component| component.id == wanted).expect("it is on the page")
    }

    fn status(&mut self, text: &str) -> Status {
        self.component(text).status
    }

    fn rows(&self) -> Vec<Notification> {
        let mut rows = self.hub.telling.rows();
        rows.sort_by_key(|row| (row.made_at, row.word()));
        rows
    }

    /// What the channel is told: `cloud down`, `cluster+app down`.
    fn told(&self) -> Vec<String> {
        let subject = |row: &Notification| match &row.subject {
            Subject::Incident(matter) => {
                matter.first.iter().map(|named| named.name.as_str()).collect::<Vec<_>>().join("+")
            }
            Subject::Monitor(_) | Subject::Maintenance(_) | Subject::Drill(_) => row.subject.to_string(),
        };
        let words = |row: &Notification| format!("{} {}", subject(row), row.word());
        let mut told: Vec<_> = self.rows().iter().map(words).collect();
        told.sort();
        told
    }
}

#[tokio::test]
async fn an_outage_is_published_told_once_and_written_down() {
    let mut bench = Bench::start(cloud()).await;
    bench.take(results("cloud", lately(), &UP)).await;
    assert_eq!(bench.status("cloud"), Status::Operational);
    bench.take(results("cloud", lately().plus(EVERY), &DOWN)).await;
    let view = bench.component("cloud");
    assert_eq!((view.status, bench.snapshot().store), (Status::MajorOutage, StoreState::Synced));
    assert_eq!(view.reason.as_ref().map(|reason| reason.kind), Some(FailureKind::ConnectRefused));
    assert_eq!(view.history.failures.len(), 3);
    assert_eq!(bench.told(), ["cloud down"]);
    bench.hub.tell(&[]).await;
    assert_eq!(bench.told(), ["cloud down"]);
    let bench = bench.killed(cloud()).await;
    assert_eq!(bench.told(), ["cloud down"]);
}

#[tokio::test]
async fn a_message_names_the_probe_the_reason_and_the_first_failure() {
    let mut bench = Bench::start(cloud()).await;
    let began = lately();
    bench.take(results("cloud", began, &DOWN)).await;
    let rows = bench.rows();
    let [Notification { subject, kind: Kind::Down { since, cause: Some(cause) }, .. }] = rows.as_slice() else {
        panic!("one message: {rows:?}")
    };
    let Subject::Incident(matter) = subject else { panic!("of an incident: {subject:?}") };
    assert_eq!((&matter.id, *since), (&crate::incident::id(began, "cloud"), began));
    assert_eq!((cause.probe.to_string().as_str(), cause.detail.as_str()), ("cloud/tcp", "connection refused"));
}

#[tokio::test]
async fn without_a_store_it_judges_publishes_and_tells() {
    let directory = Arc::new(tempfile::tempdir().expect("a directory"));
    let mut bench =
        Bench::over(directory, cloud(), StoreOptions { reserve: u64::MAX, ..StoreOptions::default() }).await;
    bench.take(results("cloud", lately(), &DOWN)).await;
    assert_eq!(bench.status("cloud"), Status::MajorOutage);
    assert_eq!(bench.snapshot().store, StoreState::Absent);
    assert_eq!(bench.told(), ["cloud down", "monitor:no_space fault"]);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_behind_is_not_waited_for_again_and_again() {
    let directory = Arc::new(tempfile::tempdir().expect("a directory"));
    let mut bench =
        Bench::over(directory, cloud(), StoreOptions { reserve: u64::MAX, ..StoreOptions::default() }).await;
    let begun = Instant::now();
    for second in 0..30 {
        bench.take(results("cloud", lately().plus(Duration::from_secs(second)), &[Verdict::Pass])).await;
    }
    let waited = begun.elapsed();
    assert!(waited <= Duration::from_secs(2), "{waited:?}");
}

#[tokio::test]
async fn an_outage_that_another_explains_is_part_of_its_incident_over_a_restart_too() {
    let definitions = || set([definition("app", &["cluster"]), definition("cluster", &[])]);
    let mut bench = Bench::start(definitions()).await;
    bench.take(results("cluster", lately(), &DOWN)).await;
    bench.take(results("app", lately(), &DOWN)).await;
    assert_eq!(bench.told(), ["cluster down"]);
    let mut bench = bench.killed(definitions()).await;
    bench.take(results("cluster", lately().plus(EVERY), &UP)).await;
    assert_eq!(bench.told(), ["cluster down"], "it is not over while the other one fails");
    bench.take(results("app", lately().plus(EVERY), &UP)).await;
    assert_eq!(bench.told(), ["cluster down", "cluster+app recovered"]);
}

#[tokio::test]
async fn without_definitions_nothing_is_known() {
    let mut bench = Bench::start(set([])).await;
    let snapshot = bench.snapshot();
    assert_eq!((snapshot.status, snapshot.components.len()), (Status::Unknown, 0));
    bench.take(results("ghost", lately(), &DOWN)).await;
    assert_eq!(bench.told(), [""; 0]);
}

#[tokio::test]
async fn a_component_that_comes_back_has_its_past() {
    let mut bench = Bench::start(cloud()).await;
    bench.take(results("cloud", lately(), &DOWN)).await;
    bench.define(set([])).await;
    assert_eq!(bench.snapshot().components.len(), 0);
    bench.define(cloud()).await;
    bench.take(results("cloud", lately().plus(EVERY), &UP)).await;
    let check = |history: &crate::snapshot::HistoryView| {
        assert_eq!(history.failures.len(), 3);
        assert_eq!(history.days.last().map(|day| day.worst), Some(Status::MajorOutage));
    };
    check(&bench.component("cloud").history);
    bench.hub.write_checkpoint(now()).await;
    check(&bench.killed(cloud()).await.component("cloud").history);
}

#[tokio::test]
async fn what_arrived_at_the_very_end_is_not_told_again_after_the_next_start() {
    let mut bench = Bench::start(cloud()).await;
    let transitions = bench.hub.take_observations(results("cloud", lately(), &DOWN)).await;
    bench.hub.tell(&transitions).await;
    let (sender, outcomes) = mpsc::channel(8);
    for row in bench.rows() {
        sender.try_send(Outcome { id: row.id, at: now(), result: Ok(Receipt::default()) }).expect("there is room");
    }
    let (seam, observations) = mpsc::channel(8);
    for observation in results("cloud", lately().plus(EVERY), &UP) {
        seam.try_send(observation).expect("there is room");
    }
    bench.hub.finish(observations, outcomes, Vec::new()).await;
    let mut bench = bench.killed(cloud()).await;
    assert_eq!(
        (bench.status("cloud"), bench.told()),
        (Status::Operational, vec!["cloud down".into(), "cloud recovered".into()])
    );
    let pending: Vec<_> = bench.rows().into_iter().filter(Notification::is_pending).map(|row| row.word()).collect();
    assert_eq!(pending, ["recovered"]);
}

#[tokio::test]
async fn the_loop_publishes_what_comes_and_ends_when_told() {
    let Bench { mut hub, events, directory: _directory } = Bench::start(cloud()).await;
    let (definitions, defined) = watch::channel(cloud());
    let (seam, observations) = mpsc::channel(8);
    let (snapshot, watched) = hub.present(now());
    let (snapshot, mut published) = watch::channel(Arc::new(snapshot));
    let (watched, _input) = watch::channel(watched);
    let (desk, end) = desk();
    let (mail, _postman) = crate::mailing::post();
    let (burning, burns) = watch::channel(Arc::default());
    let (_siren, posts) = Siren::new(silence(), burns);
    let (_steward, readings) = mpsc::channel(1);
    let (_nobody, upstream) = watch::channel(None);
    let wiring = Wiring {
        upstream,
        definitions: defined,
        observations,
        snapshot,
        watch: watched,
        desk: end,
        mail,
        readings,
        locations: counter().1,
        burning,
        posts,
    };
    let (stop, mut tasks) = (CancellationToken::new(), tokio::task::JoinSet::new());
    let telling = Teller::start(silence(), Pulse::new("teller", Duration::from_secs(30)), &mut tasks, stop.clone());
    tasks.spawn(hub.run(wiring, events, telling, stop.clone()));
    for observation in results("cloud", lately(), &DOWN) {
        seam.send(observation).await.expect("the hub listens");
    }
    let limit = Duration::from_secs(30);
    let down = published.wait_for(|snapshot| snapshot.status == Status::MajorOutage);
    tokio::time::timeout(limit, down).await.expect("in time").expect("the hub lives");
    let incident = published.borrow().incidents.first().expect("it opened").id.clone();
    let taken = desk.order(Actor::Socket, Command::Acknowledge { incident }).await.expect("carried out");
    assert!(taken.acknowledgement.is_some());
    assert_eq!(desk.audit().len(), 1);
    definitions.send_replace(set([]));
    let gone = published.wait_for(|snapshot| snapshot.components.is_empty());
    tokio::time::timeout(limit, gone).await.expect("in time").expect("the hub lives");
    stop.cancel();
    tokio::time::timeout(limit, tasks.join_all()).await.expect("everything ends");
}
