//! The product in one process: every part started in order, and drained in the reverse one.
//!
//! It does not know where settings come from, nor how the process ends.

mod announcement;
mod made;
mod strangers;

use std::{path::Path, sync::Arc, time::Duration};

use prober::{
    Network, NetworkError, Prober,
    canary::Canaries,
    definition::DefinitionSet,
    load::CannotLook,
    reload::{self, Watcher},
    reporter::ReporterError,
    supervisor::{Oversight, Stability, Starts, anew, finish, measure_lag},
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};
use url::Url;

pub use prober::supervisor::Finish;

use crate::{
    access::Access,
    care::Care,
    clock::now,
    control::{Endpoint, EndpointError},
    hub::{Desk, Hub, HubOptions, Role, Wiring, counter, desk},
    incident::Rules,
    mailing::{self, Mail, Office, OfficeError, Postman},
    metrics::HubCounters,
    notify::{AckKey, Client, ClientError, InvalidChannel, Means, Siren, Teller},
    outpost::{HubView, OutpostOptions, Station},
    resources::{self, Steward},
    server::{BindError, Bound, Server, Sources},
    settings::{Follower, Settings},
    site::Site,
    store::{Durability, OpenError, Store, StoreEvents, StoreHandle, forget_return, noted_return},
    subscriber::RegistryHandle,
    watch::{PingBoard, Watch},
};

pub use announcement::Announcement;
use announcement::announcement;
use made::{load_options, means, network_options, prober, server_options, store_options, watches};
pub use strangers::strangers;

/// Observations on their way from probers to the hub. When it is full, the hub is stuck: probers wait with their next result and
/// keep their schedule.
const SEAM: usize = 4_096;
/// How long the store may take to write what waits when the process ends.
const CLOSE: Duration = Duration::from_secs(5);

