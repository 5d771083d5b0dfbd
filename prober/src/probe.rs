//! One execution of a probe: from the first step to an observation, under one deadline.
//!
//! It does not know when a probe is due nor what its result means for a service.

use std::time::{Duration, SystemTime};

use shared::{Failure, FailureKind, LocationName, Observation, Timestamp, Timings, Verdict};

use crate::{definition::ProbeDefinition, network::Network};

/// Why a probe is executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// It was due.
    Scheduled,
    /// To confirm what the one before it found.
    Confirmation,
}

/// Executes `probe` once. It always comes to an observation, by the probe's timeout; whatever fails is said in it.
pub async fn execute(
    probe: &ProbeDefinition,
    location: &LocationName,
    _network: &Network,
    attempt: Attempt,
) -> Observation {
    Observation {
        probe: probe.id.clone(),
        location: location.clone(),
        started_at: wall_clock(),
        verdict: Verdict::Unknown,
        failure: Some(Failure::new(FailureKind::ProberFault, "nothing was asked")),
        timings: Timings::default(),
        duration: Duration::ZERO,
        http: None,
        certificate_expires_at: None,
        confirmation: attempt == Attempt::Confirmation,
        address: None,
    }
}

/// The time of day as the machine has it.
pub(crate) fn wall_clock() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}
