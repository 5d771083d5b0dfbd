//! What machines ask for: the APIs, the metrics, and whether we are alive and ready.
//!
//! It does not know the shape of any document.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
use sha2::{Digest as _, Sha256};
use shared::ComponentId;
use subtle::ConstantTimeEq as _;
use tokio::time;

use super::{
    MetricsAccess,
    edition::{expired, now},
    peer::{Origin, Peer},
    press::{Document, Work},
    reader,
    representation::{CachePolicy, Representation},
    rights::Rights,
    router::App,
};
use crate::{
    api::{observations, problem::Problem},
    metrics::{self, ProcessFacts, Scrape},
    snapshot::Snapshot,
    store::ObservationQuery,
};

/// After that long, what has not reported will not do so soon: we are as ready as we get.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a question waits for its turn.
const TURN: Duration = Duration::from_secs(2);

pub(super) async fn summary(State(app): State<App>, request: Parts) -> Response {
    document(&app, &request, Document::Summary).await
}

pub(super) async fn status(State(app): State<App>, request: Parts) -> Response {
    document(&app, &request, Document::Status).await
}

pub(super) async fn components(State(app): State<App>, request: Parts) -> Response {
    document(&app, &request, Document::Components).await
}

async fn document(app: &App, request: &Parts, document: Document) -> Response {
    reader::work(app, request, |language| Work::Document(document, language)).await
}

/// `/api/v1/components/{id}/observations`. The one reading address that asks the store: a few at a time, so that a flood of
/// questions costs writers nothing.
pub(super) async fn observations(State(app): State<App>, Path(id): Path<String>, request: Parts) -> Response {
    match page_of_observations(&app, &id, &request).await {
        Ok(page) => page.respond(StatusCode::OK, &request.headers),
        Err(problem) => problem.respond(),
    }
}

async fn page_of_observations(app: &App, id: &str, request: &Parts) -> Result<Representation, Problem> {
    let unknown = || Problem::new(StatusCode::NOT_FOUND, "there is no such component");
    let rights = Rights::of(request);
    let id: ComponentId = id.parse().map_err(|_| unknown())?;
    let query = observations::query(id.clone(), request.uri.query())?;
    let unavailable =
        |detail: String| Problem::new(StatusCode::SERVICE_UNAVAILABLE, format!("{detail}; try again later"));
    let turn = time::timeout(TURN, app.questions.acquire()).await;
    let _turn = turn.map_err(|_| unavailable("too many questions at once".to_owned()))?;
    let ask = async |query| app.store.observations(query).await.map_err(|fault| unavailable(fault.to_string()));
    let page = ask(query).await?;
    // A component that is watched no more keeps its history; one that never was has none.
    if page.observations.is_empty() && app.edition().snapshot().component(&id).is_none() {
        let any = ObservationQuery { component: id, from: None, to: None, limit: 1, cursor: None };
        if ask(any).await?.observations.is_empty() {
            return Err(unknown());
        }
    }
    let make = move || {
        let page = match rights {
            Rights::Public => observations::Page::public(page),
            Rights::Operator => observations::Page::whole(page),
        };
        let json = serde_json::to_vec(&page).unwrap_or_default();
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
