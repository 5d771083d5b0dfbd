//! Engine and history together, as a hub drives them: one that is killed again and again knows what one that lived knows.

use std::{collections::BTreeMap, sync::Arc};

use jiff::tz::TimeZone;
use proptest::prelude::*;
use shared::{ComponentId, Observation, Timestamp, Verdict};

use super::{tests::Store, *};
use crate::engine::{ComponentState, Engine, Input, Reception, simulation};

/// The least that a hub does: judge, account, write both together.
struct Hub {
    engine: Engine,
    history: History,
    rows: Store,
    states: BTreeMap<ComponentId, Vec<u8>>,
    failures: Vec<Arc<Observation>>,
}

impl Hub {
    fn new() -> Self {
        Self {
            engine: Engine::new(),
            history: History::new(TimeZone::UTC),
            rows: Store::default(),
            states: BTreeMap::new(),
            failures: Vec::new(),
        }
    }

    fn step(&mut self, input: Input, now: Timestamp) {
        let result = simulation::result_in(&input);
        let planned = matches!(input, Input::Windows(_));
        let outcome = self.engine.step(input, now);
        for transition in &outcome.transitions {
            self.history.spend(&transition.component, transition.from, transition.from_since, transition.at);
        }
        if let (Some(observed), Some(Reception::Judged)) = (&result, outcome.reception) {
            self.history.observe(&observed.observation, now);
            if matches!(observed.observation.verdict, Verdict::Warn | Verdict::Fail) {
                self.failures.push(Arc::clone(&observed.observation));
            }
        }
        let everybody: Vec<_> = self.engine.states().map(|state| (state.component.clone(), state.to_bytes())).collect();
        if planned {
            self.states.extend(everybody);
        }
        let touched = outcome.transitions.into_iter().map(|transition| transition.component);
        for component in touched.chain(result.map(|observed| observed.observation.probe.component.clone())) {
            self.rows.write(self.history.rows_of(&component));
            self.states.extend(self.engine.state(&component).map(|state| (component, state.to_bytes())));
        }
    }

    /// Brings the accounts up to the present, for a view.
    fn look(&mut self, now: Timestamp) {
        for state in self.engine.states() {
            self.history.spend(&state.component, state.status, state.since, now);
        }
    }

    /// Everything that was not written is lost.
    fn kill(&mut self) {
        let states = self.states.values().map(|bytes| ComponentState::from_bytes(bytes).expect("our own bytes"));
        self.engine = Engine::restore(states);
        self.history = self.rows.restore(TimeZone::UTC);
        self.failures.iter().for_each(|failure| self.history.recall(failure));
    }
}

proptest! {
    #[test]
    fn a_hub_that_is_killed_knows_what_one_that_lived_knows(
        events in simulation::events(2, 30),
        troubles in prop::collection::vec((any::<bool>(), prop::bool::weighted(0.2)), 30),
    ) {
        let (mut lived, mut killed) = (Hub::new(), Hub::new());
        // Definitions stay as they are: what a reload retires is not written here.
        let inputs = simulation::inputs(&events).into_iter().enumerate();
        let inputs = inputs.filter(|(i, (_, input))| *i == 0 || !matches!(input, Input::Roster(_)));
        let (mut end, mut troubles) = (crate::engine::tests::at(0), troubles.into_iter());
        for (_, (now, input)) in inputs {
            lived.step(input.clone(), now);
            killed.step(input, now);
            end = now;
            let (look, kill) = troubles.next().unwrap_or_default();
            if look {
                killed.look(now);
            }
            if kill {
                killed.kill();
                killed.step(simulation::whole_roster(), now);
            }
        }
        lived.look(end);
        killed.look(end);
        for state in lived.engine.states() {
            let views = [&lived, &killed].map(|hub| hub.history.view(&state.component, end));
            // Before its first result a component leaves nothing to write: it is then watched from the restart on.
            let [lived, killed] = views.map(|view| (view.uptime, view.latency, view.failures, view.days.last().map(|day| day.worst)));
            if state.probes.values().any(|probe| !probe.places.is_empty()) {
                prop_assert_eq!(lived, killed);
            }
        }
    }
}
