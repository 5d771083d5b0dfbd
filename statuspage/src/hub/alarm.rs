//! Which faults of the monitor itself the operators are told, and their ends, once each.
//!
//! It does not know channels, words or how a message travels. What is open is kept in records, one each, so that it is written in
//! the transaction of the message that it leads to.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use shared::Timestamp;
use tracing::warn;

use crate::{
    notify::{Course, Fault, FaultId, FaultKind},
    store::RecordKey,
};

/// What is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bell {
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

/// The lasting faults of the monitor that are open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Alarms {
    faults: BTreeMap<FaultId, OpenFault>,
    /// What the store does not have as it is here.
    changed: BTreeSet<FaultId>,
}

/// The form of a record, in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct OpenFault {
    since: Timestamp,
    fault: Fault,
}

impl Alarms {
    /// Reads what the store kept; what cannot be read is named and found anew.
    pub(super) fn read(records: &BTreeMap<RecordKey, Bytes>) -> Self {
        let mut alarms = Self::default();
        for (key, body) in records {
            let RecordKey::Fault(id) = key else { continue };
            match serde_json::from_slice(body) {
                Ok(fault) => drop(alarms.faults.insert(id.clone(), fault)),
                Err(error) => {
                    warn!(fault = %id, %error, "the record of a fault cannot be read");
                    alarms.changed.insert(id.clone());
                }
            }
        }
        alarms
    }

    /// The records that are to be written, in the transaction of the messages that these changes led to.
    pub(super) fn take_changes(&mut self) -> Vec<(RecordKey, Option<Bytes>)> {
        std::mem::take(&mut self.changed).into_iter().filter_map(|id| self.record(id)).collect()
    }

    /// Everything is to be written again.
    pub(super) fn mark_changed(&mut self) {
        self.changed.extend(self.faults.keys().cloned());
    }

    fn record(&self, id: FaultId) -> Option<(RecordKey, Option<Bytes>)> {
        match self.faults.get(&id).map(serde_json::to_vec).transpose() {
            Ok(body) => Some((RecordKey::Fault(id), body.map(Bytes::from))),
            Err(error) => {
                warn!(fault = %id, %error, "the record of a fault cannot be written");
                None
            }
        }
    }

    /// A fault of the monitor was found; none when it lasts and is known.
    pub(super) fn notice(&mut self, fault: Fault, at: Timestamp) -> Option<Bell> {
        match fault.kind().course() {
            Course::Single => {}
            Course::Lasting if self.faults.contains_key(&fault.id()) => return None,
            Course::Lasting => {
                self.changed.insert(fault.id());
                self.faults.insert(fault.id(), OpenFault { since: at, fault: fault.clone() });
            }
        }
        Some(Bell::Fault { fault, since: at })
    }

    /// A lasting fault of the monitor is over; none when it was not open.
    pub(super) fn end(&mut self, id: impl Into<FaultId>, at: Timestamp) -> Option<Bell> {
        let id = id.into();
        let OpenFault { since, fault } = self.faults.remove(&id)?;
        self.changed.insert(id);
        Some(Bell::FaultOver { fault, since, until: at })
    }

    /// Since when a lasting fault of that kind has been open, whatever has it: the first where several have.
    pub(super) fn fault_since(&self, kind: FaultKind) -> Option<Timestamp> {
        self.faults.iter().filter(|(id, _)| id.kind() == kind).map(|(_, open)| open.since).min()
    }

    /// The faults of a kind that are open.
    pub(super) fn open_of(&self, kind: FaultKind) -> impl Iterator<Item = &FaultId> {
        self.faults.keys().filter(move |id| id.kind() == kind)
    }

    /// The lasting faults that are open, with what they are and since when.
    pub(super) fn open(&self) -> impl Iterator<Item = (&FaultId, &Fault, Timestamp)> {
        self.faults.iter().map(|(id, open)| (id, &open.fault, open.since))
    }

    /// Takes back what was open, where that is found out late only. What is known by now is newer.
    pub(super) fn recall(&mut self, earlier: Self) {
        for (id, fault) in earlier.faults {
            self.faults.entry(id).or_insert(fault);
        }
        self.changed.extend(earlier.changed);
        self.mark_changed();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::FaultKind;

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
        let mut alarms = Alarms::default();
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
        alarms.notice(Fault::Failing { reason: "x".into() }, Timestamp::from_millis(2));
        assert_eq!(keep(&mut alarms), 1);
        alarms.end(FaultKind::Failing, Timestamp::from_millis(3));
        assert_eq!(keep(&mut alarms), 0);
    }
}
