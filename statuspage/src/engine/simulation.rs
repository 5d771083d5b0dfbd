//! Random histories thrown at the engine, and the promises that it keeps in all of them.

use proptest::prelude::*;
use shared::{ProbeId, Verdict};

use super::{
    tests::{at, observation, roster},
    *,
};

/// How long every result proves something, from its arrival.
const PROOF: Duration = Duration::from_secs(90);
const PROBES: [&str; 3] = ["cloud/login", "cloud/files", "wiki/home"];
const LOCATIONS: [&str; 3] = ["lyon", "brest", "nancy"];

/// One thing that happens, and how many milliseconds after the one before.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    after: i64,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    /// A result that was on its way for so many milliseconds.
    Result { probe: usize, location: usize, delay: i64, verdict: Verdict },
    /// The result that came so many results ago comes once more.
    Again(usize),
    /// The definitions are loaded again: with so many of the probes.
    Reload(usize),
    /// The component of a probe is to be under maintenance from so many milliseconds ahead on, for so many.
    Maintain { probe: usize, ahead: i64, length: i64 },
    /// The maintenance that was planned last is over now, or will never be.
    Release,
}

pub(crate) fn events(locations: usize, length: usize) -> impl Strategy<Value = Vec<Event>> {
    let verdict = prop_oneof![4 => Just(Verdict::Pass), 4 => Just(Verdict::Fail), 2 => Just(Verdict::Warn), 1 => Just(Verdict::Unknown)];
    let delay = prop_oneof![8 => 0..50_i64, 1 => 0..200_000_i64];
    let result = (0..PROBES.len(), 0..locations, delay, verdict)
        .prop_map(|(probe, location, delay, verdict)| What::Result { probe, location, delay, verdict });
    let maintain = (0..PROBES.len(), 0..100_000_i64, 1..200_000_i64)
        .prop_map(|(probe, ahead, length)| What::Maintain { probe, ahead, length });
    let again = (0..5_usize).prop_map(What::Again);
    let reload = (1..=PROBES.len()).prop_map(What::Reload);
    let what = prop_oneof![24 => result, 4 => again, 2 => reload, 2 => maintain, 1 => Just(What::Release)];
    let after = prop_oneof![9 => 1..20_000_i64, 1 => 0..400_000_i64];
    prop::collection::vec((after, what).prop_map(|(after, what)| Event { after, what }), 1..length)
}

/// Turns events into inputs with their instants.
pub(crate) fn inputs(events: &[Event]) -> Vec<(Timestamp, Input)> {
    let mut now = at(0);
    let mut results: Vec<Arc<Observation>> = Vec::new();
    let mut planned: Vec<(ComponentId, Window)> = Vec::new();
    let mut inputs = vec![(now, roster(&PROBES))];
    for event in events {
        now = now.plus(Duration::from_millis(event.after.unsigned_abs()));
        let observation = match event.what {
            What::Reload(probes) => {
                inputs.push((now, roster(&PROBES[..probes])));
                inputs.push((now, windows(&planned)));
                continue;
            }
            What::Maintain { probe, ahead, length } => {
                let from = now.plus(Duration::from_millis(ahead.unsigned_abs()));
                let until = from.plus(Duration::from_millis(length.unsigned_abs()));
                planned.push((component(PROBES[probe]), Window { from, until }));
                inputs.push((now, windows(&planned)));
                continue;
            }
            What::Release => {
                if let Some((_, window)) = planned.last_mut() {
                    window.until = window.until.min(now);
                }
                inputs.push((now, windows(&planned)));
                continue;
            }
            What::Again(ago) => match results.iter().rev().nth(ago) {
                Some(result) => Arc::clone(result),
                None => continue,
            },
            What::Result { probe, location, delay, verdict } => {
                let start = now.minus(Duration::from_millis(delay.unsigned_abs()));
                Arc::new(observation(PROBES[probe], LOCATIONS[location], start, verdict))
            }
        };
        results.push(Arc::clone(&observation));
        inputs.push((now, Input::Observation(Observed { observation, stale_at: now.plus(PROOF) })));
    }
    inputs
}

fn windows(planned: &[(ComponentId, Window)]) -> Input {
    Input::Windows(Arc::new(planned.iter().cloned().collect()))
}

fn component(probe: &str) -> ComponentId {
    probe.parse::<ProbeId>().expect("an id").component
}

