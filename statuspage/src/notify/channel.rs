//! The channels that messages leave by: a closed set, one file each.
//!
//! It does not know how settings are written nor which message is due.

pub(super) mod alertmanager;
mod chat;
mod email;
mod free_mobile;
mod matrix;
mod ntfy;
mod ovh_sms;
mod signal;
mod sms;
mod webhook;

use std::{fmt, str::FromStr, sync::Arc};

use http::{HeaderMap, HeaderName, HeaderValue, header};
use prober::definition::Secret;
use shared::{InvalidId, Timestamp};

use super::{Client, Message, Notification, Refusal, Voice};

pub use alertmanager::AlertmanagerConfig;
pub use chat::ChatConfig;
pub use email::EmailConfig;
pub use free_mobile::{FREE_MOBILE, FreeMobileConfig};
pub use matrix::MatrixConfig;
pub use ntfy::NtfyConfig;
pub(crate) use ntfy::is_topic;
pub use ovh_sms::{OVH_SMS, OvhSmsConfig};
pub use signal::SignalConfig;
pub use webhook::{Template, TemplateFault, WebhookConfig};

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

impl serde::Serialize for ChannelName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for ChannelName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
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
    /// `kind = "alertmanager"`.
    Alertmanager(AlertmanagerConfig),
    /// `kind = "chat"`.
    Chat(ChatConfig),
    /// `kind = "email"`.
    Email(EmailConfig),
    /// `kind = "free_mobile"`.
    FreeMobile(FreeMobileConfig),
    /// `kind = "matrix"`.
    Matrix(MatrixConfig),
    /// `kind = "ntfy"`.
    Ntfy(NtfyConfig),
    /// `kind = "ovh_sms"`.
    OvhSms(OvhSmsConfig),
    /// `kind = "signal"`.
    Signal(SignalConfig),
    /// `kind = "webhook"`.
    Webhook(WebhookConfig),
}

impl ChannelKind {
    /// The kind without what it needs.
    pub fn medium(&self) -> Medium {
        match self {
            Self::Alertmanager(_) => Medium::Alertmanager,
            Self::Chat(_) => Medium::Chat,
            Self::Email(_) => Medium::Email,
            Self::FreeMobile(_) => Medium::FreeMobile,
            Self::Matrix(_) => Medium::Matrix,
            Self::Ntfy(_) => Medium::Ntfy,
            Self::OvhSms(_) => Medium::OvhSms,
            Self::Signal(_) => Medium::Signal,
            Self::Webhook(_) => Medium::Webhook,
        }
    }
}

/// What a channel is, without what is private about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Medium {
    /// Prometheus' Alertmanager, which karma shows.
    Alertmanager,
    /// Mattermost, Rocket.Chat or Slack.
    Chat,
    /// E-mail to operators.
    Email,
    /// SMS to a subscriber of Free Mobile.
    FreeMobile,
    /// A room of Matrix.
    Matrix,
    /// A topic of ntfy.
    Ntfy,
    /// SMS by OVH.
    OvhSms,
    /// Signal.
    Signal,
    /// Any other program.
    Webhook,
}

impl Medium {
    /// The word of settings and documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Alertmanager => "alertmanager",
            Self::Chat => "chat",
            Self::Email => "email",
            Self::FreeMobile => "free_mobile",
            Self::Matrix => "matrix",
            Self::Ntfy => "ntfy",
            Self::OvhSms => "ovh_sms",
            Self::Signal => "signal",
            Self::Webhook => "webhook",
        }
    }

    /// How readers know it: names that are the same in every language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alertmanager => "Alertmanager",
            Self::Chat => "Chat",
            Self::Email => "E-mail",
            Self::FreeMobile | Self::OvhSms => "SMS",
            Self::Matrix => "Matrix",
            Self::Ntfy => "ntfy",
            Self::Signal => "Signal",
            Self::Webhook => "Webhook",
        }
    }

    /// Whether people read it, who can answer a drill.
    pub fn reaches_people(self) -> bool {
        match self {
            Self::Alertmanager => false,
            Self::Chat
            | Self::Email
            | Self::FreeMobile
            | Self::Matrix
            | Self::Ntfy
            | Self::OvhSms
            | Self::Signal
            | Self::Webhook => true,
        }
    }
}

/// What a channel says of a message that it took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    /// Its own id for the message, where it gave one.
    pub id: Option<String>,
    /// How much of what is paid beforehand is left, when that is little.
    pub low_credit: Option<LowCredit>,
}

/// Little is left of what is paid beforehand, in the provider's own unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LowCredit {
    /// What is left, as the provider writes it.
    pub left: String,
    /// What should be left at least.
    pub limit: u32,
}

impl Receipt {
    /// With the channel's own id for the message.
    pub fn of(id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), low_credit: None }
    }
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
    /// The key cannot be used.
    #[error("channel {channel}: {why}")]
    Key {
        /// The channel.
        channel: ChannelName,
        /// Why.
        why: String,
    },
    /// The relays cannot be used.
    #[error("channel {channel}: {why}")]
    Relay {
        /// The channel.
        channel: ChannelName,
        /// Why.
        why: String,
    },
}

