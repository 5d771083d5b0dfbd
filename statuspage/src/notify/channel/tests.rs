//! Each channel against a server that answers exactly what its contract documents, failures included.

use std::time::Duration;

use jiff::tz::TimeZone;
use shared::Language;
use url::Url;

use super::*;
use crate::notify::{
    AckKey, Event, Kind, Matter, Retry, Subject,
    recorder::{Answer, Recorder, Request, client},
};

fn at() -> Timestamp {
    "2026-11-22T13:02:10Z".parse().expect("a time")
}

fn voice() -> Voice {
    Voice {
        language: Language::Fr,
        time_zone: TimeZone::get("Europe/Paris").expect("a zone"),
        site: "Collectif".into(),
        public_url: Some("https://status.example.org".parse().expect("a url")),
        key: AckKey::passing().ok(),
    }
}

fn message(kind: Kind) -> Notification {
    let since = at().minus(Duration::from_secs(10));
    let matter = Matter::outage("cloud".parse().expect("an id"), "Nuage <Nextcloud> @all".into(), since);
    let event = Event { subject: Subject::Incident(Box::new(matter)), detected_at: at(), kind };
    Notification::new(&"phone".parse().expect("a name"), &event)
}

fn down() -> Notification {
    message(Kind::Down { since: at().minus(Duration::from_secs(10)), cause: None })
}

fn secret(text: &str) -> Secret {
    Secret::new(format!("canary-{text}"))
}

fn url(url: &Url) -> crate::notify::SecretUrl {
    crate::notify::SecretUrl::parse(url.as_str()).expect("http")
}

/// Sends one message through a server that gives `answer`.
async fn send(
    kind: impl Fn(&Url) -> ChannelKind,
    notification: &Notification,
    answer: Answer,
) -> (Request, Result<Receipt, Refusal>) {
    let mut server = Recorder::start([answer]).await;
    let config = ChannelConfig { name: "phone".parse().expect("a name"), kind: kind(&server.url) };
    let channel = Channel::new(&config).expect("it works");
    let shown = format!("{config:?} {channel:?}");
    assert!(!shown.contains("canary"), "{shown}");
    let result = channel.deliver(&client(), notification, &voice(), at()).await;
    (server.request().await, result)
}

/// A row of a table: what is answered, and what comes of it; `Ok` holds the receipt.
type Row = (Answer, Result<Option<&'static str>, (Retry, &'static str)>);

async fn check(kind: impl Fn(&Url) -> ChannelKind, rows: impl IntoIterator<Item = Row>) {
    for (answer, expected) in rows {
        let (_, result) = send(&kind, &down(), answer.clone()).await;
        match (result, expected) {
            (Ok(receipt), Ok(id)) => assert_eq!(receipt.id.as_deref(), id, "{answer:?}"),
            (Err(refusal), Err((retry, words))) => {
                assert_eq!(refusal.retry, retry, "{answer:?}: {refusal}");
                assert!(refusal.error.contains(words), "{answer:?}: {refusal}");
                assert!(!refusal.error.contains("canary") && !refusal.error.contains("127.0.0.1"), "{refusal}");
            }
            (result, expected) => panic!("{answer:?} gave {result:?}, not {expected:?}"),
        }
    }
}

fn after(seconds: u64) -> Retry {
    Retry::After(Duration::from_secs(seconds))
}

fn free_mobile(server: &Url) -> ChannelKind {
    ChannelKind::FreeMobile(FreeMobileConfig { url: url(server), user: secret("user"), pass: secret("pass") })
}

