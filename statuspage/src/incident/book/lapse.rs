//! What the passing of time brings to incidents: messages, the quiet time and its end, promises that lapse.
//!
//! It does not know measurements.

use shared::{IncidentId, Stage, Timestamp};

use super::{Book, News, REMEMBERED, Urgency, entry::Due};
use crate::incident::{Body, Lead};

impl Book {
    /// Nothing but time passed.
    pub fn tick(&mut self, now: Timestamp) -> Vec<News> {
        let mut news = Vec::new();
        self.pass_time(now, &mut news);
        news
    }

    /// Lets happen what is due, at the instants at which it is.
    pub(super) fn pass_time(&mut self, now: Timestamp, news: &mut Vec<News>) {
        self.set_clock(now);
        self.happen_until(now, news);
    }

    /// It is `now`, which may be earlier than before.
    pub(super) fn set_clock(&mut self, now: Timestamp) {
        if self.clock.is_some_and(|clock| now < clock) {
            let reopen = self.rules.reopen;
            let over = self.entries.values_mut().filter(|entry| !entry.is_open());
            over.for_each(|entry| entry.cut_patience(now.plus(reopen)));
            for id in self.open.clone() {
                let Some(entry) = self.entries.get_mut(&id) else { continue };
                let before = entry.clone();
                entry.turn_back(now);
                if *entry != before {
                    self.changed(&id, Urgency::Later);
                }
            }
            self.find_again();
        }
        self.clock = Some(now);
    }

    /// Lets happen what is due by then.
    pub(super) fn happen_until(&mut self, now: Timestamp, news: &mut Vec<News>) {
        while let Some((at, id)) = self.due.first().filter(|(at, _)| *at <= now).cloned() {
            self.due.remove(&(at, id.clone()));
            self.scheduled.remove(&id);
            self.come_due(&id, news);
        }
    }

    fn come_due(&mut self, id: &IncidentId, news: &mut Vec<News>) {
        let Some(entry) = self.entries.get_mut(id) else { return };
        let Some((at, due)) = entry.due(&self.rules) else { return };
        // What was let happen only now (by growth long after the last message, by operators) is not said before it.
        let at = match due {
            Due::Promise | Due::Patience => at,
            Due::Announcement | Due::Growth | Due::Recovery | Due::End => at.max(entry.incident.times.updated_at),
        };
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
            Due::Patience => {
                let condoned = std::mem::take(&mut entry.memory.condoned);
                entry.memory.condoned_until = None;
                self.go_on_from(id, &condoned, at);
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
}