/// Why the product cannot start: one sentence for the operator, with the way out.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The definitions.
    #[error(transparent)]
    Definitions(#[from] CannotLook),
    /// The network of the probes.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The data directory.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The address or the certificate.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// A channel of the settings.
    #[error(transparent)]
    Channel(#[from] InvalidChannel),
    /// The client that messages leave by.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// What mail to subscribers needs.
    #[error(transparent)]
    Mail(#[from] OfficeError),
    /// The way to the hub that an outpost stands by.
    #[error(transparent)]
    Reporter(#[from] ReporterError),
    /// It was told to stop meanwhile.
    #[error("stopped before it had begun")]
    Stopped,
}

/// What a process is.
#[derive(Debug, Clone)]
pub enum Post {
    /// The hub, or the whole product.
    Hub,
    /// A place that stands by a hub.
    Outpost(OutpostOptions),
}

/// The product, started and listening, not yet running.
#[derive(Debug)]
pub struct Instance {
    bound: Bound,
    hub: Hub,
    wiring: Wiring,
    events: StoreEvents,
    store: StoreHandle,
    prober: Option<(Prober, mpsc::Sender<shared::Observation>)>,
    watcher: Watcher,
    definitions: watch::Sender<Arc<DefinitionSet>>,
    means: Means,
    siren: Siren,
    watch: Vec<(&'static str, Watch)>,
    care: Care,
    steward: Steward,
    oversight: Oversight,
    announcement: Announcement,
    desk: Desk,
    access: Arc<Access>,
    follower: Option<Follower>,
    postman: Option<Postman>,
    station: Option<Station>,
}

impl Instance {
    /// Reads the definitions, opens the store, takes the address. Nothing is probed or answered yet. `stop` ends what waits for the
    /// network.
    ///
    /// # Errors
    ///
    /// One sentence for the operator; nothing is left running.
    pub async fn start(
        settings: &Settings,
        post: &Post,
        stability: Stability,
        stop: &CancellationToken,
    ) -> Result<Self, StartError> {
        let (mut oversight, board) = (Oversight::new(stability), PingBoard::default());
        let (set, watcher) = reload::open(&settings.probes, load_options(settings))?;
        let site = Arc::new(settings.site());
        let network = Network::new(&network_options(settings))?;
        let mut means = means(settings, &site)?;
        let options = store_options(settings);
        let mut opened = Store::open(&settings.data, options)?;
        opened.restored.faults.extend(noted_return(&settings.data));
        let store = opened.handle.clone();
        let key = link_key(&settings.data);
        means.voice.key.clone_from(&key);
        let office = office(settings, &site, &store).await?;
        let station = station(post, settings, &means.client, &mut oversight);
        let (station, upstream) = sheltered(station, &store, stop).await?;
        let announcement = announcement(settings, post, &set);
        let set = Arc::new(set);
        let (definitions, defined) = watch::channel(Arc::clone(&set));
        let counters = Arc::new(HubCounters::default());
        let prober = prober(settings, network, oversight.part("prober"));
        let options = HubOptions {
            site,
            channels: settings.channels.iter().map(|channel| (channel.name.clone(), channel.kind.medium())).collect(),
            policies: settings.policies.clone(),
            drills: match key {
                Some(_) => settings.drills.clone(),
                None => settings.drills.clone().unanswerable(),
            },
            location: prober.as_ref().map(|_| settings.location.clone()),
            counters: Arc::clone(&counters),
            rules: Rules { quiet: settings.quiet.duration(), reopen: settings.reopen.duration(), ..Rules::default() },
            maintenance: settings.maintenance.clone(),
            mail: if office.is_some() { Mail::On } else { Mail::Off },
            canaries: Canaries::On,
            ping: board.clone(),
            stability,
            max_bytes: settings.max_bytes.bytes(),
            pulse: oversight.part("hub"),
            role: match post {
                Post::Hub => Role::Hub,
                Post::Outpost(_) => Role::Outpost,
            },
            upstream: upstream.borrow().clone(),
        };
        let (mut hub, events) = Hub::restore(options, opened, set).await;
        forget_return(&settings.data);
        let (desk, desk_end) = desk();
        let (counter, locations) = counter();
        let (mail, postman_end) = mailing::post();
        let (burning, burns) = watch::channel(Arc::default());
        let (siren, posts) = Siren::new(means.clone(), burns);
        let (observed, observations) = mpsc::channel(SEAM);
        let (snapshot, watched) = hub.present(now());
        let (snapshot, snapshots) = watch::channel(Arc::new(snapshot));
        let (watched, input) = watch::channel(watched);
        let rounds = hub.mail_rounds();
        let subscribers = office.as_ref().map_or_else(RegistryHandle::absent, Office::registry);
        let postman = office.map(|office| office.postman(postman_end, rounds, snapshots.clone(), now));
        let (backup, verify) = (settings.backup.clone(), settings.verify.clone());
        let care = Care::new(store.clone(), backup, verify, Arc::clone(&counters));
        let (look, readings) = mpsc::channel(1);
        let steward = Steward::new(
            resources::Sources {
                data: settings.data.clone(),
                vitals: Arc::clone(&oversight.vitals),
                prober: prober.as_ref().map(Prober::counters),
                snapshots: snapshots.clone(),
            },
            look,
        );
        let expected = [Some(store.pulse()), Some(care.pulse()), postman.as_ref().map(Postman::pulse)];
        expected.into_iter().flatten().for_each(|pulse| oversight.pulses.add(pulse));
        let access =
            Arc::new(Access::open(&settings.data, settings.accounts.clone(), settings.time_zone.clone(), now()));
        let sources = Sources {
            pulse: oversight.part("page"),
            subscribers,
            snapshots,
            definitions: pushed(post, &definitions),
            store: store.clone(),
            hub: counters,
            prober: prober.as_ref().map(Prober::counters),
            access: Arc::clone(&access),
            desk: desk.clone(),
            counter,
            key,
        };
        let bound = match Server::new(server_options(settings), sources).bind().await {
            Ok(bound) => bound,
            Err(error) => {
                store.close(CLOSE).await;
                return Err(error.into());
            }
        };
        Ok(Self {
            announcement: announcement.at(bound.local_url()),
            bound: bound.with_operators(operators(settings)),
            hub,
            wiring: Wiring {
                definitions: defined,
                observations,
                snapshot,
                watch: watched,
                desk: desk_end,
                mail,
                locations,
                burning,
                posts,
                readings,
                upstream,
            },
            siren,
            desk,
            access,
            follower: None,
            postman,
            events,
            store,
            prober: prober.map(|prober| (prober, observed)),
            watcher,
            definitions,
            watch: watches(settings, &means.client, &input, &board),
            means,
            care,
            steward,
            station,
            oversight,
        })
    }

    /// The same, which takes up from the settings file what can be while it runs.
    #[must_use]
    pub fn following(self, follower: Follower) -> Self {
        Self { follower: Some(follower), ..self }
    }

    /// Where a browser on this machine finds the page.
    pub fn url(&self) -> Url {
        self.bound.local_url()
    }

    /// Where operators' orders are handed in.
    pub fn desk(&self) -> Desk {
        self.desk.clone()
    }

    /// What to tell whoever started it.
    pub fn announcement(&self) -> &Announcement {
        &self.announcement
    }

    /// Probes, judges, answers and tells until `stop`; then lets requests end, stores what is known, and returns.
    ///
    /// What keeps nothing that others wait for is begun anew when it ends by itself: the prober, care, pings, the look at resources.
    /// All else ends the process.
    pub async fn run(mut self, stop: CancellationToken) -> Finish {
        let (mut outside, mut inside) = (JoinSet::new(), JoinSet::new());
        // The hub ends after everything that it may still hear from.
        let last = CancellationToken::new();
        let told = stop.clone();
        let fault = CancellationToken::new();
        let teller = Teller::start(self.means, self.oversight.part("teller"), &mut outside, stop.clone());
        let scheduler = self.oversight.part("scheduler");
        outside.spawn(measure_lag(Arc::clone(&self.oversight.vitals), scheduler, stop.clone()));
        inside.spawn(self.hub.run(self.wiring, self.events, teller, last.clone()));
        let named = |part| (part, Arc::clone(&self.oversight.vitals), stop.clone());
        if let Some((prober, here)) = self.prober {
            let begin =
                |station: Station| station.begin(here.clone(), self.definitions.subscribe(), &mut outside, &stop);
            let out = self.station.map(begin).unwrap_or(here);
            let (definitions, end) = (self.definitions.clone(), stop.clone());
            let (part, vitals, stop) = named("prober");
            let begin = move || prober.clone().run(definitions.subscribe(), out.clone(), end.clone());
            outside.spawn(anew(part, vitals, stop, begin));
        }
        for (name, watch) in self.watch {
            let (part, vitals, stop) = named(name);
            let end = stop.clone();
            outside.spawn(anew(part, vitals, stop, move || watch.clone().run(end.clone())));
        }
        let (part, vitals, end) = named("care");
        let (care, token) = (self.care, stop.clone());
        outside.spawn(anew(part, vitals, end, move || care.clone().run(token.clone())));
        let (part, vitals, end) = named("resources");
        let (steward, token) = (self.steward, stop.clone());
        outside.spawn(anew(part, vitals, end, move || steward.clone().run(token.clone())));
        outside.spawn(self.watcher.run(self.definitions, stop.clone()));
        outside.spawn(self.bound.run(stop.clone()));
        outside.spawn(self.siren.run(stop.clone()));
        if let Some(postman) = self.postman {
            outside.spawn(postman.run(stop.clone()));
        }
        if let Some(follower) = self.follower {
            outside.spawn(follower.run(self.access, now, stop.clone()));
        }
        let watching = self.oversight.begin();
        finish(&mut outside, &self.oversight.vitals, &stop, &fault).await;
        last.cancel();
        finish(&mut inside, &self.oversight.vitals, &last, &fault).await;
        let stored = self.store.close(CLOSE).await;
        drop(watching);
        if stored == Durability::Behind {
            error!("the store could not write everything before the end");
        }
        if fault.is_cancelled() || !told.is_cancelled() { Finish::ByFault } else { Finish::AsTold }
    }
}

/// What an outpost needs. It comes after the store, which makes the data directory and keeps a second process out of it.
async fn station(
    post: &Post,
    settings: &Settings,
    client: &Client,
    oversight: &mut Oversight,
) -> Result<(Option<Station>, watch::Receiver<Option<Arc<HubView>>>), StartError> {
    let Post::Outpost(options) = post else { return Ok((None, watch::channel(None).1)) };
    let (station, views) = Station::open(options, settings, client.clone(), oversight).await?;
    Ok((Some(station), views))
}

/// The outcome of `work`, which `stop` ends; where there is none, the store is closed first.
async fn sheltered<T>(
    work: impl Future<Output = Result<T, StartError>>,
    store: &StoreHandle,
    stop: &CancellationToken,
) -> Result<T, StartError> {
    let outcome = tokio::select! {
        () = stop.cancelled() => Err(StartError::Stopped),
        outcome = work => outcome,
    };
    if outcome.is_err() {
        store.close(CLOSE).await;
    }
    outcome
}

/// The definitions whose signs of life are taken here: those of an outpost are sent to its hub.
fn pushed(post: &Post, definitions: &watch::Sender<Arc<DefinitionSet>>) -> watch::Receiver<Arc<DefinitionSet>> {
    match post {
        Post::Hub => definitions.subscribe(),
        Post::Outpost(_) => watch::channel(Arc::default()).1,
    }
}

/// The key of the links by which alarms are taken. Without one that lasts, links are void after a restart.
fn link_key(data: &Path) -> Option<AckKey> {
    let key = AckKey::open(data).inspect_err(|error| warn!(%error, "links of alarms are void after a restart"));
    key.or_else(|_| AckKey::passing())
        .inspect_err(|error| warn!(%error, "messages have no links to take alarms by"))
        .ok()
}

/// Notes a start in the data directory, before anything else is read.
pub fn note_start(settings: &Settings) -> (Starts, Stability) {
    Starts::note(&settings.data, now())
}

/// What mail needs. It comes after the store, which makes the data directory and keeps a second hub out of it.
async fn office(settings: &Settings, site: &Site, store: &StoreHandle) -> Result<Option<Office>, OfficeError> {
    let open = |mail| Office::open(mail, &settings.data, site, now);
    let office = settings.mail.as_ref().map(open).transpose();
    if office.is_err() {
        store.close(CLOSE).await;
    }
    office
}

/// The socket for commands. Without it the hub runs all the same.
fn operators(settings: &Settings) -> Option<Endpoint> {
    let refused = |error: &EndpointError| warn!(%error, "no commands can be given to this hub");
    Endpoint::open(&settings.data).inspect_err(refused).ok()
}
