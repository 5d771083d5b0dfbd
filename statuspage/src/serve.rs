//! The product in one process: every part started in order, and drained in the reverse one.
//!
//! It does not know where settings come from, nor how the process ends.

mod parts;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use prober::{
    ControlTarget, Network, NetworkError, NetworkOptions, Prober, RunnerOptions,
    canary::Canaries,
    definition::DefinitionSet,
    load::{self, CannotLook, LoadOptions},
    reload::{self, Watcher},
    supervisor::{Pulse, Pulses, ServiceSocket, Standing, Starts, Supervisor, Vitals, Watching, measure_lag},
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};
use url::Url;

use crate::{
    access::Access,
    care::Care,
    clock::now,
    control::{Endpoint, EndpointError},
    hub::{self, Desk, Hub, HubOptions, Wiring, counter, desk},
    incident::Rules,
    mailing::{Mail, Office, OfficeError, Postman, post},
    maintenance::Plan,
    metrics::HubCounters,
    notify::{AckKey, Channel, ChannelConfig, Client, ClientError, InvalidChannel, Means, Siren, Teller, Voice},
    order::Names,
    resources::{self, Steward},
    server::{BindError, Bound, Limits, MetricsAccess, Options, Server, Sources},
    settings::{EmbeddedProber, Follower, MetricsMode, Settings},
    site::Site,
    store::{Durability, OpenError, Store, StoreEvents, StoreHandle, StoreOptions, forget_return, noted_return},
    subscriber::RegistryHandle,
    watch::{Ping, PingBoard, Watch, WatchInput},
};

/// Observations on their way from probers to the hub. When it is full, the hub is stuck: probers wait with their next result and
/// keep their schedule.
const SEAM: usize = 4_096;
/// A part that gives no sign of life for so long is stuck.
const SILENCE: Duration = Duration::from_secs(30);
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
    pulses: Pulses,
    vitals: Arc<Vitals>,
    standing: Standing,
    announcement: Announcement,
    desk: Desk,
    access: Arc<Access>,
    follower: Option<Follower>,
    postman: Option<Postman>,
}

/// What is said at the start: the address, what is watched and where data lie.
#[derive(Debug, Clone)]
pub struct Announcement {
    url: Url,
    probes: PathBuf,
    data: PathBuf,
    components: usize,
    probe_count: usize,
    quarantined: Vec<String>,
}

impl fmt::Display for Announcement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the page is at   {}", self.url)?;
        let (probes, components) = (counted(self.probe_count, "probe"), counted(self.components, "service"));
        writeln!(f, "it watches       {components} with {probes}, defined in {}", self.probes.display())?;
        write!(f, "data lie in      {}", self.data.display())?;
        if self.components == 0 && self.quarantined.is_empty() {
            let probes = self.probes.display();
            write!(f, "\n\nNothing is watched yet. Write a first definition, which is taken up at once:\n")?;
            write!(f, "    prober new --probes {probes} https://your-service.example.org")?;
        }
        for report in &self.quarantined {
            write!(f, "\n\n{}", report.trim_end())?;
        }
        Ok(())
    }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

