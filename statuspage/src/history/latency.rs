//! Durations in a sketch that can be merged, and the percentiles that remain of it.
//!
//! It does not know what was measured, where or when.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::Timestamp;
use sketches_ddsketch::{Config, DDSketch};

use crate::snapshot::LatencyPoint;

/// Relative error of a percentile; 128 bins of it, one kilobyte, span a factor of 100. Sketches merge only with their like.
const RELATIVE_ERROR: f64 = 0.018;
/// What the stored form of a sketch implies: both are the library's own defaults.
const MAX_BINS: u32 = 2_048;
const SMALLEST: f64 = 1.0e-9;

/// The durations of one period at one location (DDSketch, arXiv 1908.10693), in seconds.
#[derive(Clone)]
pub(super) struct Sketch(DDSketch);

/// What a closed period keeps of a sketch. Durations in microseconds, at most 71 minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Point {
    count: u32,
    p50: u32,
    p95: u32,
    p99: u32,
}

impl Default for Sketch {
    fn default() -> Self {
        Self(DDSketch::new(Config::new(RELATIVE_ERROR, MAX_BINS, SMALLEST)))
    }
}

impl std::fmt::Debug for Sketch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sketch({:?})", self.point())
    }
}

impl Sketch {
    pub(super) fn add(&mut self, duration: Duration) {
        self.0.add(duration.as_secs_f64());
    }

    /// The percentiles, by the nearest rank below: that of rank ⌊q × (count − 1)⌋, counted from 0.
    pub(super) fn point(&self) -> Point {
        let micros = |quantile: f64| {
            let seconds = self.0.quantile(quantile).ok().flatten().unwrap_or_default();
            let duration = Duration::try_from_secs_f64(seconds).unwrap_or_default();
            u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)
        };
        let count = u32::try_from(self.0.count()).unwrap_or(u32::MAX);
        Point { count, p50: micros(0.50), p95: micros(0.95), p99: micros(0.99) }
    }

    /// Adds the durations of another sketch.
    pub(super) fn absorb(&mut self, other: &Self) {
        self.0.merge(&other.0).expect("all sketches here have one configuration");
    }

    /// The exchange format of the sketch's other implementations.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.0.to_java_bytes()
    }

    /// Reads what [`Sketch::to_bytes`] wrote; the row's checksum has vouched for that.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        DDSketch::from_java_bytes(bytes).ok().map(Self)
    }
}

impl Point {
    /// The same for readers, of a period that began at `at`.
    pub(super) fn at(self, at: Timestamp) -> LatencyPoint {
        let duration = |micros: u32| Duration::from_micros(micros.into());
        let Self { count, p50, p95, p99 } = self;
        LatencyPoint { at, count: count.into(), p50: duration(p50), p95: duration(p95), p99: duration(p99) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sketch(micros: &[u64]) -> Sketch {
        let mut sketch = Sketch::default();
        micros.iter().for_each(|&micros| sketch.add(Duration::from_micros(micros)));
        sketch
    }

    fn exact(sorted: &[u64], quantile: f64) -> f64 {
        sorted[(quantile * (sorted.len() - 1) as f64) as usize] as f64
    }

    proptest! {
        #[test]
        fn percentiles_are_within_two_percent(mut micros in prop::collection::vec(1_u64..60_000_000, 1..400)) {
            let point = sketch(&micros).point();
            micros.sort_unstable();
            for (found, quantile) in [(point.p50, 0.50), (point.p95, 0.95), (point.p99, 0.99)] {
                let exact = exact(&micros, quantile);
                // Cut to whole microseconds.
                prop_assert!((f64::from(found) - exact).abs() <= 0.02 * exact + 1.0, "{quantile}: {found} for {exact}");
            }
            prop_assert_eq!(point.count as usize, micros.len());
        }

        #[test]
        fn a_sketch_reads_back_as_it_was_written_and_goes_on(
            before in prop::collection::vec(0_u64..60_000_000, 0..100),
            after in prop::collection::vec(0_u64..60_000_000, 0..100),
        ) {
            let mut stored = Sketch::from_bytes(&sketch(&before).to_bytes()).expect("our own bytes");
            after.iter().for_each(|&micros| stored.add(Duration::from_micros(micros)));
            prop_assert_eq!(stored.point(), sketch(&[before, after].concat()).point());
        }

        #[test]
        fn sketches_of_two_periods_merge_into_that_of_both(
            one in prop::collection::vec(0_u64..60_000_000, 0..100),
            other in prop::collection::vec(0_u64..60_000_000, 0..100),
        ) {
            let mut merged = Sketch::from_bytes(&sketch(&one).to_bytes()).expect("our own bytes");
            merged.0.merge(&sketch(&other).0).expect("one configuration");
            prop_assert_eq!(merged.point(), sketch(&[one, other].concat()).point());
        }
    }
}
