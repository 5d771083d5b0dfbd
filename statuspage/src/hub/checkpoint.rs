//! What is written down every minute so that a restart goes on where it was: states, hours and days, in one transaction.
//!
//! Between two checkpoints only results are written, and notifications together with the outages that they tell; a restart judges
//! the results again that came after the last one, and comes to the same state. It does not know the form of any of these on disk.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use jiff::{civil::Date, tz::TimeZone};
use prober::definition::DefinitionSet;
use serde::{Deserialize, Serialize};
use shared::{Observation, Timestamp};
use tracing::{debug, warn};

use super::{
    Hub,
    alarm::{Alarms, FormerAlarms},
};
use crate::{
    engine::{ComponentState, Engine, Transition},
    history::{History, HistoryRow, RowKey, Slot},
    site::Site,
    store::{Changes, Durability, Ledger, MAX_PAGE, ObservationQuery, Restored, StoreHandle},
};

/// The document that says when the rest was written.
const DOCUMENT: &str = "checkpoint";

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

/// What a restart knows before it judges anything again.
#[derive(Debug)]
pub(super) struct Memory {
    pub(super) at: Option<Timestamp>,
    pub(super) alarms: Alarms,
    pub(super) engine: Engine,
    pub(super) history: History,
}

/// Puts what the store held back to work; what cannot be read is named and learnt anew.
pub(super) fn read(restored: &Restored, site: &Site) -> Memory {
    let at = document(restored).map(|checkpoint| checkpoint.at);
    let states = restored.components.iter().filter_map(|(id, bytes)| {
        ComponentState::from_bytes(bytes).inspect_err(|error| warn!(component = %id, %error, "starting anew")).ok()
    });
    let mut history = History::new(site.time_zone.clone());
    for (key, error) in history.restore(rows(restored)) {
        warn!(component = %key.component, %error, "a row of the history cannot be read");
    }
    for failure in restored.last_failures.values().flatten().rev() {
        history.recall(failure);
    }
    let engine = Engine::restore(states);
    Memory { at, alarms: alarms(restored), engine, history }
}

/// What was open, whichever version wrote it.
fn alarms(restored: &Restored) -> Alarms {
    let mut alarms = Alarms::read(&restored.records);
    if let Some(former) = document(restored).and_then(|checkpoint| checkpoint.alarms) {
        alarms.take_over(former, &restored.notifications);
    }
    alarms
}

/// A checkpoint of the version before without the outages that it carried: written in the transaction that makes records of them.
pub(super) fn relieved(restored: &Restored) -> Option<(&'static str, Bytes)> {
    let checkpoint = document(restored)?;
    checkpoint.alarms.as_ref()?;
    Checkpoint::document(checkpoint.at)
}

fn document(restored: &Restored) -> Option<Checkpoint> {
    let bytes = restored.documents.get(DOCUMENT)?;
    serde_json::from_slice(bytes).inspect_err(|error| warn!(%error, "the last checkpoint cannot be read")).ok()
}

fn rows(restored: &Restored) -> impl Iterator<Item = HistoryRow> {
    let hours = restored.hours.iter().map(|row| history_row(row, Slot::Hour(row.start)));
    let days = restored.days.iter().filter_map(|row| Some(history_row(row, Slot::Day(date_of(row.start)?))));
    hours.chain(days)
}

fn history_row(ledger: &Ledger, slot: Slot) -> HistoryRow {
    HistoryRow { key: RowKey { component: ledger.component.clone(), slot }, bytes: ledger.body.as_ref().into() }
}

/// A day's row is kept under its date's midnight in UTC, so that a change of the page's time zone does not move it.
fn date_of(start: Timestamp) -> Option<Date> {
    Some(TimeZone::UTC.to_datetime(jiff::Timestamp::from_millisecond(start.as_millis()).ok()?).date())
}

fn start_of(date: Date) -> Option<Timestamp> {
    let midnight = date.to_zoned(TimeZone::UTC).ok()?;
    Some(Timestamp::from_millis(midnight.timestamp().as_millisecond()))
}

fn ledgers(rows: Vec<HistoryRow>, changes: &mut Changes) {
    for HistoryRow { key: RowKey { component, slot }, bytes } in rows {
        let body = Bytes::from(bytes);
        match slot {
            Slot::Hour(start) => changes.hours.push(Ledger { component, start, body }),
            Slot::Day(date) => changes.days.extend(start_of(date).map(|start| Ledger { component, start, body })),
        }
    }
}

/// Without a checkpoint, so much is judged again: enough for what is believed now.
const WITHOUT: Duration = Duration::from_secs(3_600);
/// What may lie between the end of a probe and its being judged, so that a checkpoint does not know it.
const UNDER_WAY: Duration = Duration::from_secs(120);

/// The stored observations of these definitions that may have ended after the checkpoint.
///
/// A store that does not answer in time is not asked again: the rest is learnt anew from the next results.
pub(super) async fn observations_since(
    store: &StoreHandle,
    set: &DefinitionSet,
    checkpoint: Option<Timestamp>,
    now: Timestamp,
) -> Vec<Arc<Observation>> {
    // Observations lie by their start, which is at most their timeout before their end.
    let longest = set.probes().map(|probe| probe.timeout).max().unwrap_or_default();
    let from = checkpoint.map_or_else(|| now.minus(WITHOUT), |at| at.minus(longest.saturating_add(UNDER_WAY)));
    let mut since = Vec::new();
    for component in set.definitions.keys() {
        let mut query = ObservationQuery {
            component: component.clone(),
            from: Some(from),
            to: None,
            limit: MAX_PAGE,
            cursor: None,
        };
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

impl Hub {
    /// Writes down everything that is known at `now`.
    pub(super) async fn write_checkpoint(&mut self, now: Timestamp) {
        let changes = self.checkpoint(now);
        if self.store.apply(changes).await == Durability::Behind {
            debug!("the checkpoint waits in memory for the store");
        }
    }

    /// Makes records of the outages in a checkpoint of the version before, in one transaction.
    pub(super) async fn migrate(&mut self, relieved: Option<(&'static str, Bytes)>) {
        if relieved.is_some() {
            let records = self.telling.changed_records();
            self.store
                .apply(Changes { documents: relieved.into_iter().collect(), records, ..Changes::default() })
                .await;
        }
    }

    fn checkpoint(&mut self, now: Timestamp) -> Changes {
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
        changes
    }

    /// Takes over what a database held that could not be opened at the start: the past of what is known since, and what was
    /// never told. The sum replaces what waits for that database before anything is written to it. Gives the present states, by
    /// which outages that were open then and are over are told to be so.
    pub(super) async fn merge(&mut self, restored: &Restored, now: Timestamp) -> Vec<Transition> {
        for (key, error) in self.history.absorb(rows(restored)) {
            warn!(component = %key.component, %error, "a row of the history cannot be read");
        }
        restored.last_failures.values().flatten().for_each(|failure| self.history.recall(failure));
        self.telling.recall(&restored.notifications, alarms(restored));
        self.telling.watch(&self.definitions);
        self.dirty.histories.extend(self.views.shown().cloned());
        let changes = self.everything(now);
        self.store.adopt_with(changes).await;
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
        let (notifications, records) = self.telling.everything();
        Changes { notifications, records, ..self.checkpoint(now) }
    }
}
