//! What other programs ask for again and again: feeds, calendars and badges.
//!
//! It does not know what is in them.

use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, request::Parts},
    response::Response,
    routing::{MethodRouter, get},
};
use shared::ComponentId;

use super::{press::Work, reader, router::App};
use crate::{
    badge,
    feed::{Format, Subject},
};

/// Their paths.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/history.atom", feed(Subject::History, Format::Atom))
        .route("/history.rss", feed(Subject::History, Format::Rss))
        // The same bytes: what people try first.
        .route("/feed.atom", feed(Subject::History, Format::Atom))
        .route("/feed.rss", feed(Subject::History, Format::Rss))
        .route("/feed.json", feed(Subject::History, Format::Json))
        .route("/updates.atom", feed(Subject::Updates, Format::Atom))
        .route("/updates.rss", feed(Subject::Updates, Format::Rss))
        .route("/updates.json", feed(Subject::Updates, Format::Json))
        .route("/services/{id}/feed.atom", component_feed(Format::Atom))
        .route("/services/{id}/feed.rss", component_feed(Format::Rss))
        .route("/services/{id}/feed.json", component_feed(Format::Json))
        .route("/calendar.ics", get(calendar))
        .route("/services/{id}/calendar.ics", get(component_calendar))
        .route("/badges/{file}", get(badge))
}

fn feed(subject: Subject, format: Format) -> MethodRouter<App> {
    get(move |State(app): State<App>, request: Parts| {
        let subject = subject.clone();
        async move { reader::work(&app, &request, |language| Work::Feed(subject.clone(), format, language)).await }
    })
}

fn component_feed(format: Format) -> MethodRouter<App> {
    get(move |State(app): State<App>, Path(id): Path<String>, request: Parts| async move {
        let Some(id) = known(&app, &id) else { return missing(&app, &request).await };
        let subject = Subject::Component(id);
        reader::work(&app, &request, |language| Work::Feed(subject.clone(), format, language)).await
    })
}

async fn calendar(State(app): State<App>, request: Parts) -> Response {
    reader::work(&app, &request, |language| Work::Calendar(None, language)).await
}

async fn component_calendar(State(app): State<App>, Path(id): Path<String>, request: Parts) -> Response {
    let Some(id) = known(&app, &id) else { return missing(&app, &request).await };
    reader::work(&app, &request, |language| Work::Calendar(Some(id.clone()), language)).await
}

async fn badge(State(app): State<App>, Path(file): Path<String>, request: Parts) -> Response {
    let named = match file.rsplit_once('.') {
        Some((name, "svg")) => Some((name, badge::Format::Svg)),
        Some((name, "json")) => Some((name, badge::Format::Json)),
        Some(_) | None => None,
    };
    let subject = named.and_then(|(name, format)| Some((badged(&app, name)?, format)));
    let Some((subject, format)) = subject else { return missing(&app, &request).await };
    reader::work(&app, &request, |language| Work::Badge(subject.clone(), format, language)).await
}

/// A component may be called `overall` too; the word means everything all the same.
fn badged(app: &App, name: &str) -> Option<badge::Subject> {
    match name {
        "overall" => Some(badge::Subject::Overall),
        name => known(app, name).map(badge::Subject::Component),
    }
}

/// The component of that name, under its present one where it has been renamed: subscriptions go on. Only what exists gets a place
/// in the edition, so that guessing names fills no memory.
fn known(app: &App, id: &str) -> Option<ComponentId> {
    let (edition, id) = (app.edition(), id.parse().ok()?);
    let snapshot = edition.snapshot();
    snapshot.component(&id).map(|component| component.id.clone()).or_else(|| snapshot.renamed(&id).cloned())
}

async fn missing(app: &App, request: &Parts) -> Response {
    reader::failure(app, &request.uri, &request.headers, StatusCode::NOT_FOUND).await
}
