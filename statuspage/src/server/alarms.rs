//! `/a/{token}`: the link of a message, by which whoever reads it takes the alarm. No account, no cookie, no script.
//!
//! It does not know what the page says, nor how an alarm goes on. Nothing changes by GET or HEAD: chats open every link to show a
//! preview of it.

use axum::{
    extract::{Path, Request, State},
    http::{StatusCode, request::Parts},
    response::Response,
};

use super::{
    body,
    router::App,
    subscribe::answer::{language, page},
};
use crate::{
    hub::Unanswered,
    incident::{Actor, Command, Refusal},
    notify::{Affair, Claim},
    page::operator::{self, Followed},
};

/// The largest form: it has no field.
const LARGEST: usize = 4 << 10;

/// Asks whether to take it.
pub(super) async fn show(State(app): State<App>, Path(token): Path<String>, request: Parts) -> Response {
    match claim(&app, &token) {
        Some(claim) => answer(&app, &request, StatusCode::OK, Some(claim), Followed::Asked).await,
        None => answer(&app, &request, StatusCode::NOT_FOUND, None, Followed::Over).await,
    }
}

/// Takes it. Twice is once.
pub(super) async fn take(State(app): State<App>, Path(token): Path<String>, request: Request) -> Response {
    let (request, body) = request.into_parts();
    let Some(claim) = claim(&app, &token) else {
        return answer(&app, &request, StatusCode::NOT_FOUND, None, Followed::Over).await;
    };
    if body::whole(body, LARGEST).await.is_err() {
        return answer(&app, &request, StatusCode::PAYLOAD_TOO_LARGE, Some(claim), Followed::Asked).await;
    }
    let (status, standing) = match carry_out(&app, claim.clone()).await {
        Ok(()) => (StatusCode::OK, Followed::Taken),
        Err(Unanswered::Over) => (StatusCode::GONE, Followed::Over),
        Err(Unanswered::StoreBehind) => (StatusCode::SERVICE_UNAVAILABLE, Followed::Unavailable),
    };
    answer(&app, &request, status, Some(claim), standing).await
}

async fn carry_out(app: &App, claim: Claim) -> Result<(), Unanswered> {
    let Affair::Incident(incident) = &claim.affair else { return app.desk.answer(claim).await };
    let (actor, command) =
        (Actor::Channel(claim.channel.to_string()), Command::Acknowledge { incident: incident.clone() });
    match app.order(actor, command).await {
        Ok(_) => Ok(()),
        Err(Refusal::StoreBehind) => Err(Unanswered::StoreBehind),
        // It is resolved, or so long ago that it is forgotten.
        Err(_) => Err(Unanswered::Over),
    }
}

fn claim(app: &App, token: &str) -> Option<Claim> {
    app.key.as_ref()?.read(token)
}

async fn answer(app: &App, request: &Parts, status: StatusCode, claim: Option<Claim>, followed: Followed) -> Response {
    let language = language(app, request, None);
    page(app, request, status, language, move |snapshot, language| {
        operator::alarm(snapshot, language, claim.as_ref(), followed)
    })
    .await
}
