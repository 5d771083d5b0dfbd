//! Times and lengths as people type them on a command line.
//!
//! It does not know what they are for.

use std::{str::FromStr, time::Duration};

use anyhow::{Result, anyhow};
use jiff::{
    SpanRelativeTo, ToSpan as _,
    civil::{DateTime, Time},
    tz::TimeZone,
};
use shared::Timestamp;

use crate::moment::{NoInstant, NoTime, Showing, Written};

/// A time as it was typed: an instant, a time of the site's clock, or a length of time from now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment(Typed);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Typed {
    Instant(Timestamp),
    /// A date and a time of day, to be read in the site's zone.
    Local(DateTime),
    /// A time of day alone.
    OfDay(Time),
    Length(Duration),
}

/// It is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a time is 22:00, \"2026-12-01 22:00\" (both by the clock of the page's time zone), 2026-12-01T22:00:00+01:00, or a length from now such as 30m, 2h or 1d"
)]
pub struct NoMoment;

impl FromStr for Moment {
    type Err = NoMoment;

    fn from_str(text: &str) -> Result<Self, NoMoment> {
        let text = text.trim();
        if let Ok(length) = length(text) {
            return Ok(Self(Typed::Length(length)));
        }
        match (text.parse::<Written>(), text.parse::<Time>()) {
            (Ok(Written::Instant(at)), _) => Ok(Self(Typed::Instant(at))),
            (Ok(Written::Local(local)), _) => Ok(Self(Typed::Local(local))),
            // A date alone would be midnight, which nobody means.
            (Err(NoTime), Ok(time)) if text.contains(':') => Ok(Self(Typed::OfDay(time))),
            (Err(NoTime), _) => Err(NoMoment),
        }
    }
}

impl Moment {
    /// Whether it is a time of the site's clock, of no use to whoever does not know the site's zone.
    pub fn is_local(&self) -> bool {
        match self.0 {
            Typed::Local(_) | Typed::OfDay(_) => true,
            Typed::Instant(_) | Typed::Length(_) => false,
        }
    }

    /// The instant that is meant, of something that is yet to come: a time of day is the next one.
    ///
    /// # Errors
    ///
    /// When the site's clock never shows it, or twice.
    pub fn to_come(&self, zone: &TimeZone, now: Timestamp) -> Result<Timestamp> {
        match self.0 {
            Typed::Length(length) => Ok(now.plus(length)),
            Typed::OfDay(time) => of_day(time, zone, now, 1, |at| at > now),
            Typed::Instant(_) | Typed::Local(_) => self.given(zone),
        }
    }

    /// The instant that is meant, of something that is over: a time of day is the last one, a length of time is so long ago.
    ///
    /// # Errors
    ///
    /// When the site's clock never showed it, or twice.
    pub fn gone_by(&self, zone: &TimeZone, now: Timestamp) -> Result<Timestamp> {
        match self.0 {
            Typed::Length(length) => Ok(now.minus(length)),
            Typed::OfDay(time) => of_day(time, zone, now, -1, |at| at <= now),
            Typed::Instant(_) | Typed::Local(_) => self.given(zone),
        }
    }

    fn given(&self, zone: &TimeZone) -> Result<Timestamp> {
        match &self.0 {
            Typed::Instant(at) => Ok(*at),
            Typed::Local(at) => local(*at, zone),
            Typed::OfDay(_) | Typed::Length(_) => Err(NoMoment.into()),
        }
    }
}

/// That time of today, or of the other day when today's is not what is meant. Where today's clock skips it, what would be meant is
/// the change; where it shows it twice, one of both may be meant and the other not.
fn of_day(
    time: Time,
    zone: &TimeZone,
    now: Timestamp,
    other: i64,
    is_meant: impl Fn(Timestamp) -> bool,
) -> Result<Timestamp> {
    let today = jiff::Timestamp::from_millisecond(now.as_millis())?.to_zoned(zone.clone()).date();
    let on = |days: i64| anyhow::Ok(today.checked_add(days.days())?.to_datetime(time));
    let showing = Showing::of(on(0)?, zone).map_err(|NoTime| NoMoment)?;
    let meant = match showing {
        Showing::Once(at) | Showing::Never { at, .. } => is_meant(at).then_some(showing),
        Showing::Twice([first, second]) => match (is_meant(first), is_meant(second)) {
            (true, true) => Some(showing),
            (true, false) => Some(Showing::Once(first)),
            (false, true) => Some(Showing::Once(second)),
            (false, false) => None,
        },
    };
    match meant {
        Some(showing) => once(showing, on(0)?, zone),
        None => local(on(other)?, zone),
    }
}

fn local(local: DateTime, zone: &TimeZone) -> Result<Timestamp> {
    once(Showing::of(local, zone).map_err(|NoTime| NoMoment)?, local, zone)
}

