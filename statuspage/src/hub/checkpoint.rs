//! What is written down every minute so that a restart goes on where it was: states, hours and days, in one transaction.
//!
//! Between two checkpoints only results are written, and notifications together with the incidents that they tell; a restart judges
//! the results again that came after the last one, and comes to the same state. It does not know the form of any of these on disk.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use prober::definition::{Definition, DefinitionSet};
use serde::{Deserialize, Serialize};
use shared::{ComponentId, Observation, Timestamp};
use tracing::{debug, warn};

use super::{
    Hub,
    former::{self, FormerAlarms, Outage},
    now,
    past::{self, Former},
};
use crate::{
    engine::{ComponentState, Engine, Transition},
    history::{History, HistoryRow, RowKey, Slot},
    notify::Notification,
    site::Site,
    store::{Changes, Durability, Ledger, ObservationQuery, RecordKey, Restored, StoreHandle},
};

/// The document that says when the rest was written.
pub(crate) const DOCUMENT: &str = "checkpoint";

#[derive(Debug, Default, Serialize, Deserialize)]
struct Checkpoint {
    at: Timestamp,
    /// Read from checkpoints of the version before; now each open outage is a record.
    #[serde(default, skip_serializing)]
    alarms: Option<FormerAlarms>,
}

impl Checkpoint {
    fn document(at: Timestamp) -> Option<(&'static str, Bytes)> {
        serde_json::to_vec(&Self { at, alarms: None })
            .inspect_err(|error| warn!(%error, "a checkpoint cannot be written"))
            .ok()
            .map(|document| (DOCUMENT, document.into()))
    }
}

/// When a checkpoint was written, by its document.
pub(crate) fn instant(document: &[u8]) -> Option<Timestamp> {
    serde_json::from_slice(document).ok().map(|checkpoint: Checkpoint| checkpoint.at)
}

/// A checkpoint of these states: a restart goes on from `at`.
pub(crate) fn of(states: &[ComponentState], at: Timestamp) -> Changes {
    let components = states.iter().map(|state| (state.component.clone(), state.to_bytes().into())).collect();
    Changes { components, documents: Checkpoint::document(at).into_iter().collect(), ..Changes::default() }
}

/// What a restart knows before it judges anything again.
#[derive(Debug)]
pub(super) struct Memory {
    pub(super) at: Option<Timestamp>,
    pub(super) outages: Vec<(ComponentId, Outage)>,
    pub(super) engine: Engine,
    pub(super) history: History,
}

/// Puts what the store held back to work; what cannot be read is named and learnt anew.
pub(super) fn read(restored: &Restored, site: &Site, former: &Former) -> Memory {
    let at = document(restored).map(|checkpoint| checkpoint.at);
    let states = restored.components.iter().filter_map(|(id, bytes)| {
        let state = ComponentState::from_bytes(bytes);
        let state = state.inspect_err(|error| warn!(component = %id, %error, "starting anew")).ok()?;
        let present = former.present(id);
        // What is known under the present name is newer.
        let renamed = present != id;
        let newer = renamed && restored.components.iter().any(|(other, _)| other == present);
        (!newer).then(|| state.renamed(present.clone()))
    });
    let mut history = History::new(site.time_zone.clone());
    past::restore(&mut history, restored, former);
    let engine = Engine::restore(states);
    Memory { at, outages: outages(restored), engine, history }
}

/// The outages that a former version had open.
fn outages(restored: &Restored) -> Vec<(ComponentId, Outage)> {
    let checkpoint = document(restored).and_then(|checkpoint| checkpoint.alarms);
    former::outages(&restored.records, checkpoint, &restored.notifications)
}

/// What a former version wrote and this one no longer does, to be removed in the transaction that makes incidents of it: the
/// records of outages, and what the checkpoint carried.
pub(super) fn relieved(restored: &Restored) -> Changes {
    let records = restored.records.keys().filter(|key| matches!(key, RecordKey::Outage(_)));
    let carried = document(restored).filter(|checkpoint| checkpoint.alarms.is_some());
    Changes {
        documents: carried.and_then(|checkpoint| Checkpoint::document(checkpoint.at)).into_iter().collect(),
        records: records.map(|key| (key.clone(), None)).collect(),
        ..Changes::default()
    }
}

fn document(restored: &Restored) -> Option<Checkpoint> {
    let bytes = restored.documents.get(DOCUMENT)?;
    serde_json::from_slice(bytes).inspect_err(|error| warn!(%error, "the last checkpoint cannot be read")).ok()
}

fn ledgers(rows: Vec<HistoryRow>, changes: &mut Changes) {
    for HistoryRow { key: RowKey { component, slot }, bytes } in rows {
        let Some(start) = slot.start() else { continue };
        let ledger = Ledger { component, start, body: Bytes::from(bytes) };
        match slot {
            Slot::Hour(_) => changes.hours.push(ledger),
            Slot::Day(_) => changes.days.push(ledger),
        }
    }
}

/// Without a checkpoint, so much is judged again: enough for what is believed now.
const WITHOUT: Duration = Duration::from_secs(3_600);
/// What may lie between the end of a probe and its being judged, so that a checkpoint does not know it.
const UNDER_WAY: Duration = Duration::from_secs(120);

