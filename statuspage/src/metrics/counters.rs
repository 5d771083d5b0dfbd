//! What the hub counts while it runs.
//!
//! It does not know when to count: the hub does.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError, atomic::AtomicU64},
};

use shared::LocationName;

use crate::notify::FaultKind;

/// The hub's numbers, written by the hub with relaxed ordering and read by each scrape.
#[derive(Debug, Default)]
pub struct HubCounters {
    /// Observations that the hub took from probers.
    pub observations: AtomicU64,
    /// Observations that it had already.
    pub duplicates: AtomicU64,
    /// Observations of probes that no definition has: stored, and judged by nobody.
    pub unknown_probes: AtomicU64,
    /// Snapshots that it published.
    pub snapshots: AtomicU64,
    /// Transitions of components that it judged.
    pub transitions: AtomicU64,
    /// Notifications that are written down and not yet delivered, now.
    pub outbox: AtomicU64,
    /// Notifications that a channel took.
    pub delivered: AtomicU64,
    /// Deliveries that failed and will be tried again.
    pub delivery_failures: AtomicU64,
    /// When all data was last verified, in milliseconds since 1970; zero before the first time.
    pub verified_at: AtomicU64,
    /// Findings of all verifications together.
    pub damaged: AtomicU64,
    /// The instant that the last scheduled backup shows, in milliseconds since 1970; zero when there is none.
    pub backup_at: AtomicU64,
    /// Scheduled backups that could not be made.
    pub backup_failures: AtomicU64,
    /// Reports that were not read because their location had sent more than it may.
    pub throttled: Throttled,
    /// Lasting faults of the store that are open, now.
    pub store_faults: StoreFaults,
}

/// Counts by location; only those that are known are in it.
#[derive(Debug, Default)]
pub struct Throttled(Mutex<BTreeMap<LocationName, u64>>);

impl Throttled {
    /// One more; the first one of many is said.
    pub fn count(&self, location: &LocationName) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(location.clone()).or_default();
        *count += 1;
        if count.is_power_of_two() {
            tracing::warn!(%location, reports = *count, "a location sends more reports than it may: they are not read, and come again");
        }
    }

    /// So many of a location's.
    pub fn of(&self, location: &LocationName) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(location).copied().unwrap_or(0)
    }
}

/// 1 for each lasting fault of the store that is open.
#[derive(Debug, Default)]
pub struct StoreFaults {
    low_space: AtomicU64,
    no_space: AtomicU64,
    failing: AtomicU64,
}

impl StoreFaults {
    /// Each of them with its number.
    pub fn each(&self) -> [(FaultKind, &AtomicU64); 3] {
        let Self { low_space, no_space, failing } = self;
        [(FaultKind::LowSpace, low_space), (FaultKind::NoSpace, no_space), (FaultKind::Failing, failing)]
    }
}
