//! Which changes of state the operators are told: an outage or a fault of the monitor and its end, once each.
//!
//! It does not know channels, words or how a message travels. What is open is kept in records, one each, so that it is written in
//! the transaction of the message that it leads to.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use shared::{ComponentId, Status, Timestamp};
use tracing::warn;

use crate::{
    engine::Transition,
    notify::{Course, Fault, FaultKind, Kind, Notification, Subject},
    store::RecordKey,
};

/// What is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bell {
    /// A component went down.
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
    /// The monitor has a fault.
    Fault {
        /// Which one.
        fault: Fault,
        /// Since when.
        since: Timestamp,
    },
    /// A lasting fault of the monitor is over.
    FaultOver {
        /// Which one, as it was found.
        fault: Fault,
        /// Since when it was.
        since: Timestamp,
        /// When it ended.
        until: Timestamp,
    },
}

/// The outages that are open, and whether they have been told; the lasting faults of the monitor that are open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Alarms {
    open: BTreeMap<ComponentId, Outage>,
    faults: BTreeMap<FaultKind, OpenFault>,
    /// What the store does not have as it is here.
    changed: BTreeSet<RecordKey>,
}

/// The form of a record, in JSON; the map of them was part of the checkpoint formerly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Outage {
    since: Timestamp,
    /// Not told while a component that this one depends on is down too: its failure explains this one.
    told: bool,
}

/// The form of a record, in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct OpenFault {
    since: Timestamp,
    fault: Fault,
}

/// Open outages as the checkpoints of the version before carried them.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct FormerAlarms {
    open: BTreeMap<ComponentId, Outage>,
}

/// Which components each component depends on.
pub(super) type Dependencies = BTreeMap<ComponentId, Vec<ComponentId>>;

impl Alarms {
    /// Reads what the store kept; what cannot be read is named and found anew in the present states.
    pub(super) fn read(records: &BTreeMap<RecordKey, Bytes>) -> Self {
        let mut alarms = Self::default();
        for (key, body) in records {
            let error = match key {
                RecordKey::Outage(id) => {
                    let outage = serde_json::from_slice::<Outage>(body);
                    outage.map(|outage| alarms.open.insert(id.clone(), outage)).err()
                }
                RecordKey::Fault(kind) => {
                    let fault = serde_json::from_slice::<OpenFault>(body);
                    fault.map(|fault| alarms.faults.insert(*kind, fault)).err()
                }
            };
            if let Some(error) = error {
                warn!(record = ?key, %error, "a record cannot be read");
                alarms.changed.insert(key.clone());
            }
        }
        alarms
    }

    /// Takes over outages from a checkpoint of the version before. It was written once a minute and may be older than the
    /// messages: an outage whose end has been told is over.
    pub(super) fn take_over(&mut self, former: FormerAlarms, told: &[Notification]) {
        let ended = |id: &ComponentId, outage: &Outage| told.iter().any(|row| ends(row, id, outage.since));
        for (id, outage) in former.open.into_iter().filter(|(id, outage)| !ended(id, outage)) {
            self.changed.insert(RecordKey::Outage(id.clone()));
            self.open.entry(id).or_insert(outage);
        }
    }

    /// The records that are to be written, in the transaction of the messages that these changes led to.
    pub(super) fn take_changes(&mut self) -> Vec<(RecordKey, Option<Bytes>)> {
        std::mem::take(&mut self.changed).into_iter().filter_map(|key| self.record(key)).collect()
    }

    /// Everything is to be written again.
    pub(super) fn mark_changed(&mut self) {
        self.changed.extend(self.open.keys().cloned().map(RecordKey::Outage));
        self.changed.extend(self.faults.keys().copied().map(RecordKey::Fault));
    }

    fn record(&self, key: RecordKey) -> Option<(RecordKey, Option<Bytes>)> {
        let body = match &key {
            RecordKey::Outage(id) => self.open.get(id).map(serde_json::to_vec),
            RecordKey::Fault(kind) => self.faults.get(kind).map(serde_json::to_vec),
        };
        match body.transpose() {
            Ok(body) => Some((key, body.map(Bytes::from))),
            Err(error) => {
                warn!(record = ?key, %error, "a record cannot be written");
                None
            }
        }
    }

    /// A fault of the monitor was found; none when it lasts and is known.
    pub(super) fn notice(&mut self, fault: Fault, at: Timestamp) -> Option<Bell> {
        match fault.kind().course() {
            Course::Single => {}
            Course::Lasting if self.faults.contains_key(&fault.kind()) => return None,
            Course::Lasting => {
                self.changed.insert(RecordKey::Fault(fault.kind()));
                self.faults.insert(fault.kind(), OpenFault { since: at, fault: fault.clone() });
            }
        }
        Some(Bell::Fault { fault, since: at })
    }

    /// A lasting fault of the monitor is over; none when it was not open.
    pub(super) fn end(&mut self, kind: FaultKind, at: Timestamp) -> Option<Bell> {
        let OpenFault { since, fault } = self.faults.remove(&kind)?;
        self.changed.insert(RecordKey::Fault(kind));
        Some(Bell::FaultOver { fault, since, until: at })
    }

