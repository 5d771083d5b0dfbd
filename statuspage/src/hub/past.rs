//! From what the store held to the history: sealed roll-ups, then those that are not sealed yet; and components that changed their
//! name.
//!
//! It does not know where any of it lay. A component that says `formerly` has the past of its former names. Where both have the
//! same hour or day its own counts: it has gone on from the other's.

use std::collections::BTreeMap;

use prober::definition::DefinitionSet;
use shared::ComponentId;
use tracing::warn;

use crate::{
    history::{self, History, HistoryRow, RowKey, Slot, Unit},
    store::{Ledger, Restored},
};

/// The present names of components, by their former ones. A name that is still in use is nobody's former one.
#[derive(Debug, Default)]
pub(super) struct Former(BTreeMap<ComponentId, ComponentId>);

/// Whose part of the past is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Under {
    /// What lies under former names.
    Former,
    /// What lies under the present ones.
    Present,
}

impl Former {
    pub(super) fn of(set: &DefinitionSet) -> Self {
        let names = set
            .definitions
            .values()
            .flat_map(|definition| definition.formerly.iter().map(|former| (former.clone(), definition.id.clone())));
        Self(names.filter(|(former, _)| !set.definitions.contains_key(former)).collect())
    }

    /// The present name.
    pub(super) fn present<'a>(&'a self, id: &'a ComponentId) -> &'a ComponentId {
        self.0.get(id).unwrap_or(id)
    }

    /// Each former name with the present one.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&ComponentId, &ComponentId)> {
        self.0.iter()
    }

    /// The present name of what is wanted.
    fn wanted<'a>(&'a self, id: &'a ComponentId, under: Under) -> Option<&'a ComponentId> {
        match (self.0.get(id), under) {
            (Some(present), Under::Former) => Some(present),
            (None, Under::Present) => Some(id),
            (Some(_), Under::Present) | (None, Under::Former) => None,
        }
    }
}

/// Puts back what was kept; what cannot be read is named and left out.
pub(super) fn restore(history: &mut History, restored: &Restored, former: &Former) {
    for under in [Under::Former, Under::Present] {
        if under == Under::Former && former.0.is_empty() {
            continue;
        }
        restored.sealed.for_each(|unit, component, payload| {
            let Some(component) = former.wanted(&component, under) else { return };
            if let Err(error) = history.restore_packed(component, unit, payload) {
                warn!(%component, %error, "a part of the past cannot be read");
            }
        });
        for (key, error) in history.restore(rows(restored, former, under)) {
            warn!(component = %key.component, %error, "a row of the history cannot be read");
        }
    }
    recall(history, restored, former);
}

/// Adds what was kept to a history that has been counting.
pub(super) fn absorb(history: &mut History, restored: &Restored, former: &Former) {
    let mut all = BTreeMap::new();
    for under in [Under::Former, Under::Present] {
        restored.sealed.for_each(|unit, component, payload| {
            let Some(component) = former.wanted(&component, under) else { return };
            let unpacked = history::unpack(payload).unwrap_or_default();
            let ledger = |(start, body)| row(&Ledger { component: component.clone(), start, body }, unit, component);
            all.extend(unpacked.into_iter().filter_map(ledger).map(|row| (row.key, row.bytes)));
        });
        all.extend(rows(restored, former, under).map(|row| (row.key, row.bytes)));
    }
    let all = all.into_iter().map(|(key, bytes)| HistoryRow { key, bytes });
    for (key, error) in history.absorb(all) {
        warn!(component = %key.component, %error, "a row of the history cannot be read");
    }
    recall(history, restored, former);
}

fn recall(history: &mut History, restored: &Restored, former: &Former) {
    for failure in restored.last_failures.values().flatten().rev() {
        let present = former.present(&failure.probe.component);
        if *present == failure.probe.component {
            history.recall(failure);
        } else {
            let mut failure = failure.as_ref().clone();
            failure.probe.component = present.clone();
            history.recall(&failure);
        }
    }
}

fn rows(restored: &Restored, former: &Former, under: Under) -> impl Iterator<Item = HistoryRow> {
    let hours = restored.hours.iter().map(|ledger| (ledger, Unit::Hours));
    let days = restored.days.iter().map(|ledger| (ledger, Unit::Days));
    hours.chain(days).filter_map(move |(ledger, unit)| row(ledger, unit, former.wanted(&ledger.component, under)?))
}

fn row(ledger: &Ledger, unit: Unit, component: &ComponentId) -> Option<HistoryRow> {
    let key = RowKey { component: component.clone(), slot: Slot::new(unit, ledger.start)? };
    Some(HistoryRow { key, bytes: ledger.body.as_ref().into() })
}
