//! Channels against a server that notes what they send.

use std::time::Duration;

use jiff::tz::TimeZone;
use prober::{definition::Secret, supervisor::Pulse};
use shared::{FailureKind, Language, Timestamp};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{
    recorder::{Answer, Recorder, client},
    *,
};

fn at(clock: &str) -> Timestamp {
    format!("2026-11-22T{clock}Z").parse().expect("a time")
}

fn now() -> Timestamp {
    at("13:02:12")
}

fn notification() -> Notification {
    let cause = Cause {
        probe: "cloud/login".parse().expect("an id"),
        kind: FailureKind::HttpStatus,
        detail: "502 Bad Gateway".into(),
        http_status: Some(502),
        locations: vec!["lyon".parse().expect("a name")],
    };
    let event = Event {
        subject: Subject::Incident(Box::new(Matter::outage(
            "cloud".parse().expect("an id"),
            "Nextcloud".into(),
            at("13:02:00"),
        ))),
        detected_at: at("13:02:10"),
        kind: Kind::Down { since: at("13:02:00"), cause: Some(cause) },
    };
    Notification::new(&name(), &event)
}

fn name() -> ChannelName {
    "phone".parse().expect("a name")
}

fn secret(url: &Url) -> SecretUrl {
    SecretUrl::parse(url.as_str()).expect("http")
}

fn webhook(url: &Url) -> ChannelKind {
    let headers = vec![("x-team".parse().expect("a name"), Secret::new("ops"))];
    let token = Some(Secret::new("canary-token"));
    ChannelKind::Webhook(WebhookConfig { url: secret(url), token, headers, template: None })
}

fn ntfy(url: &Url) -> ChannelKind {
    let (topic, token) = (Secret::new("canary-topic"), Some(Secret::new("tk_canary")));
    ChannelKind::Ntfy(NtfyConfig { url: secret(url), topic, token })
}

fn start(kind: ChannelKind, tasks: &mut JoinSet<()>, stop: CancellationToken) -> (Teller, Outcomes) {
    let channel = Channel::new(&ChannelConfig { name: name(), kind }).expect("works");
    let voice = Voice {
        language: Language::En,
        time_zone: TimeZone::get("Europe/Paris").expect("a zone"),
        site: "Collective".into(),
        public_url: Some("https://status.example.org".parse().expect("a url")),
        key: None,
    };
    let means = Means { channels: [(name(), channel)].into(), voice, client: client(), now };
    Teller::start(means, Pulse::new("teller", Duration::from_secs(30)), tasks, stop)
}

/// About the monitor itself.
fn fault() -> Notification {
    let event = Event {
        subject: Subject::Monitor(Fault::LowSpace { free: 812_000_000, reserve: 1_000_000_000 }),
        detected_at: at("13:02:00"),
        kind: Kind::Down { since: at("13:02:00"), cause: None },
    };
    Notification::new(&name(), &event)
}

/// Sends one message through a server that gives `answer`.
async fn deliver(kind: fn(&Url) -> ChannelKind, answer: Answer) -> (recorder::Request, Outcome) {
    deliver_this(notification(), kind, answer).await
}

async fn deliver_this(
    notification: Notification,
    kind: fn(&Url) -> ChannelKind,
    answer: Answer,
) -> (recorder::Request, Outcome) {
    let (mut tasks, mut server) = (JoinSet::new(), Recorder::start([answer]).await);
    let (teller, mut outcomes) = start(kind(&server.url), &mut tasks, CancellationToken::new());
    teller.send(notification).expect("taken");
    let request = server.request().await;
    (request, outcomes.recv().await.expect("an outcome"))
}

#[tokio::test]
async fn a_webhook_posts_the_documented_body() {
    let (request, outcome) = deliver(webhook, (204, vec![], "")).await;
    assert_eq!(outcome, Outcome { id: notification().id, at: now(), result: Ok(Receipt::default()) });
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/"));
    assert_eq!(request.header("authorization"), "Bearer canary-token");
    assert_eq!(request.header("x-team"), "ops");
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("user-agent"), "Belfry/test");
    assert_eq!(request.header("idempotency-key"), notification().id.as_str());
    insta::assert_json_snapshot!(request.json());
}

