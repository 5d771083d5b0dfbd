//! The stored form of observations and notifications: compact, versioned, apart from the forms on the wire.
//!
//! It does not know keys or checksums. The first byte of each body is the version of its form, so that an older one can still be read
//! when the form changes; the rest is postcard.

mod notification;
mod observation;

pub(super) use notification::{decode as decode_notification, encode as encode_notification};
pub(super) use observation::{decode, encode};

use serde::{Serialize, de::DeserializeOwned};

pub(super) fn pack(version: u8, stored: &impl Serialize) -> Vec<u8> {
    postcard::to_extend(stored, vec![version])
        .expect("postcard fails on missing lengths and foreign errors only, and writing to memory has neither")
}

/// None when the body is of another version, or malformed.
pub(super) fn unpack<T: DeserializeOwned>(version: u8, body: &[u8]) -> Option<T> {
    let (_, rest) = body.split_first().filter(|(first, _)| **first == version)?;
    postcard::from_bytes(rest).ok()
}
