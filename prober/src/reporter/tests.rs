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
    clerk::{self, Clerk},
    contact::Log,
    hub::{HubClient, Unanswered},
    link::{self, Link, Next},
    watch::Watch,
    *,
};
use crate::canary::{Canaries, Canary};
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
    let lost = ("502 Bad Gateway", String::new());
    let answers = vec![lost.clone(), ("200 OK", enrolled.clone()), ("200 OK", enrolled), lost];
    let (hub, heard) = scripted(answers);
    let open =
        async |code| Reporter::open(options(hub.clone(), directory.path(), code), &mut Oversight::default()).await;
    let refused = open(None).await.expect_err("no code");
    assert!(refused.to_string().contains("statuspage location add lyon"), "{refused}");
    let refused = open(Some("one")).await.expect_err("the answer is lost");
    assert!(refused.to_string().contains("the same code can be used again"), "{refused}");
    let Reporter { journal, identity, .. } = open(Some("one")).await.expect("enrolled");
    let journal = journal.read(Pulse::new("journal", Duration::from_secs(30)));
    assert_eq!(journal.begins(), Sequence::new(41));
    let public = identity.public_key();
    assert_eq!(
        (key_in(&heard.recv().expect("asked")), key_in(&heard.recv().expect("asked"))),
        (public.clone(), public.clone())
    );
    drop(journal);
    let again = open(Some("one")).await.expect("the same code is not used again");
    assert_eq!(again.identity.public_key(), public);
    drop(again);
    assert_eq!(open(None).await.expect("it has a key").identity.public_key(), public);
    let other = open(Some("two")).await.expect("another code is for another key");
    assert_ne!(other.identity.public_key(), public);
    let new = other.identity.public_key();
    drop(other);
    let kept = open(Some("three")).await.expect("a code that brings nothing stops no location that has a key");
    assert_eq!(kept.identity.public_key(), new);
}

#[tokio::test]
async fn a_sign_of_life_was_taken_where_the_answer_says_so() {
    for (status, taken) in [("200 OK", true), ("204 No Content", true), ("302 Found", false), ("404 Not Found", false)]
    {
        let (address, _heard) = scripted(vec![(status, String::new())]);
        let url = address.to_string().parse().expect("an address");
        assert_eq!(ping::tell(&client(address).http(), &url).await, taken, "{status}");
    }
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
    let definition = Definition::new("cloud".parse().expect("an id"), "cloud", vec![Arc::new(probe)]);
    let definitions = [(definition.id.clone(), Arc::new(definition))].into();
    Arc::new(DefinitionSet { definitions, ..DefinitionSet::default() })
}

