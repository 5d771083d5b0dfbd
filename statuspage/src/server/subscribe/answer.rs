//! How subscribers are answered: pages made for one reader, off the runtime's threads and in no cache.
//!
//! It does not know which page is right.

use std::{sync::Arc, time::Duration};

use axum::{
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
use shared::Language;

use super::subscribe::{self, Form, Trouble};
use crate::{
    server::{
        negotiate,
        press::HTML,
        reader,
        representation::{CachePolicy, Representation},
        router::App,
    },
    snapshot::Snapshot,
    subscriber::Unavailable,
};

/// When somebody may try again who met a fault of ours.
pub(super) const TROUBLE_WAIT: Duration = Duration::from_secs(60);

/// A page in that language.
pub(in crate::server) async fn page(
    app: &App,
    request: &Parts,
    status: StatusCode,
    language: Language,
    make: impl FnOnce(&Snapshot, Language) -> String + Send + 'static,
) -> Response {
    let snapshot = Arc::clone(app.edition().snapshot());
    let coding = negotiate::coding(&request.headers);
    // No more at once than there are turns: answers made for one reader must not starve the pages made for all.
    let Ok(_turn) = app.answers.acquire().await else {
        return reader::failure(app, &request.uri, &request.headers, StatusCode::SERVICE_UNAVAILABLE).await;
    };
    let made = tokio::task::spawn_blocking(move || {
        let text = make(&snapshot, language);
        Representation::once(HTML, text, coding, CachePolicy::Personal).in_language(language)
    });
    match made.await {
        Ok(made) => made.respond(status, &request.headers),
        Err(fault) => {
            tracing::error!(%fault, "a page for a subscriber could not be made");
            reader::failure(app, &request.uri, &request.headers, StatusCode::INTERNAL_SERVER_ERROR).await
        }
    }
}

/// The language of the page: the one that its address asks for, else the one that the subscriber chose, else the browser's.
pub(in crate::server) fn language(app: &App, request: &Parts, chosen: Option<Language>) -> Language {
    let edition = app.edition();
    let site = &edition.snapshot().site;
    let chosen = chosen.filter(|language| site.languages.contains(language));
    match negotiate::asked_language(&request.uri) {
        Some(_) => None,
        None => chosen,
    }
    .unwrap_or_else(|| negotiate::language(site, &request.uri, &request.headers))
}

/// The form.
pub(super) async fn form(app: &App, request: &Parts, status: StatusCode, form: Form) -> Response {
    let make = move |snapshot: &Snapshot, language| subscribe::subscribe(snapshot, language, &form);
    page(app, request, status, language(app, request, None), make).await
}

/// What everybody is answered whose form was taken, and every robot.
pub(super) async fn asked(app: &App, request: &Parts) -> Response {
    page(app, request, StatusCode::ACCEPTED, language(app, request, None), subscribe::asked).await
}

/// That a link opens nothing.
pub(super) async fn gone(app: &App, request: &Parts) -> Response {
    page(app, request, StatusCode::NOT_FOUND, language(app, request, None), subscribe::gone).await
}

/// That what was sent is no form of ours.
pub(super) async fn unreadable(app: &App, request: &Parts, status: StatusCode) -> Response {
    trouble(app, request, status, Trouble::Unreadable).await
}

/// That the book of subscribers cannot be asked.
pub(super) async fn unavailable(app: &App, request: &Parts, why: Unavailable) -> Response {
    // It names files, and says nothing of who asked.
    tracing::warn!(%why, "a subscriber could not be answered");
    let answer = trouble(app, request, StatusCode::SERVICE_UNAVAILABLE, Trouble::Unavailable).await;
    after(Some(TROUBLE_WAIT), answer)
}

async fn trouble(app: &App, request: &Parts, status: StatusCode, trouble: Trouble) -> Response {
    let make = move |snapshot: &Snapshot, language| subscribe::trouble(snapshot, language, trouble);
    page(app, request, status, language(app, request, None), make).await
}

/// The same, with when to try again.
pub(super) fn after(wait: Option<Duration>, mut response: Response) -> Response {
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()));
    }
    response
}