#[tokio::test]
async fn free_mobile_takes_json_and_says_by_its_status_what_is_wrong() {
    let (request, _) = send(free_mobile, &down(), (200, vec![], "")).await;
    let body = request.json();
    assert_eq!((&body["user"], &body["pass"]), (&"canary-user".into(), &"canary-pass".into()));
    let text = body["msg"].as_str().expect("text");
    assert!(
        text.starts_with("EN PANNE Nuage <Nextcloud> @all : ") && text.contains("https://status.example.org/a/"),
        "{text}"
    );
    check(
        free_mobile,
        [
            ((200, vec![], ""), Ok(None)),
            ((204, vec![], ""), Err((Retry::Later, "not Free Mobile's"))),
            ((400, vec![], ""), Err((Retry::Never, "400"))),
            ((402, vec![], ""), Err((after(300), "402"))),
            ((403, vec![], ""), Err((Retry::Later, "403"))),
            ((500, vec![], ""), Err((Retry::Later, "500"))),
            ((503, vec![("retry-after", "7")], ""), Err((after(7), "503"))),
        ],
    )
    .await;
}

fn ovh_sms(server: &Url) -> ChannelKind {
    ChannelKind::OvhSms(OvhSmsConfig {
        url: url(server),
        account: secret("account"),
        login: secret("login"),
        password: secret("password"),
        from: "Belfry".into(),
        to: vec![Secret::new("+33612345678"), Secret::new("0033612345679")],
        low_credit: 20,
    })
}

