//! A message to one channel about an incident, a maintenance or the monitor itself: what happened, and how far the telling got.
//!
//! It does not know words, addresses or clocks.

use std::{fmt, fmt::Write as _, str::FromStr, sync::Arc, time::Duration};

use sha2::{Digest, Sha256};
use shared::{FailureKind, IncidentId, InvalidId, LocationName, MaintenanceId, ProbeId, Timestamp};

use super::{ChannelName, Drill, Fault, FaultKind, Matter, Planned};
use crate::{incident::Actor, maintenance::Word};

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

/// What a message is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// An incident.
    Incident(Box<Matter>),
    /// The monitor itself, which has this fault.
    Monitor(Fault),
    /// A planned maintenance.
    Maintenance(Box<Planned>),
    /// Nothing but the channel itself, which is tried.
    Drill(Box<Drill>),
}

impl Subject {
    /// What the order of messages is kept for.
    pub fn topic(&self) -> Topic<'_> {
        match self {
            Self::Incident(matter) => Topic::Incident(&matter.id),
            Self::Monitor(fault) => Topic::Monitor(fault.kind(), fault.of()),
            Self::Maintenance(planned) => Topic::Maintenance(&planned.id, planned.word),
            Self::Drill(drill) => Topic::Drill(drill.at),
        }
    }

    /// The incident that it is about.
    pub(super) fn incident(&self) -> Option<&Matter> {
        match self {
            Self::Incident(matter) => Some(matter),
            Self::Monitor(_) | Self::Maintenance(_) | Self::Drill(_) => None,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.topic().fmt(f)
    }
}

