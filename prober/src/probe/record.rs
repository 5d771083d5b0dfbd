//! What is known of an execution so far: filled step by step, so that a failure keeps what came before it.
//!
//! It judges nothing.

use std::net::IpAddr;

use rustls::pki_types::CertificateDer;
use shared::{HttpFacts, Timestamp, Timings};

/// The facts of an execution, or of one hop of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    pub(crate) timings: Timings,
    pub(crate) http: Option<HttpFacts>,
    pub(crate) certificate_expires_at: Option<Timestamp>,
    pub(crate) address: Option<IpAddr>,
    /// Every address that the name tried last had.
    pub(crate) addresses: Vec<IpAddr>,
    /// The chain that was sent last.
    pub(crate) chain: Vec<CertificateDer<'static>>,
    /// The head of the answer that was judged, for operators; only where it was found wanting.
    pub(crate) head: Vec<String>,
}

impl Record {
    /// Adds what another connection showed: times add up, the earliest certificate counts, and of the rest what was met last.
    pub(crate) fn add(&mut self, other: Self) {
        self.timings.add(&other.timings);
        self.note_certificate(other.certificate_expires_at);
        self.address = other.address.or(self.address);
        // A hop without TLS has no chain, and one whose name has no address has none.
        (self.addresses, self.chain) = (other.addresses, other.chain);
    }

    /// Keeps the earliest end of all certificates seen.
    pub(crate) fn note_certificate(&mut self, expires_at: Option<Timestamp>) {
        self.certificate_expires_at = match (self.certificate_expires_at, expires_at) {
            (Some(known), Some(new)) => Some(known.min(new)),
            (known, new) => known.or(new),
        };
    }
}
