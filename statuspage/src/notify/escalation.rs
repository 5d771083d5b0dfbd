//! How far the telling of an alarm has got: which step of which policy, who was told, what came of it, and what comes next. Pure.
//!
//! It does not know words, clocks or how anything is sent. The rules
//!
//! 1. Every policy that is about an alarm and whose hours hold has a ladder of its own; where there is none, all channels are told at
//!    once. A policy that comes to be about it later (it grew, other hours began) begins then.
//! 2. A step is told when `after` has passed since the one before and nobody has taken the alarm, and at once when every channel of
//!    the step before has failed or is known to fail. When all steps of a policy have failed, every channel is told.
//! 3. Behind the last step the first one comes again, as a reminder: after `after`, then twice that, four times …, four hours at most.
//! 4. Somebody takes it: no step and no reminder comes any more. A channel is told once, and then reminded.
//! 5. How it goes on and ends is told to everybody who was told that it began.

mod case;
mod climb;
mod record;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::tz::TimeZone;
use shared::{ComponentId, IncidentId, Timestamp};

use super::{
    ChannelName,
    policy::{Nature, Policy, PolicyName},
};
use crate::incident::Actor;

pub use case::{Case, InvalidCase};
use climb::Climber;
pub use record::{Alarm, Attempt, Ladder, Taken};

/// The longest pause between two reminders.
const LONGEST: Duration = Duration::from_secs(4 * 3_600);
/// Alarms that are over are remembered that long, for those who look at an incident later.
const MEMORY: Duration = Duration::from_secs(400 * 86_400);
/// What needs nobody to take it is remembered that long: until it is told or given up, and longer than any maintenance lasts.
const BRIEF: Duration = Duration::from_secs(8 * 86_400);

/// Whether somebody is to take an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// It goes on until somebody takes it, or it is over.
    UntilTaken,
    /// It is told once: another step comes only where one has failed.
    Once,
}

/// Who is to be told now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Call {
    /// Who has not heard of it.
    pub first: BTreeSet<ChannelName>,
    /// Who is reminded, for the how manieth time.
    pub again: BTreeMap<ChannelName, u32>,
}

/// An alarm that begins.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// Since when.
    pub since: Timestamp,
    /// What it is.
    pub nature: Nature,
    /// Whether somebody is to take it.
    pub pace: Pace,
    /// A channel that is not told, because it is what is wrong.
    pub except: Option<ChannelName>,
    /// The component under which other programs know it, for as long as it lasts.
    pub lead: Option<ComponentId>,
}

/// An incident as policies look at it.
#[derive(Debug, Clone)]
pub struct Present {
    /// What it is now.
    pub nature: Nature,
    /// Who has taken it.
    pub taken: Option<Taken>,
}

/// Of what channels are told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reach {
    /// Of everything.
    #[default]
    Everything,
    /// Of the monitor's own faults: somebody else tells the rest. An incident that begins meanwhile is told once nobody else does, if
    /// it still goes on; what happens to a maintenance meanwhile is not told later.
    OwnFaults,
}

impl Reach {
    fn has(self, case: &Case) -> bool {
        match (self, case) {
            (Self::Everything, _) | (Self::OwnFaults, Case::Fault(_)) => true,
            (Self::OwnFaults, Case::Incident(_) | Case::Maintenance(..)) => false,
        }
    }
}

/// All alarms.
#[derive(Debug, Clone)]
pub struct Escalation {
    reach: Reach,
    policies: Vec<Policy>,
    channels: BTreeSet<ChannelName>,
    zone: TimeZone,
    alarms: BTreeMap<Case, Alarm>,
    changed: BTreeSet<Case>,
}

impl Escalation {
    /// Begins with what was kept.
    pub fn new(
        policies: Vec<Policy>,
        channels: BTreeSet<ChannelName>,
        zone: TimeZone,
        kept: BTreeMap<Case, Alarm>,
    ) -> Self {
        Self { reach: Reach::default(), policies, channels, zone, alarms: kept, changed: BTreeSet::new() }
    }

    /// Tells of so much from now on.
    pub fn reach(&mut self, reach: Reach) {
        self.reach = reach;
    }

    /// An alarm begins: who is told at once. One that goes on already begins no second time.
    pub fn begin(
        &mut self,
        case: &Case,
        beginning: Beginning,
        weak: &BTreeSet<ChannelName>,
        now: Timestamp,
    ) -> BTreeSet<ChannelName> {
        let goes_on = |alarm: &Alarm| alarm.ended_at.is_none() && alarm.pace == Pace::UntilTaken;
        if self.alarms.get(case).is_some_and(goes_on) {
            return BTreeSet::new();
        }
        if matches!(case, Case::Maintenance(..)) && !self.reach.has(case) {
            return BTreeSet::new();
        }
        let Beginning { since, nature, pace, except, lead } = beginning;
        self.alarms.insert(case.clone(), Alarm::new(since, pace, except, lead));
        self.changed.insert(case.clone());
        self.climb(case, &Present { nature, taken: None }, weak, now).first
    }

    /// Lets time pass, and answers failures: who is told of what now.
    pub fn pass(
        &mut self,
        now: Timestamp,
        weak: &BTreeSet<ChannelName>,
        present: impl Fn(&IncidentId) -> Option<Present>,
    ) -> Vec<(Case, Call)> {
        let open: Vec<Case> = self.open().map(|(case, _)| case.clone()).collect();
        let mut calls = Vec::new();
        for case in open {
            let present = match &case {
                Case::Incident(id) => present(id),
                Case::Fault(_) => Some(Present { nature: Nature::Fault, taken: None }),
                Case::Maintenance(..) => Some(Present { nature: Nature::Maintenance, taken: None }),
            };
            let Some(present) = present else { continue };
            let call = self.climb(&case, &present, weak, now);
            if call != Call::default() {
                calls.push((case, call));
            }
        }
        self.forget(now);
        calls
    }

