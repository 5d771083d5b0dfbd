//! The task against a server that notes what it is told.

use tokio::task::JoinSet;

use super::*;
use crate::{
    notify::recorder::{Answer, Recorder, client},
    snapshot::StoreState,
};

fn now() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000)
}

fn input() -> WatchInput {
    WatchInput {
        at: now(),
        probes_expected: 10,
        probes_executed: 10,
        uncovered: None,
        last_result_at: Some(now()),
        longest_silence: Duration::from_secs(40),
        store: StoreState::Synced,
        store_since: None,
        low_space_since: None,
        oldest_message: None,
        mail_failing_since: None,
        detection_broken_since: None,
        restarting_since: None,
        clock_offset_seconds: None,
        disk_critical_since: None,
        quarantined: 0,
        quarantined_since: None,
    }
}

/// Pings a server of our own at a quick pace.
async fn start(
    answers: Vec<Answer>,
    tasks: &mut JoinSet<()>,
) -> (Recorder, watch::Sender<WatchInput>, CancellationToken) {
    let server = Recorder::start(answers).await;
    let (sender, input) = watch::channel(input());
    let url = server.url.join("ping/canary?rid=1").expect("a url");
    let pace = Pace { every: Duration::from_millis(20), again: Duration::from_millis(5) };
    let ping = Ping::new(SecretUrl::parse(url.as_str()).expect("http"));
    let stop = CancellationToken::new();
    let watch = Watch { pace, ..Watch::new(ping, client(), input, now) };
    tasks.spawn(watch.run(stop.clone()));
    (server, sender, stop)
}

#[tokio::test]
async fn the_switch_hears_a_sign_of_life_then_the_reason_then_life_again() {
    let mut tasks = JoinSet::new();
    let (mut server, sender, stop) = start(vec![], &mut tasks).await;
    let request = server.request().await;
    assert_eq!((request.method.as_str(), request.path.as_str()), ("GET", "/ping/canary?rid=1"));

    sender.send_modify(|input| input.probes_executed = 3);
    let request = loop {
        let request = server.request().await;
        if request.method != "GET" {
            break request;
        }
    };
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/ping/canary/fail?rid=1"));
    assert_eq!(request.body, "only 3 of 10 probes ran");

    sender.send_modify(|input| input.probes_executed = 10);
    while server.request().await.method != "GET" {}
    stop.cancel();
    assert!(tasks.join_next().await.expect("one task").is_ok());
}

#[tokio::test]
async fn a_ping_that_fails_is_tried_once_more() {
    let mut tasks = JoinSet::new();
    let (mut server, _sender, _stop) = start(vec![(500, vec![], ""), (200, vec![], "OK")], &mut tasks).await;
    assert_eq!(server.request().await.method, "GET");
    assert_eq!(server.request().await.method, "GET");
}

#[test]
fn an_address_is_http_and_never_shown() {
    assert!(SecretUrl::parse("ftp://example.org/").is_none());
    let ping = Ping::new(SecretUrl::parse("https://hc-ping.com/canary/").expect("https"));
    assert!(!format!("{ping:?}").contains("canary"));
    assert_eq!(ping.fail("why").as_str(), "https://hc-ping.com/canary/fail");
    let sister = "https://status.sister.example/api/push/canary?status=up&site=us";
    let ping = Ping::new(SecretUrl::parse(sister).expect("https"));
    let told = "https://status.sister.example/api/push/canary?site=us&status=down&msg=only+3+of+10+probes+ran";
    assert_eq!(ping.fail("only 3 of 10 probes ran").as_str(), told);
}
