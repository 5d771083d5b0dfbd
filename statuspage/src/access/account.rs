//! The accounts of the settings: people with a password, programs with a token.
//!
//! It does not know where they are written, nor how somebody asks.

use std::{fmt, str::FromStr};

use jiff::tz::TimeZone;
use shared::Timestamp;

use super::{
    password::PasswordHash,
    token::{ExpiryDate, TokenHash},
};

/// The longest name, in characters.
const LONGEST: usize = 64;

/// What an operator or a token is called: in forms, in what the public never sees, and in the audit log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperatorName(String);

/// A text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name has 1 to 64 letters, digits, `.`, `-`, `_` or `@`")]
pub struct InvalidName;

impl OperatorName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OperatorName {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@');
        let sound = (1..=LONGEST).contains(&text.len()) && text.chars().all(fits);
        sound.then(|| Self(text.to_owned())).ok_or(InvalidName)
    }
}

impl fmt::Display for OperatorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Somebody who signs in with a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Unique among accounts and tokens.
    pub name: OperatorName,
    /// Of the password.
    pub password: PasswordHash,
}

/// A program that sends a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Unique among accounts and tokens.
    pub name: OperatorName,
    /// Of the token.
    pub hash: TokenHash,
    /// From that day on it opens nothing.
    pub expires: Option<ExpiryDate>,
}

/// Everybody who may give orders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accounts {
    /// People.
    pub operators: Vec<Account>,
    /// Programs.
    pub tokens: Vec<ApiToken>,
}

impl Accounts {
    /// Whose token it is. All are compared, whatever comes first, and hashes of one length tell nothing by time.
    pub(super) fn bearer(&self, token: &str, zone: &TimeZone, now: Timestamp) -> Option<&OperatorName> {
        let given = TokenHash::of(token);
        let fits = |known: &&ApiToken| known.hash.is_same(&given);
        let found = self.tokens.iter().filter(fits).fold(None, |found, token| found.or(Some(token)));
        found.filter(|token| !token.expires.as_ref().is_some_and(|day| day.is_over(zone, now))).map(|token| &token.name)
    }

    pub(super) fn expired<'a>(&'a self, zone: &'a TimeZone, now: Timestamp) -> impl Iterator<Item = &'a ApiToken> {
        let over = move |token: &&ApiToken| token.expires.as_ref().is_some_and(|day| day.is_over(zone, now));
        self.tokens.iter().filter(over)
    }
}
