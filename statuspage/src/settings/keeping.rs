//! Settings of what keeps the data: how much room they get, and when they are verified and backed up.
//!
//! It does not know how any of it is done.

use std::{fmt, path::Path, path::PathBuf, str::FromStr};

use bytesize::ByteSize;
use jiff::tz::TimeZone;
use prober::{
    definition::{CronSchedule, Schedule},
    load::{
        Mistake,
        tree::{At, Context, Required, value},
        values::{Count, Line},
    },
};

use super::{
    typed,
    value::{InvalidValue, PathText, invalid},
    written::Written,
};

/// The store is not opened, and nothing is written, with less free: `disk_reserve` is above it.
pub(super) const FLOOR: u64 = 64 << 20;
/// The least that all data may take.
const LEAST: u64 = 64_000_000;
const NIGHTLY_BACKUP: &str = "0 30 3 * * *";
const NIGHTLY_VERIFY: &str = "0 0 4 * * *";
const DEFAULT_KEEP: u32 = 7;

/// A size as it is written: `2GB` (powers of ten) or `2GiB` (of two).
fn size(text: &str) -> Result<u64, InvalidValue> {
    let size = text.trim().parse::<ByteSize>().map(|size| size.as_u64());
    size.map_err(|_| invalid("it is a size such as \"2GB\" or \"512MiB\""))
}

/// The shortest text that is exactly that size.
fn written(bytes: u64) -> String {
    let units = [("GB", 1_000_000_000), ("GiB", 1 << 30), ("MB", 1_000_000), ("MiB", 1 << 20), ("kB", 1_000)];
    let fits = |&(_, unit): &(&str, u64)| bytes >= unit && bytes.is_multiple_of(unit);
    match units.into_iter().find(fits) {
        Some((name, unit)) => format!("{}{name}", bytes / unit),
        None => format!("{bytes}B"),
    }
}

macro_rules! sizes {
    ($($(#[$doc:meta])* $type:ident: $default:expr, $sound:expr, $fault:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $type(u64);

        impl $type {
            /// As a number of bytes.
            pub fn bytes(self) -> u64 {
                self.0
            }
        }

        impl Default for $type {
            fn default() -> Self {
                Self($default)
            }
        }

        impl FromStr for $type {
            type Err = InvalidValue;

            fn from_str(text: &str) -> Result<Self, InvalidValue> {
                let bytes = size(text)?;
                let sound: fn(u64) -> bool = $sound;
                if sound(bytes) { Ok(Self(bytes)) } else { Err(invalid($fault)) }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&written(self.0))
            }
        }
    )*};
}

sizes! {
    /// What everything in the data directory may take together.
    MaxBytes: 2_000_000_000, |bytes| bytes >= LEAST, "with less than 64MB there is no history to speak of";
    /// Free space below which operators are told, before writing stops.
    DiskReserve: 1_000_000_000, |bytes| bytes > FLOOR, "it is above 64MiB: with less free than that nothing is written any more";
}

/// Backups of the running hub.
#[derive(Debug, Clone, PartialEq)]
pub struct BackupPlan {
    /// Where they go.
    pub directory: PathBuf,
    /// When one is made.
    pub schedule: Schedule,
    /// So many are kept; older ones are deleted.
    pub keep: u32,
    /// The schedule as it is written.
    pub(super) line: String,
}

/// `[backup]` and `[verify]` as the file has them, before the time zone is known.
#[derive(Debug, Default)]
pub(super) struct Plans {
    backup: Option<(PathBuf, Option<String>, Option<u32>)>,
    verify: Option<String>,
}

impl Plans {
    pub(super) fn new(file: &typed::File, directory: &Path, context: &mut Context<'_>) -> Self {
        let mut line = |line: &Option<At<Line>>| {
            let text = value(line)?.0.clone();
            comes_again(&text, line, context);
            Some(text)
        };
        let verify = value(&file.verify).and_then(|verify| line(&verify.cron));
        let backup = value(&file.backup).and_then(|backup| {
            let cron = line(&backup.cron);
            let place: &Required<Written<PathText>> = &backup.directory;
            let place = directory.join(&place.value()?.0.0);
            Some((place, cron, value(&backup.keep).map(|Count(keep)| *keep)))
        });
        Self { backup, verify }
    }

    /// The plans by the site's clock: backups where there is a place for them, verifying always.
    pub(super) fn by(self, zone: &TimeZone) -> (Option<BackupPlan>, VerifyPlan) {
        let schedule = |line: &str| {
            let cron = CronSchedule::new(line, zone.clone()).expect("the line was read before, or is one of ours");
            Schedule::Cron(Box::new(cron))
        };
        let backup = self.backup.map(|(directory, line, keep)| {
            let line = line.unwrap_or_else(|| NIGHTLY_BACKUP.to_owned());
            BackupPlan { directory, schedule: schedule(&line), keep: keep.unwrap_or(DEFAULT_KEEP), line }
        });
        let line = self.verify.unwrap_or_else(|| NIGHTLY_VERIFY.to_owned());
        (backup, VerifyPlan { schedule: schedule(&line), line })
    }
}

/// When the running hub looks at every checksum.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifyPlan {
    /// When it begins.
    pub schedule: Schedule,
    /// The schedule as it is written.
    pub(super) line: String,
}

#[cfg(test)]
impl BackupPlan {
    /// As a file without a `cron` has it.
    pub(crate) fn every_night(directory: PathBuf, keep: u32) -> Self {
        let plans = Plans { backup: Some((directory, None, Some(keep))), verify: None };
        plans.by(&TimeZone::UTC).0.expect("it has a place")
    }
}

#[cfg(test)]
impl VerifyPlan {
    /// As a file without a `cron` has it.
    pub(crate) fn every_night() -> Self {
        Plans::default().by(&TimeZone::UTC).1
    }
}

/// A line with a year that is over is a mistake, and nobody would notice it otherwise.
pub(super) fn comes_again(text: &str, line: &Option<At<Line>>, context: &mut Context<'_>) {
    let Some(line) = line else { return };
    let next = CronSchedule::new(text, TimeZone::UTC).ok().map(|cron| Schedule::Cron(Box::new(cron)));
    if next.is_some_and(|cron| cron.next_after(crate::clock::now()).is_none()) {
        context.report(Mistake::error("this never comes again").at(line.span.clone()).help("leave the year out"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_in_both_kinds_of_units_and_written_exactly() {
        let check = |text: &str, expected: Option<&str>| {
            let shown = text.parse::<MaxBytes>().ok().map(|size| size.to_string());
            assert_eq!(shown.as_deref(), expected, "{text}");
            if let Some(shown) = shown {
                assert_eq!(shown.parse::<MaxBytes>(), text.parse(), "{text}");
            }
        };
        check("2GB", Some("2GB"));
        check("2 GiB", Some("2GiB"));
        check("1.5GB", Some("1500MB"));
        check("64MB", Some("64MB"));
        check("64000001", Some("64000001B"));
        check("63999kB", None);
        check("-1GB", None);
        check("much", None);
        assert!("64MiB".parse::<DiskReserve>().is_err() && "65MiB".parse::<DiskReserve>().is_ok());
    }
}
