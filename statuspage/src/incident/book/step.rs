//! What measurements and the passing of time do to the book.
//!
//! It does not know operators' orders.

use std::{collections::BTreeSet, time::Duration};

use shared::{ComponentId, Impact, IncidentId, Stage, Status, Text, Timestamp};

use super::{
    Book, News, REMEMBERED, Urgency,
    entry::{Due, Entry, Memory},
};
use crate::{
    engine::Transition,
    incident::{
        self, Body, Incident, Involvement, Landscape, Lead, Origin, Signature, Times,
        correlation::{Span, TOGETHER, Trace},
        finding,
    },
};

/// An incident that begins so soon after the end of one that it resembles is its return.
const RETURN: Duration = Duration::from_secs(86_400);

/// A failure that was confirmed, as the book compares it.
struct Failure<'a> {
    component: &'a ComponentId,
    from: Status,
    to: Status,
    at: Timestamp,
    span: Span,
    since: Timestamp,
    signature: Option<Signature>,
    detail: &'a str,
    locations: &'a [shared::LocationName],
}

impl<'a> Failure<'a> {
    fn of(transition: &'a Transition) -> Self {
        let Transition { component, at, from, to, reason, onset, .. } = transition;
        let since = onset.map_or(*at, |onset| onset.since);
        let after = onset.and_then(|onset| onset.after).unwrap_or(since);
        let signature = reason.as_ref().map(|reason| Signature {
            kind: reason.kind,
            http_status: reason.http_status,
            address: onset.and_then(|onset| onset.address),
        });
        Self {
            component,
            from: *from,
            to: *to,
            at: *at,
            span: (after.min(since), since),
            since,
            signature,
            detail: reason.as_ref().map_or("", |reason| reason.detail.as_str()),
            locations: reason.as_ref().map_or(&[][..], |reason| reason.locations.as_slice()),
        }
    }
}

impl Book {
    /// Nothing but time passed.
    pub fn tick(&mut self, now: Timestamp) -> Vec<News> {
        let mut news = Vec::new();
        self.pass_time(now, &mut news);
        news
    }

    /// Takes what is watched from now on. Those that are no longer watched leave their incidents.
    pub fn arrange(&mut self, landscape: Landscape, now: Timestamp) -> Vec<News> {
        let mut news = self.tick(now);
        self.landscape = landscape;
        self.rename();
        self.conditions.retain(|id, _| self.landscape.contains(id));
        let gone: Vec<_> = self.concerned.keys().filter(|id| !self.landscape.contains(id)).cloned().collect();
        for component in gone {
            self.works(&component, Status::Unknown, now);
        }
        self.find_again();
        self.pass_time(now, &mut news);
        news
    }

    /// Takes changes of state, in their order. One that is told again changes nothing.
    pub fn hear(&mut self, transitions: &[Transition], now: Timestamp) -> Vec<News> {
        let mut news = self.tick(now);
        let mut worse = BTreeSet::new();
        for transition in transitions {
            self.conditions.insert(transition.component.clone(), transition.to);
            match transition.to {
                Status::PartialOutage | Status::MajorOutage => worse.extend(self.fails(&Failure::of(transition))),
                Status::Operational | Status::DegradedPerformance => {
                    // The worst moment may be right now.
                    std::mem::take(&mut worse).iter().for_each(|id| self.find_out(id, now));
                    self.works(&transition.component, transition.to, transition.at.min(now));
                }
                // What fails under maintenance is no news, and neither is what works.
                Status::Unknown | Status::UnderMaintenance => self.vanishes(&transition.component, transition.to),
            }
        }
        for id in worse {
            self.find_out(&id, now);
        }
        self.pass_time(now, &mut news);
        news
    }

    /// A message about it was handed over to somebody.
    pub fn delivered(&mut self, id: &IncidentId, at: Timestamp) {
        let Some(entry) = self.entries.get_mut(id) else { return };
        if entry.incident.times.told_at.is_none() {
            entry.edit().times.told_at = Some(at);
            self.changed(id, Urgency::Now);
        }
    }

