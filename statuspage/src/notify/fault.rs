//! What can be wrong with the monitor itself, as operators are told of it.
//!
//! It does not know how a fault is found: the hub translates what its parts say.

mod kind;
mod upstream;
mod watch;

use serde::{Deserialize, Serialize};
use shared::Timestamp;

pub use kind::{Course, FaultId, FaultKind, UnknownFault};
pub use upstream::HubTrouble;
pub use watch::WatchFault;

/// A fault of the monitor, with its facts.
///
/// It is stored: in JSON by its names, in the rows of the outbox by the order of its variants and fields. New variants go to the
/// end, and a variant keeps its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The disk has less room than its reserve; everything is still written.
    LowSpace {
        /// Bytes that are free.
        free: u64,
        /// Bytes that the operator wants to be free.
        reserve: u64,
    },
    /// The disk is so full that nothing can be written safely.
    NoSpace {
        /// Bytes that are free.
        free: u64,
        /// Bytes that writing needs.
        reserve: u64,
    },
    /// The database cannot be read or written for the time being.
    Failing {
        /// What it said.
        reason: String,
    },
    /// The database was damaged, and a new one took its place.
    SetAside {
        /// What was wrong with it.
        reason: String,
        /// Where it lies now; named after the instant.
        kept: String,
    },
    /// There was a database, and it is gone.
    Gone {
        /// Where it lay.
        place: String,
    },
    /// Rows of the database whose checksum does not fit.
    CorruptRows {
        /// How many.
        rows: u64,
    },
    /// Results were lost because too many waited.
    Dropped {
        /// How many.
        observations: u64,
    },
    /// What is known came from a backup.
    RestoredFrom {
        /// Which one.
        backup: String,
    },
    /// Files of the history that are damaged.
    DamagedFiles {
        /// How many places.
        files: u64,
        /// The first of them: the file, and where in it.
        first: String,
    },
    /// Files of the history that are not where they should be.
    MissingFiles {
        /// How many.
        files: u64,
        /// The first of them.
        first: String,
    },
    /// Results could not be moved from the database into files of the history; it is tried again.
    NotSealed {
        /// Why.
        reason: String,
    },
    /// The database has lost its newest rows, or some of them.
    LostWrites {
        /// How many times it was written since, at most; zero when nobody can say how many.
        writes: u64,
    },
    /// Letters to subscribers do not leave.
    MailFailing {
        /// How many wait.
        waiting: u64,
        /// What the relays said last.
        reason: String,
    },
    /// So many ask to subscribe that the form is closed for everybody.
    FormClosed {
        /// Letters that were asked for within an hour.
        letters: u64,
    },
    /// Something is wrong with a location.
    Location {
        /// Which one.
        location: String,
        /// What.
        trouble: LocationTrouble,
    },
    /// A channel has taken nothing for a while.
    ChannelFailing {
        /// Which one.
        channel: String,
        /// What it said last.
        reason: String,
    },
    /// Nothing has proven for a while that a channel works.
    ChannelUnproven {
        /// Which one.
        channel: String,
        /// When it was last proven; never, when absent.
        proven_at: Option<Timestamp>,
    },
    /// Little is left of what is paid beforehand.
    LowCredit {
        /// Of which channel.
        channel: String,
        /// What is left, as the provider writes it.
        left: String,
        /// What should be left at least.
        limit: u32,
    },
    /// Nobody answers the drills of a channel.
    DrillUnanswered {
        /// Which one.
        channel: String,
        /// When the first drill went out that nobody answered.
        since: Timestamp,
    },
    /// The watch over the monitor found something.
    Watch(WatchFault),
    /// The hub that this outpost stands by has said nothing new for minutes.
    HubSilent {
        /// Where it is.
        hub: String,
        /// When it was last heard.
        since: Timestamp,
        /// What came instead.
        trouble: HubTrouble,
    },
}

/// What is wrong with a location; stored like [`Fault`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocationTrouble {
    /// It has not been heard for a while.
    Silent {
        /// When it was last heard.
        heard_at: Timestamp,
    },
    /// Its clock is wrong.
    Clock {
        /// How far the hub's clock is ahead of it, in milliseconds.
        ahead_ms: i64,
    },
    /// It runs other definitions than the hub.
    Drift,
    /// It runs twice, or its disk was set back: numbers of results were given twice.
    Copied,
    /// A key of its that was replaced or revoked is still used.
    Forged,
    /// It had receipts for results that the hub does not have: they are sent again.
    Forgotten {
        /// How many.
        results: u64,
    },
    /// None of its control targets answers: what it finds is no data.
    Blind {
        /// Since when.
        since: Timestamp,
    },
}

