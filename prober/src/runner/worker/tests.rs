use shared::{Timestamp, Timings};

use super::*;
use crate::{
    definition::{Check, Schedule, TcpCheck},
    network::NetworkOptions,
};

fn probe() -> ProbeDefinition {
    let check = TcpCheck { host: "127.0.0.1".to_owned(), port: 1, tls: false, send: None, expect: None };
    ProbeDefinition {
        id: "a/p".parse().expect("an id"),
        schedule: Schedule::Every(Duration::from_secs(30)),
        timeout: Duration::from_secs(1),
        thresholds: shared::Thresholds::default(),
        check: Check::Tcp(check),
    }
}

fn worker(out: mpsc::Sender<Observation>) -> Worker {
    let network = Network::new(&NetworkOptions::default()).expect("a network");
    let counters = Arc::<Counters>::default();
    Worker {
        location: "here".parse().expect("a name"),
        control: Control::new(&[], &network, Arc::clone(&counters)),
        ourselves: network.to_ourselves(),
        network,
        counters,
        room: Semaphore::new(10),
        out,
    }
}

#[tokio::test]
async fn a_panic_becomes_an_unknown_observation_and_is_counted() {
    let worker = worker(mpsc::channel(1).0);
    let panics = async { panic!("the unthinkable") };
    let observation = worker.caught(panics, &probe(), Attempt::Scheduled).await;
    let failure = observation.failure.expect("a reason");
    assert_eq!((observation.verdict, failure.kind), (Verdict::Unknown, FailureKind::ProberFault));
    assert_eq!(failure.evidence.as_deref(), Some("the unthinkable"));
    assert_eq!(worker.counters.read().panics, 1);
}

#[tokio::test(start_paused = true)]
async fn a_result_that_nobody_takes_is_dropped_and_counted_after_a_while() {
    let (out, mut taken) = mpsc::channel(1);
    let worker = worker(out);
    let observation = |id: &str| Observation {
        probe: id.parse().expect("an id"),
        location: "here".parse().expect("a name"),
        started_at: Timestamp::default(),
        verdict: Verdict::Pass,
        failure: None,
        timings: Timings::default(),
        duration: Duration::ZERO,
        http: None,
        certificate_expires_at: None,
        confirmation: false,
        address: None,
    };
    worker.hand_out(observation("a/first")).await;
    worker.hand_out(observation("a/second")).await;
    assert_eq!(worker.counters.read().dropped, 1);
    assert_eq!(taken.recv().await.map(|observation| observation.probe.to_string()).as_deref(), Some("a/first"));
}

#[tokio::test(start_paused = true)]
async fn an_execution_that_does_not_end_is_given_up_and_counted() {
    let worker = worker(mpsc::channel(1).0);
    let observation = worker.caught(std::future::pending(), &probe(), Attempt::Confirmation).await;
    assert_eq!((observation.verdict, observation.confirmation), (Verdict::Unknown, true));
    assert_eq!(worker.counters.read().overdue, 1);
}

#[test]
fn who_stood_still_says_so_instead_of_calling_a_target_late() {
    let at = Timestamp::from_millis;
    let (timeout, second) = (Duration::from_secs(10), Duration::from_secs(1));
    let check = |took: Duration, wall: i64, expected: bool| {
        assert_eq!(stood_still(timeout, took, (at(0), at(wall))), expected, "{took:?} {wall}");
    };
    check(second, 1_000, false);
    check(timeout + second, 11_000, false);
    check(timeout * 60, 600_000, true);
    check(second, 601_000, true);
    check(second, -3_600_000, false);
}
