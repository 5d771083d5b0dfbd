//! `/metrics`: the snapshot by blackbox_exporter's names, and the process by Prometheus' own.
//!
//! It does not know who may read it nor how it is fetched. Nothing is registered or kept: each scrape is a function of the snapshot
//! and the counters.

mod channels;
mod counters;
mod exposition;
mod hub;
mod locations;
mod mail;
mod probes;
mod process;
mod watch;

use shared::Timestamp;

use crate::{snapshot::Snapshot, store};
use exposition::Exposition;

pub use counters::{HubCounters, StoreFaults};
pub(crate) use exposition::CONTENT_TYPE;
pub use process::ProcessFacts;

/// What a scrape is made of.
#[derive(Debug, Clone, Copy)]
pub struct Scrape<'a> {
    /// The present, as published.
    pub snapshot: &'a Snapshot,
    /// Now, by the hub's clock.
    pub now: Timestamp,
    /// What the hub counts.
    pub hub: &'a HubCounters,
    /// What the store counts.
    pub store: store::Counters,
    /// What the embedded prober counts, where there is one.
    pub prober: Option<prober::Counted>,
    /// What the system says of the process; absent where it has no `/proc`.
    pub process: Option<ProcessFacts>,
}

impl Scrape<'_> {
    /// The text of the scrape.
    pub fn render(&self) -> String {
        let mut out = Exposition::default();
        probes::write(self, &mut out);
        hub::write(self, &mut out);
        locations::write(self, &mut out);
        mail::write(self, &mut out);
        channels::write(self, &mut out);
        watch::write(self, &mut out);
        process::write(self.process.as_ref(), &mut out);
        out.finish()
    }
}

#[cfg(test)]
mod tests;
