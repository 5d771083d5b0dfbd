//! A restart: the same states, the same past, and everything told once, whenever the process was killed.

use proptest::prelude::*;

use super::*;

/// What must be the same after a restart.
#[derive(Debug, PartialEq)]
struct Known {
    status: Status,
    reason: Option<crate::snapshot::Reason>,
    failures: Vec<Arc<Observation>>,
    told: Vec<String>,
}

fn known(bench: &mut Bench) -> Known {
    let view = bench.component("cloud");
    let (status, reason, failures) = (view.status, view.reason.clone(), view.history.failures.clone());
    Known { status, reason, failures, told: bench.told() }
}

fn verdict() -> impl Strategy<Value = Verdict> {
    prop_oneof![4 => Just(Verdict::Pass), 4 => Just(Verdict::Fail), 1 => Just(Verdict::Warn), 1 => Just(Verdict::Unknown)]
}

/// The hub takes these results, writes a checkpoint after some of them and is killed after others; another one never is.
async fn compare(verdicts: &[Verdict], checkpoint: usize, kill: usize) {
    let (start, mut live, mut killed) = (lately(), Bench::start(cloud()).await, Bench::start(cloud()).await);
    for (n, observation) in results("cloud", start, verdicts).into_iter().enumerate() {
        if n == checkpoint {
            // As if it had been written when this one came.
            killed.hub.write_checkpoint(observation.started_at).await;
        }
        if n == kill {
            killed = killed.killed(cloud()).await;
        }
        live.take(vec![observation.clone()]).await;
        killed.take(vec![observation]).await;
    }
    killed = killed.killed(cloud()).await;
    assert_eq!(known(&mut killed), known(&mut live));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_restart_knows_and_has_told_what_a_hub_that_went_on_knows(
        verdicts in prop::collection::vec(verdict(), 1..30), checkpoint in 0..30_usize, kill in 0..30_usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(compare(&verdicts, checkpoint, kill));
    }
}

#[tokio::test]
async fn an_outage_that_was_stored_and_not_told_is_told_after_the_restart() {
    let mut bench = Bench::start(cloud()).await;
    bench.hub.write_checkpoint(lately()).await;
    // Killed between judging and telling.
    bench.hub.take_observations(results("cloud", lately(), &DOWN)).await;
    let bench = bench.killed(cloud()).await;
    assert_eq!(bench.told(), ["cloud down"]);
}

#[tokio::test]
async fn what_came_late_counts_after_a_restart_for_as_long_as_it_proves_something() {
    let mut slow = definition("cloud", &[]);
    let probe =
        ProbeDefinition { schedule: Schedule::Every(Duration::from_secs(600)), ..slow.probes[0].as_ref().clone() };
    slow.probes = vec![Arc::new(probe)];
    let definitions = set([slow]);
    let mut bench = Bench::start(Arc::clone(&definitions)).await;
    bench.hub.write_checkpoint(now()).await;
    // What a location reports once it is back was observed long before the checkpoint.
    bench.take(results("cloud", now().minus(Duration::from_secs(1_500)), &DOWN)).await;
    assert_eq!(bench.status("cloud"), Status::MajorOutage);
    let mut bench = bench.killed(definitions).await;
    assert_eq!((bench.status("cloud"), bench.told()), (Status::MajorOutage, vec!["cloud down".to_owned()]));
}

#[tokio::test]
async fn the_end_of_an_outage_from_before_the_restart_is_told() {
    let mut bench = Bench::start(cloud()).await;
    bench.hub.write_checkpoint(lately()).await;
    bench.take(results("cloud", lately(), &DOWN)).await;
    let mut bench = bench.killed(cloud()).await;
    bench.take(results("cloud", lately().plus(EVERY), &UP)).await;
    assert_eq!(bench.told(), ["cloud down", "cloud recovered"]);
}

#[tokio::test]
async fn a_second_outage_after_a_restart_is_told() {
    let mut bench = Bench::start(cloud()).await;
    bench.take(results("cloud", lately(), &DOWN)).await;
    bench.hub.write_checkpoint(lately().plus(Duration::from_secs(5))).await;
    bench.take(results("cloud", lately().plus(Duration::from_secs(10)), &UP)).await;
    let mut bench = bench.killed(cloud()).await;
    bench.take(results("cloud", lately().plus(EVERY), &DOWN)).await;
    assert_eq!(bench.told(), ["cloud down", "cloud down", "cloud recovered"]);
}

