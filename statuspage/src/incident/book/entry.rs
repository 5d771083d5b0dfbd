//! One incident with what the book must remember of it beside what readers see.
//!
//! It does not know other incidents.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use shared::{ComponentId, Impact, Stage, Status, Timestamp};

use super::{Rules, Trace};
use crate::incident::{Actor, Body, Change, Incident, Involvement, Lead, Update};

/// While an incident grows, that is said at most so often.
pub(super) const GROWTH: Duration = Duration::from_secs(30);
/// The first message waits at most so many times the time that it waits for further components.
const GATHERINGS: u32 = 5;
/// The longest quiet time, however often an incident came back, unless the rule itself is longer.
const LONGEST_QUIET: Duration = Duration::from_secs(1_800);

/// An incident and its memory.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) incident: Arc<Incident>,
    pub(super) memory: Memory,
    /// The components that do not work now; follows from the incident.
    pub(super) failing: BTreeSet<ComponentId>,
    /// When it was last written down; not yet since the start when absent.
    pub(super) written_at: Option<Timestamp>,
}

/// What the book remembers of an incident; the second half of its record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Memory {
    /// What was measured of each component.
    pub(super) traces: BTreeMap<ComponentId, Trace>,
    /// The state of each component as the last update had it.
    pub(super) said: BTreeMap<ComponentId, Status>,
    /// How many components there were when the beginning or growth was last said, and when.
    pub(super) said_components: usize,
    pub(super) said_at: Timestamp,
    /// More components or a greater impact since.
    pub(super) grows: bool,
    /// The first message is made then.
    pub(super) announce_at: Option<Timestamp>,
    /// What the last message had.
    pub(super) told: Option<Told>,
    /// When the message before the last one was made.
    pub(super) told_before: Option<Timestamp>,
    /// That everything works again has been said.
    pub(super) recovery_said: bool,
    /// Components of which nothing is known at present.
    pub(super) unknown: BTreeSet<ComponentId>,
    /// Components that work for most locations and are down for the others.
    pub(super) disputed: BTreeSet<ComponentId>,
    /// Since when every component is known to work everywhere.
    pub(super) well_since: Option<Timestamp>,
    /// The promise of a next update that operators have been reminded of.
    pub(super) reminded_of: Option<Timestamp>,
    /// An operator said what it is the return of, or that it is of none.
    pub(super) linked_by_hand: bool,
    /// Components that failed when operators closed it and are let be for a while.
    pub(super) condoned: BTreeSet<ComponentId>,
    /// Until then they are.
    pub(super) condoned_until: Option<Timestamp>,
}

/// What a message told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    pub(super) components: usize,
    pub(super) impact: Impact,
    /// When it was made.
    #[serde(default)]
    pub(super) at: Option<Timestamp>,
}

/// What time will bring to an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// The first message.
    Announcement,
    /// That it has grown.
    Growth,
    /// That everything works again.
    Recovery,
    /// Its end.
    End,
    /// The promise of an update.
    Promise,
    /// The end of the time for which failures are let be after operators closed it.
    Patience,
}

/// The form of a record.
#[derive(Serialize)]
struct Written<'a> {
    incident: &'a Incident,
    memory: &'a Memory,
}

#[derive(Deserialize)]
struct Read {
    incident: Incident,
    #[serde(default)]
    memory: Memory,
}

