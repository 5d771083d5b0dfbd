//! Outages as the versions before kept them, one for each component: they become incidents.
//!
//! It does not know what an incident is.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Deserialize;
use shared::{ComponentId, Timestamp};
use tracing::warn;

use crate::{
    notify::{Kind, Notification, State, Subject},
    store::RecordKey,
};

/// An outage that was open.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Outage {
    pub(super) since: Timestamp,
    /// Not while another outage explained it.
    pub(super) told: bool,
}

/// Open outages as the oldest checkpoints carried them.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct FormerAlarms {
    open: BTreeMap<ComponentId, Outage>,
}

/// The outages that were open, those that were told first. A checkpoint may be older than the messages: an outage whose end has been
/// told is over.
pub(super) fn outages(
    records: &BTreeMap<RecordKey, Bytes>,
    checkpoint: Option<FormerAlarms>,
    told: &[Notification],
) -> Vec<(ComponentId, Outage)> {
    let mut open = checkpoint.unwrap_or_default().open;
    open.retain(|id, outage| !told.iter().any(|row| ends(row, id, outage.since)));
    for (key, body) in records {
        let RecordKey::Outage(id) = key else { continue };
        match serde_json::from_slice(body) {
            Ok(outage) => drop(open.insert(id.clone(), outage)),
            Err(error) => warn!(component = %id, %error, "the record of an outage cannot be read"),
        }
    }
    let mut outages: Vec<_> = open.into_iter().collect();
    outages.sort_by_key(|(id, outage)| (!outage.told, outage.since, id.clone()));
    outages
}

/// When a message about that outage was first taken by a channel.
pub(super) fn announced_at(told: &[Notification], component: &ComponentId, since: Timestamp) -> Option<Timestamp> {
    let delivered =
        told.iter().filter(|row| is_about(row, component)).filter_map(|row| match (&row.kind, &row.state) {
            (Kind::Down { since: began, .. }, State::Delivered { at, .. }) if *began == since => Some(*at),
            (_, _) => None,
        });
    delivered.min()
}

fn is_about(row: &Notification, component: &ComponentId) -> bool {
    match &row.subject {
        Subject::Incident(matter) => matter.first.first().is_some_and(|named| named.id == *component),
        Subject::Monitor(_) | Subject::Maintenance(_) | Subject::Drill(_) => false,
    }
}

/// Whether a message tells that this outage is over.
fn ends(row: &Notification, component: &ComponentId, began: Timestamp) -> bool {
    let ended = matches!(row.kind, Kind::Recovered { since, .. } if since == began);
    let is_past = matches!(row.kind, Kind::WasDown { since, until, .. } if since <= began && began < until);
    is_about(row, component) && (ended || is_past)
}
