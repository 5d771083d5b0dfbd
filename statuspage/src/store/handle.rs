//! The store as the hub sees it: append, apply, ask; all of it within a deadline.
//!
//! It does not know the database, only the line in front of its thread.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

use bytes::Bytes;
use prober::{canary::is_canary, supervisor::Pulse};
use shared::{Observation, Verdict};
use tokio::{
    sync::{oneshot, watch},
    time::timeout,
};

use super::{
    Changes, Counters, Ledger, ObservationPage, ObservationQuery, StoreError, StoreState,
    holdings::Holdings,
    key::{self, Kind},
    query::{self, RollupQuery, Unanswered},
    queue::{Adoption, Queue, Row},
    record,
};

/// Whether something is on stable storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// It is: it survives `kill -9` and a power cut.
    Synced,
    /// Not yet: it waits in memory and is written later by itself.
    Behind,
}

/// Writes to the store and reads from it; cheap to clone. The store closes by itself when the last handle is dropped,
/// [`StoreHandle::close`] waits for that.
#[derive(Debug, Clone)]
pub struct StoreHandle {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    directory: PathBuf,
    queue: Arc<Queue>,
    patience: Duration,
    closed: watch::Receiver<Closed>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Whether the store's thread has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    /// It works.
    NotYet,
    /// The database is closed and the lock released.
    Done,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.queue.close();
    }
}

impl StoreHandle {
    pub(super) fn new(
        directory: PathBuf,
        queue: Arc<Queue>,
        patience: Duration,
        closed: watch::Receiver<Closed>,
        thread: JoinHandle<()>,
    ) -> Self {
        Self { shared: Arc::new(Shared { directory, queue, patience, closed, thread: Mutex::new(Some(thread)) }) }
    }

    /// The sign of life of the store's thread.
    pub fn pulse(&self) -> Pulse {
        self.shared.queue.pulse()
    }

    /// The data directory.
    pub fn directory(&self) -> &Path {
        &self.shared.directory
    }

    /// Keeps observations. The same observation twice is one: component, probe, location and start name it.
    pub async fn append(&self, observations: Vec<Arc<Observation>>) -> Durability {
        if observations.is_empty() {
            return Durability::Synced;
        }
        let queue = &self.shared.queue;
        let (first, last) = queue.push_rows(observations.iter().map(|observation| row(observation)));
        let durability = self.settle(last).await;
        if queue.lost(first) { Durability::Behind } else { durability }
    }

    /// Keeps observations and writes changes that follow from them: never these without those, and in one transaction up to 500
    /// observations. [`Durability::Synced`] is said only when nothing of it was lost.
    pub async fn keep(&self, observations: Vec<Arc<Observation>>, changes: Changes) -> Durability {
        if observations.is_empty() {
            return self.apply(changes).await;
        }
        let queue = &self.shared.queue;
        let (first, last) = queue.push_both(observations.iter().map(|observation| row(observation)), rows(changes));
        let durability = self.settle(last).await;
        if queue.lost(first) { Durability::Behind } else { durability }
    }

    /// Writes changes in one transaction.
    pub async fn apply(&self, changes: Changes) -> Durability {
        if changes.is_empty() {
            return Durability::Synced;
        }
        let number = self.shared.queue.push_changes(rows(changes));
        self.settle(number).await
    }

    /// A store that is behind is not waited for: each caller has its own patience, and together they would have none.
    async fn settle(&self, number: u64) -> Durability {
        let patience = match self.state() {
            StoreState::Synced => self.shared.patience,
            StoreState::Behind | StoreState::Absent => Duration::ZERO,
        };
        self.settle_within(number, patience).await
    }

    async fn settle_within(&self, number: u64, patience: Duration) -> Durability {
        match timeout(patience, self.shared.queue.settled(number)).await {
            Ok(()) => Durability::Synced,
            Err(_) => Durability::Behind,
        }
    }

    /// A component's observations, only those that are on stable storage.
    ///
    /// # Errors
    ///
    /// When there is no database, or when it does not answer in time.
    pub async fn observations(&self, query: ObservationQuery) -> Result<ObservationPage, StoreError> {
        self.ask(self.shared.patience, move |holdings| query::answer(holdings, &query)).await
    }

    /// A component's hours or days, the oldest first, only those that are on stable storage.
    ///
    /// # Errors
    ///
    /// When there is no database, when it does not answer in time, or when the files cannot be read.
    pub async fn rollups(&self, query: RollupQuery) -> Result<Vec<Ledger>, StoreError> {
        self.ask(self.shared.patience, move |holdings| query::rollups(holdings, &query)).await
    }

