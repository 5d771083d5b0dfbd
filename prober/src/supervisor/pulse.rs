//! Signs of life inside the process: a part counts, the supervisor compares.
//!
//! It reads no clock: when a count last changed is for the supervisor to know.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

/// The sign of life of one part; cheap to clone.
#[derive(Debug, Clone)]
pub struct Pulse(Arc<Cell>);

#[derive(Debug)]
struct Cell {
    name: &'static str,
    limit: Duration,
    /// Zero until it begins.
    beats: AtomicU64,
    /// It ended as it should, or does something that may take as long as it takes.
    rests: AtomicBool,
}

impl Pulse {
    /// The sign of life of a part that may be silent for `limit`.
    pub fn new(name: &'static str, limit: Duration) -> Self {
        Self(Arc::new(Cell { name, limit, beats: AtomicU64::new(0), rests: AtomicBool::new(false) }))
    }

    /// The part lives. From the first time on it is expected to say so again and again.
    pub fn beat(&self) {
        self.0.beats.fetch_add(1, Ordering::Relaxed);
        self.0.rests.store(false, Ordering::Relaxed);
    }

    /// The part has ended as it should, or works for as long as it takes: nothing is expected until it says that it lives.
    pub fn rest(&self) {
        self.0.rests.store(true, Ordering::Relaxed);
    }

    /// What the part is called.
    pub fn name(&self) -> &'static str {
        self.0.name
    }

    /// How long it may be silent.
    pub fn limit(&self) -> Duration {
        self.0.limit
    }

    /// Its count, while it is expected to change.
    pub(crate) fn count(&self) -> Option<u64> {
        let count = self.0.beats.load(Ordering::Relaxed);
        (count > 0 && !self.0.rests.load(Ordering::Relaxed)).then_some(count)
    }
}

/// The parts that are watched.
#[derive(Debug, Clone, Default)]
pub struct Pulses(Vec<Pulse>);

impl Pulses {
    /// Watches one more part.
    pub fn part(&mut self, name: &'static str, limit: Duration) -> Pulse {
        let pulse = Pulse::new(name, limit);
        self.0.push(pulse.clone());
        pulse
    }

    /// Watches one more part whose sign of life was made elsewhere.
    pub fn add(&mut self, pulse: Pulse) {
        self.0.push(pulse);
    }

    pub(super) fn all(&self) -> &[Pulse] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_counts_while_it_lives_and_goes_on_counting_after_a_rest() {
        let pulse = Pulse::new("care", Duration::from_secs(60));
        assert_eq!(pulse.count(), None, "it has not begun");
        pulse.beat();
        assert_eq!(pulse.count(), Some(1));
        pulse.rest();
        assert_eq!(pulse.count(), None);
        pulse.beat();
        assert_eq!(pulse.count(), Some(2), "another sign than the one before");
    }
}
