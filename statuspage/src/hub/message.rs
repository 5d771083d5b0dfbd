//! From news of incidents and bells of faults to messages that are written down, sent and settled.
//!
//! It does not know how a message travels, nor its words.

use std::sync::atomic::Ordering;

use shared::ComponentId;
use tracing::{debug, error, info, warn};

use super::{Hub, alarm::Bell};
use crate::{
    clock::now,
    engine::Transition,
    incident::{Actor, Incident, News},
    notify::{Cause, Due, Event, Kind, Notification, Outcome, State, Subject, Teller},
    snapshot::Reason,
    store::{Changes, RecordKey},
};

fn cause(component: &ComponentId, reason: Reason) -> Cause {
    let Reason { probe: name, locations, kind, detail, http_status, .. } = reason;
    let probe = shared::ProbeId { component: component.clone(), name };
    Cause { probe, kind, detail, http_status, locations }
}

impl Hub {
    /// Enters these changes of state into the book, and writes down what is to be told of them; it is sent only then.
    pub(super) async fn tell(&mut self, transitions: &[Transition]) {
        let news = self.telling.book.hear(transitions, now());
        for transition in transitions {
            self.telling.book.keep_evidence(&transition.component, self.firsts.of(&transition.component));
        }
        self.spread(news).await;
    }

    /// The rows of a message about an incident.
    pub(super) fn message(&mut self, news: &News) -> Vec<Notification> {
        let (News::Opened(id)
        | News::Grown(id)
        | News::Resolved(id)
        | News::Closed(id)
        | News::Overdue(id, _)
        | News::Acknowledged(id)) = news;
        let Some(incident) = self.telling.book.get(id).cloned() else { return Vec::new() };
        let since = incident.times.started_at;
        let kind = match news {
            News::Opened(_) => Kind::Down { since, cause: self.cause(&incident) },
            News::Grown(_) => Kind::Grown { since, cause: self.cause(&incident) },
            News::Overdue(_, promised) => Kind::Overdue { since, promised: *promised },
            News::Acknowledged(_) => {
                let Some(taken) = incident.acknowledgement.clone() else { return Vec::new() };
                Kind::Acknowledged { since, at: taken.at, by: taken.by }
            }
            News::Resolved(_) => {
                let until = incident.times.recovered_at.or(incident.times.resolved_at).unwrap_or_else(now);
                Kind::Recovered { since, until: until.max(since) }
            }
            News::Closed(_) => {
                let at = incident.times.resolved_at.unwrap_or_else(now);
                let by = incident.latest().map_or(Actor::Monitor, |update| update.by.clone());
                Kind::Closed { since, at: at.max(since), by }
            }
        };
        let channels = self.ring_incident(news, &incident);
        let mut matter = self.telling.matter(&incident);
        if let News::Grown(_) = news {
            matter.growth = self.telling.growth(&incident);
        }
        if let News::Closed(_) = news {
            matter.still = self.telling.still(&incident);
        }
        let subject = Subject::Incident(Box::new(matter));
        self.telling.outbox.tell(&Event { subject, detected_at: now(), kind }, &channels)
    }

    /// What the component says that failed first, of those that still do.
    pub(super) fn cause(&self, incident: &Incident) -> Option<Cause> {
        let (component, _) = incident.failing().min_by_key(|(id, part)| (part.since, *id))?;
        let reason = self.engine.view(component)?.reason?;
        Some(cause(component, reason))
    }

    pub(super) async fn announce(&mut self, bells: Vec<Bell>) {
        let mut notifications = Vec::new();
        for bell in bells {
            let channels = self.ring_fault(&bell);
            let event = self.telling.event(bell);
            notifications.extend(self.telling.outbox.tell(&event, &channels));
        }
        self.write(notifications).await;
    }

    /// Writes messages, and in the same transaction the incidents and faults that led to them.
    pub(super) async fn write(&mut self, notifications: Vec<Notification>) {
        let counters = &self.options.counters;
        counters.outbox.store(self.telling.outbox.pending() as u64, Ordering::Relaxed);
        for (kind, open) in counters.store_faults.each() {
            open.store(u64::from(self.telling.alarms.fault_since(kind).is_some()), Ordering::Relaxed);
        }
        let records = self.telling.changed_records(now());
        self.dirty.incidents |= records.iter().any(|(key, _)| matches!(key, RecordKey::Incident(_)));
        self.dirty.alarms |= records
            .iter()
            .any(|(key, _)| matches!(key, RecordKey::Alarm(_) | RecordKey::Channel(_) | RecordKey::Fault(_)));
        // When the store is behind, they wait in its memory, together, and the message leaves all the same.
        self.store.apply(Changes { notifications, records, ..Changes::default() }).await;
    }

    /// Hands what is due to the teller, and writes down what was given up.
    pub(super) async fn send(&mut self, teller: &Teller) {
        let Due { send, changed } = self.telling.outbox.due(now());
        for notification in send {
            // A teller that has stopped sends nothing more; the row stays pending and leaves after the next start.
            if let Err(error) = teller.send(notification) {
                debug!(%error, "a message waits for the next start");
            }
        }
        self.record(changed).await;
    }

    /// Writes down what became of a message.
    pub(super) async fn settle(&mut self, outcome: Outcome) -> Vec<Transition> {
        let Some(outcome) = self.note_outcome(outcome).await else { return Vec::new() };
        let refusal = outcome.result.as_ref().err().cloned();
        let rows = self.telling.outbox.settle(outcome);
        if let Some((refusal, row)) = refusal.zip(rows.last().filter(|row| row.is_pending())) {
            let (subject, message, next) = (&row.subject, row.word(), row.next_attempt_at);
            warn!(channel = %row.channel, %subject, message, %next, %refusal, "a channel did not take a message");
        }
        self.record(rows).await;
        Vec::new()
    }

    pub(super) async fn record(&mut self, rows: Vec<Notification>) {
        for row in &rows {
            let counters = &self.options.counters;
            match &row.state {
                State::Delivered { receipt, at } => {
                    if let Subject::Incident(matter) = &row.subject {
                        self.telling.book.delivered(&matter.id, *at);
                    }
                    counters.delivered.fetch_add(1, Ordering::Relaxed);
                    info!(channel = %row.channel, subject = %row.subject, message = row.word(), receipt, "told");
                }
                State::Abandoned { error, .. } => {
                    error!(channel = %row.channel, subject = %row.subject, error, "nobody could be told: given up");
                }
                State::Pending => {
                    counters.delivery_failures.fetch_add(1, Ordering::Relaxed);
                }
                State::Merged { .. } => {}
            }
        }
        self.write(rows).await;
    }
}
