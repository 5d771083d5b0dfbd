//! What the outside dead-man switch is told of: whether probes really run and whether what follows from them works.
//!
//! It does not know what is pinged.

use std::{sync::Arc, time::Duration};

use prober::definition::ProbeDefinition;
use shared::{Timestamp, Verdict};

use super::Hub;
use crate::{
    snapshot::{Snapshot, StoreState},
    watch::WatchInput,
};

/// Since when something has been wrong, in unbroken sequence.
#[derive(Debug, Default)]
pub(super) struct Vigil {
    store_since: Option<Timestamp>,
    quarantined_since: Option<Timestamp>,
}

impl Hub {
    /// The present as the dead-man switch judges it.
    pub(super) fn watched(&mut self, snapshot: &Snapshot, now: Timestamp) -> WatchInput {
        let keep = |since: Option<Timestamp>, wrong: bool| wrong.then(|| since.unwrap_or(now));
        self.vigil.store_since = keep(self.vigil.store_since, snapshot.store != StoreState::Synced);
        self.vigil.quarantined_since = keep(self.vigil.quarantined_since, !snapshot.quarantined.is_empty());
        let due: Vec<_> = self.definitions.probes().filter(|probe| self.is_due(probe, now)).collect();
        let ran = due.iter().filter(|probe| self.ran(probe, now)).count();
        WatchInput {
            at: now,
            probes_expected: due.len() as u64,
            probes_executed: ran as u64,
            last_result_at: snapshot.locations.values().copied().flatten().max(),
            longest_silence: self.longest_silence(now),
            store: snapshot.store,
            store_since: self.vigil.store_since,
            oldest_message: self.telling.oldest_message(),
            quarantined: snapshot.quarantined.len(),
            quarantined_since: self.vigil.quarantined_since,
        }
    }

    /// Two of its intervals have passed since it was first watched or since the hub started: it must have run.
    fn is_due(&self, probe: &Arc<ProbeDefinition>, now: Timestamp) -> bool {
        let watched = self.engine.state(&probe.id.component).map_or(now, |state| state.created_at);
        now.since(watched.max(self.started)) > two_intervals(probe, now)
    }

    /// It gave a result that is not our own fault within its last two intervals, somewhere.
    fn ran(&self, probe: &Arc<ProbeDefinition>, now: Timestamp) -> bool {
        let Some(state) = self.engine.state(&probe.id.component) else { return false };
        let Some(state) = state.probes.get(&probe.id.name) else { return false };
        state.places.values().any(|place| {
            place.last().verdict != Verdict::Unknown && now.since(place.received_at()) <= two_intervals(probe, now)
        })
    }

    fn longest_silence(&self, now: Timestamp) -> Duration {
        let normal = self.definitions.probes().map(|probe| probe.schedule.interval(now).saturating_add(probe.timeout));
        normal.min().unwrap_or(Duration::MAX)
    }
}

fn two_intervals(probe: &ProbeDefinition, now: Timestamp) -> Duration {
    probe.schedule.interval(now).saturating_mul(2).saturating_add(probe.timeout)
}
