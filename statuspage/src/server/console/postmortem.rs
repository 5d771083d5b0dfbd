//! `/operator/incidents/{id}/postmortem`: the draft with its forms, and making it public.
//!
//! It does not know what a draft says, nor how an order is carried out.

use axum::{
    extract::{Path, Request, State},
    http::{StatusCode, request::Parts},
    response::Response,
};
use shared::{IncidentId, Language};

use super::{Desk, HOME, Visitor, form, give, language, permitted, refuse, status, to};
use crate::{
    incident::{Command, Refusal},
    page::operator::{self, Drafted, Fault, Form, Hindrance, ReadResults, Refused, Typed},
    postmortem::{Field, Measured, Story},
    server::{
        postmortem::{measure, publication, written},
        router::App,
    },
    snapshot::Snapshot,
};

/// `GET /operator/incidents/{id}/postmortem`.
pub(super) async fn show(State(app): State<App>, Path(id): Path<String>, request: Parts) -> Response {
    let visitor = Visitor::of(&app, &request);
    let Some(desk) = Desk::of(&app, &request, &visitor) else { return to(HOME, &request) };
    page(&desk, &id, StatusCode::OK, None).await
}

/// `POST /operator/incidents/{id}/postmortem/fields/{field}`.
pub(super) async fn write(
    State(app): State<App>,
    Path((id, field)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (request, body) = request.into_parts();
    let visitor = Visitor::of(&app, &request);
    let (session, typed) = match permitted(&app, &request, &visitor, body).await {
        Ok(permitted) => permitted,
        Err(response) => return response,
    };
    let desk = Desk { app: &app, request: &request, visitor: &visitor, session, language: language(&app, &request) };
    let (Ok(field), Some(incident)) = (field.parse::<Field>(), keeper(&app, &id)) else { return unknown(&desk) };
    let version = form::version(&typed);
    let command = form::part(&typed).map(|text| Command::WriteField { incident, version, field, text });
    carry_out(&desk, &id, field.word(), typed, command).await
}

/// `POST /operator/incidents/{id}/postmortem/publish` and `…/withdraw`.
pub(super) async fn order(
    State(app): State<App>,
    Path((id, order)): Path<(String, String)>,
    request: Request,
) -> Response {
    let (request, body) = request.into_parts();
    let visitor = Visitor::of(&app, &request);
    let (session, typed) = match permitted(&app, &request, &visitor, body).await {
        Ok(permitted) => permitted,
        Err(response) => return response,
    };
    let desk = Desk { app: &app, request: &request, visitor: &visitor, session, language: language(&app, &request) };
    let Some(incident) = keeper(&app, &id) else { return unknown(&desk) };
    let version = form::version(&typed);
    let command = match order.as_str() {
        "publish" => publish(&app, &incident, version).await,
        "withdraw" => Ok(Command::Withdraw { incident, version }),
        _ => return unknown(&desk),
    };
    carry_out(&desk, &id, &order, typed, command).await
}

/// The order to publish, unless something of the story is open.
async fn publish(app: &App, id: &IncidentId, version: u64) -> Result<Command, Fault> {
    if Story::of(app.edition().snapshot(), id).is_some_and(|story| !story.is_over()) {
        return Err(Fault::StillOpen);
    }
    // What is left that can go wrong is reading the results.
    publication(app, id.as_str(), version).await.map_err(|_| Fault::StoreBehind)
}

async fn carry_out(desk: &Desk<'_>, id: &str, action: &str, typed: Typed, command: Result<Command, Fault>) -> Response {
    let fault = match command {
        Ok(command) => match give(desk, command).await {
            Ok(incident) => return desk.back(&format!("/operator/incidents/{}/postmortem", incident.id)),
            Err(Refusal::UnknownIncident(_)) => return unknown(desk),
            Err(refusal) => form::fault(refusal),
        },
        Err(fault) => fault,
    };
    page(desk, id, status(&fault), Some(Form { action: action.to_owned(), typed, fault })).await
}

/// The draft as it stands, with the form that was not taken.
async fn page(desk: &Desk<'_>, id: &str, status: StatusCode, form: Option<Form>) -> Response {
    let Some(id) = keeper(desk.app, id) else { return unknown(desk) };
    let edition = desk.app.edition();
    let measured = match Story::of(edition.snapshot(), &id) {
        Some(story) => measure(desk.app, &story).await.ok(),
        None => return unknown(desk),
    };
    let show = move |snapshot: &Snapshot, language, signed: &operator::Signed| {
        let story = Story::of(snapshot, &id)?;
        operator::postmortem(snapshot, language, signed, &drafted(snapshot, &story, measured), form.as_ref())
    };
    desk.page(status, show).await
}

fn drafted<'a>(snapshot: &'a Snapshot, story: &Story<'a>, measured: Option<Measured>) -> Drafted<'a> {
    let results = if measured.is_some() { ReadResults::Read } else { ReadResults::Unreadable };
    let measured = measured.unwrap_or_default();
    let draft = |language| (language, written(snapshot, story, measured.clone(), language).0);
    Drafted {
        incident: story.first(),
        drafts: [Language::Fr, Language::En].map(draft).into(),
        hindrance: if story.is_over() { Hindrance::None } else { Hindrance::StillOpen },
        results,
    }
}

/// The incident that keeps the post-mortem.
fn keeper(app: &App, id: &str) -> Option<IncidentId> {
    let edition = app.edition();
    let story = Story::of(edition.snapshot(), &id.parse().ok()?)?;
    Some(story.first().id.clone())
}

fn unknown(desk: &Desk<'_>) -> Response {
    refuse(desk.app, desk.request, StatusCode::NOT_FOUND, Refused::UnknownIncident)
}
