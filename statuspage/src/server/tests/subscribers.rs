//! Subscribers by our own API: for operators alone, and noted without an address.

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{console::Office, *};
use crate::subscriber::{Registry, RegistryOptions, SEALED, Search, Vault};

/// Gives an office a book of subscribers; its key is in the directory.
pub(super) fn send_mail(office: &mut Office) -> TempDir {
    let keys = tempfile::tempdir().expect("a directory");
    let vault = Vault::at(office.stage.directory(), &keys.path().join("key"));
    let options = RegistryOptions { own_domains: vec!["status.example.org".to_owned()], now };
    office.stage.app.subscribers = Registry::start(vault, options, mpsc::channel(8).0).expect("a thread");
    keys
}

/// An office whose hub sends mail.
struct Bureau {
    office: Office,
    _keys: TempDir,
}

impl Bureau {
    fn new() -> Self {
        let mut office = Office::new();
        let keys = send_mail(&mut office);
        Self { office, _keys: keys }
    }

    async fn order(&self, path: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {}", self.office.token);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        self.office.send("POST", path, &headers, &body.to_string()).await
    }

    async fn read(&self, path: &str) -> Value {
        let bearer = format!("Bearer {}", self.office.token);
        self.office.send("GET", path, &[("authorization", &bearer)], "").await.json()
    }

    async fn import(&self, addresses: &[&str]) -> Value {
        let subscribers: Vec<_> = addresses.iter().map(|address| json!({ "address": address })).collect();
        self.order("/api/v1/subscribers/import", &json!({ "subscribers": subscribers })).await.json()
    }

    /// The only subscriber's return path and link to leave by.
    async fn letter(&self) -> (String, String) {
        let search = Search {
            pass: crate::subscriber::Pass::Page,
            after: None,
            touched: Default::default(),
            groups: Default::default(),
            confirmed_before: now(),
            limit: 1,
        };
        let recipient = self.office.stage.app.subscribers.recipients(search).await.expect("read").remove(0);
        (recipient.bounce, recipient.unsubscribe.as_str().to_owned())
    }
}

#[tokio::test]
async fn what_an_operator_brings_is_counted_and_refused_line_by_line() {
    let bureau = Bureau::new();
    let lines =
        ["amel@example.net", "AMEL@example.net", "postmaster@example.net", "a@status.example.org", "a\nb@example.net"];
    let answer = bureau.import(&lines).await;
    assert_eq!(
        (&answer["added"], &answer["present"], &answer["unwanted"]),
        (&1.into(), &1.into(), &0.into()),
        "{answer}"
    );
    let refused: Vec<_> =
        answer["refused"].as_array().expect("a list").iter().map(|line| line["number"].clone()).collect();
    assert_eq!(refused, [3, 4, 5]);
    let listed = bureau.read("/api/v1/subscribers").await;
    assert_eq!(
        (&listed["counts"]["confirmed"], &listed["subscribers"][0]["address"]),
        (&1.into(), &"amel@example.net".into())
    );
    assert_eq!(listed["subscribers"][0]["language"], "fr", "the site's first language");
}

#[tokio::test]
async fn as_many_as_are_taken_at_once_are_and_one_more_is_refused() {
    let bureau = Bureau::new();
    let line = |number: usize| json!({ "address": format!("r{number}@example.net") });
    let lines = |many: usize| (0..many).map(line).collect::<Vec<_>>();
    let order = |many: usize| json!({ "subscribers": lines(many) });
    let answer = bureau.order("/api/v1/subscribers/import", &order(2_000)).await;
    assert_eq!((answer.status, &answer.json()["added"]), (StatusCode::OK, &2_000.into()));
    let answer = bureau.order("/api/v1/subscribers/import", &order(2_001)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().contains("at most 2000 subscribers"), "{}", answer.text());
}

#[tokio::test]
async fn nobody_but_operators_sees_or_changes_subscribers() {
    let bureau = Bureau::new();
    bureau.import(&["amel@example.net"]).await;
    for (method, path) in [
        ("GET", "/api/v1/subscribers"),
        ("POST", "/api/v1/subscribers/import"),
        ("POST", "/api/v1/subscribers/remove"),
        ("POST", "/api/v1/bounces"),
    ] {
        let answer = bureau.office.send(method, path, &[], "{}").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(!answer.text().contains("amel"), "{path}");
    }
}

#[tokio::test]
async fn the_audit_log_has_the_id_and_never_the_address() {
    let bureau = Bureau::new();
    bureau.import(&["amel@example.net"]).await;
    let id = bureau.read("/api/v1/subscribers").await["subscribers"][0]["id"].clone();
    let gone = bureau.order("/api/v1/subscribers/remove", &json!({ "address": "Amel@example.net" })).await;
    assert_eq!((gone.status, gone.json()["id"].clone()), (StatusCode::OK, id.clone()));
    let again = bureau.order("/api/v1/subscribers/remove", &json!({ "address": "amel@example.net" })).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let noted = |log: &Value| log["entries"].as_array().expect("a list").len() == 4;
    let log = loop {
        let log = bureau.read("/api/v1/audit").await;
        if noted(&log) {
            break log;
        }
        tokio::task::yield_now().await;
    };
    let whats: Vec<_> = log["entries"].as_array().expect("a list").iter().map(|entry| entry["what"].clone()).collect();
    assert_eq!(whats, ["remove_subscriber", "remove_subscriber", "list_subscribers", "import_subscribers"]);
    assert_eq!((&log["entries"][1]["subject"], &log["entries"][1]["refusal"]), (&id, &Value::Null));
    assert!(!log.to_string().to_lowercase().contains("example.net"), "{log}");
}

#[tokio::test]
async fn a_mail_that_came_back_counts_only_with_our_proof_in_its_return_path() {
    let bureau = Bureau::new();
    bureau.import(&["amel@example.net"]).await;
    let (path, link) = bureau.letter().await;
    let outcome = async |order: Value| bureau.order("/api/v1/bounces", &order).await.json()["outcome"].clone();
    let returned = |path: &str, bounce: &str| json!({ "returned": { "return_path": path, "bounce": bounce } });
    let forged = format!("{}aaaa", &path[..path.len() - 4]);
    assert_eq!(outcome(returned(&forged, "no_mailbox")).await, "unknown");
    assert_eq!(outcome(returned(&path, "soft")).await, "counted");
    assert_eq!(outcome(returned(&path.to_uppercase(), "no_mailbox")).await, "quarantined");
    assert_eq!(bureau.read("/api/v1/subscribers").await["subscribers"][0]["stage"], "quarantined");
    assert_eq!(outcome(json!({ "unsubscribe": { "token": "nonsense" } })).await, "unknown");
    assert_eq!(outcome(json!({ "unsubscribe": { "token": link } })).await, "left");
    assert_eq!(bureau.import(&["amel@example.net"]).await["unwanted"], 1);
}

#[tokio::test]
async fn a_book_that_cannot_be_read_is_said_to_operators_with_its_reason() {
    let bureau = Bureau::new();
    std::fs::create_dir(bureau.office.stage.directory().join(format!("{SEALED}.new"))).expect("made");
    let order = json!({ "subscribers": [{ "address": "amel@example.net" }] });
    let answer = bureau.order("/api/v1/subscribers/import", &order).await;
    assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "60"));
    assert!(answer.text().contains("subscribers.sealed"), "{}", answer.text());
}
