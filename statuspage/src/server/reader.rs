//! What people ask for: pages, plain text, and what the page's own scripts fetch.
//!
//! It does not know how any of it is made.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse as _, Redirect, Response},
};
use shared::{ComponentId, Language};

use super::{
    negotiate,
    press::Work,
    representation::{CachePolicy, Representation},
    router::App,
};
use crate::{api::problem::Problem, page::Month};

/// `/`: HTML, or plain text for terminals.
pub(super) async fn home(State(app): State<App>, request: Parts) -> Response {
    let headers = &request.headers;
    if !negotiate::prefers_plain_text(headers) {
        return work(&app, &request, Work::Home).await;
    }
    let mut text = work(&app, &request, Work::PlainText).await;
    // A shared cache that has one answer for everybody must not give browsers this one.
    text.headers_mut().insert(header::CACHE_CONTROL, CachePolicy::Never.header());
    let vary = HeaderValue::from_static("Accept, Accept-Encoding, Accept-Language, User-Agent");
    text.headers_mut().insert(header::VARY, vary);
    text
}

/// `/services/{id}`.
pub(super) async fn service(State(app): State<App>, Path(id): Path<String>, request: Parts) -> Response {
    match id.parse::<ComponentId>() {
        // Only what exists gets a place in the edition, so that guessing names fills no memory.
        Ok(id) if app.edition().snapshot().component(&id).is_some() => {
            work(&app, &request, |language| Work::Service(id.clone(), language)).await
        }
        Ok(id) => match app.edition().snapshot().renamed(&id) {
            // Links and bookmarks go on working.
            Some(present) => redirect(&request.uri, present),
            None => failure(&app, &request.uri, &request.headers, StatusCode::NOT_FOUND).await,
        },
        Err(_) => failure(&app, &request.uri, &request.headers, StatusCode::NOT_FOUND).await,
    }
}

/// `/incidents/{id}`: an incident or a maintenance, as Statuspage has both under one path.
pub(super) async fn incident(State(app): State<App>, Path(id): Path<String>, request: Parts) -> Response {
    let edition = app.edition();
    let snapshot = edition.snapshot();
    // Only what exists gets a place in the edition.
    let incident = id.parse().ok().filter(|id| snapshot.incident(id).is_some());
    let maintenance = id.parse().ok().filter(|id| snapshot.maintenance(id).is_some());
    match (incident, maintenance) {
        (Some(id), _) => work(&app, &request, |language| Work::Incident(id.clone(), language)).await,
        (None, Some(id)) => work(&app, &request, |language| Work::Maintenance(id.clone(), language)).await,
        (None, None) => failure(&app, &request.uri, &request.headers, StatusCode::NOT_FOUND).await,
    }
}

/// `/history`, and `?month=2026-08` of it.
pub(super) async fn history(State(app): State<App>, request: Parts) -> Response {
    let query = request.uri.query().unwrap_or_default();
    let asked = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "month").map(|(_, month)| month);
    // Only what exists gets a place in the edition.
    let edition = app.edition();
    let exists = |month: &Month| month.is_remembered(edition.snapshot());
    let month = asked.as_ref().map(|asked| Month::read(asked).filter(exists));
    match month {
        Some(None) => failure(&app, &request.uri, &request.headers, StatusCode::NOT_FOUND).await,
        Some(Some(month)) => work(&app, &request, |language| Work::History(Some(month), language)).await,
        None => work(&app, &request, |language| Work::History(None, language)).await,
    }
}

/// `/monitoring`.
pub(super) async fn oversight(State(app): State<App>, request: Parts) -> Response {
    work(&app, &request, Work::Oversight).await
}

/// Where a component is found that has a new name.
fn redirect(uri: &Uri, present: &ComponentId) -> Response {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::permanent(&format!("/services/{present}{query}")).into_response()
}

/// `/status.txt`; with `?for=voice` the short text that is made to be read aloud.
pub(super) async fn plain_text(State(app): State<App>, request: Parts) -> Response {
    if is_for_voice(&request.uri) {
        return work(&app, &request, Work::Voice).await;
    }
    work(&app, &request, Work::PlainText).await
}

