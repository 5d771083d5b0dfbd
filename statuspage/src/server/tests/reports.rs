//! The door for reports: who sends too many waits, and how many are held in memory at once.

use std::{
    io::Write as _,
    sync::atomic::{AtomicU32, Ordering},
};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use flate2::{Compression, write::ZlibEncoder};
use sha2::{Digest as _, Sha256};
use shared::{
    LocationName, Sequence, Spans,
    report::{
        ENROLMENT_FORMAT, Enrolment, Heartbeat, RECEIPT_FORMAT, REPORT_FORMAT, REPORT_TYPE, Receipt, Report, RunId,
        header,
    },
};

use tokio::task::JoinSet;

use super::{super::quota::AT_ONCE, *};
use crate::location::{Book, Code, Command};

fn lyon() -> LocationName {
    "lyon".parse().expect("a name")
}

/// A location that is enrolled with a hub that takes whatever it says.
struct Afar {
    stage: Stage,
    key: Ed25519KeyPair,
    taken: Arc<AtomicU32>,
    _hub: JoinSet<()>,
}

impl Afar {
    fn new() -> Self {
        let (mut stage, key, mut book) = (Stage::new(), Ed25519KeyPair::generate().expect("a key"), Book::default());
        let code = Code::generate().expect("a code");
        book.order(&Command::Add(lyon(), code.clone()), None, now()).expect("added");
        let (public_key, code) = (STANDARD.encode(key.public_key().as_ref()), code.reveal().to_owned());
        let signature = STANDARD.encode(key.sign(&Enrolment::signed(&lyon(), &code, &public_key)).as_ref());
        let (format, location) = (ENROLMENT_FORMAT.to_owned(), lyon());
        book.enrol(&Enrolment { format, location, code, public_key, signature }, now()).expect("enrolled");
        let (counter, end) = hub::counter();
        end.show(book.register().clone());
        stage.app.counter = counter;
        let (taken, mut tasks) = (Arc::<AtomicU32>::default(), JoinSet::new());
        let count = Arc::clone(&taken);
        tasks.spawn(end.reported_by(move |report| {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(receipt(report))
        }));
        Self { stage, key, taken, _hub: tasks }
    }

    fn request(&self, body: impl FnOnce(Vec<u8>) -> Body) -> Request<Body> {
        let report = Report {
            format: REPORT_FORMAT.to_owned(),
            location: lyon(),
            run: RunId::new(1),
            begins: Sequence::new(1),
            beat: 1,
            sent_at: now(),
            acknowledged: Sequence::NONE,
            entries: Vec::new(),
            lost: Vec::new(),
            heartbeat: Heartbeat::default(),
        };
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
        packed.write_all(&serde_json::to_vec(&report).expect("JSON")).expect("packed");
        let packed = packed.finish().expect("packed");
        let mut hash = [0; 32];
        hash.copy_from_slice(&Sha256::digest(&packed));
        let signature = STANDARD.encode(self.key.sign(&report.envelope().signed(&hash)).as_ref());
        let request = Request::post("/api/v1/reports").extension(self.stage.peer).header("host", "status.example.org");
        let request = request.header("content-type", REPORT_TYPE).header(header::LOCATION, "lyon");
        let request = request.header(header::SEQUENCE, "0-0").header(header::SENT, report.sent_at.as_millis());
        request.header(header::SIGNATURE, signature).body(body(packed)).expect("a request")
    }

    async fn report(&self) -> Answer {
        self.stage.send(self.request(Body::from)).await
    }
}

fn receipt(report: &Report) -> Receipt {
    Receipt {
        format: RECEIPT_FORMAT.to_owned(),
        location: report.location.clone(),
        acknowledged: Sequence::NONE,
        highest: Sequence::NONE,
        missing: Spans::default(),
        definitions: String::new(),
        received_at: now(),
        answered_at: now(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_location_that_sends_without_end_is_told_to_wait_and_the_hub_hears_no_more_than_it_may_send() {
    let afar = Afar::new();
    for number in 0..AT_ONCE {
        let answer = afar.report().await;
        assert_eq!(answer.status, StatusCode::OK, "{number}: {}", answer.text());
    }
    let before = afar.taken.load(Ordering::Relaxed);
    // Reading takes time of its own, for which there is room again.
    let mut refused = None;
    for _ in 0..AT_ONCE {
        refused = Some(afar.report().await).filter(|answer| answer.status != StatusCode::OK).or(refused);
    }
    let refused = refused.expect("a refusal");
    assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "1"));
    assert_eq!(refused.json()["kind"], "too_often");
    assert!(afar.taken.load(Ordering::Relaxed) < before + AT_ONCE / 2, "the hub was not asked");
    assert!(afar.stage.app.hub.throttled.of(&lyon()) > 0, "it is counted");
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(afar.report().await.status, StatusCode::OK, "after the time that it was told to wait");
}

/// A body that never comes.
fn endless() -> Body {
    Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>())
}

#[tokio::test(start_paused = true)]
async fn no_more_bodies_are_held_at_once_than_there_are_turns_for_and_who_waits_in_vain_is_told_to_come_again() {
    let afar = Afar::new();
    let (turns, mut slow) = (afar.stage.app.bodies.available_permits(), JoinSet::new());
    for _ in 0..turns {
        let (router, request) = (afar.stage.router(), afar.request(|_| endless()));
        slow.spawn(async move { router.oneshot(request).await.expect("it always answers").status() });
    }
    tokio::time::advance(Duration::from_millis(1)).await;
    let refused = afar.report().await;
    assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "5"));
    // A body that does not come has its own deadline, and the turn is free again.
    while let Some(status) = slow.join_next().await {
        assert_eq!(status.expect("no panic"), StatusCode::REQUEST_TIMEOUT);
    }
    assert_eq!(afar.report().await.status, StatusCode::OK);
}
