//! Signs of life inside the process: a part counts, the supervisor compares.
//!
//! It reads no clock: when a count last changed is for the supervisor to know.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// The count of a part that has not begun: it is not expected yet.
const NOT_BEGUN: u64 = 0;
/// The count of a part that ended as it should: it is not expected any more.
const ENDED: u64 = u64::MAX;

/// The sign of life of one part; cheap to clone.
#[derive(Debug, Clone)]
pub struct Pulse(Arc<Cell>);

#[derive(Debug)]
struct Cell {
    name: &'static str,
    limit: Duration,
    beats: AtomicU64,
}

impl Pulse {
    /// The sign of life of a part that may be silent for `limit`.
    pub fn new(name: &'static str, limit: Duration) -> Self {
        Self(Arc::new(Cell { name, limit, beats: AtomicU64::new(NOT_BEGUN) }))
    }

    /// The part lives. From the first time on it is expected to say so again and again.
    pub fn beat(&self) {
        let next = |beats: u64| Some(beats.wrapping_add(1).clamp(1, ENDED - 1));
        // Never refused: the closure always has a next value.
        let _ = self.0.beats.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
    }

    /// The part has ended as it should, or waits for as long as it takes.
    pub fn rest(&self) {
        self.0.beats.store(ENDED, Ordering::Relaxed);
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
    pub(super) fn count(&self) -> Option<u64> {
        Some(self.0.beats.load(Ordering::Relaxed)).filter(|count| ![NOT_BEGUN, ENDED].contains(count))
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
