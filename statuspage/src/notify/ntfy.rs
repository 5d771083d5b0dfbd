//! `kind = "ntfy"`: publishes to a topic of an ntfy server (JSON to its root, as ntfy's documentation has it).
//!
//! It does not know who subscribed. Success is a 200 whose JSON holds the message's `id`: a proxy's page in between is none.

use http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ChannelName, Client, InvalidChannel, Kind, Message, Notification, NtfyConfig, Refusal, SecretUrl, Subject, channel,
};

/// A topic that is ready to use.
#[derive(Debug, Clone)]
pub struct Ntfy {
    url: SecretUrl,
    topic: prober::definition::Secret,
    headers: HeaderMap,
}

/// Whether ntfy takes a text as a topic.
pub(crate) fn is_topic(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

/// What of the answer matters.
#[derive(Deserialize)]
struct Receipt {
    id: String,
}

impl Ntfy {
    pub(super) fn new(name: &ChannelName, config: &NtfyConfig) -> Result<Self, InvalidChannel> {
        if !is_topic(config.topic.reveal()) {
            return Err(InvalidChannel::Topic(name.clone()));
        }
        let mut headers = HeaderMap::new();
        if let Some(token) = channel::bearer(name, config.token.as_ref())? {
            headers.insert(header::AUTHORIZATION, token);
        }
        Ok(Self { url: config.url.clone(), topic: config.topic.clone(), headers })
    }

    pub(super) async fn deliver(
        &self,
        client: &Client,
        notification: &Notification,
        message: &Message,
    ) -> Result<Option<String>, Refusal> {
        let document = self.document(notification, message);
        let answer = client.post_json(self.url.reveal(), self.headers.clone(), &document).await?;
        match serde_json::from_slice::<Receipt>(&answer.body) {
            Ok(receipt) => Ok(Some(receipt.id)),
            Err(_) => Err(Refusal::later("the answer is not ntfy's: it names no message id")),
        }
    }

    fn document(&self, notification: &Notification, message: &Message) -> Value {
        // "High" makes phones ring through long vibration; the highest is left to escalation.
        let (priority, tag) = match (&notification.subject, &notification.kind) {
            (Subject::Maintenance(_), _) => (3, "wrench"),
            (Subject::Incident(_), Kind::Down { .. } | Kind::Grown { .. } | Kind::Noticed { .. }) => (4, "red_circle"),
            (Subject::Incident(_), Kind::Overdue { .. }) => (4, "alarm_clock"),
            (
                Subject::Monitor(_),
                Kind::Down { .. } | Kind::Grown { .. } | Kind::Overdue { .. } | Kind::Noticed { .. },
            ) => (4, "warning"),
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
        if let (Some(fields), Some(link)) = (document.as_object_mut(), &message.link) {
            fields.insert("click".to_owned(), json!(link.as_str()));
        }
        document
    }
}
