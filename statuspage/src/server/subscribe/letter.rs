//! `/s/{token}`: what the link of a letter opens, and what its button does.
//!
//! It does not know what a token is made of.

use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
use shared::Language;

use super::{
    answer,
    form::Typed,
    read,
    subscribe::{self, Change, Done, Wish},
};
use crate::{
    server::router::App,
    snapshot::Snapshot,
    subscriber::{Left, Opened, Profile, Token, Unavailable},
};

/// What a form did, where its token opened something.
type Acted = Result<Option<Response>, Unavailable>;

/// Shows what the link is for. Nothing happens by that, however often it is opened.
pub(super) async fn show(State(app): State<App>, Path(token): Path<String>, request: Parts) -> Response {
    let Ok(token) = token.parse::<Token>() else { return answer::gone(&app, &request).await };
    match app.subscribers.open(&token).await {
        Ok(Some(Opened::Confirm { address_hint, scope, language, .. })) => {
            let make = move |snapshot: &Snapshot, language| {
                subscribe::confirm(snapshot, language, Wish { hint: &address_hint, scope: &scope })
            };
            page(&app, &request, StatusCode::OK, Some(language), make).await
        }
        Ok(Some(Opened::Refuse)) => page(&app, &request, StatusCode::OK, None, subscribe::refuse).await,
        Ok(Some(Opened::Manage(profile))) => own(&app, &request, StatusCode::OK, *profile, Change::None).await,
        // The way out has a path of its own, which this is not.
        Ok(Some(Opened::Unsubscribe { .. }) | None) => answer::gone(&app, &request).await,
        Err(unavailable) => answer::unavailable(&app, &request, unavailable).await,
    }
}

/// Does what the button says.
pub(super) async fn act(State(app): State<App>, Path(token): Path<String>, request: Request) -> Response {
    let (request, body) = request.into_parts();
    let typed = match read(&request, body).await {
        Ok(body) => Typed::of(&body),
        Err(status) => return answer::unreadable(&app, &request, status).await,
    };
    let Ok(token) = token.parse::<Token>() else { return answer::gone(&app, &request).await };
    let acted = match typed.order.as_str() {
        "confirm" => confirm(&app, &request, &token).await,
        "refuse" => refuse(&app, &request, &token).await,
        "change" => change(&app, &request, &token, &typed).await,
        "export" => app.subscribers.export(&token).await.map(|profile| profile.map(|profile| export(&profile))),
        "leave" => leave(&app, &request, &token).await,
        _ => return answer::unreadable(&app, &request, StatusCode::UNPROCESSABLE_ENTITY).await,
    };
    match acted {
        Ok(Some(response)) => response,
        Ok(None) => answer::gone(&app, &request).await,
        Err(unavailable) => answer::unavailable(&app, &request, unavailable).await,
    }
}

async fn confirm(app: &App, request: &Parts, token: &Token) -> Acted {
    let Some(profile) = app.subscribers.confirm(token).await? else { return Ok(None) };
    tracing::info!(subscriber = %profile.id, "somebody subscribed");
    let done = Done::Confirmed(profile.scope);
    let make = move |snapshot: &Snapshot, language| subscribe::done(snapshot, language, &done);
    Ok(Some(page(app, request, StatusCode::OK, Some(profile.language), make).await))
}

async fn refuse(app: &App, request: &Parts, token: &Token) -> Acted {
    let Some(Left::Now | Left::Before) = app.subscribers.refuse(token).await? else { return Ok(None) };
    let make = move |snapshot: &Snapshot, language| subscribe::done(snapshot, language, &Done::Refused);
    Ok(Some(page(app, request, StatusCode::OK, None, make).await))
}

async fn change(app: &App, request: &Parts, token: &Token, typed: &Typed) -> Acted {
    let edition = app.edition();
    let Some(present) = app.subscribers.export(token).await? else { return Ok(None) };
    let Some(scope) = typed.scope(edition.snapshot()) else {
        // What was ticked is shown again, but not saved.
        let shown = Profile { scope: typed.form().scope, mailbox: typed.mailbox(), ..present };
        return Ok(Some(own(app, request, StatusCode::UNPROCESSABLE_ENTITY, shown, Change::NoService).await));
    };
    let language = typed.language(edition.snapshot()).unwrap_or(present.language);
    let changed = app.subscribers.change(token, scope, language, typed.mailbox()).await?;
    let Some(profile) = changed else { return Ok(None) };
    Ok(Some(own(app, request, StatusCode::OK, profile, Change::Saved).await))
}

async fn leave(app: &App, request: &Parts, token: &Token) -> Acted {
    // Only one's own page has that button here; the link of mails has a path of its own.
    let Some(profile) = app.subscribers.export(token).await? else { return Ok(None) };
    let Some(Left::Now | Left::Before) = app.subscribers.leave(token).await? else { return Ok(None) };
    tracing::info!(subscriber = %profile.id, "somebody left");
    Ok(Some(page(app, request, StatusCode::OK, Some(profile.language), subscribe::left).await))
}

/// One's own page.
async fn own(app: &App, request: &Parts, status: StatusCode, profile: Profile, change: Change) -> Response {
    let language = profile.language;
    let make = move |snapshot: &Snapshot, language| subscribe::manage(snapshot, language, &profile, change);
    page(app, request, status, Some(language), make).await
}

/// Everything that is known of somebody, as a file of theirs.
fn export(profile: &Profile) -> Response {
    let text = serde_json::to_string_pretty(profile).expect("every key is a text and no serializer of ours fails");
    let mut response = Response::new(Body::from(text + "\n"));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let name = HeaderValue::from_static("attachment; filename=\"subscription.json\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    response
}

async fn page(
    app: &App,
    request: &Parts,
    status: StatusCode,
    chosen: Option<Language>,
    make: impl FnOnce(&Snapshot, Language) -> String + Send + 'static,
) -> Response {
    answer::page(app, request, status, answer::language(app, request, chosen), make).await
}
