//! From incidents and faults of the monitor to messages that are written down, sent and settled.
//!
//! It does not know how a message travels, nor its words.

use std::{path::Path, sync::atomic::Ordering};

use bytes::Bytes;
use prober::definition::{Definition, DefinitionSet};
use shared::{ComponentId, IncidentId, Language, Timestamp};
use tracing::{debug, error, info, warn};

use super::{
    Hub, HubOptions,
    alarm::{Alarms, Bell},
    bells::{self, Checks},
    former::{self, Outage},
    locations,
    mailing::Post,
    maintenance,
};
use crate::{
    clock::now,
    engine::Transition,
    incident::{self, Audit, Book, Incident, Landmark, Landscape, News, Rules},
    location,
    notify::{
        Cause, Course, Due, Escalation, Event, Fault, FaultKind, Growth, Kind, Matter, NAMED, Named, Notification,
        Outbox, Outcome, Proofs, State, Subject, Teller,
    },
    snapshot::Reason,
    store::{Changes, RecordKey, Restored, StoreEvent, StoreFault},
};

/// Who is told what.
#[derive(Debug)]
pub(super) struct Telling {
    pub(super) book: Book,
    pub(super) audit: Audit,
    pub(super) maintenance: crate::maintenance::Book,
    pub(super) outbox: Outbox,
    pub(super) post: Post,
    pub(super) locations: location::Book,
    pub(super) alarms: Alarms,
    pub(super) escalation: Escalation,
    pub(super) proofs: Proofs,
    pub(super) checks: Checks,
    /// Tests by hand on their way, and who waits for their outcome.
    pub(super) tests: bells::Tests,
    language: Language,
    rules: Rules,
}

impl Telling {
    pub(super) fn new(options: &HubOptions, restored: &Restored) -> Self {
        let channels = options.channels.iter().map(|(name, _)| name.clone());
        Self {
            book: book(options.rules, restored),
            audit: audit(restored),
            maintenance: maintenance::book(options, restored),
            outbox: Outbox::new(channels, restored.notifications.clone()),
            post: Post::read(options.mail, restored),
            locations: locations::book(restored, now()),
            alarms: Alarms::read(&restored.records),
            escalation: bells::escalation(options, restored),
            proofs: bells::proofs(options, restored),
            checks: Checks::read(restored),
            tests: bells::Tests::default(),
            language: options.site.default_language(),
            rules: options.rules,
        }
    }

    /// Since when a lasting fault of the monitor has been open.
    pub(super) fn fault_since(&self, kind: FaultKind) -> Option<Timestamp> {
        self.alarms.fault_since(kind)
    }

    /// Since when the oldest message waits that could have been told.
    pub(super) fn oldest_message(&self) -> Option<Timestamp> {
        self.outbox.oldest_pending()
    }

    /// Takes over messages, incidents and open faults that a database held which could not be opened at the start.
    pub(super) fn recall(&mut self, options: &HubOptions, restored: &Restored) {
        self.outbox.recall(&restored.notifications);
        self.alarms.recall(Alarms::read(&restored.records));
        self.escalation.recall(bells::alarms(restored));
        self.proofs.recall(bells::proven(restored));
        self.book.recall(book(self.rules, restored));
        self.audit.recall(audit(restored));
        self.post.recall(Post::read(options.mail, restored));
        self.locations.recall(locations::book(restored, now()));
        self.maintenance.recall(maintenance::book(options, restored), now());
    }

    /// What is not written as it is, and must be now.
    pub(super) fn changed_records(&mut self, now: Timestamp) -> Vec<(RecordKey, Option<Bytes>)> {
        let incidents = self.book.take_changes(now);
        self.records(incidents, now)
    }

    /// Everything that is not written as it is.
    pub(super) fn all_changed_records(&mut self, now: Timestamp) -> Vec<(RecordKey, Option<Bytes>)> {
        let incidents = self.book.take_all_changes(now);
        self.records(incidents, now)
    }

    fn records(
        &mut self,
        incidents: Vec<(IncidentId, Option<Vec<u8>>)>,
        now: Timestamp,
    ) -> Vec<(RecordKey, Option<Bytes>)> {
        // Here and nowhere else, so that what subscribers are to be told lies in the transaction of what it tells.
        for incident in incidents.iter().filter_map(|(id, _)| self.book.get(id)) {
            self.post.hear_incident(incident, now);
        }
        let mail = self.post.take_changes(now);
        let incidents = incidents.into_iter().map(|(id, body)| (RecordKey::Incident(id), body.map(Bytes::from)));
        let orders = self.audit.take_changes().into_iter();
        let orders = orders.map(|(number, body)| (RecordKey::Audit(number), body.map(Bytes::from)));
        let planned = maintenance::records(&mut self.maintenance);
        let places = locations::records(&mut self.locations);
        let rung = bells::records(&mut self.escalation, &mut self.proofs);
        let open = self.alarms.take_changes().into_iter();
        open.chain(incidents).chain(orders).chain(planned).chain(mail).chain(places).chain(rung).collect()
    }

