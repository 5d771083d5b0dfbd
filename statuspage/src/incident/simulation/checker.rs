//! Holds what was found on a day against what was injected into it: every promise of judging and telling is a rule.
//!
//! It does not know how either came about.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
    sync::Arc,
};

use shared::{ComponentId, IncidentId, Timestamp};

use super::{
    day::Day,
    fault::{Cause, What},
    life::Lived,
    stage::{SLOT, rules},
};
use crate::incident::{Body, Incident, News, Origin};

/// What is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rule {
    /// No component is said to be down that works: not by our own fault, not by a minority, not by old news.
    NothingInvented,
    /// What fails under maintenance is no incident.
    MaintenanceIsQuiet,
    /// Every cause is known within the time of its confirmation.
    NothingMissed,
    /// One cause is one incident.
    OneCauseOneIncident,
    /// Causes far apart are not one incident.
    CausesApart,
    /// An incident names all that failed.
    NobodyForgotten,
    /// What is judged again leads to the same belief. When it came is not stored, so that its instants may be earlier by its way.
    ReplayIsLive,
    /// A restart changes no incident and no message, but when those are said that were due while the hub was away.
    RestartChangesNothing,
    /// What is down for longer than operators' words are believed, outside maintenance, belongs to an open incident.
    NobodyAbandoned,
    /// Every incident ends.
    EverythingEnds,
    /// That it began and that it is over is told once each, in that order.
    ToldOnce,
    /// The times of a record are in order.
    TimesInOrder,
    /// Versions only grow.
    VersionsGrow,
    /// Who saw an old version changes nothing, everybody else's orders are carried out.
    OrdersObeyed,
}

/// A promise that was broken.
#[derive(Debug)]
pub(super) struct Breach {
    pub(super) rule: Rule,
    pub(super) about: String,
}

/// All promises that a day broke.
pub(super) fn check(day: &Day, lived: &Lived) -> Vec<Breach> {
    let mut report = Report { day, lived, causes: day.causes(), breaches: Vec::new() };
    report.outages();
    report.incidents();
    report.causes();
    report.told();
    report.abandoned();
    lived.incidents.iter().for_each(|incident| report.times(incident));
    report.all(Rule::ReplayIsLive, &lived.forks);
    report.all(Rule::OrdersObeyed, &lived.disobeyed);
    report.all(Rule::VersionsGrow, &lived.backwards);
    report.breaches
}

/// How a day that was lived through without restarts differs from one with them.
pub(super) fn compare(day: &Day, with: &Lived, without: &Lived) -> Option<Breach> {
    let pairs = with.incidents.iter().zip(&without.incidents);
    let differ = pairs.clone().find(|(one, other)| ***one != postponed(day, one, other));
    let same = differ.is_none() && with.incidents.len() == without.incidents.len() && with.news == without.news;
    (!same).then(|| Breach {
        rule: Rule::RestartChangesNothing,
        about: format!("day {}: {differ:?}\n{:?}\n{:?}", day.seed, with.news, without.news),
    })
}

/// An incident of a day without restarts as it would be with them: what would have been said while the hub was away is said when it is
/// back.
fn postponed(day: &Day, with: &Incident, without: &Incident) -> Incident {
    let mut same = without.clone();
    let said = [(&mut same.times.announced_at, with.times.announced_at), (&mut same.times.told_at, with.times.told_at)];
    for (early, late) in said {
        if early.zip(late).is_some_and(|(early, late)| day.postpones(early, late)) {
            *early = late;
        }
    }
    same
}

struct Report<'a> {
    day: &'a Day,
    lived: &'a Lived,
    causes: Vec<Cause>,
    breaches: Vec<Breach>,
}

impl<'a> Report<'a> {
    fn breach(&mut self, rule: Rule, about: impl Debug) {
        self.breaches.push(Breach { rule, about: format!("day {}: {about:?}", self.day.seed) });
    }

    fn all(&mut self, rule: Rule, seconds: &[i64]) {
        seconds.iter().for_each(|second| self.breach(rule, (second, self.fault(*second))));
    }

