//! `POST /api/v1/reports` and `POST /api/v1/enrolments`: the door for locations, which a signature opens and no token.
//!
//! It does not know what a report means. Nothing is unpacked before its signature is known to be good, and then only so much; who is
//! not let in may try a few times, then every few seconds; who is let in may send so much, then waits.

use std::io::Read as _;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header::RETRY_AFTER, request::Parts},
    response::Response,
    routing::post,
};
use bytes::Bytes;
use flate2::read::ZlibDecoder;
use shared::{
    LocationName, Sequence, Timestamp,
    report::{
        ENROLMENT_FORMAT, Enrolled, Enrolment, Envelope, MOST_ENTRIES, MOST_SPANS, REFUSAL_FORMAT, REPORT_FORMAT,
        REPORT_TYPE, Refusal, RefusalKind, Report, header,
    },
};
use tokio::time::{Duration, Instant, timeout};

use super::{
    asking::neighbourhood,
    body::{self, Unread},
    reply::json,
    router::App,
};
use crate::{
    clock::now,
    hub::Answer,
    location::{PublicKey, Undone, Unverified},
};

/// The largest report as it is sent.
const LARGEST: usize = 4 << 20;
/// The largest report, unpacked.
const UNPACKED: u64 = 16 << 20;
/// So long a report waits for its turn to be read.
const TURN: Duration = Duration::from_secs(5);
/// The largest enrolment.
const ENROLMENT: usize = 8 << 10;

/// Their paths.
pub(super) fn router() -> Router<App> {
    Router::new().route("/api/v1/reports", post(report)).route("/api/v1/enrolments", post(enrol))
}

async fn report(State(app): State<App>, request: Request) -> Response {
    let received_at = now();
    let (head, body) = request.into_parts();
    if !body::is_of(&head.headers, REPORT_TYPE) {
        return refuse(RefusalKind::Malformed, format!("a report is sent as {REPORT_TYPE}"));
    }
    let Some((envelope, signature)) = envelope(&head.headers) else {
        return refuse(RefusalKind::Malformed, "the report has no envelope: location, sequence, time and signature");
    };
    // Nothing of a stranger's is read, and no more at once than memory is meant for.
    if !app.counter.register().has(&envelope.location) {
        return turn_away(&app, &head, &envelope, Unverified::Nobody);
    }
    if let Some(wait) = app.quota.wait(&envelope.location, Instant::now()) {
        return slow_down(&app, &envelope.location, wait);
    }
    let Ok(Ok(turn)) = timeout(TURN, app.bodies.acquire()).await else {
        return again_after(TURN, "too many reports at once: come again in a moment");
    };
    let body = match body::whole(body, LARGEST).await {
        Ok(body) => body,
        Err(Unread::TooLarge) => return refuse(RefusalKind::Malformed, "the report is too large"),
        // Whatever is in it: the way here is to blame.
        Err(Unread::TooLate | Unread::Broken) => {
            return refuse(RefusalKind::Late, "the report did not come whole and in time");
        }
    };
    let key = match app.counter.register().verify(&envelope, &body, &signature) {
        Ok(verified) => verified.key,
        Err(unverified) => return turn_away(&app, &head, &envelope, unverified),
    };
    app.quota.charge(&envelope.location, Instant::now());
    let report = unpacked(&app, envelope, body).await;
    drop(turn);
    match report {
        Ok(report) => hand_in(&app, report, key, received_at).await,
        Err((kind, detail)) => refuse(kind, detail),
    }
}

async fn hand_in(app: &App, report: Report, key: PublicKey, received_at: Timestamp) -> Response {
    match app.counter.report(report, key, received_at).await {
        Ok(receipt) => json(StatusCode::OK, &receipt),
        Err(answer) => refuse_for(answer),
    }
}

fn refuse_for(answer: Answer) -> Response {
    match answer {
        Answer::Behind => {
            refuse(RefusalKind::Behind, "the hub's store cannot write now: keep the results and come again")
        }
        Answer::Undone(Undone::Unknown | Undone::Forged) => refuse(RefusalKind::Unknown, NOBODY),
        Answer::Undone(Undone::Revoked) => refuse(RefusalKind::Revoked, REVOKED),
        Answer::Undone(Undone::Beyond) => {
            refuse(RefusalKind::Malformed, "the numbers of the results are too far above those that are known")
        }
        Answer::Undone(Undone::Code) => refuse(
            RefusalKind::Code,
            "the code is not valid, not any more, or not for this name: `statuspage location add` or `rotate` on the hub prints a new one",
        ),
        Answer::Undone(Undone::Copied(highest)) => {
            let detail = format!(
                "numbers up to {highest} were given to other results: this location runs twice, or was set back"
            );
            let refusal = Refusal { highest: Some(highest), ..refusal(RefusalKind::Conflict, detail) };
            json(StatusCode::CONFLICT, &refusal)
        }
    }
}

const NOBODY: &str = "the hub knows no such location with that key: was it enrolled here?";
const REVOKED: &str = "this location was revoked";

