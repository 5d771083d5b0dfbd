//! What whoever asks may do: the public reads, an operator also sees what is private and gives orders.
//!
//! It does not know how somebody came to a right: the accept loop says it of each request.

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    response::Response,
};

use crate::api::problem::Problem;

/// The rights of a request; put into it by the accept loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rights {
    /// Everybody's.
    Public,
    /// An operator's: who may open the hub's socket.
    Operator,
}

impl Rights {
    /// Those of a request; nobody spoke for it means the public's.
    pub(super) fn of(request: &Parts) -> Self {
        request.extensions.get::<Self>().copied().unwrap_or(Self::Public)
    }
}

/// Proof that an operator asks: a handler that takes it answers nobody else.
#[derive(Debug, Clone, Copy)]
pub(super) struct Operator;

impl<S: Sync> FromRequestParts<S> for Operator {
    type Rejection = Response;

    async fn from_request_parts(request: &mut Parts, _: &S) -> Result<Self, Response> {
        match Rights::of(request) {
            Rights::Operator => Ok(Self),
            Rights::Public => {
                let detail = "this is for operators: use the `statuspage` command on the hub's machine";
                Err(Problem::new(StatusCode::FORBIDDEN, detail).respond())
            }
        }
    }
}
