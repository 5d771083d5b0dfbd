//! The desk: waits for the next due time, a result, new definitions or the stop, and starts what is due.
//!
//! It does not know how anything is executed (see [`super::worker`]) nor how due times are reckoned (see [`super::agenda`]).

use std::{collections::HashMap, future::pending, sync::Arc, time::Duration};

use shared::Timestamp;
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
    canary::with_canaries,
    counters::Counters,
    definition::{Definition, DefinitionSet, ProbeDefinition},
    probe::{self, Attempt},
    supervisor::Pulse,
};

/// Due times closer together than that are started together: the same work costs less when the processor's caches are warm.
const TICK: Duration = Duration::from_millis(10);
/// The wall clock is looked at that often, at least.
const LOOK: Duration = Duration::from_secs(5);
/// A step of the wall clock against the monotonic one that is more than drift.
const STEP: Duration = Duration::from_secs(2);
/// An execution that starts later than that after its due time is counted.
const LATE: Duration = Duration::from_secs(1);
/// What an execution may wait for beside its target: control targets, and room in the channel.
const WAITING: Duration = Duration::from_secs(30);
const HOUR: Duration = Duration::from_secs(3_600);

/// Everything that is planned or under way.
pub(super) struct Desk {
    worker: Arc<Worker>,
    counters: Arc<Counters>,
    agenda: Agenda,
    running: JoinSet<Ended>,
    /// Whose executions they are, so that results find their task and stopped tasks their executions.
    owners: HashMap<Id, Owner>,
    last: Now,
    /// Our own targets, beside those of the definitions.
    canaries: Option<Arc<Definition>>,
    pulse: Pulse,
    /// Nothing is started before that, so that what is due meanwhile is started together.
    not_before: Instant,
}

struct Owner {
    task: TaskId,
    attempt: Attempt,
    /// Longer than until then no execution lasts, whatever it waits for.
    until: Instant,
    handle: AbortHandle,
}

impl Desk {
    pub(super) fn new(
        worker: Arc<Worker>,
        counters: Arc<Counters>,
        canaries: Option<Arc<Definition>>,
        pulse: Pulse,
    ) -> Self {
        let last = now();
        Self {
            worker,
            counters,
            agenda: Agenda::default(),
            running: JoinSet::new(),
            owners: HashMap::new(),
            last,
            canaries,
            pulse,
            not_before: last.monotonic,
        }
    }

    /// Works until `stop`, or until nobody takes results any more.
    pub(super) async fn run(mut self, mut definitions: watch::Receiver<Arc<DefinitionSet>>, stop: CancellationToken) {
        self.take_over(&mut definitions);
        let worker = Arc::clone(&self.worker);
        loop {
            self.pulse.beat();
            let wake = self.wake();
            tokio::select! {
                () = stop.cancelled() => break,
                () = worker.out.closed() => break,
                () = changed(&mut definitions) => self.take_over(&mut definitions),
                Some(ended) = self.running.join_next_with_id() => self.ended(ended),
                () = sleep_until(wake) => self.start_what_is_due(),
            }
        }
        self.pulse.rest();
        self.running.shutdown().await;
    }

    fn take_over(&mut self, definitions: &mut watch::Receiver<Arc<DefinitionSet>>) {
        let set = Arc::clone(&definitions.borrow_and_update());
        let set = with_canaries(&set, self.canaries.as_ref());
        let stopped = self.agenda.take_over(&set, now());
        self.owners.values().filter(|owner| stopped.contains(&owner.task)).for_each(|owner| owner.handle.abort());
        let ours = self.canaries.as_ref().map_or(0, |canaries| canaries.probes.len());
        self.counters.scheduled(self.agenda.len().saturating_sub(ours));
        tracing::info!(
            probes = self.agenda.len().saturating_sub(ours),
            stopped = stopped.len(),
            "took over definitions"
        );
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
        self.give_up_what_is_stuck(now.monotonic);
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
        let until = Instant::now() + longest(&probe, self.last.wall);
        let worker = Arc::clone(&self.worker);
        let span = tracing::debug_span!("probe", probe.id = %probe.id);
        let handle = self.running.spawn(async move { worker.work(&probe, attempt).await }.instrument(span));
        self.owners.insert(handle.id(), Owner { task, attempt, until, handle });
    }

    /// Every execution has a deadline of its own, and every step in it; what outlives all of them is a bug, and must not keep its
    /// probe from being asked again.
    fn give_up_what_is_stuck(&mut self, now: Instant) {
        let stuck: Vec<_> = self.owners.iter().filter(|(_, owner)| owner.until <= now).map(|(id, _)| *id).collect();
        for owner in stuck.iter().filter_map(|id| self.owners.remove(id)) {
            owner.handle.abort();
            self.counters.overdue();
            tracing::error!("an execution did not come to its end and is given up: this is a bug in the prober");
            self.agenda.ended(owner.task, owner.attempt, shared::Verdict::Unknown, now);
        }
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

/// How long an execution may last with everything that it may wait for: two intervals and the timeout, and where those are short the
/// patience of the channel.
fn longest(probe: &ProbeDefinition, now: Timestamp) -> Duration {
    let intervals = probe.schedule.interval(now).min(HOUR).saturating_mul(2);
    (intervals + probe.timeout).max(probe.timeout + WAITING)
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
