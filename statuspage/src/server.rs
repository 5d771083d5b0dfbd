//! Everything that speaks HTTP: an object with a listener, a router and a way to stop.
//!
//! It does not know how the snapshot is made, what pages look like, nor where settings come from.
//!
//! How it stands in the storm: what readers ask for are bytes that were made once per snapshot and language (see `edition`); a
//! request for a page never touches the store. Every connection has deadlines and there is a cap on their number (see `accept`).

pub(crate) mod accept;
mod alarms;
mod asking;
mod bind;
mod body;
mod channels;
mod console;
mod descriptors;
mod edition;
mod gate;
mod guard;
mod incidents;
mod locations;
mod machine;
mod maintenances;
mod negotiate;
mod operator;
mod orders;
mod peer;
mod postmortem;
mod press;
mod push;
mod quota;
mod reader;
mod reply;
mod reports;
mod representation;
mod rights;
mod router;
#[cfg(test)]
pub(crate) mod stage;
mod subscribe;
mod subscribers;
mod subscriptions;
mod tls;
mod turnstile;

use std::{net::SocketAddr, sync::Arc};

use axum::Router;
use ipnet::IpNet;
use prober::{
    definition::{DefinitionSet, Secret},
    supervisor::Pulse,
};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
    task::JoinSet,
    time::Instant,
};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    access::Access,
    control::Endpoint,
    hub::{Counter, Desk},
    metrics::HubCounters,
    notify::AckKey,
    snapshot::Snapshot,
    store::StoreHandle,
    subscriber::RegistryHandle,
};

pub use accept::Limits;
pub use bind::{BindError, ListenAddress};
pub use tls::{TlsError, TlsFiles};

/// How the server behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: ListenAddress,
    /// Speak TLS.
    pub tls: Option<TlsFiles>,
    /// Only from these are forwarding headers believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Who may read `/metrics`.
    pub metrics: MetricsAccess,
    /// Deadlines and caps.
    pub limits: Limits,
}

/// Who may read `/metrics`.
#[derive(Debug, Clone)]
pub enum MetricsAccess {
    /// Everybody.
    Public,
    /// Who asks from this machine, and who has the token.
    Private {
        /// Sent as `Authorization: Bearer …`.
        token: Option<Secret>,
    },
}

/// What the server shows.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The present, published by the hub.
    pub snapshots: watch::Receiver<Arc<Snapshot>>,
    /// The past.
    pub store: StoreHandle,
    /// The sign of life of whoever makes the pages.
    pub pulse: Pulse,
    /// What is watched.
    pub definitions: watch::Receiver<Arc<DefinitionSet>>,
    /// What the hub counts.
    pub hub: Arc<HubCounters>,
    /// What the embedded prober counts, where there is one.
    pub prober: Option<Arc<prober::Counters>>,
    /// Who is let in.
    pub access: Arc<Access>,
    /// Takes orders to the hub.
    pub desk: Desk,
    /// Takes what locations report to the hub.
    pub counter: Counter,
    /// The book of subscribers; an absent one where no mail is sent.
    pub subscribers: RegistryHandle,
    /// Knows the links by which alarms are taken.
    pub key: Option<AckKey>,
}

/// A server that does not listen yet.
#[derive(Debug)]
pub struct Server {
    options: Options,
    sources: Sources,
}

/// A server that listens and does not answer yet.
#[derive(Debug)]
pub struct Bound {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<tls::Identity>,
    operators: Option<Endpoint>,
    options: Options,
    sources: Sources,
}

impl Server {
    /// Takes what it needs; nothing happens yet.
    pub fn new(options: Options, sources: Sources) -> Self {
        Self { options, sources }
    }

    /// Reads the certificate and takes the address.
    ///
    /// # Errors
    ///
    /// One sentence for the operator: what cannot be had, and the way out.
    pub async fn bind(self) -> Result<Bound, BindError> {
        let tls = self.options.tls.clone().map(tls::Identity::load).transpose()?;
        let (listener, address) = bind::listen(&self.options.listen).await?;
        Ok(Bound { listener, address, tls, operators: None, options: self.options, sources: self.sources })
    }
}

impl Bound {
    /// Where it listens, with the real port.
    pub fn local_address(&self) -> SocketAddr {
        self.address
    }

    /// Where a browser on this machine finds it.
    pub fn local_url(&self) -> Url {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        bind::url(scheme, self.address)
    }

    /// Answers operators too, through the hub's own socket.
    #[must_use]
    pub fn with_operators(mut self, endpoint: Option<Endpoint>) -> Self {
        self.operators = endpoint;
        self
    }

    /// Answers until `stop`, then lets what is under way end for [`Limits::drain`].
    pub async fn run(self, stop: CancellationToken) {
        let base = self.local_url();
        let press = Arc::new(press::Press::new(base));
        let first = edition::Edition::new(self.sources.snapshots.borrow().clone(), Arc::clone(&press));
        let (editions, published) = watch::channel(Arc::new(first));
        let transport = if self.tls.is_some() { guard::Transport::Tls } else { guard::Transport::Plain };
        let app = router::App {
            editions: published,
            hub: self.sources.hub,
            prober: self.sources.prober,
            store: self.sources.store,
            access: self.sources.access,
            desk: self.sources.desk,
            counter: self.sources.counter,
            bodies: Arc::new(Semaphore::new(router::BODIES)),
            reports: Arc::new(Semaphore::new(router::REPORTS)),
            subscribers: self.sources.subscribers,
            key: self.sources.key,
            stamps: Arc::new(subscribe::Stamps::new()),
            cares: Arc::new(Semaphore::new(1)),
            questions: Arc::new(Semaphore::new(router::QUESTIONS)),
            answers: Arc::new(Semaphore::new(router::ANSWERS)),
            doorbells: Arc::new(push::Doorbells::new(self.sources.definitions)),
            turnstile: Arc::default(),
            quota: Arc::default(),
            metrics: Arc::new(self.options.metrics),
            trusted_proxies: self.options.trusted_proxies.into(),
            assets: Arc::new(press::assets()),
            started: Instant::now(),
        };
        let mut tasks = JoinSet::new();
        tasks.spawn(edition::publish(self.sources.snapshots, editions, press, self.sources.pulse, stop.clone()));
        let acceptor = self.tls.map(|identity| {
            let acceptor = identity.acceptor();
            tasks.spawn(identity.follow(stop.clone()));
            acceptor
        });
        if let Some(endpoint) = self.operators {
            tasks.spawn(serve_operators(endpoint, router::operators(app.clone()), stop.clone()));
        }
        let router = router::router(app, transport);
        tasks.spawn(accept::serve(self.listener, router, acceptor, self.options.limits, stop.clone()));
        while let Some(ended) = tasks.join_next().await {
            if let Err(fault) = ended {
                // Without one of them the page would grow old and not know it: better to end and be started again.
                tracing::error!(%fault, "a task of the server ended by a fault, stopping");
                stop.cancel();
            }
        }
    }
}

/// The file of the socket goes only when nothing is under way any more.
async fn serve_operators(endpoint: Endpoint, router: Router, stop: CancellationToken) {
    let (listener, _file) = endpoint.into_parts();
    accept::serve_operators(listener, router, Limits::of_operators(), stop).await;
}

#[cfg(test)]
mod tests;
