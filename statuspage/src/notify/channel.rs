//! The channels that messages leave by: a closed set, one file each.
//!
//! It does not know how settings are written nor which message is due.

use std::{fmt, str::FromStr, sync::Arc};

use http::{HeaderName, HeaderValue};
use prober::definition::Secret;
use shared::{InvalidId, Timestamp};

use super::{Client, Notification, Refusal, SecretUrl, Voice, ntfy, webhook};

/// A channel's name in the settings; the same letters as an id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelName(Arc<str>);

impl ChannelName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ChannelName {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        text.parse::<shared::ComponentId>().map(|id| Self(id.as_str().into()))
    }
}

impl fmt::Display for ChannelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One `[[channel]]` of the settings, checked.
#[derive(Debug, Clone)]
pub struct ChannelConfig {
    /// Unique among the channels.
    pub name: ChannelName,
    /// What it is.
    pub kind: ChannelKind,
}

/// The kinds of channels with what each needs.
#[derive(Debug, Clone)]
pub enum ChannelKind {
    /// `kind = "webhook"`.
    Webhook(WebhookConfig),
    /// `kind = "ntfy"`.
    Ntfy(NtfyConfig),
}

/// `kind = "webhook"`: `url`, `token`, `headers`.
#[derive(Debug, Clone)]
pub struct WebhookConfig {
    /// Where the JSON is posted. Many services put a secret into its path.
    pub url: SecretUrl,
    /// Sent as `Authorization: Bearer …`.
    pub token: Option<Secret>,
    /// Added to the request.
    pub headers: Vec<(HeaderName, Secret)>,
}

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

/// The settings of a channel cannot work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidChannel {
    /// Control characters in a secret that goes into a header.
    #[error("channel {channel}: the value of {header} holds characters that a header cannot carry")]
    Header {
        /// The channel.
        channel: ChannelName,
        /// The header.
        header: HeaderName,
    },
    /// Not a topic (ntfy: letters, digits, `-` and `_`, at most 64).
    #[error("channel {0}: a topic has 1 to 64 letters, digits, `-` or `_`")]
    Topic(ChannelName),
}

/// A channel that is ready to use.
#[derive(Debug, Clone)]
pub enum Channel {
    /// Posts JSON.
    Webhook(webhook::Webhook),
    /// Publishes to a topic.
    Ntfy(ntfy::Ntfy),
}

impl Channel {
    /// Makes a channel of its settings.
    ///
    /// # Errors
    ///
    /// When they cannot work, whatever the other side does.
    pub fn new(config: &ChannelConfig) -> Result<Self, InvalidChannel> {
        Ok(match &config.kind {
            ChannelKind::Webhook(webhook) => Self::Webhook(webhook::Webhook::new(&config.name, webhook)?),
            ChannelKind::Ntfy(ntfy) => Self::Ntfy(ntfy::Ntfy::new(&config.name, ntfy)?),
        })
    }

    /// Sends one message; `Ok` holds the channel's own id for it, where it gave one.
    pub(super) async fn deliver(
        &self,
        client: &Client,
        notification: &Notification,
        voice: &Voice,
        now: Timestamp,
    ) -> Result<Option<String>, Refusal> {
        let message = voice.say(notification, now);
        match self {
            Self::Webhook(webhook) => webhook.deliver(client, notification, &message, voice, now).await,
            Self::Ntfy(ntfy) => ntfy.deliver(client, notification, &message).await,
        }
    }
}

/// A header whose value is never printed.
pub(super) fn secret_header(
    channel: &ChannelName,
    header: &HeaderName,
    value: &str,
) -> Result<HeaderValue, InvalidChannel> {
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| InvalidChannel::Header { channel: channel.clone(), header: header.clone() })?;
    value.set_sensitive(true);
    Ok(value)
}

/// `Authorization: Bearer …`.
pub(super) fn bearer(channel: &ChannelName, token: Option<&Secret>) -> Result<Option<HeaderValue>, InvalidChannel> {
    token
        .map(|token| secret_header(channel, &http::header::AUTHORIZATION, &format!("Bearer {}", token.reveal())))
        .transpose()
}
