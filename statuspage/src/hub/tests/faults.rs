//! What operators hear of the monitor's own faults, and that what is open is stored together with what was told of it.

use std::{collections::BTreeSet, sync::atomic::Ordering};

use serde_json::{Value, json};

use super::*;
use crate::{
    metrics::Scrape,
    notify::{Course, Fault, FaultId, FaultKind, Matter, State},
    store::{Changes, RecordKey, Restored, StoreEvent, StoreFault},
};

fn low_space() -> StoreEvent {
    StoreEvent::Fault(StoreFault::LowSpace { dir: "data".into(), free: 1, reserve: 2 })
}

impl Bench {
    async fn hear(&mut self, event: StoreEvent) {
        let transitions = self.hub.take_event(event).await;
        self.hub.tell(&transitions).await;
    }

    /// `kill -9`, and what the store then gives back.
    async fn wreck(self) -> (Arc<TempDir>, Restored) {
        let Self { hub, events, directory } = self;
        let store = hub.store.clone();
        drop((hub, events));
        store.close(Duration::from_secs(30)).await;
        drop(store);
        let opened = Store::open(directory.path(), StoreOptions { reserve: 1 << 20, ..StoreOptions::default() });
        let Opened { handle, restored, .. } = opened.expect("opens");
        handle.close(Duration::from_secs(30)).await;
        (directory, restored)
    }
}

/// What is stored of a component.
async fn stored(bench: &Bench, component: &str) -> usize {
    let query = crate::store::ObservationQuery::since(id(component), lately().minus(EVERY));
    bench.hub.store.observations(query).await.expect("answers").observations.len()
}

#[tokio::test]
async fn results_of_probes_that_nobody_defined_are_stored_and_counted_and_change_nothing() {
    let mut bench = Bench::start(cloud()).await;
    let strangers = [results("forum", lately(), &DOWN), results("forum", lately().plus(EVERY), &UP)].concat();
    let mut unknown = results("cloud", lately(), &DOWN);
    unknown.iter_mut().for_each(|result| result.probe = "cloud/other".parse().expect("an id"));
    bench.take([strangers, unknown, results("cloud", lately().plus(EVERY), &UP)].concat()).await;
    assert_eq!(bench.status("cloud"), Status::Operational);
    assert_eq!(bench.snapshot().components.len(), 1, "nothing new is shown");
    assert_eq!(bench.told(), [""; 0]);
    assert_eq!(bench.hub.options.counters.unknown_probes.load(Ordering::Relaxed), 8);
    assert_eq!((stored(&bench, "forum").await, stored(&bench, "cloud").await), (5, 5));
    // A restart judges what was stored again.
    let mut bench = bench.killed(cloud()).await;
    assert_eq!(bench.status("cloud"), Status::Operational);
    assert_eq!((stored(&bench, "forum").await, stored(&bench, "cloud").await), (5, 5));
}

#[tokio::test]
async fn a_lasting_fault_and_its_end_are_told_once_over_a_restart_too() {
    let mut bench = Bench::start(cloud()).await;
    bench.hear(low_space()).await;
    bench.hear(low_space()).await;
    bench.hear(StoreEvent::CaughtUp).await;
    assert_eq!(bench.told(), ["monitor:low_space fault"]);
    assert!(bench.hub.present(now()).1.low_space_since.is_some());
    let mut bench = bench.killed(cloud()).await;
    bench.hear(low_space()).await;
    bench.deliver().await;
    assert_eq!(bench.told(), ["monitor:low_space fault"]);
    bench.hear(StoreEvent::RoomAgain).await;
    bench.hear(StoreEvent::RoomAgain).await;
    assert_eq!(bench.told(), ["monitor:low_space fault", "monitor:low_space fault_over"]);
    assert_eq!(bench.hub.present(now()).1.low_space_since, None);
}

#[tokio::test]
async fn a_store_that_failed_and_works_after_a_restart_is_told_to_work() {
    let mut bench = Bench::start(cloud()).await;
    bench.hear(StoreEvent::Fault(StoreFault::Failing("input/output error".into()))).await;
    bench.deliver().await;
    let bench = bench.killed(cloud()).await;
    assert_eq!(bench.told(), ["monitor:failing fault", "monitor:failing fault_over"]);
}

