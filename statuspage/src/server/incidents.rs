//! `/api/v1/incidents` and the document of `/api/v1`: what operators' programs read and order.
//!
//! It does not know the shape of any document, nor how an order is carried out.

use std::sync::Arc;

use axum::{
    extract::{Path, Request, State},
    http::{StatusCode, request::Parts},
    response::Response,
};
use serde::de::DeserializeOwned;
use shared::IncidentId;

use super::{
    reply::{self, created, json, read},
    representation::{CachePolicy, Representation},
    rights::Operator,
    router::App,
};
use crate::{
    api::{
        audit::{self, AuditAnswer},
        incidents::{
            IncidentAnswer, IncidentsAnswer, LinkOrder, OpenOrder, ReleaseOrder, SayOrder, ToldOrder, refused,
        },
        openapi,
        parameters::Parameters,
        problem::Problem,
    },
    incident::{Command, Incident},
};

/// `GET /api/v1/openapi.json`.
pub(super) async fn document(request: Parts) -> Response {
    let bytes = serde_json::to_vec(&openapi::document()).unwrap_or_default();
    Representation::new("application/json", bytes, CachePolicy::Never).respond(StatusCode::OK, &request.headers)
}

/// `GET /api/v1/incidents`.
pub(super) async fn list(_: Operator, State(app): State<App>, request: Parts) -> Response {
    let open = match Parameters::of(request.uri.query()).flag("open") {
        Ok(open) => open,
        Err(problem) => return problem.respond(),
    };
    let edition = app.edition();
    let wanted = |incident: &&Arc<Incident>| open.is_none_or(|open| incident.stage.is_open() == open);
    let incidents = edition.snapshot().incidents.iter().filter(wanted).map(|incident| incident.as_ref().into());
    json(StatusCode::OK, &IncidentsAnswer { incidents: incidents.collect() })
}

/// `GET /api/v1/incidents/{id}`.
pub(super) async fn one(_: Operator, State(app): State<App>, Path(id): Path<String>) -> Response {
    let edition = app.edition();
    let id = id.parse::<IncidentId>().ok();
    match id.as_ref().and_then(|id| edition.snapshot().incident(id)) {
        Some(incident) => json(StatusCode::OK, &IncidentAnswer::from(incident.as_ref())),
        None => unknown().respond(),
    }
}

/// `GET /api/v1/audit`.
pub(super) async fn audit(_: Operator, State(app): State<App>, request: Parts) -> Response {
    match Parameters::of(request.uri.query()).limit(audit::DEFAULT, audit::MOST) {
        Ok(limit) => json(StatusCode::OK, &AuditAnswer::newest(&app.desk.audit(), limit)),
        Err(problem) => problem.respond(),
    }
}

/// `POST /api/v1/incidents`.
pub(super) async fn open(operator: Operator, State(app): State<App>, request: Request) -> Response {
    match read::<OpenOrder>(request).await {
        Ok(order) => give(&app, operator, order.command(), StatusCode::CREATED).await,
        Err(problem) => problem.respond(),
    }
}

/// `POST /api/v1/incidents/{id}/acknowledge`.
pub(super) async fn acknowledge(operator: Operator, State(app): State<App>, Path(id): Path<String>) -> Response {
    match id.parse() {
        Ok(incident) => give(&app, operator, Command::Acknowledge { incident }, StatusCode::OK).await,
        Err(_) => unknown().respond(),
    }
}

macro_rules! orders {
    ($($(#[$doc:meta])* $name:ident: $order:ty;)*) => {$(
        $(#[$doc])*
        pub(super) async fn $name(
            operator: Operator,
            State(app): State<App>,
            Path(id): Path<String>,
            request: Request,
        ) -> Response {
            order(&app, operator, &id, request, <$order>::command).await
        }
    )*};
}

orders! {
    /// `POST /api/v1/incidents/{id}/updates`.
    say: SayOrder;
    /// `POST /api/v1/incidents/{id}/release`.
    release: ReleaseOrder;
    /// `POST /api/v1/incidents/{id}/reported-by-users`.
    told: ToldOrder;
    /// `POST /api/v1/incidents/{id}/link`.
    link: LinkOrder;
}

async fn order<T: DeserializeOwned>(
    app: &App,
    operator: Operator,
    id: &str,
    request: Request,
    command: impl FnOnce(T, IncidentId) -> Command,
) -> Response {
    let Ok(id) = id.parse() else { return unknown().respond() };
    match read::<T>(request).await {
        Ok(order) => give(app, operator, command(order, id), StatusCode::OK).await,
        Err(problem) => problem.respond(),
    }
}

pub(super) async fn give(app: &App, operator: Operator, command: Command, done: StatusCode) -> Response {
    match app.order(operator.actor, command).await {
        Ok(incident) if done == StatusCode::CREATED => {
            created(&format!("/api/v1/incidents/{}", incident.id), &IncidentAnswer::from(incident.as_ref()))
        }
        Ok(incident) => json(done, &IncidentAnswer::from(incident.as_ref())),
        Err(refusal) => reply::refused(refused(&refusal)),
    }
}

pub(super) fn unknown() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "there is no such incident")
}
