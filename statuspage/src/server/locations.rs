//! `/api/v1/locations`: the places that report from elsewhere, for operators.
//!
//! It does not know how the book is kept, nor the shape of any document.

use axum::{
    Router,
    extract::{Path, Request, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use shared::{InvalidId, LocationName};

use super::{
    reply::{self, created, json, read},
    rights::Operator,
    router::App,
};
use crate::{
    api::{
        locations::{AddLocationOrder, CodeAnswer, LocationAnswer, LocationsAnswer, refused},
        problem::Problem,
    },
    location::{Code, Command, LocationView, Refused},
};

/// Their paths.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/api/v1/locations", get(list).post(add))
        .route("/api/v1/locations/{id}/rotate", post(rotate))
        .route("/api/v1/locations/{id}/revoke", post(revoke))
}

async fn list(_: Operator, State(app): State<App>) -> Response {
    let edition = app.edition();
    let places = edition.snapshot().places.iter().map(|(name, view)| LocationAnswer::of(name, view));
    json(StatusCode::OK, &LocationsAnswer { locations: places.collect() })
}

async fn add(operator: Operator, State(app): State<App>, request: Request) -> Response {
    let name = match read::<AddLocationOrder>(request).await {
        Ok(order) => order.name.parse::<LocationName>(),
        Err(problem) => return problem.respond(),
    };
    match name {
        Ok(name) => with_code(&app, operator, &name, Command::Add).await,
        Err(invalid) => invalid_name(&invalid),
    }
}

fn invalid_name(invalid: &InvalidId) -> Response {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, invalid.to_string()).of_field("name").respond()
}

async fn rotate(operator: Operator, State(app): State<App>, Path(id): Path<String>) -> Response {
    match id.parse() {
        Ok(name) => with_code(&app, operator, &name, Command::Rotate).await,
        Err(_) => unknown(),
    }
}

async fn revoke(operator: Operator, State(app): State<App>, Path(id): Path<String>) -> Response {
    let Ok(name) = id.parse::<LocationName>() else { return unknown() };
    match app.counter.order(operator.actor, Command::Revoke(name.clone())).await {
        Ok(view) => {
            shown(&app, &name, &view).await;
            json(StatusCode::OK, &LocationAnswer::of(&name, &view))
        }
        Err(error) => reply::refused(refused(&error)),
    }
}

async fn with_code(
    app: &App,
    operator: Operator,
    name: &LocationName,
    command: fn(LocationName, Code) -> Command,
) -> Response {
    let Some(code) = Code::generate() else { return reply::refused(refused(&Refused::NoRandomness)) };
    match app.counter.order(operator.actor, command(name.clone(), code.clone())).await {
        Ok(view) => {
            shown(app, name, &view).await;
            let (name, code, valid_until) = (name.to_string(), code.reveal().to_owned(), view.code_until);
            created("/api/v1/locations", &CodeAnswer { name, code, valid_until })
        }
        Err(error) => reply::refused(refused(&error)),
    }
}

/// Waits until whoever asks next finds what was ordered.
async fn shown(app: &App, name: &LocationName, view: &LocationView) {
    let same = |shown: &LocationView| shown.standing == view.standing && shown.code_until == view.code_until;
    app.until(|snapshot| snapshot.places.get(name).is_some_and(same)).await;
}

fn unknown() -> Response {
    Problem::new(StatusCode::NOT_FOUND, "there is no such location").respond()
}
