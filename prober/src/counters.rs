//! What the prober counts of itself, for whoever exports metrics.
//!
//! It does not know who reads it nor how it is shown.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters and gauges of one prober; shared as an `Arc`, written by the prober only, read at any time.
#[derive(Debug, Default)]
pub struct Counters {
    /// Executions that came to an end, of any verdict, confirmations included.
    executed: Count,
    /// Executions that are under way, or whose result waits for room in the channel.
    in_flight: Count,
    /// Executions that ended in a panic, which was caught.
    panics: Count,
    /// Executions that had not ended five seconds after their deadline, and were given up.
    overdue: Count,
    /// Executions that started more than a second after they were due.
    late: Count,
    /// Due times that passed without an execution: the process was stopped, or the one before was still under way.
    skipped: Count,
    /// Results that nobody took within the patience of the channel.
    dropped: Count,
    /// Results that became unknown because no control target could be reached.
    blind: Count,
    /// Probes that are scheduled now.
    scheduled: Count,
}

/// A number that several tasks change.
#[derive(Debug, Default)]
struct Count(AtomicU64);

impl Count {
    fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    fn subtract(&self, less: u64) {
        self.0.fetch_sub(less, Ordering::Relaxed);
    }

    fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The counters at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// Executions that came to an end, of any verdict, confirmations included.
    pub executed: u64,
    /// Executions under way now, or whose result waits for room in the channel.
    pub in_flight: u64,
    /// Executions that ended in a panic, which was caught.
    pub panics: u64,
    /// Executions that had not ended five seconds after their deadline, and were given up.
    pub overdue: u64,
    /// Executions that started more than a second after they were due.
    pub late: u64,
    /// Due times that passed without an execution.
    pub skipped: u64,
    /// Results that nobody took within the patience of the channel.
    pub dropped: u64,
    /// Results that became unknown because no control target could be reached.
    pub blind: u64,
    /// Probes that are scheduled now.
    pub scheduled: u64,
}

impl Counters {
    /// All of them, as they stand.
    pub fn read(&self) -> Counted {
        Counted {
            executed: self.executed.get(),
            in_flight: self.in_flight.get(),
            panics: self.panics.get(),
            overdue: self.overdue.get(),
            late: self.late.get(),
            skipped: self.skipped.get(),
            dropped: self.dropped.get(),
            blind: self.blind.get(),
            scheduled: self.scheduled.get(),
        }
    }

    pub(crate) fn started(&self) {
        self.in_flight.add(1);
    }

    pub(crate) fn ended(&self) {
        self.in_flight.subtract(1);
    }

    pub(crate) fn executed(&self) {
        self.executed.add(1);
    }

    pub(crate) fn panicked(&self) {
        self.panics.add(1);
    }

    pub(crate) fn overdue(&self) {
        self.overdue.add(1);
    }

    pub(crate) fn late(&self) {
        self.late.add(1);
    }

    pub(crate) fn skipped(&self, due_times: u64) {
        self.skipped.add(due_times);
    }

    pub(crate) fn dropped(&self) {
        self.dropped.add(1);
    }

    pub(crate) fn blind(&self) {
        self.blind.add(1);
    }

    pub(crate) fn scheduled(&self, probes: usize) {
        self.scheduled.set(u64::try_from(probes).unwrap_or(u64::MAX));
    }
}
