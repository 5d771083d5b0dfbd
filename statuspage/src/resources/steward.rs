//! The task that looks every few seconds at what is left, and hands it to the hub.
//!
//! It does not judge. A disk that does not answer keeps nobody waiting: there is no reading then, and no other look beside it.

use std::{path::PathBuf, sync::Arc, time::Duration};

use prober::supervisor::Vitals;
use tokio::{
    sync::{mpsc, watch},
    task::spawn_blocking,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

use super::Reading;
use crate::snapshot::Snapshot;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(10);

/// Where it looks.
#[derive(Debug, Clone)]
pub struct Sources {
    /// Where the data lie.
    pub data: PathBuf,
    /// What the supervisor sees.
    pub vitals: Arc<Vitals>,
    /// What the embedded prober counts, where there is one.
    pub prober: Option<Arc<prober::Counters>>,
    /// What the service manager is told of.
    pub snapshots: watch::Receiver<Arc<Snapshot>>,
}

/// Looks.
#[derive(Debug, Clone)]
pub struct Steward {
    sources: Sources,
    out: mpsc::Sender<Reading>,
}

impl Steward {
    /// One who looks there; what he sees is lost when the hub does not take it.
    pub fn new(sources: Sources, out: mpsc::Sender<Reading>) -> Self {
        Self { sources, out }
    }

    /// Looks until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.look() => {}
            }
        }
    }

    async fn look(&self) {
        self.sources.say_how_it_does();
        let sources = self.sources.clone();
        let Ok(reading) = spawn_blocking(move || sources.read()).await else { return };
        // A hub that is behind has an older reading to take.
        let _ = self.out.try_send(reading);
    }
}

impl Sources {
    /// In one line, for `systemctl status`.
    fn say_how_it_does(&self) {
        let snapshot = Arc::clone(&self.snapshots.borrow());
        let (services, open) = (snapshot.components.len(), snapshot.open_incidents().count());
        let faults = snapshot.watch.open.len();
        let status = format!("{services} services, {open} open incidents, {faults} faults of the monitor");
        self.vitals.set_status(status);
    }

    fn read(&self) -> Reading {
        let counted = self.prober.as_ref().map(|prober| prober.read()).unwrap_or_default();
        Reading {
            lag: self.vitals.lag(),
            lagged: self.vitals.lagged(),
            late: self.vitals.late(),
            stuck: counted.overdue + counted.panics,
            respawned: self.vitals.respawned(),
            lenient: self.vitals.is_lenient(),
            ..Reading::take(&self.data)
        }
    }
}
