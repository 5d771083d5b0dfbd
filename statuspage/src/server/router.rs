//! Which path leads where.
//!
//! It does not know what is answered there.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    http::HeaderValue,
    middleware,
    routing::{get, post},
};
use ipnet::IpNet;
use tokio::{
    sync::{Semaphore, watch},
    time::Instant,
};

use super::{
    MetricsAccess, alarms, asking, channels, console,
    edition::Edition,
    guard::{self, Transport},
    incidents, locations, machine, maintenances, operator, postmortem,
    press::Document,
    push::{self, Doorbells},
    quota::Quota,
    reader, reports,
    representation::Representation,
    rights,
    subscribe::{self, Stamps},
    subscribers, subscriptions,
    turnstile::Turnstile,
};
use crate::{
    access::Access,
    hub::{Counter, Desk},
    metrics::HubCounters,
    notify::AckKey,
    page,
    store::StoreHandle,
    subscriber::RegistryHandle,
};

/// How many questions the store is asked at once.
pub(super) const QUESTIONS: usize = 8;

/// How many answers are made at once for readers who ask for something of their own.
pub(super) const ANSWERS: usize = 2;

/// How many reports are unpacked at once.
pub(super) const REPORTS: usize = 2;

/// How many reports are read at once, before anybody knows whose they are.
pub(super) const BODIES: usize = 32;

/// What every handler may use: cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct App {
    pub(super) editions: watch::Receiver<Arc<Edition>>,
    pub(super) hub: Arc<HubCounters>,
    pub(super) prober: Option<Arc<prober::Counters>>,
    pub(super) store: StoreHandle,
    pub(super) access: Arc<Access>,
    pub(super) desk: Desk,
    /// The way of reports to the hub.
    pub(super) counter: Counter,
    /// Turns to read a report.
    pub(super) bodies: Arc<Semaphore>,
    /// Turns to unpack a report.
    pub(super) reports: Arc<Semaphore>,
    pub(super) subscribers: RegistryHandle,
    /// Knows the links by which alarms are taken.
    pub(super) key: Option<AckKey>,
    /// Says when a form was given out.
    pub(super) stamps: Arc<Stamps>,
    /// Turns to ask the store.
    pub(super) questions: Arc<Semaphore>,
    /// Turns to make an answer for one reader.
    pub(super) answers: Arc<Semaphore>,
    /// Takes signs of life.
    pub(super) doorbells: Arc<Doorbells>,
    /// Who may ask what must not be tried out.
    pub(super) turnstile: Arc<Turnstile>,
    /// How many reports each location may send.
    pub(super) quota: Arc<Quota>,
    /// Turns of what only one at a time may do.
    pub(super) cares: Arc<Semaphore>,
    pub(super) metrics: Arc<MetricsAccess>,
    pub(super) trusted_proxies: Arc<[IpNet]>,
    pub(super) assets: Arc<HashMap<&'static str, Representation>>,
    pub(super) started: Instant,
}

impl App {
    /// The present edition.
    pub(super) fn edition(&self) -> Arc<Edition> {
        self.editions.borrow().clone()
    }

    /// The policy of every page.
    pub(super) fn content_security_policy(&self) -> HeaderValue {
        let policy = page::content_security_policy(&self.edition().snapshot().site.frame_ancestors);
        HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
    }
}

