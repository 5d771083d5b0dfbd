//! A certificate that ends in a few days, and the authority that signed it.
//!
//! It does not know who shows it.

use std::net::{IpAddr, Ipv4Addr};

use jiff::{ToSpan as _, civil::Date, tz::TimeZone};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose, SanType};

/// How many days the certificate has left: fewer than the fourteen that its definition asks for.
const DAYS_LEFT: i64 = 5;

/// A certificate for 127.0.0.1, in PEM.
pub(super) struct Certificate {
    /// The authority, to be trusted.
    pub(super) authority: String,
    /// The certificate.
    pub(super) cert: rustls_pki_types::CertificateDer<'static>,
    /// Its key.
    pub(super) key: rustls_pki_types::PrivateKeyDer<'static>,
}

/// Makes both, with keys that exist nowhere else.
pub(super) fn issue(now: jiff::Timestamp) -> Result<Certificate, rcgen::Error> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let authority = CertifiedIssuer::self_signed(authority(today), KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let mut params = lasting(today, DAYS_LEFT + 1);
    params.subject_alt_names = vec![SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST))];
    params.distinguished_name.push(DnType::CommonName, "vault");
    let cert = params.signed_by(&key, &authority)?;
    let key = rustls_pki_types::PrivatePkcs8KeyDer::from(key.serialize_der()).into();
    Ok(Certificate { authority: authority.pem(), cert: cert.der().clone(), key })
}

fn authority(today: Date) -> CertificateParams {
    let mut params = lasting(today, 365);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.distinguished_name.push(DnType::CommonName, "Belfry demonstration");
    params
}

/// Valid since yesterday, for so many days from today.
fn lasting(today: Date, days: i64) -> CertificateParams {
    let date = |date: Date| {
        rcgen::date_time_ymd(i32::from(date.year()), date.month().unsigned_abs(), date.day().unsigned_abs())
    };
    let mut params = CertificateParams::default();
    params.not_before = date(today.saturating_sub(1.day()));
    params.not_after = date(today.saturating_add(days.days()));
    params
}
