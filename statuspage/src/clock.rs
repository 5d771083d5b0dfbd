//! The system's clock: the one place where the wall's time is read.
//!
//! Whoever judges is handed an instant; whoever only needs one asks here.

mod doubt;

use std::time::SystemTime;

use shared::Timestamp;

pub(crate) use doubt::{Belief, Look, PATIENCE};

/// The present by the system's clock.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
