//! The kinds of faults by their words, whether each has an end, and which thing has it where several can.
//!
//! It does not know the facts of a fault.

use std::{fmt, str::FromStr};

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
    /// A location sees nothing.
    LocationBlind,
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
    /// The definition files are gone, all of them.
    DefinitionsGone,
    /// Many definition files were removed together.
    ManyRetired,
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
    /// Nobody outside hears that the monitor lives.
    PingFailing,
    /// Tasks come late to their turn.
    SchedulerLate,
    /// The hub that this outpost stands by is not heard.
    HubSilent,
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
    pub const ALL: [Self; 44] = [
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
        Self::LocationBlind,
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
        Self::DefinitionsGone,
        Self::ManyRetired,
        Self::Restarting,
        Self::ClockOff,
        Self::ClockJumped,
        Self::StoodStill,
        Self::ProbesStuck,
        Self::PartFailed,
        Self::PingFailing,
        Self::SchedulerLate,
        Self::HubSilent,
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
            Self::LocationBlind => "location_blind",
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
            Self::DefinitionsGone => "definitions_gone",
            Self::ManyRetired => "many_retired",
            Self::Restarting => "restarting",
            Self::ClockOff => "clock_off",
            Self::ClockJumped => "clock_jumped",
            Self::StoodStill => "stood_still",
            Self::ProbesStuck => "probes_stuck",
            Self::PartFailed => "part_failed",
            Self::PingFailing => "ping_failing",
            Self::SchedulerLate => "scheduler_late",
            Self::HubSilent => "hub_silent",
        }
    }

    /// Whether it has an end.
    pub fn course(self) -> Course {
        match self {
            Self::LowSpace
            | Self::NoSpace
            | Self::Failing
            | Self::MailFailing
            | Self::FormClosed
            | Self::LocationSilent
            | Self::LocationClock
            | Self::LocationDrift
            | Self::LocationBlind
            | Self::ChannelFailing
            | Self::ChannelUnproven
            | Self::LowCredit
            | Self::DrillUnanswered
            | Self::DiskLow
            | Self::DiskVeryLow
            | Self::DiskCritical
            | Self::DiskFilling
            | Self::MemoryShort
            | Self::Descriptors
            | Self::DetectionBroken
            | Self::DefinitionsRejected
            | Self::DefinitionsGone
            | Self::Restarting
            | Self::ClockOff
            | Self::PingFailing
            | Self::SchedulerLate
            | Self::HubSilent => Course::Lasting,
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
            | Self::ManyRetired
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
}
