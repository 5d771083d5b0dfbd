//! Judging: from observations, definition sets and the passing of time to the state of each component. Pure.
//!
//! It reads no clock, does no I/O and cannot fail; it does not know names, groups, pages or notifications, and what an
//! operator says beside the measurements is not its business. Inside of a maintenance window a component is under maintenance
//! whatever is measured; measurement, its rise and fall go on all along.
//!
//! A clock that is set ahead by more than proofs last looks like a pause of that length, and is judged like one: all proofs have run
//! out, so that whichever location speaks first afterwards is alone and believed alone until the others have spoken too, which takes a
//! round. To tell the two apart takes a second, monotonic clock in every input and in what is stored; without it, words from before
//! would count after a night's sleep as well, and green would outlive its proof.

mod onset;
mod place;
mod quorum;
mod roster;
mod state;
mod view;
mod window;

#[cfg(test)]
pub(crate) mod simulation;
#[cfg(test)]
pub(crate) mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use shared::{ComponentId, LocationName, Observation, ProbeName, Status, Timestamp, Verdict};

pub use onset::Onset;
pub use place::{PlaceState, Run};
pub use roster::{Roster, RosterComponent};
pub use state::{ComponentState, ProbeState, StateError};
pub use view::Judgement;
pub use window::{Window, Windows};

use crate::snapshot::Reason;

/// Further in the future than that, by the hub's clock, a start was written by a clock that is wrong.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);
/// A location that is silent for that long after its word went stale is no longer shown.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(7 * 86_400);

/// The judge: what is believed of every component.
///
/// The same inputs at the same instants give the same state and the same transitions. [`Input::Tick`] between them changes
/// nothing but by elapsed time, so that ticks need not be kept: a staleness that a later input notices is reported with the
/// instant at which it happened.
#[derive(Debug, Clone, Default)]
pub struct Engine {
    components: BTreeMap<ComponentId, Tracked>,
    /// When silence or a maintenance window next changes something, one entry a component at most.
    due: BTreeSet<(Timestamp, ComponentId)>,
    clock: Option<Timestamp>,
    /// As they were last given: a component that is watched later has its own at once.
    windows: Arc<Windows>,
}

/// What happens to the engine.
#[derive(Debug, Clone)]
pub enum Input {
    /// From now on these components and probes are watched, and no others.
    Roster(Arc<Roster>),
    /// From now on components are under maintenance in these windows, and in no others. One that lies ahead or goes on is entered
    /// and left at its exact instants; one that is over is no news, even where it was not known of.
    Windows(Arc<Windows>),
    /// A result came.
    Observation(Observed),
    /// Nothing but time passed.
    Tick,
}

/// A result, and for how long it proves something.
#[derive(Debug, Clone)]
pub struct Observed {
    /// The result.
    pub observation: Arc<Observation>,
    /// From that instant on, by the hub's clock, it proves nothing any more.
    pub stale_at: Timestamp,
}

/// What an input led to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// The changes of state, in the order of time; those of one instant by component.
    pub transitions: Vec<Transition>,
    /// What became of the observation; absent for the other inputs.
    pub reception: Option<Reception>,
}

/// What became of an observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reception {
    /// It is the newest of its probe and location, and was counted.
    Judged,
    /// It is the newest one once more: nothing changed.
    Duplicate,
    /// A newer one of the same probe and location was counted before: nothing changed.
    OldNews,
    /// Nobody watches such a probe: nothing changed.
    UnknownProbe,
}

/// A component changed its state; or a minority of the locations says down while it stays degraded, or no longer does.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// Which one.
    pub component: ComponentId,
    /// When: the arrival of the result that settled it, or the exact instant at which a proof ran out or a window of maintenance
    /// began or ended.
    pub at: Timestamp,
    /// What it was.
    pub from: Status,
    /// Since when it was that: together with `at`, what a history spends.
    pub from_since: Timestamp,
    /// What it is: the same as before where only the minority that says down came or went.
    pub to: Status,
    /// Why it is not operational, where a failure says it.
    pub reason: Option<Reason>,
    /// When that began, and where it was met.
    pub onset: Option<Onset>,
}

impl Transition {
    /// Whether some location says down and no majority does: it is degraded, and known to fail somewhere.
    pub fn is_disputed(&self) -> bool {
        let failure = self.reason.as_ref().is_some_and(|reason| reason.verdict == Verdict::Fail);
        self.to == Status::DegradedPerformance && failure
    }
}

#[derive(Debug, Clone)]
struct Tracked {
    state: ComponentState,
    /// Its entry in [`Engine::due`].
    due: Option<Timestamp>,
}

impl Engine {
    /// An engine that watches nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// An engine that goes on where another one stopped. The next [`Input::Roster`] retires what is no longer watched.
    pub fn restore(states: impl IntoIterator<Item = ComponentState>) -> Self {
        let mut engine = Self::new();
        for state in states {
            let id = state.component.clone();
            engine.components.insert(id.clone(), Tracked { state, due: None });
            engine.reschedule(&id);
        }
        engine
    }