    /// An outage that a former version had open.
    pub fn adopt(&mut self, component: &ComponentId, since: Timestamp, told: Option<Timestamp>, now: Timestamp) {
        let failure = Failure {
            component,
            from: Status::Unknown,
            to: Status::MajorOutage,
            at: since.min(now),
            span: (since, since),
            since,
            signature: None,
            detail: "",
            locations: &[],
        };
        for id in self.fails(&failure) {
            self.find_out(&id, now);
            if let Some(entry) = self.entries.get_mut(&id).filter(|_| told.is_some()) {
                entry.edit().times.told_at = told;
                entry.tell(now);
            }
            self.changed(&id, Urgency::Now);
        }
    }

    /// Lets happen what is due, at the instants at which it is.
    pub(super) fn pass_time(&mut self, now: Timestamp, news: &mut Vec<News>) {
        if self.clock.is_some_and(|clock| now < clock) {
            for id in self.open.clone() {
                if let Some(entry) = self.entries.get_mut(&id) {
                    entry.turn_back(now);
                }
                self.changed(&id, Urgency::Later);
            }
        }
        self.clock = Some(now);
        while let Some((at, id)) = self.due.first().filter(|(at, _)| *at <= now).cloned() {
            self.due.remove(&(at, id.clone()));
            self.scheduled.remove(&id);
            self.come_due(&id, news);
        }
    }

    fn come_due(&mut self, id: &IncidentId, news: &mut Vec<News>) {
        let Some(entry) = self.entries.get_mut(id) else { return };
        let Some((at, due)) = entry.due(&self.rules) else { return };
        match due {
            Due::Announcement => {
                entry.tell(at);
                news.push(News::Opened(id.clone()));
            }
            Due::Growth => {
                entry.say_growth(at);
                if entry.outgrew_message() {
                    entry.tell(at);
                    news.push(News::Grown(id.clone()));
                }
            }
            Due::Recovery => {
                entry.say_growth(at);
                entry.memory.recovery_said = true;
                if entry.incident.lead == Lead::Measurements {
                    entry.edit().stage = Stage::Monitoring;
                }
                entry.turn(at, Body::Recovered);
            }
            Due::End => {
                entry.resolve(at);
                entry.turn(at, Body::Settled);
                news.push(News::Resolved(id.clone()));
                self.close(id);
                self.forget(at);
            }
            Due::Promise => {
                entry.memory.reminded_of = entry.incident.next_update_at;
                news.push(News::Overdue(id.clone(), at));
            }
        }
        self.changed(id, Urgency::Now);
    }

    fn forget(&mut self, now: Timestamp) {
        while let Some((_, id)) = self.resolved.first().filter(|(at, _)| now.since(*at) >= REMEMBERED).cloned() {
            self.resolved.pop_first();
            for component in self.entries.remove(&id).into_iter().flat_map(|entry| entry.failing) {
                if let Some(incidents) = self.concerned.get_mut(&component) {
                    incidents.remove(&id);
                }
            }
            self.changes.insert(id, Urgency::Later);
        }
    }

    /// A component went down, or is still down in another way. Gives the incidents of which more is to be found out.
    fn fails(&mut self, failure: &Failure<'_>) -> Vec<IncidentId> {
        let concerned = self.concerned.get(failure.component).cloned().unwrap_or_default();
        let failing =
            |id: &IncidentId| self.entries.get(id).is_some_and(|entry| entry.failing.contains(failure.component));
        let inside: Vec<_> = concerned.iter().filter(|id| failing(id)).cloned().collect();
        if !inside.is_empty() {
            for id in &inside {
                self.goes_on(id, failure);
            }
            return inside;
        }
        let home = self.home(failure, &concerned);
        let id = home.unwrap_or_else(|| self.begin(failure));
        self.join(&id, failure);
        vec![id]
    }

