//! Where operators' orders are handed in: by whatever way they come, the hub takes them one after the other.
//!
//! It does not know who may give an order, nor what it does.

use std::{sync::Arc, time::Duration};

use shared::IncidentId;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Instant, timeout_at},
};
use tracing::{info, warn};

use super::{
    Hub,
    beats::{self, Beat, Unheard},
    bells::{Unanswered, Untested, Wish},
    maintenance::{MaintenanceOrder, names},
};
use crate::{
    clock::now,
    heartbeat::{Key, Push},
    incident::{Actor, AuditLog, Command, Done, Incident, News, Refusal},
    maintenance::{self, Maintenance},
    notify::{ChannelName, Claim, Receipt},
    store::{Changes, Durability, RecordKey, StoreState},
};

/// Orders that may wait. Whoever comes when it is full waits until the deadline, and is then refused.
const WAITING: usize = 32;
/// Until then an order is answered.
pub(super) const DEADLINE: Duration = Duration::from_secs(10);
/// Until then a test is answered: longer than any delivery may take.
const TEST_DEADLINE: Duration = Duration::from_secs(20);
/// An order is not begun when less than that is left: what follows must be answered in time, and the store may take two seconds
/// twice.
pub(super) const NEEDED: Duration = Duration::from_secs(5);

/// An order on its way to the hub.
#[derive(Debug)]
pub struct Order {
    actor: Actor,
    command: Command,
    until: Instant,
    reply: oneshot::Sender<Result<Arc<Incident>, Refusal>>,
}

/// Gives orders to the hub, and shows what became of all that were given. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Desk {
    orders: mpsc::Sender<Order>,
    maintenance: mpsc::Sender<MaintenanceOrder>,
    deeds: mpsc::Sender<Deed>,
    wishes: mpsc::Sender<Wish>,
    beats: mpsc::Sender<Beat>,
    audit: watch::Receiver<AuditLog>,
}

/// Something that operators did without the hub, on its way to the audit log.
#[derive(Debug)]
pub(super) struct Deed {
    pub(super) actor: Actor,
    pub(super) what: &'static str,
    pub(super) subject: Option<String>,
    pub(super) refusal: Option<String>,
}

/// The hub's end of the desk.
#[derive(Debug)]
pub struct DeskEnd {
    pub(super) orders: mpsc::Receiver<Order>,
    pub(super) maintenance: mpsc::Receiver<MaintenanceOrder>,
    pub(super) deeds: mpsc::Receiver<Deed>,
    pub(super) wishes: mpsc::Receiver<Wish>,
    pub(super) beats: mpsc::Receiver<Beat>,
    audit: watch::Sender<AuditLog>,
}

/// A desk, and the end of it that belongs into the hub's [`Wiring`](super::Wiring).
pub fn desk() -> (Desk, DeskEnd) {
    let (sender, orders) = mpsc::channel(WAITING);
    let (planner, maintenance) = mpsc::channel(WAITING);
    let (doer, deeds) = mpsc::channel(WAITING);
    let (wisher, wishes) = mpsc::channel(WAITING);
    let (ringer, beats) = mpsc::channel(beats::WAITING);
    let (writer, audit) = watch::channel(AuditLog::default());
    let desk = Desk { orders: sender, maintenance: planner, deeds: doer, wishes: wisher, beats: ringer, audit };
    (desk, DeskEnd { orders, maintenance, deeds, wishes, beats, audit: writer })
}

impl Desk {
    /// Gives an order, and waits until it is on stable storage: the incident as it is then.
    ///
    /// # Errors
    ///
    /// It was refused, and nothing was changed. [`Refusal::StoreBehind`] also when the hub does not answer by the deadline.
    pub async fn order(&self, actor: Actor, command: Command) -> Result<Arc<Incident>, Refusal> {
        let (reply, answer) = oneshot::channel();
        let until = Instant::now() + DEADLINE;
        let order = Order { actor, command, until, reply };
        match timeout_at(until, self.orders.send(order)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return Err(Refusal::StoreBehind),
        }
        // The hub does not begin what it cannot end by then.
        timeout_at(until, answer).await.ok().and_then(Result::ok).unwrap_or(Err(Refusal::StoreBehind))
    }

    /// Gives an order about maintenance, and waits until it is on stable storage: the maintenance as it is then.
    ///
    /// # Errors
    ///
    /// It was refused, and nothing was changed. [`StoreBehind`] also when the hub does not answer by the deadline.
    ///
    /// [`StoreBehind`]: crate::maintenance::Refusal::StoreBehind
    pub async fn maintain(
        &self,
        actor: Actor,
        command: maintenance::Command,
    ) -> Result<Arc<Maintenance>, maintenance::Refusal> {
        MaintenanceOrder::give(&self.maintenance, actor, command).await
    }

