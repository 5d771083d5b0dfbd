//! Mail to subscribers by HTTP: the form, the links of letters, and the one click of RFC 8058.
//!
//! It does not know what pages say, what letters hold, nor how the book of subscribers is kept. Nothing changes by GET or HEAD,
//! because filters of mail open every link before its reader does. No cookie, no session: whoever has a token has read a letter.
//! A token stands in the path alone, and goes into no log, no answer and no referrer.

pub(super) mod answer;
mod form;
mod leaving;
mod letter;
mod one_click;
mod stamp;

use std::time::Duration;

use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode, request::Parts},
    response::Response,
    routing::get,
};

use super::{
    body::{self, Unread},
    peer::{Origin, Peer},
    router::App,
};
use crate::{
    clock::now,
    page::subscribe::{self, Form, Refusal, SUBSCRIBE},
    subscriber::{Asking, MailAddress},
};
use form::Typed;
pub(super) use stamp::Stamps;
use stamp::Unstamped;

/// The largest form: every service of a large page ticked.
const LARGEST: usize = 64 << 10;
/// What a form is sent as.
const URLENCODED: &str = "application/x-www-form-urlencoded";
/// When somebody may try again whose network asked too often.
const NETWORK_WAIT: Duration = Duration::from_secs(600);
/// When somebody may try again after everybody asked too often.
const CLOSED_WAIT: Duration = Duration::from_secs(3_600);

/// The paths of subscribers.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route(SUBSCRIBE, get(show).post(ask))
        .route("/s/{token}", get(letter::show).post(letter::act))
        .route("/u/{token}", get(leaving::show).post(leaving::act))
}

/// Whether what stands in that path is for the reader of one letter alone.
pub(super) fn is_of_a_letter(path: &str) -> bool {
    // So is the link of an alarm.
    path.starts_with("/s/") || path.starts_with("/u/") || path.starts_with("/a/")
}

async fn show(State(app): State<App>, request: Parts) -> Response {
    let edition = app.edition();
    let form = Form { stamp: app.stamps.give(now()), ..form::prefilled(edition.snapshot(), request.uri.query()) };
    answer::form(&app, &request, StatusCode::OK, form).await
}

async fn ask(State(app): State<App>, request: Request) -> Response {
    let (request, body) = request.into_parts();
    if app.edition().snapshot().site.mail.is_none() {
        return answer::form(&app, &request, StatusCode::NOT_FOUND, Form::default()).await;
    }
    let typed = match read(&request, body).await {
        Ok(body) => Typed::of(&body),
        Err(status) => return answer::unreadable(&app, &request, status).await,
    };
    if typed.is_a_robots() {
        return answer::asked(&app, &request).await;
    }
    match take(&app, &request, &typed).await {
        Ok(()) => answer::asked(&app, &request).await,
        Err(refusal) => again(&app, &request, &typed, refusal).await,
    }
}

/// Hands the form to the book of subscribers.
async fn take(app: &App, request: &Parts, typed: &Typed) -> Result<(), Refusal> {
    app.stamps.check(&typed.stamp, now()).map_err(|unstamped| match unstamped {
        Unstamped::Hasty => Refusal::Hasty,
        Unstamped::Stale => Refusal::Stale,
    })?;
    let address: MailAddress = typed.email.parse().map_err(Refusal::Address)?;
    app.subscribers.accepts(&address).map_err(Refusal::Address)?;
    let edition = app.edition();
    let language = answer::language(app, request, None);
    let asked = typed.asked(edition.snapshot(), address, language, network(app, request)).ok_or(Refusal::NoService)?;
    match app.subscribers.ask(asked).await {
        Ok(Asking::Taken) => Ok(()),
        Ok(Asking::TooMany) => Err(Refusal::TooMany(NETWORK_WAIT)),
        Ok(Asking::Closed) => Err(Refusal::Closed(CLOSED_WAIT)),
        // It names files, and says nothing of who asked.
        Err(unavailable) => {
            tracing::warn!(%unavailable, "a subscription could not be taken");
            Err(Refusal::Unavailable)
        }
    }
}

/// The form with what was typed, and why it was not taken.
async fn again(app: &App, request: &Parts, typed: &Typed, refusal: Refusal) -> Response {
    // Who was too fast waits with the stamp that he has; everybody else has waited already.
    let stamp = match refusal {
        Refusal::Hasty => typed.stamp.clone(),
        Refusal::Address(_)
        | Refusal::NoService
        | Refusal::Stale
        | Refusal::TooMany(_)
        | Refusal::Closed(_)
        | Refusal::Unavailable => app.stamps.give_ripe(now()),
    };
    let form = Form { stamp, refusal: Some(refusal), ..typed.form() };
    let (status, wait) = match refusal {
        Refusal::Address(_) | Refusal::NoService | Refusal::Hasty | Refusal::Stale => {
            (StatusCode::UNPROCESSABLE_ENTITY, None)
        }
        Refusal::TooMany(wait) => (StatusCode::TOO_MANY_REQUESTS, Some(wait)),
        Refusal::Closed(wait) => (StatusCode::SERVICE_UNAVAILABLE, Some(wait)),
        Refusal::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, Some(answer::TROUBLE_WAIT)),
    };
    answer::after(wait, answer::form(app, request, status, form).await)
}

/// The body of a form; else the status that says what is wrong with it.
async fn read(request: &Parts, body: axum::body::Body) -> Result<bytes::Bytes, StatusCode> {
    if !body::is_of(&request.headers, URLENCODED) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    body::whole(body, LARGEST).await.map_err(Unread::status)
}

/// Who asks; everybody whose address is not told in a way that can be believed counts as one.
fn network(app: &App, request: &Parts) -> std::net::IpAddr {
    let unknown = std::net::IpAddr::from([0, 0, 0, 0]);
    let peer = request.extensions.get::<Peer>().copied().unwrap_or(Peer(unknown));
    let origin = Origin { peer, headers: &request.headers, uri: &request.uri, trusted: &app.trusted_proxies };
    origin.client().unwrap_or(peer.0)
}
