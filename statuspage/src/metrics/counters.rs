//! What the hub counts while it runs.
//!
//! It does not know when to count: the hub does.

use std::sync::atomic::AtomicU64;

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
    /// Lasting faults of the store that are open, now.
    pub store_faults: StoreFaults,
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
