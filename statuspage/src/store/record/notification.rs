//! A notification as it is stored.
//!
//! It does not know when it is due.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::Timestamp;

use super::{pack, unpack};
use crate::notify::{Cause, Kind, Notification, NotificationId, State};

#[derive(Serialize, Deserialize)]
struct Stored {
    channel: String,
    component: String,
    name: String,
    kind: StoredKind,
    made_at: i64,
    attempts: u32,
    next_attempt_at: i64,
    state: StoredState,
}

/// The order of the variants is the stored form: new ones go to the end.
#[derive(Serialize, Deserialize)]
enum StoredKind {
    Down { since: i64, cause: Option<StoredCause> },
    Recovered { since: i64, until: i64 },
    WasDown { since: i64, until: i64, times: u32, total_ms: u64, cause: Option<StoredCause> },
}

#[derive(Serialize, Deserialize)]
struct StoredCause {
    probe: String,
    kind: String,
    detail: String,
    http_status: Option<u16>,
    locations: Vec<String>,
}

/// The order of the variants is the stored form: new ones go to the end.
#[derive(Serialize, Deserialize)]
enum StoredState {
    Pending,
    Delivered { at: i64, receipt: Option<String> },
    Abandoned { at: i64, error: String },
    Merged { into: String },
}

/// The body of a notification's row.
pub(in crate::store) fn encode(notification: &Notification) -> Vec<u8> {
    pack(&Stored {
        channel: notification.channel.to_string(),
        component: notification.component.to_string(),
        name: notification.name.clone(),
        kind: store_kind(&notification.kind),
        made_at: notification.made_at.as_millis(),
        attempts: notification.attempts,
        next_attempt_at: notification.next_attempt_at.as_millis(),
        state: store_state(&notification.state),
    })
}

/// The notification of a row; none when the body is not one.
pub(in crate::store) fn decode(id: NotificationId, body: &[u8]) -> Option<Notification> {
    let stored: Stored = unpack(body)?;
    Some(Notification {
        id,
        channel: stored.channel.parse().ok()?,
        component: stored.component.parse().ok()?,
        name: stored.name,
        kind: read_kind(stored.kind)?,
        made_at: Timestamp::from_millis(stored.made_at),
        attempts: stored.attempts,
        next_attempt_at: Timestamp::from_millis(stored.next_attempt_at),
        state: read_state(stored.state)?,
    })
}

fn store_kind(kind: &Kind) -> StoredKind {
    match kind {
        Kind::Down { since, cause } => {
            StoredKind::Down { since: since.as_millis(), cause: cause.as_ref().map(store_cause) }
        }
        Kind::Recovered { since, until } => {
            StoredKind::Recovered { since: since.as_millis(), until: until.as_millis() }
        }
        Kind::WasDown { since, until, times, total, cause } => StoredKind::WasDown {
            since: since.as_millis(),
            until: until.as_millis(),
            times: *times,
            total_ms: u64::try_from(total.as_millis()).unwrap_or(u64::MAX),
            cause: cause.as_ref().map(store_cause),
        },
    }
}

fn read_kind(stored: StoredKind) -> Option<Kind> {
    let at = Timestamp::from_millis;
    Some(match stored {
        StoredKind::Down { since, cause } => Kind::Down { since: at(since), cause: read_cause(cause)? },
        StoredKind::Recovered { since, until } => Kind::Recovered { since: at(since), until: at(until) },
        StoredKind::WasDown { since, until, times, total_ms, cause } => Kind::WasDown {
            since: at(since),
            until: at(until),
            times,
            total: Duration::from_millis(total_ms),
            cause: read_cause(cause)?,
        },
    })
}

fn store_cause(cause: &Cause) -> StoredCause {
    StoredCause {
        probe: cause.probe.to_string(),
        kind: cause.kind.word().to_owned(),
        detail: cause.detail.clone(),
        http_status: cause.http_status,
        locations: cause.locations.iter().map(ToString::to_string).collect(),
    }
}

/// None when it is malformed; a cause that is absent is well formed.
fn read_cause(stored: Option<StoredCause>) -> Option<Option<Cause>> {
    let Some(stored) = stored else { return Some(None) };
    Some(Some(Cause {
        probe: stored.probe.parse().ok()?,
        kind: stored.kind.parse().ok()?,
        detail: stored.detail,
        http_status: stored.http_status,
        locations: stored.locations.iter().map(|location| location.parse().ok()).collect::<Option<_>>()?,
    }))
}

fn store_state(state: &State) -> StoredState {
    match state {
        State::Pending => StoredState::Pending,
        State::Delivered { at, receipt } => StoredState::Delivered { at: at.as_millis(), receipt: receipt.clone() },
        State::Abandoned { at, error } => StoredState::Abandoned { at: at.as_millis(), error: error.clone() },
        State::Merged { into } => StoredState::Merged { into: into.to_string() },
    }
}

fn read_state(stored: StoredState) -> Option<State> {
    let at = Timestamp::from_millis;
    Some(match stored {
        StoredState::Pending => State::Pending,
        StoredState::Delivered { at: millis, receipt } => State::Delivered { at: at(millis), receipt },
        StoredState::Abandoned { at: millis, error } => State::Abandoned { at: at(millis), error },
        StoredState::Merged { into } => State::Merged { into: into.parse().ok()? },
    })
}

#[cfg(test)]
mod tests {
    use shared::FailureKind;

    use super::*;
    use crate::notify::{Event, Happening};

    fn notification() -> Notification {
        let since = Timestamp::from_millis(1_795_000_000_000);
        let cause = Cause {
            probe: "cloud/login".parse().expect("an id"),
            kind: FailureKind::HttpStatus,
            detail: "502 Bad Gateway".into(),
            http_status: Some(502),
            locations: vec!["lyon".parse().expect("a name")],
        };
        let event = Event {
            component: "cloud".parse().expect("an id"),
            name: "Nextcloud".into(),
            detected_at: since,
            happening: Happening::Down { since, cause: Some(cause) },
        };
        Notification::new(&"phone".parse().expect("a name"), &event)
    }

    #[test]
    fn every_kind_and_state_reads_back_as_it_was_stored() {
        let down = notification();
        let at = down.made_at;
        let Kind::Down { cause, .. } = down.kind.clone() else { panic!("made as down") };
        let total = Duration::from_secs(90);
        let kinds = [
            down.kind.clone(),
            Kind::Recovered { since: at, until: at },
            Kind::WasDown { since: at, until: at, times: 2, total, cause },
        ];
        let states = [
            State::Pending,
            State::Delivered { at, receipt: Some("x".into()) },
            State::Abandoned { at, error: "no".into() },
            State::Merged { into: down.id.clone() },
        ];
        for (kind, state) in kinds.iter().flat_map(|kind| states.iter().map(move |state| (kind, state))) {
            let stored = Notification { kind: kind.clone(), state: state.clone(), attempts: 3, ..down.clone() };
            assert_eq!(decode(stored.id.clone(), &encode(&stored)), Some(stored));
        }
    }
}
