//! What the watch over the monitor finds: detection that does not detect, parts that fall silent, and what runs out.
//!
//! It does not know how it is found.

use serde::{Deserialize, Serialize};
use shared::Timestamp;

use super::FaultKind;

/// A finding of the watch, with its facts; stored as [`Fault`](super::Fault) is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WatchFault {
    /// Less than a fifth of the disk is free.
    DiskLow {
        /// Bytes that are free.
        free: u64,
        /// Bytes in all.
        total: u64,
    },
    /// Less than a tenth of the disk is free.
    DiskVeryLow {
        /// Bytes that are free.
        free: u64,
        /// Bytes in all.
        total: u64,
    },
    /// Less than a twentieth of the disk is free.
    DiskCritical {
        /// Bytes that are free.
        free: u64,
        /// Bytes in all.
        total: u64,
    },
    /// The disk will be full within days.
    DiskFilling {
        /// Bytes that are free.
        free: u64,
        /// In so many hours, if all goes on as it did.
        hours: u64,
    },
    /// Memory is nearly used up, or taken more and more.
    MemoryShort {
        /// Bytes that are taken.
        used: u64,
        /// Bytes that there are.
        limit: u64,
    },
    /// Files and sockets are nearly used up.
    Descriptors {
        /// How many are open.
        open: u64,
        /// How many may be.
        limit: u64,
    },
    /// A canary was not found to be what it is.
    DetectionBroken {
        /// The place that should have found it.
        location: String,
        /// Which canary.
        canary: String,
        /// What was found instead.
        found: String,
    },
    /// Definition files have been rejected for a while.
    DefinitionsRejected {
        /// How many.
        files: u64,
    },
    /// The monitor was restarted again and again, and stays up whatever happens.
    Restarting {
        /// How often in ten minutes.
        restarts: u32,
    },
    /// The clock is wrong.
    ClockOff {
        /// By so many seconds; positive when it is behind.
        seconds: i64,
    },
    /// The clock went another way than time.
    ClockJumped {
        /// By so many seconds; positive when it went ahead.
        seconds: i64,
    },
    /// The monitor did nothing for a while: the machine slept, or the process was stopped.
    StoodStill {
        /// For so many seconds.
        seconds: u64,
    },
    /// Probes did not come to their end, or ended in a bug.
    ProbesStuck {
        /// How many.
        probes: u64,
    },
    /// A part ended by itself and was begun anew.
    PartFailed {
        /// Which one.
        part: String,
    },
    /// The definition files are gone, or their directory cannot be read.
    DefinitionsGone {
        /// How many components go on as they were.
        components: u64,
    },
    /// Many definition files were removed together.
    ManyRetired {
        /// How many components are no longer watched.
        components: u64,
        /// How many were.
        of: u64,
    },
    /// Whoever is to notice that the monitor is dead does not hear that it lives.
    PingFailing {
        /// What its setting is called: `ping` or `peer`.
        switch: String,
        /// When it last took a sign of life; never since the start, when absent.
        taken_at: Option<Timestamp>,
        /// Why it did not take the last one, without its address.
        reason: String,
    },
    /// Tasks of the monitor come late to their turn, again and again.
    SchedulerLate {
        /// By so many seconds at the last look.
        seconds: u64,
    },
}

impl WatchFault {
    /// Which one it is, without its facts.
    pub fn kind(&self) -> FaultKind {
        match self {
            Self::DiskLow { .. } => FaultKind::DiskLow,
            Self::DiskVeryLow { .. } => FaultKind::DiskVeryLow,
            Self::DiskCritical { .. } => FaultKind::DiskCritical,
            Self::DiskFilling { .. } => FaultKind::DiskFilling,
            Self::MemoryShort { .. } => FaultKind::MemoryShort,
            Self::Descriptors { .. } => FaultKind::Descriptors,
            Self::DetectionBroken { .. } => FaultKind::DetectionBroken,
            Self::DefinitionsRejected { .. } => FaultKind::DefinitionsRejected,
            Self::DefinitionsGone { .. } => FaultKind::DefinitionsGone,
            Self::ManyRetired { .. } => FaultKind::ManyRetired,
            Self::Restarting { .. } => FaultKind::Restarting,
            Self::ClockOff { .. } => FaultKind::ClockOff,
            Self::ClockJumped { .. } => FaultKind::ClockJumped,
            Self::StoodStill { .. } => FaultKind::StoodStill,
            Self::ProbesStuck { .. } => FaultKind::ProbesStuck,
            Self::PartFailed { .. } => FaultKind::PartFailed,
            Self::PingFailing { .. } => FaultKind::PingFailing,
            Self::SchedulerLate { .. } => FaultKind::SchedulerLate,
        }
    }

    /// This one and an earlier one of the same kind in one.
    pub(super) fn with_earlier(self, earlier: &Self) -> Self {
        match (self, earlier) {
            (Self::ProbesStuck { probes }, Self::ProbesStuck { probes: before }) => {
                Self::ProbesStuck { probes: probes.saturating_add(*before) }
            }
            (newest, _) => newest,
        }
    }
}
