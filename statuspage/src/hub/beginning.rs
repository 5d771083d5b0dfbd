//! How a hub begins: with what the store remembers, and what came after that judged again, in silence.
//!
//! It does not know how the store keeps it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use prober::{definition::DefinitionSet, supervisor::Stability};
use shared::{Observation, Timestamp};
use tokio::time::Instant;
use tracing::{info, warn};

use super::{
    Dirty, Hub, HubOptions, LINGER,
    canary::Canaries,
    checkpoint::{self, Memory},
    evidence::Firsts,
    past::Former,
    publish::Views,
    roster,
    telling::Telling,
    vigil::Vigil,
};
use crate::{
    clock::now,
    engine::{ComponentState, Engine, Roster, Transition},
    heartbeat,
    history::History,
    location::Sights,
    notify::WatchFault,
    resources::{Found, Judge},
    store::{Opened, StoreEvents, StoreHandle},
    watch::Gait,
};

impl Hub {
    /// A hub that knows what the store remembers: the last checkpoint, and the observations since, judged again.
    pub async fn restore(options: HubOptions, opened: Opened, definitions: Arc<DefinitionSet>) -> (Self, StoreEvents) {
        let Opened { handle, restored, events } = opened;
        let memory = checkpoint::read(&restored, &options.site, &Former::of(&definitions));
        let relieved = checkpoint::relieved(&restored);
        let Memory { at, outages, engine, history } = memory;
        let stability = options.stability;
        let telling = Telling::new(&options, &restored);
        let mut hub = Self::blank(options, handle, telling, engine, history);
        for fault in &restored.faults {
            warn!(%fault, "the store is not as it was left");
        }
        hub.definitions = definitions;
        hub.upstream = hub.options.upstream.take();
        hub.stand_alone();
        hub.set_reach();
        let news = hub.telling.watch(&hub.definitions, now());
        hub.spread(news).await;
        hub.migrate(&outages, relieved, &restored.notifications).await;
        hub.consign_to_history(&restored.faults).await;
        hub.tell_opening(&restored.faults).await;
        // Before anything is judged again: what failed under maintenance did so then, too.
        let plans = std::mem::take(&mut hub.options.maintenance);
        hub.take_plans(plans).await;
        hub.judge_again(at).await;
        let mut transitions = hub.take_definitions(now()).await;
        transitions.extend(hub.as_transitions());
        hub.tell(&transitions).await;
        hub.resume_sights(now());
        if let Stability::Looping { restarts } = stability {
            hub.find([Found::Is(WatchFault::Restarting { restarts })]).await;
        }
        (hub.dirty.incidents, hub.dirty.maintenances, hub.dirty.alarms) = (true, true, true);
        (hub, events)
    }

    /// One that has seen nothing yet.
    fn blank(options: HubOptions, store: StoreHandle, telling: Telling, engine: Engine, history: History) -> Self {
        let embedded = match options.canaries {
            prober::canary::Canaries::On => options.location.clone(),
            prober::canary::Canaries::Off => None,
        };
        let canaries = Canaries::new(embedded, now(), Instant::now());
        let keeper = Judge::new(options.max_bytes);
        let place = options.location.clone().unwrap_or_else(|| "hub".parse().expect("it is a name"));
        Self {
            views: Views::new(options.location.clone()),
            options,
            definitions: Arc::default(),
            fingerprint: String::new(),
            engine,
            history,
            telling,
            store,
            dirty: Dirty::default(),
            firsts: Firsts::default(),
            vigil: Vigil::default(),
            unsettled: BTreeMap::new(),
            beats: heartbeat::Book::new(place),
            gait: Gait::default(),
            canaries,
            sights: Sights::default(),
            doubted: BTreeMap::new(),
            keeper,
            reading: None,
            upstream: None,
            stumbles: 0,
            history_until: None,
            born: Instant::now(),
            started: now(),
        }
    }

    /// Feeds the engine what was stored after the checkpoint; without one, what was stored lately. Nothing is told of it: the
    /// outages that are open are written with their messages, so they are newer than what is judged again, and what they do not
    /// know yet follows from the states in which this ends.
    async fn judge_again(&mut self, checkpoint: Option<Timestamp>) {
        let mut since = checkpoint::observations_since(&self.store, &self.definitions, checkpoint, now()).await;
        since.sort_by_key(|observation| observation.ended_at());
        let first = since.first().map(|observation| observation.started_at);
        let Some(begin) = checkpoint.or(first) else { return };
        if !since.is_empty() {
            info!(observations = since.len(), "judging again what was stored after the last checkpoint");
        }
        self.enrol(self.known_roster(&since), begin);
        self.open_windows(begin);
        let mut rest = since.as_slice();
        while let Some(first) = rest.first() {
            let together = first.ended_at().plus(LINGER);
            let (batch, later) = rest.split_at(rest.partition_point(|other| other.ended_at() <= together));
            rest = later;
            let at = |observation: &Observation| observation.ended_at().max(begin);
            for observation in batch {
                self.judge(Arc::clone(observation), None, at(observation));
            }
        }
    }

    /// What was watched before the restart: a component that was defined in between begins now.
    fn known_roster(&self, observations: &[Arc<Observation>]) -> Roster {
        let observed: BTreeSet<_> = observations.iter().map(|observation| &observation.probe.component).collect();
        let mut roster = roster::roster(&self.definitions);
        roster.components.retain(|id, _| self.engine.state(id).is_some() || observed.contains(id));
        roster
    }

    /// The present states as if they had just been entered: from them the alarms find what they missed, as when they were lost
    /// and the states were not. What they know changes nothing.
    pub(super) fn as_transitions(&self) -> Vec<Transition> {
        self.engine.states().map(ComponentState::as_transition).collect()
    }
}
