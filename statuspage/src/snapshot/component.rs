//! One component in the picture: its state, who says so, and each of its probes.
//!
//! It does not know how the state was judged.

use std::{cmp::Ordering, collections::BTreeMap, sync::Arc};

use shared::{
    ComponentId, FailureKind, Health, LocationName, Observation, ProbeName, Status, Text, Timestamp, Verdict,
};

use super::HistoryView;

/// One component, now and in the past.
#[derive(Debug, Clone)]
pub struct ComponentView {
    /// The definition file's stem.
    pub id: ComponentId,
    /// What it was called before: its past lies under these names too.
    pub formerly: Vec<ComponentId>,
    /// What readers call it.
    pub name: Text,
    /// The heading it stands under.
    pub group: Option<Text>,
    /// One line about it.
    pub description: Option<Text>,
    /// Where its users go.
    pub url: Option<String>,
    /// Its state, the worse of what is measured and what operators say; [`Status::Unknown`] with no `last_result_at` reads "first
    /// check under way".
    pub status: Status,
    /// What operators say of it in an open incident of theirs; absent when they say nothing.
    pub declared: Option<Declared>,
    /// Since when it has that state.
    pub since: Timestamp,
    /// When it was first watched.
    pub created_at: Timestamp,
    /// When the newest result came that its state rests on.
    pub last_result_at: Option<Timestamp>,
    /// From then on the state is no longer proven, unless a result comes; absent when nothing is proven now.
    pub stale_at: Option<Timestamp>,
    /// Why the state is not operational, where a failure says it.
    pub reason: Option<Reason>,
    /// Each probe with its health at each location.
    pub probes: Vec<ProbeView>,
    /// The earliest end among the certificates seen.
    pub certificate_expires_at: Option<Timestamp>,
    /// The past; made anew less often than the rest.
    pub history: Arc<HistoryView>,
}

/// What operators say of a component, beside what is measured of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared {
    /// The state by their word.
    pub status: Status,
    /// Since when, by their word.
    pub since: Timestamp,
    /// The state without their word: as measured, or under maintenance.
    pub beside: Status,
}

impl ComponentView {
    /// The state without operators' word: as measured, or under maintenance. Whether something is proven is asked of this one.
    pub fn measured(&self) -> Status {
        self.declared.map_or(self.status, |declared| declared.beside)
    }

    /// What operators say, when it is worse than all that is measured.
    pub fn by_word(&self) -> Option<Declared> {
        self.declared.filter(|declared| declared.status.severity() > declared.beside.severity())
    }

    /// Takes operators' word: the worse state wins, and of two that are equally bad the earlier one.
    #[must_use]
    pub(crate) fn declared_as(mut self, status: Status, since: Timestamp) -> Self {
        let beside = self.status;
        self.since = match status.severity().cmp(&beside.severity()) {
            Ordering::Greater => since,
            Ordering::Equal => since.min(self.since),
            Ordering::Less => self.since,
        };
        self.status = beside.worst(status);
        self.declared = Some(Declared { status, since, beside });
        self
    }
}

/// Why a component is not operational: the worst failure of its probes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The probe that found it.
    pub probe: ProbeName,
    /// The locations that say so.
    pub locations: Vec<LocationName>,
    /// Fail, warn or unknown.
    pub verdict: Verdict,
    /// The reason from the closed set.
    pub kind: FailureKind,
    /// In words that may be public.
    pub detail: String,
    /// The HTTP status, where there was one.
    pub http_status: Option<u16>,
    /// The first observation in a row that failed.
    pub since: Timestamp,
}

/// One probe at all its locations.
#[derive(Debug, Clone)]
pub struct ProbeView {
    /// Its id inside the component.
    pub name: ProbeName,
    /// `http`, `tcp` …
    pub kind: &'static str,
    /// What each location last said.
    pub locations: BTreeMap<LocationName, ProbeAtLocation>,
    /// When the last sign of life came, of a heartbeat.
    pub beat_at: Option<Timestamp>,
}

/// One probe at one location.
#[derive(Debug, Clone)]
pub struct ProbeAtLocation {
    /// What is believed; [`Health::Unknown`] when stale.
    pub health: Health,
    /// The last observation, with what is private in it; absent before the first.
    pub last: Option<Arc<Observation>>,
    /// From then on `last` proves nothing.
    pub stale_at: Option<Timestamp>,
}
