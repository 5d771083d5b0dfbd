//! One execution of a probe: from the first step to an observation, under one deadline.
//!
//! It does not know when a probe is due nor what its result means for a service.

mod connect;
mod deadline;
mod evidence;
mod exhibit;
mod finding;
mod http;
mod record;
mod tcp;

use std::time::{Duration, SystemTime};

use shared::{LocationName, Observation, Timestamp, Verdict};
use tokio::time::Instant;

use crate::{
    definition::{Check, ProbeDefinition},
    network::Network,
};
use deadline::Deadline;
use finding::Finding;
pub(crate) use finding::ours;
use record::Record;

/// Why a probe is executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// It was due.
    Scheduled,
    /// To confirm what the one before it found.
    Confirmation,
}

/// Executes `probe` once. It always comes to an observation, by the probe's timeout; whatever fails is said in it.
///
/// The phases are measured as blackbox_exporter does: a phase that was begun and failed holds the time it took, one that was not
/// reached is absent.
pub async fn execute(
    probe: &ProbeDefinition,
    location: &LocationName,
    network: &Network,
    attempt: Attempt,
) -> Observation {
    let (started_at, began) = (wall_clock(), Instant::now());
    let deadline = Deadline::after(probe.timeout);
    let (record, finding) = match &probe.check {
        Check::Http(check) => http::run(check, network, deadline, began).await,
        Check::Tcp(check) => {
            let mut record = Record::default();
            let result = tcp::run(check, network, deadline, &mut record).await;
            (record, result.err().map(Finding::from))
        }
        // Nobody executes it: the hub hears it.
        Check::Heartbeat(_) => (Record::default(), Some(ours("a sign of life is sent, not asked for").into())),
    };
    let verdict = finding.as_ref().map_or(Verdict::Pass, |finding| finding.verdict);
    // A confirmation meets what the failure before it met.
    let first = verdict == Verdict::Fail && attempt == Attempt::Scheduled;
    Observation {
        probe: probe.id.clone(),
        location: location.clone(),
        started_at,
        verdict,
        failure: finding.map(|finding| finding.failure).map(|mut failure| {
            failure.evidence = failure.evidence.map(|text| evidence::masked(text, &probe.check));
            failure.exhibit = if first { exhibit::exhibit(&record, &probe.check) } else { None };
            failure
        }),
        timings: record.timings,
        duration: began.elapsed(),
        http: record.http,
        certificate_expires_at: record.certificate_expires_at,
        confirmation: attempt == Attempt::Confirmation,
        address: record.address,
    }
}

/// The time of day as the machine has it.
pub(crate) fn wall_clock() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
