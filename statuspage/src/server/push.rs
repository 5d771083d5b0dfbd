//! Signs of life as they are sent: by the paths of Uptime Kuma, Healthchecks, Alertmanager's webhook and Gatus.
//!
//! It does not know what is expected when: the hub does. The token stands in the path, so that it is repeated in no answer and no log,
//! and an answer never tells what it would open. 200 means that what came is on stable storage.

mod webhook;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
    routing::{any, post},
};
use prober::definition::DefinitionSet;
use serde_json::json;
use tokio::{sync::watch, time::Instant};

use super::{asking::neighbourhood, body, router::App};
use crate::{
    heartbeat::{Key, Keys, Push, Sign},
    hub::Unheard,
};

/// The largest body; Alertmanager's messages hold all alerts of a group.
const LARGEST: usize = 256 << 10;
/// So many signs of one token at once, then one each second.
const AT_ONCE: u32 = 30;
const EACH: Duration = Duration::from_secs(1);

/// Which tokens there are, and how often each was used.
#[derive(Debug)]
pub(super) struct Doorbells {
    definitions: watch::Receiver<Arc<DefinitionSet>>,
    /// Of which set they were made.
    keys: Mutex<Option<(Arc<DefinitionSet>, Arc<Keys>)>>,
    /// When everything that came by a key will have been paid for by waiting.
    paid: Mutex<HashMap<Key, Instant>>,
}

impl Doorbells {
    pub(super) fn new(definitions: watch::Receiver<Arc<DefinitionSet>>) -> Self {
        Self { definitions, keys: Mutex::default(), paid: Mutex::default() }
    }

    fn keys(&self) -> Arc<Keys> {
        let set = Arc::clone(&self.definitions.borrow());
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        match keys.as_ref().filter(|(of, _)| Arc::ptr_eq(of, &set)) {
            Some((_, keys)) => Arc::clone(keys),
            None => {
                let made = Arc::new(Keys::of(&set));
                *keys = Some((set, Arc::clone(&made)));
                self.paid.lock().unwrap_or_else(PoisonError::into_inner).clear();
                made
            }
        }
    }

    /// Takes one sign, or says how long to wait before the next one.
    fn pass(&self, key: Key, now: Instant) -> Result<(), Duration> {
        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        let until = paid.get(&key).copied().unwrap_or(now).max(now);
        let wait = (until + EACH).saturating_duration_since(now + EACH * AT_ONCE);
        if wait.is_zero() {
            paid.insert(key, until + EACH);
            return Ok(());
        }
        Err(wait)
    }
}

/// What became of a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// It is on stable storage, or says nothing that would be kept.
    Heard,
    /// There is no such token.
    Unknown,
    /// Too many.
    Wait(Duration),
    /// The store does not write just now, or the hub does not answer.
    Later,
}

/// The paths, and how each answers.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/api/push/{token}", any(kuma))
        .route("/api/push/{token}/alertmanager", post(webhook::alertmanager))
        .route("/api/push/alertmanager", post(webhook::alertmanager_by_bearer))
        .route("/api/v1/endpoints/{key}/external", post(gatus))
        .route("/ping/{token}", any(healthchecks))
        .route("/ping/{token}/{what}", any(healthchecks_what))
        .route("/ping/{token}/{slug}/{what}", any(healthchecks_slug))
}

/// Whether a path holds a token.
pub(super) fn holds_a_token(path: &str) -> bool {
    path.starts_with("/api/push/") || path.starts_with("/ping/")
}

async fn ring(app: &App, head: &Parts, token: &str, push: impl FnOnce() -> Option<Push>) -> Ended {
    let Some(key) = app.doorbells.keys().find(token) else {
        // Whoever tries tokens out does so slowly.
        return match app.turnstile.pass(neighbourhood(app, head), Instant::now()) {
            Ok(()) => Ended::Unknown,
            Err(wait) => Ended::Wait(wait),
        };
    };
    if let Err(wait) = app.doorbells.pass(key, Instant::now()) {
        return Ended::Wait(wait);
    }
    match push() {
        None => Ended::Heard,
        Some(push) => match app.desk.beat(key, push).await {
            Ok(()) => Ended::Heard,
            Err(Unheard) => Ended::Later,
        },
    }
}

/// What the body says, as text; whatever cannot be read says nothing.
async fn text(request: Request) -> (Parts, String) {
    let (head, body) = request.into_parts();
    let bytes = body::whole(body, LARGEST).await.unwrap_or_default();
    (head, String::from_utf8_lossy(&bytes).into_owned())
}

fn query(head: &Parts) -> url::form_urlencoded::Parse<'_> {
    url::form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes())
}

/// Uptime Kuma: `/api/push/TOKEN?status=up&msg=OK&ping=12`, in any method; pairs may stand in a form or in a flat JSON object, too.
async fn kuma(State(app): State<App>, Path(token): Path<String>, request: Request) -> Response {
    let (head, text) = text(request).await;
    let push = || {
        let push = Push::default().with_pairs(query(&head));
        if body::is_of(&head.headers, "application/x-www-form-urlencoded") {
            return Some(push.with_pairs(url::form_urlencoded::parse(text.as_bytes())));
        }
        Some(push.with_pairs(flat(&text).into_iter()))
    };
    let ended = ring(&app, &head, &token, push).await;
    let (status, answer) = match ended {
        Ended::Heard => (StatusCode::OK, json!({ "ok": true })),
        Ended::Unknown => (StatusCode::NOT_FOUND, json!({ "ok": false, "msg": "Monitor not found or not active." })),
        Ended::Wait(_) => (StatusCode::TOO_MANY_REQUESTS, json!({ "ok": false, "msg": "too often" })),
        Ended::Later => (StatusCode::SERVICE_UNAVAILABLE, json!({ "ok": false, "msg": "try again" })),
    };
    respond(ended, status, "application/json; charset=utf-8", answer.to_string())
}

