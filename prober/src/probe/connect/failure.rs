//! Puts what goes wrong on the way to a connection into the words of [`FailureKind`].
//!
//! It attempts nothing itself. Details may be public: names, addresses and what a target said go into the evidence.

use std::{error::Error, io, net::IpAddr};

use rustls::{AlertDescription, CertificateError};
use shared::{Failure, FailureKind};
use url::Host;

use crate::{
    local::{self, LocalFault},
    network::{LookupError, Reason, Rejection},
    probe::finding::ours,
};

/// A name that led to no address.
pub(super) fn lookup(error: &LookupError, host: &Host<&str>) -> Failure {
    let kind = match error {
        LookupError::NxDomain => FailureKind::DnsNxdomain,
        LookupError::NoData => FailureKind::DnsNodata,
        LookupError::ServFail => FailureKind::DnsServfail,
        LookupError::Refused => FailureKind::DnsRefused,
        LookupError::Timeout => FailureKind::DnsTimeout,
        LookupError::Useless(_) => FailureKind::DnsError,
        LookupError::Ours(_) => FailureKind::ProberFault,
    };
    let evidence = match error {
        LookupError::Useless(words) => format!("{host}: {words}"),
        LookupError::NxDomain
        | LookupError::NoData
        | LookupError::ServFail
        | LookupError::Refused
        | LookupError::Timeout
        | LookupError::Ours(_) => host.to_string(),
    };
    Failure::new(kind, error.to_string()).with_evidence(evidence)
}

/// A TCP connection to `address` that did not come about.
pub(super) fn connect(error: &io::Error, address: IpAddr) -> Failure {
    let failure = match (local::fault(error), error.kind()) {
        (LocalFault::Ours(words), _) => ours(words),
        (_, io::ErrorKind::NetworkUnreachable) if !local::has_route(address) => {
            ours("this location has no route to the address")
        }
        (_, io::ErrorKind::ConnectionRefused) => {
            Failure::new(FailureKind::ConnectRefused, "the connection was refused")
        }
        (_, io::ErrorKind::TimedOut) => Failure::new(FailureKind::ConnectTimeout, "the connection timed out"),
        (_, io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted) => reset(),
        (_, io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => {
            Failure::new(FailureKind::NetworkUnreachable, "there is no route to the address")
        }
        (LocalFault::NotOurs, _) => ours("this location could not open a connection"),
    };
    failure.with_evidence(error.to_string())
}

/// A reset before an answer.
fn reset() -> Failure {
    Failure::new(FailureKind::ConnectReset, "the connection was reset")
}

/// Our own fault or a reset where `error` is one of them, else `other`.
pub(crate) fn local_or(error: &(dyn Error + 'static), other: impl FnOnce() -> Failure) -> Failure {
    match local::io_error(error).map(|io| (local::fault(io), io.kind())) {
        Some((LocalFault::Ours(words), _)) => ours(words),
        Some((LocalFault::NotOurs, io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)) => reset(),
        Some(_) | None => other(),
    }
}

/// The chain that a handshake failed over, if it was that.
pub(super) fn refused_chain(error: &io::Error) -> Option<&Rejection> {
    match rustls_error(error)? {
        rustls::Error::InvalidCertificate(CertificateError::Other(other)) => other.0.downcast_ref(),
        _ => None,
    }
}

fn rustls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// A TLS handshake that failed.
pub(super) fn tls(error: &io::Error) -> Failure {
    if let Some(rejection) = refused_chain(error) {
        return rejected(rejection);
    }
    let handshake = |words: &str| Failure::new(FailureKind::TlsHandshake, words).with_evidence(error.to_string());
    match rustls_error(error) {
        Some(rustls::Error::AlertReceived(alert)) => handshake(alert_words(*alert)),
        Some(rustls::Error::PeerIncompatible(_)) => handshake("the server offers no TLS version or cipher in common"),
        Some(rustls::Error::InvalidMessage(_)) => handshake("the server's answer is not TLS"),
        Some(rustls::Error::PeerMisbehaved(_)) => handshake("the server breaks the TLS protocol"),
        Some(rustls::Error::InvalidCertificate(_)) => {
            handshake("the server does not prove that the certificate is its own")
        }
        Some(rustls::Error::NoCertificatesPresented) => handshake("the server sent no certificate"),
        Some(rustls::Error::FailedToGetCurrentTime | rustls::Error::FailedToGetRandomBytes) => {
            ours("this location cannot set up TLS").with_evidence(error.to_string())
        }
        Some(_) => handshake("the TLS handshake failed"),
        None => local_or(error, || handshake("the connection was closed during the TLS handshake")),
    }
}

fn rejected(rejection: &Rejection) -> Failure {
    let (kind, words) = match rejection.reason {
        Reason::Expired => (FailureKind::TlsExpired, "the certificate has expired"),
        Reason::NotYetValid => (FailureKind::TlsNotYetValid, "the certificate is not valid yet"),
        Reason::Hostname => (FailureKind::TlsHostname, "the certificate is for other names"),
        Reason::Untrusted(words) => (FailureKind::TlsUntrusted, words),
    };
    Failure::new(kind, words).with_evidence(&rejection.evidence)
}

/// The alerts that tell something (RFC 8446 §6), in words.
fn alert_words(alert: AlertDescription) -> &'static str {
    match alert {
        AlertDescription::ProtocolVersion | AlertDescription::InsufficientSecurity => {
            "the server offers no TLS version or cipher in common"
        }
        AlertDescription::HandshakeFailure => "the server refused the handshake",
        AlertDescription::UnrecognisedName => "the server does not know the name",
        AlertDescription::NoApplicationProtocol => "the server speaks neither HTTP/2 nor HTTP/1.1",
        AlertDescription::CertificateRequired | AlertDescription::BadCertificate | AlertDescription::AccessDenied => {
            "the server wants a client certificate"
        }
        AlertDescription::InternalError => "the server failed during the handshake",
        _ => "the server broke off the handshake",
    }
}