#[tokio::test]
async fn a_dead_man_switch_that_takes_no_ping_is_told_until_it_takes_one() {
    let mut bench = Bench::start(cloud()).await;
    let (begun, failing) = ("monitor:ping_failing fault", vec!["monitor:ping_failing fault"]);
    for (board, expected) in [
        (PingBoard::default(), vec![]),
        (PingBoard::noted(Some(lately()), 2), vec![]),
        (PingBoard::noted(Some(lately()), 3), failing.clone()),
        // As after a restart: nothing is known yet.
        (PingBoard::noted(None, 0), failing.clone()),
        (PingBoard::noted(None, 4), failing),
        (PingBoard::noted(Some(now()), 0), vec![begun, "monitor:ping_failing fault_over"]),
    ] {
        bench.hub.options.ping = board;
        bench.hub.oversee(now(), Instant::now()).await;
        bench.deliver().await;
        assert_eq!(bench.told(), expected);
    }
}

#[tokio::test]
async fn single_faults_are_told_each_for_itself() {
    let mut bench = Bench::start(cloud()).await;
    let faults = [
        StoreFault::SetAside { reason: "damaged".into(), kept: "store.damaged".into() },
        StoreFault::Gone("store".into()),
        StoreFault::CorruptRows { rows: 2 },
        StoreFault::Dropped { observations: 5 },
        StoreFault::RestoredFrom { backup: "backup.tar".into(), made_at: now() },
        StoreFault::DamagedBlock("13.blk".into()),
        StoreFault::MissingBlock("14.blk".into()),
        StoreFault::NotSealed("disk".into()),
        StoreFault::LostWrites { writes: 3 },
    ];
    for fault in faults {
        bench.hear(StoreEvent::Fault(fault)).await;
    }
    let expected = [
        "corrupt_rows",
        "damaged_files",
        "dropped",
        "gone",
        "lost_writes",
        "missing_files",
        "not_sealed",
        "restored_from",
        "set_aside",
    ];
    assert_eq!(bench.told(), expected.map(|word| format!("monitor:{word} fault")));
}

#[tokio::test]
async fn a_damaged_database_is_told_when_the_hub_starts() {
    let bench = Bench::start(cloud()).await;
    let (directory, _) = bench.wreck().await;
    let database = directory.path().join("store/db");
    std::fs::write(&database, vec![0xA5; 1 << 16]).expect("damaged");
    let options = StoreOptions { reserve: 1 << 20, ..StoreOptions::default() };
    let bench = Bench::over(directory, cloud(), options).await;
    let rows = bench.rows();
    let [Notification { subject: Subject::Monitor(Fault::SetAside { kept, .. }), .. }] = rows.as_slice() else {
        panic!("one message: {rows:?}")
    };
    assert!(Path::new(kept).exists(), "{kept}");
}

/// What happens in one transaction.
#[derive(Debug, Clone, Copy)]
enum Step {
    Observe(&'static str, u32, &'static [Verdict]),
    Tell,
    Deliver,
    Checkpoint,
    Low,
    Room,
    Retire,
}

const STORY: [Step; 18] = [
    Step::Observe("cluster", 0, &DOWN),
    Step::Tell,
    Step::Observe("app", 0, &DOWN),
    Step::Tell,
    Step::Checkpoint,
    Step::Deliver,
    Step::Low,
    Step::Observe("cluster", 6, &UP),
    Step::Tell,
    Step::Deliver,
    Step::Observe("cluster", 12, &DOWN),
    Step::Tell,
    Step::Room,
    Step::Observe("app", 12, &UP),
    Step::Tell,
    Step::Low,
    Step::Retire,
    Step::Checkpoint,
];

fn both() -> Arc<DefinitionSet> {
    set([definition("app", &["cluster"]), definition("cluster", &[])])
}

async fn walk(steps: &[Step]) -> Bench {
    let (start, mut bench, mut transitions) = (lately(), Bench::start(both()).await, Vec::new());
    for step in steps {
        match step {
            Step::Observe(component, after, verdicts) => {
                let results = results(component, start.plus(Duration::from_secs((*after).into())), verdicts);
                transitions.extend(bench.hub.take_observations(results).await);
            }
            Step::Tell => bench.hub.tell(&std::mem::take(&mut transitions)).await,
            Step::Deliver => bench.deliver().await,
            Step::Checkpoint => bench.hub.write_checkpoint(now()).await,
            Step::Low => bench.hear(low_space()).await,
            Step::Room => bench.hear(StoreEvent::RoomAgain).await,
            Step::Retire => {
                bench.hub.definitions = set([definition("app", &["cluster"])]);
                let transitions = bench.hub.take_definitions(now()).await;
                bench.hub.tell(&transitions).await;
            }
        }
    }
    bench
}

