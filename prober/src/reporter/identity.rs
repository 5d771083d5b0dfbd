//! The key of a location: made here, kept here for its user alone, and never sent anywhere.
//!
//! It does not know what is signed with it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use aws_lc_rs::{
    digest::{SHA256, digest},
    signature::{Ed25519KeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use shared::LocationName;

/// The form of the file.
const FORMAT: &str = "belfry-location-key-v1";

/// Why there is no key to sign with: one sentence for the operator, with the way out.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The file cannot be read or written.
    #[error("cannot use the location's key in {}: {reason}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// Others may read it.
    #[error("others can read the location's key, {path}: chmod 600 {path}", path = .0.display())]
    Open(PathBuf),
    /// It holds something else.
    #[error("{} holds no location's key: bring back the file that was there, or move it away and enrol anew", .0.display())]
    Foreign(PathBuf),
    /// It belongs to another location.
    #[error("the key in {} is that of location {found}, not {wanted}: choose another directory with --data", path.display())]
    Other {
        /// Which file.
        path: PathBuf,
        /// Whose it is.
        found: LocationName,
        /// Who was named.
        wanted: LocationName,
    },
    /// No randomness.
    #[error("the system gives no key")]
    NoRandomness,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    format: String,
    location: LocationName,
    /// SHA-256 of the code that it was enrolled with, so that the same code is not used again.
    code: String,
    /// PKCS #8, in base64.
    key: String,
}

/// The key of a location.
#[derive(Debug)]
pub struct Identity {
    location: LocationName,
    code: String,
    key: Ed25519KeyPair,
}

impl Identity {
    /// A new key, which is written nowhere yet.
    ///
    /// # Errors
    ///
    /// When the system has no randomness.
    pub fn generate(location: LocationName, code: &str) -> Result<Self, IdentityError> {
        let key = Ed25519KeyPair::generate().map_err(|_| IdentityError::NoRandomness)?;
        Ok(Self { location, code: hashed(code), key })
    }

    /// The key of a data directory, where there is one: of that location and of nobody else's.
    ///
    /// # Errors
    ///
    /// When it cannot be read, others can read it, or it is another location's.
    pub fn read(data: &Path, location: &LocationName) -> Result<Option<Self>, IdentityError> {
        read(&data.join("location.key"), location)
    }

    /// A key that was made for a code whose answer never came.
    pub(super) fn read_pending(data: &Path, location: &LocationName) -> Result<Option<Self>, IdentityError> {
        read(&data.join("location.key.pending"), location)
    }

    /// Whether it was enrolled with that code.
    pub fn is_of(&self, code: &str) -> bool {
        self.code == hashed(code)
    }

    /// Whose it is.
    pub fn location(&self) -> &LocationName {
        &self.location
    }

    /// The public half, in base64.
    pub fn public_key(&self) -> String {
        STANDARD.encode(self.key.public_key().as_ref())
    }

    /// The signature of some bytes, in base64.
    pub fn sign(&self, bytes: &[u8]) -> String {
        STANDARD.encode(self.key.sign(bytes).as_ref())
    }

    /// Writes it down before the hub hears of it: an answer that is lost must not cost the code.
    pub(super) fn write_pending(&self, data: &Path) -> Result<(), IdentityError> {
        let path = data.join("location.key.pending");
        self.write(data, &path).map_err(|reason| IdentityError::Io { path, reason })
    }

    /// The hub knows the key: it takes the place of the one before.
    pub(super) fn confirm(data: &Path) -> Result<(), IdentityError> {
        let path = data.join("location.key");
        let moved = fs::rename(data.join("location.key.pending"), &path).and_then(|()| File::open(data)?.sync_all());
        moved.map_err(|reason| IdentityError::Io { path, reason })
    }

    fn write(&self, data: &Path, path: &Path) -> io::Result<()> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(data)?;
        let key = self.key.to_pkcs8().map_err(|_| io::Error::other("the key cannot be written out"))?;
        let stored = Stored {
            format: FORMAT.to_owned(),
            location: self.location.clone(),
            code: self.code.clone(),
            key: STANDARD.encode(key.as_ref()),
        };
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(&serde_json::to_vec_pretty(&stored)?)?;
        file.sync_all()?;
        File::open(data)?.sync_all()
    }
}

fn read(path: &Path, location: &LocationName) -> Result<Option<Identity>, IdentityError> {
    let io = |reason| IdentityError::Io { path: path.to_owned(), reason };
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io(error)),
    };
    if fs::metadata(path).map_err(io)?.permissions().mode() & 0o077 != 0 {
        return Err(IdentityError::Open(path.to_owned()));
    }
    let foreign = || IdentityError::Foreign(path.to_owned());
    let stored: Stored = serde_json::from_slice(&bytes).map_err(|_| foreign())?;
    let key = STANDARD.decode(&stored.key).ok().and_then(|key| Ed25519KeyPair::from_pkcs8(&key).ok());
    let key = key.filter(|_| stored.format == FORMAT).ok_or_else(foreign)?;
    if stored.location != *location {
        let (found, wanted) = (stored.location, location.clone());
        return Err(IdentityError::Other { path: path.to_owned(), found, wanted });
    }
    Ok(Some(Identity { location: stored.location, code: stored.code, key }))
}

fn hashed(code: &str) -> String {
    STANDARD.encode(digest(&SHA256, code.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lyon() -> LocationName {
        "lyon".parse().expect("a name")
    }

    #[test]
    fn a_key_is_for_its_user_alone_and_reads_back() {
        let directory = tempfile::tempdir().expect("a directory");
        let made = Identity::generate(lyon(), "code").expect("made");
        made.write_pending(directory.path()).expect("written");
        assert!(Identity::read(directory.path(), &lyon()).expect("looked").is_none());
        Identity::confirm(directory.path()).expect("moved");
        let file = directory.path().join("location.key");
        assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
        let read = Identity::read(directory.path(), &lyon()).expect("read").expect("there");
        assert_eq!((read.public_key(), read.sign(b"x")), (made.public_key(), made.sign(b"x")));
        assert!(read.is_of("code") && !read.is_of("other"));
        assert!(!format!("{read:?}").contains(&STANDARD.encode(made.key.to_pkcs8().expect("written").as_ref())));
    }

    #[test]
    fn a_key_that_others_can_read_or_that_is_anothers_is_refused() {
        let directory = tempfile::tempdir().expect("a directory");
        Identity::generate(lyon(), "code").expect("made").write_pending(directory.path()).expect("written");
        Identity::confirm(directory.path()).expect("moved");
        let file = directory.path().join("location.key");
        let other = Identity::read(directory.path(), &"paris".parse().expect("a name"));
        assert!(matches!(other, Err(IdentityError::Other { .. })));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("changed");
        assert!(matches!(Identity::read(directory.path(), &lyon()), Err(IdentityError::Open(_))));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("changed");
        fs::write(&file, "{}").expect("written");
        assert!(matches!(Identity::read(directory.path(), &lyon()), Err(IdentityError::Foreign(_))));
    }
}
