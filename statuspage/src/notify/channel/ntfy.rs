//! `kind = "ntfy"`: publishes to a topic of an ntfy server (JSON to its root, as ntfy's documentation has it).
//!
//! It does not know who subscribed. Success is a 200 whose JSON holds the message's `id`: a proxy's page in between is none.

use http::{HeaderMap, StatusCode};
use prober::definition::Secret;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ChannelName, InvalidChannel, Parcel, Receipt, bearer};
use crate::notify::{Kind, Message, Notification, Refusal, SecretUrl, Subject};

/// `kind = "ntfy"`: `url`, `topic`, `token`.
#[derive(Debug, Clone)]
pub struct NtfyConfig {
    /// The server's root, such as `https://ntfy.sh/`. Not one that runs on what is watched: it dies with it.
    pub url: SecretUrl,
    /// The topic; whoever knows it reads along, so it is treated as a secret.
    pub topic: Secret,
    /// An access token (`tk_…`).
    pub token: Option<Secret>,
}

/// A topic that is ready to use.
#[derive(Debug, Clone)]
pub struct Ntfy {
    url: SecretUrl,
    topic: Secret,
    headers: HeaderMap,
}

/// Whether ntfy takes a text as a topic.
pub(crate) fn is_topic(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

/// What of the answer matters.
#[derive(Deserialize)]
struct Published {
    id: String,
}

impl Ntfy {
    pub(super) fn new(name: &ChannelName, config: &NtfyConfig) -> Result<Self, InvalidChannel> {
        if !is_topic(config.topic.reveal()) {
            return Err(InvalidChannel::Topic(name.clone()));
        }
        let headers = bearer(name, config.token.as_ref())?;
        Ok(Self { url: config.url.clone(), topic: config.topic.clone(), headers })
    }

    pub(super) fn secrets(&self) -> Vec<&str> {
        vec![self.topic.reveal()]
    }

    pub(super) async fn deliver(&self, parcel: Parcel<'_>) -> Result<Receipt, Refusal> {
        let document = self.document(parcel.notification, parcel.message);
        let answer = parcel.client.post_json(self.url.reveal(), self.headers.clone(), &document).await?.success()?;
        match answer.json::<Published>() {
            Some(published) if answer.status == StatusCode::OK => Ok(Receipt::of(published.id)),
            Some(_) | None => Err(Refusal::later("the answer is not ntfy's: it names no message id")),
        }
    }

    fn document(&self, notification: &Notification, message: &Message) -> Value {
        // "High" makes phones ring through long vibration; the highest is left to escalation.
        let (priority, tag) = match (&notification.subject, &notification.kind) {
            (Subject::Maintenance(_), _) => (3, "wrench"),
            (Subject::Drill(_), _) => (3, "bell"),
            (Subject::Incident(_) | Subject::Monitor(_), Kind::Acknowledged { .. }) => (3, "raised_hand"),
            (Subject::Incident(_), Kind::Down { .. } | Kind::Grown { .. } | Kind::Noticed { .. }) => (4, "red_circle"),
            (Subject::Incident(_), Kind::Overdue { .. } | Kind::Reminder { .. }) => (4, "alarm_clock"),
            (
                Subject::Monitor(_),
                Kind::Down { .. }
                | Kind::Grown { .. }
                | Kind::Overdue { .. }
                | Kind::Reminder { .. }
                | Kind::Noticed { .. },
            ) => (4, "warning"),
            (Subject::Incident(_) | Subject::Monitor(_), Kind::Closed { .. }) => (4, "warning"),
            (Subject::Incident(_) | Subject::Monitor(_), Kind::Recovered { .. } | Kind::WasDown { .. }) => {
                (3, "green_circle")
            }
        };
        let mut document = json!({
            "topic": self.topic.reveal(),
            "title": message.subject,
            "message": message.body(),
            "priority": priority,
            "tags": [tag],
        });
        let Some(fields) = document.as_object_mut() else { return document };
        if let Some(link) = &message.link {
            fields.insert("click".to_owned(), json!(link.as_str()));
        }
        if let Some(link) = &message.acknowledge {
            let action = json!({ "action": "view", "label": message.to_acknowledge(), "url": link.as_str() });
            fields.insert("actions".to_owned(), json!([action]));
        }
        document
    }
}
