//! Judging in the hub: results and rosters given to the engine, and what follows from its answers counted, shown and remembered.
//!
//! It does not know where results come from, nor who is told.

use std::sync::{Arc, atomic::Ordering};

use prober::canary::is_canary;
use shared::{Exhibit, Observation, Timestamp, Verdict};
use tokio::time::Instant;
use tracing::info;

use super::{Hub, checkpoint, evidence, roster};
use crate::{
    clock::now,
    engine::{Input, Outcome, Reception, Roster, Transition},
    history::Intake,
    store::Durability,
};

impl Hub {
    /// Stores, then judges. The store's patience bounds the wait; what it has not written by then it writes later.
    pub(super) async fn take_observations(&mut self, batch: Vec<Observation>) -> Vec<Transition> {
        self.keep(batch).await.1
    }

    /// The same, and whether all of it is on stable storage.
    pub(super) async fn keep(&mut self, batch: Vec<Observation>) -> (Durability, Vec<Transition>) {
        let (batch, exhibits): (Vec<_>, Vec<_>) = batch.into_iter().map(evidence::parted).unzip();
        self.options.counters.observations.fetch_add(batch.len() as u64, Ordering::Relaxed);
        let durability = self.store.append(batch.clone()).await;
        if durability == Durability::Behind {
            tracing::debug!(observations = batch.len(), "judging before the store has written");
        }
        let now = now();
        let seen = batch.into_iter().zip(exhibits);
        (durability, seen.flat_map(|(observation, exhibit)| self.judge(observation, exhibit, now)).collect())
    }

    /// Whether it is of a canary, which is judged apart and nowhere else.
    fn is_of_a_canary(&mut self, observation: &Arc<Observation>, now: Timestamp) -> bool {
        if is_canary(&observation.probe.component) {
            self.canaries.judge(observation, now, Instant::now());
            return true;
        }
        self.canaries.heard(&observation.location, Instant::now());
        self.look_at_sight(observation, now);
        false
    }

    pub(super) fn judge(
        &mut self,
        observation: Arc<Observation>,
        exhibit: Option<Box<Exhibit>>,
        now: Timestamp,
    ) -> Vec<Transition> {
        if self.is_of_a_canary(&observation, now) {
            return Vec::new();
        }
        let observed = roster::observed(&self.definitions, observation.clone(), now);
        let outcome = self.engine.step(Input::Observation(observed), now);
        self.received(&observation, exhibit, outcome, now)
    }

    pub(super) fn received(
        &mut self,
        observation: &Arc<Observation>,
        exhibit: Option<Box<Exhibit>>,
        outcome: Outcome,
        now: Timestamp,
    ) -> Vec<Transition> {
        let id = observation.probe.component.clone();
        match outcome.reception {
            Some(Reception::Judged) => {
                self.firsts.judged(observation, exhibit);
                self.count_check(observation);
                let intake = self.history.observe(observation, now);
                self.dirty.late |= is_counted(intake) && checkpoint::is_late(observation, now);
                self.views.heard(&observation.location, now);
                if matches!(observation.verdict, Verdict::Fail | Verdict::Warn) {
                    self.dirty.histories.insert(id.clone());
                }
                self.dirty.views.insert(id.clone());
                self.dirty.states.insert(id);
            }
            Some(Reception::Duplicate | Reception::OldNews) => {
                self.options.counters.duplicates.fetch_add(1, Ordering::Relaxed);
            }
            Some(Reception::UnknownProbe) => {
                self.options.counters.unknown_probes.fetch_add(1, Ordering::Relaxed);
            }
            None => {}
        }
        self.account(outcome.transitions)
    }

    /// The same for what a location reported: late is no fault there. It tells of hours that are over, and changes nothing now.
    pub(super) fn judge_from_afar(
        &mut self,
        observation: &Arc<Observation>,
        exhibit: Option<Box<Exhibit>>,
        now: Timestamp,
    ) -> Vec<Transition> {
        if self.is_of_a_canary(observation, now) {
            return Vec::new();
        }
        let observed = roster::observed(&self.definitions, Arc::clone(observation), now);
        let outcome = self.engine.step(Input::Observation(observed), now);
        if let Some(Reception::OldNews) = outcome.reception {
            let intake = self.history.observe(observation, now);
            self.dirty.histories.insert(observation.probe.component.clone());
            self.dirty.late |= is_counted(intake);
            return self.account(outcome.transitions);
        }
        self.received(observation, exhibit, outcome, now)
    }

    pub(super) fn enrol(&mut self, roster: Roster, now: Timestamp) -> Vec<Transition> {
        let gone = self.engine.states().filter(|state| !roster.components.contains_key(&state.component));
        for state in gone {
            self.history.spend(&state.component, state.status, state.since, now);
            self.dirty.retired.insert(state.component.clone());
        }
        for id in roster.components.keys() {
            self.history.watch(id, now);
            self.dirty.states.insert(id.clone());
            self.dirty.retired.remove(id);
        }
        let outcome = self.engine.step(Input::Roster(Arc::new(roster)), now);
        self.account(outcome.transitions)
    }

    /// Spends the time before each transition in the state that ended there.
    pub(super) fn account(&mut self, transitions: Vec<Transition>) -> Vec<Transition> {
        for transition in &transitions {
            let Transition { component, at, from, from_since, to, reason, onset: _ } = transition;
            self.history.spend(component, *from, *from_since, *at);
            self.dirty.views.insert(component.clone());
            self.dirty.histories.insert(component.clone());
            self.dirty.states.insert(component.clone());
            if from == to {
                continue;
            }
            self.options.counters.transitions.fetch_add(1, Ordering::Relaxed);
            let kind = reason.as_ref().map(|reason| reason.kind.word());
            info!(%component, %from, %to, %at, reason = kind, "a component changed its state");
        }
        transitions
    }
}

/// Whether something of it is to be written.
fn is_counted(intake: Intake) -> bool {
    match intake {
        Intake::Counted | Intake::DayOnly => true,
        Intake::TooLate => false,
    }
}