/// A subject without its changing facts: messages by one channel about one topic arrive in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic<'a> {
    /// An incident.
    Incident(&'a IncidentId),
    /// A kind of fault of the monitor, and what has it where several can.
    Monitor(FaultKind, Option<&'a str>),
    /// What happens to a maintenance: each word of it is news of its own.
    Maintenance(&'a MaintenanceId, Word),
    /// A drill of a channel: each is one of its own.
    Drill(Timestamp),
}

impl fmt::Display for Topic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incident(id) => write!(f, "incident:{id}"),
            Self::Monitor(kind, None) => write!(f, "monitor:{kind}"),
            Self::Monitor(kind, Some(of)) => write!(f, "monitor:{kind}:{of}"),
            Self::Maintenance(id, word) => write!(f, "maintenance:{id}:{}", word.word()),
            Self::Drill(at) => write!(f, "drill:{at}"),
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
    pub happening: Happening,
}

/// What happened to the subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// It began; of the monitor: a lasting fault did.
    Down {
        /// The first failing observation; it names the outage.
        since: Timestamp,
        /// The worst failure.
        cause: Option<Cause>,
    },
    /// It has grown or got worse.
    Grown {
        /// The first failing observation, as is known by now.
        since: Timestamp,
        /// The worst failure.
        cause: Option<Cause>,
    },
    /// Operators promised to say more by then, and have not.
    Overdue {
        /// The first failing observation, as is known by now.
        since: Timestamp,
        /// What was promised.
        promised: Timestamp,
    },
    /// It is over.
    Recovered {
        /// The first failing observation, as is known by now: not after the `since` that was told.
        since: Timestamp,
        /// Since when everything works.
        until: Timestamp,
    },
    /// Nobody has taken it yet.
    Reminder {
        /// The first failing observation, as is known by now.
        since: Timestamp,
        /// The worst failure, of an incident.
        cause: Option<Cause>,
        /// Which reminder it is, from 1 on.
        number: u32,
    },
    /// Somebody has taken it.
    Acknowledged {
        /// The first failing observation, as is known by now.
        since: Timestamp,
        /// When somebody did.
        at: Timestamp,
        /// Who.
        by: Actor,
    },
    /// A single fault of the monitor was found, or a channel is tried.
    Noticed {
        /// When.
        at: Timestamp,
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

/// What a notification tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The incident goes on, the fault lasts.
    Down {
        /// The first failing observation.
        since: Timestamp,
        /// The worst failure; none of a fault, whose facts are in the subject.
        cause: Option<Cause>,
    },
    /// The incident has grown or got worse.
    Grown {
        /// The first failing observation.
        since: Timestamp,
        /// The worst failure.
        cause: Option<Cause>,
    },
    /// The next update that was promised has not come.
    Overdue {
        /// The first failing observation.
        since: Timestamp,
        /// What was promised.
        promised: Timestamp,
    },
    /// Nobody has taken it yet.
    Reminder {
        /// The first failing observation.
        since: Timestamp,
        /// The worst failure, of an incident.
        cause: Option<Cause>,
        /// Which reminder it is, from 1 on.
        number: u32,
    },
    /// Somebody has taken it.
    Acknowledged {
        /// The first failing observation.
        since: Timestamp,
        /// When somebody did.
        at: Timestamp,
        /// Who.
        by: Actor,
    },
    /// The incident, or the fault, is over.
    Recovered {
        /// When the outage began.
        since: Timestamp,
        /// When it ended.
        until: Timestamp,
    },
    /// It was down and works again, told at once because nothing left in between.
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
    /// A single fault was found.
    Noticed {
        /// When first.
        since: Timestamp,
        /// When last.
        until: Timestamp,
        /// How often.
        times: u32,
    },
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
            Happening::Grown { since, cause } => ("grown", event.detected_at, Kind::Grown { since, cause }),
            Happening::Overdue { since, promised } => ("overdue", promised, Kind::Overdue { since, promised }),
            Happening::Reminder { since, cause, number } => {
                ("reminder", since.plus(Duration::from_secs(number.into())), Kind::Reminder { since, cause, number })
            }
            Happening::Acknowledged { since, at, by } => ("acknowledged", at, Kind::Acknowledged { since, at, by }),
            Happening::Recovered { since, until } => ("recovered", since, Kind::Recovered { since, until }),
            Happening::Noticed { at } => ("noticed", at, Kind::Noticed { since: at, until: at, times: 1 }),
        };
        Self {
            id: NotificationId::derive(channel, event.subject.topic(), word, &occasion(&event.subject, since)),
            channel: channel.clone(),
            subject: event.subject.clone(),
            kind,
            made_at: event.detected_at,
            attempts: 0,
            next_attempt_at: event.detected_at,
            state: State::Pending,
        }
    }

    /// The word in documents: `down`, `grown`, `overdue`, `recovered`, `was_down` of an incident; `fault`, `fault_over`,
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
            (Subject::Incident(_), Kind::Recovered { .. }) => "recovered",
            (Subject::Incident(_), Kind::WasDown { .. }) => "was_down",
            (
                Subject::Monitor(_),
                Kind::Down { .. } | Kind::Noticed { .. } | Kind::Grown { .. } | Kind::Overdue { .. },
            ) => "fault",
            (Subject::Maintenance(planned), _) => planned.event(),
            (Subject::Monitor(_), Kind::Recovered { .. }) => "fault_over",
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

impl Kind {
    /// When an update was promised for that has not come.
    pub(super) fn promised(&self) -> Option<Timestamp> {
        match self {
            Self::Overdue { promised, .. } => Some(*promised),
            Self::Down { .. }
            | Self::Grown { .. }
            | Self::Reminder { .. }
            | Self::Acknowledged { .. }
            | Self::Recovered { .. }
            | Self::WasDown { .. }
            | Self::Noticed { .. } => None,
        }
    }

    /// Who has taken it.
    pub(super) fn taken_by(&self) -> Option<&Actor> {
        match self {
            Self::Acknowledged { by, .. } => Some(by),
            Self::Down { .. }
            | Self::Grown { .. }
            | Self::Overdue { .. }
            | Self::Reminder { .. }
            | Self::Recovered { .. }
            | Self::WasDown { .. }
            | Self::Noticed { .. } => None,
        }
    }

    /// Which reminder it is.
    pub(super) fn reminder(&self) -> Option<u32> {
        match self {
            Self::Reminder { number, .. } => Some(*number),
            Self::Down { .. }
            | Self::Grown { .. }
            | Self::Overdue { .. }
            | Self::Acknowledged { .. }
            | Self::Recovered { .. }
            | Self::WasDown { .. }
            | Self::Noticed { .. } => None,
        }
    }
}
