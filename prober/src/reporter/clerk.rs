//! The clerk: the one task that has the journal. Results are kept as they come; everybody else hands in what is to be done with it.
//!
//! It does not know the hub. Whatever blocks runs on a thread of its own, so that a disk that hangs holds up nobody: meanwhile results
//! wait in memory, up to a limit.

use std::{collections::VecDeque, ops::ControlFlow, sync::Arc, time::Duration};

use shared::{Observation, Sequence};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::{JoinError, JoinSet},
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

use super::{clock::HubClock, watch::Watch};
use crate::{
    journal::{Fresh, Journal, UnreadJournal},
    probe::wall_clock,
    supervisor::Pulse,
};

/// So many results wait here at most while the journal is busy; then the oldest are lost.
const WAITING: usize = 50_000;
/// Results wait so long for company: each write costs the disk a sync.
const LINGER: Duration = Duration::from_millis(200);
/// How often old results are looked through, and a disk that failed is tried again.
const UPKEEP: Duration = Duration::from_secs(10);

/// What is to be done with the journal.
type Order = Box<dyn FnOnce(&mut Journal) + Send>;

/// Hands in what is to be done.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    /// Bounded: who comes when it is full waits.
    orders: mpsc::Sender<Order>,
    kept: watch::Receiver<Sequence>,
}

impl Desk {
    /// What `order` gives, done with the journal; none when there is no journal any more.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        order: impl FnOnce(&mut Journal) -> T + Send + 'static,
    ) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        // Whoever asked may have gone.
        let order: Order = Box::new(move |journal| drop(reply.send(order(journal))));
        self.orders.send(order).await.ok()?;
        answer.await.ok()
    }

    /// The last number that was given; it changes when something is kept.
    pub(super) fn kept(&self) -> watch::Receiver<Sequence> {
        self.kept.clone()
    }
}

/// The task.
#[derive(Debug)]
pub(super) struct Clerk {
    /// Until somebody begins to read it.
    unread: Option<UnreadJournal>,
    /// Absent while a thread has it.
    journal: Option<Journal>,
    busy: JoinSet<Journal>,
    waiting: VecDeque<Fresh>,
    dropped: u64,
    orders: mpsc::Receiver<Order>,
    kept: watch::Sender<Sequence>,
    around: Around,
}

/// What the clerk shares with others.
#[derive(Debug)]
pub(super) struct Around {
    pub(super) clock: Arc<HubClock>,
    pub(super) watch: Arc<Watch>,
    /// Given while the journal is at hand: one that does not come back from a disk is a part that is stuck.
    pub(super) pulse: Pulse,
}

impl Clerk {
    pub(super) fn new(journal: UnreadJournal, around: Around) -> (Self, Desk) {
        let (sender, orders) = mpsc::channel(16);
        let (kept, known) = watch::channel(Sequence::NONE);
        let (unread, busy, waiting) = (Some(journal), JoinSet::new(), VecDeque::new());
        let clerk = Self { unread, journal: None, busy, waiting, dropped: 0, orders, kept, around };
        (clerk, Desk { orders: sender, kept: known })
    }

    /// Works until `last`. From `stop` on, what is in the seam is kept without waiting for company.
    pub(super) async fn run(
        self,
        observations: mpsc::Receiver<Observation>,
        stop: CancellationToken,
        last: CancellationToken,
    ) {
        let pulse = self.around.pulse.clone();
        self.work_until(observations, stop, last).await;
        pulse.rest();
    }

    async fn work_until(
        mut self,
        mut observations: mpsc::Receiver<Observation>,
        stop: CancellationToken,
        last: CancellationToken,
    ) {
        let (mut upkeep, mut linger) = (interval(UPKEEP), interval(LINGER));
        upkeep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        linger.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut batch = Vec::new();
        if let Some(unread) = self.unread.take() {
            let pulse = self.around.pulse.clone();
            pulse.beat();
            self.busy.spawn_blocking(move || unread.read(pulse));
        }
        loop {
            let idle = self.journal.is_some();
            if idle {
                self.around.pulse.beat();
            }
            tokio::select! {
                biased;
                Some(ended) = self.busy.join_next() => {
                    if self.take_back(ended).is_break() {
                        return;
                    }
                }
                () = last.cancelled(), if idle && self.waiting.is_empty() && observations.is_empty() => return,
                Some(order) = self.orders.recv(), if idle => self.work(order),
                _ = upkeep.tick(), if idle => self.work(Box::new(|journal| journal.upkeep(wall_clock()))),
                _ = linger.tick(), if idle && !self.waiting.is_empty() => self.keep(),
                some = observations.recv_many(&mut batch, 500), if !observations.is_closed() || !observations.is_empty() => {
                    if some > 0 {
                        self.take(&mut batch);
                    }
                    if stop.is_cancelled() && idle {
                        self.keep();
                    }
                }
                () = last.cancelled(), if idle => self.keep(),
            }
        }
    }

    fn take(&mut self, batch: &mut Vec<Observation>) {
        for observation in batch.drain(..) {
            self.around.watch.heard(&observation);
            self.waiting.push_back(Fresh { observation, ahead_ms: self.around.clock.ahead_ms() });
        }
        while self.waiting.len() > WAITING {
            self.waiting.pop_front();
            self.dropped += 1;
            if self.dropped.is_power_of_two() {
                tracing::error!(
                    dropped = self.dropped,
                    "results were lost: the journal does not answer and memory is full"
                );
            }
        }
    }

    /// Keeps what waits.
    fn keep(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        self.work(Box::new(move |journal| journal.append(waiting.into())));
    }

    fn work(&mut self, order: Order) {
        let Some(mut journal) = self.journal.take() else { return };
        self.busy.spawn_blocking(move || {
            order(&mut journal);
            journal
        });
    }

    /// Without a journal there is nothing left to do: whoever hands results in finds the seam closed, and the process is started anew.
    fn take_back(&mut self, ended: Result<Journal, JoinError>) -> ControlFlow<()> {
        match ended {
            Ok(journal) => {
                let last = journal.last();
                self.kept.send_if_modified(|kept| std::mem::replace(kept, last) != last);
                self.journal = Some(journal);
                ControlFlow::Continue(())
            }
            Err(fault) => {
                tracing::error!(%fault, "the journal failed: this is a bug in the prober");
                ControlFlow::Break(())
            }
        }
    }
}