#[tokio::test]
async fn an_sms_that_leaves_late_says_when_it_was_detected() {
    let late = Notification { made_at: at().minus(Duration::from_secs(1_800)), ..down() };
    let said = "(en retard : détecté à 13:32)";
    let (request, _) = send(free_mobile, &late, (200, vec![], "")).await;
    assert!(request.json()["msg"].as_str().is_some_and(|text| text.contains(said)), "{}", request.body);
    let (request, _) = send(ovh_sms, &late, (200, vec![], r#"{"status":100}"#)).await;
    let fields: std::collections::BTreeMap<_, _> = url::form_urlencoded::parse(request.body.as_bytes()).collect();
    assert!(fields["message"].contains(said) && fields["smsCoding"] == "1", "{}", fields["message"]);
}

#[tokio::test]
async fn ovh_is_believed_by_the_status_in_its_json_and_by_nothing_else() {
    let taken = r#"{"status":100,"smsIds":["123","124"],"creditLeft":"230.50"}"#;
    let (request, result) = send(ovh_sms, &down(), (200, vec![], taken)).await;
    let fields: std::collections::BTreeMap<_, _> = url::form_urlencoded::parse(request.body.as_bytes()).collect();
    assert_eq!((&*fields["to"], &*fields["noStop"], &*fields["smsCoding"]), ("0033612345678,0033612345679", "1", "1"));
    assert_eq!(&*fields["contentType"], "application/json");
    assert_eq!(request.path, "/", "nothing secret stands in the address");
    assert_eq!(result.expect("taken").low_credit, None);
    check(
        ovh_sms,
        [
            ((200, vec![], taken), Ok(Some("123, 124"))),
            ((200, vec![], r#"{"status":"199","smsIds":[7]}"#), Ok(Some("7"))),
            ((200, vec![], r#"{"status":200}"#), Err((Retry::Later, "status 200"))),
            ((200, vec![], r#"{"status":201,"message":"Missing message"}"#), Err((Retry::Never, "Missing message"))),
            ((200, vec![], r#"{"status":202,"message":"bad +33612345678"}"#), Err((Retry::Never, "bad ***"))),
            ((200, vec![], r#"{"status":401,"message":"IP not authorized"}"#), Err((Retry::Later, "status 401"))),
            ((200, vec![], "<html>"), Err((Retry::Later, "not OVH's"))),
            ((200, vec![], r#"{"status":"fine"}"#), Err((Retry::Later, "no number"))),
            ((503, vec![], ""), Err((Retry::Later, "503"))),
        ],
    )
    .await;
    let low = r#"{"status":100,"smsIds":["1"],"creditLeft":"19.50"}"#;
    let (_, result) = send(ovh_sms, &down(), (200, vec![], low)).await;
    assert_eq!(result.expect("taken").low_credit, Some(LowCredit { left: "19.50".into(), limit: 20 }));
}

fn signal(server: &Url) -> ChannelKind {
    let recipients = vec![Secret::new("+33612345678"), Secret::new("group.Y2FuYXJ5")];
    ChannelKind::Signal(SignalConfig { url: url(server), number: Secret::new("+33100000000"), recipients, token: None })
}

#[tokio::test]
async fn signal_has_sent_when_it_names_a_timestamp() {
    let (request, _) = send(signal, &down(), (201, vec![], r#"{"timestamp":"1795000000000"}"#)).await;
    assert_eq!(request.path, "/v2/send");
    let body = request.json();
    assert_eq!(body["number"], "+33100000000");
    assert_eq!(body["recipients"], serde_json::json!(["+33612345678", "group.Y2FuYXJ5"]));
    assert!(body["message"].as_str().expect("text").contains("\nPrendre en charge\u{a0}: https://"), "{body}");
    check(
        signal,
        [
            ((201, vec![], r#"{"timestamp":"1795000000000"}"#), Ok(Some("1795000000000"))),
            ((201, vec![], r#"{"timestamp":1795000000000}"#), Ok(Some("1795000000000"))),
            ((201, vec![], "{}"), Err((Retry::Later, "no timestamp"))),
            ((200, vec![], r#"{"timestamp":"1"}"#), Err((Retry::Later, "not that of signal-cli-rest-api"))),
            (
                (400, vec![], r#"{"error":"+33100000000 is not registered","account":"+33100000000"}"#),
                Err((Retry::Later, "*** is not registered")),
            ),
            (
                (429, vec![], r#"{"error":"rate limit","challenge_tokens":["x"],"account":"+33100000000"}"#),
                Err((after(1_800), "captcha")),
            ),
            ((429, vec![("retry-after", "9")], "{}"), Err((after(9), "429"))),
            ((502, vec![], "<html>"), Err((Retry::Later, "502"))),
        ],
    )
    .await;
}

fn matrix(server: &Url) -> ChannelKind {
    ChannelKind::Matrix(MatrixConfig { url: url(server), room: "!a/b:example.org".into(), token: secret("token") })
}

#[tokio::test]
async fn matrix_has_taken_it_when_it_names_an_event_and_a_second_attempt_is_the_same_transaction() {
    let notification = down();
    let (request, _) = send(matrix, &notification, (200, vec![], r#"{"event_id":"$x"}"#)).await;
    let place = "/_matrix/client/v3/rooms/!a%2Fb:example.org/send/m.room.message";
    assert_eq!((request.method.as_str(), request.path.as_str()), ("PUT", &*format!("{place}/{}", notification.id)));
    assert_eq!(request.header("authorization"), "Bearer canary-token");
    let body = request.json();
    assert_eq!((&body["msgtype"], &body["format"]), (&"m.text".into(), &"org.matrix.custom.html".into()));
    let html = body["formatted_body"].as_str().expect("text");
    assert!(html.starts_with("<strong>EN PANNE Nuage &lt;Nextcloud&gt; @all"), "{html}");
    check(
        matrix,
        [
            ((200, vec![], r#"{"event_id":"$x"}"#), Ok(Some("$x"))),
            ((200, vec![], "<html>"), Err((Retry::Later, "names no event"))),
            (
                (429, vec![], r#"{"errcode":"M_LIMIT_EXCEEDED","error":"Too many","retry_after_ms":2001}"#),
                Err((after(3), "M_LIMIT_EXCEEDED")),
            ),
            ((429, vec![], r#"{"errcode":"M_LIMIT_EXCEEDED"}"#), Err((after(60), "429"))),
            (
                (401, vec![], r#"{"errcode":"M_UNKNOWN_TOKEN","error":"canary-token"}"#),
                Err((Retry::Later, "M_UNKNOWN_TOKEN ***")),
            ),
            ((403, vec![], r#"{"errcode":"M_FORBIDDEN","error":"not in room"}"#), Err((Retry::Later, "not in room"))),
            ((502, vec![], ""), Err((Retry::Later, "502"))),
        ],
    )
    .await;
}

fn chat(server: &Url) -> ChannelKind {
    ChannelKind::Chat(ChatConfig { url: url(server), channel: Some("#ops".into()) })
}

#[tokio::test]
async fn a_chat_has_taken_it_when_it_says_ok_or_success() {
    let (request, _) = send(chat, &down(), (200, vec![], "ok")).await;
    let body = request.json();
    assert_eq!(body["channel"], "#ops");
    let text = body["text"].as_str().expect("text");
    assert!(text.contains("&lt;Nextcloud&gt; @\u{200b}all"), "nobody is called by a name: {text}");
    check(
        chat,
        [
            ((200, vec![], "ok"), Ok(None)),
            ((200, vec![], r#"{"success":true}"#), Ok(None)),
            ((200, vec![], r#"{"success":false,"error":"nobody"}"#), Err((Retry::Later, "nobody"))),
            ((200, vec![], "<html>Sign in</html>"), Err((Retry::Later, "not that of a chat"))),
            ((400, vec![], r#"{"success":false,"error":"no such hook"}"#), Err((Retry::Later, "no such hook"))),
            ((400, vec![], "invalid_payload"), Err((Retry::Never, "invalid_payload"))),
            ((404, vec![], "channel_not_found"), Err((Retry::Later, "channel_not_found"))),
            ((404, vec![], "no_service"), Err((Retry::Later, "no_service"))),
            ((429, vec![("retry-after", "30")], ""), Err((after(30), "429"))),
            ((502, vec![], ""), Err((Retry::Later, "502"))),
        ],
    )
    .await;
}

fn alertmanager(server: &Url) -> ChannelKind {
    let labels = [("cluster".to_owned(), "paris".to_owned())].into();
    ChannelKind::Alertmanager(AlertmanagerConfig { urls: vec![url(server)], token: Some(secret("token")), labels })
}

#[tokio::test]
async fn an_alert_is_the_same_by_its_labels_from_its_beginning_to_its_end() {
    let (begun, _) = send(alertmanager, &down(), (200, vec![], "")).await;
    assert_eq!((begun.path.as_str(), begun.header("authorization")), ("/api/v2/alerts", "Bearer canary-token"));
    let (since, until) = (at().minus(Duration::from_secs(10)), at());
    let (ended, _) = send(alertmanager, &message(Kind::Recovered { since, until }), (200, vec![], "")).await;
    let (begun, ended) = (&begun.json()[0], &ended.json()[0]);
    assert_eq!(begun["labels"], ended["labels"]);
    let labels = serde_json::json!({
        "alertname": "BelfryIncident", "cluster": "paris", "component": "cloud", "severity": "critical",
    });
    assert_eq!(begun["labels"], labels);
    assert_eq!(
        (&begun["startsAt"], &begun["endsAt"]),
        (&"2026-11-22T13:02:00.000Z".into(), &"2026-11-22T13:07:10.000Z".into())
    );
    assert_eq!(ended["endsAt"], "2026-11-22T13:02:10.000Z");
    assert!(begun["annotations"]["link"].as_str().expect("text").starts_with("https://status.example.org/incidents/"));
    check(
        alertmanager,
        [
            ((200, vec![], ""), Ok(Some("1 of 1 peers"))),
            ((202, vec![], ""), Err((Retry::Later, "not Alertmanager's"))),
            ((400, vec![], "\"bad labels\""), Err((Retry::Never, "bad labels"))),
            ((500, vec![], ""), Err((Retry::Later, "500"))),
        ],
    )
    .await;
}

#[tokio::test]
async fn one_peer_that_takes_an_alert_is_enough_and_all_are_told() {
    let mut servers = [Recorder::start([(500, vec![], "")]).await, Recorder::start([]).await];
    let urls = servers.iter().map(|server| url(&server.url)).collect();
    let kind = ChannelKind::Alertmanager(AlertmanagerConfig { urls, token: None, labels: Default::default() });
    let channel = Channel::new(&ChannelConfig { name: "am".parse().expect("a name"), kind }).expect("it works");
    let result = channel.deliver(&client(), &down(), &voice(), at()).await;
    assert_eq!(result, Ok(Receipt::of("1 of 2 peers")));
    for server in &mut servers {
        assert_eq!(server.request().await.path, "/api/v2/alerts");
    }
}

#[tokio::test]
async fn each_peer_is_told_its_own_password_and_none_is_repeated() {
    let said = (403, vec![], "no: YWRhOmNhbmFyeUBwYXJpcw== canary@paris canary-token");
    let doors = [
        ("ada:canary%40paris@", "Basic YWRhOmNhbmFyeUBwYXJpcw=="),
        ("grace:canary+lyon@", "Basic Z3JhY2U6Y2FuYXJ5K2x5b24="),
        ("linus@", "Basic bGludXM6"),
        ("", "Bearer canary-token"),
    ];
    let (mut servers, mut urls) = (Vec::new(), Vec::new());
    for (door, _) in doors {
        let server = Recorder::start([said.clone()]).await;
        let address = server.url.as_str().replacen("//", &format!("//{door}"), 1);
        urls.push(crate::notify::SecretUrl::parse(&address).expect("http"));
        servers.push(server);
    }
    let config = AlertmanagerConfig { urls, token: Some(secret("token")), labels: Default::default() };
    let config = ChannelConfig { name: "am".parse().expect("a name"), kind: ChannelKind::Alertmanager(config) };
    let channel = Channel::new(&config).expect("it works");
    assert!(!format!("{channel:?}").contains("canary"), "{channel:?}");
    let refusal = channel.deliver(&client(), &down(), &voice(), at()).await.expect_err("nobody takes it");
    assert!(refusal.error.ends_with("no: *** *** ***"), "{refusal}");
    for (mut server, (_, expected)) in servers.into_iter().zip(doors) {
        assert_eq!(server.request().await.header("authorization"), expected);
    }
}

#[tokio::test]
async fn a_webhook_with_a_template_posts_what_it_makes() {
    let template = "{\"text\": {{ text }}, \"who\": \"canary\"}".to_owned();
    let kind = |server: &Url| {
        let template = Template::new(template.clone(), HeaderValue::from_static("application/json")).expect("sound");
        ChannelKind::Webhook(WebhookConfig { url: url(server), token: None, headers: vec![], template: Some(template) })
    };
    let mut server = Recorder::start([]).await;
    let config = ChannelConfig { name: "phone".parse().expect("a name"), kind: kind(&server.url) };
    let channel = Channel::new(&config).expect("it works");
    assert!(!format!("{config:?} {channel:?}").contains("canary"));
    channel.deliver(&client(), &down(), &voice(), at()).await.expect("taken");
    let request = server.request().await;
    assert_eq!(request.header("content-type"), "application/json");
    assert!(request.json()["text"].as_str().expect("text").starts_with("EN PANNE"), "{}", request.body);
}

type Making = fn(&Url) -> ChannelKind;

#[tokio::test]
async fn every_event_is_worded_for_every_channel() {
    for notification in Notification::samples() {
        let kinds: [(Making, Answer); 7] = [
            (free_mobile, (200, vec![], "")),
            (ovh_sms, (200, vec![], r#"{"status":100}"#)),
            (signal, (201, vec![], r#"{"timestamp":"1"}"#)),
            (matrix, (200, vec![], r#"{"event_id":"$x"}"#)),
            (chat, (200, vec![], "ok")),
            (
                |server| ChannelKind::Ntfy(NtfyConfig { url: url(server), topic: Secret::new("x"), token: None }),
                (200, vec![], r#"{"id":"x"}"#),
            ),
            (
                |server| {
                    ChannelKind::Webhook(WebhookConfig {
                        url: url(server),
                        token: None,
                        headers: vec![],
                        template: None,
                    })
                },
                (204, vec![], ""),
            ),
        ];
        for (kind, answer) in kinds {
            let (request, result) = send(kind, &notification, answer).await;
            assert!(result.is_ok() && request.body.len() > 40, "{}: {result:?}", notification.word());
        }
    }
}
