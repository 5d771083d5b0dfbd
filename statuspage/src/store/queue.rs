//! What waits for the store's thread: observations, changes and questions, all bounded.
//!
//! It does not know the database.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use prober::supervisor::Pulse;
use tokio::sync::watch;

use super::{StoreError, StoreState, database::Broken, holdings::Holdings};

/// Observations of one transaction.
pub(super) const BATCH: usize = 500;
/// The store's thread may be silent for so long: a disk that takes longer for one write is no disk.
const SILENCE: Duration = Duration::from_secs(30);
/// Questions that may wait; more are answered [`StoreError::Busy`] at once.
const MAX_QUESTIONS: usize = 64;

/// An observation on its way: its place in the line, its key and its body.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) number: u64,
    pub(super) key: Bytes,
    pub(super) body: Bytes,
    /// Also listed among the failures, under that key.
    pub(super) failure_key: Option<Bytes>,
}

/// The newest wish for one key: a body, or none for removal.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) number: u64,
    pub(super) body: Option<Bytes>,
}

/// One batch: some observations, and the changes when no older observation is left.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) rows: Vec<Row>,
    pub(super) changes: Vec<(Vec<u8>, Change)>,
}

impl Work {
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.changes.is_empty()
    }
}

/// What the store's thread is asked: it runs there, once, with the database or with why there is none. An error means that the
/// database broke.
pub(super) type Question = Box<dyn FnOnce(Result<&mut Holdings, StoreError>) -> Result<(), Broken> + Send>;

/// Whether there is a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    /// Open.
    Open,
    /// Open for reading; too little space to write.
    Paused,
    /// It failed a moment ago and is being opened again.
    Retrying,
    /// None.
    Absent,
}

/// Figures for `/metrics`; all since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Observations and changes on stable storage.
    pub rows_written: u64,
    /// Batches, each one transaction and one `fsync`.
    pub batches: u64,
    /// Time spent on writing and syncing batches.
    pub batch_time: Duration,
    /// The slowest batch.
    pub batch_time_max: Duration,
    /// Observations that wait in memory.
    pub pending_observations: usize,
    /// Changes that wait in memory, by key.
    pub pending_changes: usize,
    /// Observations that were lost because too many waited.
    pub dropped_observations: u64,
    /// Rows that failed their checksum.
    pub corrupt_rows: u64,
    /// Frames of block files that failed theirs.
    pub damaged_frames: u64,
    /// How often the database failed and was dropped.
    pub failures: u64,
    /// Observations removed because of their age or of the space that they took.
    pub pruned_observations: u64,
    /// Size of the database.
    pub bytes_on_disk: u64,
    /// Size of all block files.
    pub block_bytes: u64,
    /// Free space beside it.
    pub bytes_free: u64,
}

struct Line {
    rows: VecDeque<Row>,
    changes: BTreeMap<Vec<u8>, Change>,
    questions: VecDeque<Question>,
    last_number: u64,
    /// The number of the last row that was dropped.
    dropped_to: u64,
    /// When the line began to be without a gap.
    waiting_since: Option<Instant>,
    condition: Condition,
    adopted: bool,
    closing: bool,
    counters: Counters,
}

/// The line in front of the store's thread.
pub(super) struct Queue {
    line: Mutex<Line>,
    wake: Condvar,
    /// Everything up to that number is on stable storage (or dropped).
    settled: watch::Sender<u64>,
    capacity: usize,
    /// The sign of life of the store's thread: it looks into the line between any two steps of its work.
    pulse: Pulse,
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("counters", &self.counters()).finish_non_exhaustive()
    }
}

impl Queue {
    pub(super) fn new(capacity: usize) -> Self {
        let line = Line {
            rows: VecDeque::new(),
            changes: BTreeMap::new(),
            questions: VecDeque::new(),
            last_number: 0,
            dropped_to: 0,
            waiting_since: None,
            condition: Condition::Absent,
            adopted: true,
            closing: false,
            counters: Counters::default(),
        };
        Self {
            line: Mutex::new(line),
            wake: Condvar::new(),
            settled: watch::Sender::new(0),
            capacity,
            pulse: Pulse::new("store", SILENCE),
        }
    }

    /// A panic elsewhere leaves the line whole: every change of it is complete before anything that can panic.
    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts observations in line and gives the first and the last of their numbers. When the line is full, the oldest go.
    pub(super) fn push_rows(&self, rows: impl Iterator<Item = Row>) -> (u64, u64) {
        self.push_both(rows, std::iter::empty())
    }

    /// The same with changes that follow from them: nobody takes the ones without the others.
    pub(super) fn push_both(
        &self,
        rows: impl Iterator<Item = Row>,
        changes: impl Iterator<Item = (Vec<u8>, Option<Bytes>)>,
    ) -> (u64, u64) {
        let mut line = self.line();
        let first = line.last_number + 1;
        for row in rows {
            line.last_number += 1;
            let number = line.last_number;
            line.rows.push_back(Row { number, ..row });
        }
        // After them, so that they are never written before them.
        let number = line.last_number;
        line.changes.extend(changes.map(|(key, body)| (key, Change { number, body })));
        while line.rows.len() > self.capacity {
            if let Some(row) = line.rows.pop_front() {
                line.dropped_to = row.number;
                line.counters.dropped_observations += 1;
            }
        }
        self.arrived(&mut line);
        (first, line.last_number)
    }

    /// Puts changes in line, merged by key, and gives their number.
    pub(super) fn push_changes(&self, changes: impl Iterator<Item = (Vec<u8>, Option<Bytes>)>) -> u64 {
        let mut line = self.line();
        line.last_number += 1;
        let number = line.last_number;
        line.changes.extend(changes.map(|(key, body)| (key, Change { number, body })));
        self.arrived(&mut line);
        number
    }

