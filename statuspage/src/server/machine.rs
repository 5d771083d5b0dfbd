//! What machines ask for: the APIs, the metrics, and whether we are alive and ready.
//!
//! It does not know the shape of any document.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::Response,
    routing::{MethodRouter, get},
};
use prober::canary::is_canary;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use shared::ComponentId;
use subtle::ConstantTimeEq as _;
use tokio::{sync::SemaphorePermit, time};

use super::{
    MetricsAccess,
    edition::expired,
    peer::{Origin, Peer},
    press::{Document, Work},
    reader,
    representation::{CachePolicy, Representation},
    rights::Rights,
    router::App,
};
use crate::{
    api::{history, observations, problem::Problem},
    clock::now,
    incident::blindness,
    metrics::{self, ProcessFacts, Scrape},
    snapshot::Snapshot,
    store::{ObservationQuery, RollupQuery},
};

/// After that long, what has not reported will not do so soon: we are as ready as we get.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a question waits for its turn.
const TURN: Duration = Duration::from_secs(2);
/// The roll-ups that are asked for at once: those of so much time.
const ROWS: Duration = Duration::from_secs(1_000 * 3_600);

/// A document of Statuspage's API that has a path of its own.
pub(super) fn document(document: Document) -> MethodRouter<App> {
    get(move |State(app): State<App>, request: Parts| {
        let document = document.clone();
        async move { reader::work(&app, &request, |language| Work::Document(document.clone(), language)).await }
    })
}

/// `/api/v2/incidents/{id}.json`: an incident, or a maintenance.
pub(super) async fn incident(State(app): State<App>, Path(file): Path<String>, request: Parts) -> Response {
    let id = file.strip_suffix(".json").unwrap_or_default();
    // Only what exists gets a place in the edition, so that guessing names fills no memory.
    if !is_told(app.edition().snapshot(), id) {
        return reader::failure(&app, &request.uri, &request.headers, StatusCode::NOT_FOUND).await;
    }
    reader::work(&app, &request, |language| Work::Document(Document::Incident(id.to_owned()), language)).await
}

/// Whether something is told under that id.
fn is_told(snapshot: &Snapshot, id: &str) -> bool {
    snapshot.incidents.iter().any(|incident| incident.id.as_str() == id)
        || snapshot.maintenances.iter().any(|maintenance| maintenance.id.as_str() == id)
        || blindness::of(snapshot).is_some_and(|blind| blind.id.as_str() == id)
}

/// `/api/v1/components/{id}/observations`. Like [`history`] it asks the store, as no other reading address does: a few at a time, so that a flood of
/// questions costs writers nothing.
pub(super) async fn observations(State(app): State<App>, Path(id): Path<String>, request: Parts) -> Response {
    match page_of_observations(&app, &id, &request).await {
        Ok(page) => page.respond(StatusCode::OK, &request.headers),
        Err(problem) => problem.respond(),
    }
}

async fn page_of_observations(app: &App, id: &str, request: &Parts) -> Result<Representation, Problem> {
    let id = component(id)?;
    let query = observations::query(id.clone(), request.uri.query())?;
    let query = ObservationQuery { formerly: app.edition().snapshot().formerly(&id), ..query };
    let _turn = turn(app).await?;
    let page = app.store.observations(query).await.map_err(unavailable)?;
    // A component that is watched no more keeps its history; one that never was has none.
    if page.observations.is_empty() && app.edition().snapshot().component(&id).is_none() {
        let any = ObservationQuery { component: id, formerly: vec![], from: None, to: None, limit: 1, cursor: None };
        if app.store.observations(any).await.map_err(unavailable)?.observations.is_empty() {
            return Err(unknown());
        }
    }
    let rights = Rights::of(request);
    let shown = move || match rights {
        Rights::Public => observations::Page::public(page),
        Rights::Operator => observations::Page::whole(page),
    };
    json(shown).await
}

/// `/api/v1/components/{id}/history`: roll-ups, from the store too, and under the same limit.
pub(super) async fn history(State(app): State<App>, Path(id): Path<String>, request: Parts) -> Response {
    match rollups(&app, &id, &request).await {
        Ok(answer) => answer.respond(StatusCode::OK, &request.headers),
        Err(problem) => problem.respond(),
    }
}

async fn rollups(app: &App, id: &str, request: &Parts) -> Result<Representation, Problem> {
    let (id, now) = (component(id)?, now());
    let query = history::Query::read(request.uri.query(), now)?;
    let edition = app.edition();
    let shown = edition.snapshot().component(&id);
    let zone = &edition.snapshot().site.time_zone;
    let mut steps = query.steps(zone, shown.map_or(now, |component| component.created_at))?;
    let _turn = turn(app).await?;
    let (mut rows, mut is_known) = (steps.rows(), shown.is_some());
    while rows.start < rows.end {
        // A part at a time, so that nobody waits long for the store behind a long range.
        let until = rows.end.min(rows.start.plus(ROWS));
        let (component, formerly) = (id.clone(), edition.snapshot().formerly(&id));
        let part = RollupQuery { component, formerly, unit: query.step.unit(), from: rows.start, to: until };
        let ledgers = app.store.rollups(part).await.map_err(unavailable)?;
        is_known |= !ledgers.is_empty();
        for ledger in ledgers {
            if let Err(error) = steps.add(ledger.start, &ledger.body) {
                tracing::warn!(component = %id, start = %ledger.start, %error, "a roll-up cannot be read");
            }
        }
        rows.start = until;
    }
    if !is_known {
        return Err(unknown());
    }
    let since = shown.map(|component| component.created_at);
    json(move || history::Answer::new(id, &query, since, steps.rollups(now))).await
}

