//! The book of incidents: which failures are one incident, how it grows, comes back and ends. Pure.
//!
//! It reads no clock, does no I/O and cannot fail on measurements: changes of state, landscapes, orders and the passing of time come
//! in, what is worth a message goes out. It does not know channels, words, pages or the store.
//!
//! - A component that goes down joins an open incident or opens one. It joins one in which failures began together with its own
//!   and share a mark (`correlation`), or one in which a component fails that it depends on, or one that it was part of and has
//!   just left. Of several it joins the oldest. Degraded performance opens nothing; what is unknown opens and ends nothing.
//! - When everything works again, that is said, and after a quiet time in which nothing fails and everything is known to work it is
//!   resolved. What a minority of the locations says is down works again, but it is known to fail: the time is not quiet. What fails before that is a relapse of the same incident; with each one the quiet time doubles, up to half an
//!   hour, and after the second one a recovery is said only once it has lasted for a quarter of it.
//! - A component that is no longer watched leaves its incidents as one that works. One that is renamed stays under its new name.
//!   Under maintenance it stays in them as it is, and nothing is said of it: they end when it works again, or by an operator.
//! - Operators who say something take the lead: measurement goes on beside their words and says what it finds, but no longer
//!   ends the incident. They may resolve it while something fails, as on Statuspage: then it is closed, and not said to work. What
//!   fails on is let be for the time of [`Rules::reopen`], in which probes see that it works; after that it is an incident again, which
//!   goes on from the one that was closed. What was or comes under maintenance is let be no longer than that: what fails at its
//!   end is an incident at once.
//!
//! The same inputs give the same book, and one that was read from its records goes on as the one that wrote them. Ticks change
//! nothing but by elapsed time.

mod beginning;
mod entry;
mod evidence;
mod failure;
mod growth;
mod home;
mod lapse;
mod orders;
mod recovery;
mod step;
mod times;

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use shared::{ComponentId, IncidentId, Status, Timestamp};
use tracing::warn;

use super::{Incident, Landscape, correlation::Index, correlation::Trace};
use entry::Entry;
pub use growth::Growth;
pub use orders::Done;

/// Incidents that ended longer ago are forgotten.
const REMEMBERED: Duration = Duration::from_secs(5 * 365 * 86_400 + 86_400);
/// A record of many components is written again at most so often, unless something was said.
const WRITING: Duration = Duration::from_secs(5);
/// So many components are many.
const MANY: usize = 50;

/// How the book judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Everything must have worked for that long before an incident is over.
    pub quiet: Duration,
    /// The first message waits that long for further components, and five times as long while more join.
    pub gather: Duration,
    /// What fails on after operators closed its incident is let be that long, and is an incident again then.
    pub reopen: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        Self { quiet: Duration::from_secs(180), gather: Duration::from_secs(2), reopen: Duration::from_secs(600) }
    }
}

/// What is worth a message to operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// It began.
    Opened(IncidentId),
    /// It has at least doubled or got worse since the last message.
    Grown(IncidentId),
    /// It is over.
    Resolved(IncidentId),
    /// An operator says that it is over, and not everything is known to work.
    Closed(IncidentId),
    /// The next update that was promised for that instant has not come.
    Overdue(IncidentId, Timestamp),
    /// Somebody takes care of it.
    Acknowledged(IncidentId),
}

/// All incidents that are remembered.
#[derive(Debug, Clone, Default)]
pub struct Book {
    rules: Rules,
    landscape: Landscape,
    entries: BTreeMap<IncidentId, Entry>,
    /// What is measured of each component now.
    conditions: BTreeMap<ComponentId, Status>,
    /// The incidents that a component matters to: the open ones that it is part of, and those that were resolved while it failed.
    concerned: BTreeMap<ComponentId, BTreeSet<IncidentId>>,
    open: BTreeSet<IncidentId>,
    /// By their ends, for returns.
    resolved: BTreeSet<(Timestamp, IncidentId)>,
    index: Index,
    /// When time next changes something, one entry an incident at most.
    due: BTreeSet<(Timestamp, IncidentId)>,
    scheduled: BTreeMap<IncidentId, Timestamp>,
    clock: Option<Timestamp>,
    changes: BTreeMap<IncidentId, Urgency>,
}

/// How soon a changed record must be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Urgency {
    /// A restart would find it out by itself.
    Later,
    /// Together with what was said.
    Now,
}

impl Book {
    /// An empty one.
    pub fn new(rules: Rules) -> Self {
        Self { rules, ..Self::default() }
    }

