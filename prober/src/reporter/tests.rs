//! The reporter against a scripted hub: what counts as an answer, what a key costs, and when a sign of life is given.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    path::Path,
    sync::{Arc, mpsc},
    thread,
};

use serde_json::{Value, json};
use shared::{
    LocationName, Sequence, Timestamp,
    report::{ENROLMENT_FORMAT, Envelope, RECEIPT_FORMAT, REFUSAL_FORMAT, RefusalKind},
};
use tokio::sync::watch;

use super::{
    hub::{HubClient, Unanswered},
    watch::Watch,
    *,
};
use crate::definition::{Check, Definition, DefinitionSet, ProbeDefinition, Schedule, TcpCheck};

fn lyon() -> LocationName {
    "lyon".parse().expect("a name")
}

/// A hub that gives these answers, one a connection, and hands over what it was sent.
fn scripted(answers: Vec<(&'static str, String)>) -> (HubAddress, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address")).parse().expect("an address");
    let (sender, heard) = mpsc::channel();
    thread::spawn(move || {
        for (status, body) in answers {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let mut request = vec![0; 64 << 10];
            let mut length = 0;
            // The body is what the head says; a report of a test is far smaller than the room.
            while !whole(&request[..length]) {
                match stream.read(&mut request[length..]) {
                    Ok(0) | Err(_) => break,
                    Ok(more) => length += more,
                }
            }
            let _ = sender.send(String::from_utf8_lossy(&request[..length]).into_owned());
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    (address, heard)
}

fn whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, _)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    request.len() >= head.len() + 4 + length.unwrap_or(0)
}

fn client(address: HubAddress) -> HubClient {
    HubClient::new(address, Network::roots(None).expect("roots")).expect("a client")
}

fn receipt(location: &str) -> Value {
    json!({
        "format": RECEIPT_FORMAT, "location": location, "acknowledged": 3, "highest": 5, "missing": [[4, 4]],
        "definitions": "x", "received_at": "2026-11-22T13:00:00Z", "answered_at": "2026-11-22T13:00:00Z",
    })
}

async fn asked(status: &'static str, body: String) -> Result<Sequence, Unanswered> {
    let (address, _heard) = scripted(vec![(status, body)]);
    let identity = Identity::generate(lyon(), "code").expect("a key");
    let sent_at = Timestamp::from_millis(0);
    let envelope = Envelope { location: lyon(), first: Sequence::NONE, last: Sequence::NONE, sent_at };
    client(address).report(&envelope, b"body".to_vec(), &identity).await.map(|receipt| receipt.acknowledged)
}

#[tokio::test]
async fn only_a_receipt_for_this_location_is_an_acknowledgement() {
    assert_eq!(asked("200 OK", receipt("lyon").to_string()).await, Ok(Sequence::new(3)));
    assert_eq!(asked("200 OK", receipt("paris").to_string()).await, Err(Unanswered::Foreign(200)));
    assert_eq!(asked("200 OK", "<html>it works</html>".to_owned()).await, Err(Unanswered::Foreign(200)));
    assert_eq!(asked("200 OK", "{}".to_owned()).await, Err(Unanswered::Foreign(200)));
    assert_eq!(asked("200 OK", "x".repeat(300 << 10)).await, Err(Unanswered::Foreign(200)));
    assert_eq!(asked("204 No Content", String::new()).await, Err(Unanswered::Foreign(204)));
    assert_eq!(asked("302 Found", receipt("lyon").to_string()).await, Err(Unanswered::Foreign(302)));
    assert_eq!(asked("502 Bad Gateway", receipt("lyon").to_string()).await, Err(Unanswered::Foreign(502)));
    let refusal = json!({ "format": REFUSAL_FORMAT, "kind": "conflict", "detail": "taken", "highest": 7 });
    let Err(Unanswered::Refused(refusal)) = asked("409 Conflict", refusal.to_string()).await else { panic!("refused") };
    assert_eq!((refusal.kind, refusal.highest), (RefusalKind::Conflict, Some(Sequence::new(7))));
    let nobody = "http://127.0.0.1:9".parse().expect("an address");
    let identity = Identity::generate(lyon(), "code").expect("a key");
    let sent_at = Timestamp::from_millis(0);
    let envelope = Envelope { location: lyon(), first: Sequence::NONE, last: Sequence::NONE, sent_at };
    let lost = client(nobody).report(&envelope, Vec::new(), &identity).await;
    assert!(matches!(lost, Err(Unanswered::Lost(_))), "{lost:?}");
}

fn options(hub: HubAddress, data: &Path, code: Option<&str>) -> ReporterOptions {
    ReporterOptions {
        hub,
        location: lyon(),
        code: code.map(ToOwned::to_owned),
        data: data.to_owned(),
        ca_file: None,
        ping: None,
        journal: JournalOptions::default(),
    }
}

fn key_in(request: &str) -> String {
    let (_, body) = request.split_once("\r\n\r\n").expect("a body");
    let enrolment: Value = serde_json::from_str(body).expect("JSON");
    enrolment["public_key"].as_str().expect("a key").to_owned()
}

#[tokio::test]
async fn a_lost_answer_costs_no_code_and_a_journal_that_begins_anew_goes_on_above() {
    let directory = tempfile::tempdir().expect("a directory");
    let enrolled = json!({ "format": ENROLMENT_FORMAT, "location": "lyon", "highest": 40 }).to_string();
    let answers = vec![("502 Bad Gateway", String::new()), ("200 OK", enrolled.clone()), ("200 OK", enrolled)];
    let (hub, heard) = scripted(answers);
    let open = |code| Reporter::open(options(hub.clone(), directory.path(), code));
    let refused = open(None).await.expect_err("no code");
    assert!(refused.to_string().contains("statuspage location add lyon"), "{refused}");
    let refused = open(Some("one")).await.expect_err("the answer is lost");
    assert!(refused.to_string().contains("the same code can be used again"), "{refused}");
    let reporter = open(Some("one")).await.expect("enrolled");
    assert_eq!(reporter.journal.begins(), Sequence::new(41));
    let public = reporter.identity.public_key();
    assert_eq!(
        (key_in(&heard.recv().expect("asked")), key_in(&heard.recv().expect("asked"))),
        (public.clone(), public.clone())
    );
    drop(reporter);
    let again = open(Some("one")).await.expect("the same code is not used again");
    assert_eq!(again.identity.public_key(), public);
    drop(again);
    assert_eq!(open(None).await.expect("it has a key").identity.public_key(), public);
    let other = open(Some("two")).await.expect("another code is for another key");
    assert_ne!(other.identity.public_key(), public);
}

fn set() -> Arc<DefinitionSet> {
    let check = TcpCheck { host: "cloud.example.org".to_owned(), port: 443, tls: false, send: None, expect: None };
    let probe = ProbeDefinition {
        id: "cloud/tcp".parse().expect("an id"),
        schedule: Schedule::Every(Duration::from_secs(30)),
        timeout: Duration::from_secs(5),
        thresholds: shared::Thresholds::default(),
        check: Check::Tcp(check),
    };
    let definition = Definition {
        id: "cloud".parse().expect("an id"),
        name: "cloud".into(),
        group: None,
        description: None,
        url: None,
        domains: vec![],
        depends_on: vec![],
        formerly: vec![],
        probes: vec![Arc::new(probe)],
    };
    let definitions = [(definition.id.clone(), Arc::new(definition))].into();
    Arc::new(DefinitionSet { definitions, ..DefinitionSet::default() })
}

#[tokio::test(start_paused = true)]
async fn a_sign_of_life_needs_probes_that_run_and_a_hub_that_acknowledges() {
    let (definitions, watched) = watch::channel(Arc::new(DefinitionSet::default()));
    let watch = Watch::new(watched);
    let now = crate::probe::wall_clock();
    let later = |seconds: u64| now.plus(Duration::from_secs(seconds));
    assert_eq!(watch.silence(now), Some("no probe is defined"));
    definitions.send_replace(set());
    assert_eq!(watch.silence(now), Some("the hub has not acknowledged anything yet"));
    watch.acknowledged();
    assert_eq!(watch.silence(later(65)), None);
    assert_eq!(watch.silence(later(66)), Some("probes do not run"), "two intervals and the timeout are over");
    let observation = json!({
        "probe": "cloud/tcp", "location": "lyon", "started_at": now, "verdict": "fail", "failure": null, "timings": {},
        "duration": 0.1, "certificate_expires_at": null, "confirmation": false,
    });
    watch.heard(&serde_json::from_value(observation).expect("an observation"));
    assert_eq!(watch.silence(later(60)), None, "a target that fails is no fault of ours");
    tokio::time::advance(Duration::from_secs(91)).await;
    assert_eq!(watch.silence(later(30)), Some("the hub does not acknowledge"));
}
