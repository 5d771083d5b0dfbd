//! What the outside dead-man switch is told of: whether probes really run and whether what follows from them works.
//!
//! It does not know what is pinged.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use prober::definition::{ProbeDefinition, Schedule};
use shared::{LocationName, Timestamp, Verdict};

use super::Hub;
use crate::{
    engine::PlaceState,
    location::{Coverage, LocationView},
    notify::FaultKind,
    snapshot::{Snapshot, StoreState},
    watch::WatchInput,
};

/// Since when something has been wrong, in unbroken sequence.
#[derive(Debug, Default)]
pub(super) struct Vigil {
    store_since: Option<Timestamp>,
    quarantined_since: Option<Timestamp>,
    orphaned_since: Option<Timestamp>,
}

impl Vigil {
    /// Since when some definition file has been rejected.
    pub(super) fn quarantined_since(&self) -> Option<Timestamp> {
        self.quarantined_since
    }

    /// Since when the directory of the definitions has been lost.
    pub(super) fn orphaned_since(&self) -> Option<Timestamp> {
        self.orphaned_since
    }
}

impl Hub {
    /// The present as the dead-man switch judges it.
    pub(super) fn watched(&mut self, snapshot: &Snapshot, now: Timestamp) -> WatchInput {
        let keep = |since: Option<Timestamp>, wrong: bool| wrong.then(|| since.unwrap_or(now));
        self.vigil.store_since = keep(self.vigil.store_since, snapshot.store != StoreState::Synced);
        self.vigil.quarantined_since = keep(self.vigil.quarantined_since, !snapshot.quarantined.is_empty());
        self.vigil.orphaned_since = keep(self.vigil.orphaned_since, self.definitions.is_orphaned());
        let due: Vec<_> = self.definitions.probes().filter(|probe| self.is_due(probe, now)).collect();
        let ran = due.iter().filter(|probe| self.ran(probe, now)).count();
        let uncovered = self.own_coverage(now).into_iter().chain(covered(snapshot)).find(|(_, one)| !one.is_enough());
        let last_result_at = snapshot.locations.values().copied().flatten().max();
        WatchInput {
            at: now,
            probes_expected: due.len() as u64,
            probes_executed: ran as u64,
            uncovered,
            last_result_at,
            longest_silence: self.longest_silence(last_result_at, now),
            store: snapshot.store,
            store_since: self.vigil.store_since,
            low_space_since: self.telling.fault_since(FaultKind::LowSpace),
            oldest_message: self.telling.oldest_message(),
            mail_proven_at: snapshot.mail.flow.map(|flow| flow.proven_at.unwrap_or(self.started)),
            mail_failing_since: self.telling.fault_since(FaultKind::MailFailing),
            detection_broken_since: self.telling.fault_since(FaultKind::DetectionBroken),
            restarting_since: self.telling.fault_since(FaultKind::Restarting),
            clock_offset_seconds: self.clock_offset(&self.pings_seen(), now),
            disk_critical_since: self.telling.fault_since(FaultKind::DiskCritical),
            quarantined: snapshot.quarantined.len(),
            quarantined_since: self.vigil.quarantined_since,
        }
    }

    /// It has been watched, and the hub been running, for so long that it must have run.
    fn is_due(&self, probe: &ProbeDefinition, now: Timestamp) -> bool {
        let watched = self.engine.state(&probe.id.component).map_or(now, |state| state.created_at);
        now > probe.overdue_at(watched.max(self.started))
    }

    /// It gave a result lately, somewhere, that is not our own fault.
    fn ran(&self, probe: &ProbeDefinition, now: Timestamp) -> bool {
        let Some(state) = self.engine.state(&probe.id.component) else { return false };
        let Some(state) = state.probes.get(&probe.id.name) else { return false };
        state.places.values().any(|place| is_proof(place, probe, now))
    }

    /// The same at one place that must report, the hub's own included.
    fn coverage_at(&self, place: &LocationName, since: Timestamp, now: Timestamp) -> Option<Coverage> {
        let (mut expected, mut executed) = (0, 0);
        let asked = self.definitions.probes().filter(|probe| probe.check.heartbeat().is_none());
        for probe in asked {
            let state = self.engine.state(&probe.id.component);
            let watched = state.map_or(now, |state| state.created_at).max(self.started).max(since);
            if now <= probe.overdue_at(watched) {
                continue;
            }
            let seen = state.and_then(|state| state.probes.get(&probe.id.name)?.places.get(place));
            expected += 1;
            executed += u64::from(seen.is_some_and(|seen| is_proof(seen, probe, now)));
        }
        (expected > 0).then_some(Coverage { expected, executed })
    }

    fn own_coverage(&self, now: Timestamp) -> Option<(LocationName, Coverage)> {
        let place = self.options.location.as_ref()?;
        Some((place.clone(), self.coverage_at(place, self.started, now)?))
    }

    /// All locations as readers see them, with how many of the probes that were due there ran.
    pub(super) fn locations_shown(&self, now: Timestamp) -> BTreeMap<LocationName, LocationView> {
        let mut views = self.telling.locations.views(now);
        for (location, since) in self.telling.locations.expected() {
            if let Some(view) = views.get_mut(location) {
                view.coverage = self.coverage_at(location, since, now);
            }
        }
        views
    }

    fn longest_silence(&self, last: Option<Timestamp>, now: Timestamp) -> Duration {
        let silence = |probe: &Arc<ProbeDefinition>| match &probe.schedule {
            Schedule::Every(interval) => interval.saturating_add(probe.timeout),
            // What the watch doubles.
            Schedule::Cron(_) => probe.overdue_at(last.unwrap_or(now)).since(last.unwrap_or(now)) / 2,
        };
        self.definitions.probes().map(silence).min().unwrap_or(Duration::MAX)
    }
}

/// Whether what a place said of a probe last came lately and is not our own fault.
fn is_proof(place: &PlaceState, probe: &ProbeDefinition, now: Timestamp) -> bool {
    place.last().verdict != Verdict::Unknown && now <= probe.overdue_at(place.received_at())
}

/// What ran at the places that report from elsewhere.
fn covered(snapshot: &Snapshot) -> impl Iterator<Item = (LocationName, Coverage)> {
    snapshot.places.iter().filter_map(|(location, view)| Some((location.clone(), view.coverage?)))
}
