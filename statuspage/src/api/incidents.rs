//! Incidents in our own API: what operators send, and what they are told.
//!
//! It does not know HTTP's side of it, nor how an order is carried out.

mod answer;
mod order;
mod postmortem;

use axum::http::StatusCode;

pub(crate) use answer::{IncidentAnswer, IncidentsAnswer};
pub(crate) use order::{FieldOrder, LinkOrder, OpenOrder, ReleaseOrder, SayOrder, ToldOrder};
pub(crate) use postmortem::PostmortemAnswer;

use super::problem::Problem;
use crate::{incident::Refusal, order::UnfitText};

/// Why an order was not carried out, as a problem.
pub(crate) fn refused(refusal: &Refusal) -> Problem {
    let words = refusal.to_string();
    match refusal {
        Refusal::UnknownIncident(_) => Problem::new(StatusCode::NOT_FOUND, words),
        Refusal::Changed { present, .. } => Problem::new(StatusCode::CONFLICT, words).at_version(*present),
        Refusal::Resolved(_) | Refusal::StillOpen(_) => Problem::new(StatusCode::CONFLICT, words),
        Refusal::UnknownComponent(_) => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, words).of_field("components"),
        Refusal::Link(_) => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, words).of_field("relapse_of"),
        Refusal::Text(UnfitText { field, .. }) | Refusal::Time { field, .. } => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, words).of_field(field)
        }
        Refusal::StoreBehind => Problem::new(StatusCode::SERVICE_UNAVAILABLE, words),
    }
}
