//! TLS as probes speak it: a full handshake each time, trusted roots from three places, and one verifier for all.
//!
//! It opens no connections.

use std::{path::Path, sync::Arc};

use rustls::{
    CertificateError, CipherSuite, ClientConfig, DigitallySignedStruct, Error, OtherError, RootCertStore,
    SignatureScheme,
    client::{
        Resumption, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use shared::Timestamp;

use super::{
    NetworkError,
    pinned::Pinned,
    rejection::{Rejection, earliest_end},
    remembered::Remembered,
};

/// What is spoken after the handshake, which decides what is offered in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Above {
    /// HTTP/2 or HTTP/1.1, as the server likes (ALPN).
    Http,
    /// Something that has no name in ALPN.
    Anything,
}

/// The configurations that every handshake shares.
pub(super) struct Tls {
    http: Arc<ClientConfig>,
    anything: Arc<ClientConfig>,
    verifier: Arc<Verifier>,
}

impl Tls {
    /// Trusts the platform's roots, the bundled ones, and those in `ca_file`.
    pub(super) fn new(ca_file: Option<&Path>) -> Result<Self, NetworkError> {
        let provider = Arc::new(provider());
        let given = given(ca_file)?;
        let roots = Arc::new(roots(&given, ca_file)?);
        let inner = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider))
            .build()
            .map_err(|error| NetworkError::Roots(error.to_string()))?;
        let verifier = Arc::new(Verifier { inner, pinned: Pinned::new(given), remembered: Remembered::default() });
        let anything = config(provider, Arc::clone(&verifier))?;
        let mut http = anything.clone();
        http.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { http: Arc::new(http), anything: Arc::new(anything), verifier })
    }

    pub(super) fn config(&self, above: Above) -> Arc<ClientConfig> {
        match above {
            Above::Http => Arc::clone(&self.http),
            Above::Anything => Arc::clone(&self.anything),
        }
    }

    /// The earliest end in a chain that was accepted for `name`.
    pub(super) fn expiry(&self, name: &ServerName<'_>, chain: &[CertificateDer<'static>]) -> Option<Timestamp> {
        self.verifier.remembered.expiry(name, chain.iter()).or_else(|| earliest_end(chain.iter()))
    }
}

/// The provider with the suite first that every TLS 1.3 server has: processors have instructions for its hash, SHA-256, and none
/// for SHA-384, which servers choose when they are offered it first.
fn provider() -> CryptoProvider {
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites.sort_by_key(|suite| suite.suite() != CipherSuite::TLS13_AES_128_GCM_SHA256);
    provider
}

fn config(provider: Arc<CryptoProvider>, verifier: Arc<Verifier>) -> Result<ClientConfig, Error> {
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    // A resumed session would see neither the certificate nor the cost of a full handshake.
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// The certificates in `ca_file`; at least one where there is a file.
fn given(ca_file: Option<&Path>) -> Result<Vec<CertificateDer<'static>>, NetworkError> {
    let Some(path) = ca_file else { return Ok(Vec::new()) };
    let unusable = |reason: String| NetworkError::CaFile { path: path.to_owned(), reason };
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(none) if none.is_empty() => Err(unusable("it holds none".to_owned())),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(unusable(error.to_string())),
    }
}

/// The platform's roots, the bundled ones and those of `ca_file`.
pub(super) fn trusted(ca_file: Option<&Path>) -> Result<RootCertStore, NetworkError> {
    roots(&given(ca_file)?, ca_file)
}

fn roots(given: &[CertificateDer<'static>], ca_file: Option<&Path>) -> Result<RootCertStore, NetworkError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let platform = rustls_native_certs::load_native_certs();
    for error in &platform.errors {
        tracing::warn!(%error, "some of the platform's root certificates cannot be read; the bundled ones are used");
    }
    roots.add_parsable_certificates(platform.certs);
    for certificate in given {
        roots.add(certificate.clone()).map_err(|error| NetworkError::CaFile {
            path: ca_file.unwrap_or(Path::new("")).to_owned(),
            reason: error.to_string(),
        })?;
    }
    Ok(roots)
}

/// webpki's verifier with a memory for what passed and words for what did not.
#[derive(Debug)]
struct Verifier {
    inner: Arc<WebPkiServerVerifier>,
    pinned: Pinned,
    remembered: Remembered,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = || std::iter::once(end_entity).chain(intermediates);
        if self.remembered.passed(name, chain(), now) {
            return Ok(ServerCertVerified::assertion());
        }
        match self.inner.verify_server_cert(end_entity, intermediates, name, ocsp_response, now) {
            Ok(verified) => {
                if let Some(expires) = earliest_end(chain()) {
                    let owned = chain().map(|certificate| certificate.clone().into_owned()).collect();
                    self.remembered.remember(name, owned, now, expires);
                }
                Ok(verified)
            }
            Err(Error::InvalidCertificate(_)) if self.pinned.vouches_for(end_entity, name, now) => {
                Ok(ServerCertVerified::assertion())
            }
            Err(Error::InvalidCertificate(error)) => {
                let rejection = Rejection::new(&error, &chain().collect::<Vec<_>>());
                Err(Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(rejection)))))
            }
            Err(other) => Err(other),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
