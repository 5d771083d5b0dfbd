//! The one file of all subscribers, sealed with a key that lies elsewhere, and rewritten whole so that nothing old is left in it.
//!
//! It does not know what the book means. A file that does not open, for want of the key or because it is damaged, is never
//! written over.
//!
//! ```text
//! belfry-subscribers 1\n   fingerprint of the key (8)   nonce (12)   AES-256-GCM-SIV of the book, with everything before it bound in
//! ```

mod key;

#[cfg(test)]
mod tests;

use std::{
    fs,
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};

use tracing::warn;

use super::{
    DEPARTED, Keys, Roll,
    departures::{Departures, Found},
};
use crate::draft::Draft;

/// The file's name in the data directory, and in backups.
pub const SEALED: &str = "subscribers.sealed";
const MAGIC: &[u8] = b"belfry-subscribers 1\n";
/// What stands in front of any version's number.
const ANY: &[u8] = b"belfry-subscribers ";
const FINGERPRINT: usize = 8;

/// The file and its key, by their places.
#[derive(Debug, Clone)]
pub struct Vault {
    data: PathBuf,
    key_file: PathBuf,
}

/// Why the book cannot be read or written: what an operator reads, with the way out.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The key lies where backups and thieves find it together with what it opens.
    #[error("the key of subscribers, {}, lies in the data directory: move it elsewhere and set [mail] key_file", .0.display())]
    KeyInside(PathBuf),
    /// Others may read the key.
    #[error("others can read the key of subscribers, {path}: chmod 600 {path}", path = .0.display())]
    KeyOpen(PathBuf),
    /// The file of the key holds something else.
    #[error("{} holds no key of subscribers: bring back the file that was there", .0.display())]
    KeyForeign(PathBuf),
    /// There are subscribers, and the key that opens them is not there.
    #[error("there are subscribers and no key to read them with: bring back {}, or move {} away to begin anew", key.display(), sealed.display())]
    KeyGone {
        /// Where it should be.
        key: PathBuf,
        /// What it opens.
        sealed: PathBuf,
    },
    /// The key cannot be read or made.
    #[error("the key of subscribers, {}, cannot be read or made: {reason}", path.display())]
    Key {
        /// Where.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// It was sealed with another key.
    #[error("{} was sealed with another key than {}: bring that key back", sealed.display(), key.display())]
    OtherKey {
        /// The file.
        sealed: PathBuf,
        /// The key that does not fit.
        key: PathBuf,
    },
    /// It is not what was written.
    #[error("{} is damaged: bring it back from a backup, or move it away to begin anew", .0.display())]
    Damaged(PathBuf),
    /// A newer version wrote it.
    #[error("a newer version wrote {}: upgrade first", .0.display())]
    Newer(PathBuf),
    /// The disk does not work.
    #[error("{} cannot be read or written: {reason}", path.display())]
    Disk {
        /// Where.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
}

impl Vault {
    /// The file of a data directory, and the file of its key.
    pub fn at(data: &Path, key_file: &Path) -> Self {
        Self { data: data.to_owned(), key_file: key_file.to_owned() }
    }

    /// Reads the book; where there is none yet, it is empty. A key is made where neither is there.
    ///
    /// # Errors
    ///
    /// When it cannot be read; nothing was changed then.
    pub fn open(&self) -> Result<Roll, VaultError> {
        let path = self.path();
        let sealed = match fs::read(&path) {
            Ok(sealed) => Some(sealed),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(reason) => return Err(VaultError::Disk { path, reason }),
        };
        let keys = Keys::of(&key::read_or_make(&self.data, &self.key_file, sealed.as_ref().map(|_| path.as_path()))?);
        match sealed {
            Some(sealed) => self.unseal(keys, &sealed),
            None => Ok(Roll::new(keys)),
        }
    }

    /// Writes the book, on stable storage, over the one that was there.
    ///
    /// # Errors
    ///
    /// When the disk does not work; the one that was there is still there then.
    pub fn write(&self, roll: &Roll) -> Result<(), VaultError> {
        let put = || {
            let mut draft = Draft::create(&self.path())?;
            draft.write_all(&seal(roll)?)?;
            draft.finish()
        };
        put().map_err(|reason| VaultError::Disk { path: self.path(), reason })
    }

    /// Who left, as the small file beside the book says it: a restore leaves that where it is. What cannot be read is none.
    pub(super) fn departures(&self, keys: &Keys) -> (Departures, Found) {
        match fs::read(self.data.join(DEPARTED)) {
            Ok(bytes) => match Departures::read(&bytes, keys.fingerprint()) {
                Some(departures) => (departures, Found::File),
                None => {
                    warn!(file = DEPARTED, "who left cannot be read: it is damaged, or of another key");
                    (Departures::default(), Found::Nothing)
                }
            },
            Err(error) => {
                if error.kind() != ErrorKind::NotFound {
                    warn!(file = DEPARTED, %error, "who left cannot be read");
                }
                (Departures::default(), Found::Nothing)
            }
        }
    }

    /// Writes who left, on stable storage, before the book that has them no more.
    ///
    /// # Errors
    ///
    /// When the disk does not work; what was there is still there then.
    pub(super) fn write_departures(&self, roll: &Roll) -> Result<(), VaultError> {
        let path = self.data.join(DEPARTED);
        let put = || {
            let mut draft = Draft::create(&path)?;
            draft.write_all(&roll.departures().write(roll.keys().fingerprint())?)?;
            draft.finish()
        };
        put().map_err(|reason| VaultError::Disk { path: path.clone(), reason })
    }

    fn path(&self) -> PathBuf {
        self.data.join(SEALED)
    }

    fn unseal(&self, keys: Keys, sealed: &[u8]) -> Result<Roll, VaultError> {
        let damaged = || VaultError::Damaged(self.path());
        if !sealed.starts_with(MAGIC) {
            return Err(if is_newer(sealed) { VaultError::Newer(self.path()) } else { damaged() });
        }
        let (head, rest) = sealed.split_at_checked(MAGIC.len() + FINGERPRINT).ok_or_else(damaged)?;
        if head[MAGIC.len()..] != keys.fingerprint() {
            return Err(VaultError::OtherKey { sealed: self.path(), key: self.key_file.clone() });
        }
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or_else(damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| damaged())?;
        let mut body = body.to_vec();
        let key = RandomizedNonceKey::new(&AES_256_GCM_SIV, keys.seal()).map_err(|_| damaged())?;
        let book = key.open_in_place(nonce, Aad::from(head), &mut body).map_err(|_| damaged())?;
        Roll::from_bytes(keys, book).map_err(|_| damaged())
    }
}

/// One that says its version, and a greater one.
fn is_newer(sealed: &[u8]) -> bool {
    let version = sealed.strip_prefix(ANY).and_then(|rest| rest.split(|byte| *byte == b'\n').next());
    let version = version.filter(|version| version.len() <= 9).and_then(|version| str::from_utf8(version).ok());
    version.and_then(|version| version.parse::<u32>().ok()).is_some_and(|version| version > 1)
}

fn seal(roll: &Roll) -> io::Result<Vec<u8>> {
    let keys = roll.keys();
    let head = [MAGIC, &keys.fingerprint()].concat();
    let mut body = roll.to_bytes()?;
    let unusable = |_| io::Error::other("the book cannot be sealed");
    let key = RandomizedNonceKey::new(&AES_256_GCM_SIV, keys.seal()).map_err(unusable)?;
    let nonce = key.seal_in_place_append_tag(Aad::from(&head), &mut body).map_err(unusable)?;
    Ok([&head, nonce.as_ref().as_slice(), &body].concat())
}
