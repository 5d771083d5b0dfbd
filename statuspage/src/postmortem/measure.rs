//! What the raw results around an incident say, read page by page: how many, how many failed, their hash, and who was slow before.
//!
//! It does not know where they lie, nor what a draft makes of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    time::Duration,
};

use sha2::{Digest as _, Sha256};
use shared::{ComponentId, FailureKind, Observation, Timestamp, Verdict};

use super::{Measured, Results, Story, turns::Encounters};

/// So much after the end belongs to the story.
const MARGIN: Duration = Duration::from_secs(900);
/// … and so much before the first failure: who was slow then announced it.
const FOREBODING: Duration = Duration::from_secs(1_800);

/// The results that are to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extent {
    /// Of these, one after the other.
    pub(crate) components: BTreeSet<ComponentId>,
    /// From then on.
    pub(crate) from: Timestamp,
    /// Up to, and without, that.
    pub(crate) to: Timestamp,
    began: Timestamp,
}

impl Extent {
    /// Those of everything that was touched, from a little before the first failure to a little after the end.
    pub(crate) fn of(story: &Story<'_>, now: Timestamp) -> Self {
        let began = story.first().times.started_at;
        let ends = story.incidents().iter().map(|incident| incident.times.resolved_at.unwrap_or(now));
        let end = ends.max().unwrap_or(now).plus(MARGIN).min(now);
        let components = story.incidents().iter().flat_map(|incident| incident.components.keys().cloned()).collect();
        Self { components, from: began.minus(FOREBODING), to: end.max(began), began }
    }
}

/// Counts and hashes results as they come: component by component, the oldest first.
#[derive(Debug)]
pub(crate) struct Measurer {
    extent: Extent,
    hash: Sha256,
    count: u64,
    failed: u64,
    slow: BTreeMap<ComponentId, Timestamp>,
    encounters: Encounters,
}

impl Measurer {
    /// Nothing was read yet.
    pub(crate) fn new(extent: Extent) -> Self {
        Self {
            extent,
            hash: Sha256::new(),
            count: 0,
            failed: 0,
            slow: BTreeMap::new(),
            encounters: Encounters::default(),
        }
    }

    /// Takes the next result.
    ///
    /// # Errors
    /// It has no form in JSON.
    pub(crate) fn add(&mut self, observation: &Observation) -> io::Result<()> {
        serde_json::to_writer(&mut self.hash, observation)?;
        self.hash.update(b"\n");
        self.count += 1;
        self.encounters.add(observation);
        self.failed += u64::from(observation.verdict == Verdict::Fail);
        let is_slow = observation.failure.as_ref().is_some_and(|failure| failure.kind == FailureKind::Latency);
        if is_slow && observation.started_at < self.extent.began {
            self.slow.entry(observation.probe.component.clone()).or_insert(observation.started_at);
        }
        Ok(())
    }

    /// What it came to.
    pub(crate) fn end(self) -> Measured {
        let Self { extent, hash, count, failed, slow, encounters } = self;
        let turns = encounters.turns();
        let since = slow.values().min().copied();
        let slow = since.map(|since| (since, u32::try_from(slow.len()).unwrap_or(u32::MAX)));
        if count == 0 {
            return Measured { slow, results: None, turns };
        }
        let hash = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let command = command(&extent);
        let results = Results { from: extent.from, to: extent.to, count, failed, hash, command };
        Measured { slow, results: Some(results), turns }
    }
}

/// The command that makes the bytes that were hashed.
fn command(extent: &Extent) -> String {
    let export = |component: &str| {
        format!("statuspage export --component {component} --from {} --to {} --format jsonl", extent.from, extent.to)
    };
    let names: Vec<_> = extent.components.iter().map(ComponentId::as_str).collect();
    match names.as_slice() {
        [one] => format!("{} | sha256sum", export(one)),
        several => format!("for c in {}; do {}; done | sha256sum", several.join(" "), export("$c")),
    }
}
