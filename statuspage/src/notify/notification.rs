//! A message to one channel about an incident, a maintenance or the monitor itself: what happened, and how far the telling got.
//!
//! It does not know words, addresses or clocks.

use std::{fmt, fmt::Write as _, str::FromStr, sync::Arc};

use sha2::{Digest, Sha256};
use shared::{InvalidId, Timestamp};

use super::{ChannelName, Fault, Kind, Subject, Topic};
use crate::maintenance::Word;

/// Names one notification for ever: derived from its channel, its subject and the outage, so that a replay cannot double it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NotificationId(Arc<str>);

impl NotificationId {
    /// The id as text: 32 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn derive(channel: &ChannelName, topic: Topic<'_>, word: &str, occasion: &str) -> Self {
        let text = format!("{channel}\n{topic}\n{word}\n{occasion}");
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

/// What the hub says when an incident begins, grows or ends, or when the monitor itself has a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What it is about.
    pub subject: Subject,
    /// When the hub judged so.
    pub detected_at: Timestamp,
    /// What happened.
    pub kind: Kind,
}

/// A message to one channel, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The same after a crash or a replay.
    pub id: NotificationId,
    /// Where it goes.
    pub channel: ChannelName,
    /// What it is about.
    pub subject: Subject,
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
        let (word, since) = event.kind.name(event.detected_at);
        Self {
            id: NotificationId::derive(channel, event.subject.topic(), word, &occasion(&event.subject, since)),
            channel: channel.clone(),
            subject: event.subject.clone(),
            kind: event.kind.clone(),
            made_at: event.detected_at,
            attempts: 0,
            next_attempt_at: event.detected_at,
            state: State::Pending,
        }
    }

    /// The word in documents: `down`, `grown`, `overdue`, `recovered`, `closed`, `was_down` of an incident; `fault`, `fault_over`,
    /// `was_fault` of the monitor; of both `reminder` and `acknowledged`; `drill`; `maintenance_announced`, `maintenance_moved`, `maintenance_begins`, `maintenance_ends`,
    /// `maintenance_cancelled`.
    pub fn word(&self) -> &'static str {
        match (&self.subject, &self.kind) {
            (Subject::Incident(_), Kind::Down { .. } | Kind::Noticed { .. }) => "down",
            (Subject::Incident(_), Kind::Grown { .. }) => "grown",
            (Subject::Incident(_), Kind::Overdue { .. }) => "overdue",
            (Subject::Incident(_) | Subject::Monitor(_), Kind::Reminder { .. }) => "reminder",
            (Subject::Incident(_) | Subject::Monitor(_), Kind::Acknowledged { .. }) => "acknowledged",
            (Subject::Drill(_), _) => "drill",
            (Subject::Incident(_), Kind::Closed { .. }) => "closed",
            (Subject::Incident(_), Kind::Recovered { .. }) => "recovered",
            (Subject::Incident(_), Kind::WasDown { .. }) => "was_down",
            (
                Subject::Monitor(_),
                Kind::Down { .. } | Kind::Noticed { .. } | Kind::Grown { .. } | Kind::Overdue { .. },
            ) => "fault",
            (Subject::Maintenance(planned), _) => planned.event(),
            (Subject::Monitor(_), Kind::Recovered { .. } | Kind::Closed { .. }) => "fault_over",
            (Subject::Monitor(_), Kind::WasDown { .. }) => "was_fault",
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

/// What tells one message about a subject from another with the same word.
fn occasion(subject: &Subject, since: Timestamp) -> String {
    match subject {
        // The name is given once and for all; heard of twice, it is still one.
        Subject::Monitor(Fault::SetAside { kept, .. }) => kept.clone(),
        // Each is told once, however often it is found out; another time is another one.
        Subject::Maintenance(planned) => match planned.word {
            Word::Moved => planned.version.to_string(),
            Word::Announced | Word::Begins | Word::Ends | Word::Cancelled => String::new(),
        },
        Subject::Incident(_) | Subject::Monitor(_) | Subject::Drill(_) => since.as_millis().to_string(),
    }
}
