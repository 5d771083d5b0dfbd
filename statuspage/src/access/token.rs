//! Tokens of programs: made once, shown once, kept as a hash.
//!
//! It does not know whose token it is.

use std::{fmt, str::FromStr};

use aws_lc_rs::rand;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{civil::Date, tz::TimeZone};
use sha2::{Digest as _, Sha256};
use shared::Timestamp;
use subtle::ConstantTimeEq as _;

/// In front of each token, so that scanners of repositories recognise one that was published by mistake.
const PREFIX: &str = "belfry_";
const SCHEME: &str = "sha256:";
const BYTES: usize = 32;

/// The SHA-256 of a token. Tokens have 256 random bits, so that a hash that is fast to compute is enough.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

/// A text is no hash of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no hash of a token: that is `sha256:` and 64 hexadecimal digits")]
pub struct UnusableTokenHash;

impl TokenHash {
    /// A new token, and its hash.
    pub fn mint() -> (String, Self) {
        let mut bytes = [0; BYTES];
        rand::fill(&mut bytes).expect("the system has randomness");
        let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
        let hash = Self::of(&token);
        (token, hash)
    }

    /// The hash of a token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// Whether it is the same one, in a time that does not tell where they differ.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl FromStr for TokenHash {
    type Err = UnusableTokenHash;

    fn from_str(text: &str) -> Result<Self, UnusableTokenHash> {
        let digits = text.strip_prefix(SCHEME).filter(|digits| digits.len() == 64).ok_or(UnusableTokenHash)?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks(2)) {
            let pair = str::from_utf8(pair).ok().filter(|pair| pair.bytes().all(|digit| digit.is_ascii_hexdigit()));
            *byte = u8::from_str_radix(pair.ok_or(UnusableTokenHash)?, 16).map_err(|_| UnusableTokenHash)?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SCHEME)?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hash]")
    }
}

/// The day from which on a token opens nothing, in the site's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpiryDate(Date);

/// A text is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no day such as 2027-01-01")]
pub struct InvalidExpiry;

impl ExpiryDate {
    /// Whether that day has begun.
    pub fn is_over(&self, zone: &TimeZone, now: Timestamp) -> bool {
        let begins = self.0.to_zoned(zone.clone()).map(|day| Timestamp::from_millis(day.timestamp().as_millisecond()));
        // A day that no calendar reaches does not begin.
        begins.is_ok_and(|begins| now >= begins)
    }
}

impl FromStr for ExpiryDate {
    type Err = InvalidExpiry;

    fn from_str(text: &str) -> Result<Self, InvalidExpiry> {
        // jiff also reads the day of a time; whoever writes one expects the hour to count.
        let date = Some(text).filter(|text| text.len() == 10).and_then(|text| text.parse().ok());
        date.map(Self).ok_or(InvalidExpiry)
    }
}

impl fmt::Display for ExpiryDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_recognised_by_its_hash_alone() {
        let (token, hash) = TokenHash::mint();
        assert_eq!(token.len(), PREFIX.len() + 43);
        let written: TokenHash = hash.to_string().parse().expect("it reads back");
        assert!(written.is_same(&TokenHash::of(&token)) && !written.is_same(&TokenHash::of("belfry_")));
        assert_ne!(TokenHash::mint().0, token);
    }

    #[test]
    fn a_text_that_is_no_hash_is_refused() {
        let check = |text: &str| assert_eq!(text.parse::<TokenHash>(), Err(UnusableTokenHash), "{text}");
        check("belfry_abc");
        check(&"0".repeat(64));
        check(&format!("sha256:{}", "0".repeat(63)));
        check(&format!("sha256:{}", "g".repeat(64)));
        check(&format!("sha256:{}+0", "0".repeat(62)));
        check(&format!("sha256:{}", "é".repeat(32)));
    }

    #[test]
    fn a_token_ends_when_its_day_begins_where_the_site_is() {
        let day: ExpiryDate = "2027-01-01".parse().expect("a day");
        let paris = TimeZone::get("Europe/Paris").expect("a zone");
        let over = |at: &str| day.is_over(&paris, at.parse().expect("a time"));
        assert!(!over("2026-12-31T22:59:59Z"));
        assert!(over("2026-12-31T23:00:00Z"));
        assert_eq!("2027-02-30".parse::<ExpiryDate>(), Err(InvalidExpiry));
        assert_eq!("2027-01-01T12:00".parse::<ExpiryDate>(), Err(InvalidExpiry));
    }
}
