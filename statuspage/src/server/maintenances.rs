//! `/api/v1/maintenances`: what everybody reads of planned maintenance, and what operators' programs order.
//!
//! It does not know the shape of any document, nor how an order is carried out.

use std::sync::Arc;

use axum::{
    extract::{Path, Request, State},
    http::{StatusCode, request::Parts},
    response::Response,
};
use serde::de::DeserializeOwned;
use shared::MaintenanceId;

use super::{
    reply::{self, created, json, read},
    rights::{Operator, Rights},
    router::App,
};
use crate::{
    api::{
        maintenances::{
            CancelOrder, ChangeOrder, MaintenanceAnswer, MaintenancesAnswer, NoticeOrder, PlanOrder, TurnOrder, refused,
        },
        parameters::Parameters,
        problem::Problem,
    },
    maintenance::{Command, Maintenance},
};

/// How many are listed, unless more are asked for.
const LISTED: usize = 100;
/// How many are listed at most.
const MOST: usize = 1_000;

/// What a list is asked for.
struct Wanted {
    /// Those that are not over, or those that are; both when absent.
    open: Option<bool>,
    limit: usize,
}

impl Wanted {
    fn of(request: &Parts) -> Result<Self, Problem> {
        let parameters = Parameters::of(request.uri.query());
        Ok(Self { open: parameters.flag("open")?, limit: parameters.limit(LISTED, MOST)? })
    }
}

/// `GET /api/v1/maintenances`.
pub(super) async fn list(State(app): State<App>, request: Parts) -> Response {
    let wanted = match Wanted::of(&request) {
        Ok(wanted) => wanted,
        Err(problem) => return problem.respond(),
    };
    let is_open = |one: &Arc<Maintenance>| !one.stage.is_over();
    let edition = app.edition();
    let listed =
        edition.snapshot().maintenances.iter().filter(|one| wanted.open.is_none_or(|open| is_open(one) == open));
    let maintenances = listed.take(wanted.limit).map(|one| shown(one, Rights::of(&request))).collect();
    json(StatusCode::OK, &MaintenancesAnswer { maintenances })
}

/// `GET /api/v1/maintenances/{id}`.
pub(super) async fn one(State(app): State<App>, Path(id): Path<String>, request: Parts) -> Response {
    let edition = app.edition();
    match edition.snapshot().maintenances.iter().find(|one| one.id.as_str() == id) {
        Some(maintenance) => json(StatusCode::OK, &shown(maintenance, Rights::of(&request))),
        None => unknown().respond(),
    }
}

fn shown(maintenance: &Maintenance, rights: Rights) -> MaintenanceAnswer {
    match rights {
        Rights::Public => MaintenanceAnswer::public(maintenance),
        Rights::Operator => MaintenanceAnswer::whole(maintenance),
    }
}

/// `POST /api/v1/maintenances`.
pub(super) async fn plan(operator: Operator, State(app): State<App>, request: Request) -> Response {
    match read::<PlanOrder>(request).await {
        Ok(order) => give(&app, operator, order.command(), StatusCode::CREATED).await,
        Err(problem) => problem.respond(),
    }
}

macro_rules! orders {
    ($($(#[$doc:meta])* $name:ident: $command:expr;)*) => {$(
        $(#[$doc])*
        pub(super) async fn $name(
            operator: Operator,
            State(app): State<App>,
            Path(id): Path<String>,
            request: Request,
        ) -> Response {
            order(&app, operator, &id, request, $command).await
        }
    )*};
}

orders! {
    /// `POST /api/v1/maintenances/{id}/change`.
    change: ChangeOrder::command;
    /// `POST /api/v1/maintenances/{id}/cancel`.
    cancel: CancelOrder::command;
    /// `POST /api/v1/maintenances/{id}/begin`.
    begin: TurnOrder::begin;
    /// `POST /api/v1/maintenances/{id}/end`.
    end: TurnOrder::end;
    /// `POST /api/v1/maintenances/{id}/updates`.
    say: NoticeOrder::command;
}

async fn order<T: DeserializeOwned>(
    app: &App,
    operator: Operator,
    id: &str,
    request: Request,
    command: impl FnOnce(T, MaintenanceId) -> Command,
) -> Response {
    let Ok(id) = id.parse() else { return unknown().respond() };
    match read::<T>(request).await {
        Ok(order) => give(app, operator, command(order, id), StatusCode::OK).await,
        Err(problem) => problem.respond(),
    }
}

async fn give(app: &App, operator: Operator, command: Command, done: StatusCode) -> Response {
    match app.maintain(operator.actor, command).await {
        Ok(maintenance) if done == StatusCode::CREATED => {
            created(&format!("/api/v1/maintenances/{}", maintenance.id), &MaintenanceAnswer::whole(&maintenance))
        }
        Ok(maintenance) => json(done, &MaintenanceAnswer::whole(&maintenance)),
        Err(refusal) => reply::refused(refused(&refusal)),
    }
}

fn unknown() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "there is no such maintenance")
}
