//! The engine and the book live through a day as the hub lets them: what is due is let happen, what they say is written down, and
//! after a restart they are read from what was written.
//!
//! It does not know what is right.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use shared::{ComponentId, Health, IncidentId, Observation, Status, Timestamp};

use super::{
    day::{Day, Event},
    meddling::Meddling,
    orders::Demand,
    stage::{id, landscape, reach, roster, rules, stale_at},
};
use crate::{
    engine::{ComponentState, Engine, Input, Observed, Transition, Window, Windows},
    incident::{Actor, Book, Incident, News},
};

/// Beyond what the rules say, for the pace of events.
const SLACK: Duration = Duration::from_secs(30);

/// What became of a day.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Lived {
    /// The oldest first.
    pub(super) incidents: Vec<Arc<Incident>>,
    pub(super) news: Vec<News>,
    /// When the book first had an incident.
    pub(super) seen: BTreeMap<IncidentId, i64>,
    /// When components went down.
    pub(super) outages: Vec<(i64, ComponentId)>,
    /// How often what was judged again came to another state than what was judged first.
    pub(super) forks: Vec<i64>,
    /// When an order that had to be refused was carried out, or changed something although it was refused.
    pub(super) disobeyed: Vec<i64>,
    /// When a record's version went back.
    pub(super) backwards: Vec<i64>,
    pub(super) orders: Vec<Demand>,
    /// What was down for long and belonged to no open incident, and since when that was so.
    pub(super) abandoned: BTreeMap<ComponentId, i64>,
}

/// Whether the hub is killed when the day says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Restarts {
    AsTheyCome,
    Never,
}

pub(super) struct Life<'a> {
    day: &'a Day,
    restarts: Restarts,
    pub(super) meddling: Meddling,
    engine: Engine,
    book: Book,
    windows: Arc<Windows>,
    /// The states of the last checkpoint with its instant, and the results that were stored since, with the seconds between two.
    checkpoint: (Timestamp, Vec<Vec<u8>>),
    stored: Vec<(Arc<Observation>, i64)>,
    records: BTreeMap<IncidentId, Vec<u8>>,
    versions: BTreeMap<IncidentId, u64>,
    state: State,
    /// When components were last part of an open incident.
    accounted: BTreeMap<ComponentId, Timestamp>,
    lived: Lived,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    Away,
}

impl<'a> Life<'a> {
    pub(super) fn new(day: &'a Day, restarts: Restarts, meddling: Meddling) -> Self {
        let begin = day.shown(0);
        let (mut engine, mut book) = (Engine::new(), Book::new(meddling.rules()));
        engine.step(Input::Roster(roster()), begin);
        book.arrange(landscape(), begin);
        Self {
            day,
            restarts,
            meddling,
            engine,
            book,
            windows: Arc::default(),
            checkpoint: (begin, Vec::new()),
            stored: Vec::new(),
            records: BTreeMap::new(),
            versions: BTreeMap::new(),
            state: State::Running,
            accounted: BTreeMap::new(),
            lived: Lived::default(),
        }
    }

    pub(super) fn live(mut self) -> Lived {
        for (second, event) in &self.day.events {
            let now = self.day.shown(*second);
            if self.state == State::Running {
                self.wait(*second, now);
            }
            self.meet(*second, event, now);
            if self.state == State::Running {
                self.look_around(*second, now);
            }
        }
        self.lived.incidents = self.book.incidents();
        self.lived.incidents.reverse();
        self.meddling.tamper(&mut self.lived);
        self.lived
    }

    /// Lets happen what is due before `now`, at its time.
    fn wait(&mut self, second: i64, now: Timestamp) {
        while let Some(due) = self.engine.next_due().into_iter().chain(self.book.next_due()).min() {
            if due >= now {
                return;
            }
            let transitions = self.engine.step(Input::Tick, due).transitions;
            self.tell(second, &transitions, due);
        }
    }

    /// Whatever is down for longer than operators' words are believed belongs to an open incident.
    fn look_around(&mut self, second: i64, now: Timestamp) {
        let is_down = |state: &&ComponentState| matches!(state.status, Status::PartialOutage | Status::MajorOutage);
        let down: Vec<_> = self.engine.states().filter(is_down).map(|it| (it.component.clone(), it.since)).collect();
        if down.is_empty() {
            return;
        }
        let open = self.book.incidents().into_iter().filter(|incident| incident.stage.is_open());
        let known: BTreeSet<_> =
            open.flat_map(|it| it.failing().map(|(id, _)| id.clone()).collect::<Vec<_>>()).collect();
        for (component, since) in down {
            if known.contains(&component) {
                self.accounted.insert(component, now);
                continue;
            }
            let last = self.accounted.get(&component).map_or(since, |at| since.max((*at).min(now)));
            if now.since(last) > rules().reopen + SLACK {
                self.lived.abandoned.entry(component).or_insert(second);
            }
        }
    }

    fn meet(&mut self, second: i64, event: &Event, now: Timestamp) {
        match event {
            Event::Clock => {
                let transitions = self.engine.step(Input::Tick, now).transitions;
                self.tell(second, &transitions, now);
            }
            Event::Checkpoint => {
                let states = self.engine.states().map(ComponentState::to_bytes).collect();
                self.checkpoint = (now, states);
                self.stored.clear();
            }
            Event::Stop if self.restarts == Restarts::AsTheyCome => self.state = State::Away,
            Event::Start if self.restarts == Restarts::AsTheyCome => self.start(second, now),
            Event::Stop | Event::Start => {}
            Event::Plan(plan) => {
                let window = |(component, from, until): (&str, _, _)| (id(component), Window { from, until });
                let plan = plan.filter(|_| self.meddling != Meddling::NoMaintenance);
                self.windows = Arc::new(plan.map(window).into_iter().collect());
                self.step(second, Input::Windows(Arc::clone(&self.windows)), now);
            }
            Event::Result(result, every) => {
                let Some(observation) = self.meddling.result(result) else { return };
                if self.restarts == Restarts::AsTheyCome {
                    self.stored.push((Arc::clone(&observation), *every));
                }
                let observed = self.observed(observation, *every, now);
                self.step(second, Input::Observation(observed), now);
            }
            Event::Order(demand) => self.order(second, *demand, now),
        }
    }

