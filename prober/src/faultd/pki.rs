//! Certificate authorities for tests, which issue whatever they are asked to.
//!
//! Nobody else trusts them.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer},
};

/// When a certificate is valid, seen from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Validity {
    /// Since yesterday, for so many days from now.
    Days(u64),
    /// Until yesterday.
    Expired,
    /// From tomorrow on.
    NotYet,
}

/// An authority.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: Certificate,
}

/// A key and the chain that goes with it.
#[derive(Debug)]
pub(crate) struct Identity {
    /// What the server sends, its own certificate first.
    pub chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

const DAY: Duration = Duration::from_secs(86_400);

fn set_validity(params: &mut CertificateParams, validity: Validity) {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let now = date_time_ymd(1970, 1, 1) + since_epoch;
    (params.not_before, params.not_after) = match validity {
        Validity::Days(days) => (now - DAY, now + DAY * u32::try_from(days).unwrap_or(u32::MAX)),
        Validity::Expired => (now - DAY * 30, now - DAY),
        Validity::NotYet => (now + DAY, now + DAY * 30),
    };
}

fn params(name: &str, hosts: &[&str], validity: Validity) -> CertificateParams {
    let hosts: Vec<String> = hosts.iter().map(|&host| host.to_owned()).collect();
    let mut params = CertificateParams::new(hosts).expect("hosts of tests are names or addresses");
    params.distinguished_name.push(DnType::CommonName, name);
    set_validity(&mut params, validity);
    params
}

fn key() -> KeyPair {
    KeyPair::generate().expect("the provider makes P-256 keys")
}

impl Authority {
    /// A root.
    pub(crate) fn root(name: &str) -> Self {
        let (mut params, key) = (params(name, &[], Validity::Days(3650)), key());
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("a key signs");
        Self { issuer: Issuer::new(params, key), certificate }
    }

    /// An authority below this one.
    pub(crate) fn intermediate(&self, name: &str) -> Self {
        let (mut params, key) = (params(name, &[], Validity::Days(3650)), key());
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.signed_by(&key, &self.issuer).expect("a key signs");
        Self { issuer: Issuer::new(params, key), certificate }
    }

    /// Its certificate in PEM, as a CA file has it.
    pub(crate) fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// Its certificate.
    pub(crate) fn certificate(&self) -> CertificateDer<'static> {
        self.certificate.der().clone()
    }

    /// A server's certificate for `hosts`; the chain is that certificate alone.
    pub(crate) fn issue(&self, hosts: &[&str], validity: Validity) -> Identity {
        let (params, key) = (params("server", hosts, validity), key());
        let certificate = params.signed_by(&key, &self.issuer).expect("a key signs");
        Identity { chain: vec![certificate.der().clone()], key: PrivateKeyDer::Pkcs8(key.serialize_der().into()) }
    }
}

impl Identity {
    /// One that vouches for itself.
    pub(crate) fn self_signed(hosts: &[&str], validity: Validity) -> Self {
        let (mut params, key) = (params("server", hosts, validity), key());
        // As `openssl req -x509` makes them.
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("a key signs");
        Self { chain: vec![certificate.der().clone()], key: PrivateKeyDer::Pkcs8(key.serialize_der().into()) }
    }

    /// The server's own certificate in PEM.
    pub(crate) fn pem(&self) -> String {
        let body = STANDARD.encode(self.chain.first().map(AsRef::as_ref).unwrap_or_default());
        format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    }

    /// The same, sending another certificate besides.
    #[must_use]
    pub(crate) fn with(mut self, authority: &Authority) -> Self {
        self.chain.push(authority.certificate());
        self
    }

    /// How a server with it speaks TLS, agreeing to `protocols` (ALPN) in this order.
    pub(crate) fn server(&self, protocols: &[&str]) -> Arc<ServerConfig> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider knows TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(self.chain.clone(), self.key.clone_key())
            .expect("key and certificate were made together");
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        Arc::new(config)
    }
}
