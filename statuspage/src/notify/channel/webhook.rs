//! `kind = "webhook"`: a JSON document is posted, or what a template makes of it; any 2xx is success.
//!
//! It does not know who reads it. A template sees the fields of the document under the same names. The document is stable; fields may be added, none is renamed or removed within `version` 1:
//!
//! ```json
//! {
//!   "version": 1,
//!   "id": "4f6c…",                             the same at each attempt, also in the header Idempotency-Key
//!   "event": "down",                           an incident began; "grown": it has doubled or got worse; "overdue": a promised update
//!                                              has not come; "reminder": nobody has taken it; "acknowledged": somebody has; "drill": a
//!                                              message that only proves the channel; "recovered": it is over; "closed": an operator
//!                                              ended it and something may still fail; "was_down" (it began and ended before
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
//!   "drill": null,                             or, for "drill", its figures: { "week": 47, "services": 42, … }
//!   "acknowledged_by": null,                   for acknowledged: who
//!   "reminder": null,                          for reminder: the how manieth
//!   "promised_at": null,                       for overdue: when the update was promised for
//!   "since": "2026-11-22T13:02:00.000Z",       the first failing observation, or when the fault was found
//!   "until": null,                             the first good one, for recovered, was_down, fault_over and was_fault
//!   "times": 1,                                how many outages or faults this tells
//!   "down_seconds": null,                      how long they were together, where there is an end
//!   "detected_at": "2026-11-22T13:02:10.000Z",
//!   "sent_at": "2026-11-22T13:02:10.000Z",
//!   "text": "DOWN Nextcloud: 502 Bad Gateway (cloud/login), since 14:02",
//!   "notes": ["Seen from lyon."],
//!   "link": "https://status.example.org/incidents/kctbh9vrtdwd",
//!   "acknowledge": "https://status.example.org/a/…"    a page with a button by which whoever reads this takes it; null when it is over
//! }
//! ```
//!
//! Faults that last (`"lasting": true`, with a `fault_over` to come) are `low_space`, `no_space` and `failing`; the others are told
//! once: `set_aside`, `gone`, `corrupt_rows`, `dropped`, `restored_from`, `damaged_files`,
//! `missing_files`, `not_sealed`, `lost_writes`.

mod template;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use prober::definition::Secret;
use serde_json::{Value, json};
use shared::Timestamp;
use url::Url;

use super::{ChannelName, InvalidChannel, Parcel, Receipt, bearer, secret_header};
use crate::notify::{
    Cause, Course, Fault, Kind, Matter, Message, Notification, Planned, Refusal, SecretUrl, Subject, Voice,
    client::IDEMPOTENCY_KEY, wording,
};

pub use template::{Template, TemplateFault};

/// `kind = "webhook"`: `url`, `token`, `headers`, `template`, `content_type`.
#[derive(Debug, Clone)]
pub struct WebhookConfig {
    /// Where it is posted. Many services put a secret into its path.
    pub url: SecretUrl,
    /// Sent as `Authorization: Bearer …`.
    pub token: Option<Secret>,
    /// Added to the request.
    pub headers: Vec<(HeaderName, Secret)>,
    /// What is posted in place of the document.
    pub template: Option<Template>,
}

/// A webhook that is ready to use.
#[derive(Debug, Clone)]
pub struct Webhook {
    url: SecretUrl,
    headers: HeaderMap,
    template: Option<Template>,
}

impl Webhook {
    pub(super) fn new(name: &ChannelName, config: &WebhookConfig) -> Result<Self, InvalidChannel> {
        let mut headers = HeaderMap::new();
        for (header, value) in &config.headers {
            headers.append(header.clone(), secret_header(name, header, value.reveal())?);
        }
        headers.extend(bearer(name, config.token.as_ref())?);
        Ok(Self { url: config.url.clone(), headers, template: config.template.clone() })
    }

    pub(super) async fn deliver(&self, parcel: Parcel<'_>) -> Result<Receipt, Refusal> {
        let mut headers = self.headers.clone();
        if let Ok(id) = HeaderValue::from_str(parcel.notification.id.as_str()) {
            headers.insert(IDEMPOTENCY_KEY, id);
        }
        let document = document(parcel.notification, parcel.message, parcel.voice, parcel.now);
        let (kind, body) = match &self.template {
            None => (HeaderValue::from_static("application/json"), document.to_string()),
            Some(template) => {
                let made = template.fill(&document);
                (template.content_type(), made.map_err(|fault| Refusal::never(fault.to_string()))?)
            }
        };
        headers.insert(header::CONTENT_TYPE, kind);
        parcel.client.post(self.url.reveal(), headers, body.into_bytes()).await?.success()?;
        Ok(Receipt::default())
    }
}

fn document(notification: &Notification, message: &Message, voice: &Voice, now: Timestamp) -> Value {
    let kind = &notification.kind;
    let (since, until, times, down, cause) = match kind {
        Kind::Down { since, cause } | Kind::Grown { since, cause } | Kind::Reminder { since, cause, number: _ } => {
            (since, None, 1, None, cause.as_ref())
        }
        // Nothing is known of its end but that somebody says so.
        Kind::Closed { since, at: _, by: _ } => (since, None, 1, None, None),
        Kind::Overdue { since, promised: _ } | Kind::Acknowledged { since, at: _, by: _ } => {
            (since, None, 1, None, None)
        }
        Kind::Recovered { since, until } => (since, Some(until), 1, Some(until.since(*since)), None),
        Kind::WasDown { since, until, times, total, cause } => {
            (since, Some(until), *times, Some(*total), cause.as_ref())
        }
        Kind::Noticed { since, until: _, times } => (since, None, *times, None, None),
    };
    let subject = &notification.subject;
    let incident = subject.incident();
    let (monitor, maintenance, drill) = match subject {
        Subject::Incident(_) => (None, None, None),
        Subject::Monitor(fault) => (Some(trouble(fault)), None, None),
        Subject::Maintenance(planned) => (None, Some(work(planned)), None),
        Subject::Drill(drill) => (None, None, Some(json!(drill))),
    };
    json!({
        "version": 1,
        "id": notification.id.as_str(),
        "event": notification.word(),
        "site": voice.site,
        "component": incident.and_then(|matter| matter.first.first()),
        "incident": incident.map(affair),
        "monitor": monitor,
        "maintenance": maintenance,
        "drill": drill,
        "reason": cause.map(reason),
        "promised_at": kind.promised(),
        "acknowledged_by": kind.taken_by().map(|by| wording::who(by, voice.language)),
        "reminder": kind.reminder(),
        "since": since,
        "until": until,
        "times": times,
        "down_seconds": down.map(|down| down.as_secs()),
        "detected_at": notification.made_at,
        "sent_at": now,
        "text": message.headline(),
        "notes": message.notes,
        "link": message.link.as_ref().map(Url::as_str),
        "acknowledge": message.acknowledge.as_ref().map(Url::as_str),
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

/// One document of each event, as templates are tried with.
fn samples() -> Vec<Value> {
    let voice = Voice::sample();
    let sampled = Notification::samples();
    sampled.iter().map(|row| document(row, &voice.say(row, row.made_at), &voice, row.made_at)).collect()
}
