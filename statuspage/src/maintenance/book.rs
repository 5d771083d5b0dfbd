//! The book of maintenance: what is planned, how far each occurrence is, and what is worth a message. Pure.
//!
//! It reads no clock, does no I/O and cannot fail: plans, orders and the passing of time come in, news go out. It does not know
//! channels, words, pages or the store.
//!
//! - An occurrence of a plan is entered 48 hours before it begins and announced then, or at once when there is less time. From then
//!   on it is a record of its own: an operator may change, begin, end or cancel it alone.
//! - Its stages begin at exact instants, whenever time is told; none is ever gone back, whatever the clock does.
//! - What a settings file no longer says and has not begun is withdrawn; what has begun goes on to its end.
//! - What was announced and passed while nobody told the time is completed, and only its end is told.
//!
//! The same inputs give the same book, and one that was read from its records goes on as the one that wrote them. Ticks change
//! nothing but by elapsed time.

mod entry;
mod files;
mod orders;

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use shared::{ComponentId, MaintenanceId, Text, Timestamp};
use tracing::warn;

use super::{ANNOUNCED_BEFORE, Maintenance, Plan, PlanId, Source, Span};
use crate::engine::{Window, Windows};
use entry::{Entry, StoredPlan};

/// What ended longer ago is forgotten.
const REMEMBERED: Duration = Duration::from_secs(400 * 86_400);
/// Windows that ended so long ago are still told: whoever judges again what was stored needs them.
const TOLD_AFTER: Duration = Duration::from_secs(8 * 86_400);

/// The components that there are, with the groups they stand in.
pub type Groups = BTreeMap<ComponentId, Option<Text>>;

/// What is worth a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Which one.
    pub maintenance: Arc<Maintenance>,
    /// What happened to it.
    pub word: Word,
    /// When.
    pub at: Timestamp,
}

/// What happens to a maintenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// It will be, and when.
    Announced,
    /// It will be at another time than was announced.
    Moved,
    /// It begins.
    Begins,
    /// It is over.
    Ends,
    /// It will not be.
    Cancelled,
}

impl Word {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Announced, Self::Moved, Self::Begins, Self::Ends, Self::Cancelled];

    /// The word in documents and ids.
    pub fn word(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Moved => "moved",
            Self::Begins => "begins",
            Self::Ends => "ends",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Names a record of the book.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// An occurrence.
    Maintenance(MaintenanceId),
    /// An operator's plan that repeats.
    Plan(PlanId),
}

/// Everything that is planned or was, as far as it is remembered.
#[derive(Debug, Clone)]
pub struct Book {
    zone: TimeZone,
    plans: BTreeMap<PlanId, Plan>,
    entries: BTreeMap<MaintenanceId, Entry>,
    /// The next occurrence of each plan that is not entered yet, by its id.
    coming: BTreeMap<MaintenanceId, (PlanId, Arc<Maintenance>)>,
    /// When time next changes something.
    due: Option<Timestamp>,
    changes: BTreeSet<Key>,
}

impl Book {
    /// An empty one, which reads cron lines in that time zone.
    pub fn new(zone: TimeZone) -> Self {
        Self {
            zone,
            plans: BTreeMap::new(),
            entries: BTreeMap::new(),
            coming: BTreeMap::new(),
            due: None,
            changes: BTreeSet::new(),
        }
    }

