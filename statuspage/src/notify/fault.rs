//! What can be wrong with the monitor itself, as operators are told of it.
//!
//! It does not know how a fault is found: the hub translates what its parts say.

mod watch;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use shared::Timestamp;

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
        }
    }

    /// What has it, where several can: the location, or the channel.
    pub fn of(&self) -> Option<&str> {
        match self {
            Self::Location { location, .. } => Some(location),
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
            | Self::Watch(_) => None,
        }
    }

    /// Which one it is, and of what.
    pub fn id(&self) -> FaultId {
        FaultId { kind: self.kind(), of: self.of().map(str::to_owned) }
    }

    /// The channel that it is about, which is not the one to tell it.
    pub fn channel(&self) -> Option<&str> {
        match self.kind() {
            FaultKind::ChannelFailing
            | FaultKind::ChannelUnproven
            | FaultKind::LowCredit
            | FaultKind::DrillUnanswered => self.of(),
            FaultKind::LowSpace
            | FaultKind::NoSpace
            | FaultKind::Failing
            | FaultKind::SetAside
            | FaultKind::Gone
            | FaultKind::CorruptRows
            | FaultKind::Dropped
            | FaultKind::RestoredFrom
            | FaultKind::DamagedFiles
            | FaultKind::MissingFiles
            | FaultKind::NotSealed
            | FaultKind::LostWrites
            | FaultKind::MailFailing
            | FaultKind::FormClosed
            | FaultKind::LocationSilent
            | FaultKind::LocationClock
            | FaultKind::LocationDrift
            | FaultKind::LocationCopied
            | FaultKind::DiskLow
            | FaultKind::DiskVeryLow
            | FaultKind::DiskCritical
            | FaultKind::DiskFilling
            | FaultKind::MemoryShort
            | FaultKind::Descriptors
            | FaultKind::DetectionBroken
            | FaultKind::DefinitionsRejected
            | FaultKind::Restarting
            | FaultKind::ClockOff
            | FaultKind::ClockJumped
            | FaultKind::StoodStill
            | FaultKind::ProbesStuck
            | FaultKind::PartFailed
            | FaultKind::LocationForged
            | FaultKind::LocationForgotten => None,
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

/// Whether a fault has an end that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// It begins and ends: two messages.
    Lasting,
    /// It happened: one message.
    Single,
}

/// The kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// The disk has less room than its reserve.
    LowSpace,
    /// The disk is full.
    NoSpace,
    /// The database fails.
    Failing,
    /// A damaged database was set aside.
    SetAside,
    /// The database is gone.
    Gone,
    /// Rows are damaged.
    CorruptRows,
    /// Results were lost.
    Dropped,
    /// A backup was restored.
    RestoredFrom,
    /// Files are damaged.
    DamagedFiles,
    /// Files are missing.
    MissingFiles,
    /// Results stay in the database.
    NotSealed,
    /// The newest rows are gone.
    LostWrites,
    /// Letters do not leave.
    MailFailing,
    /// Nobody can subscribe for the moment.
    FormClosed,
    /// A location is not heard.
    LocationSilent,
    /// A location's clock is wrong.
    LocationClock,
    /// A location runs other definitions.
    LocationDrift,
    /// A location runs twice, or was set back.
    LocationCopied,
    /// A location's key is used that is not good any more.
    LocationForged,
    /// Results of a location were lost here.
    LocationForgotten,
    /// A channel takes nothing.
    ChannelFailing,
    /// Nothing proves a channel.
    ChannelUnproven,
    /// Little is left of what is paid beforehand.
    LowCredit,
    /// Nobody answers drills.
    DrillUnanswered,
    /// Less than a fifth of the disk is free.
    DiskLow,
    /// Less than a tenth.
    DiskVeryLow,
    /// Less than a twentieth.
    DiskCritical,
    /// The disk will be full within days.
    DiskFilling,
    /// Memory runs out.
    MemoryShort,
    /// Files and sockets run out.
    Descriptors,
    /// Canaries are not found.
    DetectionBroken,
    /// Definition files stay rejected.
    DefinitionsRejected,
    /// Restarts did not help.
    Restarting,
    /// The clock is wrong.
    ClockOff,
    /// The clock jumped.
    ClockJumped,
    /// The monitor did nothing for a while.
    StoodStill,
    /// Probes did not end.
    ProbesStuck,
    /// A part was begun anew.
    PartFailed,
}

/// Names a fault: its kind, and what has it where several can.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FaultId {
    kind: FaultKind,
    of: Option<String>,
}

impl FaultId {
    /// The fault of that kind, of something where several can have it.
    pub fn new(kind: FaultKind, of: Option<String>) -> Self {
        Self { kind, of }
    }

    /// Its kind.
    pub fn kind(&self) -> FaultKind {
        self.kind
    }

    /// What has it.
    pub fn of(&self) -> Option<&str> {
        self.of.as_deref()
    }
}

impl From<FaultKind> for FaultId {
    fn from(kind: FaultKind) -> Self {
        Self { kind, of: None }
    }
}

/// `low_space`, or `location_silent.lyon`.
impl fmt::Display for FaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.of {
            None => self.kind.fmt(f),
            Some(of) => write!(f, "{}.{of}", self.kind),
        }
    }
}

impl FromStr for FaultId {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        match text.split_once('.') {
            None => Ok(Self { kind: text.parse()?, of: None }),
            Some((_, "")) => Err(UnknownFault),
            Some((kind, of)) => Ok(Self { kind: kind.parse()?, of: Some(of.to_owned()) }),
        }
    }
}