/// All components and probes of a simulation.
pub(crate) fn whole_roster() -> Input {
    roster(&PROBES)
}

fn run(engine: &mut Engine, inputs: &[(Timestamp, Input)]) -> Vec<Transition> {
    inputs.iter().flat_map(|(now, input)| engine.step(input.clone(), *now).transitions).collect()
}

fn states(engine: &Engine) -> Vec<ComponentState> {
    engine.states().cloned().collect()
}

fn restart(engine: &Engine) -> Engine {
    let read = |state: &ComponentState| ComponentState::from_bytes(&state.to_bytes()).expect("our own bytes");
    Engine::restore(engine.states().map(read))
}

/// What a row of verdicts means, counted again by hand: down after three failures, up after two successes.
#[derive(Debug, Clone, Copy, Default)]
struct Model {
    failures: u32,
    successes: u32,
    down: bool,
}

impl Model {
    fn count(&mut self, verdict: Verdict) {
        (self.failures, self.successes) = match verdict {
            Verdict::Fail => (self.failures + 1, 0),
            Verdict::Pass | Verdict::Warn => (0, self.successes + 1),
            Verdict::Unknown => (self.failures, self.successes),
        };
        self.down = self.failures >= 3 || (self.down && self.successes < 2);
    }
}

pub(crate) fn result_in(input: &Input) -> Option<Observed> {
    match input {
        Input::Observation(observed) => Some(observed.clone()),
        Input::Roster(_) | Input::Windows(_) | Input::Tick => None,
    }
}

