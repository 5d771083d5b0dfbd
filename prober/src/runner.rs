//! Runs every probe when it is due, confirms what is new, and hands each observation out.
//!
//! It does not know how a probe is made nor what becomes of an observation.

mod agenda;
mod desk;
mod worker;

use std::{sync::Arc, time::Duration};

use shared::{LocationName, Observation};
use tokio::{
    sync::{Semaphore, mpsc, watch},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use crate::{
    canary::{self, Cage, Canaries},
    control::{Control, ControlTarget},
    counters::Counters,
    definition::{Definition, DefinitionSet},
    network::Network,
    supervisor::Pulse,
};
use desk::Desk;
use worker::Worker;

/// What can be set about a prober.
#[derive(Debug, Clone)]
pub struct RunnerOptions {
    /// Where it stands; written into each observation.
    pub location: LocationName,
    /// When none of them can be reached, this location is blind and failures become unknown; none means never blind.
    pub control: Vec<ControlTarget>,
    /// A safety: more executions than that wait for one another. Generous, so that hanging targets do not delay others.
    pub max_in_flight: usize,
    /// Whether it probes canaries, by which it is found out whether failures are found at all.
    pub canaries: Canaries,
    /// Its sign of life.
    pub pulse: Pulse,
}

/// The schedule turns every few seconds, however little there is to do.
const SILENCE: Duration = Duration::from_secs(30);

impl RunnerOptions {
    /// The defaults at `location`.
    pub fn at(location: LocationName) -> Self {
        Self {
            location,
            control: Vec::new(),
            max_in_flight: 10_000,
            canaries: Canaries::Off,
            pulse: Pulse::new("prober", SILENCE),
        }
    }
}

/// Runs probes until it is stopped. A clone goes on with the same counters: where one ended by a fault, another can begin.
#[derive(Debug, Clone)]
pub struct Prober {
    options: RunnerOptions,
    network: Network,
    counters: Arc<Counters>,
}

impl Prober {
    /// A prober that has not begun.
    pub fn new(options: RunnerOptions, network: Network) -> Self {
        Self { options, network, counters: Arc::default() }
    }

    /// What it counts of itself, to be kept before [`Prober::run`] takes it.
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
    }

    /// Probes until `stop`, or until `out` has no receiver left. New definitions are taken over as they come.
    ///
    /// `out` is the seam, and bounded: when it is full a result waits ten seconds for room, then it is dropped and counted; the
    /// schedule goes on meanwhile. What is under way at the stop is given up.
    pub async fn run(
        self,
        definitions: watch::Receiver<Arc<DefinitionSet>>,
        out: mpsc::Sender<Observation>,
        stop: CancellationToken,
    ) {
        let mut servers = JoinSet::new();
        let canaries = match self.options.canaries {
            Canaries::On => self.canaries(&mut servers, &stop).await,
            Canaries::Off => None,
        };
        let pulse = self.options.pulse.clone();
        let worker = Arc::new(Worker {
            location: self.options.location,
            control: Control::new(&self.options.control, &self.network, Arc::clone(&self.counters)),
            ourselves: self.network.to_ourselves(),
            network: self.network,
            counters: Arc::clone(&self.counters),
            room: Semaphore::new(self.options.max_in_flight.clamp(1, Semaphore::MAX_PERMITS)),
            out,
        });
        Desk::new(worker, self.counters, canaries, pulse).run(definitions, stop).await;
        servers.shutdown().await;
    }

    /// Starts the canaries' server. Where there is none, nothing is found of them, and whoever judges says that detection is broken.
    async fn canaries(&self, servers: &mut JoinSet<()>, stop: &CancellationToken) -> Option<Arc<Definition>> {
        let cage =
            Cage::open().await.inspect_err(|error| tracing::error!(%error, "the canaries have no address")).ok()?;
        tracing::info!(address = %cage.address(), "the canaries are at home");
        let canaries = canary::definition(Some(cage.address()))?;
        servers.spawn(cage.run(stop.clone()));
        Some(Arc::new(canaries))
    }
}

#[cfg(test)]
mod tests;
