//! The agenda: which probe is due when, as a pure structure that is told the time and the results.
//!
//! It reads no clock, starts nothing and sends nothing. Two clocks come in: the monotonic one counts intervals, the wall clock is
//! for cron lines alone.

mod entry;

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    sync::Arc,
    time::Duration,
};

use shared::{ProbeId, Timestamp, Verdict};
use tokio::time::Instant;

use crate::{
    definition::{DefinitionSet, ProbeDefinition},
    probe::Attempt,
};
use entry::Entry;

/// The present, on both clocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    /// Never goes back and never jumps.
    pub(super) monotonic: Instant,
    /// What a wall clock shows.
    pub(super) wall: Timestamp,
}

/// One probe as it was taken up; a probe that was changed by a reload is another task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct TaskId(u64);

/// Something to be done now.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) task: TaskId,
    pub(super) probe: Arc<ProbeDefinition>,
    pub(super) attempt: Attempt,
    /// How long ago it was due.
    pub(super) late: Duration,
}

/// Due times that passed without an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Skipped(pub(super) u64);

/// When a task is due, and why; ordered by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Appointment {
    at: Instant,
    task: TaskId,
    attempt: Turn,
}

/// [`Attempt`], in the order in which simultaneous ones come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Scheduled,
    Confirmation,
}

/// After the end of a result that is unsettled.
const CONFIRMATIONS: [Duration; 2] = [Duration::from_millis(500), Duration::from_millis(1_500)];

/// Every probe's next due time.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    entries: HashMap<TaskId, Entry>,
    by_probe: HashMap<ProbeId, TaskId>,
    appointments: BinaryHeap<Reverse<Appointment>>,
    next_task: u64,
}

impl Agenda {
    /// Takes over a set of definitions and names the tasks that must stop: of probes that are gone or changed. Unchanged ones (the
    /// same `Arc`) go on undisturbed.
    pub(super) fn take_over(&mut self, set: &DefinitionSet, now: Now) -> Vec<TaskId> {
        let kept = |entry: &Entry| set.probe(&entry.probe.id).is_some_and(|probe| Arc::ptr_eq(probe, &entry.probe));
        let stopped: Vec<_> = self.entries.iter().filter(|(_, entry)| !kept(entry)).map(|(&task, _)| task).collect();
        for task in &stopped {
            if let Some(entry) = self.entries.remove(task) {
                self.by_probe.remove(&entry.probe.id);
            }
        }
        self.appointments.retain(|Reverse(appointment)| self.entries.contains_key(&appointment.task));
        let asked = |probe: &&Arc<ProbeDefinition>| probe.check.heartbeat().is_none();
        let new = set.probes().filter(asked).filter(|probe| !self.by_probe.contains_key(&probe.id));
        for probe in new.cloned().collect::<Vec<_>>() {
            self.take_up(probe, now);
        }
        stopped
    }

    fn take_up(&mut self, probe: Arc<ProbeDefinition>, now: Now) {
        let task = TaskId(self.next_task);
        self.next_task += 1;
        self.by_probe.insert(probe.id.clone(), task);
        let entry = Entry::new(probe, now);
        self.appoint(task, entry.next(), Turn::Scheduled);
        self.entries.insert(task, entry);
    }

    fn appoint(&mut self, task: TaskId, at: Option<Instant>, attempt: Turn) {
        self.appointments.extend(at.map(|at| Reverse(Appointment { at, task, attempt })));
    }

    /// How many probes there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// When something is due next.
    pub(super) fn next(&self) -> Option<Instant> {
        self.appointments.peek().map(|Reverse(appointment)| appointment.at)
    }

    /// What is due, earliest first. A scheduled execution whose predecessor is still under way is skipped; due times that were
    /// missed, because the process or the machine stood still, are skipped and not made up for.
    pub(super) fn due(&mut self, now: Now) -> (Vec<Due>, Skipped) {
        let (mut due, mut skipped) = (Vec::new(), Skipped::default());
        while let Some(Reverse(appointment)) = self.appointments.peek().copied()
            && appointment.at <= now.monotonic
        {
            self.appointments.pop();
            let Some(entry) = self.entries.get_mut(&appointment.task) else { continue };
            let probe = Arc::clone(&entry.probe);
            let (task, late) = (appointment.task, now.monotonic.duration_since(appointment.at));
            match appointment.attempt {
                Turn::Confirmation => due.push(Due { task, probe, attempt: Attempt::Confirmation, late }),
                // The appointment was moved, since the wall clock was set.
                Turn::Scheduled if entry.next() != Some(appointment.at) => {}
                Turn::Scheduled => {
                    let turn = entry.turn(now);
                    skipped.0 += turn.missed;
                    if turn.runs {
                        due.push(Due { task, probe, attempt: Attempt::Scheduled, late });
                    } else {
                        skipped.0 += 1;
                    }
                    let next = entry.next();
                    self.appoint(task, next, Turn::Scheduled);
                }
            }
        }
        (due, skipped)
    }

    /// Takes a result in, of an execution that ended at `ended`: what is unsettled after a scheduled one is asked again at once.
    /// Nothing becomes of the result of a task that is gone.
    pub(super) fn ended(&mut self, task: TaskId, attempt: Attempt, verdict: Verdict, ended: Instant) {
        let Some(entry) = self.entries.get_mut(&task) else { return };
        if entry.ended(attempt, verdict) {
            for wait in CONFIRMATIONS {
                self.appoint(task, Some(ended + wait), Turn::Confirmation);
            }
        }
    }

    /// The wall clock was set: cron lines are read anew.
    pub(super) fn wall_clock_was_set(&mut self, now: Now) {
        let moved: Vec<_> =
            self.entries.iter_mut().filter_map(|(&task, entry)| Some((task, entry.replan(now)?))).collect();
        for (task, at) in moved {
            self.appoint(task, Some(at), Turn::Scheduled);
        }
    }
}

#[cfg(test)]
mod tests;
