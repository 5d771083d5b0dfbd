//! Times by the site's clock: as people write them, the instants that they are, and as forms write them: `2026-11-22T14:05`, with
//! its offset where the clock shows it twice.
//!
//! It does not know what a time is for, nor what time it is.

use std::str::FromStr;

use jiff::{
    civil::DateTime,
    tz::{AmbiguousOffset, Offset, TimeZone},
};
use shared::Timestamp;

/// As `datetime-local` has it.
const LOCAL: &str = "%Y-%m-%dT%H:%M";

/// A date with a time, as people write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// With its offset from UTC.
    Instant(Timestamp),
    /// As a clock on the wall shows it.
    Local(DateTime),
}

/// It is no date with a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time reads 2026-12-01T22:00:00 or 2026-12-01T22:00:00+01:00")]
pub struct NoTime;

impl FromStr for Written {
    type Err = NoTime;

    fn from_str(text: &str) -> Result<Self, NoTime> {
        if let Ok(at) = text.parse::<jiff::Timestamp>() {
            return Ok(Self::Instant(timestamp(at)));
        }
        // What has a zone that is not understood must not be taken for the site's own; and a date alone would be midnight, which
        // nobody said.
        let plain =
            text.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | ':' | '.' | 'T' | ' ')) && text.contains(':');
        plain.then(|| text.parse().ok()).flatten().map(Self::Local).ok_or(NoTime)
    }
}

/// When a clock shows a date and a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Showing {
    /// Once, as nearly always.
    Once(Timestamp),
    /// Never: the clock is set ahead over it.
    Never {
        /// The instant at which that happens.
        at: Timestamp,
        /// What the clock shows before and after.
        from_to: [DateTime; 2],
    },
    /// Twice: the clock is set back over it.
    Twice([Timestamp; 2]),
}

impl Showing {
    /// When the clock of that zone shows it.
    ///
    /// # Errors
    ///
    /// When that is too far away for any clock.
    pub fn of(local: DateTime, zone: &TimeZone) -> Result<Self, NoTime> {
        let instant = |offset: Offset| offset.to_timestamp(local).map(timestamp).map_err(|_| NoTime);
        match zone.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => instant(offset).map(Self::Once),
            AmbiguousOffset::Gap { before, after } => {
                let earlier = after.to_timestamp(local).map_err(|_| NoTime)?;
                let change = zone.following(earlier).next().ok_or(NoTime)?.timestamp();
                let from_to = [before, after].map(|offset| offset.to_datetime(change));
                Ok(Self::Never { at: timestamp(change), from_to })
            }
            AmbiguousOffset::Fold { before, after } => Ok(Self::Twice([instant(before)?, instant(after)?])),
        }
    }

    /// The one instant; where there is not exactly one, that is for people to say.
    ///
    /// # Errors
    ///
    /// When the change of the clocks leaves open which one is meant.
    pub fn once(self, zone: &TimeZone) -> Result<Timestamp, NoInstant> {
        match self {
            Self::Once(at) => Ok(at),
            Self::Never { from_to, .. } => {
                Err(NoInstant::Skipped(from_to.map(|local| local.strftime("%H:%M").to_string())))
            }
            Self::Twice(both) => Err(NoInstant::Twice(both.map(|at| write(at, zone)))),
        }
    }
}

/// Why what was typed is no instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoInstant {
    /// It is no time at all.
    NoTime,
    /// The clock goes from the first to the second, and never shows it.
    Skipped([String; 2]),
    /// The clock shows it twice: with its offset it is one of these.
    Twice([String; 2]),
}

impl From<NoTime> for NoInstant {
    fn from(NoTime: NoTime) -> Self {
        Self::NoTime
    }
}

/// Reads a time as `datetime-local` has it, in the site's zone, or as browsers without it let people type one; or with its own offset.
///
/// # Errors
///
/// It is none, or the change of the clocks leaves open which one is meant: that is for people to say.
pub fn read(text: &str, zone: &TimeZone) -> Result<Timestamp, NoInstant> {
    match text.parse()? {
        Written::Instant(at) => Ok(at),
        Written::Local(local) => Showing::of(local, zone)?.once(zone),
    }
}

/// Writes a time so that it reads back as the same minute.
pub fn write(at: Timestamp, zone: &TimeZone) -> String {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
    let local = zone.to_datetime(at);
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Fold { .. } => with_offset(local, zone.to_offset(at)),
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => local.strftime(LOCAL).to_string(),
    }
}

/// Whether a field of `datetime-local` would show it.
pub fn is_local(text: &str) -> bool {
    text.len() == "2026-11-22T14:05".len() && text.contains('T') && text.parse::<DateTime>().is_ok()
}

fn timestamp(at: jiff::Timestamp) -> Timestamp {
    Timestamp::from_millis(at.as_millisecond())
}

fn with_offset(local: DateTime, offset: Offset) -> String {
    let (sign, minutes) = (if offset.seconds() < 0 { '-' } else { '+' }, offset.seconds().unsigned_abs() / 60);
    format!("{}{sign}{:02}:{:02}", local.strftime(LOCAL), minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").expect("a zone")
    }

    #[test]
    fn a_time_is_read_where_the_site_is() {
        let check = |text: &str, expected: &str| {
            let expected = expected.parse::<Timestamp>().map_err(|_| NoInstant::NoTime);
            assert_eq!(read(text, &paris()), expected, "{text}");
        };
        check("2026-11-22T15:00", "2026-11-22T14:00:00Z");
        check("2026-07-22 15:00", "2026-07-22T13:00:00Z");
        check("2026-11-22T15:00:00Z", "2026-11-22T15:00:00Z");
        check("2026-10-25T02:30+02:00", "2026-10-25T00:30:00Z");
        check("2026-10-25T02:30+01:00", "2026-10-25T01:30:00Z");
        check("at three", "");
        check("2026-02-30T15:00", "");
        check("2026-11-22", "");
        check("2026-11-22T15:00 UTC", "");
    }

    #[test]
    fn what_the_change_of_the_clocks_leaves_open_is_asked() {
        let two = |texts: [&str; 2]| texts.map(str::to_owned);
        let skipped = NoInstant::Skipped(two(["02:00", "03:00"]));
        assert_eq!(read("2026-03-29T02:30", &paris()), Err(skipped));
        let twice = NoInstant::Twice(two(["2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"]));
        assert_eq!(read("2026-10-25T02:30", &paris()), Err(twice));
    }

    #[test]
    fn what_is_written_reads_back_as_the_same_minute() {
        for text in ["2026-11-22T14:05:00Z", "2026-03-29T01:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"] {
            let at: Timestamp = text.parse().expect("a time");
            assert_eq!(read(&write(at, &paris()), &paris()), Ok(at), "{text}");
        }
        assert!(is_local("2026-11-22T14:05") && !is_local("2026-10-25T02:30+02:00") && !is_local("at three"));
    }
}
