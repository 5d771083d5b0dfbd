//! What the snapshot needs of one component's present.
//!
//! It does not know its past, its name or its place on the page.

use std::{collections::BTreeMap, sync::Arc};

use shared::{LocationName, ProbeName, Status, Timestamp};

use super::{place::PlaceState, quorum, state::ComponentState, state::ProbeState};
use crate::snapshot::{ProbeAtLocation, Reason};

/// One component as it is judged now.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// Its state: as measured, or under maintenance.
    pub status: Status,
    /// Its state as measured, whatever maintenance goes on.
    pub measured: Status,
    /// Since when it has that state.
    pub since: Timestamp,
    /// When it was first watched.
    pub created_at: Timestamp,
    /// Why it is not measured to be operational, where a failure says it.
    pub reason: Option<Reason>,
    /// When the newest result came, by the hub's clock; absent before the first.
    pub last_result_at: Option<Timestamp>,
    /// From then on the state is no longer proven, unless a result comes: the first of its probes has then no fresh vote left.
    /// Absent when nothing is proven now.
    pub stale_at: Option<Timestamp>,
    /// The earliest end among the certificates last seen.
    pub certificate_expires_at: Option<Timestamp>,
    /// Each probe with what each location last said.
    pub probes: BTreeMap<ProbeName, BTreeMap<LocationName, ProbeAtLocation>>,
}

impl Judgement {
    pub(super) fn of(state: &ComponentState) -> Self {
        let measured = state.measured();
        Self {
            status: state.status,
            measured,
            since: state.since,
            created_at: state.created_at,
            reason: quorum::because(state).map(|(reason, _)| reason),
            last_result_at: state.places().map(PlaceState::received_at).max(),
            stale_at: state.probes.values().filter_map(proven_until).min().filter(|_| measured != Status::Unknown),
            certificate_expires_at: state.places().filter_map(PlaceState::certificate_expires_at).min(),
            probes: state.probes.iter().map(|(name, probe)| (name.clone(), locations(probe))).collect(),
        }
    }
}

fn proven_until(probe: &ProbeState) -> Option<Timestamp> {
    probe.places.values().filter(|place| place.vote().is_some()).map(PlaceState::stale_at).max()
}

fn locations(probe: &ProbeState) -> BTreeMap<LocationName, ProbeAtLocation> {
    let at = |place: &PlaceState| ProbeAtLocation {
        health: place.health(),
        last: Some(Arc::clone(place.last())),
        stale_at: Some(place.stale_at()),
    };
    probe.places.iter().map(|(location, place)| (location.clone(), at(place))).collect()
}