/// Our own API; what is asked through the socket and through an address is the same, and answered by the rights of who asks.
fn v1(app: &App) -> Router<App> {
    Router::new()
        .route("/api/v1/openapi.json", get(incidents::document))
        .route("/api/v1/incidents", get(incidents::list).post(incidents::open))
        .route("/api/v1/incidents/{id}", get(incidents::one))
        .route("/api/v1/incidents/{id}/acknowledge", post(incidents::acknowledge))
        .route("/api/v1/incidents/{id}/updates", post(incidents::say))
        .route("/api/v1/incidents/{id}/release", post(incidents::release))
        .route("/api/v1/incidents/{id}/reported-by-users", post(incidents::told))
        .route("/api/v1/incidents/{id}/link", post(incidents::link))
        .route("/api/v1/incidents/{id}/postmortem", get(postmortem::draft))
        .route("/api/v1/incidents/{id}/postmortem/fields", post(postmortem::field))
        .route("/api/v1/incidents/{id}/postmortem/publish", post(postmortem::publish))
        .route("/api/v1/incidents/{id}/postmortem/withdraw", post(postmortem::withdraw))
        .route("/api/v1/audit", get(incidents::audit))
        .route("/api/v1/maintenances", get(maintenances::list).post(maintenances::plan))
        .route("/api/v1/maintenances/{id}", get(maintenances::one))
        .route("/api/v1/maintenances/{id}/change", post(maintenances::change))
        .route("/api/v1/maintenances/{id}/cancel", post(maintenances::cancel))
        .route("/api/v1/maintenances/{id}/begin", post(maintenances::begin))
        .route("/api/v1/maintenances/{id}/end", post(maintenances::end))
        .route("/api/v1/maintenances/{id}/updates", post(maintenances::say))
        .route("/api/v1/components/{id}/observations", get(machine::observations))
        .route("/api/v1/components/{id}/history", get(machine::history))
        .route("/api/v1/backup", get(operator::backup))
        .route("/api/v1/verify", post(operator::verify))
        .merge(subscribers::router())
        .merge(locations::router())
        .merge(channels::router())
        .route_layer(middleware::from_fn_with_state(app.clone(), rights::identify))
}

/// Statuspage's API.
fn v2() -> Router<App> {
    let document = machine::document;
    Router::new()
        .route("/api/v2/summary.json", document(Document::Summary))
        .route("/api/v2/status.json", document(Document::Status))
        .route("/api/v2/components.json", document(Document::Components))
        .route("/api/v2/incidents.json", document(Document::Incidents))
        .route("/api/v2/incidents/unresolved.json", document(Document::Unresolved))
        .route("/api/v2/incidents/{id}", get(machine::incident))
        .route("/api/v2/scheduled-maintenances.json", document(Document::Maintenances))
        .route("/api/v2/scheduled-maintenances/upcoming.json", document(Document::Upcoming))
        .route("/api/v2/scheduled-maintenances/active.json", document(Document::Active))
}

/// What the socket of operators answers: our own API, and what the page says of itself, its time zone among that.
pub(super) fn operators(app: App) -> Router {
    v1(&app)
        .merge(v2())
        .route("/healthz", get(machine::publishing))
        .fallback(machine::no_such_path)
        .method_not_allowed_fallback(machine::no_such_method)
        .with_state(app)
}

/// Every path there is.
pub(super) fn router(app: App, transport: Transport) -> Router {
    Router::new()
        .merge(v2())
        .merge(v1(&app))
        .merge(subscriptions::router())
        .merge(console::router())
        .merge(subscribe::router())
        .merge(reports::router())
        .route("/a/{token}", get(alarms::show).post(alarms::take))
        .merge(push::router())
        .route("/snapshot.json", get(reader::live))
        .route("/bulletin.json", get(reader::bulletin))
        .route("/", get(reader::home))
        .route("/services/{id}", get(reader::service))
        .route("/incidents/{id}/postmortem", get(postmortem::page))
        .route("/incidents/{id}", get(reader::incident))
        .route("/history", get(reader::history))
        .route("/monitoring", get(reader::oversight))
        .route("/affected", get(asking::affected))
        .route("/status.txt", get(reader::plain_text))
        .route("/assets/{name}", get(reader::asset))
        .route("/metrics", get(machine::metrics))
        .route("/healthz", get(machine::alive))
        .route("/readyz", get(machine::ready))
        .fallback(reader::not_found)
        .method_not_allowed_fallback(reader::wrong_method)
        .layer(middleware::from_fn_with_state((app.clone(), transport), guard::watch))
        .with_state(app)
}