impl FaultKind {
    /// All of them.
    pub const ALL: [Self; 38] = [
        Self::LowSpace,
        Self::NoSpace,
        Self::Failing,
        Self::SetAside,
        Self::Gone,
        Self::CorruptRows,
        Self::Dropped,
        Self::RestoredFrom,
        Self::DamagedFiles,
        Self::MissingFiles,
        Self::NotSealed,
        Self::LostWrites,
        Self::MailFailing,
        Self::FormClosed,
        Self::LocationSilent,
        Self::LocationClock,
        Self::LocationDrift,
        Self::LocationCopied,
        Self::LocationForged,
        Self::LocationForgotten,
        Self::ChannelFailing,
        Self::ChannelUnproven,
        Self::LowCredit,
        Self::DrillUnanswered,
        Self::DiskLow,
        Self::DiskVeryLow,
        Self::DiskCritical,
        Self::DiskFilling,
        Self::MemoryShort,
        Self::Descriptors,
        Self::DetectionBroken,
        Self::DefinitionsRejected,
        Self::Restarting,
        Self::ClockOff,
        Self::ClockJumped,
        Self::StoodStill,
        Self::ProbesStuck,
        Self::PartFailed,
    ];

    /// The word in documents, metrics and keys.
    pub fn word(self) -> &'static str {
        match self {
            Self::LowSpace => "low_space",
            Self::NoSpace => "no_space",
            Self::Failing => "failing",
            Self::SetAside => "set_aside",
            Self::Gone => "gone",
            Self::CorruptRows => "corrupt_rows",
            Self::Dropped => "dropped",
            Self::RestoredFrom => "restored_from",
            Self::DamagedFiles => "damaged_files",
            Self::MissingFiles => "missing_files",
            Self::NotSealed => "not_sealed",
            Self::LostWrites => "lost_writes",
            Self::MailFailing => "mail_failing",
            Self::FormClosed => "form_closed",
            Self::LocationSilent => "location_silent",
            Self::LocationClock => "location_clock",
            Self::LocationDrift => "location_drift",
            Self::LocationCopied => "location_copied",
            Self::LocationForged => "location_forged",
            Self::LocationForgotten => "location_forgotten",
            Self::ChannelFailing => "channel_failing",
            Self::ChannelUnproven => "channel_unproven",
            Self::LowCredit => "low_credit",
            Self::DrillUnanswered => "drill_unanswered",
            Self::DiskLow => "disk_low",
            Self::DiskVeryLow => "disk_very_low",
            Self::DiskCritical => "disk_critical",
            Self::DiskFilling => "disk_filling",
            Self::MemoryShort => "memory_short",
            Self::Descriptors => "descriptors",
            Self::DetectionBroken => "detection_broken",
            Self::DefinitionsRejected => "definitions_rejected",
            Self::Restarting => "restarting",
            Self::ClockOff => "clock_off",
            Self::ClockJumped => "clock_jumped",
            Self::StoodStill => "stood_still",
            Self::ProbesStuck => "probes_stuck",
            Self::PartFailed => "part_failed",
        }
    }

    /// Whether it has an end.
    pub fn course(self) -> Course {
        if let Some(course) = self.course_of_watch() {
            return course;
        }
        match self {
            Self::LowSpace
            | Self::NoSpace
            | Self::Failing
            | Self::MailFailing
            | Self::FormClosed
            | Self::LocationSilent
            | Self::LocationClock
            | Self::LocationDrift
            | Self::ChannelFailing
            | Self::ChannelUnproven
            | Self::LowCredit
            | Self::DrillUnanswered => Course::Lasting,
            Self::SetAside
            | Self::Gone
            | Self::CorruptRows
            | Self::Dropped
            | Self::RestoredFrom
            | Self::DamagedFiles
            | Self::MissingFiles
            | Self::NotSealed
            | Self::LostWrites
            | Self::LocationCopied
            | Self::LocationForged
            | Self::LocationForgotten
            // Those of the watch have been answered.
            | Self::DiskLow
            | Self::DiskVeryLow
            | Self::DiskCritical
            | Self::DiskFilling
            | Self::MemoryShort
            | Self::Descriptors
            | Self::DetectionBroken
            | Self::DefinitionsRejected
            | Self::Restarting
            | Self::ClockOff
            | Self::ClockJumped
            | Self::StoodStill
            | Self::ProbesStuck
            | Self::PartFailed => Course::Single,
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// No kind of fault has that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of fault")]
pub struct UnknownFault;

impl FromStr for FaultKind {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        Self::ALL.into_iter().find(|kind| kind.word() == text).ok_or(UnknownFault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back_by_its_word() {
        for kind in FaultKind::ALL {
            assert_eq!(kind.word().parse(), Ok(kind));
        }
        assert_eq!("fire".parse::<FaultKind>(), Err(UnknownFault));
        for id in [FaultId::from(FaultKind::Gone), FaultId::new(FaultKind::LocationSilent, Some("lyon".into()))] {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn what_can_be_counted_is_added_up() {
        let rows = |rows| Fault::CorruptRows { rows };
        assert_eq!(rows(2).with_earlier(&rows(3)), rows(5));
        let gone = |place: &str| Fault::Gone { place: place.to_owned() };
        assert_eq!(gone("b").with_earlier(&gone("a")), gone("b"));
    }
}