impl Instance {
    /// Reads the definitions, opens the store, takes the address. Nothing is probed or answered yet.
    ///
    /// # Errors
    ///
    /// One sentence for the operator; nothing is left running.
    pub async fn start(settings: &Settings, standing: Standing) -> Result<Self, StartError> {
        let (mut pulses, vitals, board) = (Pulses::default(), Arc::<Vitals>::default(), PingBoard::default());
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
        let announcement = announcement(settings, &set);
        let set = Arc::new(set);
        let (definitions, defined) = watch::channel(Arc::clone(&set));
        let counters = Arc::new(HubCounters::default());
        let prober = prober(settings, network, pulses.part("prober", SILENCE));
        let options = HubOptions {
            site,
            channels: settings.channels.iter().map(|channel| (channel.name.clone(), channel.kind.medium())).collect(),
            policies: settings.policies.clone(),
            drills: settings.drills.clone(),
            location: prober.as_ref().map(|_| settings.location.clone()),
            counters: Arc::clone(&counters),
            rules: Rules { quiet: settings.quiet.duration(), reopen: settings.reopen.duration(), ..Rules::default() },
            maintenance: settings.maintenance.clone(),
            mail: if office.is_some() { Mail::On } else { Mail::Off },
            canaries: Canaries::On,
            ping: board.clone(),
            standing,
            max_bytes: settings.max_bytes.bytes(),
            pulse: pulses.part("hub", SILENCE),
        };
        let (mut hub, events) = Hub::restore(options, opened, set).await;
        forget_return(&settings.data);
        let (desk, desk_end) = desk();
        let (counter, locations) = counter();
        let (mail, postman_end) = post();
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
                vitals: Arc::clone(&vitals),
                prober: prober.as_ref().map(Prober::counters),
                snapshots: snapshots.clone(),
            },
            look,
        );
        let expected = [Some(store.pulse()), Some(care.pulse()), postman.as_ref().map(Postman::pulse)];
        expected.into_iter().flatten().for_each(|pulse| pulses.add(pulse));
        let access =
            Arc::new(Access::open(&settings.data, settings.accounts.clone(), settings.time_zone.clone(), now()));
        let sources = Sources {
            pulse: pulses.part("page", SILENCE),
            subscribers,
            snapshots,
            definitions: definitions.subscribe(),
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
            announcement: Announcement { url: bound.local_url(), ..announcement },
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
            pulses,
            vitals,
            standing,
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
        let teller = Teller::start(self.means, self.pulses.part("teller", SILENCE), &mut outside, stop.clone());
        let scheduler = self.pulses.part("scheduler", SILENCE);
        outside.spawn(measure_lag(Arc::clone(&self.vitals), scheduler, stop.clone()));
        inside.spawn(self.hub.run(self.wiring, self.events, teller, last.clone()));
        let anew = |part| (part, Arc::clone(&self.vitals), stop.clone());
        if let Some((prober, out)) = self.prober {
            let (definitions, end) = (self.definitions.clone(), stop.clone());
            let (part, vitals, stop) = anew("prober");
            let begin = move || prober.clone().run(definitions.subscribe(), out.clone(), end.clone());
            outside.spawn(parts::anew(part, vitals, stop, begin));
        }
        for (name, watch) in self.watch {
            let (part, vitals, stop) = anew(name);
            let end = stop.clone();
            outside.spawn(parts::anew(part, vitals, stop, move || watch.clone().run(end.clone())));
        }
        let (part, vitals, end) = anew("care");
        let (care, token) = (self.care, stop.clone());
        outside.spawn(parts::anew(part, vitals, end, move || care.clone().run(token.clone())));
        let (part, vitals, end) = anew("resources");
        let (steward, token) = (self.steward, stop.clone());
        outside.spawn(parts::anew(part, vitals, end, move || steward.clone().run(token.clone())));
        outside.spawn(self.watcher.run(self.definitions, stop.clone()));
        outside.spawn(self.bound.run(stop.clone()));
        outside.spawn(self.siren.run(stop.clone()));
        if let Some(postman) = self.postman {
            outside.spawn(postman.run(stop.clone()));
        }
        if let Some(follower) = self.follower {
            outside.spawn(follower.run(self.access, now, stop.clone()));
        }
        let watching = supervise(self.pulses, Arc::clone(&self.vitals), self.standing);
        parts::finish(&mut outside, &self.vitals, &stop, &fault).await;
        last.cancel();
        parts::finish(&mut inside, &self.vitals, &last, &fault).await;
        let stored = self.store.close(CLOSE).await;
        drop(watching);
        if stored == Durability::Behind {
            error!("the store could not write everything before the end");
        }
        if fault.is_cancelled() || !told.is_cancelled() { Finish::ByFault } else { Finish::AsTold }
    }
}

/// The key of the links by which alarms are taken. Without one that lasts, links are void after a restart.
fn link_key(data: &Path) -> Option<AckKey> {
    let key = AckKey::open(data).inspect_err(|error| warn!(%error, "links of alarms are void after a restart"));
    key.or_else(|_| AckKey::passing())
        .inspect_err(|error| warn!(%error, "messages have no links to take alarms by"))
        .ok()
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// It was told to stop.
    AsTold,
    /// A part ended by itself: whoever supervises the process starts it anew.
    ByFault,
}

/// Notes a start in the data directory, before anything else is read.
pub fn note_start(settings: &Settings) -> (Starts, Standing) {
    Starts::note(&settings.data, now())
}

/// Begins to watch over all parts that give signs of life; without a thread for it the product runs all the same.
fn supervise(pulses: Pulses, vitals: Arc<Vitals>, standing: Standing) -> Option<Watching> {
    let socket = ServiceSocket::from_environment(|name| std::env::var_os(name));
    let supervisor = Supervisor { pulses, vitals, socket, standing, end: Supervisor::END };
    supervisor.watch().inspect_err(|error| error!(%error, "nobody watches over the parts of this process")).ok()
}

