//! `/operator/incidents/{id}/postmortem`: the draft with its forms, and making it public.
//!
//! It does not know what a draft says, nor how an order is carried out.

use axum::{extract::Path, http::StatusCode, response::Response};
use shared::{IncidentId, Language};

use super::{
    desk::{Desk, Sent},
    form, status,
};
use crate::{
    incident::{Command, Refusal},
    page::operator::{self, Drafted, Fault, Form, Hindrance, ReadResults, Refused, Typed},
    postmortem::{Field, Measured, Story},
    server::postmortem::{keeper, measure, publication, written},
    snapshot::Snapshot,
};

/// `GET /operator/incidents/{id}/postmortem`.
pub(super) async fn show(desk: Desk, Path(id): Path<String>) -> Response {
    match keeper(&desk.app, &id) {
        Some(incident) => page(&desk, incident, StatusCode::OK, None).await,
        None => unknown(&desk),
    }
}

/// `POST /operator/incidents/{id}/postmortem/fields/{field}`.
pub(super) async fn write(Path((id, field)): Path<(String, String)>, Sent { desk, typed }: Sent) -> Response {
    let (Ok(field), Some(incident)) = (field.parse::<Field>(), keeper(&desk.app, &id)) else { return unknown(&desk) };
    let (version, id) = (form::version(&typed), incident.clone());
    let command = form::part(&typed).map(|text| Command::WriteField { incident, version, field, text });
    carry_out(&desk, id, field.word(), typed, command).await
}

/// `POST /operator/incidents/{id}/postmortem/publish` and `…/withdraw`.
pub(super) async fn order(Path((id, order)): Path<(String, String)>, Sent { desk, typed }: Sent) -> Response {
    let Some(incident) = keeper(&desk.app, &id) else { return unknown(&desk) };
    let (version, id) = (form::version(&typed), incident.clone());
    let command = match order.as_str() {
        "publish" => publication(&desk.app, incident, version).await.map_err(Fault::Incident),
        "withdraw" => Ok(Command::Withdraw { incident, version }),
        _ => return unknown(&desk),
    };
    carry_out(&desk, id, &order, typed, command).await
}

async fn carry_out(
    desk: &Desk,
    id: IncidentId,
    action: &str,
    typed: Typed,
    command: Result<Command, Fault>,
) -> Response {
    let fault = match command {
        Ok(command) => match desk.app.order(desk.actor(), command).await {
            Ok(incident) => return desk.back(&format!("/operator/incidents/{}/postmortem", incident.id)),
            Err(Refusal::UnknownIncident(_)) => return unknown(desk),
            Err(refusal) => Fault::Incident(refusal),
        },
        Err(fault) => fault,
    };
    let status = status(&fault);
    page(desk, id, status, Some(Form { action: action.to_owned(), typed, fault })).await
}

/// The draft as it stands, with the form that was not taken.
async fn page(desk: &Desk, id: IncidentId, status: StatusCode, form: Option<Form>) -> Response {
    let edition = desk.app.edition();
    let measured = match Story::of(edition.snapshot(), &id) {
        Some(story) => measure(&desk.app, &story).await.ok(),
        None => return unknown(desk),
    };
    let show = move |snapshot: &Snapshot, language, signed: &operator::Signed| {
        let story = Story::of(snapshot, &id).ok_or(Refused::UnknownIncident)?;
        let drafted = drafted(snapshot, &story, measured);
        operator::postmortem(snapshot, language, signed, &drafted, form.as_ref()).ok_or(Refused::UnknownIncident)
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

fn unknown(desk: &Desk) -> Response {
    desk.missing(Refused::UnknownIncident)
}
