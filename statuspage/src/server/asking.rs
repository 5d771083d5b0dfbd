//! `/affected`: the one page that is made for whoever asks, because the answer is about a name that they typed.
//!
//! It does not know how the answer is worded. What was asked is kept nowhere, in no log either.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, Uri, header, request::Parts},
    response::Response,
};
use shared::Language;
use tokio::time::Instant;

use super::{
    negotiate,
    peer::{Origin, Peer},
    press::{HTML, Work},
    reader,
    representation::{CachePolicy, Representation},
    router::App,
};
use crate::{
    domains::Domain,
    page::{self, Asked},
};

/// `/affected`: the question, and with `?domain=` the answer.
pub(super) async fn affected(State(app): State<App>, request: Parts) -> Response {
    let Some(asked) = domain(&request.uri) else {
        return reader::work(&app, &request, Work::Affected).await;
    };
    if let Err(wait) = app.turnstile.pass(neighbourhood(&app, &request), Instant::now()) {
        let mut refused = reader::failure(&app, &request.uri, &request.headers, StatusCode::TOO_MANY_REQUESTS).await;
        refused.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        return refused;
    }
    let edition = app.edition();
    let language = negotiate::language(&edition.snapshot().site, &request.uri, &request.headers);
    let snapshot = Arc::clone(edition.snapshot());
    let coding = negotiate::coding(&request.headers);
    // One at a time and no more than there are turns: answers made for one reader must not starve the pages made for all.
    let Ok(_turn) = app.answers.acquire().await else {
        return reader::failure(&app, &request.uri, &request.headers, StatusCode::SERVICE_UNAVAILABLE).await;
    };
    let made = tokio::task::spawn_blocking(move || {
        let text = answer(&snapshot, &asked, language);
        Representation::once(HTML, text, coding, CachePolicy::Personal).in_language(language)
    });
    match made.await {
        Ok(made) => made.respond(StatusCode::OK, &request.headers),
        Err(fault) => {
            tracing::error!(%fault, "an answer could not be made");
            reader::failure(&app, &request.uri, &request.headers, StatusCode::INTERNAL_SERVER_ERROR).await
        }
    }
}

fn answer(snapshot: &crate::snapshot::Snapshot, asked: &str, language: Language) -> String {
    let domain = Domain::read(asked);
    let asked = match &domain {
        Some(domain) => Asked::Name(domain),
        None => Asked::Unreadable(asked),
    };
    page::affected(snapshot, asked, language)
}

/// What was typed; nothing when there was nothing.
fn domain(uri: &Uri) -> Option<String> {
    let pairs = url::form_urlencoded::parse(uri.query()?.as_bytes());
    let asked = pairs.into_iter().find(|(key, _)| key == "domain")?.1.into_owned();
    Some(asked).filter(|asked| !asked.trim().is_empty())
}

/// Whose turn it is: everybody whose address is not told in a way that can be believed shares one.
pub(super) fn neighbourhood(app: &App, request: &Parts) -> super::turnstile::Neighbourhood {
    let unknown = std::net::IpAddr::from([0, 0, 0, 0]);
    let peer = request.extensions.get::<Peer>().copied().unwrap_or(Peer(unknown));
    let origin = Origin { peer, headers: &request.headers, uri: &request.uri, trusted: &app.trusted_proxies };
    origin.client().unwrap_or(peer.0).into()
}