impl LocationTrouble {
    /// Which one it is, without its facts.
    pub fn kind(&self) -> FaultKind {
        match self {
            Self::Silent { .. } => FaultKind::LocationSilent,
            Self::Clock { .. } => FaultKind::LocationClock,
            Self::Drift => FaultKind::LocationDrift,
            Self::Copied => FaultKind::LocationCopied,
            Self::Forged => FaultKind::LocationForged,
            Self::Forgotten { .. } => FaultKind::LocationForgotten,
            Self::Blind { .. } => FaultKind::LocationBlind,
        }
    }
}

impl Fault {
    /// Which one it is, without its facts.
    pub fn kind(&self) -> FaultKind {
        match self {
            Self::LowSpace { .. } => FaultKind::LowSpace,
            Self::NoSpace { .. } => FaultKind::NoSpace,
            Self::Failing { .. } => FaultKind::Failing,
            Self::SetAside { .. } => FaultKind::SetAside,
            Self::Gone { .. } => FaultKind::Gone,
            Self::CorruptRows { .. } => FaultKind::CorruptRows,
            Self::Dropped { .. } => FaultKind::Dropped,
            Self::RestoredFrom { .. } => FaultKind::RestoredFrom,
            Self::DamagedFiles { .. } => FaultKind::DamagedFiles,
            Self::MissingFiles { .. } => FaultKind::MissingFiles,
            Self::NotSealed { .. } => FaultKind::NotSealed,
            Self::LostWrites { .. } => FaultKind::LostWrites,
            Self::MailFailing { .. } => FaultKind::MailFailing,
            Self::FormClosed { .. } => FaultKind::FormClosed,
            Self::Location { trouble, .. } => trouble.kind(),
            Self::ChannelFailing { .. } => FaultKind::ChannelFailing,
            Self::ChannelUnproven { .. } => FaultKind::ChannelUnproven,
            Self::LowCredit { .. } => FaultKind::LowCredit,
            Self::DrillUnanswered { .. } => FaultKind::DrillUnanswered,
            Self::Watch(fault) => fault.kind(),
            Self::HubSilent { .. } => FaultKind::HubSilent,
        }
    }

    /// What has it, where several can: the location, or the channel.
    pub fn of(&self) -> Option<&str> {
        if let Self::Location { location, .. } = self { Some(location) } else { self.channel() }
    }

    /// Which one it is, and of what.
    pub fn id(&self) -> FaultId {
        FaultId::new(self.kind(), self.of().map(str::to_owned))
    }

    /// The channel that it is about, which is not the one to tell it.
    pub fn channel(&self) -> Option<&str> {
        match self {
            Self::ChannelFailing { channel, .. }
            | Self::ChannelUnproven { channel, .. }
            | Self::LowCredit { channel, .. }
            | Self::DrillUnanswered { channel, .. } => Some(channel),
            Self::LowSpace { .. }
            | Self::NoSpace { .. }
            | Self::Failing { .. }
            | Self::SetAside { .. }
            | Self::Gone { .. }
            | Self::CorruptRows { .. }
            | Self::Dropped { .. }
            | Self::RestoredFrom { .. }
            | Self::DamagedFiles { .. }
            | Self::MissingFiles { .. }
            | Self::NotSealed { .. }
            | Self::LostWrites { .. }
            | Self::MailFailing { .. }
            | Self::FormClosed { .. }
            | Self::Location { .. }
            | Self::HubSilent { .. }
            | Self::Watch(_) => None,
        }
    }

    /// This one and an earlier one of the same kind in one: what can be counted is added up, of the rest the newest stays.
    #[must_use]
    pub fn with_earlier(self, earlier: &Self) -> Self {
        match (self, earlier) {
            (Self::CorruptRows { rows }, Self::CorruptRows { rows: before }) => {
                Self::CorruptRows { rows: rows.saturating_add(*before) }
            }
            (Self::Dropped { observations }, Self::Dropped { observations: before }) => {
                Self::Dropped { observations: observations.saturating_add(*before) }
            }
            (Self::LostWrites { writes }, Self::LostWrites { writes: before }) => {
                Self::LostWrites { writes: writes.saturating_add(*before) }
            }
            (Self::DamagedFiles { files, first: _ }, Self::DamagedFiles { files: before, first }) => {
                Self::DamagedFiles { files: files.saturating_add(*before), first: first.clone() }
            }
            (Self::MissingFiles { files, first: _ }, Self::MissingFiles { files: before, first }) => {
                Self::MissingFiles { files: files.saturating_add(*before), first: first.clone() }
            }
            (Self::Watch(newest), Self::Watch(earlier)) => Self::Watch(newest.with_earlier(earlier)),
            (newest, _) => newest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_counted_is_added_up() {
        let rows = |rows| Fault::CorruptRows { rows };
        assert_eq!(rows(2).with_earlier(&rows(3)), rows(5));
        let gone = |place: &str| Fault::Gone { place: place.to_owned() };
        assert_eq!(gone("b").with_earlier(&gone("a")), gone("b"));
    }
}