/// The location has sent more than it may: nothing of it is read, and it is counted.
fn slow_down(app: &App, location: &LocationName, wait: Duration) -> Response {
    app.hub.throttled.count(location);
    again_after(wait, "this location sends more reports than it may: come again in a moment")
}

fn again_after(wait: Duration, detail: &str) -> Response {
    let mut response = refuse(RefusalKind::TooOften, detail);
    // In whole seconds (RFC 9110, section 10.2.3), and never too early.
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    response
}

/// Says no, and tells operators where somebody uses a location's name.
fn turn_away(app: &App, head: &Parts, envelope: &Envelope, unverified: Unverified) -> Response {
    if let Err(wait) = app.turnstile.pass(neighbourhood(app, head), Instant::now()) {
        return again_after(wait, "too many reports that were not let in");
    }
    match unverified {
        Unverified::Nobody => refuse(RefusalKind::Unknown, NOBODY),
        Unverified::Forged | Unverified::Replaced => {
            app.counter.rejected(&envelope.location, unverified);
            refuse(RefusalKind::Unknown, NOBODY)
        }
        Unverified::Revoked => {
            app.counter.rejected(&envelope.location, unverified);
            refuse(RefusalKind::Revoked, REVOKED)
        }
    }
}

/// What is signed beside the body.
fn envelope(headers: &HeaderMap) -> Option<(Envelope, String)> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let (first, last) = text(header::SEQUENCE)?.split_once('-')?;
    let number = |text: &str| text.parse().ok().map(Sequence::new);
    let envelope = Envelope {
        location: text(header::LOCATION)?.parse().ok()?,
        first: number(first)?,
        last: number(last)?,
        sent_at: Timestamp::from_millis(text(header::SENT)?.parse().ok()?),
    };
    Some((envelope, text(header::SIGNATURE)?.to_owned()))
}

/// The report, which says the same as its envelope. A few at a time: unpacking takes a processor.
async fn unpacked(app: &App, envelope: Envelope, body: Bytes) -> Result<Report, (RefusalKind, String)> {
    let Ok(_turn) = app.reports.acquire().await else {
        return Err((RefusalKind::Behind, "the hub is stopping".to_owned()));
    };
    let read = tokio::task::spawn_blocking(move || {
        let mut text = Vec::new();
        let mut packed = ZlibDecoder::new(body.as_ref()).take(UNPACKED + 1);
        packed.read_to_end(&mut text).map_err(|_| "the report cannot be unpacked".to_owned())?;
        if text.len() as u64 > UNPACKED {
            return Err("the report is too large, unpacked".to_owned());
        }
        let report: Report =
            serde_json::from_slice(&text).map_err(|error| format!("the report cannot be read: {error}"))?;
        let sound =
            report.format == REPORT_FORMAT && report.entries.len() <= MOST_ENTRIES && report.lost.len() <= MOST_SPANS;
        if !sound || report.envelope() != envelope {
            return Err("the report says something else than its envelope, or has another form".to_owned());
        }
        Ok(report)
    });
    match read.await {
        Ok(read) => read.map_err(|detail: String| (RefusalKind::Malformed, detail)),
        Err(_) => Err((RefusalKind::Behind, "the report could not be read now".to_owned())),
    }
}

async fn enrol(State(app): State<App>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    if let Err(wait) = app.turnstile.pass(neighbourhood(&app, &head), Instant::now()) {
        return again_after(wait, "too many enrolments: wait a minute");
    }
    let body = body::whole(body, ENROLMENT).await.unwrap_or_default();
    let enrolment = serde_json::from_slice::<Enrolment>(&body).ok();
    let Some(enrolment) = enrolment.filter(|enrolment| enrolment.format == ENROLMENT_FORMAT) else {
        return refuse(RefusalKind::Malformed, "the enrolment cannot be read: is the prober of the hub's version?");
    };
    let location = enrolment.location.clone();
    match app.counter.enrol(enrolment).await {
        Ok(highest) => json(StatusCode::OK, &Enrolled { format: ENROLMENT_FORMAT.to_owned(), location, highest }),
        Err(answer) => refuse_for(answer),
    }
}

fn refuse(kind: RefusalKind, detail: impl Into<String>) -> Response {
    json(status(kind), &refusal(kind, detail))
}

fn refusal(kind: RefusalKind, detail: impl Into<String>) -> Refusal {
    Refusal { format: REFUSAL_FORMAT.to_owned(), kind, detail: detail.into(), highest: None }
}

fn status(kind: RefusalKind) -> StatusCode {
    match kind {
        RefusalKind::Unknown => StatusCode::UNAUTHORIZED,
        RefusalKind::Revoked | RefusalKind::Code => StatusCode::FORBIDDEN,
        RefusalKind::Conflict => StatusCode::CONFLICT,
        RefusalKind::Malformed => StatusCode::BAD_REQUEST,
        RefusalKind::Late => StatusCode::REQUEST_TIMEOUT,
        RefusalKind::TooOften => StatusCode::TOO_MANY_REQUESTS,
        RefusalKind::Behind => StatusCode::SERVICE_UNAVAILABLE,
    }
}
