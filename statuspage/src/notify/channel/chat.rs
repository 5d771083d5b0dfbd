//! `kind = "chat"`: the incoming webhooks of Mattermost, Rocket.Chat and Slack.
//!
//! It does not know which of them listens: all take `{"text": …}`. Success is `ok` (Slack, Mattermost) or `{"success":true}`
//! (Rocket.Chat) behind a 200. A chat on what is watched dies with it: it belongs at the end of a policy.

use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::{Parcel, Receipt};
use crate::notify::{Refusal, SecretUrl, client::Answer};

/// `kind = "chat"`: `url`, `channel`.
#[derive(Debug, Clone)]
pub struct ChatConfig {
    /// The webhook; whoever knows it can write there.
    pub url: SecretUrl,
    /// Another room than the webhook's own, where the chat allows that.
    pub channel: Option<String>,
}

/// A room of a chat.
#[derive(Debug, Clone)]
pub struct Chat {
    config: ChatConfig,
}

/// What Rocket.Chat answers.
#[derive(Default, Deserialize)]
#[serde(default)]
struct RocketChat {
    success: Option<bool>,
    error: String,
}

impl Chat {
    pub(super) fn new(config: &ChatConfig) -> Self {
        Self { config: config.clone() }
    }

    pub(super) async fn deliver(&self, parcel: Parcel<'_>) -> Result<Receipt, Refusal> {
        let mut document = json!({ "text": tame(&parcel.message.whole()) });
        if let (Some(fields), Some(channel)) = (document.as_object_mut(), &self.config.channel) {
            fields.insert("channel".to_owned(), json!(channel));
        }
        let answer = parcel.client.post_json(self.config.url.reveal(), HeaderMap::new(), &document).await?;
        judge(&answer)
    }
}

fn judge(answer: &Answer) -> Result<Receipt, Refusal> {
    let text = String::from_utf8_lossy(&answer.body);
    let rocket: RocketChat = answer.json().unwrap_or_default();
    match (answer.status, rocket.success) {
        (StatusCode::OK, Some(true)) => Ok(Receipt::default()),
        (StatusCode::OK, None) if text.trim().eq_ignore_ascii_case("ok") => Ok(Receipt::default()),
        (_, Some(false)) => {
            Err(Refusal::later(format!("Rocket.Chat did not take it ({})", answer.status)).because(&rocket.error))
        }
        (StatusCode::OK, _) => Err(Refusal::later("the answer is not that of a chat: neither `ok` nor `success`")),
        // What Slack says of a room or webhook that is gone: an operator may mend it. Of the message itself: never.
        (status, _) if status.is_client_error() && matches!(text.trim(), "invalid_payload" | "no_text") => {
            Err(Refusal::never(format!("the chat did not take the message ({status})")).because(&text))
        }
        (StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::FORBIDDEN | StatusCode::GONE, _) => {
            Err(Refusal::later(format!("the chat did not take it ({})", answer.status)).because(word(&text)))
        }
        (_, _) => Err(answer.refusal()),
    }
}

/// Slack's one-word reasons; a proxy's page says nothing.
fn word(text: &str) -> &str {
    let text = text.trim();
    let short = text.len() <= 64 && text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    if short { text } else { "" }
}

/// Names of people and rooms ring nobody who was not meant, and nothing is taken for markup of Slack's.
fn tame(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('@', "@\u{200b}")
}
