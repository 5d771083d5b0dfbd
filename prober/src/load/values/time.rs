//! Durations and cron lines.
//!
//! It does not know the time zone that a cron line is read in.

use std::{str::FromStr, time::Duration};

use jiff::SignedDuration;

use super::{Fault, ReadText, quoted, schema};

const PATTERN: &str = r"^\s*(\d+(\.\d+)?\s*[a-zA-Zµ]+[\s,]*)+$";

/// A duration of at least a millisecond.
#[derive(Debug, Clone, Copy)]
pub struct Span(pub Duration);

/// A duration of at least a second: the distance between two probes.
#[derive(Debug, Clone, Copy)]
pub struct Every(pub Duration);

/// A cron line of six fields.
#[derive(Debug, Clone)]
pub struct Line(pub String);

schema! {
    Span: { "type": "string", "pattern": PATTERN, "examples": ["500ms", "10s", "1m 30s"] };
    Every: { "type": "string", "pattern": PATTERN, "examples": ["30s", "5m", "1h 30m"] };
    Line: { "type": "string", "pattern": r"^\s*\S+(\s+\S+){5,6}\s*$", "examples": ["0 */5 * * * *", "0 30 4 * * *"] };
}

const DURATION: &str = "a duration in quotes";

fn duration(text: &str) -> Result<Duration, Fault> {
    if !text.is_empty() && text.chars().all(|c| c.is_ascii_digit()) {
        return Err(Fault::new(format!("{} has no unit", quoted(text))).help(format!("for seconds write \"{text}s\"")));
    }
    // ISO 8601 (`PT30S`) is read too; `30s ago` and `-30s` are negative and end here.
    let duration = SignedDuration::from_str(text).ok().and_then(|duration| Duration::try_from(duration).ok());
    let units = "write it like \"500ms\", \"30s\", \"5m\" or \"1h 30m\"";
    match duration {
        Some(duration) if duration >= Duration::from_millis(1) => Ok(duration),
        Some(_) => Err(Fault::new("the duration is zero").help(units)),
        None => Err(Fault::new(format!("{} is not a duration", quoted(text))).help(units)),
    }
}

impl ReadText for Span {
    const WHAT: &'static str = DURATION;
    const EXAMPLE: &'static str = "\"10s\"";

    fn parse(text: &str) -> Result<Self, Fault> {
        let duration = duration(text)?;
        if duration > Duration::from_hours(1) {
            return Err(Fault::new(format!("{} is longer than an hour", quoted(text))).help("nobody waits that long"));
        }
        Ok(Self(duration))
    }
}

impl ReadText for Every {
    const WHAT: &'static str = DURATION;
    const EXAMPLE: &'static str = "\"30s\"";

    fn parse(text: &str) -> Result<Self, Fault> {
        let duration = duration(text)?;
        if duration < Duration::from_secs(1) {
            return Err(Fault::new(format!("a probe every {text} is a burden on its target"))
                .help("the shortest is \"1s\", and \"5s\" or more is better"));
        }
        if duration > Duration::from_hours(24 * 366) {
            return Err(Fault::new(format!("{} is longer than a year", quoted(text)))
                .help("the default is \"30s\"; for a time of day use `cron`"));
        }
        Ok(Self(duration))
    }
}

impl ReadText for Line {
    const WHAT: &'static str = "a cron line in quotes";
    const EXAMPLE: &'static str = "\"0 */5 * * * *\"";

    fn parse(text: &str) -> Result<Self, Fault> {
        let fields = text.split_whitespace().count();
        if fields == 5 {
            return Err(Fault::new("the cron line has five fields, without seconds")
                .help(format!("put the seconds first: \"0 {}\"", text.trim())));
        }
        match cron::Schedule::from_str(text.trim()) {
            Ok(_) => Ok(Self(text.trim().to_owned())),
            Err(_) if !(6..=7).contains(&fields) => {
                Err(Fault::new(format!("a cron line has six fields, this one {fields}"))
                    .help("second, minute, hour, day of month, month, day of week: \"0 */5 * * * *\""))
            }
            Err(error) => {
                Err(Fault::new(format!("{} is not a cron line: {}", quoted(text), lower(&error.to_string())))
                    .help("second, minute, hour, day of month, month, day of week (SUN to SAT, or 1 to 7 from Sunday)"))
            }
        }
    }
}

/// The cron crate draws an excerpt of its own; its last line says what is wrong, in a sentence.
fn lower(message: &str) -> String {
    let sentence = message.lines().last().unwrap_or_default().trim().split(". ").next().unwrap_or_default();
    let mut characters = sentence.trim_end_matches('.').chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}
