//! Why a certificate chain was refused, and what it says of itself.
//!
//! It validates nothing: it reads a chain that a verifier has already judged.

use std::fmt;

use rustls::{CertificateError, pki_types::CertificateDer};
use shared::{Certificate, Timestamp};
use x509_parser::{
    certificate::X509Certificate, extensions::ParsedExtension, oid_registry, parse_x509_certificate, time::ASN1Time,
};

/// So many certificates of a chain are told of.
const KEPT: usize = 4;

/// Why a chain was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// It, or one above it, has expired.
    Expired,
    /// It, or one above it, is not valid yet.
    NotYetValid,
    /// It is for other names.
    Hostname,
    /// No path to a trusted root; the words say which way.
    Untrusted(&'static str),
}

/// A chain that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rejection {
    /// Why.
    pub(crate) reason: Reason,
    /// The earliest end among the certificates that were sent.
    pub(crate) expires_at: Option<Timestamp>,
    /// Subjects, issuers and dates, for operators.
    pub(crate) evidence: String,
    /// The certificates themselves, the server's own first; the first few of a long chain.
    pub(crate) chain: Vec<CertificateDer<'static>>,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the certificate is refused: {:?}", self.reason)
    }
}

impl std::error::Error for Rejection {}

impl Rejection {
    /// Puts a verifier's error into our words.
    pub(crate) fn new(error: &CertificateError, chain: &[&CertificateDer<'_>]) -> Self {
        let reason = match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Reason::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Reason::NotYetValid,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Reason::Hostname,
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                Reason::Untrusted("the certificate is not meant for servers")
            }
            other => Reason::Untrusted(untrusted(other, chain)),
        };
        Self {
            reason,
            expires_at: earliest_end(chain.iter().copied()),
            evidence: summary(chain),
            chain: chain.iter().take(KEPT).map(|der| (*der).clone().into_owned()).collect(),
        }
    }
}

/// Which way a chain leads to no trusted root. A self-signed certificate is refused for several reasons; its users know one.
fn untrusted(error: &CertificateError, chain: &[&CertificateDer<'_>]) -> &'static str {
    let parsed: Vec<_> = chain.iter().filter_map(|der| parse(der)).collect();
    let issued_itself = |certificate: &X509Certificate<'_>| certificate.subject() == certificate.issuer();
    match (parsed.first(), error) {
        (None, _) => "the certificate cannot be read",
        (Some(leaf), _) if issued_itself(leaf) => "the certificate is self-signed",
        (Some(_), CertificateError::UnknownIssuer) if parsed.iter().any(issued_itself) => {
            "the certificate comes from an unknown authority"
        }
        // Authorities that the public trusts say where their own certificate is to be had; private ones rarely do.
        (Some(leaf), CertificateError::UnknownIssuer) if names_its_issuers_place(leaf) => {
            "an intermediate certificate is missing"
        }
        (Some(_), CertificateError::UnknownIssuer) => {
            "the certificate comes from an unknown authority, or an intermediate certificate is missing"
        }
        (Some(_), CertificateError::BadSignature) => "a signature in the certificate chain is wrong",
        (Some(_), _) => "the certificate chain does not hold",
    }
}

fn names_its_issuers_place(certificate: &X509Certificate<'_>) -> bool {
    certificate.extensions().iter().any(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityInfoAccess(access) => access
            .accessdescs
            .iter()
            .any(|description| description.access_method == oid_registry::OID_PKIX_ACCESS_DESCRIPTOR_CA_ISSUERS),
        _ => false,
    })
}

fn parse<'a>(der: &'a CertificateDer<'_>) -> Option<X509Certificate<'a>> {
    parse_x509_certificate(der).ok().map(|(_rest, certificate)| certificate)
}

/// The earliest end among certificates; those that cannot be read are passed over.
pub(crate) fn earliest_end<'a>(chain: impl Iterator<Item = &'a CertificateDer<'a>>) -> Option<Timestamp> {
    let ends = chain.filter_map(|der| Some(parse(der)?.validity().not_after.timestamp()));
    ends.min().map(|seconds| Timestamp::from_millis(seconds.saturating_mul(1_000)))
}

/// What certificates say of themselves; those that cannot be read are passed over.
pub(crate) fn described(chain: &[CertificateDer<'_>]) -> Vec<Certificate> {
    let moment = |time: ASN1Time| Timestamp::from_millis(time.timestamp().saturating_mul(1_000));
    let said = |certificate: X509Certificate<'_>| Certificate {
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        serial: certificate.raw_serial_as_string(),
        not_before: moment(certificate.validity().not_before),
        not_after: moment(certificate.validity().not_after),
    };
    chain.iter().take(KEPT).filter_map(parse).map(said).collect()
}

fn summary(chain: &[&CertificateDer<'_>]) -> String {
    let line = |certificate: X509Certificate<'_>| {
        let validity = certificate.validity();
        let (subject, issuer) = (certificate.subject(), certificate.issuer());
        format!("{subject} issued by {issuer}, valid {} to {}", validity.not_before, validity.not_after)
    };
    let lines: Vec<_> = chain.iter().filter_map(|der| parse(der)).take(KEPT).map(line).collect();
    lines.join("; ")
}