#[tokio::test]
async fn ntfy_is_published_to_as_its_documentation_says() {
    let (request, outcome) = deliver(ntfy, (200, vec![], r#"{"id":"hwQ2YpKdmg","event":"message"}"#)).await;
    assert_eq!(outcome.result, Ok(Receipt::of("hwQ2YpKdmg")));
    assert_eq!(request.path, "/");
    assert_eq!(request.header("authorization"), "Bearer tk_canary");
    insta::assert_json_snapshot!(request.json());
}

#[tokio::test]
async fn the_monitor_speaks_of_itself_by_every_channel() {
    let (webhook, _) = deliver_this(fault(), webhook, (204, vec![], "")).await;
    insta::assert_json_snapshot!("the_monitor_by_webhook", webhook.json());
    let (ntfy, _) = deliver_this(fault(), ntfy, (200, vec![], r#"{"id":"x"}"#)).await;
    insta::assert_json_snapshot!("the_monitor_by_ntfy", ntfy.json());
}

#[tokio::test]
async fn an_answer_that_is_no_success_is_none() {
    let check = async |kind: fn(&Url) -> ChannelKind, answer: Answer, retry: Retry, words: &str| {
        let (_, outcome) = deliver(kind, answer.clone()).await;
        let refusal = outcome.result.expect_err("refused");
        assert_eq!(refusal.retry, retry, "{answer:?}");
        assert!(refusal.error.contains(words), "{answer:?}: {refusal}");
        assert!(!refusal.error.contains("canary") && !refusal.error.contains("127.0.0.1"), "{refusal}");
    };
    check(webhook, (500, vec![], ""), Retry::Later, "500").await;
    check(webhook, (302, vec![("location", "/elsewhere")], ""), Retry::Later, "redirects are not followed").await;
    check(webhook, (422, vec![], ""), Retry::Never, "422").await;
    check(ntfy, (200, vec![], "<html>Welcome</html>"), Retry::Later, "not ntfy's").await;
    check(ntfy, (429, vec![("retry-after", "30")], ""), Retry::After(Duration::from_secs(30)), "429").await;
    check(ntfy, (403, vec![], ""), Retry::Later, "403").await;
}

#[tokio::test]
async fn a_channel_that_nobody_listens_to_is_tried_again_and_no_address_is_told() {
    let closed = Recorder::start([]).await.url.clone();
    let mut tasks = JoinSet::new();
    let (teller, mut outcomes) = start(webhook(&closed), &mut tasks, CancellationToken::new());
    teller.send(notification()).expect("taken");
    let refusal = outcomes.recv().await.expect("an outcome").result.expect_err("refused");
    assert_eq!(refusal.retry, Retry::Later);
    assert!(refusal.error.starts_with("cannot connect") && !refusal.error.contains("127.0.0.1"), "{refusal}");
}

#[tokio::test]
async fn a_teller_that_is_stopped_finishes_what_is_on_its_way() {
    let (mut tasks, stop) = (JoinSet::new(), CancellationToken::new());
    let mut server = Recorder::start([]).await;
    let (teller, mut outcomes) = start(webhook(&server.url), &mut tasks, stop.clone());
    teller.send(notification()).expect("taken");
    server.request().await;
    stop.cancel();
    assert!(tasks.join_next().await.expect("one task").is_ok());
    assert_eq!(outcomes.recv().await.expect("an outcome").result, Ok(Receipt::default()));
    assert_eq!(teller.send(notification()), Err(TellerClosed));
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let check = |kind: ChannelKind, expected: &str| {
        let error = Channel::new(&ChannelConfig { name: name(), kind }).expect_err("refused");
        assert_eq!(error.to_string(), expected);
    };
    let url = SecretUrl::parse("https://example.org/").expect("http");
    let token = Some(Secret::new("two\nlines"));
    check(
        ChannelKind::Webhook(WebhookConfig { url: url.clone(), token, headers: vec![], template: None }),
        "channel phone: the value of authorization holds characters that a header cannot carry",
    );
    let topic = Secret::new("a topic");
    check(
        ChannelKind::Ntfy(NtfyConfig { url, topic, token: None }),
        "channel phone: a topic has 1 to 64 letters, digits, `-` or `_`",
    );
}

#[test]
fn no_secret_is_in_the_debug_form_of_a_channel() {
    let url: Url = "https://example.org/hooks/canary".parse().expect("a url");
    for kind in [webhook(&url), ntfy(&"https://example.org".parse().expect("a url"))] {
        let config = ChannelConfig { name: name(), kind };
        let shown = format!("{config:?} {:?}", Channel::new(&config));
        assert!(!shown.contains("canary"), "{shown}");
    }
}