/// The scalars of a JSON object, as texts.
fn flat(text: &str) -> Vec<(String, String)> {
    let Ok(serde_json::Value::Object(object)) = serde_json::from_str(text) else { return Vec::new() };
    let scalar = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Number(number) => Some(number.to_string()),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Array(_)
        | serde_json::Value::Object(_) => None,
    };
    object.into_iter().filter_map(|(name, value)| Some((name, scalar(value)?))).collect()
}

/// Healthchecks: `/ping/TOKEN`, in any method; the body is its log.
async fn healthchecks(State(app): State<App>, Path(token): Path<String>, request: Request) -> Response {
    let (head, text) = text(request).await;
    let ended = ring(&app, &head, &token, || Some(Push::default().with_pairs(query(&head)).saying(&text))).await;
    plain(ended)
}

/// Healthchecks: `/ping/TOKEN/fail`, `/start`, `/log`, and the exit status of a job; or `/ping/TOKEN/SLUG`.
async fn healthchecks_what(
    State(app): State<App>,
    Path((token, what)): Path<(String, String)>,
    request: Request,
) -> Response {
    match (Said::of(&what), app.doorbells.keys().watches(&token, &what)) {
        (Some(said), _) => job(&app, &token, said, request).await,
        (None, true) => job(&app, &token, Said::Sign(Sign::Alive), request).await,
        (None, false) => plain(Ended::Unknown),
    }
}

/// Healthchecks: `/ping/TOKEN/SLUG/fail` and its kin. The slug is the id of the component or the probe: another one would be a slip that nobody notices.
async fn healthchecks_slug(
    State(app): State<App>,
    Path((token, slug, what)): Path<(String, String, String)>,
    request: Request,
) -> Response {
    match (Said::of(&what), app.doorbells.keys().watches(&token, &slug)) {
        (Some(said), true) => job(&app, &token, said, request).await,
        (Some(_), false) | (None, _) => plain(Ended::Unknown),
    }
}

/// What the end of Healthchecks' path says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Sign(Sign),
    /// A line for its log, which is no sign.
    Log,
}

impl Said {
    fn of(what: &str) -> Option<Self> {
        match (what, what.parse::<u8>()) {
            ("fail", _) => Some(Self::Sign(Sign::Down)),
            ("start", _) => Some(Self::Sign(Sign::Begun)),
            ("log", _) => Some(Self::Log),
            (_, Ok(0)) => Some(Self::Sign(Sign::Alive)),
            (_, Ok(_)) => Some(Self::Sign(Sign::Down)),
            (_, Err(_)) => None,
        }
    }
}

async fn job(app: &App, token: &str, said: Said, request: Request) -> Response {
    let (head, text) = text(request).await;
    let push = || match said {
        Said::Sign(sign) => Some(Push { sign, ..Push::default().with_pairs(query(&head)).saying(&text) }),
        Said::Log => None,
    };
    plain(ring(app, &head, token, push).await)
}

/// Gatus: `/api/v1/endpoints/KEY/external?success=true&error=…&duration=10s` with the token as bearer; the key is the sender's own.
async fn gatus(State(app): State<App>, Path(_): Path<String>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let token = bearer(&head);
    let push = || {
        let pairs: HashMap<_, _> = query(&head).into_owned().collect();
        let sign = if pairs.get("success").is_some_and(|text| text == "true") { Sign::Alive } else { Sign::Down };
        let took = pairs.get("duration").and_then(|text| text.parse::<jiff::SignedDuration>().ok());
        let took = took.and_then(|took| Duration::try_from(took).ok());
        let push = Push { sign, took, ..Push::default() };
        Some(push.saying(pairs.get("error").map(String::as_str).unwrap_or_default()))
    };
    let ended = ring(&app, &head, &token, push).await;
    plain(ended)
}

/// The token of `Authorization: Bearer …`; empty where there is none.
fn bearer(head: &Parts) -> String {
    let value = head.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    value.and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default().to_owned()
}

fn plain(ended: Ended) -> Response {
    let (status, text) = match ended {
        Ended::Heard => (StatusCode::OK, "OK"),
        Ended::Unknown => (StatusCode::NOT_FOUND, "not found"),
        Ended::Wait(_) => (StatusCode::TOO_MANY_REQUESTS, "too often"),
        Ended::Later => (StatusCode::SERVICE_UNAVAILABLE, "try again"),
    };
    respond(ended, status, "text/plain; charset=utf-8", text.to_owned())
}

fn respond(ended: Ended, status: StatusCode, kind: &'static str, text: String) -> Response {
    let mut response = (status, [(header::CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response();
    let wait = match ended {
        Ended::Heard | Ended::Unknown => return response,
        Ended::Wait(wait) => wait.as_secs().max(1),
        Ended::Later => 5,
    };
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    response
}
