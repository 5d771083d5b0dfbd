//! `/operator/open` and `/operator/incidents/{id}`: the forms that give orders about incidents.
//!
//! It does not know what the pages look like, nor how an order is carried out.

use axum::{extract::Path, http::StatusCode, response::Response};
use shared::IncidentId;

use super::{
    desk::{Desk, Sent},
    form, status,
};
use crate::{
    incident::{Command, Refusal},
    page::operator::{self, Fault, Form, Refused, Signed},
    snapshot::Snapshot,
};

/// `GET /operator/open`.
pub(super) async fn opening(desk: Desk) -> Response {
    open_page(&desk, StatusCode::OK, None).await
}

/// `POST /operator/open`.
pub(super) async fn open(Sent { desk, typed }: Sent) -> Response {
    let fault = match form::opening(&typed, &desk.zone()) {
        Ok(opening) => match desk.app.order(desk.actor(), Command::Open(opening)).await {
            Ok(incident) => return desk.back(&address(&incident.id)),
            Err(refusal) => Fault::Incident(refusal),
        },
        Err(fault) => fault,
    };
    let status = status(&fault);
    open_page(&desk, status, Some(Form { action: "open".to_owned(), typed, fault })).await
}

async fn open_page(desk: &Desk, status: StatusCode, form: Option<Form>) -> Response {
    let page = move |snapshot: &Snapshot, language, signed: &Signed| {
        Ok(operator::open(snapshot, language, signed, form.as_ref()))
    };
    desk.page(status, page).await
}

/// `GET /operator/incidents/{id}`.
pub(super) async fn show(desk: Desk, Path(id): Path<String>) -> Response {
    page(&desk, id, StatusCode::OK, None).await
}

async fn page(desk: &Desk, id: String, status: StatusCode, form: Option<Form>) -> Response {
    let page = move |snapshot: &Snapshot, language, signed: &Signed| {
        let incident = id.parse().ok().and_then(|id| snapshot.incident(&id)).ok_or(Refused::UnknownIncident)?;
        Ok(operator::incident(snapshot, language, signed, incident, form.as_ref()))
    };
    desk.page(status, page).await
}

/// `POST /operator/incidents/{id}/{order}`.
pub(super) async fn order(Path((id, order)): Path<(String, String)>, Sent { desk, typed }: Sent) -> Response {
    let Ok(incident) = id.parse::<IncidentId>() else { return desk.missing(Refused::UnknownIncident) };
    let Some(command) = form::command(&order, &incident, &typed, &desk.zone()) else {
        return desk.missing(Refused::UnknownIncident);
    };
    let fault = match command {
        Ok(command) => match desk.app.order(desk.actor(), command).await {
            Ok(_) => return desk.back(&address(&incident)),
            Err(Refusal::UnknownIncident(unknown)) if unknown == incident => {
                return desk.missing(Refused::UnknownIncident);
            }
            Err(refusal) => Fault::Incident(refusal),
        },
        Err(fault) => fault,
    };
    let status = status(&fault);
    page(&desk, id, status, Some(Form { action: order, typed, fault })).await
}

fn address(id: &IncidentId) -> String {
    format!("/operator/incidents/{id}")
}
