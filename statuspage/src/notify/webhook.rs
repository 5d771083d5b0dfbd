//! `kind = "webhook"`: a JSON document is posted, any 2xx is success.
//!
//! It does not know who reads it. The document is stable; fields may be added, none is renamed or removed within `version` 1:
//!
//! ```json
//! {
//!   "version": 1,
//!   "id": "4f6c…",                             the same at each attempt, also in the header Idempotency-Key
//!   "event": "down",                           or "recovered", or "was_down" (down and up before anything could be sent)
//!   "site": "Collective",
//!   "component": { "id": "cloud", "name": "Nextcloud" },
//!   "reason": {                                null when recovered, or when it is not known
//!     "kind": "http_status", "detail": "502 Bad Gateway", "probe": "cloud/login",
//!     "http_status": 502, "locations": ["lyon"]
//!   },
//!   "since": "2026-11-22T13:02:00.000Z",       the first failing observation
//!   "until": null,                             the first good one, for recovered and was_down
//!   "times": 1,                                how many outages this tells, for was_down
//!   "down_seconds": null,                      how long they were together, for recovered and was_down
//!   "detected_at": "2026-11-22T13:02:10.000Z",
//!   "sent_at": "2026-11-22T13:02:10.000Z",
//!   "text": "DOWN Nextcloud: 502 Bad Gateway (cloud/login), since 14:02",
//!   "notes": ["Seen from lyon."],
//!   "link": "https://status.example.org/services/cloud"
//! }
//! ```

use http::{HeaderMap, HeaderValue, header};
use serde_json::{Value, json};
use shared::Timestamp;
use url::Url;

use super::{
    Cause, ChannelName, Client, InvalidChannel, Kind, Message, Notification, Refusal, SecretUrl, Voice, WebhookConfig,
    channel, client::IDEMPOTENCY_KEY,
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
        Kind::Down { since, cause } => (since, None, 1, None, cause.as_ref()),
        Kind::Recovered { since, until } => (since, Some(until), 1, Some(until.since(*since)), None),
        Kind::WasDown { since, until, times, total, cause } => {
            (since, Some(until), *times, Some(*total), cause.as_ref())
        }
    };
    json!({
        "version": 1,
        "id": notification.id.as_str(),
        "event": notification.kind.word(),
        "site": voice.site,
        "component": { "id": notification.component, "name": notification.name },
        "reason": cause.map(reason),
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

fn reason(cause: &Cause) -> Value {
    json!({
        "kind": cause.kind.word(),
        "detail": cause.detail,
        "probe": cause.probe,
        "http_status": cause.http_status,
        "locations": cause.locations,
    })
}
