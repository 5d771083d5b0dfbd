//! What is kept of an incident: one record, in JSON, which grows by new fields with defaults.
//!
//! It does not know how it came about: that is the book's business.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use shared::{ComponentId, FailureKind, Impact, IncidentId, LocationName, Stage, Status, Text, Timestamp};

use super::{Actor, Evidence};
use crate::postmortem::Postmortem;

/// An incident from its first failing observation to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// The same for ever.
    pub id: IncidentId,
    /// Counts its changes: whoever changes it names the version that they saw.
    pub version: u64,
    /// Who opened it.
    pub origin: Origin,
    /// Who says what stage it is in.
    pub lead: Lead,
    /// What an operator calls it; else the finding is worded.
    pub title: Option<Text>,
    /// What was measured at its worst; absent when nothing was.
    pub finding: Option<Finding>,
    /// How far it is.
    pub stage: Stage,
    /// How much it hurts, at its worst.
    pub impact: Impact,
    /// What it touches or touched.
    pub components: BTreeMap<ComponentId, Involvement>,
    /// When what happened.
    pub times: Times,
    /// The first human who took it.
    pub acknowledgement: Option<Acknowledgement>,
    /// How users can help themselves meanwhile; Markdown.
    pub workaround: Option<Text>,
    /// When operators promised to say more.
    pub next_update_at: Option<Timestamp>,
    /// An earlier incident that this one is the return of.
    pub relapse_of: Option<IncidentId>,
    /// How often it came back before it was resolved.
    pub relapses: u32,
    /// What was said, the oldest first; never empty.
    pub updates: Vec<Update>,
    /// What people made of its post-mortem.
    #[serde(default)]
    pub postmortem: Postmortem,
    /// What was seen first of what fails. For operators, never public.
    #[serde(default)]
    pub evidence: Evidence,
}

/// Who opened an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The measurements.
    Measured,
    /// An operator, by hand.
    Declared(Actor),
}

/// Who says what stage an incident is in. Measurement goes on beside an operator's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lead {
    /// The measurements: it resolves itself.
    Measurements,
    /// Operators have taken over: they resolve it.
    Operators,
}

/// What was measured, as the title says it: "502 on 200 services behind 192.0.2.10".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What most of the failures have in common.
    pub kind: FailureKind,
    /// The HTTP status, where they have that in common.
    pub http_status: Option<u16>,
    /// How many components failed at the worst moment.
    pub components: u32,
    /// The address they all failed at, when they have one in common and are several.
    pub address: Option<std::net::IpAddr>,
    /// The component that all others depend on, where one of them failed too.
    pub dependency: Option<ComponentId>,
}

/// What one failure looks like: what it shares with others tells whether they have one cause.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Signature {
    /// The reason from the closed set.
    pub kind: FailureKind,
    /// The HTTP status, where there was one.
    pub http_status: Option<u16>,
    /// The address that was tried, where it came so far.
    pub address: Option<std::net::IpAddr>,
}

/// A component's part in an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Involvement {
    /// What it was called when it joined.
    pub name: Text,
    /// The group it stood under.
    pub group: Option<Text>,
    /// Its first failing observation, or when an operator named it.
    pub since: Timestamp,
    /// When that was confirmed.
    pub detected_at: Timestamp,
    /// When it last worked again; absent while it does not.
    pub recovered_at: Option<Timestamp>,
    /// Its state now, as the incident last heard.
    pub status: Status,
    /// The worst state it had.
    pub worst: Status,
    /// What was measured first; absent when an operator named it.
    pub signature: Option<Signature>,
    /// The failure in words that may be public.
    pub detail: String,
    /// The locations that said so first.
    pub locations: Vec<LocationName>,
}

/// The measured times of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// The first failing observation, or what an operator gave.
    pub started_at: Timestamp,
    /// When it was confirmed, or declared.
    pub detected_at: Timestamp,
    /// When the first public update of it was written.
    pub announced_at: Option<Timestamp>,
    /// When the first message about it was handed over to somebody; absent until then.
    #[serde(default)]
    pub told_at: Option<Timestamp>,
    /// When users first told of it, as an operator noted.
    pub reported_by_users_at: Option<Timestamp>,
    /// When its cause was known.
    pub identified_at: Option<Timestamp>,
    /// When everything worked again, last.
    pub recovered_at: Option<Timestamp>,
    /// When it was over.
    pub resolved_at: Option<Timestamp>,
    /// The last change that readers see.
    pub updated_at: Timestamp,
}

/// That a human has taken an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
}

/// Something said of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    /// Counts from 1 within the incident.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// The stage it leads to.
    pub stage: Stage,
    /// What is said.
    pub body: Body,
    /// The components whose state changed since the update before.
    pub affected: Vec<Change>,
    /// Who says it.
    pub by: Actor,
}

