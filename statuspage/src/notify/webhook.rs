//! `kind = "webhook"`: a JSON document is posted, any 2xx is success.
//!
//! It does not know who reads it. The document is stable; fields may be added, none is renamed or removed within `version` 1:
//!
//! ```json
//! {
//!   "version": 1,
//!   "id": "4f6c…",                             the same at each attempt, also in the header Idempotency-Key
//!   "event": "down",                           an incident began; "grown": it has doubled or got worse; "overdue": a promised update
//!                                              has not come; "recovered": it is over; "was_down" (it began and ended before
//!                                              anything could be sent);
//!                                              of the monitor itself: "fault", "fault_over", "was_fault"
//!   "site": "Collective",
//!   "component": { "id": "cloud", "name": "Nextcloud" },       that failed first; null when it is about the monitor itself
//!   "incident": {                              null when it is about the monitor itself
//!     "id": "kctbh9vrtdwd",
//!     "title": null,                           an operator's, where there is one
//!     "impact": "major",
//!     "finding": { "kind": "http_status", "http_status": 502, "components": 200, "address": "192.0.2.10", "dependency": null },
//!     "components": [{ "id": "cloud", "name": "Nextcloud" }],    that failed first, at most ten
//!     "component_count": 200                   how many it touches in all
//!   },
//!   "monitor": null,                           or, when it is about the monitor itself, its fault; "facts" differ by fault:
//!                                              { "fault": "low_space", "lasting": true, "facts": { "free": 81, "reserve": 1000 } }
//!   "maintenance": null,                       or, when it is about planned maintenance ("event": "maintenance_announced", "…_moved",
//!                                              "…_begins", "…_ends", "…_cancelled"), that: { "id": "…", "title": "Updates",
//!                                              "concerns": ["Bureau"], "starts_at": "…", "ends_at": "…" }; everything when "concerns" is empty
//!   "reason": {                                null when recovered, or when it is not known
//!     "kind": "http_status", "detail": "502 Bad Gateway", "probe": "cloud/login",
//!     "http_status": 502, "locations": ["lyon"]
//!   },
//!   "promised_at": null,                       for overdue: when the update was promised for
//!   "since": "2026-11-22T13:02:00.000Z",       the first failing observation, or when the fault was found
//!   "until": null,                             the first good one, for recovered, was_down, fault_over and was_fault
//!   "times": 1,                                how many outages or faults this tells
//!   "down_seconds": null,                      how long they were together, where there is an end
//!   "detected_at": "2026-11-22T13:02:10.000Z",
//!   "sent_at": "2026-11-22T13:02:10.000Z",
//!   "text": "DOWN Nextcloud: 502 Bad Gateway (cloud/login), since 14:02",
//!   "notes": ["Seen from lyon."],
//!   "link": "https://status.example.org/incidents/kctbh9vrtdwd"
//! }
//! ```
//!
//! Faults that last (`"lasting": true`, with a `fault_over` to come) are `low_space`, `no_space` and `failing`; the others are told
//! once: `set_aside`, `gone`, `corrupt_rows`, `dropped`, `restored_from`, `damaged_files`,
//! `missing_files`, `not_sealed`, `lost_writes`.

use http::{HeaderMap, HeaderValue, header};
use serde_json::{Value, json};
use shared::Timestamp;
use url::Url;

use super::{
    Cause, ChannelName, Client, Course, Fault, InvalidChannel, Kind, Matter, Message, Notification, Planned, Refusal,
    SecretUrl, Subject, Voice, WebhookConfig, channel, client::IDEMPOTENCY_KEY,
};

/// A webhook that is ready to use.
#[derive(Debug, Clone)]
pub struct Webhook {
    url: SecretUrl,
    headers: HeaderMap,
}