    /// Every message that is remembered and everything that is open, to be written together.
    pub(super) fn everything(&mut self, now: Timestamp) -> (Vec<Notification>, Vec<(RecordKey, Option<Bytes>)>) {
        self.alarms.mark_changed();
        self.book.mark_changed();
        self.audit.mark_changed();
        self.maintenance.mark_changed();
        self.post.mark_changed();
        self.locations.mark_changed();
        self.escalation.mark_changed();
        self.proofs.mark_changed();
        (self.outbox.rows(), self.all_changed_records(now))
    }

    /// Every message that is remembered.
    #[cfg(test)]
    pub(super) fn rows(&self) -> Vec<Notification> {
        self.outbox.rows()
    }

    /// Takes names, groups and dependencies from the definitions.
    pub(super) fn watch(&mut self, set: &DefinitionSet, now: Timestamp) -> Vec<News> {
        let landmark = |definition: &Definition| Landmark {
            name: definition.name.clone(),
            group: definition.group.clone(),
            depends_on: definition.depends_on.clone(),
            formerly: definition.formerly.clone(),
        };
        let landscape: Landscape =
            set.definitions.iter().map(|(id, definition)| (id.clone(), landmark(definition))).collect();
        self.book.arrange(landscape, now)
    }

    /// Makes incidents of outages that a former version had open.
    pub(super) fn adopt(&mut self, outages: &[(ComponentId, Outage)], told: &[Notification], now: Timestamp) {
        for (component, Outage { since, told: was_told }) in outages {
            let announced = former::announced_at(told, component, *since).unwrap_or(*since);
            self.book.adopt(component, *since, was_told.then_some(announced), now);
        }
    }

    fn event(&self, bell: Bell) -> Event {
        let (subject, kind) = match bell {
            Bell::Fault { fault, since } => {
                let kind = match fault.kind().course() {
                    Course::Lasting => Kind::Down { since, cause: None },
                    Course::Single => Kind::noticed(since),
                };
                (Subject::Monitor(fault), kind)
            }
            Bell::FaultOver { fault, since, until } => (Subject::Monitor(fault), Kind::Recovered { since, until }),
        };
        Event { subject, detected_at: now(), kind }
    }

    /// What messages say of an incident.
    pub(super) fn matter(&self, incident: &Incident) -> Matter {
        let name = |text: &shared::Text| text.get(self.language).to_owned();
        let mut parts: Vec<_> = incident.components.iter().collect();
        parts.sort_by_key(|(id, part)| (part.since, *id));
        let dependency = incident.finding.as_ref().and_then(|finding| finding.dependency.as_ref());
        let dependency = dependency.and_then(|id| incident.components.get(id));
        // The alarm's own beginning, so that it stays what it is when an earlier failure comes to light.
        let lead = self.escalation.lead(&incident.id).or_else(|| parts.first().map(|(id, _)| (*id).clone()));
        let first = parts.iter().take(NAMED).map(|(id, part)| Named { id: (*id).clone(), name: name(&part.name) });
        Matter {
            id: incident.id.clone(),
            title: incident.title.as_ref().map(name),
            finding: incident.finding.clone(),
            dependency: dependency.map(|part| name(&part.name)),
            impact: incident.impact,
            first: first.collect(),
            components: u32::try_from(incident.components.len()).unwrap_or(u32::MAX),
            lead,
            growth: None,
        }
    }

    /// What a message says that an incident has grown by.
    fn growth(&self, incident: &Incident) -> Option<Growth> {
        let incident::Growth { joined, worst } = self.book.growth(&incident.id)?;
        let named = |id: &ComponentId| {
            let name = incident.components.get(id).map_or(id.as_str(), |part| part.name.get(self.language));
            Named { id: id.clone(), name: name.to_owned() }
        };
        let components = u32::try_from(joined.len()).unwrap_or(u32::MAX);
        Some(Growth { joined: joined.iter().take(NAMED).map(named).collect(), components, worst })
    }
}