/// What is open and was told, by the records and by the messages.
fn open(restored: &Restored) -> (BTreeSet<String>, BTreeSet<String>) {
    let record = |(key, body): (&RecordKey, &bytes::Bytes)| {
        let body: Value = serde_json::from_slice(body).expect("JSON");
        match key {
            RecordKey::Incident(_) if body["incident"]["stage"] == "resolved" || body["memory"]["told"].is_null() => {
                None
            }
            RecordKey::Incident(id) => Some(format!("incident:{id}")),
            RecordKey::Fault(kind) => Some(format!("monitor:{kind}")),
            // Whether those agree with what is told is asked where the escalation is tested.
            RecordKey::Alarm(_) | RecordKey::Channel(_) => None,
            RecordKey::Outage(_)
            | RecordKey::Audit(_)
            | RecordKey::Maintenance(_)
            | RecordKey::Plan(_)
            | RecordKey::Mailing(_)
            | RecordKey::Mailed(_)
            | RecordKey::Location(_) => {
                panic!("nobody wrote {key:?}")
            }
        }
    };
    let mut told = BTreeSet::new();
    let mut rows = restored.notifications.clone();
    rows.sort_by_key(|row| (row.made_at, !matches!(row.kind, Kind::Down { .. })));
    for row in rows {
        let subject = row.subject.to_string();
        match row.kind {
            Kind::Down { .. } => drop(told.insert(subject)),
            Kind::Closed { .. } | Kind::Recovered { .. } | Kind::WasDown { .. } => drop(told.remove(&subject)),
            Kind::Noticed { .. }
            | Kind::Grown { .. }
            | Kind::Overdue { .. }
            | Kind::Reminder { .. }
            | Kind::Acknowledged { .. } => {}
        }
    }
    (restored.records.iter().filter_map(record).collect(), told)
}

#[tokio::test]
async fn wherever_the_process_stops_what_is_open_and_what_was_told_agree() {
    for length in 0..=STORY.len() {
        let steps = &STORY[..length];
        let (directory, restored) = walk(steps).await.wreck().await;
        let retired = steps.iter().any(|step| matches!(step, Step::Retire));
        let (kept, told) = open(&restored);
        assert_eq!(kept, told, "after {steps:?}");
        // And the next start adds what was observed and not yet told, but tells nothing twice.
        let definitions = if retired { set([definition("app", &["cluster"])]) } else { both() };
        let options = StoreOptions { reserve: 1 << 20, ..StoreOptions::default() };
        let bench = Bench::over(directory, definitions, options).await;
        let ids: BTreeSet<_> = bench.rows().into_iter().map(|row| row.id).collect();
        assert!(restored.notifications.iter().all(|row| ids.contains(&row.id)), "after {steps:?}");
        let untold = matches!(steps.last(), Some(Step::Observe(..)));
        assert!(untold || ids.len() == restored.notifications.len(), "after {steps:?}: {:?}", bench.told());
    }
}

/// A data directory as the version before left it: the open outages are part of the checkpoint.
async fn former(since: Timestamp, notifications: Vec<Notification>) -> Arc<TempDir> {
    let directory = Arc::new(tempfile::tempdir().expect("a directory"));
    let opened = Store::open(directory.path(), StoreOptions { reserve: 1 << 20, ..StoreOptions::default() });
    let store = opened.expect("opens").handle;
    let checkpoint = json!({ "at": since, "alarms": { "open": { "cloud": { "since": since, "told": true } } } });
    let documents = vec![("checkpoint", serde_json::to_vec(&checkpoint).expect("JSON").into())];
    store.apply(Changes { documents, notifications, ..Changes::default() }).await;
    store.close(Duration::from_secs(30)).await;
    directory
}

async fn over(directory: Arc<TempDir>) -> Bench {
    Bench::over(directory, cloud(), StoreOptions { reserve: 1 << 20, ..StoreOptions::default() }).await
}

