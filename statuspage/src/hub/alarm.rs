//! Which changes of state the operators are told: an outage and its end, once each.
//!
//! It does not know channels, words or how a message travels.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use shared::{ComponentId, Status, Timestamp};

use crate::engine::Transition;

/// What is to be told of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bell {
    /// It went down.
    Down {
        /// Which one.
        component: ComponentId,
        /// The first failing observation.
        since: Timestamp,
    },
    /// It works again.
    Recovered {
        /// Which one.
        component: ComponentId,
        /// The first failing observation of the outage that is over.
        since: Timestamp,
        /// When it ended.
        until: Timestamp,
    },
}

/// The outages that are open, and whether they have been told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Alarms {
    open: BTreeMap<ComponentId, Outage>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Outage {
    since: Timestamp,
    /// Not told while a component that this one depends on is down too: its failure explains this one.
    told: bool,
}

/// Which components each component depends on.
pub(super) type Dependencies = BTreeMap<ComponentId, Vec<ComponentId>>;

impl Alarms {
    /// Takes changes of state and gives what is to be told now.
    pub(super) fn ring(&mut self, transitions: &[Transition], dependencies: &Dependencies) -> Vec<Bell> {
        let mut bells = Vec::new();
        for transition in transitions {
            match transition.to {
                Status::PartialOutage | Status::MajorOutage => {
                    let since = transition.reason.as_ref().map_or(transition.at, |reason| reason.since);
                    self.open.entry(transition.component.clone()).or_insert(Outage { since, told: false });
                }
                Status::Operational | Status::DegradedPerformance | Status::UnderMaintenance => {
                    if let Some(outage) = self.open.remove(&transition.component).filter(|outage| outage.told) {
                        let component = transition.component.clone();
                        bells.push(Bell::Recovered { component, since: outage.since, until: transition.at });
                    }
                }
                // Nothing is known: an outage that was open stays open.
                Status::Unknown => {}
            }
        }
        bells.extend(self.tell_unexplained(dependencies));
        bells
    }

    /// Outages that were not told and that no other outage explains (any more).
    fn tell_unexplained(&mut self, dependencies: &Dependencies) -> Vec<Bell> {
        let untold = self.open.iter().filter(|(_, outage)| !outage.told).map(|(id, _)| id.clone());
        let unexplained: Vec<_> = untold.filter(|id| !self.explained(id, dependencies)).collect();
        let tell = |component: ComponentId| {
            let outage = self.open.get_mut(&component)?;
            outage.told = true;
            Some(Bell::Down { component, since: outage.since })
        };
        unexplained.into_iter().filter_map(tell).collect()
    }

    fn explained(&self, id: &ComponentId, dependencies: &Dependencies) -> bool {
        let mut seen = BTreeSet::from([id]);
        let mut next: Vec<_> = dependencies.get(id).into_iter().flatten().collect();
        while let Some(dependency) = next.pop() {
            if self.open.contains_key(dependency) {
                return true;
            }
            if seen.insert(dependency) {
                next.extend(dependencies.get(dependency).into_iter().flatten());
            }
        }
        false
    }

    /// Takes back outages that were open, where that is found out late only. What is known by now is newer.
    pub(super) fn recall(&mut self, earlier: Self) {
        for (id, outage) in earlier.open {
            self.open.entry(id).or_insert(outage);
        }
    }

    /// Forgets components that are no longer watched.
    pub(super) fn retain(&mut self, watched: impl Fn(&ComponentId) -> bool) {
        self.open.retain(|id, _| watched(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ComponentId {
        text.parse().unwrap()
    }

    fn to(component: &str, at: i64, to: Status) -> Transition {
        let at = Timestamp::from_millis(at);
        Transition { component: id(component), at, from: Status::Unknown, from_since: at, to, reason: None }
    }

    fn down(component: &str, since: i64) -> Bell {
        Bell::Down { component: id(component), since: Timestamp::from_millis(since) }
    }

    fn recovered(component: &str, since: i64, until: i64) -> Bell {
        let (since, until) = (Timestamp::from_millis(since), Timestamp::from_millis(until));
        Bell::Recovered { component: id(component), since, until }
    }

    #[test]
    fn an_outage_is_told_once_and_so_is_its_end() {
        let (mut alarms, none) = (Alarms::default(), Dependencies::new());
        assert_eq!(alarms.ring(&[to("a", 1, Status::PartialOutage)], &none), [down("a", 1)]);
        assert_eq!(alarms.ring(&[to("a", 2, Status::MajorOutage)], &none), []);
        assert_eq!(alarms.ring(&[to("a", 3, Status::Unknown)], &none), []);
        assert_eq!(alarms.ring(&[to("a", 4, Status::Operational)], &none), [recovered("a", 1, 4)]);
        assert_eq!(alarms.ring(&[to("a", 5, Status::Operational)], &none), []);
    }

    #[test]
    fn an_outage_that_another_one_explains_waits_until_it_no_longer_does() {
        let dependencies = Dependencies::from([(id("app"), vec![id("proxy")]), (id("proxy"), vec![id("cluster")])]);
        let mut alarms = Alarms::default();
        let both = [to("cluster", 1, Status::MajorOutage), to("app", 1, Status::MajorOutage)];
        assert_eq!(alarms.ring(&both, &dependencies), [down("cluster", 1)]);
        let over = alarms.ring(&[to("cluster", 2, Status::Operational)], &dependencies);
        assert_eq!(over, [recovered("cluster", 1, 2), down("app", 1)]);
    }

    #[test]
    fn an_outage_that_was_never_told_ends_in_silence() {
        let dependencies = Dependencies::from([(id("app"), vec![id("cluster")])]);
        let mut alarms = Alarms::default();
        alarms.ring(&[to("cluster", 1, Status::MajorOutage), to("app", 1, Status::MajorOutage)], &dependencies);
        assert_eq!(alarms.ring(&[to("app", 2, Status::Operational)], &dependencies), []);
    }
}
