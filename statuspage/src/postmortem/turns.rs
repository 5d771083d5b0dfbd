//! Certificates and addresses that changed around an incident, as the probes met them.
//!
//! It does not know why they changed. Several servers behind one name take turns; what comes back is no change.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use serde::{Deserialize, Serialize};
use shared::{ComponentId, LocationName, Observation, ProbeId, Timestamp};

/// So many different values of one probe are told apart; with more, they alternate anyway.
const VALUES: usize = 16;
/// So many changes are told.
const TURNS: usize = 24;

/// What a probe meets that may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Met {
    /// A certificate with another end.
    Certificate,
    /// Another address of the name.
    Address,
}

/// From then on something else was met, and what was met before never again. What it was is not in it: a post-mortem is public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// The first result with the new one.
    pub at: Timestamp,
    /// What changed.
    pub what: Met,
    /// For which components.
    pub components: BTreeSet<ComponentId>,
    /// Seen from there.
    pub locations: BTreeSet<LocationName>,
}

/// What each probe met at each location, as results come.
#[derive(Debug, Default)]
pub(super) struct Encounters(BTreeMap<(ProbeId, LocationName), Sights>);

#[derive(Debug, Default)]
struct Sights {
    certificates: Line<Timestamp>,
    addresses: Line<IpAddr>,
}

/// The values that were met, each with the first and the last time.
#[derive(Debug)]
struct Line<T>(Vec<(T, Timestamp, Timestamp)>);

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// A value, told apart from others of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Certificate(Timestamp),
    Address(IpAddr),
}

impl Encounters {
    /// Takes the next result.
    pub(super) fn add(&mut self, observation: &Observation) {
        let sights = self.0.entry((observation.probe.clone(), observation.location.clone())).or_default();
        if let Some(end) = observation.certificate_expires_at {
            sights.certificates.note(end, observation.started_at);
        }
        if let Some(address) = observation.address {
            sights.addresses.note(address, observation.started_at);
        }
    }

    /// The changes, the first one first: what turned to the same new value is one.
    pub(super) fn turns(self) -> Vec<Turn> {
        let mut turns = BTreeMap::<Value, Turn>::new();
        for ((probe, location), sights) in self.0 {
            let certificates = sights.certificates.turns().map(|(end, at)| (Value::Certificate(end), at));
            let addresses = sights.addresses.turns().map(|(address, at)| (Value::Address(address), at));
            for (value, at) in certificates.chain(addresses).collect::<Vec<_>>() {
                let what = match value {
                    Value::Certificate(_) => Met::Certificate,
                    Value::Address(_) => Met::Address,
                };
                let new = || Turn { at, what, components: BTreeSet::new(), locations: BTreeSet::new() };
                let turn = turns.entry(value).or_insert_with(new);
                turn.at = turn.at.min(at);
                turn.components.insert(probe.component.clone());
                turn.locations.insert(location.clone());
            }
        }
        let mut turns: Vec<_> = turns.into_values().collect();
        turns.sort_by_key(|turn| (turn.at, turn.what));
        turns.truncate(TURNS);
        turns
    }
}

impl<T: Copy + PartialEq> Line<T> {
    fn note(&mut self, value: T, at: Timestamp) {
        if let Some((_, first, last)) = self.0.iter_mut().find(|(known, ..)| *known == value) {
            (*first, *last) = ((*first).min(at), (*last).max(at));
        } else if self.0.len() < VALUES {
            self.0.push((value, at, at));
        }
    }

    /// The values that were met only after all before them were met for the last time, but for the first one of all.
    fn turns(mut self) -> impl Iterator<Item = (T, Timestamp)> {
        self.0.sort_by_key(|(_, first, _)| *first);
        let mut before = None::<Timestamp>;
        self.0.into_iter().filter_map(move |(value, first, last)| {
            let turned = before.is_some_and(|before| before < first);
            before = before.max(Some(last));
            turned.then_some((value, first))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::stage;

    /// The changes of one probe that meets these addresses, a minute apart.
    fn turns(addresses: &[u8]) -> Vec<u64> {
        let begin = Timestamp::from_millis(1_795_000_000_000);
        let mut encounters = Encounters::default();
        for (minute, last) in (0..).zip(addresses) {
            let mut seen = stage::observation("cloud", begin.plus(std::time::Duration::from_secs(60 * minute)));
            seen.started_at = begin.plus(std::time::Duration::from_secs(60 * minute));
            seen.certificate_expires_at = None;
            seen.address = Some([192, 0, 2, *last].into());
            encounters.add(&seen);
        }
        encounters.turns().iter().map(|turn| turn.at.since(begin).as_secs() / 60).collect()
    }

    #[test]
    fn what_alternates_is_no_change_and_what_stays_away_is_one() {
        assert_eq!(turns(&[1, 1, 1]), [0_u64; 0]);
        assert_eq!(turns(&[1, 1, 2, 2]), [2]);
        assert_eq!(turns(&[1, 2, 1, 2]), [0_u64; 0]);
        assert_eq!(turns(&[1, 2, 1, 3, 3]), [3]);
        assert_eq!(turns(&[1, 2, 3]), [1, 2]);
    }
}