/// The tasks that give signs of life outside.
fn watches(
    settings: &Settings,
    client: &Client,
    input: &watch::Receiver<WatchInput>,
    board: &PingBoard,
) -> Vec<(&'static str, Watch)> {
    let one =
        |ping: &Ping, board: PingBoard| Watch::new(ping.clone(), client.clone(), input.clone(), now).noting(board);
    let ping = settings.ping.iter().map(|ping| ("ping", one(ping, board.clone())));
    // Of two, the first one is shown.
    let second = if settings.ping.is_some() { PingBoard::default() } else { board.clone() };
    let peer = settings.peer.iter().map(|peer| ("peer", one(peer, second.clone())));
    ping.chain(peer).collect()
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

fn store_options(settings: &Settings) -> StoreOptions {
    StoreOptions {
        retention: settings.retention,
        disk_reserve: settings.disk_reserve.bytes(),
        max_bytes: settings.max_bytes.bytes(),
        backups: settings.backup.as_ref().map(|plan| plan.directory.clone()),
        ..StoreOptions::default()
    }
}

/// What maintenance in the settings names that no definition has, a sentence each; nothing where the definitions cannot be read,
/// which `prober check` says.
pub fn strangers(settings: &Settings) -> Vec<String> {
    let Ok(loaded) = load::load(&settings.probes, &load_options(settings)) else { return Vec::new() };
    let names: Names = loaded.definitions.values().map(|definition| hub::known(definition)).collect();
    let language = settings.site().default_language();
    let of_plan = |plan: &Plan| {
        let title = plan.title.get(language).to_owned();
        let sentence = move |stranger| format!("[[maintenance]] {title:?}: nobody watches {stranger}");
        names.strangers(&plan.scope).into_iter().map(sentence).collect::<Vec<_>>()
    };
    settings.maintenance.iter().flat_map(of_plan).collect()
}

fn load_options(settings: &Settings) -> LoadOptions {
    LoadOptions::from_environment(settings.time_zone.clone())
}

fn network_options(settings: &Settings) -> NetworkOptions {
    let version = env!("CARGO_PKG_VERSION");
    let address = settings.public_url.as_ref().map(|url| format!(" (+{})", url.as_url()));
    NetworkOptions {
        nameservers: settings.nameservers.iter().map(|server| server.address()).collect(),
        ca_file: settings.ca_file.clone(),
        private_targets: settings.private_targets,
        user_agent: format!("Belfry/{version}{}", address.unwrap_or_default()),
    }
}

fn means(settings: &Settings, site: &Site) -> Result<Means, StartError> {
    let channel = |config: &ChannelConfig| Ok((Clone::clone(&config.name), Channel::new(config)?));
    let language = site.default_language();
    Ok(Means {
        channels: settings.channels.iter().map(channel).collect::<Result<_, InvalidChannel>>()?,
        voice: Voice {
            language,
            time_zone: site.time_zone.clone(),
            site: site.title.get(language).to_owned(),
            public_url: site.public_url.clone(),
            // It lies in the data directory, which comes with the store.
            key: None,
        },
        client: Client::new(Network::roots(settings.ca_file.as_deref())?, &network_options(settings).user_agent)?,
        now,
    })
}

fn prober(settings: &Settings, network: Network, pulse: Pulse) -> Option<Prober> {
    let options = RunnerOptions {
        control: settings.control.iter().map(ControlTarget::clone).collect(),
        canaries: Canaries::On,
        pulse,
        ..RunnerOptions::at(settings.location.clone())
    };
    match settings.prober {
        EmbeddedProber::Runs => Some(Prober::new(options, network)),
        EmbeddedProber::Absent => None,
    }
}

fn server_options(settings: &Settings) -> Options {
    Options {
        listen: settings.listen.clone(),
        tls: settings.tls.clone(),
        trusted_proxies: settings.trusted_proxies.clone(),
        metrics: match settings.metrics {
            MetricsMode::Public => MetricsAccess::Public,
            MetricsMode::Private => {
                MetricsAccess::Private { token: settings.metrics_token.as_ref().map(|token| token.secret.clone()) }
            }
        },
        limits: Limits::of_this_process(),
    }
}

fn announcement(settings: &Settings, set: &DefinitionSet) -> Announcement {
    let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
    Announcement {
        // Replaced once the address is taken.
        url: Url::parse("http://localhost").expect("a constant"),
        probes: absolute(&settings.probes),
        data: absolute(&settings.data),
        components: set.definitions.len(),
        probe_count: set.probes().count(),
        quarantined: set.quarantined.iter().map(|quarantined| quarantined.report.clone()).collect(),
    }
}
