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
        mail_proven_at: None,
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

#[tokio::test]
async fn what_becomes_of_pings_is_noted_with_its_reason_and_without_the_address() {
    let (server, board, stop) = (Recorder::start(vec![]).await, PingBoard::default(), CancellationToken::new());
    let closed = Ping::new(SecretUrl::parse("http://127.0.0.1:9/canary").expect("http"));
    let open = Ping::new(SecretUrl::parse(server.url.join("canary").expect("a url").as_str()).expect("http"));
    let (_sender, input) = watch::channel(input());
    let pace = Pace { every: Duration::from_millis(5), again: Duration::from_millis(1) };
    let mut tasks = JoinSet::new();
    for (switch, ping) in [("ping", closed), ("peer", open)] {
        let watch = Watch::new(ping, client(), input.clone(), now).noting(&board, switch);
        tasks.spawn(Watch { pace, ..watch }.run(stop.clone()));
    }
    let settled = async {
        while board.seen().failing().is_none() || board.seen().each().all(|(_, seen)| seen.taken_at.is_none()) {
            time::sleep(Duration::from_millis(1)).await;
        }
    };
    time::timeout(Duration::from_secs(30), settled).await.expect("three are missed soon");
    let (switch, seen) = board.seen().failing().map(|(switch, seen)| (switch, seen.clone())).expect("just seen");
    assert_eq!((switch, seen.taken_at), ("ping", None));
    assert!(seen.why.is_some_and(|why| !why.is_empty() && !why.contains("canary")));
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