    /// Alarms that go on.
    pub fn open(&self) -> impl Iterator<Item = (&Case, &Alarm)> {
        self.alarms.iter().filter(|(_, alarm)| alarm.ended_at.is_none())
    }

    /// An alarm.
    pub fn alarm(&self, case: &Case) -> Option<&Alarm> {
        self.alarms.get(case)
    }

    /// The component under which other programs know an incident.
    pub fn lead(&self, id: &IncidentId) -> Option<ComponentId> {
        self.alarms.get(&Case::Incident(id.clone()))?.lead.clone()
    }

    /// Every alarm that is remembered.
    pub fn alarms(&self) -> &BTreeMap<Case, Alarm> {
        &self.alarms
    }

    /// Who was told that it began; nothing of an alarm that began under a version that did not note it.
    pub fn told(&self, case: &Case) -> Option<BTreeSet<ChannelName>> {
        self.alarms.get(case).map(|alarm| alarm.told.keys().cloned().collect())
    }

    /// Somebody takes it. False when somebody had, or it is over.
    pub fn take(&mut self, case: &Case, by: Actor, at: Timestamp) -> bool {
        let Some(alarm) = self.alarms.get_mut(case) else { return false };
        if alarm.taken.is_some() || alarm.ended_at.is_some() {
            return false;
        }
        alarm.taken = Some(Taken { at, by });
        self.changed.insert(case.clone());
        true
    }

    /// It is over.
    pub fn end(&mut self, case: &Case, at: Timestamp) {
        if let Some(alarm) = self.alarms.get_mut(case)
            && alarm.ended_at.is_none()
        {
            alarm.ended_at = Some(at);
            self.changed.insert(case.clone());
        }
    }

    /// A message about it was tried.
    pub fn note(&mut self, case: &Case, attempt: Attempt) {
        if let Some(alarm) = self.alarms.get_mut(case) {
            alarm.note(attempt);
            self.changed.insert(case.clone());
        }
    }

    /// Takes back what the store remembers, where that is found out late only. What is known by now is newer.
    pub fn recall(&mut self, earlier: BTreeMap<Case, Alarm>) {
        for (case, alarm) in earlier {
            self.alarms.entry(case).or_insert(alarm);
        }
        self.mark_changed();
    }

    /// Everything is to be written again.
    pub fn mark_changed(&mut self) {
        self.changed.extend(self.alarms.keys().cloned());
    }

    /// These are to be written again as they are now.
    pub fn rewrite(&mut self, cases: impl IntoIterator<Item = Case>) {
        self.changed.extend(cases);
    }

    /// What is to be written; without a body, what is to be removed.
    pub fn take_changes(&mut self) -> Vec<(Case, Option<Vec<u8>>)> {
        let body = |case: Case| {
            let body = self.alarms.get(&case).and_then(|alarm| serde_json::to_vec(alarm).ok());
            (case, body)
        };
        std::mem::take(&mut self.changed).into_iter().map(body).collect()
    }

    fn forget(&mut self, now: Timestamp) {
        let over = |alarm: &Alarm| match (alarm.pace, alarm.ended_at) {
            (Pace::Once, _) => now.since(alarm.since) > BRIEF,
            (Pace::UntilTaken, Some(at)) => now.since(at) > MEMORY,
            (Pace::UntilTaken, None) => false,
        };
        let gone: Vec<Case> =
            self.alarms.iter().filter(|(_, alarm)| over(alarm)).map(|(case, _)| case.clone()).collect();
        for case in gone {
            self.alarms.remove(&case);
            self.changed.insert(case);
        }
    }

    /// Goes up every ladder of an alarm as far as it is due.
    fn climb(&mut self, case: &Case, present: &Present, weak: &BTreeSet<ChannelName>, now: Timestamp) -> Call {
        if !self.reach.has(case) {
            return Call::default();
        }
        let Some(alarm) = self.alarms.get_mut(case) else { return Call::default() };
        let mut call = Call::default();
        let taken = present.taken.is_some() || alarm.taken.is_some();
        let begun = !alarm.ladders.is_empty();
        if alarm.ended_at.is_some() || (taken && begun && !alarm.delivered.is_empty()) {
            return call;
        }
        let everybody = Policy::everybody(&self.channels, &present.nature);
        let holds = |policy: &&Policy| {
            policy.is_about(&present.nature) && policy.hours.as_ref().is_none_or(|hours| hours.hold(now, &self.zone))
        };
        let mut policies: Vec<&Policy> = self.policies.iter().filter(holds).collect();
        if policies.is_empty() {
            policies.push(&everybody);
        }
        // What somebody has taken begins no further ladder.
        policies.retain(|policy| !(taken && begun) || alarm.ladders.contains_key(&policy.name));
        let climber = Climber { channels: &self.channels, weak, clock: if taken { None } else { Some(now) }, now };
        for policy in policies {
            climber.climb(alarm, policy, &mut call);
        }
        if call != Call::default() || !begun {
            self.changed.insert(case.clone());
        }
        call
    }
}

#[cfg(test)]
mod tests;
