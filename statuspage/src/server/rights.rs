//! What whoever asks may do: the public reads, an operator also sees what is private and gives orders.
//!
//! It does not know how somebody came to a right: the accept loop says it of each request.

use axum::http::request::Parts;

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
