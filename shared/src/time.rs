//! A point in time on the wire: milliseconds since 1970, written as RFC 3339 in UTC.
//!
//! It reads no clock and knows no time zone: both belong to whoever makes or shows the time.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX time).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// 9999-12-31T23:59:59.999Z: the last instant that RFC 3339 can write.
const LAST: i64 = 253_402_300_799_999;
/// 0000-01-01T00:00:00Z, the first.
const FIRST: i64 = -62_167_219_200_000;
const DAY: i64 = 86_400_000;

impl Timestamp {
    /// From milliseconds since 1970, clamped to the years 0 to 9999.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(FIRST, LAST))
    }

    /// Milliseconds since 1970.
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// Time passed since `earlier`; zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    /// This instant and `duration` more, clamped to the year 9999.
    pub fn plus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// This instant less `duration`, clamped to the year 0.
    pub fn minus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.0.saturating_sub(millis))
    }
}

/// Days since 1970 to year, month, day in the proleptic Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    // Years begin in March, so that the leap day is the last of its year; 719,468 days lie between 0000-03-01 and 1970-01-01.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// The inverse of [`civil`].
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

impl fmt::Display for Timestamp {
    /// RFC 3339 with milliseconds, such as `2026-11-22T13:00:00.000Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0.div_euclid(DAY));
        let clock = self.0.rem_euclid(DAY);
        let (hour, minute, second, millis) =
            (clock / 3_600_000, clock / 60_000 % 60, clock / 1_000 % 60, clock % 1_000);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
    }
}

/// The text is not an RFC 3339 date and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidTimestamp;

impl fmt::Display for InvalidTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time reads 2026-11-22T13:00:00Z (RFC 3339)")
    }
}

impl std::error::Error for InvalidTimestamp {}

fn number(text: &str) -> Result<i64, InvalidTimestamp> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(InvalidTimestamp);
    }
    text.parse().map_err(|_| InvalidTimestamp)
}

fn field(
    text: &str,
    range: std::ops::Range<usize>,
    limits: std::ops::RangeInclusive<i64>,
) -> Result<i64, InvalidTimestamp> {
    let value = number(text.get(range).ok_or(InvalidTimestamp)?)?;
    if limits.contains(&value) { Ok(value) } else { Err(InvalidTimestamp) }
}

/// Milliseconds east of UTC.
fn offset(zone: &str) -> Result<i64, InvalidTimestamp> {
    if zone.eq_ignore_ascii_case("z") {
        return Ok(0);
    }
    let sign = match zone.as_bytes().first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        Some(_) | None => return Err(InvalidTimestamp),
    };
    if zone.len() != 6 || zone.as_bytes().get(3) != Some(&b':') {
        return Err(InvalidTimestamp);
    }
    Ok(sign * (field(zone, 1..3, 0..=23)? * 3_600_000 + field(zone, 4..6, 0..=59)? * 60_000))
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    /// RFC 3339 §5.6, any offset; digits after the millisecond are dropped and a leap second reads as the second before it.
    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        let bytes = text.as_bytes();
        let separators = [(4, b"-".as_slice()), (7, b"-"), (10, b"Tt "), (13, b":"), (16, b":")];
        if separators.iter().any(|&(at, allowed)| !bytes.get(at).is_some_and(|b| allowed.contains(b))) {
            return Err(InvalidTimestamp);
        }
        let (year, month) = (field(text, 0..4, 0..=9999)?, field(text, 5..7, 1..=12)?);
        let day = field(text, 8..10, 1..=31)?;
        let date = days(year, month, day);
        if civil(date) != (year, month, day) {
            return Err(InvalidTimestamp);
        }
        let (hour, minute) = (field(text, 11..13, 0..=23)?, field(text, 14..16, 0..=59)?);
        let second = field(text, 17..19, 0..=60)?.min(59);
        let rest = text.get(19..).ok_or(InvalidTimestamp)?;
        let (fraction, zone) = match rest.strip_prefix('.') {
            Some(rest) => rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).ok_or(InvalidTimestamp)?),
            None => ("0", rest),
        };
        number(fraction.get(..fraction.len().min(18)).ok_or(InvalidTimestamp)?)?;
        let millis = number(&format!("{fraction:0<3}")[..3])?;
        let clock = hour * 3_600_000 + minute * 60_000 + second * 1_000 + millis;
        Ok(Self::from_millis(date * DAY + clock - offset(zone)?))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// jiff is the reference: another implementation, with the whole calendar behind it.
        #[test]
        fn it_writes_what_jiff_writes_and_reads_it_back(millis in FIRST..=LAST) {
            let ours = Timestamp::from_millis(millis);
            let reference = jiff::Timestamp::from_millisecond(millis).expect("in jiff's range");
            prop_assert_eq!(ours.to_string(), format!("{reference:.3}"));
            prop_assert_eq!(ours.to_string().parse::<Timestamp>(), Ok(ours));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            let _ = text.parse::<Timestamp>();
        }
    }

    #[test]
    fn it_reads_rfc_3339_and_nothing_else() {
        let check = |text: &str, millis: Option<i64>| {
            assert_eq!(text.parse::<Timestamp>().ok().map(Timestamp::as_millis), millis, "{text:?}");
        };
        check("1970-01-01T00:00:00Z", Some(0));
        check("1970-01-01t01:00:00.5+01:00", Some(500));
        check("1970-01-01 00:00:01.123456789z", Some(1_123));
        check("2024-02-29T00:00:00Z", Some(1_709_164_800_000));
        check("2016-12-31T23:59:60Z", Some(1_483_228_799_000));
        check("2023-02-29T00:00:00Z", None);
        check("2023-13-01T00:00:00Z", None);
        check("2023-01-01T24:00:00Z", None);
        check("2023-01-01T00:00:00", None);
        check("2023-01-01T00:00:00.Z", None);
        check("2023-01-01T00:00:00+1:00", None);
        check("yesterday", None);
    }
}
