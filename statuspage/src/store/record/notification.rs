//! A notification as it is stored.
//!
//! It does not know when it is due.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::Timestamp;

use super::{pack, unpack};
use crate::notify::{Cause, Fault, Kind, Matter, Notification, NotificationId, State, Subject};

/// The version of [`Former`].
const FORMER: u8 = 1;
/// The version of [`Stored`].
const VERSION: u8 = 2;

/// The form while every notification was about a component; read, and no longer written.
#[derive(Serialize, Deserialize)]
struct Former {
    channel: String,
    component: String,
    name: String,
    kind: StoredKind,
    made_at: i64,
    attempts: u32,
    next_attempt_at: i64,
    state: StoredState,
}

impl From<Former> for Stored {
    fn from(former: Former) -> Self {
        let Former { channel, component: id, name, kind, made_at, attempts, next_attempt_at, state } = former;
        let subject = StoredSubject::Component { id, name };
        Self { channel, subject, kind, made_at, attempts, next_attempt_at, state }
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    channel: String,
    subject: StoredSubject,
    kind: StoredKind,
    made_at: i64,
    attempts: u32,
    next_attempt_at: i64,
    state: StoredState,
}

/// The order of the variants is the stored form: new ones go to the end.
#[derive(Serialize, Deserialize)]
enum StoredSubject {
    /// Read, and no longer written.
    Component {
        id: String,
        name: String,
    },
    Monitor(Fault),
    /// As JSON, so that it can have more fields one day.
    Incident(String),
    /// As JSON, likewise.
    Maintenance(String),
    /// As JSON, likewise.
    Drill(String),
}

/// The order of the variants is the stored form: new ones go to the end.
#[derive(Serialize, Deserialize)]
enum StoredKind {
    Down {
        since: i64,
        cause: Option<StoredCause>,
    },
    Recovered {
        since: i64,
        until: i64,
    },
    WasDown {
        since: i64,
        until: i64,
        times: u32,
        total_ms: u64,
        cause: Option<StoredCause>,
    },
    Noticed {
        since: i64,
        until: i64,
        times: u32,
    },
    Grown {
        since: i64,
        cause: Option<StoredCause>,
    },
    Overdue {
        since: i64,
        promised: i64,
    },
    Reminder {
        since: i64,
        cause: Option<StoredCause>,
        number: u32,
    },
    /// Who has taken it as JSON.
    Acknowledged {
        since: i64,
        at: i64,
        by: String,
    },
    /// Who has closed it as JSON.
    Closed {
        since: i64,
        at: i64,
        by: String,
    },
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
    let stored = Stored {
        channel: notification.channel.to_string(),
        subject: store_subject(&notification.subject),
        kind: store_kind(&notification.kind),
        made_at: notification.made_at.as_millis(),
        attempts: notification.attempts,
        next_attempt_at: notification.next_attempt_at.as_millis(),
        state: store_state(&notification.state),
    };
    pack(VERSION, &stored)
}

/// The notification of a row; none when the body is not one.
pub(in crate::store) fn decode(id: NotificationId, body: &[u8]) -> Option<Notification> {
    let former = || unpack::<Former>(FORMER, body).map(Stored::from);
    let stored = unpack(VERSION, body).or_else(former)?;
    let kind = read_kind(stored.kind)?;
    Some(Notification {
        id,
        channel: stored.channel.parse().ok()?,
        subject: read_subject(stored.subject, began(&kind))?,
        kind,
        made_at: Timestamp::from_millis(stored.made_at),
        attempts: stored.attempts,
        next_attempt_at: Timestamp::from_millis(stored.next_attempt_at),
        state: read_state(stored.state)?,
    })
}

fn store_subject(subject: &Subject) -> StoredSubject {
    match subject {
        Subject::Incident(matter) => {
            StoredSubject::Incident(serde_json::to_string(matter).expect("it holds nothing that JSON cannot write"))
        }
        Subject::Monitor(fault) => StoredSubject::Monitor(fault.clone()),
        Subject::Maintenance(planned) => {
            StoredSubject::Maintenance(serde_json::to_string(planned).expect("it holds nothing that JSON cannot write"))
        }
        Subject::Drill(drill) => {
            StoredSubject::Drill(serde_json::to_string(drill).expect("it holds nothing that JSON cannot write"))
        }
    }
}

fn read_subject(stored: StoredSubject, since: Timestamp) -> Option<Subject> {
    Some(match stored {
        StoredSubject::Component { id, name } => {
            Subject::Incident(Box::new(Matter::outage(id.parse().ok()?, name, since)))
        }
        StoredSubject::Incident(json) => Subject::Incident(Box::new(serde_json::from_str(&json).ok()?)),
        StoredSubject::Monitor(fault) => Subject::Monitor(fault),
        StoredSubject::Maintenance(json) => Subject::Maintenance(Box::new(serde_json::from_str(&json).ok()?)),
        StoredSubject::Drill(json) => Subject::Drill(Box::new(serde_json::from_str(&json).ok()?)),
    })
}

/// When what a message tells began.
fn began(kind: &Kind) -> Timestamp {
    match kind {
        Kind::Down { since, .. }
        | Kind::Grown { since, .. }
        | Kind::Overdue { since, .. }
        | Kind::Reminder { since, .. }
        | Kind::Acknowledged { since, .. }
        | Kind::Closed { since, .. }
        | Kind::Recovered { since, .. }
        | Kind::WasDown { since, .. }
        | Kind::Noticed { since, .. } => *since,
    }
}

fn store_kind(kind: &Kind) -> StoredKind {
    match kind {
        Kind::Down { since, cause } => {
            StoredKind::Down { since: since.as_millis(), cause: cause.as_ref().map(store_cause) }
        }
        Kind::Grown { since, cause } => {
            StoredKind::Grown { since: since.as_millis(), cause: cause.as_ref().map(store_cause) }
        }
        Kind::Overdue { since, promised } => {
            StoredKind::Overdue { since: since.as_millis(), promised: promised.as_millis() }
        }
        Kind::Reminder { since, cause, number } => {
            StoredKind::Reminder { since: since.as_millis(), cause: cause.as_ref().map(store_cause), number: *number }
        }
        Kind::Acknowledged { since, at, by } => StoredKind::Acknowledged {
            since: since.as_millis(),
            at: at.as_millis(),
            by: serde_json::to_string(by).expect("it holds nothing that JSON cannot write"),
        },
        Kind::Closed { since, at, by } => StoredKind::Closed {
            since: since.as_millis(),
            at: at.as_millis(),
            by: serde_json::to_string(by).expect("it holds nothing that JSON cannot write"),
        },
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
        Kind::Noticed { since, until, times } => {
            StoredKind::Noticed { since: since.as_millis(), until: until.as_millis(), times: *times }
        }
    }
}

fn read_kind(stored: StoredKind) -> Option<Kind> {
    let at = Timestamp::from_millis;
    Some(match stored {
        StoredKind::Down { since, cause } => Kind::Down { since: at(since), cause: read_cause(cause)? },
        StoredKind::Grown { since, cause } => Kind::Grown { since: at(since), cause: read_cause(cause)? },
        StoredKind::Reminder { since, cause, number } => {
            Kind::Reminder { since: at(since), cause: read_cause(cause)?, number }
        }
        StoredKind::Acknowledged { since, at: taken, by } => {
            Kind::Acknowledged { since: at(since), at: at(taken), by: serde_json::from_str(&by).ok()? }
        }
        StoredKind::Closed { since, at: closed, by } => {
            Kind::Closed { since: at(since), at: at(closed), by: serde_json::from_str(&by).ok()? }
        }
        StoredKind::Overdue { since, promised } => Kind::Overdue { since: at(since), promised: at(promised) },
        StoredKind::Recovered { since, until } => Kind::Recovered { since: at(since), until: at(until) },
        StoredKind::WasDown { since, until, times, total_ms, cause } => Kind::WasDown {
            since: at(since),
            until: at(until),
            times,
            total: Duration::from_millis(total_ms),
            cause: read_cause(cause)?,
        },
        StoredKind::Noticed { since, until, times } => Kind::Noticed { since: at(since), until: at(until), times },
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
    use crate::notify::{Event, Kind};

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
            subject: Subject::Incident(Box::new(Matter::outage(
                "cloud".parse().expect("an id"),
                "Nextcloud".into(),
                since,
            ))),
            detected_at: since,
            kind: Kind::Down { since, cause: Some(cause) },
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
            Kind::WasDown { since: at, until: at, times: 2, total, cause: cause.clone() },
            Kind::Grown { since: at, cause: cause.clone() },
            Kind::Reminder { since: at, cause, number: 2 },
            Kind::Acknowledged { since: at, at, by: crate::incident::Actor::Channel("sms".into()) },
            Kind::Overdue { since: at, promised: at },
            Kind::Closed { since: at, at, by: crate::incident::Actor::Operator("ada".into()) },
            Kind::Noticed { since: at, until: at, times: 3 },
        ];
        let monitor = Subject::Monitor(Fault::LowSpace { free: 1, reserve: 2 });
        let states = [
            State::Pending,
            State::Delivered { at, receipt: Some("x".into()) },
            State::Abandoned { at, error: "no".into() },
            State::Merged { into: down.id.clone() },
        ];
        for (kind, state) in kinds.iter().flat_map(|kind| states.iter().map(move |state| (kind, state))) {
            for subject in [&down.subject, &monitor] {
                let (kind, state, subject) = (kind.clone(), state.clone(), subject.clone());
                let stored = Notification { kind, state, subject, attempts: 3, ..down.clone() };
                assert_eq!(decode(stored.id.clone(), &encode(&stored)), Some(stored));
            }
        }
    }

    /// The notification above as the version before named it and wrote it.
    const FORMER_ID: &str = "5c4cc1f6196d6269ff6f5adf3578b0c2";
    const FORMER_ROW: &[u8] = b"\x01\x05phone\x05cloud\x09Nextcloud\x00\x80\xf8\xb2\xe5\xbdh\x01\x0bcloud/login\x0bhttp_status\x0f502 Bad Gateway\x01\xf6\x03\x01\x04lyon\x80\xf8\xb2\xe5\xbdh\x00\x80\xf8\xb2\xe5\xbdh\x00";

    #[test]
    fn a_row_of_the_former_version_reads_as_the_incident_of_its_component_under_its_former_id() {
        let id: NotificationId = FORMER_ID.parse().expect("an id");
        assert_eq!(decode(id.clone(), FORMER_ROW), Some(Notification { id, ..notification() }));
    }

    /// As it was written before an incident could be closed while something fails.
    const EARLIER_ROW: &[u8] = b"\x02\x05phone\x02\xa9\x01{\"id\":\"kctbh9vrtdwd\",\"title\":null,\"finding\":null,\"dependency\":null,\"impact\":\"major\",\"first\":[{\"id\":\"cloud\",\"name\":\"Nextcloud\"}],\"components\":1,\"lead\":null,\"growth\":null}\x07\x80\xf8\xb2\xe5\xbdh\xc0\xa1\xba\xe5\xbdh\x12{\"operator\":\"ada\"}\xc0\xa1\xba\xe5\xbdh\x00\xc0\xa1\xba\xe5\xbdh\x00";

    #[test]
    fn a_row_of_before_messages_could_say_what_still_fails_reads_as_it_was_meant() {
        let row = decode(FORMER_ID.parse().expect("an id"), EARLIER_ROW).expect("it reads");
        let at = Timestamp::from_millis(1_795_000_060_000);
        let since = Timestamp::from_millis(1_795_000_000_000);
        let by = crate::incident::Actor::Operator("ada".into());
        assert_eq!((row.kind, row.made_at), (Kind::Acknowledged { since, at, by }, at));
        let Subject::Incident(matter) = row.subject else { panic!("it is about an incident") };
        assert_eq!((matter.still, matter.closed_before, matter.components), (None, None, 1));
    }
}