impl Webhook {
    pub(super) fn new(name: &ChannelName, config: &WebhookConfig) -> Result<Self, InvalidChannel> {
        let mut headers = HeaderMap::new();
        for (header, value) in &config.headers {
            headers.append(header.clone(), channel::secret_header(name, header, value.reveal())?);
        }
        if let Some(token) = channel::bearer(name, config.token.as_ref())? {
            headers.insert(header::AUTHORIZATION, token);
        }
        Ok(Self { url: config.url.clone(), headers })
    }

    pub(super) async fn deliver(
        &self,
        client: &Client,
        notification: &Notification,
        message: &Message,
        voice: &Voice,
        now: Timestamp,
    ) -> Result<Option<String>, Refusal> {
        let mut headers = self.headers.clone();
        if let Ok(id) = HeaderValue::from_str(notification.id.as_str()) {
            headers.insert(IDEMPOTENCY_KEY, id);
        }
        client.post_json(self.url.reveal(), headers, &document(notification, message, voice, now)).await?;
        Ok(None)
    }
}

fn document(notification: &Notification, message: &Message, voice: &Voice, now: Timestamp) -> Value {
    let (since, until, times, down, cause) = match &notification.kind {
        Kind::Down { since, cause } | Kind::Grown { since, cause } => (since, None, 1, None, cause.as_ref()),
        Kind::Overdue { since, promised: _ } => (since, None, 1, None, None),
        Kind::Recovered { since, until } => (since, Some(until), 1, Some(until.since(*since)), None),
        Kind::WasDown { since, until, times, total, cause } => {
            (since, Some(until), *times, Some(*total), cause.as_ref())
        }
        Kind::Noticed { since, until: _, times } => (since, None, *times, None, None),
    };
    let (component, incident, monitor, maintenance) = match &notification.subject {
        Subject::Incident(matter) => (json!(matter.first.first()), affair(matter), Value::Null, Value::Null),
        Subject::Monitor(fault) => (Value::Null, Value::Null, trouble(fault), Value::Null),
        Subject::Maintenance(planned) => (Value::Null, Value::Null, Value::Null, work(planned)),
    };
    let promised = match &notification.kind {
        Kind::Overdue { promised, .. } => Some(promised),
        Kind::Down { .. }
        | Kind::Grown { .. }
        | Kind::Recovered { .. }
        | Kind::WasDown { .. }
        | Kind::Noticed { .. } => None,
    };
    json!({
        "version": 1,
        "id": notification.id.as_str(),
        "event": notification.word(),
        "site": voice.site,
        "component": component,
        "incident": incident,
        "monitor": monitor,
        "maintenance": maintenance,
        "reason": cause.map(reason),
        "promised_at": promised,
        "since": since,
        "until": until,
        "times": times,
        "down_seconds": down.map(|down| down.as_secs()),
        "detected_at": notification.made_at,
        "sent_at": now,
        "text": message.headline(),
        "notes": message.notes,
        "link": message.link.as_ref().map(Url::as_str),
    })
}

fn work(planned: &Planned) -> Value {
    json!({
        "id": planned.id,
        "title": planned.title,
        "concerns": planned.concerns,
        "starts_at": planned.starts_at,
        "ends_at": planned.ends_at,
    })
}

fn affair(matter: &Matter) -> Value {
    json!({
        "id": matter.id,
        "title": matter.title,
        "impact": matter.impact,
        "finding": matter.finding,
        "components": matter.first,
        "component_count": matter.components,
    })
}

fn trouble(fault: &Fault) -> Value {
    // A variant with named fields is an object of one field: its word, and under it the facts.
    let document = match fault {
        Fault::Watch(fault) => json!(fault),
        fault => json!(fault),
    };
    let facts = document.as_object().and_then(|variant| variant.values().next().cloned());
    json!({
        "fault": fault.kind().word(),
        "lasting": fault.kind().course() == Course::Lasting,
        "facts": facts,
    })
}

fn reason(cause: &Cause) -> Value {
    json!({
        "kind": cause.kind.word(),
        "detail": cause.detail,
        "probe": cause.probe,
        "http_status": cause.http_status,
        "locations": cause.locations,
    })
}