/// A channel that is ready to use.
#[derive(Debug, Clone)]
pub enum Channel {
    /// Posts alerts to each peer.
    Alertmanager(alertmanager::Alertmanager),
    /// Posts to an incoming webhook of a chat.
    Chat(chat::Chat),
    /// Writes to operators.
    Email(email::Email),
    /// Sends SMS by Free Mobile.
    FreeMobile(free_mobile::FreeMobile),
    /// Sends to a room.
    Matrix(matrix::Matrix),
    /// Publishes to a topic.
    Ntfy(ntfy::Ntfy),
    /// Sends SMS by OVH.
    OvhSms(ovh_sms::OvhSms),
    /// Sends by Signal.
    Signal(signal::Signal),
    /// Posts JSON, or what a template makes.
    Webhook(webhook::Webhook),
}

/// A message on its way to a channel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parcel<'a> {
    pub(super) client: &'a Client,
    pub(super) notification: &'a Notification,
    pub(super) message: &'a Message,
    pub(super) voice: &'a Voice,
    pub(super) now: Timestamp,
}

impl Channel {
    /// Makes a channel of its settings.
    ///
    /// # Errors
    ///
    /// When they cannot work, whatever the other side does.
    pub fn new(config: &ChannelConfig) -> Result<Self, InvalidChannel> {
        let name = &config.name;
        Ok(match &config.kind {
            ChannelKind::Alertmanager(config) => Self::Alertmanager(alertmanager::Alertmanager::new(name, config)?),
            ChannelKind::Chat(config) => Self::Chat(chat::Chat::new(config)),
            ChannelKind::Email(config) => Self::Email(email::Email::new(name, config)?),
            ChannelKind::FreeMobile(config) => Self::FreeMobile(free_mobile::FreeMobile::new(config)),
            ChannelKind::Matrix(config) => Self::Matrix(matrix::Matrix::new(name, config)?),
            ChannelKind::Ntfy(config) => Self::Ntfy(ntfy::Ntfy::new(name, config)?),
            ChannelKind::OvhSms(config) => Self::OvhSms(ovh_sms::OvhSms::new(config)),
            ChannelKind::Signal(config) => Self::Signal(signal::Signal::new(name, config)?),
            ChannelKind::Webhook(config) => Self::Webhook(webhook::Webhook::new(name, config)?),
        })
    }

    /// Sends one message, and gives what the channel says of it.
    pub(super) async fn deliver(
        &self,
        client: &Client,
        notification: &Notification,
        voice: &Voice,
        now: Timestamp,
    ) -> Result<Receipt, Refusal> {
        let message = &voice.say(notification, now);
        let parcel = Parcel { client, notification, message, voice, now };
        let result = match self {
            Self::Alertmanager(channel) => channel.deliver(parcel).await,
            Self::Chat(channel) => channel.deliver(parcel).await,
            Self::Email(channel) => channel.deliver(parcel).await,
            Self::FreeMobile(channel) => channel.deliver(parcel).await,
            Self::Matrix(channel) => channel.deliver(parcel).await,
            Self::Ntfy(channel) => channel.deliver(parcel).await,
            Self::OvhSms(channel) => channel.deliver(parcel).await,
            Self::Signal(channel) => channel.deliver(parcel).await,
            Self::Webhook(channel) => channel.deliver(parcel).await,
        };
        result.map_err(|refusal| self.without_secrets(refusal))
    }

    /// Whoever refuses something may repeat what was sent.
    fn without_secrets(&self, refusal: Refusal) -> Refusal {
        let secrets: Vec<&str> = match self {
            // Alertmanager's are hidden where it posts, for the siren posts there too.
            Self::Alertmanager(_) | Self::Chat(_) | Self::Email(_) | Self::Webhook(_) => Vec::new(),
            Self::FreeMobile(channel) => channel.secrets(),
            Self::Matrix(channel) => channel.secrets(),
            Self::Ntfy(channel) => channel.secrets(),
            Self::OvhSms(channel) => channel.secrets(),
            Self::Signal(channel) => channel.secrets(),
        };
        refusal.without(secrets)
    }
}

/// A header whose value is never printed.
fn secret_header(channel: &ChannelName, header: &HeaderName, value: &str) -> Result<HeaderValue, InvalidChannel> {
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| InvalidChannel::Header { channel: channel.clone(), header: header.clone() })?;
    value.set_sensitive(true);
    Ok(value)
}

/// `Authorization: Bearer …`, where there is a token.
fn bearer(channel: &ChannelName, token: Option<&Secret>) -> Result<HeaderMap, InvalidChannel> {
    let mut headers = HeaderMap::new();
    if let Some(token) = token {
        let value = format!("Bearer {}", token.reveal());
        headers.insert(header::AUTHORIZATION, secret_header(channel, &header::AUTHORIZATION, &value)?);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests;
