//! Hours of a week, on the clock of the site.
//!
//! It does not know whose hours they are.

use std::{fmt, str::FromStr};

use jiff::{Zoned, civil::Weekday, tz::TimeZone};
use shared::Timestamp;

/// The days, as they are written.
const DAYS: [(&str, Weekday); 7] = [
    ("Mon", Weekday::Monday),
    ("Tue", Weekday::Tuesday),
    ("Wed", Weekday::Wednesday),
    ("Thu", Weekday::Thursday),
    ("Fri", Weekday::Friday),
    ("Sat", Weekday::Saturday),
    ("Sun", Weekday::Sunday),
];
const DAY: u16 = 24 * 60;

/// Shifts, of which at least one counts; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours(Vec<Shift>);

/// The same hours on some days: `Mon-Fri 08:00-20:00`, `Sat-Sun`, `22:00-06:00`. What ends before it begins ends on the next day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// On which days it begins, Monday first.
    days: [bool; 7],
    /// In minutes.
    from: u16,
    /// In minutes; of the next day where it is not after `from`.
    until: u16,
    text: String,
}

/// A text is no shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("hours read Mon-Fri 08:00-20:00, Sat-Sun or 22:00-06:00")]
pub struct InvalidShift;

impl Hours {
    /// None when there are no shifts.
    pub fn new(shifts: Vec<Shift>) -> Option<Self> {
        (!shifts.is_empty()).then_some(Self(shifts))
    }

    /// The shifts, as they were written.
    pub fn shifts(&self) -> &[Shift] {
        &self.0
    }

    /// Whether an instant lies in one of them.
    pub fn hold(&self, at: Timestamp, zone: &TimeZone) -> bool {
        let zoned: Zoned = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default().to_zoned(zone.clone());
        let day = usize::from(zoned.weekday().to_monday_zero_offset().unsigned_abs()) % 7;
        let minute = u16::from(zoned.hour().unsigned_abs()) * 60 + u16::from(zoned.minute().unsigned_abs());
        self.0.iter().any(|shift| shift.holds(day, minute))
    }
}

impl Shift {
    fn holds(&self, day: usize, minute: u16) -> bool {
        let begins = |day: usize| self.days.get(day % 7).copied().unwrap_or_default();
        if self.from < self.until {
            return begins(day) && (self.from..self.until).contains(&minute);
        }
        (begins(day) && minute >= self.from) || (begins(day + 6) && minute < self.until)
    }
}

impl FromStr for Shift {
    type Err = InvalidShift;

    fn from_str(text: &str) -> Result<Self, InvalidShift> {
        let text = text.trim();
        let (days, span) = match text.split_once(char::is_whitespace) {
            Some((days, span)) => (Some(days), Some(span.trim())),
            None if text.contains(':') => (None, Some(text)),
            None => (Some(text), None),
        };
        let days = days.map_or(Ok([true; 7]), read_days)?;
        let (from, until) = span.map_or(Ok((0, DAY)), read_span)?;
        Ok(Self { days, from, until, text: text.to_owned() })
    }
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn read_days(text: &str) -> Result<[bool; 7], InvalidShift> {
    let place = |name: &str| DAYS.iter().position(|(day, _)| day.eq_ignore_ascii_case(name)).ok_or(InvalidShift);
    let (first, last) = match text.split_once('-') {
        Some((first, last)) => (place(first)?, place(last)?),
        None => (place(text)?, place(text)?),
    };
    let count = (last + 7 - first) % 7;
    Ok(std::array::from_fn(|day| (day + 7 - first) % 7 <= count))
}

fn read_span(text: &str) -> Result<(u16, u16), InvalidShift> {
    let (from, until) = text.split_once('-').ok_or(InvalidShift)?;
    let (from, until) = (read_time(from)?, read_time(until)?);
    if from == until || from == DAY { Err(InvalidShift) } else { Ok((from, until)) }
}

fn read_time(text: &str) -> Result<u16, InvalidShift> {
    let (hour, minute) = text.trim().split_once(':').ok_or(InvalidShift)?;
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return Err(InvalidShift);
    }
    let (hour, minute): (u16, u16) =
        (hour.parse().map_err(|_| InvalidShift)?, minute.parse().map_err(|_| InvalidShift)?);
    let time = hour * 60 + minute;
    if minute < 60 && time <= DAY { Ok(time) } else { Err(InvalidShift) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifts_hold_on_their_days_and_over_midnight() {
        let paris = TimeZone::get("Europe/Paris").expect("a zone");
        let check = |shift: &str, at: &str, expected: bool| {
            let hours = Hours::new(vec![shift.parse().expect("a shift")]).expect("one");
            let at: Timestamp = at.parse().expect("a time");
            assert_eq!(hours.hold(at, &paris), expected, "{shift} at {at}");
        };
        // 2026-11-23 is a Monday; Paris is an hour ahead.
        check("Mon-Fri 08:00-20:00", "2026-11-23T07:00:00Z", true);
        check("Mon-Fri 08:00-20:00", "2026-11-23T06:59:00Z", false);
        check("Mon-Fri 08:00-20:00", "2026-11-23T19:00:00Z", false);
        check("Mon-Fri 08:00-20:00", "2026-11-22T12:00:00Z", false);
        check("Sat-Sun", "2026-11-22T12:00:00Z", true);
        check("Sat-Sun", "2026-11-22T23:30:00Z", false);
        check("Fri-Mon", "2026-11-23T12:00:00Z", true);
        check("Sun 22:00-06:00", "2026-11-23T04:59:00Z", true);
        check("Sun 22:00-06:00", "2026-11-23T05:00:00Z", false);
        check("Mon 22:00-06:00", "2026-11-23T04:59:00Z", false);
        check("22:00-06:00", "2026-11-23T21:00:00Z", true);
        check("00:00-24:00", "2026-11-23T21:00:00Z", true);
    }

    #[test]
    fn what_is_no_shift_is_refused() {
        for text in
            ["", "Mon-Fry", "8-20", "08:00", "08:00-08:00", "25:00-26:00", "Mon 08:60-09:00", "Mon,Tue", "24:00-01:00"]
        {
            assert_eq!(text.parse::<Shift>(), Err(InvalidShift), "{text}");
        }
    }
}
