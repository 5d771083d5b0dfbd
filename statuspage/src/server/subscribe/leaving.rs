//! `/u/{token}`: the way out that every mail holds, by a button of the page or by the one click of RFC 8058.
//!
//! It does not know who leaves. The token never expires; who has left already is told the same.

use axum::{
    extract::{Path, Request, State},
    http::{StatusCode, request::Parts},
    response::Response,
};
use shared::Language;

use super::{LARGEST, answer, one_click, one_click::Leave, subscribe};
use crate::{
    server::{
        body::{self, Unread},
        router::App,
    },
    snapshot::Snapshot,
    subscriber::{Left, Mailbox, Opened, Token, Unavailable},
};

/// What is known of whoever would leave.
struct Leaver {
    language: Option<Language>,
    mailbox: Mailbox,
}

/// Asks whether to leave.
pub(super) async fn show(State(app): State<App>, Path(token): Path<String>, request: Parts) -> Response {
    match leaver(&app, &token).await {
        Ok(Some((_, leaver))) => ask(&app, &request, StatusCode::OK, &leaver).await,
        Ok(None) => answer::gone(&app, &request).await,
        Err(unavailable) => answer::unavailable(&app, &request, unavailable).await,
    }
}

/// Leaves at once. RFC 8058 §3.1: no redirect, no cookie, nothing to be typed.
pub(super) async fn act(State(app): State<App>, Path(token): Path<String>, request: Request) -> Response {
    let (request, body) = request.into_parts();
    let body = match body::whole(body, LARGEST).await.map_err(Unread::status) {
        Ok(body) => body,
        Err(status) => return answer::unreadable(&app, &request, status).await,
    };
    let Some(way) = one_click::read(&request.headers, &body) else {
        return answer::unreadable(&app, &request, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    match leave(&app, &request, &token, way).await {
        Ok(Some(response)) => response,
        Ok(None) => answer::gone(&app, &request).await,
        Err(unavailable) => answer::unavailable(&app, &request, unavailable).await,
    }
}

async fn leave(app: &App, request: &Parts, token: &str, way: Leave) -> Result<Option<Response>, Unavailable> {
    let Some((token, leaver)) = leaver(app, token).await? else { return Ok(None) };
    if (way, leaver.mailbox) == (Leave::OneClick, Mailbox::Shared) {
        // One of several readers, or a program of theirs: the page says whom it concerns, and its button counts.
        return Ok(Some(ask(app, request, StatusCode::CONFLICT, &leaver).await));
    }
    if app.subscribers.leave(&token).await? == Some(Left::Now) {
        tracing::info!("somebody left by the link of a mail");
    }
    let language = answer::language(app, request, leaver.language);
    Ok(Some(answer::page(app, request, StatusCode::OK, language, subscribe::left).await))
}

/// Whose link it is; nothing when it is no link of a mail.
async fn leaver(app: &App, token: &str) -> Result<Option<(Token, Leaver)>, Unavailable> {
    let Ok(token) = token.parse::<Token>() else { return Ok(None) };
    Ok(match app.subscribers.open(&token).await? {
        Some(Opened::Unsubscribe { language, mailbox }) => {
            Some((token, Leaver { language, mailbox: mailbox.unwrap_or_default() }))
        }
        Some(Opened::Confirm { .. } | Opened::Refuse | Opened::Manage(_)) | None => None,
    })
}

async fn ask(app: &App, request: &Parts, status: StatusCode, leaver: &Leaver) -> Response {
    let mailbox = leaver.mailbox;
    let make = move |snapshot: &Snapshot, language| subscribe::leave(snapshot, language, mailbox);
    answer::page(app, request, status, answer::language(app, request, leaver.language), make).await
}
