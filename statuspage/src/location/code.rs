//! One-time codes by which a location introduces itself: shown once, kept as hashes.
//!
//! It does not know how long one is valid.

use std::{fmt, str::FromStr};

use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// Random bytes of a code.
const RANDOM: usize = 15;

/// A code as an operator carries it to the location: 24 letters and digits, in either case.
#[derive(Clone)]
pub struct Code(String);

impl Code {
    /// A new one; none where the system has no randomness.
    pub fn generate() -> Option<Self> {
        let mut random = [0; RANDOM];
        aws_lc_rs::rand::fill(&mut random).ok()?;
        Some(Self(BASE32_NOPAD.encode(&random).to_ascii_lowercase()))
    }

    /// The code itself, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> CodeHash {
        CodeHash::of(&self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[code]")
    }
}

/// The hash of a code.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CodeHash([u8; 32]);

impl CodeHash {
    /// Of whatever somebody sends as a code.
    pub fn of(code: &str) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(&Sha256::digest(code.trim().to_ascii_lowercase()));
        Self(hash)
    }
}

impl PartialEq for CodeHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for CodeHash {}

/// The text is no hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the hash of a code")]
pub struct InvalidHash;

impl FromStr for CodeHash {
    type Err = InvalidHash;

    fn from_str(text: &str) -> Result<Self, InvalidHash> {
        let bytes = BASE32_NOPAD.decode(text.as_bytes()).map_err(|_| InvalidHash)?;
        Ok(Self(bytes.try_into().map_err(|_| InvalidHash)?))
    }
}

impl TryFrom<String> for CodeHash {
    type Error = InvalidHash;

    fn try_from(text: String) -> Result<Self, InvalidHash> {
        text.parse()
    }
}

impl From<CodeHash> for String {
    fn from(hash: CodeHash) -> Self {
        BASE32_NOPAD.encode(&hash.0)
    }
}
