//! `/api/v1/channels`: what proves each channel, and tests by hand.
//!
//! It does not know how a channel is spoken to, nor the shape of any document.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};

use super::{reply::json, rights::Operator, router::App};
use crate::{
    api::{
        channels::{ChannelsAnswer, TestAnswer},
        problem::Problem,
    },
    hub::Untested,
};

/// Their paths.
pub(super) fn router() -> Router<App> {
    Router::new().route("/api/v1/channels", get(list)).route("/api/v1/channels/{id}/test", post(test))
}

async fn list(_: Operator, State(app): State<App>) -> Response {
    let edition = app.edition();
    let channels = edition.snapshot().alarms.channels.iter().map(Into::into);
    json(StatusCode::OK, &ChannelsAnswer { channels: channels.collect() })
}

async fn test(operator: Operator, State(app): State<App>, Path(name): Path<String>) -> Response {
    let edition = app.edition();
    let known = edition.snapshot().alarms.channels.iter().find(|channel| channel.name.as_str() == name);
    let Some(name) = known.map(|channel| channel.name.clone()) else { return unknown(&name).respond() };
    match app.desk.test(operator.actor, name).await {
        Ok(receipt) => json(StatusCode::OK, &TestAnswer { taken: true, receipt: receipt.id, error: None }),
        // That a channel does not work is what was asked, and not a fault of the question.
        Err(Untested::Refused(refusal)) => {
            json(StatusCode::OK, &TestAnswer { taken: false, receipt: None, error: Some(refusal.error) })
        }
        Err(Untested::Unknown(name)) => unknown(name.as_str()).respond(),
        Err(busy @ Untested::Busy) => Problem::new(StatusCode::SERVICE_UNAVAILABLE, busy.to_string()).respond(),
    }
}

fn unknown(name: &str) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, format!("there is no channel {}", crate::words::inert(name)))
}
