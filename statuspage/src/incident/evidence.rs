//! What probes saw first of each component that failed: for operators, never public, and small however large the incident is.
//!
//! It does not know which failure belongs to which incident.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use shared::{ComponentId, Observation};

/// So many components are shown: what others met is most often the same.
const PIECES: usize = 12;
/// Together they take at most so many bytes of the record.
const BYTES: usize = 32 * 1024;
/// So many redirects, each cut after so many bytes.
const HOPS: usize = 8;
const HOP: usize = 256;

/// The first failing observation of components, with what the probe met on its way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence(BTreeMap<ComponentId, Arc<Observation>>);

impl Evidence {
    /// What was seen first of each component, the first failure of all first.
    pub fn pieces(&self) -> Vec<(&ComponentId, &Observation)> {
        let mut pieces: Vec<_> = self.0.iter().map(|(id, seen)| (id, seen.as_ref())).collect();
        pieces.sort_by_key(|(id, seen)| (seen.started_at, *id));
        pieces
    }

    /// Whether something is kept of a component.
    pub fn is_of(&self, component: &ComponentId) -> bool {
        self.0.contains_key(component)
    }

    /// Whether there is no room for any more.
    pub fn is_full(&self) -> bool {
        self.0.len() >= PIECES
    }

    /// Keeps what was seen of a component, unless something is kept already or there is no room.
    pub fn keep(&mut self, component: &ComponentId, seen: &Observation) {
        if self.is_of(component) || self.is_full() {
            return;
        }
        let seen = trimmed(seen.clone());
        let bytes = |seen: &Observation| serde_json::to_vec(seen).map_or(BYTES, |bytes| bytes.len());
        let kept: usize = self.0.values().map(|seen| bytes(seen)).sum();
        if kept + bytes(&seen) <= BYTES {
            self.0.insert(component.clone(), Arc::new(seen));
        }
    }

    /// A component has a new name.
    pub fn rename(&mut self, former: &ComponentId, present: &ComponentId) {
        if let Some(seen) = self.0.remove(former) {
            self.0.entry(present.clone()).or_insert(seen);
        }
    }
}

/// The same with few and short redirects: the rest has its limits already.
fn trimmed(mut seen: Observation) -> Observation {
    if let Some(http) = &mut seen.http {
        http.redirects.truncate(HOPS);
        for location in http.redirects.iter_mut().filter_map(|hop| hop.location.as_mut()) {
            location.truncate(location.floor_char_boundary(HOP));
        }
    }
    seen
}

impl Serialize for Evidence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(id, seen)| (id, seen.as_ref())))
    }
}

impl<'de> Deserialize<'de> for Evidence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pieces = BTreeMap::<ComponentId, Observation>::deserialize(deserializer)?;
        Ok(Self(pieces.into_iter().map(|(id, seen)| (id, Arc::new(seen))).collect()))
    }
}

#[cfg(test)]
mod tests {
    use shared::{Exhibit, Hop, HttpFacts, HttpVersion, Timings};

    use super::*;
    use crate::server::stage;

    fn seen(number: usize) -> Observation {
        let now = "2026-11-22T13:00:00Z".parse().expect("a time");
        let mut seen = stage::bad_gateway(&format!("service-{number:03}"), now);
        let hop = Hop { status: 302, location: Some("/é".repeat(9_000)), timings: Timings::default() };
        seen.http = Some(HttpFacts { status: 502, version: HttpVersion::Http11, redirects: vec![hop; 60] });
        if let Some(failure) = &mut seen.failure {
            failure.evidence = Some("e".repeat(512));
            let head = vec!["x: y".repeat(400); 9];
            failure.exhibit = Some(Box::new(Exhibit { head, ..Exhibit::default() }.bounded()));
        }
        seen
    }

    #[test]
    fn an_incident_of_two_hundred_services_stays_small_and_keeps_the_first() {
        let mut evidence = Evidence::default();
        for number in 0..200 {
            let seen = seen(number);
            evidence.keep(&seen.probe.component.clone(), &seen);
        }
        let bytes = serde_json::to_vec(&evidence).expect("JSON");
        assert!(bytes.len() <= BYTES + 1_024, "{}", bytes.len());
        assert!(evidence.pieces().len() > 2, "{}", evidence.pieces().len());
        assert!(evidence.is_of(&"service-000".parse().expect("an id")));
        assert_eq!(serde_json::from_slice::<Evidence>(&bytes).expect("reads back"), evidence);
    }

    #[test]
    fn what_was_seen_first_is_never_replaced_and_goes_along_with_a_new_name() {
        let (mut evidence, first) = (Evidence::default(), seen(1));
        let (id, new) = (first.probe.component.clone(), "cloud".parse().expect("an id"));
        evidence.keep(&id, &first);
        evidence.keep(&id, &Observation { started_at: first.ended_at(), ..first.clone() });
        evidence.rename(&id, &new);
        let pieces = evidence.pieces();
        assert_eq!((pieces.len(), pieces[0].0, pieces[0].1.started_at), (1, &new, first.started_at));
    }
}