    /// Takes one input at the instant `now` of the hub's clock, which may jump.
    ///
    /// Time passes first: proofs that ran out between the last input and `now` are reported at the instants when they did. After
    /// a jump backwards, proofs last as long from `now` on as they did from their arrival.
    pub fn step(&mut self, input: Input, now: Timestamp) -> Outcome {
        let mut outcome = Outcome::default();
        self.pass_time(now, &mut outcome.transitions);
        match input {
            Input::Roster(roster) => self.enrol(&roster, now, &mut outcome.transitions),
            Input::Windows(windows) => self.maintain(windows, now, &mut outcome.transitions),
            Input::Observation(observed) => {
                outcome.reception = Some(self.hear(observed, now, &mut outcome.transitions));
            }
            Input::Tick => {}
        }
        outcome
    }

    /// All that is believed of a component, for the store. It changes with each [`Reception::Judged`] of the component and with
    /// each of its transitions.
    pub fn state(&self, component: &ComponentId) -> Option<&ComponentState> {
        self.components.get(component).map(|tracked| &tracked.state)
    }

    /// All states, by component.
    pub fn states(&self) -> impl Iterator<Item = &ComponentState> {
        self.components.values().map(|tracked| &tracked.state)
    }

    /// What the snapshot needs of a component.
    pub fn view(&self, component: &ComponentId) -> Option<Judgement> {
        self.state(component).map(Judgement::of)
    }

    /// What was last counted of a probe at a location.
    pub fn place(&self, component: &ComponentId, probe: &ProbeName, location: &LocationName) -> Option<&PlaceState> {
        self.state(component)?.probes.get(probe)?.places.get(location)
    }

    /// When silence or a maintenance window will next change something: a tick is due then.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.due.first().map(|(at, _)| *at)
    }

    fn pass_time(&mut self, now: Timestamp, transitions: &mut Vec<Transition>) {
        if self.clock.is_none_or(|clock| now < clock) {
            self.turn_back(now);
        }
        self.clock = Some(now);
        while let Some((at, id)) = self.due.first().filter(|(at, _)| *at <= now).cloned() {
            self.due.remove(&(at, id.clone()));
            if let Some(tracked) = self.components.get_mut(&id) {
                tracked.due = None;
                tracked.state.expire(at);
                transitions.extend(tracked.state.settle(at));
            }
            self.reschedule(&id);
        }
    }

    /// The clock shows less than before, or this engine has just been restored and cannot know.
    fn turn_back(&mut self, now: Timestamp) {
        let ids: Vec<_> = self.components.keys().cloned().collect();
        for id in ids {
            if let Some(tracked) = self.components.get_mut(&id) {
                tracked.state.turn_back(now);
            }
            self.reschedule(&id);
        }
    }

    fn enrol(&mut self, roster: &Roster, now: Timestamp, transitions: &mut Vec<Transition>) {
        let gone: Vec<_> = self.components.keys().filter(|id| !roster.components.contains_key(*id)).cloned().collect();
        for id in gone {
            if let Some(Tracked { due: Some(due), .. }) = self.components.remove(&id) {
                self.due.remove(&(due, id));
            }
        }
        for (id, component) in &roster.components {
            let tracked = self.components.entry(id.clone()).or_insert_with(|| {
                let mut state = ComponentState::new(id.clone(), now);
                state.maintain(self.windows.of(id));
                Tracked { state, due: None }
            });
            tracked.state.enrol(component);
            transitions.extend(tracked.state.settle(now));
            self.reschedule(id);
        }
    }

    fn maintain(&mut self, windows: Arc<Windows>, now: Timestamp, transitions: &mut Vec<Transition>) {
        self.windows = Arc::clone(&windows);
        let ids: Vec<_> = self.components.keys().cloned().collect();
        for id in ids {
            if let Some(tracked) = self.components.get_mut(&id) {
                tracked.state.maintain(windows.of(&id));
                transitions.extend(tracked.state.settle(now));
            }
            self.reschedule(&id);
        }
    }

    fn hear(&mut self, observed: Observed, now: Timestamp, transitions: &mut Vec<Transition>) -> Reception {
        let id = observed.observation.probe.component.clone();
        let Some(tracked) = self.components.get_mut(&id) else { return Reception::UnknownProbe };
        let reception = tracked.state.hear(observed, now);
        if reception == Reception::Judged {
            transitions.extend(tracked.state.settle(now));
            self.reschedule(&id);
        }
        reception
    }

    fn reschedule(&mut self, id: &ComponentId) {
        let Some(tracked) = self.components.get_mut(id) else { return };
        let next = tracked.state.next_due();
        if next == tracked.due {
            return;
        }
        if let Some(before) = tracked.due.take() {
            self.due.remove(&(before, id.clone()));
        }
        tracked.due = next;
        self.due.extend(next.map(|at| (at, id.clone())));
    }
}
