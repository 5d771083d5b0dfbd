//! What whoever asks may do: the public reads, an operator also sees what is private and gives orders.
//!
//! It does not know pages: `/operator` has its own door. The accept loop says who came through the hub's socket; through an address
//! it is a bearer token that makes an operator, never a cookie.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::Response,
};

use super::router::App;
use crate::clock::now;
use crate::{api::problem::Problem, incident::Actor};

/// The rights of a request; put into it by the accept loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rights {
    /// Everybody's.
    Public,
    /// An operator's: who may open the hub's socket, or sends a token.
    Operator,
}

impl Rights {
    /// Those of a request; nobody spoke for it means the public's.
    pub(super) fn of(request: &Parts) -> Self {
        request.extensions.get::<Self>().copied().unwrap_or(Self::Public)
    }
}

/// Gives the rights of an operator to who sends a token; a wrong one is told so, and not taken for the public.
pub(super) async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    if let Some(token) = bearer(request.headers()) {
        let Some(name) = app.access.bearer(token, now()) else {
            tracing::warn!(path = request.uri().path(), "somebody sent a token that opens nothing");
            return challenge("the token is unknown or has expired");
        };
        let actor = Actor::Operator(name.to_string());
        request.extensions_mut().insert(Rights::Operator);
        request.extensions_mut().insert(actor);
    }
    next.run(request).await
}

/// The token of `Authorization: Bearer …` (RFC 6750); another scheme is none of ours.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn challenge(detail: &str) -> Response {
    let mut response = Problem::new(StatusCode::UNAUTHORIZED, detail).respond();
    let value = HeaderValue::from_static("Bearer realm=\"operators\"");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    response
}

/// Proof that an operator asks: a handler that takes it answers nobody else.
#[derive(Debug, Clone)]
pub(super) struct Operator {
    /// Who.
    pub(super) actor: Actor,
}

impl<S: Sync> FromRequestParts<S> for Operator {
    type Rejection = Response;

    async fn from_request_parts(request: &mut Parts, _: &S) -> Result<Self, Response> {
        match Rights::of(request) {
            Rights::Operator => {
                let actor = request.extensions.get::<Actor>().cloned();
                Ok(Self { actor: actor.unwrap_or(Actor::Socket) })
            }
            Rights::Public => Err(challenge(
                "this is for operators: send a token as `Authorization: Bearer …`, or use the `statuspage` command on the hub's machine",
            )),
        }
    }
}
