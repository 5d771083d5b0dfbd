//! The desk: waits for the next due time, a result, new definitions or the stop, and starts what is due.
//!
//! It does not know how anything is executed (see [`super::worker`]) nor how due times are reckoned (see [`super::agenda`]).

use std::{collections::HashMap, future::pending, sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    task::{AbortHandle, Id, JoinError, JoinSet},
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::{
    agenda::{Agenda, Due, Now, TaskId},
    worker::{Ended, Worker},
};
use crate::{
    counters::Counters,
    definition::DefinitionSet,
    probe::{self, Attempt},
};

/// Due times closer together than that are started together: the same work costs less when the processor's caches are warm.
const TICK: Duration = Duration::from_millis(10);
/// The wall clock is looked at that often, at least.
const LOOK: Duration = Duration::from_secs(30);
/// A step of the wall clock against the monotonic one that is more than drift.
const STEP: Duration = Duration::from_secs(2);
/// An execution that starts later than that after its due time is counted.
const LATE: Duration = Duration::from_secs(1);

/// Everything that is planned or under way.
pub(super) struct Desk {
    worker: Arc<Worker>,
    counters: Arc<Counters>,
    agenda: Agenda,
    running: JoinSet<Ended>,
    /// Whose executions they are, so that results find their task and stopped tasks their executions.
    owners: HashMap<Id, Owner>,
    last: Now,
    /// Nothing is started before that, so that what is due meanwhile is started together.
    not_before: Instant,
}

struct Owner {
    task: TaskId,
    attempt: Attempt,
    handle: AbortHandle,
}

impl Desk {
    pub(super) fn new(worker: Arc<Worker>, counters: Arc<Counters>) -> Self {
        let last = now();
        Self {
            worker,
            counters,
            agenda: Agenda::default(),
            running: JoinSet::new(),
            owners: HashMap::new(),
            last,
            not_before: last.monotonic,
        }
    }

    /// Works until `stop`, or until nobody takes results any more.
    pub(super) async fn run(mut self, mut definitions: watch::Receiver<Arc<DefinitionSet>>, stop: CancellationToken) {
        self.take_over(&mut definitions);
        let worker = Arc::clone(&self.worker);
        loop {
            let wake = self.wake();
            tokio::select! {
                () = stop.cancelled() => break,
                () = worker.out.closed() => break,
                () = changed(&mut definitions) => self.take_over(&mut definitions),
                Some(ended) = self.running.join_next_with_id() => self.ended(ended),
                () = sleep_until(wake) => self.start_what_is_due(),
            }
        }
        self.running.shutdown().await;
    }

    fn take_over(&mut self, definitions: &mut watch::Receiver<Arc<DefinitionSet>>) {
        let set = Arc::clone(&definitions.borrow_and_update());
        let stopped = self.agenda.take_over(&set, now());
        self.owners.values().filter(|owner| stopped.contains(&owner.task)).for_each(|owner| owner.handle.abort());
        self.counters.scheduled(self.agenda.len());
        tracing::info!(probes = self.agenda.len(), stopped = stopped.len(), "took over definitions");
    }

    /// When something is to be done next.
    fn wake(&self) -> Instant {
        let look = self.last.monotonic + LOOK;
        self.agenda.next().map_or(look, |due| due.max(self.not_before).min(look))
    }

    fn start_what_is_due(&mut self) {
        let now = now();
        if stepped(self.last, now) {
            tracing::warn!("the wall clock was set: cron lines are read anew");
            self.agenda.wall_clock_was_set(now);
        }
        self.last = now;
        let (due, skipped) = self.agenda.due(now);
        self.counters.skipped(skipped.0);
        if !due.is_empty() {
            self.not_before = now.monotonic + TICK;
        }
        due.into_iter().for_each(|due| self.start(due));
    }

    fn start(&mut self, due: Due) {
        let Due { task, probe, attempt, late } = due;
        if late > LATE {
            self.counters.late();
        }
        let worker = Arc::clone(&self.worker);
        let span = tracing::debug_span!("probe", probe.id = %probe.id);
        let handle = self.running.spawn(async move { worker.work(&probe, attempt).await }.instrument(span));
        self.owners.insert(handle.id(), Owner { task, attempt, handle });
    }

    fn ended(&mut self, ended: Result<(Id, Ended), JoinError>) {
        let (id, ended) = match ended {
            Ok((id, ended)) => (id, Some(ended)),
            // Aborted by a reload; or a panic outside the probe itself, where they are caught.
            Err(error) => {
                if error.is_panic() {
                    self.counters.panicked();
                    tracing::error!(%error, "an execution panicked: this is a bug in the prober");
                }
                (error.id(), None)
            }
        };
        let Some(owner) = self.owners.remove(&id) else { return };
        let (verdict, at) = ended.map_or((shared::Verdict::Unknown, Instant::now()), |ended| (ended.verdict, ended.at));
        self.agenda.ended(owner.task, owner.attempt, verdict, at);
    }
}

/// Resolves when there are new definitions; never again once whoever makes them is gone.
async fn changed(definitions: &mut watch::Receiver<Arc<DefinitionSet>>) {
    if definitions.changed().await.is_err() {
        pending::<()>().await;
    }
}

/// Whether the wall clock went another way than the monotonic one.
fn stepped(before: Now, now: Now) -> bool {
    let expected = before.wall.plus(now.monotonic.saturating_duration_since(before.monotonic));
    expected.since(now.wall).max(now.wall.since(expected)) > STEP
}

fn now() -> Now {
    Now { monotonic: Instant::now(), wall: probe::wall_clock() }
}
