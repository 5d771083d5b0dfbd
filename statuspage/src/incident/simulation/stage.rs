//! What is watched in the simulation, by whom, and what a result of it looks like.
//!
//! It does not know what goes wrong.

use std::{sync::Arc, time::Duration};

use shared::{
    ComponentId, Failure, FailureKind, HttpFacts, HttpVersion, LocationName, Observation, ProbeId, Text, Thresholds,
    Timestamp, Timings, Verdict,
};

use crate::{
    engine::{Roster, RosterComponent},
    incident::{Landmark, Landscape, Rules},
};

/// The first one stands beside the hub and has its clock.
pub(super) const LOCATIONS: [&str; 3] = ["brest", "lyon", "nancy"];
/// Component, the seconds between its probes, what it depends on; the first three are behind one address.
pub(super) const COMPONENTS: [(&str, i64, &str); 8] = [
    ("a1", 60, ""),
    ("a2", 120, ""),
    ("a3", 300, ""),
    ("cluster", 60, ""),
    ("d1", 120, "cluster"),
    ("d2", 300, "d1"),
    ("s1", 120, ""),
    ("s2", 60, ""),
];
/// A slot of the day holds one fault, and is long enough for its incident to end.
pub(super) const SLOT: i64 = 2 * 3_600;
pub(super) const SLOTS: i64 = 12;
/// The longest time on the way.
pub(super) const LATEST: i64 = 40;

/// How incidents are judged: what operators closed is let be for less time than it fails on.
pub(super) fn rules() -> Rules {
    Rules { reopen: Duration::from_secs(240), ..Rules::default() }
}

/// A second of the day, by a clock that is right.
pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + second * 1_000)
}

pub(super) fn id(component: &str) -> ComponentId {
    component.parse().expect("an id")
}

pub(super) fn every(component: &str) -> i64 {
    COMPONENTS.iter().find(|(name, _, _)| *name == component).expect("it is watched").1
}

/// Until when a result proves something, as the hub reckons it.
pub(super) fn stale_at(started_at: Timestamp, every: i64, now: Timestamp) -> Timestamp {
    started_at.min(now).plus(Duration::from_secs((every * 3 + 10).unsigned_abs()))
}

/// How far before a checkpoint a result may have started that is judged again.
pub(super) fn reach(every: i64) -> Duration {
    Duration::from_secs((every * 3 + 10).max(130).unsigned_abs())
}

/// A probe at a location, with what its results have in common.
pub(super) struct Place {
    pub(super) component: &'static str,
    pub(super) every: i64,
    pub(super) location: usize,
    probe: ProbeId,
    name: LocationName,
}

impl Place {
    pub(super) fn all() -> Vec<Self> {
        let place = |(component, every, _), location: usize| Self {
            component,
            every,
            location,
            probe: format!("{component}/http").parse().expect("an id"),
            name: LOCATIONS[location].parse().expect("a name"),
        };
        COMPONENTS.iter().flat_map(|it| (0..LOCATIONS.len()).map(move |location| place(*it, location))).collect()
    }

    pub(super) fn result(&self, started_at: Timestamp, verdict: Verdict, behind: Option<[u8; 4]>) -> Arc<Observation> {
        let failure = match verdict {
            Verdict::Pass => None,
            Verdict::Warn => Some(Failure::new(FailureKind::Latency, "slow")),
            Verdict::Fail if behind.is_some() => Some(Failure::new(FailureKind::ConnectTimeout, "no connection")),
            Verdict::Fail => Some(Failure::new(FailureKind::HttpStatus, "broken")),
            Verdict::Unknown => Some(Failure::new(FailureKind::ProberFault, "no network")),
        };
        // Names that begin alike fail alike.
        let status = 500 + u16::from(self.component.as_bytes()[0] - b'a');
        let http = (verdict == Verdict::Fail && behind.is_none()).then(|| HttpFacts {
            status,
            version: HttpVersion::Http11,
            redirects: vec![],
        });
        Arc::new(Observation {
            probe: self.probe.clone(),
            location: self.name.clone(),
            started_at,
            verdict,
            failure,
            timings: Timings::default(),
            duration: Duration::from_millis(20),
            http,
            certificate_expires_at: None,
            confirmation: false,
            address: behind.map(Into::into),
        })
    }
}

pub(super) fn roster() -> Arc<Roster> {
    let component = || RosterComponent { probes: [("http".parse().expect("a name"), Thresholds::default())].into() };
    Arc::new(Roster { components: COMPONENTS.iter().map(|(name, _, _)| (id(name), component())).collect() })
}

pub(super) fn landscape() -> Landscape {
    let landmark = |depends_on: &str| Landmark {
        name: Text::from("x"),
        group: None,
        depends_on: depends_on.parse().into_iter().collect(),
        formerly: vec![],
    };
    COMPONENTS.iter().map(|(name, _, on)| (id(name), landmark(on))).collect()
}
