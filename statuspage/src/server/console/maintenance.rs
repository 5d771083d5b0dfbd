//! `/operator/plan` and `/operator/maintenances/{id}`: the forms that give orders about maintenance.
//!
//! It does not know what the pages look like, nor how an order is carried out.

use axum::{extract::Path, http::StatusCode, response::Response};
use shared::MaintenanceId;

use super::{
    desk::{Desk, Sent},
    form, status,
};
use crate::{
    maintenance::{Command, Refusal},
    page::operator::{self, Fault, Form, Refused, Signed, Typed},
    snapshot::Snapshot,
};

/// `GET /operator/plan`.
pub(super) async fn planning(desk: Desk) -> Response {
    plan_page(&desk, StatusCode::OK, None).await
}

/// `POST /operator/plan`.
pub(super) async fn plan(Sent { desk, typed }: Sent) -> Response {
    let planning = form::planning(&typed, desk.app.edition().snapshot());
    let fault = match planning {
        Ok(planning) => match desk.app.maintain(desk.actor(), Command::Plan(planning)).await {
            Ok(maintenance) => return desk.back(&address(&maintenance.id)),
            Err(refusal) => Fault::Maintenance(refusal),
        },
        Err(fault) => fault,
    };
    let status = status(&fault);
    plan_page(&desk, status, Some(Form { action: "plan".to_owned(), typed, fault })).await
}

async fn plan_page(desk: &Desk, status: StatusCode, form: Option<Form>) -> Response {
    let page = move |snapshot: &Snapshot, language, signed: &Signed| {
        Ok(operator::plan(snapshot, language, signed, form.as_ref()))
    };
    desk.page(status, page).await
}

/// `GET /operator/maintenances/{id}`.
pub(super) async fn show(desk: Desk, Path(id): Path<String>) -> Response {
    page(&desk, id, StatusCode::OK, None).await
}

async fn page(desk: &Desk, id: String, status: StatusCode, form: Option<Form>) -> Response {
    let page = move |snapshot: &Snapshot, language, signed: &Signed| {
        let maintenance =
            id.parse().ok().and_then(|id| snapshot.maintenance(&id)).ok_or(Refused::UnknownMaintenance)?;
        Ok(operator::maintenance(snapshot, language, signed, maintenance, form.as_ref()))
    };
    desk.page(status, page).await
}

/// `POST /operator/maintenances/{id}/{order}`.
pub(super) async fn order(Path((id, order)): Path<(String, String)>, Sent { desk, typed }: Sent) -> Response {
    let Ok(maintenance) = id.parse::<MaintenanceId>() else { return desk.missing(Refused::UnknownMaintenance) };
    let command = match order.as_str() {
        "change" => change(&desk, &maintenance, &typed),
        order => form::turn(order, &maintenance, &typed),
    };
    let Some(command) = command else { return desk.missing(Refused::UnknownMaintenance) };
    let fault = match command {
        Ok(command) => match desk.app.maintain(desk.actor(), command).await {
            Ok(_) => return desk.back(&address(&maintenance)),
            Err(Refusal::Unknown(_)) => return desk.missing(Refused::UnknownMaintenance),
            Err(refusal) => Fault::Maintenance(refusal),
        },
        Err(fault) => fault,
    };
    let status = status(&fault);
    page(&desk, id, status, Some(Form { action: order, typed, fault })).await
}

/// The order to make different what was typed differently; nothing when there is no such maintenance.
fn change(desk: &Desk, id: &MaintenanceId, typed: &Typed) -> Option<Result<Command, Fault>> {
    let edition = desk.app.edition();
    let present = edition.snapshot().maintenance(id)?;
    let command = |change| Command::Change { maintenance: id.clone(), version: form::version(typed), change };
    Some(form::change(typed, present, edition.snapshot()).map(command))
}

fn address(id: &MaintenanceId) -> String {
    format!("/operator/maintenances/{id}")
}
