//! The book of maintenance at work for tests of those who give orders: without a store, and it tells nobody.
//!
//! It does not judge.

use std::sync::Arc;

use jiff::tz::TimeZone;
use tokio::sync::watch;

use crate::{
    clock::now,
    incident::Actor,
    maintenance::{Book, Command, Groups, Maintenance, Refusal},
    server::{edition::Edition, press::Press},
    snapshot::Snapshot,
};

/// Carries out orders, and publishes what came of them.
pub(super) struct Planner {
    book: Book,
    editions: watch::Sender<Arc<Edition>>,
    press: Arc<Press>,
}

impl Planner {
    /// Nothing is planned yet.
    pub(super) fn new(editions: watch::Sender<Arc<Edition>>, press: Arc<Press>) -> Self {
        Self { book: Book::new(TimeZone::UTC), editions, press }
    }

    /// Carries out one order, or refuses it.
    pub(super) fn carry_out(&mut self, actor: &Actor, command: Command) -> Result<Arc<Maintenance>, Refusal> {
        let mut snapshot = Snapshot::clone(self.editions.borrow().snapshot());
        let groups: Groups = snapshot.components.iter().map(|one| (one.id.clone(), one.group.clone())).collect();
        let (id, _) = self.book.order(actor, command, &groups, now())?;
        snapshot.maintenances = Arc::new(self.book.maintenances());
        self.editions.send_replace(Arc::new(Edition::new(Arc::new(snapshot), Arc::clone(&self.press))));
        self.book.get(&id).cloned().ok_or(Refusal::Unknown(id))
    }
}
