//! The hub, the single writer: store, judge, store again, publish, tell; in this order, for everything that comes.
//!
//! It does not know how a probe is made, how a page looks or how a message travels, and it never waits for the disk longer than the
//! store's patience.

mod alarm;
mod beats;
mod beginning;
mod bells;
mod canary;
pub(crate) mod checkpoint;
mod desk;
mod evidence;
mod former;
mod judging;
mod keeping;
mod locations;
mod mailing;
mod maintenance;
mod message;
mod oversight;
mod past;
mod publish;
mod roster;
mod telling;
mod upstream;
mod vigil;
mod wiring;

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use prober::definition::{DefinitionSet, Retired};
use shared::{ComponentId, LocationName, Observation, ProbeName, Timestamp};
use tokio::{
    sync::mpsc,
    time::{Instant, Interval, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::{
    clock::now,
    engine::{Engine, Input, Transition},
    heartbeat,
    history::History,
    location::Sights,
    notify::{Outcomes, Teller, WatchFault},
    outpost::HubView,
    resources::{Found, Judge, Reading},
    store::{StoreEvents, StoreHandle},
    watch::Gait,
};
pub use beats::Unheard;
pub use bells::{Unanswered, Untested};
use canary::Canaries;
pub use desk::{Desk, DeskEnd, Order, desk};
use evidence::Firsts;
pub use locations::{Answer, Counter, CounterEnd, counter};
pub(crate) use maintenance::of as known;
use past::Former;
use publish::Views;
use telling::Telling;
use vigil::Vigil;
pub use wiring::{HubOptions, Role, Wiring};

/// At most so many observations are taken at once.
const BATCH: usize = 500;
/// How long an observation may wait for company: each batch costs the disk one flush.
const LINGER: Duration = Duration::from_millis(100);
/// How often a snapshot is published when no state changed.
const REFRESH: Duration = Duration::from_secs(5);
/// How often everything that is known is written down, so that a restart has little to judge again.
const CHECKPOINT: Duration = Duration::from_secs(60);

/// The single writer.
#[derive(Debug)]
pub struct Hub {
    options: HubOptions,
    definitions: Arc<DefinitionSet>,
    /// Theirs: what locations are compared with.
    fingerprint: String,
    engine: Engine,
    history: History,
    telling: Telling,
    store: StoreHandle,
    views: Views,
    dirty: Dirty,
    firsts: Firsts,
    vigil: Vigil,
    /// Locations of whose results some may not be on stable storage, and how many the store had lost by then.
    unsettled: BTreeMap<LocationName, u64>,
    beats: heartbeat::Book,
    gait: Gait,
    canaries: Canaries,
    /// Which places see nothing.
    sights: Sights,
    /// Places whose clock differs from ours, and since when: it is not said at once whose is wrong.
    doubted: BTreeMap<LocationName, Instant>,
    keeper: Judge,
    reading: Option<Reading>,
    /// The hub that this one stands by, as it was last heard.
    upstream: Option<Arc<HubView>>,
    /// How often time did not pass evenly.
    stumbles: u64,
    /// What lies before is history: a backup was put back then, and what came due in between is not told as if it had just happened.
    history_until: Option<Timestamp>,
    /// By a clock that never jumps.
    born: Instant,
    started: Timestamp,
}

/// What has changed since it was last published or written.
#[derive(Debug, Default)]
struct Dirty {
    /// Components whose present changed.
    views: BTreeSet<ComponentId>,
    /// Components whose past is to be shown anew.
    histories: BTreeSet<ComponentId>,
    /// Components whose state the store does not have.
    states: BTreeSet<ComponentId>,
    /// Components that are no longer watched and that the store still counts among those that are.
    retired: BTreeSet<ComponentId>,
    /// Some incident is not as it was published.
    incidents: bool,
    /// Some maintenance is not as it was published.
    maintenances: bool,
    /// The engine does not have the windows of maintenance as they are.
    windows: bool,
    /// Results were counted that a restart would not look at again.
    late: bool,
    /// How far alarms have got, or what proves channels, is not as it was published.
    alarms: bool,
}

impl Hub {
    /// Takes everything that comes until `stop`, then writes down what is known.
    pub async fn run(
        mut self,
        mut wiring: Wiring,
        mut events: StoreEvents,
        (teller, mut outcomes): (Teller, Outcomes),
        stop: CancellationToken,
    ) {
        let mut seconds = every_second();
        let (mut published, mut written) = (None::<Instant>, None::<Instant>);
        // It outlives the select below: what was taken from the channel stays in it when another branch is quicker.
        let mut batch = Vec::new();
        self.show_audit(&wiring.desk);
        self.show_register(&wiring.locations);
        self.canaries.resume(Instant::now());
        loop {
            self.options.pulse.beat();
            let mut transitions = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Ok(()) = wiring.definitions.changed() => {
                    self.definitions = wiring.definitions.borrow_and_update().clone();
                    (published, written) = (None, None);
                    self.take_definitions(now()).await
                }
                Some(order) = wiring.desk.orders.recv() => {
                    self.take_order(order, &wiring.desk).await;
                    published = None;
                    Vec::new()
                }
                Some(order) = wiring.desk.maintenance.recv() => {
                    let transitions = self.take_maintenance_order(order).await;
                    self.show_audit(&wiring.desk);
                    published = None;
                    transitions
                }
                Some(deed) = wiring.desk.deeds.recv() => {
                    self.take_deed(deed, &wiring.desk).await;
                    Vec::new()
                }
                Some(wish) = wiring.desk.wishes.recv() => {
                    self.take_wish(wish, &wiring.desk, &teller).await;
                    published = None;
                    Vec::new()
                }
                Some((channel, at, result)) = wiring.posts.recv() => {
                    self.take_post(&channel, at, result).await;
                    Vec::new()
                }
                Ok(()) = wiring.upstream.changed() => {
                    let view = wiring.upstream.borrow_and_update().clone();
                    self.take_upstream(view).await
                }
                Some(event) = events.recv() => self.take_event(event).await,
                Some(outcome) = outcomes.recv() => self.settle(outcome).await,
                Some(reading) = wiring.readings.recv() => {
                    self.take_reading(reading).await;
                    Vec::new()
                }
                Some(report) = wiring.mail.reports.recv() => {
                    self.take_report(report).await;
                    Vec::new()
                }
                Some(beat) = wiring.desk.beats.recv() => self.take_beats(beat, &mut wiring.desk).await,
                _ = seconds.tick() => {
                    self.tell_troubles().await;
                    self.pass_second().await
                }
                () = gather(&mut wiring.observations, &mut batch) => Vec::new(),
                // Last, so that a long backlog from afar holds up neither the clock nor our own prober.
                Some(knock) = wiring.locations.knocks.recv() => {
                    let transitions = self.take_knock(knock, &wiring.locations).await;
                    self.show_audit(&wiring.desk);
                    transitions
                }
            };
            transitions.extend(self.take_observations(std::mem::take(&mut batch)).await);
            transitions.extend(self.pass_maintenance().await);
            self.tell(&transitions).await;
            self.pass_alarms().await;
            // Before anything is sent: who follows a message to the page finds there what it says.
            let changed =
                !transitions.is_empty() || self.dirty.incidents || self.dirty.maintenances || self.dirty.alarms;
            if changed || published.is_none_or(|at| at.elapsed() >= REFRESH) {
                self.publish(&wiring, now());
                published = Some(Instant::now());
            }
            self.post(&wiring);
            self.send(&teller).await;
            if written.is_none_or(|at| at.elapsed() >= CHECKPOINT) {
                self.write_checkpoint(now()).await;
                written = Some(Instant::now());
            }
        }
        self.options.pulse.rest();
        while let Ok(report) = wiring.mail.reports.try_recv() {
            self.take_report(report).await;
        }
        self.finish(wiring.observations, outcomes, batch).await;
    }

    /// Takes what is still in the channels, so that nothing is lost and nothing told again after the next start, and writes down
    /// what is known.
    async fn finish(
        &mut self,
        mut observations: mpsc::Receiver<Observation>,
        mut outcomes: Outcomes,
        mut batch: Vec<Observation>,
    ) {
        observations.close();
        while let Ok(observation) = observations.try_recv() {
            batch.push(observation);
        }
        while let Ok(outcome) = outcomes.try_recv() {
            self.settle(outcome).await;
        }
        let transitions = self.take_observations(batch).await;
        self.tell(&transitions).await;
        self.write_checkpoint(now()).await;
    }

    fn tick(&mut self, now: Timestamp) -> Vec<Transition> {
        // After a clock that was set back, nothing would be due until it had caught up.
        self.started = self.started.min(now);
        self.telling.locations.turn_back(now);
        let outcome = self.engine.step(Input::Tick, now);
        self.account(outcome.transitions)
    }

    async fn take_definitions(&mut self, now: Timestamp) -> Vec<Transition> {
        self.fingerprint = self.definitions.fingerprint();
        for (former, present) in Former::of(&self.definitions).pairs() {
            if self.history.rename(former, present) {
                info!(%former, %present, "a component has a new name and keeps its history");
            }
        }
        let mut transitions = self.enrol(roster::roster(&self.definitions), now);
        transitions.extend(self.open_windows(now));
        self.arrange_beats(now);
        let news = self.telling.watch(&self.definitions, now);
        self.spread(news).await;
        if let Some(Retired { components, of }) = self.definitions.retired {
            let fault = WatchFault::ManyRetired { components: components as u64, of: of as u64 };
            self.find([Found::Is(fault)]).await;
        }
        let definitions = &self.definitions.definitions;
        let has = |id: &ComponentId, probe: &ProbeName| {
            definitions.get(id).is_some_and(|definition| definition.probes.iter().any(|known| known.id.name == *probe))
        };
        self.firsts.retain(has);
        self.views.arrange(&self.definitions, &self.options.site);
        self.dirty.views.extend(self.definitions.definitions.keys().cloned());
        self.dirty.histories.extend(self.definitions.definitions.keys().cloned());
        transitions
    }
}

fn every_second() -> Interval {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    seconds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    seconds
}

/// Takes what has come, and what comes within [`LINGER`] after it; waits for ever when nobody observes any more.
///
/// Cancelled at any point, it has lost nothing: what was taken is in the batch.
async fn gather(observations: &mut mpsc::Receiver<Observation>, batch: &mut Vec<Observation>) {
    if observations.recv_many(batch, BATCH).await == 0 {
        return std::future::pending().await;
    }
    let until = Instant::now() + LINGER;
    while batch.len() < BATCH {
        let room = BATCH - batch.len();
        match tokio::time::timeout_at(until, observations.recv_many(batch, room)).await {
            Ok(more) if more > 0 => {}
            Ok(_) | Err(_) => break,
        }
    }
}
