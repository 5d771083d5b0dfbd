//! Deliberate faults in what stands between the day, the engine and the book: each must be noticed by a rule of the checker.
//!
//! It does not know which.

use std::{collections::BTreeMap, sync::Arc};

use shared::{Failure, FailureKind, IncidentId, Observation, Status, Verdict};

use super::{life::Lived, stage::rules};
use crate::{
    engine::Transition,
    incident::{Command, Rules},
};

/// What is done wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meddling {
    Nothing,
    /// Our own fault is taken for the target's.
    OwnFaultIsFailure,
    /// Failures are taken for successes.
    FailureIsSuccess,
    /// Late results prove as much as fresh ones.
    LateIsFresh,
    /// The engine hears of no maintenance.
    NoMaintenance,
    /// What was stored is not judged again as a whole.
    GapInReplay,
    /// Failures lose what they have in common.
    NothingInCommon,
    /// Failures lose the time at which they began.
    NoDistance,
    /// The book does not hear of one component.
    OneIsForgotten,
    /// The book does not hear that something works again.
    NothingRecovers,
    /// A record is written once and never again.
    RecordsStayOld,
    /// Whatever version an operator saw is taken for the present one.
    NoVersions,
    /// What operators closed is believed for ever.
    NothingReopens,
    /// A message is sent twice.
    ToldTwice,
    /// A message is not sent.
    NotTold,
    /// An end is dated before its beginning.
    EndsBeforeItBegins,
    /// Updates are out of order.
    UpdatesShuffled,
}

impl Meddling {
    /// How the book judges.
    pub(super) fn rules(self) -> Rules {
        let for_ever = std::time::Duration::from_secs(86_400 * 365);
        if self == Self::NothingReopens { Rules { reopen: for_ever, ..rules() } } else { rules() }
    }

    /// A result on its way to the engine.
    pub(super) fn result(self, result: &Arc<Observation>) -> Option<Arc<Observation>> {
        let with = |verdict, failure| Some(Arc::new(Observation { verdict, failure, ..result.as_ref().clone() }));
        match (self, result.verdict) {
            (Self::OwnFaultIsFailure, Verdict::Unknown) => {
                with(Verdict::Fail, Some(Failure::new(FailureKind::ConnectTimeout, "no network")))
            }
            (Self::FailureIsSuccess, Verdict::Fail) => with(Verdict::Pass, None),
            (_, _) => Some(Arc::clone(result)),
        }
    }

    /// A change of state on its way to the book.
    pub(super) fn transition(self, transition: &Transition) -> Option<Transition> {
        let mut changed = transition.clone();
        let down = matches!(transition.to, Status::MajorOutage | Status::PartialOutage);
        match self {
            Self::NothingInCommon => {
                let unique = transition.component.as_str().bytes().fold(0, |sum, byte| sum + u16::from(byte));
                changed.reason.iter_mut().for_each(|reason| reason.http_status = Some(unique));
                changed.onset.iter_mut().for_each(|onset| onset.address = None);
            }
            Self::NoDistance => {
                let long_ago = transition.at.minus(std::time::Duration::from_secs(86_400));
                changed.onset.iter_mut().for_each(|onset| onset.after = Some(long_ago));
            }
            Self::OneIsForgotten if transition.component.as_str() == "a3" => return None,
            Self::NothingRecovers if !down => return None,
            _ => {}
        }
        Some(changed)
    }

    /// Whether the present state of an incident is written.
    pub(super) fn writes(self, records: &BTreeMap<IncidentId, Vec<u8>>, id: &IncidentId) -> bool {
        self != Self::RecordsStayOld || !records.contains_key(id)
    }

    /// An order on its way to the book.
    pub(super) fn command(self, command: Command) -> Command {
        match command {
            Command::Say { incident, version, statement } if self == Self::NoVersions => {
                let version = if statement.next_update_at.is_none() { version + 1 } else { version };
                Command::Say { incident, version, statement }
            }
            command => command,
        }
    }

    /// What is left of the day.
    pub(super) fn tamper(self, lived: &mut Lived) {
        match self {
            Self::ToldTwice => lived.news.extend(lived.news.first().cloned()),
            Self::NotTold => drop(lived.news.pop()),
            Self::EndsBeforeItBegins => {
                lived.incidents.iter_mut().map(Arc::make_mut).for_each(|incident| {
                    let before = incident.times.started_at.minus(std::time::Duration::from_secs(1));
                    incident.times.resolved_at = Some(before);
                });
            }
            Self::UpdatesShuffled => {
                lived.incidents.iter_mut().for_each(|incident| Arc::make_mut(incident).updates.reverse());
            }
            _ => {}
        }
    }
}