    /// The oldest open incident that explains a failure.
    fn home(&self, failure: &Failure<'_>, concerned: &BTreeSet<IncidentId>) -> Option<IncidentId> {
        let mut homes = self.index.kin(failure.component, failure.signature.as_ref(), failure.span, &self.landscape);
        homes.extend(concerned.iter().filter(|id| self.returns_to(id, failure)).cloned());
        for root in self.landscape.roots(failure.component) {
            let incidents = self.concerned.get(root).into_iter().flatten();
            let fails = |id: &&IncidentId| self.entries.get(*id).is_some_and(|entry| entry.failing.contains(root));
            homes.extend(incidents.filter(|id| self.open.contains(*id)).filter(fails).cloned());
        }
        homes
            .into_iter()
            .min_by_key(|id| self.entries.get(id).map(|entry| (entry.incident.times.detected_at, id.clone())))
    }

    /// Whether a component that was part of an open incident, and works, comes back to it by failing again.
    fn returns_to(&self, id: &IncidentId, failure: &Failure<'_>) -> bool {
        let Some(entry) = self.entries.get(id).filter(|entry| entry.is_open()) else { return false };
        let Some(part) = entry.incident.components.get(failure.component) else { return false };
        let lately = part.recovered_at.is_some_and(|at| failure.at.since(at) <= entry.quiet(&self.rules).max(TOGETHER));
        let trace = entry.memory.traces.get(failure.component);
        let alike = failure.signature.iter().any(|signature| {
            trace.is_some_and(|trace| trace.signatures.iter().any(|other| other.resembles(signature)))
        });
        entry.failing.is_empty() || lately || alike
    }

    fn begin(&mut self, failure: &Failure<'_>) -> IncidentId {
        let names = (0..).map(|again| match again {
            0 => failure.component.to_string(),
            again => format!("{}/{again}", failure.component),
        });
        let mut ids = names.map(|name| incident::id(failure.since, &name));
        let id = ids.find(|id| !self.entries.contains_key(id)).expect("there are more numbers than incidents");
        let incident = Incident {
            id: id.clone(),
            version: 1,
            origin: Origin::Measured,
            lead: Lead::Measurements,
            title: None,
            finding: None,
            stage: Stage::Investigating,
            impact: Impact::None,
            components: Default::default(),
            times: Times {
                started_at: failure.since,
                detected_at: failure.at,
                announced_at: None,
                told_at: None,
                reported_by_users_at: None,
                identified_at: None,
                recovered_at: None,
                resolved_at: None,
                updated_at: failure.at,
            },
            acknowledgement: None,
            workaround: None,
            next_update_at: None,
            relapse_of: None,
            relapses: 0,
            updates: Vec::new(),
            postmortem: crate::postmortem::Postmortem::default(),
            evidence: incident::Evidence::default(),
        };
        self.entries.insert(id.clone(), Entry::new(incident, Memory::default()));
        self.open.insert(id.clone());
        id
    }

    /// Makes a component that did not fail in an incident one that does.
    fn join(&mut self, id: &IncidentId, failure: &Failure<'_>) {
        let earlier = self.earlier(id, failure);
        let Some(entry) = self.entries.get_mut(id) else { return };
        let (first, well) = (entry.incident.components.is_empty(), entry.failing.is_empty());
        entry.memory.said.entry(failure.component.clone()).or_insert(failure.from);
        entry.memory.unknown.remove(failure.component);
        let incident = entry.edit();
        let part = incident.components.entry(failure.component.clone());
        let part = part.or_insert_with(|| involvement(failure, &self.landscape));
        (part.recovered_at, part.status, part.worst) = (None, failure.to, part.worst.worst(failure.to));
        incident.times.recovered_at = None;
        incident.times.started_at = incident.times.started_at.min(failure.since);
        incident.times.updated_at = failure.at;
        if incident.relapse_of.is_none() {
            incident.relapse_of = earlier;
        }
        entry.failing.insert(failure.component.clone());
        entry.memory.well_since = None;
        if first {
            entry.post(failure.at, Body::Opened, incident::Actor::Monitor);
            entry.edit().times.announced_at = self.clock.or(Some(failure.at));
            entry.size_said(failure.at);
        } else if well {
            relapse(entry, failure.at);
        }
        entry.gather(failure.at, &self.rules);
        let urgency = if first || well { Urgency::Now } else { Urgency::Later };
        self.trace(id, failure);
        self.concerned.entry(failure.component.clone()).or_default().insert(id.clone());
        self.changed(id, urgency);
    }

