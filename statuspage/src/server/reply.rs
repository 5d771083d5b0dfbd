//! How orders come and are answered in our own API: a body in JSON, and what became of it.
//!
//! It does not know what is ordered.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde::{Serialize, de::DeserializeOwned};

use super::body;
use crate::api::problem::Problem;

/// The largest order: two languages, a text and a workaround each, every character escaped.
const LARGEST: usize = 512 << 10;

/// The body, as JSON of that form.
pub(super) async fn read<T: DeserializeOwned>(request: Request) -> Result<T, Problem> {
    let (head, body) = request.into_parts();
    if !body::is_of(&head.headers, "application/json") {
        let detail = "the body is JSON: send `Content-Type: application/json`";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    let bytes = body::whole(body, LARGEST).await.map_err(|unread| {
        let detail = match unread {
            body::Unread::TooLarge => "the body is larger than any order",
            body::Unread::TooLate => "the body did not come in time",
            body::Unread::Broken => "the body broke off",
        };
        Problem::new(unread.status(), detail)
    })?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let status = match error.classify() {
            serde_json::error::Category::Data => StatusCode::UNPROCESSABLE_ENTITY,
            serde_json::error::Category::Io
            | serde_json::error::Category::Syntax
            | serde_json::error::Category::Eof => StatusCode::BAD_REQUEST,
        };
        Problem::new(status, format!("the body cannot be read: {error}"))
    })
}

/// What an order made: its new state, and where it lies from now on.
pub(super) fn created(place: &str, answer: &impl Serialize) -> Response {
    let mut response = json(StatusCode::CREATED, answer);
    if let Ok(place) = HeaderValue::try_from(place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response
}

/// Why an order was not carried out, and when to try again where that helps.
pub(super) fn refused(problem: Problem) -> Response {
    let mut response = problem.respond();
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    }
    response
}

pub(super) fn json(status: StatusCode, answer: &impl Serialize) -> Response {
    let mut response = Response::new(Body::from(serde_json::to_vec(answer).unwrap_or_default()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
