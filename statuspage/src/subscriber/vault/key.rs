//! The file of the key: outside the data directory, for its user alone, made once and never again.
//!
//! It does not know what is sealed with it.

use std::{
    fs,
    io::{self, ErrorKind, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use aws_lc_rs::rand;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::VaultError;
use crate::{draft::Draft, subscriber::keys::KEY};

/// In front of the key, so that scanners of repositories recognise one that was published by mistake.
const PREFIX: &str = "belfry-subscribers-key:";

/// The key of that file. It is made where there is none, unless something was sealed with the one that is gone.
pub(super) fn read_or_make(data: &Path, file: &Path, sealed: Option<&Path>) -> Result<[u8; KEY], VaultError> {
    let failed = |reason| VaultError::Key { path: file.to_owned(), reason };
    if is_inside(data, file).map_err(failed)? {
        return Err(VaultError::KeyInside(file.to_owned()));
    }
    match fs::metadata(file) {
        Ok(found) if found.permissions().mode() & 0o077 != 0 => return Err(VaultError::KeyOpen(file.to_owned())),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return match sealed {
                Some(sealed) => Err(VaultError::KeyGone { key: file.to_owned(), sealed: sealed.to_owned() }),
                None => make(file).map_err(failed),
            };
        }
        Err(reason) => return Err(failed(reason)),
    }
    let text = fs::read_to_string(file).map_err(failed)?;
    let key = text.trim().strip_prefix(PREFIX).and_then(|key| URL_SAFE_NO_PAD.decode(key).ok());
    key.and_then(|key| key.try_into().ok()).ok_or_else(|| VaultError::KeyForeign(file.to_owned()))
}

/// Whether a file lies in the data directory, by whatever links.
fn is_inside(data: &Path, file: &Path) -> io::Result<bool> {
    let data = data.canonicalize()?;
    // The file itself, where it is there: it may be a link.
    let place = match file.canonicalize() {
        Ok(place) => place,
        Err(error) if error.kind() == ErrorKind::NotFound => parent(file).canonicalize()?,
        Err(error) => return Err(error),
    };
    Ok(place.starts_with(data))
}

fn parent(file: &Path) -> PathBuf {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new(".")).to_owned()
}

fn make(file: &Path) -> io::Result<[u8; KEY]> {
    let mut key = [0; KEY];
    rand::fill(&mut key).map_err(|_| io::Error::other("the system has no randomness"))?;
    let mut draft = Draft::create(file)?;
    writeln!(draft, "{PREFIX}{}", URL_SAFE_NO_PAD.encode(key))?;
    draft.finish()?;
    tracing::info!(file = %file.display(), "made the key of subscribers: keep a copy of it apart from the backups, which it opens");
    Ok(key)
}
