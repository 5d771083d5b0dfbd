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
                entry.tell();
                news.push(News::Opened(id.clone()));
            }
            Due::Growth => {
                entry.say_growth(at);
                if entry.outgrew_message() {
                    entry.tell();
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
}
