//! The monitoring itself in the picture: how alarms are told, what the watch over it found, how often it asks.
//!
//! It does not know what is monitored.

use std::{collections::BTreeMap, time::Duration};

use shared::{IncidentId, Timestamp};

use crate::{
    notify::{Alarm, ChannelName, Fault, FaultId, FaultKind, Medium, Proof, Taken},
    resources::Reading,
    watch::PingsSeen,
};

/// How operators are told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlarmsView {
    /// The channels with what proves them.
    pub channels: Vec<ChannelView>,
    /// The telling of incidents.
    pub incidents: BTreeMap<IncidentId, Alarm>,
    /// The lasting faults of the monitor that are open.
    pub faults: Vec<FaultView>,
}

impl AlarmsView {
    /// The places that see nothing, and since when.
    pub fn blind(&self) -> impl Iterator<Item = (&str, Timestamp)> {
        let blind = self.faults.iter().filter(|fault| fault.id.kind() == FaultKind::LocationBlind);
        blind.filter_map(|fault| Some((fault.id.of()?, fault.since)))
    }
}

/// A channel of the settings, without what is private about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelView {
    /// Its name.
    pub name: ChannelName,
    /// What it is.
    pub medium: Medium,
    /// What proves it.
    pub proof: Proof,
}

/// A lasting fault of the monitor that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultView {
    /// Which one.
    pub id: FaultId,
    /// With its facts.
    pub fault: Fault,
    /// Since when.
    pub since: Timestamp,
    /// Who takes care of it.
    pub taken: Option<Taken>,
}

/// What the watch over the monitoring found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WatchView {
    /// Whether it is proven that failures are found.
    pub detection: Detection,
    /// The lasting faults of the monitor that are open, and since when.
    pub open: BTreeMap<FaultKind, Timestamp>,
    /// What there was left at the last look.
    pub reading: Option<Reading>,
    /// What became of the last pings.
    pub pings: PingsSeen,
    /// How often time did not pass evenly since the start: the clock was set, the machine slept, the process stood still.
    pub stumbles: u64,
}

impl WatchView {
    /// Whether any of these faults is open.
    pub fn is_any_open(&self, kinds: &[FaultKind]) -> bool {
        kinds.iter().any(|kind| self.open.contains_key(kind))
    }
}

/// Whether it is proven that failures are found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Detection {
    /// No place has canaries.
    #[default]
    Unproven,
    /// Every canary was found to be what it is, or is not due yet.
    Proven,
    /// Some was not.
    Broken,
}

/// What the monitoring says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MonitorView {
    /// How often what is asked, the most frequent first, cron lines last.
    pub rhythms: Vec<Rhythm>,
}

/// So many probes of one kind that run equally often.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rhythm {
    /// Absent for cron lines.
    pub every: Option<Duration>,
    /// `http`, `tcp` …
    pub kind: &'static str,
    /// How many there are.
    pub probes: usize,
}
