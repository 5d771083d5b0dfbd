//! Runs every probe when it is due, confirms what is new, and hands each observation out.
//!
//! It does not know how a probe is made nor what becomes of an observation.

mod agenda;
mod desk;
mod worker;

use std::sync::Arc;

use shared::{LocationName, Observation};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::{
    control::{Control, ControlTarget},
    counters::Counters,
    definition::DefinitionSet,
    network::Network,
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
}

impl RunnerOptions {
    /// The defaults at `location`.
    pub fn at(location: LocationName) -> Self {
        Self { location, control: Vec::new(), max_in_flight: 10_000 }
    }
}

/// Runs probes until it is stopped.
#[derive(Debug)]
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
        let worker = Arc::new(Worker {
            location: self.options.location,
            control: Control::new(&self.options.control, &self.network, Arc::clone(&self.counters)),
            network: self.network,
            counters: Arc::clone(&self.counters),
            room: Semaphore::new(self.options.max_in_flight.clamp(1, Semaphore::MAX_PERMITS)),
            out,
        });
        Desk::new(worker, self.counters).run(definitions, stop).await;
    }
}

#[cfg(test)]
mod tests;
