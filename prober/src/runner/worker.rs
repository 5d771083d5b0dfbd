//! One execution as the runner carries it out: panics caught, blindness noticed, the result handed out.
//!
//! It does not know when anything is due.

use std::{any::Any, future::Future, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use shared::{FailureKind, LocationName, Observation, Timestamp, Verdict};
use tokio::{
    sync::{Semaphore, mpsc},
    time::{Instant, timeout},
};

use crate::{
    canary::is_canary,
    control::Control,
    counters::Counters,
    definition::ProbeDefinition,
    network::Network,
    probe::{self, Attempt, ours},
};

/// How long a result waits for room in the channel.
const PATIENCE: Duration = Duration::from_secs(10);
/// A probe ends by its own deadline; one that has not done so this long after it is given up.
const GRACE: Duration = Duration::from_secs(5);

/// An execution that is looked at that much later than its deadline was not late by itself.
const STILL: Duration = Duration::from_secs(2);

/// What every execution needs.
pub(super) struct Worker {
    pub(super) location: LocationName,
    pub(super) network: Network,
    /// The way to canaries, and to nothing else.
    pub(super) ourselves: Network,
    pub(super) control: Control,
    pub(super) counters: Arc<Counters>,
    pub(super) room: Semaphore,
    pub(super) out: mpsc::Sender<Observation>,
}

/// How an execution ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ended {
    pub(super) verdict: Verdict,
    pub(super) at: Instant,
}

impl Worker {
    /// Executes `probe`, and hands the result out. It ends by the probe's timeout, the check of control targets, and the patience.
    pub(super) async fn work(&self, probe: &ProbeDefinition, attempt: Attempt) -> Ended {
        let _in_flight = InFlight::new(Arc::clone(&self.counters));
        // Never closed; and if it were, an execution too many would do no harm.
        let _room = self.room.acquire().await.ok();
        // On the heap once, instead of being moved from future to future.
        let ours = is_canary(&probe.id.component);
        let network = if ours { &self.ourselves } else { &self.network };
        let (before, began) = (probe::wall_clock(), Instant::now());
        let execution = Box::pin(probe::execute(probe, &self.location, network, attempt));
        let observation = self.caught(execution, probe, attempt).await;
        let at = Instant::now();
        self.counters.executed();
        let observation = match stood_still(probe.timeout, at.duration_since(began), (before, probe::wall_clock())) {
            true => awake(observation),
            false if ours => observation,
            false => self.control.sighted(observation).await,
        };
        if observation.verdict == Verdict::Unknown {
            self.report_own_fault(&observation);
        }
        let verdict = observation.verdict;
        self.hand_out(observation).await;
        Ended { verdict, at }
    }

    /// The result of `execution`; a panic in it, or not coming to an end, becomes an observation that says so.
    async fn caught(
        &self,
        execution: impl Future<Output = Observation>,
        probe: &ProbeDefinition,
        attempt: Attempt,
    ) -> Observation {
        let (started_at, began) = (probe::wall_clock(), Instant::now());
        // Whatever the execution held is gone with it; what it shares is counters and memories, each behind its own lock.
        let failure = match timeout(probe.timeout + GRACE, AssertUnwindSafe(execution).catch_unwind()).await {
            Ok(Ok(observation)) => return observation,
            Ok(Err(panic)) => {
                self.counters.panicked();
                let words = panic_words(panic.as_ref());
                tracing::error!(probe.id = %probe.id, panic = words, "a probe panicked: this is a bug in the prober");
                ours("the prober failed while it executed the probe").with_evidence(words)
            }
            Err(_elapsed) => {
                self.counters.overdue();
                tracing::error!(probe.id = %probe.id, "a probe did not end by its deadline: this is a bug in the prober");
                ours("the prober did not end the probe by its deadline")
            }
        };
        Observation {
            probe: probe.id.clone(),
            location: self.location.clone(),
            started_at,
            verdict: Verdict::Unknown,
            failure: Some(failure),
            timings: shared::Timings::default(),
            duration: began.elapsed(),
            http: None,
            certificate_expires_at: None,
            confirmation: attempt == Attempt::Confirmation,
            address: None,
        }
    }

    fn report_own_fault(&self, observation: &Observation) {
        let detail = observation.failure.as_ref().map_or("", |failure| failure.detail.as_str());
        let kind = observation.failure.as_ref().map_or(FailureKind::ProberFault, |failure| failure.kind);
        tracing::debug!(probe.id = %observation.probe, %kind, detail, "a probe could not be executed properly");
    }

    async fn hand_out(&self, observation: Observation) {
        match timeout(PATIENCE, self.out.send(observation)).await {
            Ok(Ok(())) => {}
            // Nobody takes results any more: the prober is being stopped.
            Ok(Err(_closed)) => {}
            Err(_elapsed) => {
                self.counters.dropped();
                tracing::error!("a result was dropped: nobody took it for ten seconds");
            }
        }
    }
}

/// Whether this process, or the whole machine, stood still during an execution: its deadline passed long before it was looked at, or
/// the wall's clock went on while the monotonic one did not.
fn stood_still(timeout: Duration, took: Duration, (before, after): (Timestamp, Timestamp)) -> bool {
    took > timeout + STILL || after.since(before.plus(took)) > STILL
}

/// The observation without a failure that is ours: who was asleep missed the answer.
fn awake(mut observation: Observation) -> Observation {
    if observation.verdict == Verdict::Fail {
        let found = observation.failure.take().map(|failure| format!("{}: {}", failure.kind, failure.detail));
        let ours = ours("this machine stood still while the probe ran").with_evidence(found.unwrap_or_default());
        (observation.verdict, observation.failure) = (Verdict::Unknown, Some(ours));
    }
    observation
}

fn panic_words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic without words")
}

/// Counts an execution as under way for as long as it lives, aborted ones included.
struct InFlight(Arc<Counters>);

impl InFlight {
    fn new(counters: Arc<Counters>) -> Self {
        counters.started();
        Self(counters)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.ended();
    }
}

#[cfg(test)]
mod tests;