fn once(showing: Showing, local: DateTime, zone: &TimeZone) -> Result<Timestamp> {
    showing.once(zone).map_err(|fault| match fault {
        NoInstant::NoTime => NoMoment.into(),
        NoInstant::Skipped([before, after]) => {
            anyhow!("the clock skips {local}: it goes from {before} to {after}; give one of them")
        }
        NoInstant::Twice([first, second]) => {
            anyhow!("the clock shows {local} twice: give {first} for the first, {second} for the second")
        }
    })
}

/// A length of time: `45m`, `1h 30m`, `9d`.
///
/// # Errors
///
/// It is none, not of whole seconds, or nothing at all.
pub(super) fn length(text: &str) -> Result<Duration, String> {
    let span = text.trim().parse::<jiff::Span>().ok();
    let length = span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
    let length = length.and_then(|length| Duration::try_from(length).ok());
    let whole = length.filter(|length| length.subsec_nanos() == 0 && !length.is_zero());
    whole.ok_or_else(|| {
        "a length of time has seconds, minutes, hours or days: 90s, 45m, \"1h 30m\", 2d; a day is 24 hours".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_typed_as_people_say_it() {
        let zone = TimeZone::get("Europe/Paris").expect("a zone");
        let now: Timestamp = "2026-11-22T14:00:00Z".parse().expect("a time");
        let check = |text: &str, to_come: &str, gone_by: &str| {
            let moment: Moment = text.parse().expect("a time");
            let found = [moment.to_come(&zone, now), moment.gone_by(&zone, now)];
            let found = found.map(|at| at.expect("an instant").to_string());
            assert_eq!(found, [to_come, gone_by].map(|at| format!("{at}:00.000Z")), "{text}");
        };
        check("30m", "2026-11-22T14:30", "2026-11-22T13:30");
        check("1d", "2026-11-23T14:00", "2026-11-21T14:00");
        check("22:00", "2026-11-22T21:00", "2026-11-21T21:00");
        check("14:30", "2026-11-23T13:30", "2026-11-22T13:30");
        for given in ["2026-12-01T22:00", "2026-12-01 22:00", "2026-12-01T22:00:00+01:00", "2026-12-01T21:00:00Z"] {
            check(given, "2026-12-01T21:00", "2026-12-01T21:00");
        }
    }

    #[test]
    fn what_is_no_time_is_refused_with_examples() {
        for text in ["", "soon", "2026-12-01", "tomorrow", "25:00", "-5m", "0s", "2026-12-01T22:00 Paris"] {
            assert_eq!(text.parse::<Moment>(), Err(NoMoment), "{text}");
        }
        assert!(NoMoment.to_string().contains("30m") && NoMoment.to_string().contains("2026-12-01 22:00"));
    }

    #[test]
    fn a_time_that_the_clock_skips_or_shows_twice_is_asked_about() {
        let zone = TimeZone::get("Europe/Paris").expect("a zone");
        let check = |text: &str, words: &str| {
            let refused = text.parse::<Moment>().expect("a time").to_come(&zone, Timestamp::from_millis(0));
            let refused = refused.expect_err("it is not one instant").to_string();
            assert!(refused.contains(words), "{refused}");
        };
        check("2026-03-29T02:30", "skips");
        check("2026-10-25T02:30", "twice");
    }

    #[test]
    fn a_time_of_day_that_is_meant_of_the_other_day_does_not_mind_a_change_of_the_clock_today() {
        let zone = TimeZone::get("Europe/Paris").expect("a zone");
        // At `now`, 02:30 to come and gone by; nothing where it is asked which one is meant.
        let check = |now: &str, to_come: Option<&str>, gone_by: Option<&str>| {
            let at = format!("{now}:00Z").parse().expect("a time");
            let moment: Moment = "02:30".parse().expect("a time");
            let found = [moment.to_come(&zone, at), moment.gone_by(&zone, at)];
            let found = found.map(|at| at.ok().map(|at| at.to_string()));
            let expected = [to_come, gone_by].map(|at| at.map(|at| format!("{at}:00.000Z")));
            assert_eq!(found, expected, "{now}");
        };
        // On 29 March the clock goes from 02:00 to 03:00.
        check("2026-03-28T23:30", None, Some("2026-03-28T01:30"));
        check("2026-03-29T08:00", Some("2026-03-30T00:30"), None);
        // On 25 October it goes from 03:00 back to 02:00.
        check("2026-10-24T23:00", None, Some("2026-10-24T00:30"));
        check("2026-10-25T00:45", Some("2026-10-25T01:30"), Some("2026-10-25T00:30"));
        check("2026-10-25T08:00", Some("2026-10-26T01:30"), None);
    }

    #[test]
    fn a_length_of_time_takes_days() {
        let check = |text: &str, seconds: Option<u64>| {
            assert_eq!(length(text).ok(), seconds.map(Duration::from_secs), "{text}");
        };
        check("90s", Some(90));
        check("45m", Some(2_700));
        check("1h 30m", Some(5_400));
        check("9d", Some(777_600));
        check("1d 2h", Some(93_600));
        for none in ["", "9", "1mo", "-5m", "0m", "1.5s", "soon"] {
            check(none, None);
        }
    }
}
