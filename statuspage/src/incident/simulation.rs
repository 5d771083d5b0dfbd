//! Random days thrown at the engine and the book together: what was injected is known, so what they find can be held against it.
//!
//! `BELFRY_TEST_SCALE` multiplies the number of days.

use std::{collections::BTreeSet, fmt, sync::Arc, time::Duration};

use shared::{
    ComponentId, Failure, FailureKind, HttpFacts, HttpVersion, Observation, Text, Thresholds, Timestamp, Timings,
    Verdict,
};

use super::{Book, Incident, Landmark, Landscape, News, Rules};
use crate::engine::{ComponentState, Engine, Input, Observed, Roster, RosterComponent};

const LOCATIONS: [&str; 3] = ["brest", "lyon", "nancy"];
/// Component, the seconds between its probes, what it depends on; the first three are behind one address.
const COMPONENTS: [(&str, i64, &str); 8] = [
    ("a1", 30, ""),
    ("a2", 60, ""),
    ("a3", 300, ""),
    ("cluster", 60, ""),
    ("d1", 60, "cluster"),
    ("d2", 300, "d1"),
    ("s1", 60, ""),
    ("s2", 30, ""),
];
/// A slot of the day holds one fault, and is long enough for its incident to end.
const SLOT: i64 = 2 * 3_600;
const SLOTS: i64 = 4;
/// The longest time on the way.
const LATEST: i64 = 40;

/// Throws dice, the same ones for the same day.
struct Dice(u64);

impl Dice {
    /// A number below `sides` (splitmix64).
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides.unsigned_abs()).cast_signed()
    }
}

/// What goes wrong in a slot of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// One component fails.
    Single,
    /// All behind one address do.
    Address,
    /// One, and all that depend on it.
    Dependency,
    /// One comes and goes.
    Flapping,
    /// One fails for one location only.
    Minority,
    /// One location sees nothing.
    Blind,
    /// All of them see nothing.
    AllBlind,
}

#[derive(Debug, Clone)]
struct Fault {
    what: What,
    components: Vec<&'static str>,
    from: i64,
    to: i64,
}

impl Fault {
    fn random(slot: i64, dice: &mut Dice) -> Self {
        let kinds = [
            What::Single,
            What::Address,
            What::Dependency,
            What::Flapping,
            What::Minority,
            What::Blind,
            What::AllBlind,
        ];
        let what = kinds[usize::try_from(dice.roll(7)).expect("small")];
        let single = ["s1", "s2", "d2", "a1"][usize::try_from(dice.roll(4)).expect("small")];
        let components = match what {
            What::Single | What::Minority => vec![single],
            What::Flapping => vec!["s2"],
            What::Address => vec!["a1", "a2", "a3"],
            What::Dependency => vec!["cluster", "d1", "d2"],
            What::Blind | What::AllBlind => vec![],
        };
        // Long enough for the slowest probe, with a result lost on its way.
        let from = slot * SLOT + 900 + dice.roll(900);
        Self { what, components, from, to: from + 1_300 + dice.roll(900) }
    }

    fn is_outage(&self) -> bool {
        match self.what {
            What::Single | What::Address | What::Dependency | What::Flapping => true,
            What::Minority | What::Blind | What::AllBlind => false,
        }
    }

    /// What a location sees of a component.
    fn verdict(&self, component: &str, location: usize, at: i64) -> Verdict {
        let touched = (self.from..self.to).contains(&at) && self.components.contains(&component);
        match self.what {
            What::Blind if (self.from..self.to).contains(&at) && location == 0 => Verdict::Unknown,
            What::AllBlind if (self.from..self.to).contains(&at) => Verdict::Unknown,
            What::Flapping if touched && (at - self.from) / 100 % 2 == 1 => Verdict::Pass,
            What::Minority if touched && location != 1 => Verdict::Pass,
            _ if touched => Verdict::Fail,
            _ => Verdict::Pass,
        }
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + second * 1_000)
}

