//! A message to one channel about one component: what happened, and how far the telling got.
//!
//! It does not know words, addresses or clocks.

use std::{fmt, fmt::Write as _, str::FromStr, sync::Arc, time::Duration};

use sha2::{Digest, Sha256};
use shared::{ComponentId, FailureKind, InvalidId, LocationName, ProbeId, Timestamp};

use super::ChannelName;

/// Names one notification for ever: derived from its channel, its component and the outage, so that a replay cannot double it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NotificationId(Arc<str>);

impl NotificationId {
    /// The id as text: 32 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn derive(channel: &ChannelName, component: &ComponentId, word: &str, outage: Timestamp) -> Self {
        let text = format!("{channel}\n{component}\n{word}\n{}", outage.as_millis());
        let digest = Sha256::digest(text.as_bytes());
        let hex = digest.iter().take(16).fold(String::with_capacity(32), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Self(hex.into())
    }
}

impl fmt::Display for NotificationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for NotificationId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        if let Some(c) = text.chars().find(|c| !matches!(c, '0'..='9' | 'a'..='f')) {
            return Err(InvalidId::Character(c));
        }
        match text.len() {
            32 => Ok(Self(text.into())),
            0..32 => Err(InvalidId::Empty),
            _ => Err(InvalidId::TooLong),
        }
    }
}

/// What the hub says when a component goes down or recovers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Which component.
    pub component: ComponentId,
    /// What operators call it, in the site's default language.
    pub name: String,
    /// When the hub judged so.
    pub detected_at: Timestamp,
    /// What happened.
    pub happening: Happening,
}

/// What happened to a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// It went down.
    Down {
        /// The first failing observation; it names the outage.
        since: Timestamp,
        /// The worst failure.
        cause: Option<Cause>,
    },
    /// It works again.
    Recovered {
        /// The `since` of the outage that is over.
        since: Timestamp,
        /// The first observation that passed.
        until: Timestamp,
    },
}

/// Why a component is down, in words that may be public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The probe that found it.
    pub probe: ProbeId,
    /// The reason from the closed set.
    pub kind: FailureKind,
    /// In words, such as `502 Bad Gateway`.
    pub detail: String,
    /// The HTTP status, where there was one.
    pub http_status: Option<u16>,
    /// The locations that say so.
    pub locations: Vec<LocationName>,
}

/// A message to one channel, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The same after a crash or a replay.
    pub id: NotificationId,
    /// Where it goes.
    pub channel: ChannelName,
    /// Which component.
    pub component: ComponentId,
    /// What operators call it.
    pub name: String,
    /// What it tells.
    pub kind: Kind,
    /// When the hub detected what it tells: the order of messages.
    pub made_at: Timestamp,
    /// How often sending was tried and failed.
    pub attempts: u32,
    /// Not before that.
    pub next_attempt_at: Timestamp,
    /// How far it got.
    pub state: State,
}

/// What a notification tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The component is down.
    Down {
        /// The first failing observation.
        since: Timestamp,
        /// The worst failure.
        cause: Option<Cause>,
    },
    /// The component works again.
    Recovered {
        /// When the outage began.
        since: Timestamp,
        /// When it ended.
        until: Timestamp,
    },
    /// The component was down and works again, told at once because nothing left in between.
    WasDown {
        /// When the first of these outages began.
        since: Timestamp,
        /// When the last of them ended.
        until: Timestamp,
        /// How many they were.
        times: u32,
        /// How long they were together.
        total: Duration,
        /// The worst failure of the last one.
        cause: Option<Cause>,
    },
}

impl Kind {
    /// The word in documents: `down`, `recovered` or `was_down`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Down { .. } => "down",
            Self::Recovered { .. } => "recovered",
            Self::WasDown { .. } => "was_down",
        }
    }
}

/// How far the telling got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// To be sent.
    Pending,
    /// The channel took it.
    Delivered {
        /// When.
        at: Timestamp,
        /// The channel's own id for it, where it gave one.
        receipt: Option<String>,
    },
    /// It was given up: nobody was told.
    Abandoned {
        /// When.
        at: Timestamp,
        /// What the channel said last.
        error: String,
    },
    /// Another notification tells it together with what followed.
    Merged {
        /// That one.
        into: NotificationId,
    },
}

impl Notification {
    /// The message for one channel about an event.
    pub fn new(channel: &ChannelName, event: &Event) -> Self {
        let (word, since, kind) = match event.happening.clone() {
            Happening::Down { since, cause } => ("down", since, Kind::Down { since, cause }),
            Happening::Recovered { since, until } => ("recovered", since, Kind::Recovered { since, until }),
        };
        Self {
            id: NotificationId::derive(channel, &event.component, word, since),
            channel: channel.clone(),
            component: event.component.clone(),
            name: event.name.clone(),
            kind,
            made_at: event.detected_at,
            attempts: 0,
            next_attempt_at: event.detected_at,
            state: State::Pending,
        }
    }

    /// Whether it still has to be sent.
    pub fn is_pending(&self) -> bool {
        match self.state {
            State::Pending => true,
            State::Delivered { .. } | State::Abandoned { .. } | State::Merged { .. } => false,
        }
    }
}
