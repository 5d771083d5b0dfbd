//! A time as the site's clock shows it and forms write it: `2026-11-22T14:05`, with its offset where the clock shows it twice.
//!
//! It does not know what the time is for.

use jiff::{
    civil::DateTime,
    tz::{AmbiguousOffset, Offset, TimeZone},
};
use shared::Timestamp;

/// As `datetime-local` has it.
const LOCAL: &str = "%Y-%m-%dT%H:%M";

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

/// Reads a time as `datetime-local` has it, in the site's zone, or as browsers without it let people type one; or with its own offset.
///
/// # Errors
///
/// It is none, or the change of the clocks leaves open which one is meant: that is for people to say.
pub fn read(text: &str, zone: &TimeZone) -> Result<Timestamp, NoInstant> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Ok(Timestamp::from_millis(at.as_millisecond()));
    }
    // What has a zone that is not understood must not be taken for the site's own; and a date alone would be midnight.
    let plain =
        text.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | ':' | '.' | 'T' | ' ')) && text.contains(':');
    let local: DateTime = plain.then(|| text.parse().ok()).flatten().ok_or(NoInstant::NoTime)?;
    let at = zone.to_ambiguous_timestamp(local);
    match at.offset() {
        AmbiguousOffset::Unambiguous { .. } => {
            let at = at.unambiguous().map_err(|_| NoInstant::NoTime)?;
            Ok(Timestamp::from_millis(at.as_millisecond()))
        }
        AmbiguousOffset::Gap { before, after } => {
            Err(change(local, [before, after], zone).map_or(NoInstant::NoTime, NoInstant::Skipped))
        }
        AmbiguousOffset::Fold { before, after } => {
            Err(NoInstant::Twice([before, after].map(|offset| with_offset(local, offset))))
        }
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
pub(super) fn is_local(text: &str) -> bool {
    text.len() == "2026-11-22T14:05".len() && text.contains('T') && text.parse::<DateTime>().is_ok()
}

/// What the clock shows before and after the change in which that time is lost.
fn change(local: DateTime, [before, after]: [Offset; 2], zone: &TimeZone) -> Option<[String; 2]> {
    let earlier = after.to_timestamp(local).ok()?;
    let change = zone.following(earlier).next()?.timestamp();
    Some([before, after].map(|offset| offset.to_datetime(change).strftime("%H:%M").to_string()))
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