    /// Takes what is no incident, or answers a drill, by the link of a message.
    ///
    /// # Errors
    ///
    /// There is nothing to take any more, or it could not be written down.
    pub async fn answer(&self, claim: Claim) -> Result<(), Unanswered> {
        let (reply, answer) = oneshot::channel();
        let until = Instant::now() + DEADLINE;
        match timeout_at(until, self.wishes.send(Wish::Answer { claim, reply })).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return Err(Unanswered::StoreBehind),
        }
        timeout_at(until, answer).await.ok().and_then(Result::ok).unwrap_or(Err(Unanswered::StoreBehind))
    }

    /// Sends a message that is plainly a test by one channel, and waits for what becomes of it.
    ///
    /// # Errors
    ///
    /// There is no such channel, it did not take the message, or nobody answered in time.
    pub async fn test(&self, actor: Actor, channel: ChannelName) -> Result<Receipt, Untested> {
        let (reply, answer) = oneshot::channel();
        let until = Instant::now() + TEST_DEADLINE;
        match timeout_at(until, self.wishes.send(Wish::Test { actor, channel, reply })).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return Err(Untested::Busy),
        }
        timeout_at(until, answer).await.ok().and_then(Result::ok).unwrap_or(Err(Untested::Busy))
    }

    /// Hands in a sign of life, and waits until it is on stable storage.
    ///
    /// # Errors
    ///
    /// When it is not by the deadline: it may have been heard all the same, and is sent again.
    pub async fn beat(&self, key: Key, push: Push) -> Result<(), Unheard> {
        Beat::hand_in(&self.beats, key, push).await
    }

    /// Notes what an operator did without the hub, and what became of it: it is done, whether it can be noted or not.
    pub async fn note(&self, actor: Actor, what: &'static str, subject: Option<String>, refusal: Option<String>) {
        info!(%actor, order = what, subject, refusal, "an operator's order");
        let deed = Deed { actor, what, subject, refusal };
        if !matches!(tokio::time::timeout(DEADLINE, self.deeds.send(deed)).await, Ok(Ok(()))) {
            warn!(order = what, "an operator's order could not be noted in the audit log");
        }
    }

    /// Every order that is remembered, the oldest first.
    pub fn audit(&self) -> AuditLog {
        self.audit.borrow().clone()
    }
}

impl DeskEnd {
    /// The next order, taken apart; what was done without the hub is noted meanwhile: for tests of those who give orders.
    #[cfg(test)]
    pub(crate) async fn next(
        &mut self,
        audit: &mut crate::incident::Audit,
    ) -> Option<(Actor, Command, oneshot::Sender<Result<Arc<Incident>, Refusal>>)> {
        loop {
            tokio::select! {
                order = self.orders.recv() => {
                    return order.map(|Order { actor, command, until: _, reply }| (actor, command, reply));
                }
                Some(Deed { actor, what, subject, refusal }) = self.deeds.recv() => {
                    audit.note(now(), actor, what, subject, refusal);
                    self.show(audit.log());
                }
            }
        }
    }

    /// The next sign of life, to be answered: for tests of those who send them.
    #[cfg(test)]
    pub(crate) async fn next_beat(&mut self) -> Option<(Push, oneshot::Sender<Durability>)> {
        self.beats.recv().await.map(Beat::into_parts)
    }

    /// Shows an audit log: for the same tests.
    #[cfg(test)]
    pub(crate) fn show(&self, audit: AuditLog) {
        self.audit.send_replace(audit);
    }

    /// Answers the orders about maintenance with what `carry_out` says, apart from all others: for tests of those who give orders.
    #[cfg(test)]
    pub(crate) fn maintained_by<F>(&mut self, carry_out: F) -> impl Future<Output = ()> + Send + use<F>
    where
        F: FnMut(Actor, maintenance::Command) -> Result<Arc<Maintenance>, maintenance::Refusal> + Send,
    {
        let (_, none) = mpsc::channel(1);
        MaintenanceOrder::answer_all(std::mem::replace(&mut self.maintenance, none), carry_out)
    }
}

impl Hub {
    /// Carries out an order or refuses it, and notes which.
    pub(super) async fn take_order(&mut self, order: Order, desk: &DeskEnd) {
        let Order { actor, command, until, reply } = order;
        if reply.is_closed() || until < Instant::now() + NEEDED {
            warn!(%actor, order = command.word(), "an order came too late to be answered: it was not carried out");
            return;
        }
        let answer = self.carry_out(actor, command).await;
        self.show_audit(desk);
        // Whoever asked may have gone: what was carried out stays so, as after a connection that broke.
        drop(reply.send(answer));
    }

    /// Writes down what was done without the hub.
    pub(super) async fn take_deed(&mut self, deed: Deed, desk: &DeskEnd) {
        let Deed { actor, what, subject, refusal } = deed;
        self.telling.audit.note(now(), actor, what, subject, refusal);
        self.write(Vec::new()).await;
        self.show_audit(desk);
    }