fn book(rules: Rules, restored: &Restored) -> Book {
    let incidents = restored.records.iter().filter_map(|(key, body)| {
        let RecordKey::Incident(id) = key else { return None };
        Some((id, body.as_ref()))
    });
    Book::read(rules, incidents)
}

fn audit(restored: &Restored) -> Audit {
    Audit::read(restored.records.iter().filter_map(|(key, body)| {
        let RecordKey::Audit(number) = key else { return None };
        Some((*number, body.as_ref()))
    }))
}

/// What the store says, as operators are told.
fn told_as(fault: &StoreFault) -> Fault {
    let path = |path: &Path| path.display().to_string();
    match fault {
        StoreFault::SetAside { reason, kept } => Fault::SetAside { reason: reason.clone(), kept: path(kept) },
        StoreFault::Gone(place) => Fault::Gone { place: path(place) },
        StoreFault::CorruptRows { rows } => Fault::CorruptRows { rows: *rows },
        StoreFault::LostWrites { writes } => Fault::LostWrites { writes: *writes },
        StoreFault::NoSpace { dir: _, free, reserve } => Fault::NoSpace { free: *free, reserve: *reserve },
        StoreFault::LowSpace { dir: _, free, reserve } => Fault::LowSpace { free: *free, reserve: *reserve },
        StoreFault::Failing(reason) => Fault::Failing { reason: reason.clone() },
        StoreFault::Dropped { observations } => Fault::Dropped { observations: *observations },
        StoreFault::RestoredFrom { backup, made_at: _ } => Fault::RestoredFrom { backup: path(backup) },
        StoreFault::DamagedBlock(what) => Fault::DamagedFiles { files: 1, first: what.clone() },
        StoreFault::MissingBlock(file) => Fault::MissingFiles { files: 1, first: path(file) },
        StoreFault::NotSealed(reason) => Fault::NotSealed { reason: reason.clone() },
    }
}

/// The faults that end when everything is written.
const STORE_FAILS: [FaultKind; 2] = [FaultKind::NoSpace, FaultKind::Failing];

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
        let (News::Opened(id) | News::Grown(id) | News::Resolved(id) | News::Overdue(id, _) | News::Acknowledged(id)) =
            news;
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
        };
        let channels = self.ring_incident(news, &incident);
        let mut matter = self.telling.matter(&incident);
        if let News::Grown(_) = news {
            matter.growth = self.telling.growth(&incident);
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

    /// Tells what the store found when it was opened. A store that works proves that what failed before the restart is over; of
    /// room on the disk it speaks by itself.
    pub(super) async fn tell_opening(&mut self, faults: &[StoreFault]) {
        let found: Vec<_> = faults.iter().map(told_as).collect();
        let alarms = &mut self.telling.alarms;
        let over = STORE_FAILS.into_iter().filter(|kind| found.iter().all(|fault| fault.kind() != *kind));
        let mut bells: Vec<_> = over.filter_map(|kind| alarms.end(kind, now())).collect();
        bells.extend(found.iter().cloned().filter_map(|fault| alarms.notice(fault, now())));
        self.announce(bells).await;
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

    /// Answers what happened to the store; gives changes of state of which the book may not know.
    pub(super) async fn take_event(&mut self, event: StoreEvent) -> Vec<Transition> {
        match event {
            StoreEvent::Fault(fault) => {
                error!(%fault, "the store needs attention");
                let bell = self.telling.alarms.notice(told_as(&fault), now());
                self.announce(bell.into_iter().collect()).await;
            }
            StoreEvent::OpenedLate(restored) => {
                info!("the database is open again");
                let transitions = self.merge(&restored, now()).await;
                let faults = restored.faults.iter().map(told_as);
                let bells = faults.filter_map(|fault| self.telling.alarms.notice(fault, now())).collect();
                self.announce(bells).await;
                return transitions;
            }
            StoreEvent::Replaced => self.rewrite(now()).await,
            StoreEvent::CaughtUp => {
                info!("the store has written everything that waited");
                self.end(&STORE_FAILS).await;
            }
            StoreEvent::RoomAgain => self.end(&[FaultKind::LowSpace]).await,
        }
        Vec::new()
    }

    /// Tells that faults of the monitor are over, those of them that were open.
    async fn end(&mut self, kinds: &[FaultKind]) {
        let alarms = &mut self.telling.alarms;
        let bells = kinds.iter().filter_map(|kind| alarms.end(*kind, now())).collect();
        self.announce(bells).await;
    }
}
