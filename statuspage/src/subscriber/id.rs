//! The name of a subscriber: 128 random bits, written so that it survives a mail's return path.
//!
//! It does not know whose it is.

use std::{fmt, str::FromStr};

use data_encoding::BASE32_NOPAD_NOCASE;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const BYTES: usize = 16;
/// Its digits: 128 bits in base32 (RFC 4648), in lower case and without padding.
pub(super) const DIGITS: usize = 26;

/// One subscriber, for as long as there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriberId([u8; BYTES]);

/// A text names no subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no id of a subscriber: that has {DIGITS} letters and digits")]
pub struct InvalidSubscriberId;

impl SubscriberId {
    /// The one of these bits.
    pub fn of(bits: [u8; BYTES]) -> Self {
        Self(bits)
    }

    pub(super) fn bits(&self) -> &[u8; BYTES] {
        &self.0
    }
}

impl FromStr for SubscriberId {
    type Err = InvalidSubscriberId;

    /// Upper case counts as lower: mail systems change the one into the other.
    fn from_str(text: &str) -> Result<Self, InvalidSubscriberId> {
        bits(text).map(Self).ok_or(InvalidSubscriberId)
    }
}

impl fmt::Display for SubscriberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&digits(&self.0))
    }
}

impl Serialize for SubscriberId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SubscriberId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Bytes as digits that a URL, a mail's return path and a telephone can carry.
pub(super) fn digits(bytes: &[u8]) -> String {
    BASE32_NOPAD_NOCASE.encode(bytes).to_ascii_lowercase()
}

/// The bytes behind digits, where they are of that length and nothing else.
pub(super) fn bits<const N: usize>(digits: &str) -> Option<[u8; N]> {
    // Looked at first, so that nobody has a long text decoded.
    if digits.len() != (N * 8).div_ceil(5) {
        return None;
    }
    BASE32_NOPAD_NOCASE.decode(digits.as_bytes()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_in_either_case_and_in_no_other_form() {
        let id = SubscriberId::of([0xa5; BYTES]);
        let text = id.to_string();
        assert_eq!(text.len(), DIGITS);
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(text.to_ascii_uppercase().parse(), Ok(id));
        for wrong in ["", &text[1..], &format!("{text}a"), &text.replace(&text[..1], "1"), &"é".repeat(13)] {
            assert_eq!(wrong.parse::<SubscriberId>(), Err(InvalidSubscriberId), "{wrong}");
        }
        // The last digit has two bits too many; only one way to write them counts.
        assert_eq!(format!("{}b", &text[..25]).parse::<SubscriberId>(), Err(InvalidSubscriberId));
    }
}