#[tokio::test]
async fn an_outage_in_a_checkpoint_of_the_version_before_is_still_open() {
    let since = lately();
    let bench = over(former(since, vec![]).await).await;
    let (directory, restored) = bench.wreck().await;
    let is_one = |key: &&RecordKey| matches!(key, RecordKey::Incident(_) | RecordKey::Outage(_));
    let incidents: Vec<_> = restored.records.keys().filter(is_one).cloned().collect();
    assert_eq!(incidents, [RecordKey::Incident(crate::incident::id(since, "cloud"))]);
    let checkpoint: Value = serde_json::from_slice(&restored.documents["checkpoint"]).expect("JSON");
    assert_eq!(checkpoint, json!({ "at": since }));
    let mut bench = over(directory).await;
    bench.take(results("cloud", since.plus(EVERY), &UP)).await;
    assert_eq!(bench.told(), ["cloud recovered"]);
}

#[tokio::test]
async fn an_outage_whose_end_the_version_before_told_is_not_open() {
    let since = lately();
    let event = crate::notify::Event {
        subject: Subject::Incident(Box::new(Matter::outage(id("cloud"), "cloud".into(), since))),
        detected_at: since,
        kind: Kind::Recovered { since, until: since.plus(EVERY) },
    };
    let told = Notification::new(&"phone".parse().expect("a name"), &event);
    let told = Notification { state: State::Delivered { at: since.plus(EVERY), receipt: None }, ..told };
    let (_directory, restored) = over(former(since, vec![told]).await).await.wreck().await;
    let kept = restored.records.keys().filter(|key| !matches!(key, RecordKey::Channel(_)));
    assert_eq!(kept.count(), 0, "{:?}", restored.records);
}

#[tokio::test]
async fn a_fault_that_is_open_is_counted_and_no_longer_once_it_is_over() {
    let mut bench = Bench::start(cloud()).await;
    let open = |bench: &Bench| {
        let faults = bench.hub.options.counters.store_faults.each();
        let open = faults.into_iter().filter(|(_, open)| open.load(Ordering::Relaxed) == 1);
        open.map(|(kind, _)| kind).collect::<Vec<_>>()
    };
    bench.hear(low_space()).await;
    assert_eq!(open(&bench), [FaultKind::LowSpace]);
    bench.hear(StoreEvent::RoomAgain).await;
    assert_eq!(open(&bench), []);
}

#[tokio::test]
async fn the_outage_of_a_component_goes_on_under_its_new_name() {
    let mut bench = Bench::start(cloud()).await;
    bench.take(results("cloud", lately(), &DOWN)).await;
    let renamed = || set([Definition { formerly: vec![id("cloud")], ..definition("files", &[]) }]);
    let (directory, _) = bench.wreck().await;
    let options = StoreOptions { reserve: 1 << 20, ..StoreOptions::default() };
    let mut bench = Bench::over(directory, renamed(), options).await;
    assert_eq!(bench.told(), ["cloud down"]);
    bench.take(results("files", lately().plus(EVERY), &UP)).await;
    assert_eq!(bench.told(), ["cloud down", "cloud recovered"], "by the name that was told");
    let (_directory, restored) = bench.wreck().await;
    assert_eq!(open(&restored), (BTreeSet::new(), BTreeSet::new()));
}

#[tokio::test]
async fn every_kind_of_fault_that_lasts_is_in_the_metrics_while_something_has_it() {
    let mut bench = Bench::start(cloud()).await;
    let lasting: Vec<_> = FaultKind::ALL.into_iter().filter(|kind| kind.course() == Course::Lasting).collect();
    let open = |bench: &mut Bench| {
        let (snapshot, counters) = (bench.snapshot(), Arc::clone(&bench.hub.options.counters));
        let (store, prober, process) = (crate::store::Counters::default(), None, None);
        let text = Scrape { snapshot: &snapshot, now: now(), hub: &counters, store, prober, process }.render();
        let is_open = |kind: &&FaultKind| text.contains(&format!("belfry_fault{{kind=\"{kind}\"}} 1\n"));
        lasting.iter().filter(is_open).copied().collect::<Vec<_>>()
    };
    assert_eq!(open(&mut bench), []);
    for of in [None, Some("lyon".to_owned())] {
        let body = json!({ "since": now(), "fault": Fault::LowSpace { free: 1, reserve: 2 } }).to_string();
        let record = |kind: &FaultKind| (RecordKey::Fault(FaultId::new(*kind, of.clone())), body.clone().into());
        bench.hub.telling.alarms = alarm::Alarms::read(&lasting.iter().map(record).collect());
        assert_eq!(open(&mut bench), lasting, "{of:?}");
    }
}