    /// Since when a lasting fault of the monitor has been open.
    pub(super) fn fault_since(&self, kind: FaultKind) -> Option<Timestamp> {
        self.faults.get(&kind).map(|open| open.since)
    }

    /// Takes changes of state and gives what is to be told now.
    pub(super) fn ring(&mut self, transitions: &[Transition], dependencies: &Dependencies) -> Vec<Bell> {
        let mut bells = Vec::new();
        for transition in transitions {
            match transition.to {
                Status::PartialOutage | Status::MajorOutage => {
                    let since = transition.reason.as_ref().map_or(transition.at, |reason| reason.since);
                    if !self.open.contains_key(&transition.component) {
                        self.changed.insert(RecordKey::Outage(transition.component.clone()));
                        self.open.insert(transition.component.clone(), Outage { since, told: false });
                    }
                }
                Status::Operational | Status::DegradedPerformance => {
                    let component = transition.component.clone();
                    let Some(Outage { since, told }) = self.open.remove(&component) else { continue };
                    self.changed.insert(RecordKey::Outage(component.clone()));
                    if told {
                        bells.push(Bell::Recovered { component, since, until: transition.at });
                    }
                }
                // Nothing is known, or nothing is said: an outage that was open stays open.
                Status::Unknown | Status::UnderMaintenance => {}
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
            self.changed.insert(RecordKey::Outage(component.clone()));
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

    /// Takes back what was open, where that is found out late only. What is known by now is newer.
    pub(super) fn recall(&mut self, earlier: Self) {
        for (id, outage) in earlier.open {
            self.open.entry(id).or_insert(outage);
        }
        for (kind, fault) in earlier.faults {
            self.faults.entry(kind).or_insert(fault);
        }
        self.changed.extend(earlier.changed);
        self.mark_changed();
    }

    /// A component has a new name: its open outage goes on under it.
    pub(super) fn rename(&mut self, former: &ComponentId, present: &ComponentId) {
        if let Some(outage) = self.open.remove(former) {
            self.changed.extend([former, present].map(|id| RecordKey::Outage(id.clone())));
            self.open.entry(present.clone()).or_insert(outage);
        }
    }

    /// Forgets components that are no longer watched.
    pub(super) fn retain(&mut self, watched: impl Fn(&ComponentId) -> bool) {
        for (id, _) in self.open.extract_if(.., |id, _| !watched(id)) {
            self.changed.insert(RecordKey::Outage(id));
        }
    }
}

/// Whether a message tells that this outage is over.
fn ends(row: &Notification, component: &ComponentId, began: Timestamp) -> bool {
    let about = match &row.subject {
        Subject::Component { id, .. } => id == component,
        Subject::Monitor(_) => false,
    };
    about
        && match row.kind {
            Kind::Recovered { since, .. } => since == began,
            Kind::WasDown { since, until, .. } => since <= began && began < until,
            Kind::Down { .. } | Kind::Noticed { .. } => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ComponentId {
        text.parse().expect("an id")
    }

    fn to(component: &str, at: i64, to: Status) -> Transition {
        let at = Timestamp::from_millis(at);
        Transition {
            component: id(component),
            at,
            from: Status::Unknown,
            from_since: at,
            to,
            reason: None,
            onset: None,
        }
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

    #[test]
    fn a_lasting_fault_is_told_once_and_so_is_its_end_and_a_single_one_each_time() {
        let at = Timestamp::from_millis;
        let (low, rows) = (Fault::LowSpace { free: 1, reserve: 2 }, Fault::CorruptRows { rows: 1 });
        let mut alarms = Alarms::default();
        assert_eq!(alarms.end(FaultKind::LowSpace, at(1)), None);
        assert_eq!(alarms.notice(low.clone(), at(2)), Some(Bell::Fault { fault: low.clone(), since: at(2) }));
        assert_eq!(alarms.notice(low.clone(), at(3)), None);
        assert_eq!(alarms.fault_since(FaultKind::LowSpace), Some(at(2)));
        let over = Bell::FaultOver { fault: low, since: at(2), until: at(4) };
        assert_eq!(alarms.end(FaultKind::LowSpace, at(4)), Some(over));
        for second in 5..7 {
            let bell = Bell::Fault { fault: rows.clone(), since: at(second) };
            assert_eq!(alarms.notice(rows.clone(), at(second)), Some(bell));
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let (mut alarms, none) = (Alarms::default(), Dependencies::new());
        let mut kept = BTreeMap::new();
        let mut keep = |alarms: &mut Alarms| {
            for (key, body) in alarms.take_changes() {
                match body {
                    Some(body) => drop(kept.insert(key, body)),
                    None => drop(kept.remove(&key)),
                }
            }
            assert_eq!(Alarms::read(&kept), *alarms);
            kept.len()
        };
        alarms.ring(&[to("a", 1, Status::MajorOutage), to("b", 1, Status::PartialOutage)], &none);
        alarms.notice(Fault::Failing { reason: "x".into() }, Timestamp::from_millis(2));
        assert_eq!(keep(&mut alarms), 3);
        alarms.ring(&[to("a", 3, Status::Operational)], &none);
        alarms.end(FaultKind::Failing, Timestamp::from_millis(3));
        assert_eq!(keep(&mut alarms), 1);
        alarms.retain(|_| false);
        assert_eq!(keep(&mut alarms), 0);
    }
}