proptest! {
    #[test]
    fn ticks_in_between_change_nothing(events in events(3, 60), ticks in prop::collection::vec(0..1_500_000_i64, 0..40)) {
        let inputs = inputs(&events);
        let mut sprinkled: Vec<_> = inputs.clone();
        let end = inputs.last().expect("the roster").0;
        sprinkled.extend(
            ticks.iter().map(|millis| (at(0).plus(Duration::from_millis(millis.unsigned_abs())).min(end), Input::Tick)),
        );
        sprinkled.sort_by_key(|(now, _)| *now);
        let (mut plain, mut ticked) = (Engine::new(), Engine::new());
        prop_assert_eq!(run(&mut plain, &inputs), run(&mut ticked, &sprinkled));
        prop_assert_eq!(states(&plain), states(&ticked));
    }

    #[test]
    fn a_restart_at_any_moment_changes_nothing(events in events(3, 60), cut in any::<prop::sample::Index>()) {
        let inputs = inputs(&events);
        let (before, after) = inputs.split_at(cut.index(inputs.len()));
        let mut live = Engine::new();
        let expected = run(&mut live, &inputs);
        let mut first = Engine::new();
        let mut transitions = run(&mut first, before);
        let mut second = restart(&first);
        transitions.extend(run(&mut second, after));
        prop_assert_eq!(transitions, expected);
        prop_assert_eq!(states(&second), states(&live));
    }

    #[test]
    fn an_outage_rests_on_rows_of_failures_at_every_location_it_names(events in events(3, 80)) {
        let (mut engine, mut models) = (Engine::new(), BTreeMap::<_, Model>::new());
        for (now, input) in inputs(&events) {
            let heard = result_in(&input);
            if let Input::Roster(roster) = &input {
                models.retain(|(probe, _): &(ProbeId, LocationName), _| {
                    roster.components.get(&probe.component).is_some_and(|component| component.probes.contains_key(&probe.name))
                });
            }
            let outcome = engine.step(input, now);
            if let (Some(Reception::Judged), Some(Observed { observation, .. })) = (outcome.reception, heard) {
                let place = (observation.probe.clone(), observation.location.clone());
                models.entry(place).or_default().count(observation.verdict);
            }
            for transition in outcome.transitions.iter().filter(|transition| transition.at == now) {
                let outage = matches!(transition.to, Status::PartialOutage | Status::MajorOutage);
                for location in transition.reason.iter().filter(|_| outage).flat_map(|reason| &reason.locations) {
                    let name = transition.reason.as_ref().expect("it names locations").probe.clone();
                    let probe = ProbeId { component: transition.component.clone(), name };
                    prop_assert!(models.get(&(probe, location.clone())).is_some_and(|model| model.down), "{transition:?}");
                }
                prop_assert!(!outage || transition.reason.is_some());
            }
        }
    }

    #[test]
    fn at_one_location_an_outage_is_declared_with_the_third_failure_and_never_by_our_own_fault(
        verdicts in prop::collection::vec((0..4_usize, 1..85_000_u64), 1..60),
    ) {
        let mut engine = Engine::new();
        engine.step(roster(&["cloud/login"]), at(0));
        let (mut now, mut model) = (at(0), Model::default());
        for (verdict, after) in verdicts {
            now = now.plus(Duration::from_millis(after));
            let verdict = Verdict::ALL[verdict];
            model.count(verdict);
            let observation = Arc::new(observation("cloud/login", "lyon", now, verdict));
            engine.step(Input::Observation(Observed { observation, stale_at: now.plus(PROOF) }), now);
            let status = engine.view(&"cloud".parse().expect("an id")).expect("it is watched").status;
            match (model.down, verdict) {
                (_, Verdict::Unknown) => prop_assert_eq!(status, Status::Unknown),
                (true, Verdict::Fail) => prop_assert_eq!(status, Status::MajorOutage),
                (true, _) => prop_assert!(matches!(status, Status::MajorOutage | Status::Unknown)),
                (false, Verdict::Fail) => prop_assert!(status.severity() < Status::PartialOutage.severity()),
                (false, _) => prop_assert!(matches!(status, Status::Operational | Status::DegradedPerformance)),
            }
        }
    }

    #[test]
    fn green_never_outlives_its_proof_and_silence_is_dated_by_its_end(events in events(1, 40)) {
        let (mut engine, mut proofs) = (Engine::new(), BTreeMap::<ProbeId, Timestamp>::new());
        for (now, input) in inputs(&events).into_iter().filter(|(_, input)| !matches!(input, Input::Windows(_))) {
            let heard = result_in(&input);
            let outcome = engine.step(input, now);
            for transition in outcome.transitions.iter().filter(|transition| transition.at < now) {
                let mut ends = proofs.iter().filter(|(probe, _)| probe.component == transition.component);
                prop_assert!(ends.any(|(_, end)| *end == transition.at), "{transition:?} without silence");
            }
            if let (Some(Reception::Judged), Some(Observed { observation, stale_at })) = (outcome.reception, heard) {
                proofs.insert(observation.probe.clone(), stale_at);
            }
            for state in engine.states().filter(|state| state.status == Status::Operational) {
                for name in state.probes.keys().cloned() {
                    let probe = ProbeId { component: state.component.clone(), name };
                    prop_assert!(proofs.get(&probe).is_some_and(|end| now < *end), "{probe} is green without proof");
                }
            }
        }
    }

    #[test]
    fn maintenance_shows_exactly_inside_of_its_windows_and_disturbs_no_measurement(events in events(3, 80)) {
        let (mut engine, mut plain) = (Engine::new(), Engine::new());
        let (mut present, mut edges) = (Arc::<Windows>::default(), BTreeSet::new());
        for (now, input) in inputs(&events) {
            if let Input::Windows(windows) = &input {
                present = Arc::clone(windows);
                let all = PROBES.iter().flat_map(|probe| present.of(&component(probe)).to_vec());
                edges.extend(all.flat_map(|window| [window.from, window.until]));
                plain.step(Input::Tick, now);
            } else {
                plain.step(input.clone(), now);
            }
            let instants = engine.step(input, now).transitions;
            for Transition { at, from, to, .. } in instants {
                let edge = [from, to].contains(&Status::UnderMaintenance);
                prop_assert!(!edge || at == now || edges.contains(&at), "{from} to {to} at {at}");
            }
            for state in engine.states() {
                let measured = plain.view(&state.component).expect("both watch it").status;
                let inside = present.of(&state.component).iter().any(|window| window.contains(now));
                let expected = if inside { Status::UnderMaintenance } else { measured };
                prop_assert_eq!((state.measured(), state.status), (measured, expected));
                let reason = engine.view(&state.component).and_then(|judgement| judgement.reason);
                prop_assert_eq!(reason.is_some(), plain.view(&state.component).expect("the same").reason.is_some());
            }
        }
    }

    #[test]
    fn no_clock_makes_it_panic(events in events(3, 40), jumps in prop::collection::vec(any::<i64>(), 40)) {
        let mut engine = Engine::new();
        for ((now, input), jump) in inputs(&events).into_iter().zip(jumps) {
            let now = if jump % 3 == 0 { Timestamp::from_millis(jump) } else { now };
            engine.step(input, now);
            for state in engine.states() {
                engine.view(&state.component);
            }
        }
    }
}