    /// It fails in another way or for more people, or what an operator said of it is measured now.
    fn goes_on(&mut self, id: &IncidentId, failure: &Failure<'_>) {
        let Some(entry) = self.entries.get_mut(id) else { return };
        let Some(part) = entry.incident.components.get(failure.component) else { return };
        entry.memory.unknown.remove(failure.component);
        let new = part.signature.is_none() && failure.signature.is_some();
        if part.status == failure.to && !new {
            return;
        }
        if let Some(part) = entry.edit().components.get_mut(failure.component) {
            (part.status, part.worst) = (failure.to, part.worst.worst(failure.to));
            if new {
                part.signature = failure.signature.clone();
                part.detail = failure.detail.to_owned();
                part.locations = failure.locations.to_vec();
            }
        }
        if self.open.contains(id) {
            self.trace(id, failure);
        }
        self.changed(id, Urgency::Later);
    }

    fn trace(&mut self, id: &IncidentId, failure: &Failure<'_>) {
        let Some(entry) = self.entries.get_mut(id) else { return };
        let trace = entry.memory.traces.entry(failure.component.clone()).or_insert_with(Trace::default);
        trace.spans.insert(failure.span);
        trace.signatures.extend(failure.signature.clone());
        self.index.add(id, failure.component, trace, &self.landscape);
    }

    /// The incident that ended lately and that this failure is the return of: with the same component, and a signature or a
    /// dependency in common.
    fn earlier(&self, id: &IncidentId, failure: &Failure<'_>) -> Option<IncidentId> {
        let known = self.entries.get(id)?;
        if known.incident.relapse_of.is_some() || known.memory.linked_by_hand {
            return None;
        }
        let begin = known.incident.times.started_at.min(failure.since);
        let roots = self.landscape.roots(failure.component);
        let alike = |(_, id): &&(Timestamp, IncidentId)| {
            let Some(Entry { incident, .. }) = self.entries.get(id) else { return false };
            let signatures = incident.components.values().filter_map(|part| part.signature.as_ref());
            incident.components.contains_key(failure.component)
                && (roots.iter().any(|root| *root != failure.component && incident.components.contains_key(*root))
                    || failure.signature.iter().any(|mine| signatures.clone().any(|other| other.resembles(mine))))
        };
        let lately = self.resolved.iter().rev().take_while(|(at, _)| begin.since(*at) <= RETURN);
        lately.filter(|(_, other)| other != id).find(alike).map(|(_, id)| id.clone())
    }

    /// A component works, or has left.
    fn works(&mut self, component: &ComponentId, status: Status, at: Timestamp) {
        let watched = self.landscape.contains(component);
        for id in self.concerned.get(component).cloned().unwrap_or_default() {
            let Some(entry) = self.entries.get_mut(&id) else { continue };
            if entry.knows_to_work(component, status) {
                continue;
            }
            // What an operator named and nobody measured is the operator's to end.
            let measured = entry.memory.traces.contains_key(component) || !watched;
            let recovers = measured && entry.failing.contains(component);
            entry.memory.unknown.remove(component);
            if let Some(part) = entry.incident.components.get(component)
                && (recovers || (part.recovered_at.is_some() && part.status != status))
                && let Some(part) = entry.edit().components.get_mut(component)
            {
                part.status = status;
                part.recovered_at = if recovers { Some(at) } else { part.recovered_at };
            }
            if recovers {
                entry.failing.remove(component);
                if entry.failing.is_empty() {
                    entry.edit().times.recovered_at = Some(at);
                }
            }
            entry.notice_wellness(at);
            if !entry.is_open() && recovers {
                self.concerned.entry(component.clone()).or_default().remove(&id);
            }
            self.changed(&id, Urgency::Later);
        }
    }