fn observation(component: &str, location: usize, second: i64, verdict: Verdict, fault: &Fault) -> Observation {
    let behind = fault.what == What::Address;
    let status = 500 + u16::try_from(component.len()).expect("short") + u16::from(component.as_bytes()[0]);
    let failure = match verdict {
        Verdict::Pass | Verdict::Warn => None,
        Verdict::Fail if behind => Some(Failure::new(FailureKind::ConnectTimeout, "no connection")),
        Verdict::Fail => Some(Failure::new(FailureKind::HttpStatus, "broken")),
        Verdict::Unknown => Some(Failure::new(FailureKind::ProberFault, "no network")),
    };
    let http = (verdict == Verdict::Fail && !behind).then_some(HttpFacts {
        status,
        version: HttpVersion::Http11,
        redirects: vec![],
    });
    Observation {
        probe: format!("{component}/http").parse().expect("an id"),
        location: LOCATIONS[location].parse().expect("a name"),
        started_at: at(second),
        verdict,
        failure,
        timings: Timings::default(),
        duration: Duration::from_millis(20),
        http,
        certificate_expires_at: None,
        confirmation: false,
        address: behind.then_some([192, 0, 2, 10].into()),
    }
}

/// A day: its faults, and every result with the second at which it comes.
struct Day {
    faults: Vec<Fault>,
    results: Vec<(i64, i64, Arc<Observation>)>,
    restarts: BTreeSet<usize>,
    /// From that result on the hub's clock is behind by so many seconds.
    jump: (usize, i64),
}

#[derive(Debug, Default, Clone, Copy)]
struct Injected {
    outages: u64,
    minorities: u64,
    blind: u64,
    results: u64,
    lost: u64,
    doubled: u64,
    late: u64,
    restarts: u64,
    jumps: u64,
    incidents: u64,
}

impl fmt::Display for Injected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { outages, minorities, blind, results, lost, doubled, late, restarts, jumps, incidents } = self;
        write!(
            f,
            "injected: {outages} outages, {minorities} seen by one location only, {blind} times blind locations; "
        )?;
        write!(
            f,
            "{results} results, {lost} lost, {doubled} doubled, {late} late; {restarts} restarts, {jumps} clock jumps; "
        )?;
        write!(f, "found: {incidents} incidents")
    }
}

impl Day {
    fn random(seed: u64, count: &mut Injected) -> Self {
        let dice = &mut Dice(seed);
        let faults: Vec<_> = (0..SLOTS).map(|slot| Fault::random(slot, dice)).collect();
        let mut results = Vec::new();
        for (component, every, _) in COMPONENTS {
            for location in 0..LOCATIONS.len() {
                let (mut second, mut before) = (dice.roll(every), Verdict::Pass);
                let mut lost_before = false;
                while second < SLOTS * SLOT {
                    let fault = &faults[usize::try_from(second / SLOT).expect("small")];
                    let verdict = fault.verdict(component, location, second);
                    // What changed is confirmed at once.
                    let times = if verdict == before { 1 } else { 3 };
                    let lost = !lost_before && dice.roll(20) == 0;
                    for again in 0..times {
                        let start = second + again;
                        let delay = if dice.roll(15) == 0 { dice.roll(LATEST) } else { 0 };
                        let result = Arc::new(observation(component, location, start, verdict, fault));
                        count.results += 1;
                        count.late += u64::from(delay > 0);
                        count.lost += u64::from(lost);
                        if !lost {
                            results.push((start + delay, every, Arc::clone(&result)));
                        }
                        if dice.roll(20) == 0 && !lost {
                            count.doubled += 1;
                            results.push((start + delay + dice.roll(LATEST), every, result));
                        }
                    }
                    // The prober goes on confirming what has not arrived only by its schedule.
                    (before, lost_before) = (verdict, lost);
                    second += every;
                }
            }
        }
        results.sort_by_key(|(arrival, _, _)| *arrival);
        let restarts: BTreeSet<_> =
            (0..dice.roll(4)).map(|_| usize::try_from(dice.roll(results.len() as i64)).expect("small")).collect();
        let jump = if dice.roll(3) == 0 { (results.len() / 2, dice.roll(60)) } else { (usize::MAX, 0) };
        count.restarts += restarts.len() as u64;
        count.jumps += u64::from(jump.1 > 0);
        Self { faults, results, restarts, jump }
    }

