//! What operators and readers of messages ask of alarms: to answer one, to try a channel.
//!
//! It does not know by which way they ask.

use std::collections::BTreeMap;

use shared::Timestamp;
use tokio::sync::oneshot;
use tracing::info;

use super::super::{Hub, desk::DeskEnd};
use crate::{
    clock::now,
    incident::Actor,
    notify::{
        Affair, Case, ChannelName, Claim, Event, FaultId, Kind, Notification, NotificationId, Occasion, Outcome,
        Receipt, Refusal, Subject, Teller,
    },
    store::{Changes, Durability},
};

/// A wish on its way to the hub.
#[derive(Debug)]
pub(in crate::hub) enum Wish {
    /// Whoever has read a message takes what it tells.
    Answer {
        /// What, and by which channel.
        claim: Claim,
        /// Who waits.
        reply: oneshot::Sender<Result<(), Unanswered>>,
    },
    /// A channel is to be tried.
    Test {
        /// Who wants to know.
        actor: Actor,
        /// Which one.
        channel: ChannelName,
        /// Who waits.
        reply: oneshot::Sender<Result<Receipt, Untested>>,
    },
}

/// Why something was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// It is over, or was never there.
    #[error("there is nothing to take any more")]
    Over,
    /// It could not be written to stable storage: it may be tried again.
    #[error("the store is behind: try again in a minute")]
    StoreBehind,
}

/// Why a channel is not proven.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Untested {
    /// There is no such channel.
    #[error("there is no channel {0}")]
    Unknown(ChannelName),
    /// It did not take the message.
    #[error("{0}")]
    Refused(Refusal),
    /// The hub did not answer in time.
    #[error("the hub did not answer in time: try again in a minute")]
    Busy,
}

/// Tests by hand on their way.
#[derive(Debug, Default)]
pub(in crate::hub) struct Tests(BTreeMap<NotificationId, (ChannelName, oneshot::Sender<Result<Receipt, Untested>>)>);

impl Hub {
    pub(in crate::hub) async fn take_wish(&mut self, wish: Wish, desk: &DeskEnd, teller: &Teller) {
        match wish {
            Wish::Answer { claim, reply } => {
                let answer = self.answer(claim).await;
                self.show_audit(desk);
                // Who asked may have gone: what was taken stays so.
                let _ = reply.send(answer);
            }
            Wish::Test { actor, channel, reply } => {
                self.test(actor, channel, reply, teller).await;
                self.show_audit(desk);
            }
        }
    }

    async fn answer(&mut self, Claim { affair, channel }: Claim) -> Result<(), Unanswered> {
        let (by, now) = (Actor::Channel(channel.to_string()), now());
        let (what, subject, rows) = match affair {
            Affair::Fault(id, since) => {
                let rows = self.take_fault(&id, since, &by, now)?;
                ("acknowledge", id.to_string(), rows)
            }
            Affair::Drill(sent_at) => {
                if !self.telling.proofs.answered(&channel, sent_at, now) {
                    return Err(Unanswered::Over);
                }
                ("answer_drill", channel.to_string(), Vec::new())
            }
            // It has an order of its own.
            Affair::Incident(_) => return Err(Unanswered::Over),
        };
        info!(%channel, order = what, subject, "an answer to a message");
        self.telling.audit.note(now, by, what, Some(subject), None);
        self.dirty.alarms = true;
        let records = self.telling.changed_records(now);
        // It stands whether it is on stable storage or not; only who asks is to know.
        match self.store.apply(Changes { notifications: rows, records, ..Changes::default() }).await {
            Durability::Synced => Ok(()),
            Durability::Behind => Err(Unanswered::StoreBehind),
        }
    }

    fn take_fault(
        &mut self,
        id: &FaultId,
        began: Timestamp,
        by: &Actor,
        now: Timestamp,
    ) -> Result<Vec<Notification>, Unanswered> {
        let open = self.telling.alarms.open().find(|(known, _, since)| *known == id && *since == began);
        let Some((_, fault, since)) = open else { return Err(Unanswered::Over) };
        let (subject, case) = (Subject::Monitor(fault.clone()), Case::Fault(id.clone()));
        if !self.telling.escalation.take(&case, by.clone(), now) {
            // Twice is once.
            return Ok(Vec::new());
        }
        let kind = Kind::Acknowledged { since, at: now, by: by.clone() };
        let channels = self.telling.heard(&case);
        Ok(self.telling.outbox.tell(&Event { subject, detected_at: now, kind }, &channels))
    }

    /// Sends a test past the outbox: it is tried once, and whoever waits hears of it at once.
    async fn test(
        &mut self,
        actor: Actor,
        channel: ChannelName,
        reply: oneshot::Sender<Result<Receipt, Untested>>,
        teller: &Teller,
    ) {
        self.telling.audit.note(now(), actor, "test_channel", Some(channel.to_string()), None);
        self.write(Vec::new()).await;
        if !self.options.channels.iter().any(|(name, _)| *name == channel) {
            drop(reply.send(Err(Untested::Unknown(channel))));
            return;
        }
        let now = now();
        let subject = Subject::Drill(Box::new(self.drill(Occasion::Test, now)));
        let event = Event { subject, detected_at: now, kind: Kind::noticed(now) };
        let notification = Notification::new(&channel, &event);
        let id = notification.id.clone();
        if teller.send(notification).is_err() {
            drop(reply.send(Err(Untested::Busy)));
            return;
        }
        self.telling.tests.0.insert(id, (channel, reply));
    }

    /// Answers who waits for a test; gives back every other outcome.
    pub(super) async fn take_test(&mut self, outcome: Outcome) -> Option<Outcome> {
        let Some((channel, reply)) = self.telling.tests.0.remove(&outcome.id) else { return Some(outcome) };
        self.prove(&channel, outcome.at, &outcome.result).await;
        self.write(Vec::new()).await;
        drop(reply.send(outcome.result.map_err(Untested::Refused)));
        None
    }
}
