//! From changes of state and faults of the monitor to messages that are written down, sent and settled.
//!
//! It does not know how a message travels, nor its words.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, atomic::Ordering},
};

use bytes::Bytes;
use prober::definition::DefinitionSet;
use shared::{ComponentId, Language, Timestamp};
use tracing::{debug, error, info, warn};

use super::{
    Hub, HubOptions,
    alarm::{Alarms, Bell, Dependencies},
    now,
};
use crate::{
    engine::Transition,
    notify::{
        Cause, Course, Due, Event, Fault, FaultKind, Happening, Notification, Outbox, Outcome, State, Subject, Teller,
    },
    snapshot::Reason,
    store::{Changes, RecordKey, StoreEvent, StoreFault},
};

/// Who is told what.
#[derive(Debug)]
pub(super) struct Telling {
    alarms: Alarms,
    outbox: Outbox,
    dependencies: Dependencies,
    names: BTreeMap<ComponentId, String>,
    language: Language,
}

impl Telling {
    pub(super) fn new(options: &HubOptions, alarms: Alarms, notifications: Vec<Notification>) -> Self {
        let channels = options.channels.iter().cloned();
        Self {
            alarms,
            outbox: Outbox::new(channels, notifications),
            dependencies: Dependencies::new(),
            names: BTreeMap::new(),
            language: options.site.default_language(),
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

    /// Takes over messages and open outages that a database held which could not be opened at the start.
    pub(super) fn recall(&mut self, notifications: &[Notification], alarms: Alarms) {
        self.outbox.recall(notifications);
        self.alarms.recall(alarms);
    }

    /// What is open or over and not written as it is.
    pub(super) fn changed_records(&mut self) -> Vec<(RecordKey, Option<Bytes>)> {
        self.alarms.take_changes()
    }

    /// Every message that is remembered and everything that is open, to be written together.
    pub(super) fn everything(&mut self) -> (Vec<Notification>, Vec<(RecordKey, Option<Bytes>)>) {
        self.alarms.mark_changed();
        (self.outbox.rows(), self.alarms.take_changes())
    }

    /// Every message that is remembered.
    #[cfg(test)]
    pub(super) fn rows(&self) -> Vec<Notification> {
        self.outbox.rows()
    }

    /// Takes names and dependencies from the definitions.
    pub(super) fn watch(&mut self, set: &DefinitionSet) {
        let definitions = &set.definitions;
        for (id, definition) in definitions {
            let former = definition.formerly.iter().filter(|former| !definitions.contains_key(*former));
            former.for_each(|former| self.alarms.rename(former, id));
        }
        self.alarms.retain(|id| definitions.contains_key(id));
        self.dependencies =
            definitions.iter().map(|(id, definition)| (id.clone(), definition.depends_on.clone())).collect();
        let name = |(id, definition): (&ComponentId, &Arc<_>)| {
            let definition: &prober::definition::Definition = definition;
            (id.clone(), definition.name.get(self.language).to_owned())
        };
        self.names = definitions.iter().map(name).collect();
    }

    fn event(&self, bell: Bell, reason: Option<Reason>) -> Event {
        let (subject, happening) = match bell {
            Bell::Down { component, since } => {
                let cause = reason.map(|reason| cause(&component, reason));
                (self.component(component), Happening::Down { since, cause })
            }
            Bell::Recovered { component, since, until } => {
                (self.component(component), Happening::Recovered { since, until })
            }
            Bell::Fault { fault, since } => {
                let happening = match fault.kind().course() {
                    Course::Lasting => Happening::Down { since, cause: None },
                    Course::Single => Happening::Noticed { at: since },
                };
                (Subject::Monitor(fault), happening)
            }
            Bell::FaultOver { fault, since, until } => (Subject::Monitor(fault), Happening::Recovered { since, until }),
        };
        Event { subject, detected_at: now(), happening }
    }

    fn component(&self, id: ComponentId) -> Subject {
        let name = self.names.get(&id).cloned().unwrap_or_else(|| id.to_string());
        Subject::Component { id, name }
    }
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
    /// Writes down what is to be told of these changes; it is sent only then.
    pub(super) async fn tell(&mut self, transitions: &[Transition]) {
        let bells = self.telling.alarms.ring(transitions, &self.telling.dependencies);
        self.announce(bells).await;
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

    async fn announce(&mut self, bells: Vec<Bell>) {
        let mut notifications = Vec::new();
        for bell in bells {
            let reason = match &bell {
                Bell::Down { component, .. } => self.engine.view(component).and_then(|judgement| judgement.reason),
                Bell::Recovered { .. } | Bell::Fault { .. } | Bell::FaultOver { .. } => None,
            };
            let event = self.telling.event(bell, reason);
            notifications.extend(self.telling.outbox.tell(&event));
        }
        self.write(notifications).await;
    }

    /// Writes messages, and in the same transaction the outages and faults that opened or ended and led to them.
    async fn write(&mut self, notifications: Vec<Notification>) {
        let counters = &self.options.counters;
        counters.outbox.store(self.telling.outbox.pending() as u64, Ordering::Relaxed);
        for (kind, open) in counters.store_faults.each() {
            open.store(u64::from(self.telling.alarms.fault_since(kind).is_some()), Ordering::Relaxed);
        }
        let records = self.telling.alarms.take_changes();
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
        let refusal = outcome.result.as_ref().err().cloned();
        let rows = self.telling.outbox.settle(outcome);
        if let Some((refusal, row)) = refusal.zip(rows.last().filter(|row| row.is_pending())) {
            let (subject, message, next) = (&row.subject, row.word(), row.next_attempt_at);
            warn!(channel = %row.channel, %subject, message, %next, %refusal, "a channel did not take a message");
        }
        self.record(rows).await;
        Vec::new()
    }

    async fn record(&mut self, rows: Vec<Notification>) {
        for row in &rows {
            let counters = &self.options.counters;
            match &row.state {
                State::Delivered { receipt, .. } => {
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

    /// Answers what happened to the store; gives changes of state of which the alarms may not know.
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