    /// Goes on where another one stopped; what cannot be read is named and left out. What is watched is told next
    /// ([`Book::arrange`]).
    pub fn read<'a>(rules: Rules, records: impl IntoIterator<Item = (&'a IncidentId, &'a [u8])>) -> Self {
        let mut book = Self::new(rules);
        for (id, bytes) in records {
            match Entry::read(bytes) {
                Ok(entry) => {
                    // It was that late at least when it was written: the clock may have been set back since.
                    book.clock = book.clock.max(Some(entry.latest()).filter(|_| entry.is_open()));
                    book.entries.insert(id.clone(), entry);
                }
                Err(error) => warn!(incident = %id, %error, "a record of an incident cannot be read"),
            }
        }
        book.find_again();
        book
    }

    /// Takes incidents from records that were found late. What is known by now is newer.
    pub fn recall(&mut self, earlier: Self) {
        for (id, entry) in earlier.entries {
            self.entries.entry(id).or_insert(entry);
        }
        self.find_again();
        self.mark_changed();
    }

    /// One incident.
    pub fn get(&self, id: &IncidentId) -> Option<&Arc<Incident>> {
        self.entries.get(id).map(|entry| &entry.incident)
    }

    /// All that are remembered, those that began last first.
    pub fn incidents(&self) -> Vec<Arc<Incident>> {
        let mut incidents: Vec<_> = self.entries.values().map(|entry| Arc::clone(&entry.incident)).collect();
        incidents.sort_by(|a, b| (b.times.started_at, &b.id).cmp(&(a.times.started_at, &a.id)));
        incidents
    }

    /// When time will next change something: a tick is due then.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.due.first().map(|(at, _)| *at)
    }

    /// The records that are to be written now, in the transaction of the messages that led to them; without a body, those that are
    /// to be removed. A large incident of which only the present changed is left for a few seconds.
    pub fn take_changes(&mut self, now: Timestamp) -> Vec<(IncidentId, Option<Vec<u8>>)> {
        let due = |id: &IncidentId, urgency: Urgency| {
            let entry = self.entries.get(id);
            let rests = |entry: &Entry| {
                let small = entry.incident.components.len() < MANY;
                small || entry.written_at.is_none_or(|at| now.since(at) >= WRITING || now < at)
            };
            urgency == Urgency::Now || entry.is_none_or(rests)
        };
        let taken: Vec<_> =
            self.changes.iter().filter(|(id, urgency)| due(id, **urgency)).map(|(id, _)| id.clone()).collect();
        taken.into_iter().filter_map(|id| self.record(id, now)).collect()
    }

    /// Everything that is not written as it is.
    pub fn take_all_changes(&mut self, now: Timestamp) -> Vec<(IncidentId, Option<Vec<u8>>)> {
        let changes: Vec<_> = self.changes.keys().cloned().collect();
        changes.into_iter().filter_map(|id| self.record(id, now)).collect()
    }

    /// Everything is to be written again.
    pub fn mark_changed(&mut self) {
        self.changes.extend(self.entries.keys().map(|id| (id.clone(), Urgency::Now)));
    }

    fn record(&mut self, id: IncidentId, now: Timestamp) -> Option<(IncidentId, Option<Vec<u8>>)> {
        self.changes.remove(&id);
        let Some(entry) = self.entries.get_mut(&id) else { return Some((id, None)) };
        entry.written_at = Some(now);
        match entry.write() {
            Ok(body) => Some((id, Some(body))),
            Err(error) => {
                warn!(incident = %id, %error, "a record of an incident cannot be written");
                None
            }
        }
    }

    fn changed(&mut self, id: &IncidentId, urgency: Urgency) {
        let known = self.changes.entry(id.clone()).or_insert(urgency);
        *known = (*known).max(urgency);
        self.schedule(id);
    }

    fn schedule(&mut self, id: &IncidentId) {
        let next = self.entries.get(id).and_then(|entry| entry.due(&self.rules)).map(|(at, _)| at);
        if let Some(before) = self.scheduled.remove(id) {
            self.due.remove(&(before, id.clone()));
        }
        if let Some(at) = next {
            self.scheduled.insert(id.clone(), at);
            self.due.insert((at, id.clone()));
        }
    }

    /// Makes everything anew that follows from the entries and the landscape.
    fn find_again(&mut self) {
        (self.concerned, self.open, self.resolved, self.index) = Default::default();
        (self.due, self.scheduled) = Default::default();
        let ids: Vec<_> = self.entries.keys().cloned().collect();
        for id in &ids {
            self.file(id);
            self.schedule(id);
        }
    }

    /// Puts an incident where it is found: the open ones by their components and marks, the others by their end.
    fn file(&mut self, id: &IncidentId) {
        let Some(entry) = self.entries.get(id) else { return };
        let concerned: Vec<_> = if entry.is_open() {
            self.open.insert(id.clone());
            for (component, trace) in &entry.memory.traces {
                self.index.add(id, component, trace, &self.landscape);
            }
            entry.incident.components.keys().cloned().collect()
        } else {
            self.resolved.extend(entry.incident.times.resolved_at.map(|at| (at, id.clone())));
            entry.failing.iter().cloned().collect()
        };
        for component in concerned {
            self.concerned.entry(component).or_default().insert(id.clone());
        }
    }

    /// An incident that was open no longer is.
    fn close(&mut self, id: &IncidentId) {
        self.index.remove(id);
        self.open.remove(id);
        let Some(entry) = self.entries.get(id) else { return };
        for component in entry.incident.components.keys().filter(|component| !entry.failing.contains(*component)) {
            if let Some(incidents) = self.concerned.get_mut(component) {
                incidents.remove(id);
            }
        }
        self.resolved.extend(entry.incident.times.resolved_at.map(|at| (at, id.clone())));
        self.changed(&id.clone(), Urgency::Now);
    }
}