    /// Lives through the day; gives what is remembered of it.
    fn live(&self, restarts: &BTreeSet<usize>) -> (Vec<Arc<Incident>>, Vec<News>) {
        let mut engine = Engine::new();
        engine.step(Input::Roster(Arc::new(roster())), at(0));
        let (mut book, mut news) = (Book::new(Rules::default()), Vec::new());
        news.extend(book.arrange(landscape(), at(0)));
        for (number, (arrival, every, result)) in self.results.iter().enumerate() {
            let (from, behind) = self.jump;
            let now = if number >= from { at(arrival - behind) } else { at(*arrival) };
            let stale_at = now.plus(Duration::from_secs((every * 3 + 10).unsigned_abs()));
            let observed = Observed { observation: Arc::clone(result), stale_at };
            let transitions = engine.step(Input::Observation(observed), now).transitions;
            news.extend(book.hear(&transitions, now));
            if restarts.contains(&number) {
                let states =
                    engine.states().map(|state| ComponentState::from_bytes(&state.to_bytes()).expect("our own"));
                engine = Engine::restore(states.collect::<Vec<_>>());
                engine.step(Input::Roster(Arc::new(roster())), now);
                book.mark_changed();
                let records = book.take_all_changes(now);
                let records = records.iter().filter_map(|(id, body)| Some((id, body.as_deref()?)));
                book = Book::read(Rules::default(), records);
                news.extend(book.arrange(landscape(), now));
                // As the hub does at its start: the present states, as if they had just been entered.
                let present: Vec<_> = engine.states().map(ComponentState::as_transition).collect();
                news.extend(book.hear(&present, now));
            }
        }
        let mut incidents = book.incidents();
        incidents.reverse();
        (incidents, news)
    }
}

fn roster() -> Roster {
    let component = || RosterComponent { probes: [("http".parse().expect("a name"), Thresholds::default())].into() };
    Roster { components: COMPONENTS.iter().map(|(id, _, _)| (id.parse().expect("an id"), component())).collect() }
}

fn landscape() -> Landscape {
    let landmark = |depends_on: &str| Landmark {
        name: Text::from("x"),
        group: None,
        depends_on: depends_on.parse().into_iter().collect(),
        formerly: vec![],
    };
    COMPONENTS.iter().map(|(id, _, on)| (id.parse().expect("an id"), landmark(on))).collect()
}

/// Holds what was found of a day against what was injected.
fn judge(seed: u64, day: &Day, incidents: &[Arc<Incident>]) {
    let outages: Vec<_> = day.faults.iter().filter(|fault| fault.is_outage()).collect();
    let found: Vec<_> = incidents
        .iter()
        .map(|incident| (incident.times.started_at, incident.components.keys().collect::<Vec<_>>()))
        .collect();
    assert_eq!(incidents.len(), outages.len(), "day {seed}: {:#?}\nfound {found:#?}", day.faults);
    for (incident, fault) in incidents.iter().zip(outages) {
        let slowest = COMPONENTS.iter().filter(|(id, _, _)| fault.components.contains(id)).map(|(_, every, _)| *every);
        let quickest = slowest.clone().min().expect("it touches something");
        // Two of three locations must say so, and each may have lost one result: what it lost, it confirms with its next ones.
        let limit = at(fault.from + quickest * 5 + LATEST + 10);
        let times = &incident.times;
        assert!(times.started_at >= at(fault.from), "day {seed}: {fault:?} {times:?}");
        assert!(times.detected_at <= limit, "day {seed}: {fault:?} {times:?}");
        assert!(times.resolved_at.is_some(), "day {seed}: {fault:?} is not over: {incident:#?}");
        let touched: BTreeSet<ComponentId> = fault.components.iter().map(|id| id.parse().expect("an id")).collect();
        let named: BTreeSet<_> = incident.components.keys().cloned().collect();
        assert!(named.is_subset(&touched), "day {seed}: {fault:?} {named:?}");
        assert!(fault.what == What::Flapping || named == touched, "day {seed}: {fault:?} {named:?}");
    }
}

#[test]
fn random_days_are_told_as_they_were() {
    let scale: u64 = std::env::var("BELFRY_TEST_SCALE").ok().and_then(|scale| scale.parse().ok()).unwrap_or(1);
    let mut count = Injected::default();
    for seed in 0..30 * scale {
        let day = Day::random(seed, &mut count);
        let (incidents, news) = day.live(&day.restarts);
        judge(seed, &day, &incidents);
        assert_eq!(
            day.live(&BTreeSet::new()),
            (incidents.clone(), news.clone()),
            "day {seed}: a restart changed something"
        );
        assert!(news.len() <= incidents.len() * 3, "day {seed}: {news:#?}");
        count.incidents += incidents.len() as u64;
        for fault in &day.faults {
            match fault.what {
                What::Single | What::Address | What::Dependency | What::Flapping => count.outages += 1,
                What::Minority => count.minorities += 1,
                What::Blind | What::AllBlind => count.blind += 1,
            }
        }
    }
    println!("{count}");
}
