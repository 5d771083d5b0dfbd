//! Whether a report is of whom it names: its signature, held against the keys that were enrolled.
//!
//! It does not know what is in the report; nothing of it is unpacked before the signature is known to be good.

use std::{collections::BTreeMap, fmt, str::FromStr, sync::Arc};

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use shared::{LocationName, report::Envelope};

/// The public half of a location's key (ed25519).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey([u8; 32]);

/// The text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a public key is 32 bytes in base64")]
pub struct KeyError;

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let bytes = STANDARD.decode(text).map_err(|_| KeyError)?;
        Ok(Self(bytes.try_into().map_err(|_| KeyError)?))
    }
}

impl TryFrom<String> for PublicKey {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        text.parse()
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        STANDARD.encode(key.0)
    }
}

/// The first digits of its hash: enough to tell keys apart.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Sha256::digest(self.0).iter().take(6).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl PublicKey {
    /// Whether a signature, in base64, is by this key over these bytes.
    pub fn verifies(&self, bytes: &[u8], signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        UnparsedPublicKey::new(&ED25519, &self.0).verify(bytes, &signature).is_ok()
    }
}

/// Whose keys are good: what the door looks at, made anew whenever that changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Register(pub(super) Arc<BTreeMap<LocationName, Known>>);

/// A location at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Known {
    /// It may report with one of these, and not any more with those.
    With { keys: Vec<PublicKey>, former: Vec<PublicKey> },
    /// Not any more, with any of these.
    Revoked(Vec<PublicKey>),
}

/// A report that is of whom it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// By which key.
    pub key: PublicKey,
}

/// Why a report is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unverified {
    /// There is no such location.
    Nobody,
    /// It is none of its keys' signature: a stranger's, or damaged.
    Forged,
    /// Another key took the place of the one that signed it.
    Replaced,
    /// The location was revoked, and one of its keys signed it.
    Revoked,
}

impl Register {
    /// Whether a location has that name: known before anything of a report is read.
    pub fn has(&self, location: &LocationName) -> bool {
        self.0.contains_key(location)
    }

    /// Who signed this body with that envelope.
    ///
    /// # Errors
    ///
    /// Nobody who may.
    pub fn verify(&self, envelope: &Envelope, body: &[u8], signature: &str) -> Result<Verified, Unverified> {
        let (keys, former, why) = match self.0.get(&envelope.location) {
            None => return Err(Unverified::Nobody),
            Some(Known::Revoked(former)) => (&[][..], former, Unverified::Revoked),
            Some(Known::With { keys, former }) => (keys.as_slice(), former, Unverified::Replaced),
        };
        let mut hash = [0; 32];
        hash.copy_from_slice(&Sha256::digest(body));
        let signed = envelope.signed(&hash);
        let by = |keys: &[PublicKey]| keys.iter().find(|key| key.verifies(&signed, signature)).cloned();
        let unverified = || if by(former).is_some() { why } else { Unverified::Forged };
        by(keys).map(|key| Verified { key }).ok_or_else(unverified)
    }
}