    /// Runs a question on the store's thread, where nothing is written meanwhile, and waits at most `patience` for the answer; one
    /// that nobody waits for any more is not begun.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        patience: Duration,
        question: impl FnOnce(&mut Holdings) -> Result<T, Unanswered> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.shared.queue.push_question(Box::new(move |holdings| {
            if reply.is_closed() {
                return Ok(());
            }
            let (answer, ended) = match holdings.map(question) {
                Ok(Ok(answer)) => (Ok(answer), Ok(())),
                Ok(Err(Unanswered::Database(broken))) => (Err(StoreError::Absent), Err(broken)),
                Ok(Err(Unanswered::Files(error))) => {
                    tracing::error!(%error, "block files cannot be read");
                    (Err(StoreError::Unreadable), Ok(()))
                }
                Err(error) => (Err(error), Ok(())),
            };
            // An asker that gave up needs no answer.
            drop(reply.send(answer));
            ended
        }))?;
        match timeout(patience, answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(StoreError::Absent),
            Err(_) => Err(StoreError::Busy),
        }
    }

    /// How many observations are in the database and not yet in a block file.
    ///
    /// # Errors
    ///
    /// When there is no database, or when it does not answer in time.
    pub async fn unsealed(&self) -> Result<u64, StoreError> {
        let present =
            |holdings: &mut Holdings| Ok(holdings.shelf.tallies().values().map(|tally| tally.present()).sum());
        self.ask(self.shared.patience, present).await
    }

    /// How the store does.
    pub fn state(&self) -> StoreState {
        self.shared.queue.state(self.shared.patience)
    }

    /// Figures for `/metrics`.
    pub fn counters(&self) -> Counters {
        self.shared.queue.counters()
    }

    /// Lets writes go on after [`StoreEvent::OpenedLate`](super::StoreEvent::OpenedLate), beginning with what the merger of the
    /// present with `restored` made: it replaces whatever waited for the same keys, before anything is written.
    pub async fn adopt_with(&self, merged: Changes) -> Durability {
        let number = self.shared.queue.push_changes(rows(merged));
        self.adopt();
        self.settle_within(number, self.shared.patience).await
    }

    /// Lets writes go on after [`StoreEvent::OpenedLate`](super::StoreEvent::OpenedLate), when nothing of what the database held
    /// is of use; changes that wait are written over it.
    pub fn adopt(&self) {
        self.shared.queue.set_adoption(Adoption::Done);
    }

    /// Writes what waits, syncs, closes the database and releases the directory; gives up after `limit`.
    ///
    /// [`Durability::Behind`] means that something was not written: there is no database, or it did not finish in time.
    pub async fn close(&self, limit: Duration) -> Durability {
        let queue = &self.shared.queue;
        queue.close();
        let mut closed = self.shared.closed.clone();
        let ended = timeout(limit, closed.wait_for(|closed| *closed == Closed::Done)).await.is_ok();
        let thread = self.shared.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread.filter(|_| ended) {
            // Its last act was to say that it is done, so this does not block; it catches its own panics.
            let _ = thread.join();
        }
        let left = queue.counters();
        if ended && left.pending_observations + left.pending_changes == 0 {
            Durability::Synced
        } else {
            Durability::Behind
        }
    }
}

fn row(observation: &Observation) -> Row {
    let component = &observation.probe.component;
    let place = key::place(observation.started_at, &observation.probe.name, &observation.location);
    let failed = !is_canary(component)
        && match observation.verdict {
            Verdict::Warn | Verdict::Fail => true,
            Verdict::Pass | Verdict::Unknown => false,
        };
    Row {
        number: 0,
        key: key::observation(Kind::Observation, component, &place).into(),
        body: record::encode(observation).into(),
        failure_key: failed.then(|| key::observation(Kind::Failure, component, &place).into()),
    }
}

pub(super) fn rows(changes: Changes) -> impl Iterator<Item = (Vec<u8>, Option<Bytes>)> {
    let components =
        changes.components.into_iter().map(|(id, body)| (key::named(Kind::Component, id.as_str()), Some(body)));
    let hours =
        changes.hours.into_iter().map(|hour| (key::ledger(Kind::Hour, hour.start, &hour.component), Some(hour.body)));
    let days = changes.days.into_iter().map(|day| (key::ledger(Kind::Day, day.start, &day.component), Some(day.body)));
    let notifications = changes
        .notifications
        .into_iter()
        .map(|row| (key::notification(&row.id), Some(record::encode_notification(&row).into())));
    let documents = changes.documents.into_iter().map(|(name, body)| (key::named(Kind::Document, name), Some(body)));
    let records = changes.records.into_iter().map(|(record, body)| (key::named(Kind::Record, &record.name()), body));
    let forgotten = changes.forget_components.into_iter().map(|id| (key::named(Kind::Component, id.as_str()), None));
    let dismissed = changes.forget_notifications.into_iter().map(|id| (key::notification(&id), None));
    let kept = components.chain(hours).chain(days).chain(notifications).chain(documents);
    kept.chain(records).chain(forgotten).chain(dismissed)
}