    /// Goes on where another one stopped; what cannot be read is named and left out.
    pub fn read<'a>(zone: TimeZone, records: impl IntoIterator<Item = (Key, &'a [u8])>, now: Timestamp) -> Self {
        let mut book = Self::new(zone);
        for (key, bytes) in records {
            let error = match &key {
                Key::Maintenance(id) => {
                    let entry = Entry::read(bytes).map_err(|error| error.to_string());
                    entry.map(|entry| book.entries.insert(id.clone(), entry)).err()
                }
                Key::Plan(id) => {
                    let plan = StoredPlan::read(bytes, &book.zone, now);
                    plan.map(|plan| book.plans.insert(id.clone(), plan)).err()
                }
            };
            if let Some(error) = error {
                warn!(record = ?key, %error, "a record of a maintenance cannot be read");
            }
        }
        book.look_ahead(now);
        book
    }

    /// Takes what was planned and entered from records that were found late. What is known by now is newer.
    pub fn recall(&mut self, earlier: Self, now: Timestamp) {
        for (id, entry) in earlier.entries {
            self.entries.entry(id).or_insert(entry);
        }
        for (id, plan) in earlier.plans {
            self.plans.entry(id).or_insert(plan);
        }
        self.mark_changed();
        self.look_ahead(now);
    }

    /// One maintenance, entered or the next one of its plan.
    pub fn get(&self, id: &MaintenanceId) -> Option<&Arc<Maintenance>> {
        let entered = self.entries.get(id).map(|entry| &entry.maintenance);
        entered.or_else(|| self.coming.get(id).map(|(_, maintenance)| maintenance))
    }

    /// All that are remembered or announced, and the next one of each plan; those that begin last first.
    pub fn maintenances(&self) -> Vec<Arc<Maintenance>> {
        let coming = self.coming.values().map(|(_, maintenance)| maintenance);
        let all = self.entries.values().map(|entry| &entry.maintenance).chain(coming);
        let mut all: Vec<_> = all.cloned().collect();
        all.sort_by(|a, b| (b.starts_at, &b.id).cmp(&(a.starts_at, &a.id)));
        all
    }

    /// The plans that repeat and those of the settings file.
    pub fn plans(&self) -> impl Iterator<Item = &Plan> {
        self.plans.values()
    }

    /// When which component is under maintenance, from some days ago on.
    pub fn windows(&self, components: &Groups, now: Timestamp) -> Windows {
        let told = |entry: &&Entry| {
            let maintenance = &entry.maintenance;
            maintenance.cancelled_at.is_none() && maintenance.ends_at > now.minus(TOLD_AFTER)
        };
        let of_entry = |entry: &Entry| {
            let Maintenance { scope, starts_at: from, ends_at: until, .. } = entry.maintenance.as_ref().clone();
            let covered = components.iter().filter(move |(id, group)| scope.covers(id, group.as_ref()));
            covered.map(move |(id, _)| (id.clone(), Window { from, until }))
        };
        self.entries.values().filter(told).flat_map(of_entry).collect()
    }

    /// When time will next change something: a tick is due then.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.due
    }

    /// Lets time pass: what is near is entered and announced, what is due begins or ends.
    pub fn tick(&mut self, now: Timestamp) -> Vec<News> {
        if self.due.is_none_or(|due| now < due) {
            return Vec::new();
        }
        let mut news = Vec::new();
        let near = |(id, (plan, maintenance)): (&MaintenanceId, &(PlanId, Arc<Maintenance>))| {
            let near = maintenance.starts_at <= now.plus(ANNOUNCED_BEFORE);
            near.then(|| (id.clone(), plan.clone(), maintenance.starts_at))
        };
        // Each one that is entered may bring another one near.
        while let Some((id, plan, starts_at)) = self.coming.iter().find_map(near) {
            self.enter(&plan, starts_at, now);
            self.coming.remove(&id);
            self.foresee(&plan, now);
        }
        let ids: Vec<_> = self.entries.keys().cloned().collect();
        for id in ids {
            news.extend(self.advance(&id, now));
        }
        self.forget(now);
        self.schedule();
        news.sort_by_key(|news| news.at);
        news
    }

    /// The records that are to be written, in the transaction of the messages that led to them; without a body, those that are to be
    /// removed.
    pub fn take_changes(&mut self) -> Vec<(Key, Option<Vec<u8>>)> {
        let changes = std::mem::take(&mut self.changes);
        let record = |key: Key| {
            let body = match &key {
                Key::Maintenance(id) => self.entries.get(id).map(serde_json::to_vec),
                Key::Plan(id) => self.plans.get(id).and_then(StoredPlan::of).map(|plan| serde_json::to_vec(&plan)),
            };
            let body = body.transpose();
            let body = body.inspect_err(|error| warn!(record = ?key, %error, "a maintenance cannot be written"));
            Some((key, body.ok()?))
        };
        changes.into_iter().filter_map(record).collect()
    }

    /// What was written under these names is to be written again as it is now.
    pub fn rewrite(&mut self, keys: impl IntoIterator<Item = Key>) {
        self.changes.extend(keys);
    }

    /// Whether something is not written as it is.
    pub fn is_changed(&self) -> bool {
        !self.changes.is_empty()
    }

    /// Everything is to be written again.
    pub fn mark_changed(&mut self) {
        self.changes.extend(self.entries.keys().cloned().map(Key::Maintenance));
        let kept = self.plans.values().filter(|plan| plan.source == Source::Operator);
        self.changes.extend(kept.map(|plan| Key::Plan(plan.id.clone())));
    }

    fn enter(&mut self, plan: &PlanId, starts_at: Timestamp, now: Timestamp) -> Option<MaintenanceId> {
        let plan = self.plans.get(plan)?;
        let entry = Entry::of(plan, plan.at(starts_at)?, now);
        let id = entry.maintenance.id.clone();
        self.changes.insert(Key::Maintenance(id.clone()));
        self.entries.insert(id.clone(), entry);
        Some(id)
    }

    fn advance(&mut self, id: &MaintenanceId, now: Timestamp) -> Vec<News> {
        let Some(entry) = self.entries.get_mut(id) else { return Vec::new() };
        let before = entry.maintenance.version;
        let told = entry.advance(now);
        if entry.maintenance.version != before {
            self.changes.insert(Key::Maintenance(id.clone()));
        }
        let news = |(word, at)| News { maintenance: Arc::clone(&entry.maintenance), word, at };
        told.into_iter().map(news).collect()
    }

    fn forget(&mut self, now: Timestamp) {
        let old = |_: &MaintenanceId, entry: &mut Entry| entry.is_over() && entry.ended_before(now.minus(REMEMBERED));
        for (id, _) in self.entries.extract_if(.., old) {
            self.changes.insert(Key::Maintenance(id));
        }
    }

    /// Finds the next occurrence of every plan, and when that is near.
    fn look_ahead(&mut self, now: Timestamp) {
        self.coming.clear();
        let plans: Vec<_> = self.plans.keys().cloned().collect();
        plans.iter().for_each(|plan| self.foresee(plan, now));
        self.schedule();
    }

    /// The first occurrence of a plan that is not over and not entered. One that was missed is not made up for.
    fn foresee(&mut self, plan: &PlanId, now: Timestamp) {
        let Some(plan) = self.plans.get(plan) else { return };
        let entered = |span: &Span| self.entries.contains_key(&super::id(plan.id.as_str(), span.starts_at));
        let mut spans = plan.occurrences(now, Timestamp::from_millis(i64::MAX));
        if let Some(span) = spans.find(|span| !entered(span)) {
            let foreseen = Entry::foreseen(plan, span);
            self.coming.insert(foreseen.id.clone(), (plan.id.clone(), Arc::new(foreseen)));
        }
    }

    fn schedule(&mut self) {
        let near = self.coming.values().map(|(_, maintenance)| maintenance.starts_at.minus(ANNOUNCED_BEFORE));
        self.due = self.entries.values().filter_map(Entry::next_due).chain(near).min();
    }
}
