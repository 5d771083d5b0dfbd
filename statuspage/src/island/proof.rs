//! What the browser still believes of what the hub said, as time goes by.
//!
//! It does not know what time it is.

use shared::{Status, Timestamp, live::LiveComponent};

/// A component's state at a time: it is gone with its proof.
pub(super) fn status_at(component: &LiveComponent, now: Timestamp) -> Status {
    if component.stale_at.is_some_and(|stale_at| now <= stale_at) {
        component.status
    } else {
        status_without_proof(component)
    }
}

/// Announced work goes on whether or not somebody measures, and so does what operators say; of the rest nobody knows.
pub(super) fn status_without_proof(component: &LiveComponent) -> Status {
    if component.lasting { component.status } else { Status::Unknown }
}