#[tokio::test]
async fn a_component_defined_while_the_hub_was_off_begins_with_the_start() {
    let mut bench = Bench::start(cloud()).await;
    bench.take(results("cloud", lately(), &UP)).await;
    bench.hub.write_checkpoint(lately().plus(Duration::from_secs(5))).await;
    let before = now();
    let mut bench = bench.killed(set([definition("cloud", &[]), definition("wiki", &[])])).await;
    assert!(bench.component("wiki").created_at >= before);
    assert!(bench.component("cloud").created_at <= before);
}

#[tokio::test]
async fn a_database_that_opens_late_brings_its_open_outage_to_an_end() {
    let mut bench = Bench::start(cloud()).await;
    bench.take(results("cloud", lately(), &DOWN)).await;
    bench.hub.write_checkpoint(now()).await;
    let Bench { hub, events, directory } = bench;
    let store = hub.store.clone();
    drop((hub, events));
    store.close(Duration::from_secs(30)).await;
    drop(store);
    let opened = Store::open(directory.path(), StoreOptions { reserve: 1 << 20, ..StoreOptions::default() });
    let restored = opened.expect("opens").restored;
    // The next process began without that database, and the component works again.
    let mut bench = Bench::start(cloud()).await;
    bench.take(results("cloud", lately().plus(EVERY), &UP)).await;
    let transitions = bench.hub.take_event(crate::store::StoreEvent::OpenedLate(Box::new(restored))).await;
    bench.hub.tell(&transitions).await;
    assert_eq!(bench.told(), ["cloud down", "cloud recovered"]);
}

/// `cloud` is called `nuage` from now on.
fn renamed() -> Arc<DefinitionSet> {
    set([Definition { formerly: vec![id("cloud")], ..definition("nuage", &[]) }])
}

#[tokio::test]
async fn a_component_with_a_new_name_has_its_past_at_once_and_after_a_restart() {
    let check = |bench: &mut Bench| {
        let history = &bench.component("nuage").history;
        assert_eq!(history.failures.len(), 3);
        assert!(history.failures.iter().all(|failure| failure.probe.component == id("nuage")));
        assert_eq!(history.days.last().map(|day| day.worst), Some(Status::MajorOutage));
    };
    let mut bench = Bench::start(cloud()).await;
    bench.take(results("cloud", lately(), &DOWN)).await;
    bench.take(results("cloud", lately().plus(EVERY), &UP)).await;
    bench.hub.write_checkpoint(now()).await;
    // While it runs.
    bench.define(renamed()).await;
    check(&mut bench);
    bench.take(results("nuage", lately().plus(EVERY * 2), &UP)).await;
    assert_eq!(bench.status("nuage"), Status::Operational);
    bench.hub.write_checkpoint(now()).await;
    let mut bench = bench.killed(renamed()).await;
    check(&mut bench);
    assert_eq!(bench.status("nuage"), Status::Operational);
}

#[tokio::test]
async fn a_component_that_was_renamed_while_the_hub_was_off_goes_on_as_it_was() {
    let mut bench = Bench::start(cloud()).await;
    bench.take(results("cloud", lately(), &DOWN)).await;
    bench.hub.write_checkpoint(now()).await;
    let mut bench = bench.killed(renamed()).await;
    assert_eq!(bench.status("nuage"), Status::MajorOutage);
    assert_eq!(bench.component("nuage").history.failures.len(), 3);
}

#[tokio::test]
async fn what_waited_in_a_backup_that_was_put_back_is_history_and_that_is_told_once() {
    let mut bench = Bench::start(cloud()).await;
    let transitions = bench.hub.take_observations(results("cloud", lately(), &DOWN)).await;
    bench.hub.tell(&transitions).await;
    assert!(bench.rows().iter().any(Notification::is_pending), "nobody has taken it");
    let fault = StoreFault::RestoredFrom { backup: "backup.tar".into(), made_at: now() };
    let bench = bench.put_back(cloud(), vec![fault]).await;
    let rows = bench.rows();
    let pending: Vec<_> = rows.iter().filter(|row| row.is_pending()).map(|row| row.subject.to_string()).collect();
    assert_eq!(pending, ["monitor:restored_from"]);
    let bench = bench.killed(cloud()).await;
    assert_eq!(bench.rows().len(), rows.len(), "a further start tells nothing more");
}
