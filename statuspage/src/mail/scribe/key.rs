//! The private key that letters are signed with: RSA or Ed25519, in PEM as OpenSSL writes it.
//!
//! It does not know what is signed. lettre takes RSA as PKCS#1 and Ed25519 as its bare seed, so that PKCS#8 is opened here.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lettre::message::dkim::{DkimSigningAlgorithm, DkimSigningKey};
use rustls_pki_types::{PrivateKeyDer, pem::PemObject as _};

/// `AlgorithmIdentifier` of `rsaEncryption` with its NULL (RFC 8017, appendix A.1).
const RSA: &[u8] = &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
/// `AlgorithmIdentifier` of `id-Ed25519` (RFC 8410), and the two octet strings around a seed of 32 bytes.
const ED25519: &[u8] = &[0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// Why the key that letters are signed with cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// The file cannot be read.
    #[error("the DKIM key {} cannot be read: {reason}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// Everybody on this machine could sign in our name.
    #[error("everybody on this machine can read the DKIM key {path}: chmod 640 {path}", path = .0.display())]
    Open(PathBuf),
    /// There is no key in it.
    #[error("the DKIM key {} is no private key in PEM: make one with `openssl genrsa -out {} 2048`", .0.display(), .0.display())]
    NoKey(PathBuf),
    /// It is of a kind that DKIM does not know.
    #[error("the DKIM key {} is neither RSA nor Ed25519, which is all that DKIM knows", .0.display())]
    Kind(PathBuf),
}

/// Reads the key.
pub(super) fn read(path: &Path) -> Result<DkimSigningKey, KeyFault> {
    let unread = |reason| KeyFault::Read { path: path.to_owned(), reason };
    if fs::metadata(path).map_err(unread)?.permissions().mode() & 0o007 != 0 {
        return Err(KeyFault::Open(path.to_owned()));
    }
    let pem = fs::read(path).map_err(unread)?;
    let der = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| KeyFault::NoKey(path.to_owned()))?;
    let (text, algorithm) = lettre_form(&der).ok_or_else(|| KeyFault::Kind(path.to_owned()))?;
    DkimSigningKey::new(&text, algorithm).map_err(|_| KeyFault::NoKey(path.to_owned()))
}

fn lettre_form(der: &PrivateKeyDer<'_>) -> Option<(String, DkimSigningAlgorithm)> {
    let rsa = |pkcs1: &[u8]| {
        let lines: Vec<String> = STANDARD
            .encode(pkcs1)
            .as_bytes()
            .chunks(64)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        let text = format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\n", lines.join("\n"));
        (text, DkimSigningAlgorithm::Rsa)
    };
    match der {
        PrivateKeyDer::Pkcs1(key) => Some(rsa(key.secret_pkcs1_der())),
        PrivateKeyDer::Pkcs8(key) => {
            let key = key.secret_pkcs8_der();
            match (after(key, RSA), after(key, ED25519)) {
                (Some(rest), _) => octets(rest).map(rsa),
                (None, Some(rest)) => Some((STANDARD.encode(rest.get(..32)?), DkimSigningAlgorithm::Ed25519)),
                (None, None) => None,
            }
        }
        // The other kinds there are hold keys on curves that DKIM does not know.
        _ => None,
    }
}

/// What follows the first occurrence of `mark`.
fn after<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    bytes.get(at + mark.len()..)
}

/// The content of an OCTET STRING in DER.
fn octets(bytes: &[u8]) -> Option<&[u8]> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
            (length.iter().fold(0, |sum, &byte| sum << 8 | usize::from(byte)), rest)
        }
        0x80 | 0x85..=0xff => return None,
    };
    rest.get(..length).filter(|_| tag == 0x04)
}
