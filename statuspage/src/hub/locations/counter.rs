//! The door's way to the hub: reports, enrolments and orders are handed in, and each is answered by a deadline.
//!
//! It does not know what becomes of them.

use shared::{
    LocationName, Timestamp,
    report::{Enrolment, Receipt, Report},
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Duration, Instant, timeout_at},
};

use crate::{
    incident::Actor,
    location::{Command, LocationView, PublicKey, Refused, Register, Undone, Unverified},
};

/// Reports that may wait. Whoever comes when it is full waits until the deadline, and is then refused.
const WAITING: usize = 8;
/// Until then a report or an order is answered.
const DEADLINE: Duration = Duration::from_secs(10);

/// What comes from the door.
#[derive(Debug)]
pub(in crate::hub) enum Knock {
    /// A report that is known to be the location's.
    Report(Box<Delivery>),
    /// A location introduces itself.
    Enrolment(Box<Enrolment>, oneshot::Sender<Result<shared::Sequence, Answer>>),
    /// Somebody who is not let in uses a location's name.
    Rejected(LocationName, Unverified),
    /// An operator's order.
    Order(Actor, Command, oneshot::Sender<Result<LocationView, Refused>>),
}

/// A report on its way.
#[derive(Debug)]
pub(in crate::hub) struct Delivery {
    pub(in crate::hub) report: Report,
    pub(in crate::hub) key: PublicKey,
    pub(in crate::hub) received_at: Timestamp,
    pub(in crate::hub) reply: oneshot::Sender<Result<Receipt, Answer>>,
}

/// Why there is no receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The book says no.
    Undone(Undone),
    /// It is judged and cannot be kept now: it must come again.
    Behind,
}

/// The door's way to the hub; cheap to clone.
#[derive(Debug, Clone)]
pub struct Counter {
    knocks: mpsc::Sender<Knock>,
    register: watch::Receiver<Register>,
}

/// The hub's end of it.
#[derive(Debug)]
pub struct CounterEnd {
    pub(in crate::hub) knocks: mpsc::Receiver<Knock>,
    pub(in crate::hub) register: watch::Sender<Register>,
}

/// A way from the door to the hub, and the end of it that belongs into the hub's [`Wiring`](crate::hub::Wiring).
pub fn counter() -> (Counter, CounterEnd) {
    let (sender, knocks) = mpsc::channel(WAITING);
    let (writer, register) = watch::channel(Register::default());
    (Counter { knocks: sender, register }, CounterEnd { knocks, register: writer })
}

impl Counter {
    /// Whose keys are good.
    pub fn register(&self) -> Register {
        self.register.borrow().clone()
    }

    /// Hands a report in, and waits for its receipt.
    ///
    /// # Errors
    ///
    /// [`Answer::Behind`] also when the hub does not answer by the deadline.
    pub async fn report(&self, report: Report, key: PublicKey, received_at: Timestamp) -> Result<Receipt, Answer> {
        let knock = |reply| Knock::Report(Box::new(Delivery { report, key, received_at, reply }));
        self.ask(knock).await.unwrap_or(Err(Answer::Behind))
    }

    /// Hands an enrolment in: the greatest number that is known of the location.
    ///
    /// # Errors
    ///
    /// As of [`Counter::report`].
    pub async fn enrol(&self, enrolment: Enrolment) -> Result<shared::Sequence, Answer> {
        self.ask(|reply| Knock::Enrolment(Box::new(enrolment), reply)).await.unwrap_or(Err(Answer::Behind))
    }

    /// Gives an operator's order, and waits until it is on stable storage.
    ///
    /// # Errors
    ///
    /// It was refused, and nothing was changed.
    pub async fn order(&self, actor: Actor, command: Command) -> Result<LocationView, Refused> {
        self.ask(|reply| Knock::Order(actor, command, reply)).await.unwrap_or(Err(Refused::Behind))
    }

    /// Tells that somebody was not let in; forgotten when the hub has other things to do.
    pub fn rejected(&self, location: &LocationName, why: Unverified) {
        let _ = self.knocks.try_send(Knock::Rejected(location.clone(), why));
    }

    async fn ask<T>(&self, knock: impl FnOnce(oneshot::Sender<T>) -> Knock) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        let until = Instant::now() + DEADLINE;
        timeout_at(until, self.knocks.send(knock(reply))).await.ok()?.ok()?;
        timeout_at(until, answer).await.ok()?.ok()
    }
}

#[cfg(test)]
impl CounterEnd {
    /// Lets in whoever is in that register.
    pub(crate) fn show(&self, register: Register) {
        self.register.send_replace(register);
    }

    /// Answers reports with what `answer` says, until nobody reports: for tests of the door.
    pub(crate) async fn reported_by(mut self, mut answer: impl FnMut(&Report) -> Result<Receipt, Answer>) {
        while let Some(knock) = self.knocks.recv().await {
            if let Knock::Report(delivery) = knock {
                let Delivery { report, reply, .. } = *delivery;
                drop(reply.send(answer(&report)));
            }
        }
    }

    /// Answers orders with what `carry_out` says, until nobody gives any: for tests of those who give orders.
    pub(crate) async fn ordered_by(mut self, mut carry_out: impl FnMut(&Command) -> Result<LocationView, Refused>) {
        while let Some(knock) = self.knocks.recv().await {
            if let Knock::Order(_, command, reply) = knock {
                drop(reply.send(carry_out(&command)));
            }
        }
    }
}
