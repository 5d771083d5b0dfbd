//! Looks into a directory of definitions and reads files without ever blocking on what is none.
//!
//! It does not know what stands in the files.

use std::{
    fs, io,
    io::Read as _,
    os::unix::fs::{FileTypeExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::CannotLook;

/// What reading a file came to.
pub(super) enum Reading {
    /// All of it.
    Content { bytes: Vec<u8>, mode: fs::Permissions },
    /// More than was allowed.
    TooLarge,
    /// Not a regular file but this, with its article.
    Special(&'static str),
    /// The system said no; the words name the reason.
    Failed(String),
}

/// Reads a regular file of at most `limit` bytes.
pub(super) fn read(path: &Path, limit: u64) -> Reading {
    match try_read(path, limit) {
        Ok(reading) => reading,
        Err(error) => Reading::Failed(reason(&error)),
    }
}

fn try_read(path: &Path, limit: u64) -> io::Result<Reading> {
    // Asked first, because opening a device can have effects; asked again of the open file, because it can have changed meanwhile.
    if let Some(what) = special(fs::metadata(path)?.file_type()) {
        return Ok(Reading::Special(what));
    }
    // A pipe that nobody writes to would block here for ever without O_NONBLOCK.
    let file = fs::OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path)?;
    let metadata = file.metadata()?;
    if let Some(what) = special(metadata.file_type()) {
        return Ok(Reading::Special(what));
    }
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Ok(Reading::TooLarge);
    }
    Ok(Reading::Content { bytes, mode: metadata.permissions() })
}

fn special(kind: fs::FileType) -> Option<&'static str> {
    if kind.is_file() {
        None
    } else if kind.is_dir() {
        Some("a directory")
    } else if kind.is_fifo() {
        Some("a named pipe")
    } else if kind.is_socket() {
        Some("a socket")
    } else {
        Some("a device")
    }
}

/// The reason of a system's error in words, without its number.
pub(super) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = error.to_string();
            let words = text.split_once(" (os error").map_or(text.as_str(), |(words, _)| words);
            words.to_lowercase()
        }
    }
}

/// The definition files of a directory in the order of their names: `*.toml` without dotfiles and what editors leave behind.
pub(super) fn list(directory: &Path, limit: usize) -> Result<Vec<PathBuf>, CannotLook> {
    let unreadable = |error: io::Error| CannotLook::Unreadable { directory: directory.into(), reason: reason(&error) };
    match fs::metadata(directory) {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return Err(CannotLook::NotADirectory { directory: directory.into() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(CannotLook::Missing { directory: directory.into() });
        }
        Err(error) => return Err(unreadable(error)),
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let path = directory.join(entry.map_err(unreadable)?.file_name());
        if is_definition(&path) {
            files.push(path);
        }
        if files.len() > limit {
            return Err(CannotLook::TooManyFiles { directory: directory.into(), limit });
        }
    }
    files.sort();
    Ok(files)
}

fn is_definition(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    name.ends_with(b".toml") && !name.starts_with(b".") && !name.starts_with(b"#") && name != b".toml"
}

/// Where a link in the directory ends, when that is outside of it.
pub(super) fn leads_out(path: &Path, root: &Path) -> io::Result<bool> {
    if !fs::symlink_metadata(path)?.is_symlink() {
        return Ok(false);
    }
    Ok(!fs::canonicalize(path)?.starts_with(root))
}
