//! What a hub is made of, and its ends of the channels that lead to it and from it.
//!
//! It does not know what comes through them.

use std::sync::Arc;

use prober::{
    definition::DefinitionSet,
    supervisor::{Pulse, Stability},
};
use shared::{LocationName, Observation};
use tokio::sync::{mpsc, watch};

use super::{CounterEnd, DeskEnd};
use crate::{
    incident::Rules,
    mailing::{HubEnd, Mail},
    maintenance::Plan,
    metrics::HubCounters,
    notify::{Burning, ChannelName, Medium, Policy, Posts},
    outpost::HubView,
    resources::Reading,
    settings::DrillPlan,
    site::Site,
    snapshot::Snapshot,
    watch::{PingBoard, WatchInput},
};

/// What the hub is made of.
#[derive(Debug)]
pub struct HubOptions {
    /// The page's own facts.
    pub site: Arc<Site>,
    /// Who is told.
    pub channels: Vec<(ChannelName, Medium)>,
    /// Who is told first, and what comes next.
    pub policies: Vec<Policy>,
    /// How channels are kept proven.
    pub drills: DrillPlan,
    /// Where the embedded prober stands, where there is one.
    pub location: Option<LocationName>,
    /// What the hub counts.
    pub counters: Arc<HubCounters>,
    /// How incidents are judged.
    pub rules: Rules,
    /// The maintenance that the settings plan.
    pub maintenance: Vec<Plan>,
    /// Whether subscribers are told by mail.
    pub mail: Mail,
    /// What the watch over the hub needs.
    pub canaries: prober::canary::Canaries,
    /// What became of pings.
    pub ping: PingBoard,
    /// How the process stood at its start.
    pub stability: Stability,
    /// What all data may take.
    pub max_bytes: u64,
    /// The sign of life of its loop.
    pub pulse: Pulse,
    /// Whether it tells for itself.
    pub role: Role,
    /// What an outpost knows of its hub from before the start.
    pub upstream: Option<Arc<HubView>>,
}

/// Whether a hub tells for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It is the one that everybody hears.
    Hub,
    /// It stands by another one and tells while that is silent; signs of life are sent to that one.
    Outpost,
}

/// The hub's ends of the channels that lead to it and from it.
#[derive(Debug)]
pub struct Wiring {
    /// The definitions, swapped as a whole.
    pub definitions: watch::Receiver<Arc<DefinitionSet>>,
    /// What probers observe. Bounded: when it is full, probers wait with their next result and keep their schedule.
    pub observations: mpsc::Receiver<Observation>,
    /// What everybody reads.
    pub snapshot: watch::Sender<Arc<Snapshot>>,
    /// What the outside switch is told of.
    pub watch: watch::Sender<WatchInput>,
    /// What operators order.
    pub desk: DeskEnd,
    /// The postman.
    pub mail: HubEnd,
    /// What locations report.
    pub locations: CounterEnd,
    /// What the siren posts again and again.
    pub burning: watch::Sender<Arc<Burning>>,
    /// What became of that.
    pub posts: Posts,
    /// The hub that this one stands by; nobody sends where it stands by none.
    pub upstream: watch::Receiver<Option<Arc<HubView>>>,
    /// What there is left of what the process lives on. Full means that the newest one is lost.
    pub readings: mpsc::Receiver<Reading>,
}