    /// Nothing is known of a component any more: that ends nothing, and nothing ends meanwhile.
    fn vanishes(&mut self, component: &ComponentId, status: Status) {
        for id in self.concerned.get(component).cloned().unwrap_or_default() {
            let Some(entry) = self.entries.get_mut(&id).filter(|entry| entry.is_open()) else { continue };
            if let Some(part) = entry.edit().components.get_mut(component).filter(|part| part.signature.is_some()) {
                part.status = status;
            }
            entry.memory.unknown.insert(component.clone());
            entry.memory.well_since = None;
            self.changed(&id, Urgency::Later);
        }
    }

    /// Keeps the finding and the impact of the worst moment.
    fn find_out(&mut self, id: &IncidentId, at: Timestamp) {
        let Some(entry) = self.entries.get_mut(id).filter(|entry| entry.is_open()) else { return };
        let impact = finding::impact(&entry.incident, &self.landscape).max(entry.incident.impact);
        let found = finding::finding(&entry.incident, &self.landscape);
        let worse = impact > entry.incident.impact;
        let before = entry.incident.finding.as_ref().map_or(0, |finding| finding.components);
        let more = found.as_ref().is_some_and(|found| found.components > before);
        let grown = entry.incident.components.len() > entry.memory.said_components;
        if worse || more {
            let incident = entry.edit();
            incident.impact = impact;
            incident.times.updated_at = incident.times.updated_at.max(at);
            incident.finding = found.or(incident.finding.take());
        }
        entry.memory.grows |= grown || (worse && entry.outgrew_message());
        self.changed(id, Urgency::Later);
    }

    /// Components keep their place in what is not over under their new names.
    fn rename(&mut self) {
        let pairs: Vec<_> = self.landscape.renamed().map(|(former, id)| (former.clone(), id.clone())).collect();
        for (former, present) in pairs {
            for id in self.concerned.remove(&former).unwrap_or_default() {
                let Some(entry) = self.entries.get_mut(&id) else { continue };
                if let Some(part) = entry.edit().components.remove(&former) {
                    entry.edit().components.entry(present.clone()).or_insert(part);
                }
                if let Some(trace) = entry.memory.traces.remove(&former) {
                    entry.memory.traces.entry(present.clone()).or_insert(trace);
                }
                if let Some(status) = entry.memory.said.remove(&former) {
                    entry.memory.said.entry(present.clone()).or_insert(status);
                }
                entry.edit().evidence.rename(&former, &present);
                entry.failing = entry.incident.failing().map(|(id, _)| id.clone()).collect();
                if entry.memory.unknown.remove(&former) {
                    entry.memory.unknown.insert(present.clone());
                }
                self.concerned.entry(present.clone()).or_default().insert(id.clone());
                self.changed(&id, Urgency::Now);
            }
        }
    }
}

/// Everything worked, and something fails again.
fn relapse(entry: &mut Entry, at: Timestamp) {
    let incident = entry.edit();
    incident.relapses += 1;
    if incident.lead == Lead::Measurements {
        let known = incident.times.identified_at.is_some();
        incident.stage = if known { Stage::Identified } else { Stage::Investigating };
    }
    if std::mem::take(&mut entry.memory.recovery_said) {
        entry.turn(at, Body::Relapsed);
        entry.size_said(at);
    }
}

fn involvement(failure: &Failure<'_>, landscape: &Landscape) -> Involvement {
    let landmark = landscape.get(failure.component);
    let name = landmark.map_or_else(|| Text::from(failure.component.as_str()), |landmark| landmark.name.clone());
    Involvement {
        name,
        group: landmark.and_then(|landmark| landmark.group.clone()),
        since: failure.since,
        detected_at: failure.at,
        recovered_at: None,
        status: failure.to,
        worst: failure.to,
        signature: failure.signature.clone(),
        detail: failure.detail.to_owned(),
        locations: failure.locations.to_vec(),
    }
}
