use shared::{Failure, FailureKind, Timestamp, Timings};

use super::*;
use crate::{
    faultd::{Act, Server},
    network::NetworkOptions,
};

fn failure() -> Observation {
    Observation {
        probe: "a/p".parse().expect("an id"),
        location: "here".parse().expect("a name"),
        started_at: Timestamp::default(),
        verdict: Verdict::Fail,
        failure: Some(Failure::new(FailureKind::HttpStatus, "502 Bad Gateway").with_evidence("<h1>")),
        timings: Timings::default(),
        duration: Duration::ZERO,
        http: None,
        certificate_expires_at: None,
        confirmation: false,
        address: None,
    }
}

fn control(targets: &[String]) -> Control {
    let targets: Vec<_> = targets.iter().map(|target| target.parse().expect("a control target")).collect();
    let network = Network::new(&NetworkOptions::default()).expect("a network");
    Control::new(&targets, &network, Arc::default())
}

/// Answers every request so that it can be counted who asked.
async fn witness() -> Server {
    Server::plain(vec![Act::Listen, Act::answer("503 Service Unavailable", "")]).await.expect("a server")
}

const NOWHERE: &str = "tcp://169.254.1.1:1";

#[tokio::test]
async fn without_control_targets_a_failure_stays_one() {
    assert_eq!(control(&[]).sighted(failure()).await, failure());
}

#[tokio::test]
async fn one_control_target_that_answers_anything_is_enough() {
    let witness = witness().await;
    let control = control(&[NOWHERE.to_owned(), witness.url("/")]);
    assert_eq!(control.sighted(failure()).await, failure());
}

#[tokio::test]
async fn blindness_makes_a_failure_unknown_and_keeps_it_as_evidence() {
    let observation = control(&[NOWHERE.to_owned()]).sighted(failure()).await;
    let reason = observation.failure.expect("a reason");
    assert_eq!((observation.verdict, reason.kind), (Verdict::Unknown, FailureKind::ProberFault));
    assert_eq!(reason.evidence.as_deref(), Some("http_status: 502 Bad Gateway <h1>"));
    assert!(reason.blind);
    let passed = Observation { verdict: Verdict::Pass, failure: None, ..failure() };
    assert_eq!(control(&[NOWHERE.to_owned()]).sighted(passed.clone()).await, passed);
}

#[test]
fn that_a_place_sees_nothing_is_said_by_data_and_the_sentence_of_old_versions_is_understood() {
    let check = |reason: serde_json::Value, verdict: Verdict, expected: bool| {
        let read = serde_json::from_value(reason.clone()).expect("a failure");
        let observation = Observation { verdict, failure: Some(read), ..failure() };
        assert_eq!(saw_nothing(&observation), expected, "{verdict} {reason}");
    };
    let said = |detail: &str| serde_json::json!({ "kind": "prober_fault", "detail": detail });
    let reworded = serde_json::json!({ "kind": "prober_fault", "detail": "nothing is seen from here", "blind": true });
    check(reworded.clone(), Verdict::Unknown, true);
    check(reworded, Verdict::Fail, false);
    check(said("this location cannot reach its control targets"), Verdict::Unknown, true);
    check(said("this location has no memory left"), Verdict::Unknown, false);
    let written = serde_json::to_value(Failure::new(FailureKind::ProberFault, "x")).expect("written");
    assert_eq!(written, said("x"), "what is no news is not written");
}

#[tokio::test]
async fn many_failures_at_once_look_once() {
    let witness = witness().await;
    let control = control(&[witness.url("/")]);
    futures_util::future::join_all((0..50).map(|_| control.sighted(failure()))).await;
    control.sighted(failure()).await;
    assert_eq!(witness.heard().len(), 1);
}

#[test]
fn a_control_target_is_a_url_or_a_host_with_a_port() {
    let check = |text: &str, expected: Option<&str>| {
        let read = text.parse::<ControlTarget>().ok().map(|target| target.to_string());
        assert_eq!(read.as_deref(), expected, "{text}");
    };
    check("https://example.org", Some("https://example.org/"));
    check("tcp://example.org:53", Some("tcp://example.org:53"));
    check("tcp://[2001:db8::1]:53", Some("tcp://[2001:db8::1]:53"));
    check("tcp://example.org", None);
    check("tcp://example.org:0", None);
    check("tcp://example.org:53/x", None);
    check("https://user:password@example.org", None);
    check("udp://example.org:53", None);
    check("example.org", None);
}
