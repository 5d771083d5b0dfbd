//! The router by its answers, and the accept loop over real sockets.

mod addresses;
mod answers;
mod audit;
mod clerk;
mod connections;
mod console;
mod declared;
mod evidence;
mod maintenances;
mod operators;
mod planner;
mod planning;
mod postmortem;
mod push;
mod reports;
mod subscribe;
mod subscribers;
mod telling;
mod v1;
mod whole;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use http_body_util::BodyExt as _;
use jiff::tz::TimeZone;
use tempfile::TempDir;
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt as _;

use super::{
    MetricsAccess,
    edition::Edition,
    guard::Transport,
    peer::Peer,
    press::{self, Press},
    push::Doorbells,
    router::{ANSWERS, App, QUESTIONS, router},
    subscribe::Stamps,
};
use crate::{
    access::{Access, Accounts},
    clock::now,
    hub::{self, DeskEnd},
    server::stage,
    snapshot::Snapshot,
    store::{Store, StoreOptions},
    subscriber::RegistryHandle,
};

/// An answer, read to its end.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    fn text(&self) -> &str {
        str::from_utf8(&self.body).expect("UTF-8")
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

/// A router over a store of its own that shows `snapshot`, and takes each request as one from `peer`.
struct Stage {
    app: App,
    peer: Peer,
    transport: Transport,
    /// Where the store lies.
    directory: TempDir,
}

impl Stage {
    fn new() -> Self {
        Self::showing(stage::snapshot(now()))
    }

    fn showing(snapshot: Snapshot) -> Self {
        Self::with_orders(snapshot).0
    }

    /// With what a hub holds: it publishes editions and hears orders.
    fn with_orders(snapshot: Snapshot) -> (Self, watch::Sender<Arc<Edition>>, DeskEnd) {
        let press = Arc::new(Press::new("http://127.0.0.1:8080/".parse().expect("an address")));
        let (publish, editions) = watch::channel(Arc::new(Edition::new(Arc::new(snapshot), press)));
        let directory = tempfile::tempdir().expect("a directory");
        let opened = Store::open(directory.path(), StoreOptions::default()).expect("a store");
        let access = Arc::new(Access::open(directory.path(), Accounts::default(), TimeZone::UTC, now()));
        let (desk, orders) = hub::desk();
        let (counter, _) = hub::counter();
        let app = App {
            counter,
            bodies: Arc::new(Semaphore::new(2)),
            reports: Arc::new(Semaphore::new(2)),
            key: crate::notify::AckKey::passing().ok(),
            editions,
            hub: Arc::default(),
            prober: None,
            store: opened.handle.clone(),
            access,
            desk,
            subscribers: RegistryHandle::absent(),
            stamps: Arc::new(Stamps::new()),
            cares: Arc::new(Semaphore::new(1)),
            questions: Arc::new(Semaphore::new(QUESTIONS)),
            answers: Arc::new(Semaphore::new(ANSWERS)),
            doorbells: Arc::new(Doorbells::new(watch::channel(Arc::default()).1)),
            turnstile: Arc::default(),
            quota: Arc::default(),
            metrics: Arc::new(MetricsAccess::Private { token: None }),
            trusted_proxies: Arc::new([]),
            assets: Arc::new(press::assets()),
            started: tokio::time::Instant::now(),
        };
        let peer = Peer([192, 0, 2, 1].into());
        (Self { app, peer, transport: Transport::Plain, directory }, publish, orders)
    }

    fn directory(&self) -> &std::path::Path {
        self.directory.path()
    }

    fn router(&self) -> Router {
        router(self.app.clone(), self.transport)
    }

    async fn ask(&self, method: &str, uri: &str, headers: &[(&str, &str)]) -> Answer {
        let request =
            Request::builder().method(method).uri(uri).extension(self.peer).header("host", "status.example.org");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let (head, body) = self.router().oneshot(request).await.expect("it always answers").into_parts();
        let body = body.collect().await.expect("a body").to_bytes().to_vec();
        Answer { status: head.status, headers: head.headers, body }
    }

    async fn get(&self, uri: &str) -> Answer {
        self.ask("GET", uri, &[]).await
    }
}

/// Generous, for a machine that is busy; nothing waits that long when it works.
const LONG: Duration = Duration::from_secs(60);
