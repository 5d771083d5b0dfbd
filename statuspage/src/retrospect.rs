//! Judges results that were stored long ago once more, so that the roll-ups that were made of them can be made again. Pure.
//!
//! It drives the engine and the history as the hub does, and takes the end of each result for the moment at which it came. What no
//! result covers stays unknown. It does not know where results lie nor where roll-ups go.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::tz::TimeZone;
use prober::definition::{Definition, Schedule};
use shared::{ComponentId, Observation, ProbeName, Thresholds, Timestamp};

use crate::{
    engine::{ComponentState, Engine, Input, Observed, Outcome, Reception, Roster, RosterComponent},
    history::{History, Slot},
};

const HOUR: Duration = Duration::from_secs(3_600);
/// The default of definitions, for probes whose distance cannot be seen.
const EVERY: Duration = Duration::from_secs(30);
/// No default time-out is longer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How a probe is judged.
#[derive(Debug, Clone, PartialEq)]
struct Rule {
    schedule: Schedule,
    timeout: Duration,
    thresholds: Thresholds,
    is_defined: bool,
}

/// The rows of hours and days, by what they are about.
pub(crate) type Rows = BTreeMap<Slot, Box<[u8]>>;

/// One component that is looked at again, from some instant on.
#[derive(Debug)]
pub(crate) struct Retrospect {
    component: ComponentId,
    rules: BTreeMap<ProbeName, Rule>,
    roster: RosterComponent,
    engine: Engine,
    history: History,
    /// Up to here the accounts are complete.
    looked: Timestamp,
    /// What came later than that.
    waiting: Vec<Observation>,
    rows: Rows,
}

impl Retrospect {
    /// A component of which nothing is known before `from`. What is not defined any more is judged by the defaults, at the distance
    /// that its results have.
    pub(crate) fn new(
        component: ComponentId,
        definition: Option<&Definition>,
        zone: TimeZone,
        from: Timestamp,
    ) -> Self {
        let probes = definition.iter().flat_map(|definition| &definition.probes).map(|probe| {
            let (schedule, timeout, thresholds) = (probe.schedule.clone(), probe.timeout, probe.thresholds);
            (probe.id.name.clone(), Rule { schedule, timeout, thresholds, is_defined: true })
        });
        Self {
            component,
            rules: probes.collect(),
            roster: RosterComponent::default(),
            engine: Engine::new(),
            history: History::new(zone),
            looked: from,
            waiting: Vec::new(),
            rows: BTreeMap::new(),
        }
    }

    /// Takes results, and what they say until `until`, which is later than the last time; those that ended later wait.
    pub(crate) fn take(&mut self, results: Vec<Observation>, until: Timestamp) {
        let mut results = [std::mem::take(&mut self.waiting), results].concat();
        results.sort_by_key(Observation::ended_at);
        self.waiting = results.split_off(results.partition_point(|result| result.ended_at() < until));
        if let Some(first) = results.first() {
            let at = first.started_at.max(self.looked);
            self.look_until(at);
            self.enrol(&results, at);
        }
        for result in results {
            let now = result.ended_at();
            self.look_until(now);
            self.judge(Arc::new(result), now);
        }
        self.look_until(until);
        self.look(until);
    }

    /// The rows of all hours and days since the beginning, and what is believed in the end.
    pub(crate) fn finish(self) -> (Rows, Option<ComponentState>) {
        let state = self.engine.state(&self.component).cloned();
        (self.rows, state)
    }

    /// Watches the probes of these results, and those that are still defined; one that was given up is not waited for.
    fn enrol(&mut self, results: &[Observation], at: Timestamp) {
        self.roster.probes.retain(|name, _| self.rules.get(name).is_some_and(|rule| rule.is_defined));
        for result in results {
            let name = &result.probe.name;
            if !self.roster.probes.contains_key(name) {
                let rule = self.rules.entry(name.clone()).or_insert_with(|| Rule::guess(name, results));
                self.roster.probes.insert(name.clone(), rule.thresholds);
            }
        }
        self.history.watch(&self.component, at);
        let roster = Roster { components: BTreeMap::from([(self.component.clone(), self.roster.clone())]) };
        let outcome = self.engine.step(Input::Roster(Arc::new(roster)), at);
        self.account(&outcome);
    }

    fn judge(&mut self, observation: Arc<Observation>, now: Timestamp) {
        let rule = self.rules.get(&observation.probe.name);
        let stale_at = rule.map_or(now, |rule| rule.schedule.stale_at(now, rule.timeout));
        let outcome =
            self.engine.step(Input::Observation(Observed { observation: observation.clone(), stale_at }), now);
        match outcome.reception {
            Some(Reception::Judged) => drop(self.history.observe(&observation, now)),
            Some(Reception::Duplicate | Reception::OldNews | Reception::UnknownProbe) | None => {}
        }
        self.account(&outcome);
    }

    fn account(&mut self, outcome: &Outcome) {
        for transition in &outcome.transitions {
            self.history.spend(&transition.component, transition.from, transition.from_since, transition.at);
        }
    }

    /// Looks at the end of every hour: what is older is closed, and its row can be had no more.
    fn look_until(&mut self, until: Timestamp) {
        let hour = i64::try_from(HOUR.as_millis()).unwrap_or(i64::MAX);
        loop {
            let next = Timestamp::from_millis((self.looked.as_millis().div_euclid(hour) + 1) * hour);
            if next > until {
                return;
            }
            self.look(next);
        }
    }

    /// Brings the accounts up to `at` and takes the rows that changed.
    fn look(&mut self, at: Timestamp) {
        let outcome = self.engine.step(Input::Tick, at);
        self.account(&outcome);
        if let Some(state) = self.engine.state(&self.component) {
            self.history.spend(&self.component, state.status, state.since, at);
        }
        self.rows.extend(self.history.dirty_rows().into_iter().map(|row| (row.key.slot, row.bytes)));
        self.looked = at;
    }
}

impl Rule {
    /// At the distance that the results of a probe have in the middle, confirmations aside.
    fn guess(name: &ProbeName, results: &[Observation]) -> Self {
        let mut starts: BTreeMap<_, Vec<Timestamp>> = BTreeMap::new();
        for result in results.iter().filter(|result| result.probe.name == *name && !result.confirmation) {
            starts.entry(&result.location).or_default().push(result.started_at);
        }
        let mut distances = Vec::new();
        for starts in starts.values_mut() {
            starts.sort_unstable();
            distances.extend(starts.windows(2).map(|pair| pair[1].since(pair[0])));
        }
        distances.sort_unstable();
        let every = distances.get(distances.len() / 2).copied().unwrap_or(EVERY).max(Duration::from_secs(1));
        let (schedule, timeout) = (Schedule::Every(every), every.min(TIMEOUT));
        Self { schedule, timeout, thresholds: Thresholds::default(), is_defined: false }
    }
}