/// Whether a result began so long ago that a restart, which goes on from a checkpoint before `now`, might not look at it again.
pub(super) fn is_late(observation: &Observation, now: Timestamp) -> bool {
    now.since(observation.started_at) >= UNDER_WAY
}

/// The stored observations of these definitions that may have come after the checkpoint and prove something.
///
/// A store that does not answer in time is not asked again: the rest is learnt anew from the next results.
pub(super) async fn observations_since(
    store: &StoreHandle,
    set: &DefinitionSet,
    checkpoint: Option<Timestamp>,
    now: Timestamp,
) -> Vec<Arc<Observation>> {
    let mut since = Vec::new();
    for (component, definition) in &set.definitions {
        let from = checkpoint.map_or_else(|| now.minus(WITHOUT), |at| at.minus(reach(definition, at)));
        let formerly = definition.formerly.clone();
        let mut query = ObservationQuery { formerly, ..ObservationQuery::since(component.clone(), from) };
        loop {
            match store.observations(query.clone()).await {
                Ok(page) => {
                    since.extend(page.observations);
                    query.cursor = page.next;
                }
                Err(error) => {
                    warn!(%error, "results that were stored lately are not judged again");
                    return since;
                }
            }
            if query.cursor.is_none() {
                break;
            }
        }
    }
    since
}

/// How far before a checkpoint an observation may have started that it does not know. What comes late counts for as long as it
/// proves something; a line of `cron` with long pauses is learnt anew from its next result.
fn reach(definition: &Definition, at: Timestamp) -> Duration {
    // Observations lie by their start, which is at most their timeout before their end.
    let longest = definition.probes.iter().map(|probe| probe.timeout).max().unwrap_or_default();
    let proofs = definition.probes.iter().map(|probe| probe.schedule.stale_at(at, probe.timeout).since(at));
    let proof = proofs.max().unwrap_or_default().min(WITHOUT);
    longest.saturating_add(proof.max(UNDER_WAY))
}

impl Hub {
    /// Writes down everything that is known at `now`.
    pub(super) async fn write_checkpoint(&mut self, now: Timestamp) {
        let changes = self.checkpoint(now);
        if self.store.apply(changes).await == Durability::Behind {
            debug!("the checkpoint waits in memory for the store");
        }
    }

    /// Makes incidents of the outages that a former version had open, in one transaction.
    pub(super) async fn migrate(
        &mut self,
        outages: &[(ComponentId, Outage)],
        relieved: Changes,
        told: &[Notification],
    ) {
        self.telling.adopt(outages, told, now());
        let mut records = self.telling.changed_records(now());
        records.extend(relieved.records);
        self.store.apply(Changes { records, ..relieved }).await;
    }

    /// Everything that is known at `now` and not written as it is: all of it belongs into one transaction.
    pub(super) fn checkpoint(&mut self, now: Timestamp) -> Changes {
        self.dirty.late = false;
        for state in self.engine.states() {
            self.history.spend(&state.component, state.status, state.since, now);
        }
        let mut changes = Changes::default();
        ledgers(self.history.dirty_rows(), &mut changes);
        for id in std::mem::take(&mut self.dirty.states) {
            let Some(state) = self.engine.state(&id) else { continue };
            changes.components.push((id, state.to_bytes().into()));
        }
        changes.forget_components.extend(std::mem::take(&mut self.dirty.retired));
        changes.documents.extend(Checkpoint::document(now));
        changes.documents.extend(self.telling.checks.document());
        changes.records = self.telling.all_changed_records(now);
        changes
    }

    /// Takes over what a database held that could not be opened at the start: the past of what is known since, and what was
    /// never told. The sum replaces what waits for that database before anything is written to it. Gives the present states, by
    /// which outages that were open then and are over are told to be so.
    pub(super) async fn merge(&mut self, restored: &Restored, now: Timestamp) -> Vec<Transition> {
        past::absorb(&mut self.history, restored, &Former::of(&self.definitions));
        self.telling.recall(&self.options, restored);
        (self.dirty.maintenances, self.dirty.windows) = (true, true);
        self.telling.adopt(&outages(restored), &restored.notifications, now);
        let news = self.telling.watch(&self.definitions, now);
        self.dirty.histories.extend(self.views.shown().cloned());
        // The rows are among everything that is written now.
        news.iter().for_each(|news| drop(self.message(news)));
        let mut changes = self.everything(now);
        let relieved = relieved(restored);
        changes.records.extend(relieved.records);
        self.store.adopt_with(changes).await;
        self.dirty.incidents = true;
        self.as_transitions()
    }

    /// A new, empty database took the place of one that was lost: everything that is known is written to it.
    pub(super) async fn rewrite(&mut self, now: Timestamp) {
        let changes = self.everything(now);
        self.store.apply(changes).await;
    }

    fn everything(&mut self, now: Timestamp) -> Changes {
        self.dirty.states.extend(self.engine.states().map(|state| state.component.clone()));
        self.history.mark_changed();
        let (notifications, records) = self.telling.everything(now);
        Changes { notifications, records, ..self.checkpoint(now) }
    }
}
