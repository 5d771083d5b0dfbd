//! Durations in a sketch that can be merged, and the percentiles that remain of it.
//!
//! It does not know what was measured, where or when.

mod bins;
mod java;

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use shared::Timestamp;
use sketches_ddsketch::Config;

use crate::snapshot::LatencyPoint;
use bins::Bins;

/// Relative error of a percentile: a bin is 3.7 % wide, 128 of them span a factor of 100. Sketches merge only with their like.
const RELATIVE_ERROR: f64 = 0.018;
/// What the library's stored form of a sketch implies: both are its own defaults.
const MAX_BINS: u32 = 2_048;
const SMALLEST: f64 = 1.0e-9;

/// The durations of one period at one location (DDSketch, arXiv 1908.10693), in seconds.
///
/// The library says which bin a duration is in and what a bin stands for. The bins themselves are kept packed, in memory as on
/// disk: a hundred durations take some 40 bytes here and 1.2 kB in the library, and there are four open sketches for each
/// component and location.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Sketch(Box<[u8]>);

/// A bin of durations: the nearest power of 1.037, in seconds; the lowest holds what is shorter than a nanosecond.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Bin(pub(super) i16);

/// What a closed period keeps of a sketch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) count: u32,
    pub(super) p50: Bin,
    pub(super) p95: Bin,
    pub(super) p99: Bin,
}

/// What says which bin is which.
fn mapping() -> Config {
    Config::new(RELATIVE_ERROR, MAX_BINS, SMALLEST)
}

impl Bin {
    const ZERO: Self = Self(i16::MIN);

    fn of(duration: Duration) -> Self {
        let (seconds, mapping) = (duration.as_secs_f64(), mapping());
        if seconds <= mapping.min_possible() {
            return Self::ZERO;
        }
        // From -575 for a nanosecond to 1,233 for the longest duration there is.
        i16::try_from(mapping.key(seconds)).map_or(Self(i16::MAX), Self)
    }

    /// What it stands for, in whole microseconds, at most 71 minutes.
    pub(super) fn micros(self) -> u32 {
        match self {
            Self::ZERO => 0,
            Self(key) => (mapping().value(key.into()) * 1e6) as u32,
        }
    }
}

impl std::fmt::Debug for Sketch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sketch({:?})", self.point())
    }
}

impl Sketch {
    /// Reads packed bins.
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Bins::read(bytes).map(|_| Self(bytes.into()))
    }

    /// Reads the library's exchange format, in which rows of version 1 hold sketches.
    pub(super) fn from_java_bytes(bytes: &[u8]) -> Option<Self> {
        java::bins(bytes).map(|bins| Self(bins.pack()))
    }

    fn bins(&self) -> Bins {
        Bins::read(&self.0).expect("bytes were packed here or read once when they came")
    }

    pub(super) fn add(&mut self, duration: Duration) {
        let mut bins = self.bins();
        bins.add(Bin::of(duration), 1);
        self.0 = bins.pack();
    }

    /// Adds the durations of another sketch.
    pub(super) fn absorb(&mut self, other: &Self) {
        let mut bins = self.bins();
        other.bins().iter().for_each(|(bin, count)| bins.add(bin, count));
        self.0 = bins.pack();
    }

    /// The percentiles, by the nearest rank below: that of rank ⌊q × (count − 1)⌋, counted from 0.
    pub(super) fn point(&self) -> Point {
        let bins = self.bins();
        let count = bins.count();
        let at = |quantile: f64| bins.at_rank((quantile * count.saturating_sub(1) as f64) as u64);
        Point { count: u32::try_from(count).unwrap_or(u32::MAX), p50: at(0.50), p95: at(0.95), p99: at(0.99) }
    }
}

impl Serialize for Sketch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Sketch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = <&[u8]>::deserialize(deserializer)?;
        Self::from_bytes(bytes).ok_or_else(|| de::Error::custom("no bins of a sketch"))
    }
}

impl Point {
    /// The same for readers, of a period that began at `at`.
    pub(super) fn at(self, at: Timestamp) -> LatencyPoint {
        let Self { count, p50, p95, p99 } = self;
        LatencyPoint::new(at, count, [p50, p95, p99].map(|bin| Duration::from_micros(bin.micros().into())))
    }
}

#[cfg(test)]
mod tests;