    fn fault(&self, second: i64) -> &'a super::fault::Fault {
        &self.day.faults[usize::try_from(second / SLOT).expect("of the day")]
    }

    /// Why a component is said to be down then. It is believed until its next results.
    fn causes_of(&self, component: &str, second: i64) -> impl Iterator<Item = &Cause> {
        let near = move |cause: &&Cause| cause.from <= second && second / SLOT == cause.from / SLOT;
        let component = component.to_owned();
        self.causes.iter().filter(near).filter(move |cause| cause.components.contains(&component.as_str()))
    }

    fn outages(&mut self) {
        for (second, component) in &self.lived.outages {
            let under_maintenance =
                self.fault(*second).maintenance().is_some_and(|(id, _, _)| id == component.as_str());
            if self.causes_of(component.as_str(), *second).next().is_none() {
                let rule = if under_maintenance { Rule::MaintenanceIsQuiet } else { Rule::NothingInvented };
                self.breach(rule, (component, second, self.fault(*second)));
            }
        }
    }

    fn measured(&self) -> impl Iterator<Item = (&'a Arc<Incident>, i64)> {
        let incidents = self.lived.incidents.iter().filter(|incident| incident.origin == Origin::Measured);
        incidents.map(|incident| (incident, self.lived.seen.get(&incident.id).copied().unwrap_or_default()))
    }

    fn incidents(&mut self) {
        for (incident, second) in self.measured().collect::<Vec<_>>() {
            let slot = second / SLOT;
            let mine = |cause: &&Cause| {
                let named = incident.components.keys().any(|id| cause.components.contains(&id.as_str()));
                cause.from / SLOT == slot && named
            };
            let mine: Vec<_> = self.causes.iter().filter(mine).cloned().collect();
            let touched: BTreeSet<_> = mine.iter().flat_map(|cause| cause.components.clone()).collect();
            let innocent = incident.components.keys().find(|id| !touched.contains(id.as_str()));
            if let Some(innocent) = innocent {
                self.breach(Rule::NothingInvented, (innocent, second, self.fault(second)));
            }
            if mine.len() > 1 {
                self.breach(Rule::CausesApart, (&mine, incident));
            }
            let all = touched.len() == incident.components.len();
            // When a clock is set ahead, all proofs run out at once and whoever speaks first is believed alone.
            let alone = self.day.jumps(slot * SLOT, (slot + 1) * SLOT).any(|ahead| ahead >= 3_600);
            if !all && !alone && self.fault(second).what != What::Flapping {
                self.breach(Rule::NobodyForgotten, (&touched, incident));
            }
        }
    }

    fn causes(&mut self) {
        for cause in self.causes.clone() {
            let names = |incident: &Incident| {
                incident.components.keys().any(|id: &ComponentId| cause.components.contains(&id.as_str()))
            };
            let found = self.measured().filter(|(it, second)| second / SLOT == cause.from / SLOT && names(it));
            let found: Vec<_> = found.collect();
            let away = self.day.away.iter().filter(|(from, to)| *to > cause.from && *from < cause.from + 1_600);
            let set = self.day.jumps(cause.from - 60, cause.from + 1_600).count() as i64;
            let limit = cause.limit(&away.map(|(from, to)| to - from).collect::<Vec<_>>(), set);
            if !found.iter().any(|(_, second)| *second <= limit) {
                self.breach(Rule::NothingMissed, (&cause, limit, &found));
            }
            // What comes and goes may stay well for the quiet time; then it is the return of the one before.
            let flaps = self.fault(cause.from).what == What::Flapping;
            let split = found.windows(2).any(|pair| {
                let (earlier, later) = (pair[0].0, pair[1].0);
                // What fails on after operators closed it goes on in one that says so.
                let goes_on = later.persists_since().is_some_and(|at| Some(at) == earlier.times.resolved_at);
                let rest = earlier.times.recovered_at.map(|at| later.times.detected_at.since(at));
                let returns = later.relapse_of.as_ref() == Some(&earlier.id);
                !(returns && (goes_on || (flaps && rest >= Some(rules().quiet))))
            });
            if split {
                self.breach(Rule::OneCauseOneIncident, (&cause, self.fault(cause.from), &found));
            }
        }
    }

    fn abandoned(&mut self) {
        for (component, second) in &self.lived.abandoned {
            self.breach(Rule::NobodyAbandoned, (component, second, self.fault(*second)));
        }
    }

    fn told(&mut self) {
        let mut told = BTreeMap::<&IncidentId, Vec<&str>>::new();
        for news in &self.lived.news {
            match news {
                News::Opened(id) => told.entry(id).or_default().push("opened"),
                News::Resolved(id) | News::Closed(id) => told.entry(id).or_default().push("resolved"),
                News::Overdue(id, _) => told.entry(id).or_default().push("overdue"),
                News::Grown(_) | News::Acknowledged(_) => {}
            }
        }
        for incident in &self.lived.incidents {
            let told = told.remove(&incident.id).unwrap_or_default();
            let open = incident.times.resolved_at.is_none();
            if open {
                self.breach(Rule::EverythingEnds, incident);
            }
            let once = match &told[..] {
                ["opened", "resolved"] | ["opened", "overdue", "resolved"] => true,
                ["opened"] => open,
                _ => false,
            };
            if !once {
                self.breach(Rule::ToldOnce, (told, incident));
            }
        }
        if !told.is_empty() {
            self.breach(Rule::ToldOnce, told);
        }
    }

    fn times(&mut self, incident: &Incident) {
        let times = &incident.times;
        let numbers = incident.updates.iter().map(|update| update.number).eq(1..=incident.updates.len() as u32);
        let updates = incident.updates.iter().map(|update| Some(update.at));
        // Operators may end what fails: it recovers later.
        let recovered = times.recovered_at.filter(|at| measured_end(incident) || Some(*at) <= times.resolved_at);
        let course = [Some(times.started_at), Some(times.detected_at), recovered, times.resolved_at];
        let told = [Some(times.detected_at), times.announced_at];
        let taken = [Some(times.detected_at), incident.acknowledgement.as_ref().map(|it| it.at)];
        let parts = incident.components.values().flat_map(|part| {
            let course = [Some(part.since), Some(part.detected_at), part.recovered_at];
            [in_order(course), in_order([Some(times.started_at), Some(part.since), times.resolved_at])]
        });
        let fine = numbers && in_order(updates) && in_order(course) && in_order(told) && in_order(taken);
        if !fine || !parts.into_iter().all(|fine| fine) {
            self.breach(Rule::TimesInOrder, incident);
        }
    }
}

fn measured_end(incident: &Incident) -> bool {
    incident.latest().is_some_and(|update| update.body == Body::Settled)
}

fn in_order(times: impl IntoIterator<Item = Option<Timestamp>>) -> bool {
    let times: Vec<_> = times.into_iter().flatten().collect();
    times.is_sorted()
}