/// What an update says. What was measured is worded when it is read, in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// It began.
    Opened,
    /// Operators had closed the incident that it goes on from, and it fails on.
    Persists {
        /// When they had.
        closed_at: Timestamp,
    },
    /// More components fail.
    Grown {
        /// How many there are now.
        components: u32,
    },
    /// Everything works again.
    Recovered,
    /// It did, and fails again.
    Relapsed,
    /// It has stayed well for long enough.
    Settled,
    /// An operator's words, in Markdown.
    Written(Text),
}

/// A component's state before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which one.
    pub component: ComponentId,
    /// What it was.
    pub from: Status,
    /// What it is.
    pub to: Status,
}

impl Times {
    /// Nothing has happened yet but the beginning, which was found out at `detected_at`.
    pub(crate) fn begun(started_at: Timestamp, detected_at: Timestamp) -> Self {
        Self {
            started_at,
            detected_at,
            announced_at: None,
            told_at: None,
            reported_by_users_at: None,
            identified_at: None,
            recovered_at: None,
            resolved_at: None,
            updated_at: detected_at,
        }
    }

    /// How long it took from the first failing observation until it was confirmed, in whole seconds: rounded up, so that nobody is
    /// said to have been quicker than he was.
    pub fn detection(&self) -> Duration {
        let took = self.detected_at.since(self.started_at);
        Duration::from_secs(took.as_secs() + u64::from(took.subsec_nanos() > 0))
    }
}

impl Involvement {
    /// Whether it was last known to be down.
    pub fn is_down(&self) -> bool {
        match self.status {
            Status::PartialOutage | Status::MajorOutage => true,
            Status::Operational | Status::DegradedPerformance | Status::UnderMaintenance | Status::Unknown => false,
        }
    }
}

impl Incident {
    /// One that has just begun, that measurements found and of which nothing is known or said yet.
    pub(crate) fn begun(id: IncidentId, times: Times) -> Self {
        Self {
            id,
            version: 1,
            origin: Origin::Measured,
            lead: Lead::Measurements,
            title: None,
            finding: None,
            stage: Stage::Investigating,
            impact: Impact::None,
            components: BTreeMap::new(),
            times,
            acknowledgement: None,
            workaround: None,
            next_update_at: None,
            relapse_of: None,
            relapses: 0,
            updates: Vec::new(),
            postmortem: Postmortem::default(),
            evidence: Evidence::default(),
        }
    }

    /// The components that do not work now.
    pub fn failing(&self) -> impl Iterator<Item = (&ComponentId, &Involvement)> {
        self.components.iter().filter(|(_, part)| part.recovered_at.is_none())
    }

    /// Nothing that happened lies after `now`.
    pub(super) fn turn_back(&mut self, now: Timestamp) {
        let Times {
            started_at,
            detected_at,
            announced_at,
            told_at,
            reported_by_users_at,
            identified_at,
            recovered_at,
            resolved_at,
            updated_at,
        } = &mut self.times;
        let known = [announced_at, told_at, reported_by_users_at, identified_at, recovered_at, resolved_at];
        let parts = self.components.values_mut();
        let parts =
            parts.flat_map(|part| [&mut part.since, &mut part.detected_at].into_iter().chain(&mut part.recovered_at));
        [started_at, detected_at, updated_at]
            .into_iter()
            .chain(known.into_iter().flatten())
            .chain(parts)
            .chain(self.acknowledgement.iter_mut().map(|taken| &mut taken.at))
            .chain(self.updates.iter_mut().map(|update| &mut update.at))
            .for_each(|at| *at = (*at).min(now));
    }

    /// What operators say of components, for as long as it is open and they have the lead. It stands in the first thing that they
    /// said of it, and measurements do not change it.
    pub fn declared(&self) -> impl Iterator<Item = (&ComponentId, Status)> {
        let declared = matches!(self.origin, Origin::Declared(_)) && self.lead == Lead::Operators;
        let first = self.updates.first().filter(|_| declared && self.stage.is_open());
        first.into_iter().flat_map(|update| &update.affected).map(|change| (&change.component, change.to))
    }

    /// When operators closed the incident that this one goes on from, because what failed in it fails on.
    pub fn persists_since(&self) -> Option<Timestamp> {
        match self.updates.first()?.body {
            Body::Persists { closed_at } => Some(closed_at),
            Body::Opened | Body::Grown { .. } | Body::Recovered | Body::Relapsed | Body::Settled | Body::Written(_) => {
                None
            }
        }
    }

    /// Whether operators closed it while not everything in it was known to work.
    pub fn is_closed_early(&self) -> bool {
        !self.stage.is_open() && self.failing().next().is_some()
    }

    /// What was said last.
    pub fn latest(&self) -> Option<&Update> {
        self.updates.last()
    }
}
