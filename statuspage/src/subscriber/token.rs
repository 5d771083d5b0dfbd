//! Tokens of links in mails: who has one has read the mail.
//!
//! It does not know what a token opens. Those that are drawn are kept as their SHA-256, like passwords that cannot be guessed.

use std::{fmt, str::FromStr};

use aws_lc_rs::digest;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::id::{DIGITS, digits};

/// The longest token: an id and a MAC.
const LONGEST: usize = 2 * DIGITS;

/// What a link in a mail says who its reader is. It is written into that mail and nowhere else: no log, no answer, no file.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// What a link in a mail may be for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Say yes: once, within a day.
    Confirm,
    /// Say "not me, never again": for ever.
    Refuse,
    /// Look, change, take along, leave: for half an hour.
    Manage,
    /// Leave: for ever.
    Unsubscribe,
}

/// A text is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no token of a mail")]
pub struct InvalidToken;

impl Token {
    /// The token as it stands in a link.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn drawn(bits: [u8; 16]) -> Self {
        Self(digits(&bits))
    }

    /// What says of itself whose it is: a name and the MAC over it.
    pub(super) fn signed(name: &[u8; 16], mac: &[u8; 16]) -> Self {
        Self(digits(name) + &digits(mac))
    }

    pub(super) fn parts(&self) -> Option<([u8; 16], [u8; 16])> {
        let (name, mac) = self.0.split_at_checked(DIGITS)?;
        Some((super::id::bits(name)?, super::id::bits(mac)?))
    }

    pub(super) fn hash(&self) -> TokenHash {
        TokenHash(digest::digest(&digest::SHA256, self.0.as_bytes()).as_ref().try_into().expect("SHA-256 has 32 bytes"))
    }
}

impl FromStr for Token {
    type Err = InvalidToken;

    /// Upper case counts as lower: mail systems change the one into the other.
    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        let sound = (DIGITS..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        sound.then(|| Self(text.to_ascii_lowercase())).ok_or(InvalidToken)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// What is kept of a token. It is looked up by its order: whoever measures that learns of hashes, which open nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TokenHash([u8; 32]);

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

impl Serialize for TokenHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&digits(&self.0))
    }
}

impl<'de> Deserialize<'de> for TokenHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let digits = String::deserialize(deserializer)?;
        super::id::bits(&digits).map(Self).ok_or_else(|| de::Error::custom("it is no hash of a token"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_and_is_never_shown() {
        let token = Token::drawn([7; 16]);
        assert_eq!(token.as_str().parse(), Ok(token.clone()));
        assert_eq!(token.as_str().to_ascii_uppercase().parse(), Ok(token.clone()));
        assert_eq!(format!("{token:?} {:?}", token.hash()), "Token(…) TokenHash(…)");
        let signed = Token::signed(&[1; 16], &[2; 16]);
        assert_eq!(signed.parts(), Some(([1; 16], [2; 16])));
        assert_eq!(token.parts(), None);
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let check = |text: &str| assert_eq!(text.parse::<Token>(), Err(InvalidToken), "{text}");
        check("");
        check(&"a".repeat(DIGITS - 1));
        check(&"a".repeat(LONGEST + 1));
        check(&"é".repeat(15));
        check(&format!("{}/..", "a".repeat(DIGITS)));
    }
}