    /// Shows the audit log that was read at the start.
    pub(super) fn show_audit(&self, desk: &DeskEnd) {
        let log = self.telling.audit.log();
        desk.audit.send_if_modified(|shown| !Arc::ptr_eq(&std::mem::replace(shown, Arc::clone(&log)), &log));
    }

    pub(super) async fn carry_out(&mut self, actor: Actor, command: Command) -> Result<Arc<Incident>, Refusal> {
        // What time brought is not part of the order.
        let passed = self.telling.book.tick(now());
        self.spread(passed).await;
        let (what, subject) = (command.word(), command.incident().cloned());
        let result = self.try_to(&actor, command).await;
        let (subject, refusal) = match &result {
            Ok(incident) => (Some(incident.id.clone()), None),
            Err(refusal) => (subject, Some(refusal.to_string())),
        };
        info!(
            %actor,
            order = what,
            incident = subject.as_ref().map(IncidentId::as_str),
            refusal,
            "an operator's order"
        );
        if refusal.is_some() {
            self.note(actor, what, subject, refusal);
            self.write(Vec::new()).await;
        }
        result
    }

    fn note(&mut self, actor: Actor, what: &str, subject: Option<IncidentId>, refusal: Option<String>) {
        self.telling.audit.note(now(), actor, what, subject.map(|id| id.to_string()), refusal);
    }

    async fn try_to(&mut self, actor: &Actor, command: Command) -> Result<Arc<Incident>, Refusal> {
        if self.store.state() != StoreState::Synced {
            return Err(Refusal::StoreBehind);
        }
        let what = command.word();
        let mut ordered = self.telling.book.order(actor, command, now());
        if let Err(Refusal::UnknownComponent(stranger)) = &mut ordered {
            *stranger = names(&self.definitions).resembling(&stranger.name);
        }
        let done = ordered?;
        let id = done.incident.clone();
        let Some(incident) = self.telling.book.get(&id).cloned() else { return Err(Refusal::UnknownIncident(id)) };
        let before = self.telling.outbox.rows();
        let posted = self.telling.post.earlier();
        let escalated = self.telling.escalation.clone();
        let rows = done.news.iter().flat_map(|news| self.message(news)).collect::<Vec<_>>();
        let audited = self.telling.audit.clone();
        self.note(actor.clone(), what, Some(id), None);
        let records = self.telling.changed_records(now());
        let written: Vec<_> = records.iter().map(|(key, _)| key.clone()).collect();
        let changes = Changes { notifications: rows.clone(), records, ..Changes::default() };
        match self.store.apply(changes).await {
            Durability::Synced => {
                self.dirty.incidents = true;
                Ok(incident)
            }
            Durability::Behind => {
                self.telling.audit = audited;
                self.telling.post.take_back(posted, &written);
                self.take_back_alarms(escalated, &written);
                self.take_back(done, (before, &rows), written).await;
                Err(Refusal::StoreBehind)
            }
        }
    }

    /// Makes an order undone that waits for the store: a later change to the same key takes the place of one that waits, and
    /// should it have been written meanwhile, it is written over.
    pub(super) async fn take_back(
        &mut self,
        done: Done,
        (before, rows): (Vec<crate::notify::Notification>, &[crate::notify::Notification]),
        written: Vec<RecordKey>,
    ) {
        warn!(incident = %done.incident, "the store is behind: an order is taken back");
        self.telling.book.take_back(done);
        self.write_back((before, rows), written).await;
    }

    /// Makes what was handed to the store for an order as it was before.
    pub(super) async fn write_back(
        &mut self,
        (before, rows): (Vec<crate::notify::Notification>, &[crate::notify::Notification]),
        written: Vec<RecordKey>,
    ) {
        self.telling.outbox.take_back(rows);
        self.telling.outbox.put_back(before);
        let ids = rows.iter().map(|row| &row.id);
        let (kept, gone): (Vec<_>, Vec<_>) = ids.partition(|id| self.telling.outbox.row(id).is_some());
        let notifications = kept.into_iter().filter_map(|id| self.telling.outbox.row(id)).cloned().collect();
        let mut records = self.telling.changed_records(now());
        let missing = written.into_iter().filter(|key| records.iter().all(|(known, _)| known != key));
        // What was written only for this order: its entry in the audit log.
        let missing: Vec<_> = missing.filter(|key| matches!(key, RecordKey::Audit(_))).map(|key| (key, None)).collect();
        records.extend(missing);
        let forget_notifications = gone.into_iter().cloned().collect();
        self.store.apply(Changes { notifications, records, forget_notifications, ..Changes::default() }).await;
    }

    /// Writes down what the book says is worth a message, and its incidents.
    pub(super) async fn spread(&mut self, news: Vec<News>) {
        let rows = news.iter().flat_map(|news| self.message(news)).collect();
        self.write(rows).await;
    }
}
