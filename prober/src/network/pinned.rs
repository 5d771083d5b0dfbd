//! Certificates that operators trust by themselves: a server's own self-signed one, named in the CA file.
//!
//! webpki takes no certificate for an authority and a server at once, and `openssl req -x509` makes exactly such ones. It does not
//! look at chains.

use rustls::{
    client::verify_server_name,
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};
use x509_parser::parse_x509_certificate;

/// The certificates of the CA file.
#[derive(Debug)]
pub(super) struct Pinned(Vec<CertificateDer<'static>>);

impl Pinned {
    pub(super) fn new(certificates: Vec<CertificateDer<'static>>) -> Self {
        Self(certificates)
    }

    /// Whether `certificate` is byte for byte one of them, for `name`, and valid now.
    pub(super) fn vouches_for(&self, certificate: &CertificateDer<'_>, name: &ServerName<'_>, now: UnixTime) -> bool {
        self.0.iter().any(|known| known == certificate) && is_for(certificate, name) && is_valid(certificate, now)
    }
}

fn is_for(certificate: &CertificateDer<'_>, name: &ServerName<'_>) -> bool {
    ParsedCertificate::try_from(certificate).is_ok_and(|parsed| verify_server_name(&parsed, name).is_ok())
}

fn is_valid(certificate: &CertificateDer<'_>, now: UnixTime) -> bool {
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    parse_x509_certificate(certificate).is_ok_and(|(_rest, parsed)| {
        let validity = parsed.validity();
        (validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(&now)
    })
}
