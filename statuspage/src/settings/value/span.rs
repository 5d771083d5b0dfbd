//! Lengths of time that incidents go by, in minutes or seconds.
//!
//! It does not know what incidents do with them.

use std::{fmt, str::FromStr, time::Duration};

use super::{InvalidValue, invalid};

/// The longest quiet time that can be set, in seconds.
const LONGEST_QUIET: u64 = 1_800;

/// How long everything must have worked before an incident is over: `90s`, `3m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet(Duration);

impl Quiet {
    /// The time.
    pub fn duration(self) -> Duration {
        self.0
    }
}

impl Default for Quiet {
    fn default() -> Self {
        Self(Duration::from_secs(180))
    }
}

impl FromStr for Quiet {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match seconds(text) {
            Some(seconds) if seconds <= LONGEST_QUIET => Ok(Self(Duration::from_secs(seconds))),
            Some(_) => Err(invalid("an incident is not kept open for longer than 30 quiet minutes")),
            None => Err(invalid("it is a time such as \"3m\" or \"90s\"")),
        }
    }
}

impl fmt::Display for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_secs() {
            seconds if seconds > 0 && seconds.is_multiple_of(60) => write!(f, "{}m", seconds / 60),
            seconds => write!(f, "{seconds}s"),
        }
    }
}

/// The longest time that can be set after which what fails on is an incident again, in seconds.
const LONGEST_REOPEN: u64 = 3_600;

/// How long what fails on is let be after operators closed its incident: `10m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reopen(Duration);

impl Reopen {
    /// The time.
    pub fn duration(self) -> Duration {
        self.0
    }
}

impl Default for Reopen {
    fn default() -> Self {
        Self(crate::incident::Rules::default().reopen)
    }
}

impl FromStr for Reopen {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match seconds(text) {
            Some(seconds) if seconds <= LONGEST_REOPEN => Ok(Self(Duration::from_secs(seconds))),
            Some(_) => Err(invalid("what fails on is not let be for longer than 60 minutes")),
            None => Err(invalid("it is a time such as \"10m\" or \"90s\"")),
        }
    }
}

impl fmt::Display for Reopen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Quiet(self.0).fmt(f)
    }
}

/// Minutes or seconds.
fn seconds(text: &str) -> Option<u64> {
    let number = |digits: &str, unit: u64| digits.trim().parse::<u64>().ok()?.checked_mul(unit);
    let minutes = text.strip_suffix('m').and_then(|digits| number(digits, 60));
    minutes.or_else(|| text.strip_suffix('s').and_then(|digits| number(digits, 1)))
}