    fn observed(&self, observation: Arc<Observation>, every: i64, now: Timestamp) -> Observed {
        let proof = if self.meddling == Meddling::LateIsFresh { now } else { observation.started_at };
        Observed { observation, stale_at: stale_at(proof, every, now) }
    }

    fn step(&mut self, second: i64, input: Input, now: Timestamp) {
        let transitions = self.engine.step(input, now).transitions;
        // What is due now is due, whether anything changed or not.
        if !transitions.is_empty() || self.book.next_due().is_some_and(|due| due <= now) {
            self.tell(second, &transitions, now);
        }
    }

    fn tell(&mut self, second: i64, transitions: &[Transition], now: Timestamp) {
        let is_outage = |it: &&Transition| matches!(it.to, Status::PartialOutage | Status::MajorOutage);
        self.lived.outages.extend(transitions.iter().filter(is_outage).map(|it| (second, it.component.clone())));
        let told: Vec<_> = transitions.iter().filter_map(|transition| self.meddling.transition(transition)).collect();
        let news = self.book.hear(&told, now);
        self.write(second, news, now);
    }

    /// What is said and what is known of it are written down together.
    fn write(&mut self, second: i64, news: Vec<News>, now: Timestamp) {
        for opened in &news {
            if let News::Opened(id) = opened {
                self.book.delivered(id, now);
            }
        }
        self.lived.news.extend(news);
        for (id, body) in self.book.take_changes(now) {
            self.lived.seen.entry(id.clone()).or_insert(second);
            let version = self.book.get(&id).map_or(0, |incident| incident.version);
            if self.versions.insert(id.clone(), version).is_some_and(|before| version < before) {
                self.lived.backwards.push(second);
            }
            if let Some(body) = body.filter(|_| self.meddling.writes(&self.records, &id)) {
                self.records.insert(id, body);
            }
        }
    }

    fn order(&mut self, second: i64, demand: Demand, now: Timestamp) {
        let news = self.book.tick(now);
        self.write(second, news, now);
        let Some(command) = demand.command(&self.book, now) else { return };
        let command = self.meddling.command(command);
        let before = self.book.incidents();
        let (refused, news) = match self.book.order(&Actor::Operator("ada".to_owned()), command, now) {
            Ok(done) => (false, done.news),
            Err(_) => (true, Vec::new()),
        };
        let changed = self.book.incidents() != before;
        if refused != (demand == Demand::Outdated) || (refused && changed) {
            self.lived.disobeyed.push(second);
        }
        self.lived.orders.push(demand);
        self.write(second, news, now);
    }

    /// As the hub starts: the checkpoint, what was stored since, the records, and the present states as if just entered.
    fn start(&mut self, second: i64, now: Timestamp) {
        self.state = State::Running;
        let mut again = self.judge_again();
        again.step(Input::Tick, now);
        let lost = self.engine.step(Input::Tick, now).transitions;
        if !self.engine.states().map(belief).eq(again.states().map(belief)) {
            self.lived.forks.push(second);
        }
        let is_outage = |it: &&Transition| matches!(it.to, Status::PartialOutage | Status::MajorOutage);
        self.lived.outages.extend(lost.iter().filter(is_outage).map(|it| (second, it.component.clone())));
        self.engine = again;
        self.book = Book::read(self.meddling.rules(), self.records.iter().map(|(id, body)| (id, body.as_slice())));
        let news = self.book.arrange(landscape(), now);
        self.write(second, news, now);
        let present: Vec<_> = self.engine.states().map(ComponentState::as_transition).collect();
        let news = self.book.hear(&present, now);
        self.write(second, news, now);
    }

    /// As the hub does it: what was stored since the checkpoint, in the order in which it was observed and at those instants, because
    /// when it came is not stored.
    fn judge_again(&self) -> Engine {
        let (begin, states) = &self.checkpoint;
        let mut again = Engine::restore(states.iter().map(|bytes| ComponentState::from_bytes(bytes).expect("our own")));
        again.step(Input::Roster(roster()), *begin);
        again.step(Input::Windows(Arc::clone(&self.windows)), *begin);
        let mut stored = self.stored.clone();
        stored.retain(|(observation, every)| observation.started_at >= begin.minus(reach(*every)));
        stored.sort_by_key(|(observation, _)| observation.ended_at());
        let gap = if self.meddling == Meddling::GapInReplay { stored.len() / 2 } else { usize::MAX };
        for (number, (observation, every)) in stored.into_iter().enumerate() {
            if number < gap {
                let at = observation.ended_at().max(*begin);
                again.step(Input::Observation(self.observed(observation, every, at)), at);
            }
        }
        again
    }
}

/// What is believed of a component: its state, and what each location says of it by which result.
fn belief(state: &ComponentState) -> (Status, Vec<(Health, Timestamp)>) {
    let places = state.probes.values().flat_map(|probe| probe.places.values());
    (state.status, places.map(|place| (place.health(), place.last().started_at)).collect())
}