    fn arrived(&self, line: &mut Line) {
        line.waiting_since.get_or_insert_with(Instant::now);
        self.wake.notify_one();
    }

    /// Puts a question in line.
    pub(super) fn push_question(&self, question: Question) -> Result<(), StoreError> {
        let mut line = self.line();
        match line.condition {
            Condition::Absent => return Err(StoreError::Absent),
            Condition::Open | Condition::Paused | Condition::Retrying => {}
        }
        if line.questions.len() >= MAX_QUESTIONS || line.closing {
            return Err(StoreError::Busy);
        }
        line.questions.push_back(question);
        self.wake.notify_one();
        Ok(())
    }

    /// The sign of life of the store's thread.
    pub(super) fn pulse(&self) -> Pulse {
        self.pulse.clone()
    }

    /// Sleeps until there is something to do, at most for `limit`.
    pub(super) fn wait(&self, limit: Duration) {
        self.pulse.beat();
        let line = self.line();
        let idle = |line: &mut Line| {
            let writable = line.adopted && line.condition == Condition::Open;
            let work = writable && (!line.rows.is_empty() || !line.changes.is_empty());
            !(work || line.closing || !line.questions.is_empty())
        };
        drop(self.wake.wait_timeout_while(line, limit, idle).unwrap_or_else(PoisonError::into_inner));
    }

    /// The next batch of at most `limit` observations; it stays in line until [`Queue::written`].
    pub(super) fn work(&self, limit: usize) -> Work {
        self.pulse.beat();
        let line = self.line();
        if !line.adopted {
            return Work::default();
        }
        let rows: Vec<Row> = line.rows.iter().take(limit).cloned().collect();
        let newest_change = line.changes.values().map(|change| change.number).max().unwrap_or(0);
        let older_rows_left = line.rows.get(rows.len()).is_some_and(|row| row.number < newest_change);
        let changes = if older_rows_left {
            Vec::new()
        } else {
            line.changes.iter().map(|(key, change)| (key.clone(), change.clone())).collect()
        };
        Work { rows, changes }
    }

    /// Takes a batch out of the line, now that it is on stable storage. True when nothing is left.
    pub(super) fn written(&self, work: &Work, took: Duration) -> Progress {
        let mut line = self.line();
        if let Some(last) = work.rows.last() {
            while line.rows.front().is_some_and(|row| row.number <= last.number) {
                line.rows.pop_front();
            }
        }
        for (key, done) in &work.changes {
            if line.changes.get(key).is_some_and(|change| change.number == done.number) {
                line.changes.remove(key);
            }
        }
        let counters = &mut line.counters;
        counters.rows_written += (work.rows.len() + work.changes.len()) as u64;
        counters.batches += 1;
        counters.batch_time += took;
        counters.batch_time_max = counters.batch_time_max.max(took);
        let first_row = line.rows.front().map(|row| row.number);
        let first_change = line.changes.values().map(|change| change.number).min();
        let first_waiting = [first_row, first_change].into_iter().flatten().min();
        let settled = first_waiting.map_or(line.last_number, |number| number - 1);
        line.waiting_since = first_waiting.map(|_| Instant::now());
        drop(line);
        self.settled.send_replace(settled);
        if first_waiting.is_none() { Progress::CaughtUp } else { Progress::MoreWaits }
    }

    /// Waits until everything up to `number` is settled.
    pub(super) async fn settled(&self, number: u64) {
        // An error would mean that the sender is gone, and it lives in `self`.
        let _ = self.settled.subscribe().wait_for(|settled| *settled >= number).await;
    }

    /// Whether a row from `number` on was dropped.
    pub(super) fn lost(&self, number: u64) -> bool {
        self.line().dropped_to >= number
    }

    pub(super) fn questions(&self) -> VecDeque<Question> {
        std::mem::take(&mut self.line().questions)
    }

    pub(super) fn set_condition(&self, condition: Condition) {
        self.line().condition = condition;
    }

    /// Holds writes back, or lets them go.
    pub(super) fn set_adoption(&self, adoption: Adoption) {
        self.line().adopted = adoption == Adoption::Done;
        self.wake.notify_one();
    }

    pub(super) fn close(&self) {
        self.line().closing = true;
        self.wake.notify_one();
    }

    pub(super) fn is_closing(&self) -> bool {
        self.line().closing
    }

    pub(super) fn state(&self, patience: Duration) -> StoreState {
        let line = self.line();
        let late = line.waiting_since.is_some_and(|since| since.elapsed() > patience);
        match line.condition {
            Condition::Absent => StoreState::Absent,
            Condition::Retrying => StoreState::Behind,
            Condition::Paused if line.rows.is_empty() && line.changes.is_empty() => StoreState::Synced,
            Condition::Paused => StoreState::Behind,
            Condition::Open if late || !line.adopted => StoreState::Behind,
            Condition::Open => StoreState::Synced,
        }
    }

    pub(super) fn count(&self, change: impl FnOnce(&mut Counters)) {
        change(&mut self.line().counters);
    }

    pub(super) fn counters(&self) -> Counters {
        let line = self.line();
        Counters { pending_observations: line.rows.len(), pending_changes: line.changes.len(), ..line.counters }
    }
}

/// Whether what a late database holds has been taken over by the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Adoption {
    /// Nothing may be written yet.
    Awaited,
    /// Writes go on.
    Done,
}

/// Whether the line is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// It is.
    CaughtUp,
    /// It is not.
    MoreWaits,
}

#[cfg(test)]
mod tests;
