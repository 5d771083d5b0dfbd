//! Where operators' orders reach the hub: a bounded queue, and an answer to each.
//!
//! It does not know how an order is carried out, nor by whom it was given.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, oneshot},
    time,
};

use crate::incident::{Actor, Command, Incident, Refusal};

/// Orders that wait; people give few of them. When it is full, the hub is stuck and whoever orders is told to come back.
const WAITING: usize = 64;
/// How long an answer may take: the hub waits two seconds for its store.
const PATIENCE: Duration = Duration::from_secs(10);

/// An order under way.
#[derive(Debug)]
pub struct Order {
    /// Who gives it.
    pub actor: Actor,
    /// What it is.
    pub command: Command,
    /// What came of it; nobody may be there any more to hear it.
    pub answer: oneshot::Sender<Result<Arc<Incident>, Refusal>>,
}

/// Takes orders to the hub; cheap to clone.
#[derive(Debug, Clone)]
pub struct Desk(mpsc::Sender<Order>);

impl Desk {
    /// A desk, and the end that the hub holds.
    pub fn new() -> (Self, mpsc::Receiver<Order>) {
        let (orders, hub) = mpsc::channel(WAITING);
        (Self(orders), hub)
    }

    /// Gives an order; the incident is as it is afterwards, and on stable storage.
    ///
    /// # Errors
    ///
    /// When it was not carried out: then nothing was changed.
    pub async fn order(&self, actor: Actor, command: Command) -> Result<Arc<Incident>, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.0.try_send(Order { actor, command, answer }).map_err(|_| Refusal::StoreBehind)?;
        time::timeout(PATIENCE, answered).await.ok().and_then(Result::ok).unwrap_or(Err(Refusal::StoreBehind))
    }
}