#[tokio::test(start_paused = true)]
async fn a_sign_of_life_needs_probes_that_run_and_a_hub_that_acknowledges() {
    let (definitions, watched) = watch::channel(Arc::new(DefinitionSet::default()));
    let watch = Watch::new(watched, Canaries::Off);
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

/// A location with so many results in its journal that no hub has, and a hub that gives these answers.
struct Place {
    link: Link,
    heard: mpsc::Receiver<String>,
    contact: watch::Receiver<Contact>,
    desk: clerk::Desk,
    _tasks: JoinSet<()>,
    _out: tokio::sync::mpsc::Sender<Observation>,
    _directory: tempfile::TempDir,
}

fn observation() -> Observation {
    let now = crate::probe::wall_clock();
    let json = json!({
        "probe": "cloud/tcp", "location": "lyon", "started_at": now, "verdict": "fail", "failure": null, "timings": {},
        "duration": 0.1, "certificate_expires_at": null, "confirmation": false,
    });
    serde_json::from_value(json).expect("an observation")
}

async fn place(results: u64, answers: Vec<(&'static str, String)>) -> Place {
    let directory = tempfile::tempdir().expect("a directory");
    let journal = Journal::open(directory.path(), JournalOptions::default()).expect("opens");
    let (address, heard) = scripted(answers);
    let (clock, watch) = (Arc::default(), Arc::new(Watch::new(watch::channel(set()).1, Canaries::Off)));
    let pulse = || Pulse::new("test", Duration::from_secs(30));
    let (shared, seen) = (Arc::clone(&clock), Arc::clone(&watch));
    let (clerk, desk) = Clerk::new(journal, clerk::Around { clock: shared, watch: seen, pulse: pulse() });
    let (log, contact) = Log::new();
    let (out, observations) = Reporter::seam();
    let mut tasks = JoinSet::new();
    tasks.spawn(clerk.run(observations, CancellationToken::new(), CancellationToken::new()));
    for _ in 0..results {
        out.send(observation()).await.expect("it listens");
    }
    desk.kept().wait_for(|kept| *kept == Sequence::new(results)).await.expect("all are kept");
    let identity = Identity::generate(lyon(), "code").expect("a key");
    let link = Link::new(identity, client(address), desk.clone(), link::Around { clock, watch, log, pulse: pulse() });
    Place { link, heard, contact, desk, _tasks: tasks, _out: out, _directory: directory }
}

fn has(acknowledged: u64, highest: u64) -> (&'static str, String) {
    let mut receipt = receipt("lyon");
    (receipt["acknowledged"], receipt["highest"], receipt["missing"]) =
        (json!(acknowledged), json!(highest), json!([]));
    ("200 OK", receipt.to_string())
}

fn refused(status: &'static str, kind: &str, highest: Option<u64>) -> (&'static str, String) {
    let refusal = json!({ "format": REFUSAL_FORMAT, "kind": kind, "detail": "no", "highest": highest });
    (status, refusal.to_string())
}

impl Place {
    /// The numbers of one report.
    async fn says(&mut self) -> String {
        self.link.report().await;
        let request = self.heard.recv().expect("asked").to_lowercase();
        let line = request.lines().find_map(|line| line.strip_prefix("belfry-sequence: ").map(str::to_owned));
        line.expect("an envelope")
    }
}

#[tokio::test]
async fn only_a_result_that_the_hub_cannot_read_while_it_reads_reports_is_given_up() {
    let malformed = || refused("400 Bad Request", "malformed", None);
    let late = || refused("408 Request Timeout", "late", None);
    let answers =
        vec![has(0, 0), late(), malformed(), malformed(), malformed(), late(), malformed(), has(0, 0), has(1, 1)];
    let mut place = place(1, answers).await;
    // It asks first; what did not come whole is no result's fault, nor is what an empty report shares.
    for (step, expected) in ["0-0", "1-1", "1-1", "0-0", "1-1", "0-0", "1-1", "0-0", "0-0"].into_iter().enumerate() {
        assert_eq!(place.says().await, expected, "report {step}");
    }
}

#[tokio::test]
async fn a_conflict_gives_new_numbers_to_what_the_hub_lacks_only() {
    let answers = vec![has(0, 0), has(2, 2), refused("409 Conflict", "conflict", Some(50)), has(50, 50)];
    let mut place = place(2, answers).await;
    assert_eq!((place.says().await.as_str(), place.says().await.as_str()), ("0-0", "1-2"));
    place.says().await;
    assert_eq!(place.says().await, "0-0", "nothing is sent twice");
}

#[tokio::test]
async fn a_location_that_lost_its_end_goes_on_above_what_the_hub_knows() {
    let mut place = place(2, vec![has(40, 40), has(42, 42)]).await;
    assert_eq!((place.says().await.as_str(), place.says().await.as_str()), ("0-0", "41-42"));
}

#[tokio::test]
async fn whoever_asks_hears_when_the_hub_took_a_report_and_what_went_wrong_since() {
    let answers =
        vec![has(0, 0), refused("503 Service Unavailable", "behind", None), ("502 Bad Gateway", String::new())];
    let mut place = place(1, answers).await;
    assert_eq!(*place.contact.borrow(), Contact::default());
    place.says().await;
    let Contact { receipt, error } = place.contact.borrow().clone();
    assert!(receipt.is_some() && error.is_none());
    place.says().await;
    assert_eq!(*place.contact.borrow(), Contact { receipt, error: Some("no".to_owned()) });
    place.says().await;
    let foreign = "what answers there with HTTP 502 is no hub of this version";
    assert_eq!(*place.contact.borrow(), Contact { receipt, error: Some(foreign.to_owned()) });
}

/// What a canary is found to be when everything works.
fn right(canary: Canary) -> Observation {
    let (verdict, failure, status) = match canary {
        Canary::Failing => ("fail", json!({ "kind": "http_status", "detail": "502" }), Some(502)),
        Canary::Working => ("pass", Value::Null, Some(200)),
        Canary::Slow => ("fail", json!({ "kind": "http_timeout", "detail": "no answer" }), None),
    };
    let http = status.map(|status| json!({ "status": status, "version": "1.1", "redirects": [] }));
    let json = json!({
        "probe": format!("belfry-canary/{}", canary.word()), "location": "lyon", "started_at": crate::probe::wall_clock(),
        "verdict": verdict, "failure": failure, "timings": {}, "duration": 0.1, "http": http, "certificate_expires_at": null,
        "confirmation": false,
    });
    serde_json::from_value(json).expect("an observation")
}

#[tokio::test(start_paused = true)]
async fn no_sign_of_life_is_given_while_a_canary_is_not_found_to_be_what_it_is() {
    let (_definitions, watched) = watch::channel(set());
    let watch = Watch::new(watched, Canaries::On);
    let now = crate::probe::wall_clock();
    let minute = async |found: &[Canary]| {
        watch.acknowledged();
        tokio::time::advance(Duration::from_secs(30)).await;
        found.iter().for_each(|canary| watch.heard(&right(*canary)));
        tokio::time::advance(Duration::from_secs(30)).await;
        watch.silence(now)
    };
    let broken = Some("a canary is not found to be what it is: detection is broken");
    assert_eq!(minute(&Canary::ALL).await, None);
    for missing in Canary::ALL {
        let rest: Vec<_> = Canary::ALL.into_iter().filter(|canary| *canary != missing).collect();
        assert_eq!(minute(&rest).await, broken, "{missing:?}");
        let green = Observation { verdict: shared::Verdict::Warn, failure: None, http: None, ..right(missing) };
        watch.heard(&green);
        assert_eq!(minute(&rest).await, broken, "{missing:?} is found to be something else");
        assert_eq!(minute(&Canary::ALL).await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_journal_that_does_not_come_back_from_its_disk_gives_no_sign_of_life() {
    let directory = tempfile::tempdir().expect("a directory");
    let journal = Journal::open(directory.path(), JournalOptions::default()).expect("opens");
    let pulse = Pulse::new("journal", Duration::from_secs(30));
    let watch = Arc::new(Watch::new(watch::channel(set()).1, Canaries::Off));
    let around = clerk::Around { clock: Arc::default(), watch, pulse: pulse.clone() };
    let (clerk, desk) = Clerk::new(journal, around);
    let (_out, observations) = Reporter::seam();
    let (mut tasks, last) = (JoinSet::new(), CancellationToken::new());
    tasks.spawn(clerk.run(observations, last.clone(), last.clone()));
    let before = pulse.count();
    tokio::time::sleep(Duration::from_secs(30)).await;
    let alive = pulse.count();
    assert!(alive > before, "it lives although nothing is to be kept");
    let (release, held) = mpsc::channel::<()>();
    let (took, is_taken) = tokio::sync::oneshot::channel();
    let (other, order) = (desk.clone(), move |_: &mut Journal| {
        let _ = took.send(());
        let _ = held.recv();
    });
    tasks.spawn(async move { other.ask(order).await.unwrap_or_default() });
    is_taken.await.expect("the journal is busy");
    let stuck = pulse.count();
    tokio::time::advance(Duration::from_secs(60)).await;
    assert_eq!(pulse.count(), stuck);
    drop(release);
    desk.ask(|_| ()).await.expect("it is back");
    assert!(pulse.count() > stuck);
    last.cancel();
    tasks.join_next().await;
}

#[tokio::test]
async fn results_are_taken_while_an_old_journal_is_still_being_read_and_are_kept_afterwards() {
    let directory = tempfile::tempdir().expect("a directory");
    let parts = directory.path().join("journal");
    std::fs::create_dir(&parts).expect("made");
    // Whoever reads a pipe waits for its other end.
    let slow = parts.join("00000000000000000001.part");
    rustix::fs::mknodat(rustix::fs::CWD, &slow, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).expect("a pipe");
    let journal = Journal::open(directory.path(), JournalOptions::default()).expect("opens at once");
    let watch = Arc::new(Watch::new(watch::channel(set()).1, Canaries::Off));
    let pulse = Pulse::new("journal", Duration::from_secs(30));
    let around = clerk::Around { clock: Arc::default(), watch, pulse };
    let (clerk, desk) = Clerk::new(journal, around);
    let (out, observations) = Reporter::seam();
    let (mut tasks, last) = (JoinSet::new(), CancellationToken::new());
    tasks.spawn(clerk.run(observations, last.clone(), last.clone()));
    out.send(observation()).await.expect("it listens");
    while out.capacity() < out.max_capacity() {
        tokio::task::yield_now().await;
    }
    assert_eq!(*desk.kept().borrow(), Sequence::NONE);
    tasks.spawn_blocking(move || drop(std::fs::OpenOptions::new().write(true).open(slow).expect("the other end")));
    desk.kept().wait_for(|kept| *kept == Sequence::new(1)).await.expect("it is kept");
}

#[tokio::test]
async fn a_hub_that_asks_for_time_gets_it_and_nothing_is_given_up() {
    let check = async |waits: &'static str, expected: Next| {
        let (status, body) = refused("429 Too Many Requests", "too_often", None);
        let head: &'static str = Box::leak(format!("{status}{waits}").into_boxed_str());
        let mut place = place(2, vec![has(0, 0), (head, body), has(2, 2)]).await;
        assert_eq!(place.says().await, "0-0");
        assert_eq!(place.link.report().await, expected, "{waits:?}");
        assert!(place.heard.recv().expect("asked").contains("belfry-sequence: 1-2"));
        assert_eq!(place.says().await, "1-2", "the same once more");
    };
    check("\r\nretry-after: 7", Next::After(Duration::from_secs(7))).await;
    check("\r\nretry-after: 86400", Next::After(Duration::from_secs(30))).await;
    check("\r\nretry-after: tomorrow", Next::AfterPause).await;
    check("", Next::AfterPause).await;
}

#[tokio::test]
async fn a_journal_that_is_busy_for_long_does_not_keep_the_hub_from_hearing_of_the_place() {
    let mut place = place(2, vec![has(0, 0), has(2, 2), has(2, 2)]).await;
    assert_eq!((place.says().await.as_str(), place.says().await.as_str()), ("0-0", "1-2"));
    let (release, held) = mpsc::channel::<()>();
    let (desk, mut busy) = (place.desk.clone(), JoinSet::new());
    let (took, is_taken) = tokio::sync::oneshot::channel();
    busy.spawn(async move {
        let order = move |_: &mut Journal| {
            let _ = took.send(());
            let _ = held.recv();
        };
        desk.ask(order).await.unwrap_or_default();
    });
    is_taken.await.expect("the journal is busy");
    assert_eq!(place.says().await, "0-0", "what is known without it");
    drop(release);
    busy.join_next().await;
}
