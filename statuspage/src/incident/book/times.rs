//! Which times of operators are taken; each refusal names the field and the way out.
//!
//! It does not know what they are for.

use std::time::Duration;

use shared::Timestamp;

use crate::incident::{Refusal, TimeFault};

/// The clocks of an operator and of the hub may differ by so much.
const CLOCKS: Duration = Duration::from_secs(60);
/// Nobody promises an update for later.
const FURTHEST_PROMISE: Duration = Duration::from_secs(30 * 86_400);
/// Users may have told of it so long before the first failing observation.
const EARLIEST_REPORT: Duration = Duration::from_secs(86_400);
/// An incident that is opened by hand may have begun so long ago.
const LONGEST_PAST: Duration = Duration::from_secs(366 * 86_400);

pub(super) fn began(at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    past("started_at", at, now)?;
    if now.since(at) > LONGEST_PAST { refuse("started_at", TimeFault::LongAgo) } else { Ok(()) }
}

pub(super) fn reported(at: Timestamp, started_at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    past("at", at, now)?;
    if started_at.since(at) > EARLIEST_REPORT { refuse("at", TimeFault::LongBefore) } else { Ok(()) }
}

pub(super) fn promised(at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    if at <= now {
        return refuse("next_update_at", TimeFault::Past);
    }
    if at.since(now) > FURTHEST_PROMISE { refuse("next_update_at", TimeFault::FarAway) } else { Ok(()) }
}

fn past(field: &'static str, at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    if at > now.plus(CLOCKS) { refuse(field, TimeFault::ToCome) } else { Ok(()) }
}

fn refuse(field: &'static str, fault: TimeFault) -> Result<(), Refusal> {
    Err(Refusal::Time { field, fault })
}
