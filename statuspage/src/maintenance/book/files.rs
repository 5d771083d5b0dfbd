//! What the settings file plans, and what becomes of what it no longer says.
//!
//! It does not know the file.

use std::{collections::BTreeMap, sync::Arc};

use shared::{MaintenanceId, MaintenanceStage, Text, Timestamp};

use super::{Book, Entry, Key, News, Word};
use crate::maintenance::{Plan, PlanId, Source, Span};

impl Book {
    /// From now on the settings file says this, and no more.
    pub fn take_files(&mut self, plans: impl IntoIterator<Item = Plan>, now: Timestamp) -> Vec<News> {
        let known = |plan: Plan| (plan.id.clone(), Plan { created_at: now, ..plan });
        let plans: BTreeMap<PlanId, Plan> = plans.into_iter().map(known).collect();
        self.plans.retain(|_, plan| plan.source == Source::Operator);
        self.plans.extend(plans);
        let mut news = Vec::new();
        let ids: Vec<_> = self.entries.keys().cloned().collect();
        for id in ids {
            news.extend(self.compare(&id, now));
        }
        self.look_ahead(now);
        news.extend(self.tick(now));
        news
    }

    /// Brings an occurrence that follows a plan of the file in line with it.
    fn compare(&mut self, id: &MaintenanceId, now: Timestamp) -> Option<News> {
        let entry = self.entries.get(id)?;
        let origin = entry.origin.as_ref().filter(|origin| entry.source == Source::File && !origin.departed)?;
        let plan = self.plans.get(&origin.plan);
        let said = plan.and_then(|plan| Some((plan.clone(), plan.at(origin.starts_at)?)));
        match (entry.maintenance.stage, said) {
            (MaintenanceStage::Completed | MaintenanceStage::Cancelled, _) => None,
            (MaintenanceStage::Scheduled, None) => self.withdraw(id, now, None),
            // It has begun, and ends by itself.
            (MaintenanceStage::InProgress | MaintenanceStage::Verifying, None) => None,
            (
                MaintenanceStage::Scheduled | MaintenanceStage::InProgress | MaintenanceStage::Verifying,
                Some((plan, span)),
            ) => self.follow(id, &plan, span, now),
        }
    }

    fn follow(&mut self, id: &MaintenanceId, plan: &Plan, span: Span, now: Timestamp) -> Option<News> {
        let entry = self.entries.get_mut(id)?;
        let present = &entry.maintenance;
        let moved = present.ends_at != span.ends_at;
        if !moved && present.title == plan.title && present.description == plan.description {
            return None;
        }
        let maintenance = entry.edit();
        (maintenance.title, maintenance.description) = (plan.title.clone(), plan.description.clone());
        maintenance.ends_at = span.ends_at;
        maintenance.updated_at = now;
        maintenance.version += 1;
        self.changes.insert(Key::Maintenance(id.clone()));
        let news = || News { maintenance: Arc::clone(&entry.maintenance), word: Word::Moved, at: now };
        (moved && entry.announced).then(news)
    }

    /// Takes back what has not begun: in silence when nobody was told of it.
    pub(super) fn withdraw(&mut self, id: &MaintenanceId, now: Timestamp, body: Option<Text>) -> Option<News> {
        let entry = self.entries.get_mut(id)?;
        self.changes.insert(Key::Maintenance(id.clone()));
        // One that an operator takes back alone stays, so that the file does not plan it again.
        let departed = entry.origin.as_ref().is_some_and(|origin| origin.departed);
        if !entry.announced && entry.source == Source::File && !departed {
            self.entries.remove(id);
            return None;
        }
        cancel(entry, now, body);
        entry.announced.then(|| News { maintenance: Arc::clone(&entry.maintenance), word: Word::Cancelled, at: now })
    }
}

/// It will not be.
fn cancel(entry: &mut Entry, now: Timestamp, body: Option<Text>) {
    entry.edit().cancelled_at = Some(now);
    entry.say(MaintenanceStage::Cancelled, now, body);
}
