//! What is known of an execution so far: filled step by step, so that a failure keeps what came before it.
//!
//! It judges nothing.

use std::net::IpAddr;

use shared::{HttpFacts, Timestamp, Timings};

/// The facts of an execution, or of one hop of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    pub(crate) timings: Timings,
    pub(crate) http: Option<HttpFacts>,
    pub(crate) certificate_expires_at: Option<Timestamp>,
    pub(crate) address: Option<IpAddr>,
}

impl Record {
    /// Adds what another connection showed: times add up, the earliest certificate and the last address count.
    pub(crate) fn add(&mut self, other: &Self) {
        self.timings.add(&other.timings);
        self.note_certificate(other.certificate_expires_at);
        self.address = other.address.or(self.address);
    }

    /// Keeps the earliest end of all certificates seen.
    pub(crate) fn note_certificate(&mut self, expires_at: Option<Timestamp>) {
        self.certificate_expires_at = match (self.certificate_expires_at, expires_at) {
            (Some(known), Some(new)) => Some(known.min(new)),
            (known, new) => known.or(new),
        };
    }
}
