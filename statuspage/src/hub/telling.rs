//! From changes of state to messages that are written down, sent and settled.
//!
//! It does not know how a message travels, nor its words.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
};

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
    notify::{Cause, Due, Event, Happening, Notification, Outbox, Outcome, State, Teller},
    snapshot::Reason,
    store::{Changes, StoreEvent},
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

    pub(super) fn alarms(&self) -> &Alarms {
        &self.alarms
    }

    /// When the oldest message was made that has not been told yet.
    pub(super) fn oldest_message(&self) -> Option<Timestamp> {
        self.outbox.oldest_pending()
    }

    /// Takes over messages and open outages that a database held which could not be opened at the start.
    pub(super) fn recall(&mut self, notifications: &[Notification], alarms: Alarms) {
        self.outbox.recall(notifications);
        self.alarms.recall(alarms);
    }

    /// Every message that is remembered.
    pub(super) fn rows(&self) -> Vec<Notification> {
        self.outbox.rows()
    }

    /// Takes names and dependencies from the definitions.
    pub(super) fn watch(&mut self, set: &DefinitionSet) {
        let definitions = &set.definitions;
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
        let (component, happening) = match bell {
            Bell::Down { component, since } => {
                let cause = reason.map(|reason| cause(&component, reason));
                (component, Happening::Down { since, cause })
            }
            Bell::Recovered { component, since, until } => (component, Happening::Recovered { since, until }),
        };
        let name = self.names.get(&component).cloned().unwrap_or_else(|| component.to_string());
        Event { name, component, detected_at: now(), happening }
    }
}

fn cause(component: &ComponentId, reason: Reason) -> Cause {
    let Reason { probe: name, locations, kind, detail, http_status, .. } = reason;
    let probe = shared::ProbeId { component: component.clone(), name };
    Cause { probe, kind, detail, http_status, locations }
}

impl Hub {
    /// Writes down what is to be told of these changes; it is sent only then.
    pub(super) async fn tell(&mut self, transitions: &[Transition]) {
        let bells = self.telling.alarms.ring(transitions, &self.telling.dependencies);
        let mut notifications = Vec::new();
        for bell in bells {
            let (Bell::Down { component, .. } | Bell::Recovered { component, .. }) = &bell;
            let reason = self.engine.view(component).and_then(|judgement| judgement.reason);
            let event = self.telling.event(bell, reason);
            notifications.extend(self.telling.outbox.tell(&event));
        }
        self.write(notifications).await;
    }

    async fn write(&mut self, notifications: Vec<Notification>) {
        let waiting = self.telling.outbox.pending() as u64;
        self.options.counters.outbox.store(waiting, Ordering::Relaxed);
        if !notifications.is_empty() {
            // When the store is behind, the rows wait in its memory, and the message leaves all the same.
            self.store.apply(Changes { notifications, ..Changes::default() }).await;
        }
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
            let (component, message, next) = (&row.component, row.kind.word(), row.next_attempt_at);
            warn!(channel = %row.channel, %component, message, %next, %refusal, "a channel did not take a message");
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
                    info!(channel = %row.channel, component = %row.component, message = row.kind.word(), receipt, "told");
                }
                State::Abandoned { error, .. } => {
                    error!(channel = %row.channel, component = %row.component, error, "nobody could be told: given up");
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
            StoreEvent::Fault(fault) => error!(%fault, "the store needs attention"),
            StoreEvent::OpenedLate(restored) => {
                info!("the database is open again");
                return self.merge(&restored, now()).await;
            }
            StoreEvent::Replaced => self.rewrite(now()).await,
            StoreEvent::CaughtUp => info!("the store has written everything that waited"),
        }
        Vec::new()
    }
}
