//! The stored form of observations and notifications: compact, versioned, apart from the forms on the wire.
//!
//! It does not know keys or checksums. The first byte of each body is the version of its form, so that an older one can still be read
//! when the form changes; the rest is postcard.

mod notification;
mod observation;

pub(super) use notification::{decode as decode_notification, encode as encode_notification};
pub(super) use observation::{decode, encode};

use serde::{Serialize, de::DeserializeOwned};

/// The version of both forms.
const VERSION: u8 = 1;

pub(super) fn pack(stored: &impl Serialize) -> Vec<u8> {
    postcard::to_extend(stored, vec![VERSION])
        .expect("postcard fails on missing lengths and foreign errors only, and writing to memory has neither")
}

pub(super) fn unpack<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    match body.split_first() {
        Some((&VERSION, rest)) => postcard::from_bytes(rest).ok(),
        Some(_) | None => None,
    }
}
