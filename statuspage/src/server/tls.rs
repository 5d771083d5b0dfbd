//! Our own certificate: reading it, showing it, and following its renewal on the disk.
//!
//! It does not know the certificates of targets. aws-lc is named explicitly everywhere, for there is no process-wide provider.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::{Arc, RwLock},
    time::Duration,
};

use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use tokio::time::{self, MissedTickBehavior};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// How often the files are read again: a renewal that comes weeks before the end has time, and two small files cost nothing.
const EVERY: Duration = Duration::from_secs(10);

/// Where certificate and key lie, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, then those above it.
    pub cert: PathBuf,
    /// Its private key: PKCS #8, SEC1 or PKCS #1.
    pub key: PathBuf,
}

/// Why TLS cannot be spoken.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {} ({fault}): --tls-cert and --tls-key must name PEM files that this user can read", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        fault: io::Error,
    },
    /// It holds something else.
    #[error("{} holds no {wanted} in PEM form: check --tls-cert and --tls-key", path.display())]
    NotPem {
        /// Which file.
        path: PathBuf,
        /// What should be in it.
        wanted: &'static str,
    },
    /// They do not fit, or the key is of no use.
    #[error("the certificate {} and the key {} cannot be used together ({fault}): give those that were issued together", cert.display(), key.display())]
    Unusable {
        /// The certificate's file.
        cert: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// What rustls said.
        fault: rustls::Error,
    },
}

/// The certificate that is shown now, and where it came from.
#[derive(Debug)]
pub(super) struct Identity {
    files: TlsFiles,
    /// What was read last, to see a change.
    read: Pem,
    shown: Arc<Shown>,
    config: Arc<ServerConfig>,
}

/// Both files as read.
#[derive(PartialEq, Eq)]
struct Pem {
    cert: Vec<u8>,
    key: Vec<u8>,
}

impl fmt::Debug for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl Pem {
    fn read(files: &TlsFiles) -> Result<Self, TlsError> {
        let read =
            |path: &Path| std::fs::read(path).map_err(|fault| TlsError::Unreadable { path: path.to_owned(), fault });
        Ok(Self { cert: read(&files.cert)?, key: read(&files.key)? })
    }

    fn key(&self, files: &TlsFiles) -> Result<CertifiedKey, TlsError> {
        let not_pem = |path: &Path, wanted| TlsError::NotPem { path: path.to_owned(), wanted };
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&self.cert)
            .collect::<Result<_, _>>()
            .map_err(|_| not_pem(&files.cert, "certificate"))?;
        if chain.is_empty() {
            return Err(not_pem(&files.cert, "certificate"));
        }
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|_| not_pem(&files.key, "private key"))?;
        CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider()).map_err(|fault| TlsError::Unusable {
            cert: files.cert.clone(),
            key: files.key.clone(),
            fault,
        })
    }
}

impl Identity {
    /// Reads both files.
    pub(super) fn load(files: TlsFiles) -> Result<Self, TlsError> {
        let read = Pem::read(&files)?;
        let shown = Arc::new(Shown(RwLock::new(Arc::new(read.key(&files)?))));
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|fault| TlsError::Unusable { cert: files.cert.clone(), key: files.key.clone(), fault })?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&shown) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { files, read, shown, config: Arc::new(config) })
    }

    /// What new connections are accepted with.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }

    /// Reads the files again and again until `stop`, and shows what is new and sound; else the last good one stays.
    pub(super) async fn follow(mut self, stop: CancellationToken) {
        let mut ticks = time::interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            // A disk that hangs holds up one of the threads for blocking work, and no connection.
            let files = self.files.clone();
            let Ok(read) = tokio::task::spawn_blocking(move || Pem::read(&files)).await else { continue };
            self.take(read);
        }
    }

    fn take(&mut self, read: Result<Pem, TlsError>) {
        let read = match read {
            Ok(read) if read == self.read => return,
            Ok(read) => read,
            Err(fault) => {
                tracing::warn!(%fault, "the certificate cannot be read again, the last one stays in use");
                return;
            }
        };
        match read.key(&self.files) {
            Ok(key) => {
                *self.shown.0.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(key);
                tracing::info!(cert = %self.files.cert.display(), "the certificate was renewed");
            }
            // Both files are rarely replaced at the same instant: the next reading finds the pair.
            Err(fault) => tracing::warn!(%fault, "the new certificate cannot be used, the last one stays in use"),
        }
        self.read = read;
    }
}

/// Gives each connection the certificate of the moment. The lock is held for a pointer's copy.
#[derive(Debug)]
struct Shown(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issue(dir: &Path, name: &str) -> TlsFiles {
        let signed = rcgen::generate_simple_self_signed([name.to_owned()]).expect("a certificate");
        let files = TlsFiles { cert: dir.join("cert.pem"), key: dir.join("key.pem") };
        std::fs::write(&files.cert, signed.cert.pem()).expect("written");
        std::fs::write(&files.key, signed.signing_key.serialize_pem()).expect("written");
        files
    }

    fn shown(identity: &Identity) -> Vec<u8> {
        identity.shown.0.read().expect("not poisoned").cert[0].to_vec()
    }

    #[test]
    fn a_renewed_certificate_is_shown_and_a_broken_one_is_not() {
        let dir = tempfile::tempdir().expect("a directory");
        let files = issue(dir.path(), "one.example");
        let mut identity = Identity::load(files.clone()).expect("sound");
        let first = shown(&identity);
        issue(dir.path(), "two.example");
        identity.take(Pem::read(&files));
        let second = shown(&identity);
        assert_ne!(first, second);
        std::fs::write(&files.key, "nothing").expect("written");
        identity.take(Pem::read(&files));
        assert_eq!(shown(&identity), second);
    }

    #[test]
    fn what_is_wrong_is_said_with_the_file_and_a_way_out() {
        let dir = tempfile::tempdir().expect("a directory");
        let good = issue(dir.path(), "one.example");
        let other = tempfile::tempdir().expect("a directory");
        let mixed = TlsFiles { key: issue(other.path(), "two.example").key, ..good.clone() };
        let check = |files: TlsFiles, expected: &str| {
            let message = Identity::load(files).expect_err("unusable").to_string();
            assert!(message.contains(expected), "{message}");
        };
        check(TlsFiles { cert: dir.path().join("none.pem"), ..good.clone() }, "none.pem (No such file");
        check(
            TlsFiles { cert: good.key.clone(), ..good.clone() },
            "holds no certificate in PEM form: check --tls-cert",
        );
        check(TlsFiles { key: good.cert.clone(), ..good.clone() }, "holds no private key in PEM form");
        check(mixed, "cannot be used together");
    }
}
