//! Whether this location does its work: which probes have given a result lately, and whether the hub has it.
//!
//! It does not know who is told.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use shared::{Observation, ProbeId, Timestamp, Verdict, report::is_covered};
use tokio::{sync::watch, time::Instant};

use crate::{
    canary::{Canaries, Canary},
    definition::DefinitionSet,
    probe::wall_clock,
};

/// So long a receipt holds.
const ACKNOWLEDGED: Duration = Duration::from_secs(90);

/// What is seen of the own work.
#[derive(Debug)]
pub(super) struct Watch {
    definitions: watch::Receiver<Arc<DefinitionSet>>,
    seen: Mutex<Seen>,
}

#[derive(Debug)]
struct Seen {
    /// When each probe last gave a result; one that is our own fault is none.
    results: BTreeMap<ProbeId, Timestamp>,
    /// Since when each probe is awaited.
    awaited: BTreeMap<ProbeId, Timestamp>,
    acknowledged: Option<Instant>,
    /// When each canary was last found to be what it is, or since when it is expected to be.
    canaries: BTreeMap<Canary, Instant>,
}

/// Probes that should have given a result, and those of them that have not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Coverage {
    pub(super) probes: u64,
    pub(super) overdue: u64,
}

impl Watch {
    pub(super) fn new(definitions: watch::Receiver<Arc<DefinitionSet>>, canaries: Canaries) -> Self {
        let now = Instant::now();
        let canaries = match canaries {
            Canaries::On => Canary::ALL.into_iter().map(|canary| (canary, now)).collect(),
            Canaries::Off => BTreeMap::new(),
        };
        let seen = Seen { results: BTreeMap::new(), awaited: BTreeMap::new(), acknowledged: None, canaries };
        Self { definitions, seen: Mutex::new(seen) }
    }

    fn with<T>(&self, look: impl FnOnce(&mut Seen) -> T) -> T {
        look(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A result came.
    pub(super) fn heard(&self, observation: &Observation) {
        if let Some(canary) = Canary::of(observation) {
            if canary.is_as_expected(observation) {
                self.with(|seen| seen.canaries.insert(canary, Instant::now()));
            }
        } else if observation.verdict != Verdict::Unknown {
            self.with(|seen| seen.results.insert(observation.probe.clone(), wall_clock()));
        }
    }

    /// Whether canaries are probed here.
    pub(super) fn has_canaries(&self) -> bool {
        self.with(|seen| !seen.canaries.is_empty())
    }

    /// Whether each canary was found to be what it is in the time that it has for that.
    fn detects(&self) -> bool {
        self.with(|seen| seen.canaries.iter().all(|(canary, right_at)| right_at.elapsed() <= canary.patience()))
    }

    /// The hub has everything.
    pub(super) fn acknowledged(&self) {
        self.with(|seen| seen.acknowledged = Some(Instant::now()));
    }

    /// Which probes ran.
    pub(super) fn coverage(&self, now: Timestamp) -> Coverage {
        let set = Arc::clone(&self.definitions.borrow());
        self.with(|seen| {
            seen.results.retain(|id, _| set.probe(id).is_some());
            seen.awaited.retain(|id, _| set.probe(id).is_some());
            let mut overdue = 0;
            // A sign of life that is sent reaches the hub: nobody asks for it here.
            let asked = || set.probes().filter(|probe| probe.check.heartbeat().is_none());
            for probe in asked() {
                // After a clock that was set back, nothing would be overdue until it had caught up.
                let awaited = seen.awaited.entry(probe.id.clone()).or_insert(now);
                *awaited = (*awaited).min(now);
                let since = seen.results.get(&probe.id).map_or(*awaited, |at| (*at).min(now).max(*awaited));
                overdue += u64::from(now > probe.overdue_at(since));
            }
            Coverage { probes: asked().count() as u64, overdue }
        })
    }

    /// Why no sign of life is given; none when all is well.
    pub(super) fn silence(&self, now: Timestamp) -> Option<&'static str> {
        let Coverage { probes, overdue } = self.coverage(now);
        let acknowledged = self.with(|seen| seen.acknowledged);
        match acknowledged {
            _ if probes == 0 => Some("no probe is defined"),
            _ if !self.detects() => Some("a canary is not found to be what it is: detection is broken"),
            _ if !is_covered(probes - overdue, probes) => Some("probes do not run"),
            None => Some("the hub has not acknowledged anything yet"),
            Some(at) if at.elapsed() > ACKNOWLEDGED => Some("the hub does not acknowledge"),
            Some(_) => None,
        }
    }

    /// The fingerprint of the definitions that run.
    pub(super) fn fingerprint(&self) -> String {
        self.definitions.borrow().fingerprint()
    }
}
