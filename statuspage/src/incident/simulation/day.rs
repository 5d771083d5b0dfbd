//! A random day: its faults, and everything that happens to the hub, in the order in which it does.
//!
//! It does not know what the hub makes of it.

use std::{collections::BTreeSet, sync::Arc};

use shared::{Observation, Timestamp, Verdict};

use super::{
    dice::Dice,
    fault::{Cause, Fault, What},
    orders::Demand,
    stage::{LATEST, Place, SLOT, SLOTS, at},
    tally::Tally,
};

/// By how many seconds clocks are set.
const JUMPS: [i64; 5] = [-3_600, -45, 45, 3_600, 86_400];
/// Nothing else disturbs a clock that jumps so shortly before or after.
const APART: i64 = 300;

/// Something that happens to the hub.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// Its clock is set.
    Clock,
    /// It writes down what it knows.
    Checkpoint,
    /// It is killed.
    Stop,
    /// It is started again.
    Start,
    /// From now on this is planned, by its clock.
    Plan(Option<(&'static str, Timestamp, Timestamp)>),
    /// A result comes, of a probe that runs every so many seconds.
    Result(Arc<Observation>, i64),
    /// An operator wants something.
    Order(Demand),
}

#[derive(Debug, Clone)]
pub(super) struct Day {
    pub(super) seed: u64,
    pub(super) faults: Vec<Fault>,
    /// By the second at which they happen.
    pub(super) events: Vec<(i64, Event)>,
    /// From when until when the hub is away.
    pub(super) away: Vec<(i64, i64)>,
    clock: Vec<(i64, i64)>,
}

impl Day {
    pub(super) fn random(seed: u64, tally: &mut Tally) -> Self {
        let dice = &mut Dice::new(seed);
        let faults: Vec<_> = (0..SLOTS).map(|slot| Fault::random(slot, dice)).collect();
        Self::of(seed, faults, dice, tally)
    }

    /// A day on which nothing but that goes wrong.
    pub(super) fn with(what: What, seed: u64) -> Self {
        let dice = &mut Dice::new(seed);
        let fault = |slot| std::iter::repeat_with(|| Fault::random(slot, dice)).find(|fault| fault.what == what);
        let faults = (0..SLOTS).filter_map(fault).collect();
        Self::of(seed, faults, &mut Dice::new(seed), &mut Tally::default())
    }

    fn of(seed: u64, faults: Vec<Fault>, dice: &mut Dice, tally: &mut Tally) -> Self {
        let clock = jumps(&faults, dice);
        let away = absences(&clock, dice);
        let mut day = Self { seed, faults, events: Vec::new(), away, clock };
        day.disturb(dice);
        for place in Place::all() {
            day.probe(&place, dice, tally);
        }
        day.events.sort_by_key(|(second, event)| (*second, event.rank()));
        tally.days += 1;
        tally.restarts += day.away.len() as u64;
        day.faults.iter().for_each(|fault| *tally.faults.entry(fault.what).or_default() += 1);
        day.jumps(0, SLOTS * SLOT).for_each(|jump| *tally.jumps.entry(jump).or_default() += 1);
        day
    }

    /// All that is really broken on that day.
    pub(super) fn causes(&self) -> Vec<Cause> {
        self.faults.iter().flat_map(Fault::causes).collect()
    }

    /// What the hub's clock shows.
    pub(super) fn shown(&self, second: i64) -> Timestamp {
        let ahead = self.clock.iter().rev().find(|(from, _)| *from <= second).map_or(0, |(_, ahead)| *ahead);
        at(second + ahead)
    }

    /// By how many seconds the clock is set in that time.
    pub(super) fn jumps(&self, from: i64, to: i64) -> impl Iterator<Item = i64> {
        let before = std::iter::once(0).chain(self.clock.iter().map(|(_, ahead)| *ahead));
        let jumps = self.clock.iter().zip(before).map(|((second, ahead), before)| (*second, ahead - before));
        jumps.filter(move |(second, _)| (from..to).contains(second)).map(|(_, jump)| jump)
    }

    fn fault(&self, second: i64) -> &Fault {
        &self.faults[usize::try_from(second / SLOT).expect("of the day")]
    }

    /// Clocks, restarts, plans and orders. An operator who meets a hub that is away comes again.
    fn disturb(&mut self, dice: &mut Dice) {
        self.events.extend(self.clock.iter().map(|(second, _)| (*second, Event::Clock)));
        for (from, to) in self.away.clone() {
            self.events.push((from - 1 - dice.roll(60), Event::Checkpoint));
            self.events.extend([(from, Event::Stop), (to, Event::Start)]);
        }
        for (number, fault) in self.faults.clone().iter().enumerate() {
            let start = SLOT * number as i64 + 10;
            let hub = |second| self.shown(start).plus(std::time::Duration::from_secs((second - start) as u64));
            let plan = fault.maintenance().map(|(component, from, to)| (component, hub(from), hub(to)));
            self.events.push((self.back(start), Event::Plan(plan)));
            for (second, demand) in Demand::random(fault, start, dice) {
                self.events.push((self.back(second), Event::Order(demand)));
            }
        }
    }

    /// When the hub is there again.
    fn back(&self, second: i64) -> i64 {
        self.away.iter().find(|(from, to)| (*from..*to).contains(&second)).map_or(second, |(_, to)| *to)
    }

    /// Whether the hub is away at the one instant and is back at the other one, by its clock.
    pub(super) fn postpones(&self, early: Timestamp, late: Timestamp) -> bool {
        let mut away = self.away.iter().map(|(from, to)| (self.shown(*from), self.shown(*to)));
        away.any(|(from, to)| from <= early && early < to && late == to)
    }

    /// Everything that one probe finds on that day.
    fn probe(&mut self, place: &Place, dice: &mut Dice, tally: &mut Tally) {
        let (mut second, mut before, mut lost_before) = (dice.roll(place.every), Verdict::Pass, false);
        let mut arrived = 0;
        while second < SLOTS * SLOT {
            let verdict = self.fault(second).verdict(place.component, place.location, second);
            // What changed is confirmed at once; what has not arrived is confirmed only by its schedule.
            let times = if verdict == before { 1 } else { 3 };
            let lost = !lost_before && dice.one_in(20);
            for again in 0..times {
                tally.results += 1;
                if lost {
                    tally.lost += 1;
                } else {
                    arrived = self.send(place, (second + again, arrived), verdict, dice, tally).unwrap_or(arrived);
                }
            }
            (before, lost_before) = (verdict, lost);
            second += place.every;
        }
    }

    /// A result travels, and never overtakes the one before it: a journal is sent in its order. Gives when it arrived. The hub puts
    /// right the clocks of others when their results come; beside it nothing travels, and its own clock is as it is.
    fn send(
        &mut self,
        place: &Place,
        (second, before): (i64, i64),
        verdict: Verdict,
        dice: &mut Dice,
        tally: &mut Tally,
    ) -> Option<i64> {
        let beside = place.location == 0;
        if beside && self.back(second) != second {
            tally.lost += 1;
            return None;
        }
        let (fault, delay) = (self.fault(second), if dice.one_in(15) { dice.roll(LATEST) } else { 0 });
        let held = fault.held_until(place.location, second);
        let arrival = if beside { second } else { self.back(held.unwrap_or(second + delay)).max(before) };
        tally.late += u64::from(arrival > second);
        let travelled = std::time::Duration::from_secs((arrival - second).unsigned_abs());
        let started_at = self.shown(arrival).minus(travelled);
        let result = place.result(started_at, verdict, fault.address());
        if dice.one_in(20) {
            tally.doubled += 1;
            let again = self.back(arrival + dice.roll(LATEST));
            self.events.push((again, Event::Result(Arc::clone(&result), place.every)));
        }
        self.events.push((arrival, Event::Result(result, place.every)));
        Some(arrival)
    }
}

impl Event {
    /// What comes first within a second; results that come together come in their order.
    fn rank(&self) -> (u8, Option<Timestamp>) {
        match self {
            Self::Clock => (0, None),
            Self::Checkpoint => (1, None),
            Self::Stop => (2, None),
            Self::Start => (3, None),
            Self::Plan(_) => (4, None),
            Self::Result(result, _) => (5, Some(result.started_at)),
            Self::Order(_) => (6, None),
        }
    }
}

/// When the clock is set, and how far it is ahead from then on: half of the time amid the beginning of a fault, and half of the time
/// put right later.
fn jumps(faults: &[Fault], dice: &mut Dice) -> Vec<(i64, i64)> {
    let mut jumps = Vec::new();
    let mut ahead = 0;
    for fault in faults.iter().filter(|fault| fault.what.stands_a_jump()) {
        let second = if dice.one_in(2) { fault.from + dice.roll(150) } else { fault.from - 600 + dice.roll(5_000) };
        let set = match (ahead, dice.roll(16)) {
            (0, 0 | 1) => dice.pick(&JUMPS),
            (0, _) => continue,
            (_, 0..8) => 0,
            (_, _) => continue,
        };
        ahead = set;
        jumps.push((second, ahead));
    }
    jumps
}

/// When the hub is away: for less than a round of its probes.
fn absences(clock: &[(i64, i64)], dice: &mut Dice) -> Vec<(i64, i64)> {
    let starts: BTreeSet<_> = (0..dice.roll(6)).map(|_| 100 + dice.roll(SLOTS * SLOT - 300)).collect();
    let mut away = Vec::<(i64, i64)>::new();
    for from in starts {
        let quiet = clock.iter().all(|(second, _)| (second - from).abs() > APART);
        if quiet && away.last().is_none_or(|(_, to)| to + APART < from) {
            away.push((from, from + 5 + dice.roll(45)));
        }
    }
    away
}