impl Entry {
    pub(super) fn new(incident: Incident, memory: Memory) -> Self {
        let failing = incident.failing().map(|(id, _)| id.clone()).collect();
        Self { incident: Arc::new(incident), memory, failing, written_at: None }
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes).map(|Read { incident, memory }| Self::new(incident, memory))
    }

    pub(super) fn write(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&Written { incident: &self.incident, memory: &self.memory })
    }

    pub(super) fn edit(&mut self) -> &mut Incident {
        Arc::make_mut(&mut self.incident)
    }

    pub(super) fn is_open(&self) -> bool {
        self.incident.stage.is_open()
    }

    /// The last instant at which something is known to have happened to it.
    pub(super) fn latest(&self) -> Timestamp {
        let Memory { said_at, well_since, .. } = self.memory;
        let known = [Some(said_at), well_since, self.incident.times.recovered_at];
        known.into_iter().flatten().fold(self.incident.times.updated_at, Timestamp::max)
    }

    /// How long it must stay well: longer each time that it came back.
    pub(super) fn quiet(&self, rules: &Rules) -> Duration {
        let doubled = rules.quiet.saturating_mul(1 << self.incident.relapses.min(16));
        doubled.min(LONGEST_QUIET.max(rules.quiet))
    }

    /// How long everything must have worked before it is said: one that came back twice is not believed at once.
    fn hold(&self, rules: &Rules) -> Duration {
        if self.incident.relapses < 2 { Duration::ZERO } else { self.quiet(rules) / 4 }
    }

    /// What time brings to it next.
    pub(super) fn due(&self, rules: &Rules) -> Option<(Timestamp, Due)> {
        if !self.is_open() {
            return self.memory.condoned_until.map(|until| (until, Due::Patience));
        }
        let Memory { announce_at, grows, said_at, recovery_said, well_since, reminded_of, .. } = &self.memory;
        let recovered = self.incident.times.recovered_at.filter(|_| !recovery_said && self.failing.is_empty());
        let measured = self.incident.lead == Lead::Measurements;
        let well = well_since.filter(|_| measured && *recovery_said);
        let promise = self.incident.next_update_at.filter(|promise| Some(*promise) != *reminded_of);
        [
            announce_at.map(|at| (at, Due::Announcement)),
            grows.then(|| (said_at.plus(GROWTH), Due::Growth)),
            recovered.map(|at| (at.plus(self.hold(rules)), Due::Recovery)),
            well.map(|at| (at.plus(self.quiet(rules)), Due::End)),
            promise.map(|at| (at, Due::Promise)),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// The first message waits a little for what may join.
    pub(super) fn gather(&mut self, now: Timestamp, rules: &Rules) {
        if self.memory.told.is_none() {
            let latest = self.incident.times.detected_at.plus(rules.gather * GATHERINGS);
            self.memory.announce_at = Some(now.plus(rules.gather).min(latest));
        }
    }

    /// A message is made of what is known now.
    pub(super) fn tell(&mut self, at: Timestamp) {
        self.memory.announce_at = None;
        self.memory.told_before = self.memory.told.and_then(|told| told.at);
        let (components, impact) = (self.incident.components.len(), self.incident.impact);
        self.memory.told = Some(Told { components, impact, at: Some(at) });
    }

    /// Whether the last message no longer says how bad it is.
    pub(super) fn outgrew_message(&self) -> bool {
        let outgrew = |told: Told| {
            self.incident.components.len() >= told.components.saturating_mul(2) || self.incident.impact > told.impact
        };
        self.memory.told.is_some_and(outgrew)
    }

    /// Adds an update with the states that changed since the one before.
    pub(super) fn post(&mut self, at: Timestamp, body: Body, by: Actor) {
        let mut affected = Vec::new();
        for (component, part) in &self.incident.components {
            let said = self.memory.said.entry(component.clone()).or_insert(Status::Operational);
            let from = std::mem::replace(said, part.status);
            if from != part.status {
                affected.push(Change { component: component.clone(), from, to: part.status });
            }
        }
        let incident = self.edit();
        let number = u32::try_from(incident.updates.len()).unwrap_or(u32::MAX).saturating_add(1);
        incident.updates.push(Update { number, at, stage: incident.stage, body, affected, by });
        incident.times.updated_at = at;
    }

    /// Says a turn that the measurements took.
    pub(super) fn turn(&mut self, at: Timestamp, body: Body) {
        self.edit().version += 1;
        self.post(at, body, Actor::Monitor);
    }

    /// The present size has been said.
    pub(super) fn size_said(&mut self, at: Timestamp) {
        self.memory.said_components = self.incident.components.len();
        self.memory.said_at = at;
        self.memory.grows = false;
    }

    /// Says that it has grown, where that was not said.
    pub(super) fn say_growth(&mut self, at: Timestamp) {
        if self.incident.components.len() > self.memory.said_components {
            let components = u32::try_from(self.incident.components.len()).unwrap_or(u32::MAX);
            self.post(at, Body::Grown { components }, Actor::Monitor);
        }
        self.size_said(at);
    }

    /// Whether it is no news that a component has that state and works.
    pub(super) fn knows_to_work(&self, component: &ComponentId, status: Status) -> bool {
        let known = |part: &Involvement| part.recovered_at.is_some() && part.status == status;
        self.incident.components.get(component).is_some_and(known)
            && !self.memory.unknown.contains(component)
            && !self.memory.disputed.contains(component)
            && (!self.failing.is_empty() || self.memory.well_since.is_some())
    }

    /// It is over.
    pub(super) fn resolve(&mut self, at: Timestamp) {
        let incident = self.edit();
        incident.stage = Stage::Resolved;
        incident.times.resolved_at = Some(at);
        incident.next_update_at = None;
        self.memory.grows = false;
        self.memory.announce_at = None;
    }

    /// Operators closed it: what fails, or failed when it was last seen, is let be until then.
    pub(super) fn condone(&mut self, until: Timestamp) {
        let fails = |id: &&ComponentId| {
            let part = self.incident.components.get(*id);
            part.is_some_and(|part| part.is_down() || part.status == Status::Unknown)
        };
        self.memory.condoned = self.failing.iter().filter(fails).cloned().collect();
        self.memory.condoned_until = Some(until).filter(|_| !self.memory.condoned.is_empty());
    }

    /// A component is let be no longer.
    pub(super) fn let_go(&mut self, component: &ComponentId) {
        self.memory.condoned.remove(component);
        if self.memory.condoned.is_empty() {
            self.memory.condoned_until = None;
        }
    }

    /// Whether it is part of this one that a component fails, and of no other.
    pub(super) fn accounts_for(&self, component: &ComponentId) -> bool {
        self.failing.contains(component) && (self.is_open() || self.memory.condoned.contains(component))
    }

    /// Whether every component is known to work everywhere, and from when on.
    pub(super) fn notice_wellness(&mut self, at: Timestamp) {
        let Memory { unknown, disputed, .. } = &self.memory;
        let well = self.failing.is_empty() && unknown.is_empty() && disputed.is_empty();
        self.memory.well_since = if well { self.memory.well_since.or(Some(at)) } else { None };
    }

    /// The clock shows less than before, and it is over: nothing is let be for longer than it was to be.
    pub(super) fn cut_patience(&mut self, until: Timestamp) {
        self.memory.condoned_until = self.memory.condoned_until.map(|at| at.min(until));
    }

    /// The clock shows less than before: what lies in its future has just happened, in all that is kept, so that times stay in
    /// their order and what fails next still began together with what failed before.
    pub(super) fn turn_back(&mut self, now: Timestamp) {
        let Memory { said_at, announce_at, well_since, traces, .. } = &mut self.memory;
        *said_at = (*said_at).min(now);
        *announce_at = announce_at.map(|at| at.min(now));
        *well_since = well_since.map(|at| at.min(now));
        traces.values_mut().for_each(|trace| trace.spans.turn_back(now));
        self.edit().turn_back(now);
    }
}
