//! The signature of a message (DKIM, RFC 6376): by which key, and what it covers.
//!
//! It does not know who writes.

use std::fmt;

use lettre::{
    Message,
    message::{
        dkim::{DkimCanonicalization, DkimCanonicalizationType, DkimConfig, dkim_sign},
        header::HeaderName,
    },
};

use super::key::{self, KeyFault};
use crate::mail::Dkim;

/// Covered by the signature, also where a letter has no such header, so that none can be added; both headers for leaving must be (RFC 8058,
/// section 4). `Content-Type` cannot be: lettre keeps that with the body, and would name it in the signature without covering it, so
/// that nobody could verify it.
const SIGNED: [&str; 13] = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Language",
];

/// Signs messages.
pub struct Signature(DkimConfig);

impl Signature {
    /// Reads the key.
    ///
    /// # Errors
    ///
    /// If it cannot be read or used.
    pub fn new(dkim: &Dkim) -> Result<Self, KeyFault> {
        let headers = SIGNED.map(HeaderName::new_from_ascii_str).into();
        let relaxed = DkimCanonicalizationType::Relaxed;
        let canonicalization = DkimCanonicalization { header: relaxed, body: relaxed };
        let (selector, domain) = (dkim.selector.clone(), dkim.domain.clone());
        Ok(Self(DkimConfig::new(selector, domain, key::read(&dkim.key_file)?, headers, canonicalization)))
    }

    /// Adds the header `DKIM-Signature`, after which nothing that it covers may change.
    pub fn sign(&self, message: &mut Message) {
        dkim_sign(message, &self.0);
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signature").finish_non_exhaustive()
    }
}