fn is_for_voice(uri: &Uri) -> bool {
    let query = uri.query().unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes()).any(|(key, value)| key == "for" && value == "voice")
}

/// `/snapshot.json`.
pub(super) async fn live(State(app): State<App>, request: Parts) -> Response {
    work(&app, &request, Work::Live).await
}

/// `/bulletin.json`.
pub(super) async fn bulletin(State(app): State<App>, request: Parts) -> Response {
    work(&app, &request, |_| Work::Bulletin).await
}

/// `/assets/{name}`: the scripts and the WASM of this build.
pub(super) async fn asset(State(app): State<App>, request: Parts) -> Response {
    match app.assets.get(request.uri.path()) {
        Some(asset) => asset.respond(StatusCode::OK, &request.headers),
        None => failure(&app, &request.uri, &request.headers, StatusCode::NOT_FOUND).await,
    }
}

/// What no route knows.
pub(super) async fn not_found(State(app): State<App>, request: Parts) -> Response {
    failure(&app, &request.uri, &request.headers, StatusCode::NOT_FOUND).await
}

/// What is only read here.
pub(super) async fn wrong_method(State(app): State<App>, request: Parts) -> Response {
    failure(&app, &request.uri, &request.headers, StatusCode::METHOD_NOT_ALLOWED).await
}

/// Answers with a work of the present edition in the reader's language.
pub(super) async fn work(app: &App, request: &Parts, work: impl Fn(Language) -> Work) -> Response {
    let (uri, headers) = (&request.uri, &request.headers);
    let edition = app.edition();
    let language = negotiate::language(&edition.snapshot().site, uri, headers);
    match edition.get(work(language)).await {
        Ok(Some(made)) => made.respond(StatusCode::OK, headers),
        Ok(None) => failure(app, uri, headers, StatusCode::NOT_FOUND).await,
        Err(_) => failure(app, uri, headers, StatusCode::INTERNAL_SERVER_ERROR).await,
    }
}

/// How a failure is told.
enum Told {
    /// A page for people.
    Page,
    /// Its words alone, for programs and terminals.
    Text,
    /// RFC 9457.
    Problem,
}

impl Told {
    /// In the form of what was asked for. Somebody who follows a dead link to a feed in a browser gets a page.
    fn to(uri: &Uri, headers: &HeaderMap) -> Self {
        let path = uri.path();
        if path.starts_with("/api/") || path.ends_with(".json") {
            return Self::Problem;
        }
        let no_page = [".atom", ".rss", ".ics", ".svg", ".txt"].iter().any(|end| path.ends_with(end));
        let text = (no_page && !negotiate::names_html(headers)) || negotiate::prefers_plain_text(headers);
        if text { Self::Text } else { Self::Page }
    }
}

/// Says what went wrong in the reader's language and in the form of what was asked for; problems are in English.
pub(super) async fn failure(app: &App, uri: &Uri, headers: &HeaderMap, status: StatusCode) -> Response {
    let edition = app.edition();
    let language = negotiate::language(&edition.snapshot().site, uri, headers);
    let work = match Told::to(uri, headers) {
        Told::Page => Work::Error(status, language),
        Told::Text => Work::PlainError(status, language),
        Told::Problem => return Problem::new(status, explanation(status)).respond(),
    };
    let made: Option<Arc<Representation>> = edition.get(work).await.ok().flatten();
    match made {
        Some(made) => made.respond(status, headers),
        None => {
            let mut response = Response::new(Body::from("this page could not be made\n"));
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        }
    }
}

/// What a machine is told.
fn explanation(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "there is nothing at this address",
        StatusCode::METHOD_NOT_ALLOWED => "this address can only be read, by GET or HEAD",
        StatusCode::URI_TOO_LONG => "the address is too long",
        StatusCode::BAD_REQUEST => "the request is malformed",
        _ => "the fault is ours; try again later",
    }
}