fn component(id: &str) -> Result<ComponentId, Problem> {
    let id = id.parse().map_err(|_| unknown())?;
    // Nobody's service.
    if is_canary(&id) { Err(unknown()) } else { Ok(id) }
}

fn unknown() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "there is no such component")
}

pub(super) fn unavailable(why: impl std::fmt::Display) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, format!("{why}; try again later"))
}

/// Waits for a turn to ask the store.
pub(super) async fn turn(app: &App) -> Result<SemaphorePermit<'_>, Problem> {
    let turn = time::timeout(TURN, app.questions.acquire()).await;
    turn.ok().and_then(Result::ok).ok_or_else(|| unavailable("too many questions at once"))
}

async fn json<T: Serialize>(make: impl FnOnce() -> T + Send + 'static) -> Result<Representation, Problem> {
    let make = move || {
        let json = serde_json::to_vec(&make()).unwrap_or_default();
        Representation::new("application/json; charset=utf-8", json, CachePolicy::Never)
    };
    let made = tokio::task::spawn_blocking(make).await;
    made.map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the fault is ours; try again later"))
}

/// A path of the socket that leads nowhere.
pub(super) async fn no_such_path() -> Response {
    let detail = "there is no such path: are the command and the hub of one version?";
    Problem::new(StatusCode::NOT_FOUND, detail).respond()
}

/// A path of the socket asked in a way that it has no answer to.
pub(super) async fn no_such_method() -> Response {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "that path has another method").respond()
}

/// `/healthz`: whoever gets an answer knows that the process lives.
pub(super) async fn alive() -> Response {
    plain(StatusCode::OK, "ok\n")
}

/// `/healthz` of the socket: the process lives and the hub goes on publishing. It says nothing of services that are down, nor of
/// a start that is not over: a supervisor that restarted it for either would make things worse.
pub(super) async fn publishing(State(app): State<App>) -> Response {
    if expired(app.edition().snapshot(), now()) {
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the hub has stopped publishing").respond();
    }
    plain(StatusCode::OK, "ok\n")
}

/// `/readyz`: every probe has reported once, or had its time to, and the hub goes on publishing.
pub(super) async fn ready(State(app): State<App>) -> Response {
    let edition = app.edition();
    let snapshot = edition.snapshot();
    if expired(snapshot, now()) {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "the hub has stopped publishing\n");
    }
    let waiting = waiting(snapshot);
    if waiting > 0 && app.started.elapsed() < PATIENCE {
        return plain(StatusCode::SERVICE_UNAVAILABLE, format!("{waiting} probes have not reported yet\n"));
    }
    plain(StatusCode::OK, "ready\n")
}

/// How many probes have no result from anywhere.
fn waiting(snapshot: &Snapshot) -> usize {
    let probes = snapshot.components.iter().flat_map(|component| &component.probes);
    probes.filter(|probe| probe.locations.values().all(|at| at.last.is_none())).count()
}

/// `/metrics`.
pub(super) async fn metrics(State(app): State<App>, request: Parts) -> Response {
    if let Err(problem) = admit(&app, &request) {
        let mut response = problem.respond();
        if response.status() == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer realm=\"metrics\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        return response;
    }
    let edition = app.edition();
    let process = tokio::task::spawn_blocking(ProcessFacts::read).await.ok().flatten();
    let prober = app.prober.as_ref().map(|prober| prober.read());
    let scrape = Scrape {
        snapshot: edition.snapshot(),
        now: now(),
        hub: &app.hub,
        store: app.store.counters(),
        prober,
        process,
    };
    let mut response = plain(StatusCode::OK, scrape.render());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(metrics::CONTENT_TYPE));
    response
}

/// Whether this request may read the metrics; locations and reasons are for operators.
fn admit(app: &App, request: &Parts) -> Result<(), Problem> {
    let MetricsAccess::Private { token } = app.metrics.as_ref() else { return Ok(()) };
    let given = request.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given =
        given.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    // Digests have one length, so that comparing them tells nothing of the token's.
    let same = |a: &str, b: &str| bool::from(Sha256::digest(a).as_slice().ct_eq(Sha256::digest(b).as_slice()));
    if token.as_ref().zip(given).is_some_and(|(token, (_, given))| same(token.reveal(), given.trim())) {
        return Ok(());
    }
    let peer = request.extensions.get::<Peer>().copied();
    let local = peer.is_some_and(|peer| {
        Origin { peer, headers: &request.headers, uri: &request.uri, trusted: &app.trusted_proxies }.is_local()
    });
    match (local, token) {
        (true, _) => Ok(()),
        (false, Some(_)) => {
            let detail = "metrics are for who asks from this machine or sends the token of `metrics_token`";
            Err(Problem::new(StatusCode::UNAUTHORIZED, detail))
        }
        (false, None) => {
            let detail = "metrics are for who asks from this machine: set `metrics_token`, or `metrics = \"public\"`";
            Err(Problem::new(StatusCode::FORBIDDEN, detail))
        }
    }
}

fn plain(status: StatusCode, text: impl Into<Body>) -> Response {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
