//! A place that observes and reports, put together: definitions that are followed, the prober, the journal and the way to a hub, each
//! with its sign of life.
//!
//! It does not know flags, nor who ends the process: `prober run` is such a place and nothing else, and watches over it with its other parts.
//! An outpost, which judges too, puts the same parts together itself.

use std::{path::PathBuf, sync::Arc};

use shared::Observation;
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use crate::{
    canary::Canaries,
    control::ControlTarget,
    counters::Counters,
    definition::DefinitionSet,
    load::{CannotLook, LoadOptions},
    network::{Network, NetworkError, NetworkOptions},
    reload::{self, Watcher},
    reporter::{Contact, Reporter, ReporterError, ReporterOptions},
    runner::{Prober, RunnerOptions},
    supervisor::{Finish, Oversight, Pulse, Vitals, anew, finish, measure_lag},
};

/// What can be set about a place.
#[derive(Debug, Clone)]
pub(crate) struct LocationOptions {
    /// The directory of definitions, the same as the hub's.
    pub(crate) probes: PathBuf,
    /// How they are read.
    pub(crate) load: LoadOptions,
    /// How targets are reached.
    pub(crate) network: NetworkOptions,
    /// When none of them can be reached, this place is blind; none means never blind.
    pub(crate) control: Vec<ControlTarget>,
    /// Its name, key, journal and hub, and who else gets what is observed.
    pub(crate) reporter: ReporterOptions,
}

/// Why a place cannot begin: one sentence for the operator, with the way out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LocationError {
    /// The definitions.
    #[error(transparent)]
    Definitions(#[from] CannotLook),
    /// The network of the probes.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The journal, the key or the hub.
    #[error(transparent)]
    Reporter(#[from] ReporterError),
}

/// A place, ready and not yet running.
#[derive(Debug)]
pub(crate) struct Location {
    prober: Prober,
    watcher: Watcher,
    definitions: watch::Sender<Arc<DefinitionSet>>,
    reporter: Reporter,
    seam: (mpsc::Sender<Observation>, mpsc::Receiver<Observation>),
    scheduler: Pulse,
    vitals: Arc<Vitals>,
}

impl Location {
    /// Reads the definitions and opens the journal; enrols the place where it is not yet. Nothing is probed yet. Its parts are
    /// watched over with those that `oversight` has already, from [`Oversight::begin`] on.
    ///
    /// # Errors
    ///
    /// One sentence for the operator; nothing is left running.
    pub(crate) async fn open(options: LocationOptions, oversight: &mut Oversight) -> Result<Self, LocationError> {
        let (set, watcher) = reload::open(&options.probes, options.load)?;
        let network = Network::new(&options.network)?;
        let name = options.reporter.location.clone();
        let reporter = Reporter::open(options.reporter, oversight).await?;
        let runner = RunnerOptions {
            control: options.control,
            canaries: Canaries::On,
            pulse: oversight.part("prober"),
            ..RunnerOptions::at(name)
        };
        Ok(Self {
            prober: Prober::new(runner, network),
            watcher,
            definitions: watch::Sender::new(Arc::new(set)),
            reporter,
            seam: Reporter::seam(),
            scheduler: oversight.part("scheduler"),
            vitals: Arc::clone(&oversight.vitals),
        })
    }

    /// The definitions that run; a new set whenever they change.
    pub(crate) fn definitions(&self) -> watch::Receiver<Arc<DefinitionSet>> {
        self.definitions.subscribe()
    }

    /// Observes, keeps and reports until `stop`; then keeps what is still on its way, and reports once more. When a part ends by
    /// itself that cannot be begun anew, the rest is stopped too.
    pub(crate) async fn run(self, stop: CancellationToken) -> Finish {
        let Self { prober, watcher, definitions, reporter, seam: (out, observations), scheduler, vitals } = self;
        let (mut tasks, fault) = (JoinSet::new(), CancellationToken::new());
        tasks.spawn(measure_lag(Arc::clone(&vitals), scheduler, stop.clone()));
        let told = Told { contact: reporter.contact(), counters: prober.counters(), vitals: Arc::clone(&vitals) };
        tasks.spawn(told.run(stop.clone()));
        tasks.spawn(reporter.run(observations, definitions.subscribe(), stop.clone()));
        let (followed, end) = (definitions.subscribe(), stop.clone());
        let begin = move || prober.clone().run(followed.clone(), out.clone(), end.clone());
        tasks.spawn(anew("prober", Arc::clone(&vitals), stop.clone(), begin));
        tasks.spawn(watcher.run(definitions, stop.clone()));
        finish(&mut tasks, &vitals, &stop, &fault).await;
        if fault.is_cancelled() { Finish::ByFault } else { Finish::AsTold }
    }
}

/// What the service manager shows of this place.
struct Told {
    contact: watch::Receiver<Contact>,
    counters: Arc<Counters>,
    vitals: Arc<Vitals>,
}

impl Told {
    async fn run(mut self, stop: CancellationToken) {
        loop {
            let line = self.line();
            self.vitals.set_status(line);
            tokio::select! {
                () = stop.cancelled() => return,
                changed = self.contact.changed() => if changed.is_err() {
                    return stop.cancelled().await;
                },
            }
        }
    }

    fn line(&mut self) -> String {
        let probes = self.counters.read().scheduled;
        let Contact { receipt, error } = self.contact.borrow_and_update().clone();
        let hub = match (receipt, error) {
            (_, Some(error)) => format!("the hub does not take reports: {error}"),
            (Some(receipt), None) => format!("the hub took a report at {receipt}"),
            (None, None) => "the hub is asked".to_owned(),
        };
        format!("{probes} probes; {hub}")
    }
}
