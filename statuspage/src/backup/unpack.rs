//! Reads a backup into a directory, believing nothing in it: names, kinds, lengths and hashes are all checked.
//!
//! It does not know what the files mean.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::Path,
};

use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use super::{
    BLOCKS, FORMAT, HEAD, Head, MANIFEST, Manifest, Member, ROWS,
    pack::{Hashing, hex},
};
use crate::subscriber::SEALED;

/// The first page is a few hundred bytes.
const LONGEST_HEAD: u64 = 64 << 10;
/// The last page has about 150 bytes for each file.
const LONGEST_MANIFEST: u64 = 256 << 20;

/// Why a backup is not used.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// It does not begin as one.
    #[error("this is no backup of Belfry: its first member is not {HEAD}")]
    Foreign,
    /// A later version of this programme made it.
    #[error("the backup was made by a newer version (format {found}, this one reads up to {FORMAT}): upgrade first")]
    Newer {
        /// Its format.
        found: u32,
    },
    /// It has something in it that no backup has.
    #[error("the backup has a member that no backup of ours has, {0:?}: it is not used")]
    Hostile(String),
    /// It ends too early.
    #[error("the backup is not whole: it ends before {MANIFEST}")]
    CutOff,
    /// A member is not what was written, or missing.
    #[error("the backup is damaged: {0} is not what was written")]
    Damaged(String),
    /// Reading or writing failed.
    #[error("the backup cannot be read")]
    Io(#[from] io::Error),
}

/// Unpacks a whole backup into an empty directory; everything is on stable storage when this returns.
///
/// # Errors
///
/// When anything at all is not as it was written; what lies in the directory is of no use then.
pub fn unpack(backup: impl Read, into: &Path) -> Result<Head, UnpackError> {
    let head = read(backup, |entry, name| write(entry, &into.join(name)))?;
    sync_directories(into)?;
    Ok(head)
}

/// Reads a whole backup and says what it is, without writing anything.
///
/// # Errors
///
/// When anything at all is not as it was written.
pub fn check(backup: impl Read) -> Result<Head, UnpackError> {
    read(backup, |entry, _| hash(entry, &mut io::sink()))
}

/// Unpacks only the rows of the database, which come before everything large. Their own checksums must tell whether they are whole.
///
/// # Errors
///
/// When it is no backup, or ends before the rows do.
pub fn unpack_rows(backup: impl Read, into: &Path) -> Result<Head, UnpackError> {
    let mut archive = tar::Archive::new(backup);
    let mut entries = archive.entries()?;
    let mut next = |name: &str| -> Result<_, UnpackError> {
        let entry = entries.next().ok_or(UnpackError::CutOff)?.map_err(structure)?;
        let found = entry.path().map_err(structure)?.to_str() == Some(name);
        let regular = entry.header().entry_type() == tar::EntryType::Regular;
        if found && regular { Ok(entry) } else { Err(UnpackError::Foreign) }
    };
    let head = read_head(&mut next(HEAD)?, &mut Manifest::default())?;
    write(&mut next(ROWS)?, into)?;
    Ok(head)
}

fn read<R: Read>(
    backup: R,
    mut take: impl FnMut(&mut tar::Entry<'_, R>, &str) -> Result<Member, UnpackError>,
) -> Result<Head, UnpackError> {
    let mut archive = tar::Archive::new(backup);
    let mut found = Manifest::default();
    let mut head = None;
    for entry in archive.entries()? {
        let mut entry = entry.map_err(structure)?;
        let name = entry.path().map_err(structure)?.to_str().map(str::to_owned);
        let name = name.unwrap_or_else(|| String::from_utf8_lossy(&entry.path_bytes()).into_owned());
        if entry.header().entry_type() != tar::EntryType::Regular || !is_ours(&name) {
            return Err(UnpackError::Hostile(name));
        }
        match (name.as_str(), &head) {
            (HEAD, None) => head = Some(read_head(&mut entry, &mut found)?),
            (_, None) => return Err(UnpackError::Foreign),
            (MANIFEST, Some(head)) => {
                compare(&found, &page(&mut entry, LONGEST_MANIFEST)?.0)?;
                return Ok(Head::clone(head));
            }
            (_, Some(_)) if found.members.contains_key(&name) => return Err(UnpackError::Hostile(name)),
            (_, Some(_)) => {
                let member = take(&mut entry, &name)?;
                found.members.insert(name, member);
            }
        }
    }
    Err(if head.is_some() { UnpackError::CutOff } else { UnpackError::Foreign })
}

/// What the reader of archives says of one that is not sound, told from what the disk says.
fn structure(error: io::Error) -> UnpackError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => UnpackError::CutOff,
        io::ErrorKind::Other | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            UnpackError::Damaged(format!("the head of a member ({error})"))
        }
        _ => UnpackError::Io(error),
    }
}

/// Names that a backup has; none of them leads out of the directory.
fn is_ours(name: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
    };
    match name.strip_prefix(BLOCKS) {
        Some(below) => below.strip_prefix('/').is_some_and(|below| below.split('/').all(plain)),
        None => matches!(name, HEAD | ROWS | SEALED | MANIFEST),
    }
}

fn read_head(entry: &mut impl Read, found: &mut Manifest) -> Result<Head, UnpackError> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let (Format { format }, text) = page(entry, LONGEST_HEAD).map_err(|error| match error {
        UnpackError::Damaged(_) => UnpackError::Foreign,
        other => other,
    })?;
    if format > FORMAT {
        return Err(UnpackError::Newer { found: format });
    }
    let member = Member { bytes: text.len() as u64, sha256: hex(&Sha256::digest(&text)) };
    found.members.insert(HEAD.to_owned(), member);
    serde_json::from_slice(&text).map_err(|_| UnpackError::Damaged(HEAD.to_owned()))
}

/// A page of JSON and its text.
fn page<T: DeserializeOwned>(entry: &mut impl Read, longest: u64) -> Result<(T, Vec<u8>), UnpackError> {
    let mut text = Vec::new();
    entry.take(longest).read_to_end(&mut text)?;
    let page = serde_json::from_slice(&text).map_err(|_| UnpackError::Damaged("a page of JSON".to_owned()))?;
    Ok((page, text))
}

fn write(entry: &mut impl Read, path: &Path) -> Result<Member, UnpackError> {
    if let Some(parent) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let member = hash(entry, &mut file)?;
    file.sync_all()?;
    Ok(member)
}

fn hash(entry: &mut impl Read, out: &mut impl io::Write) -> Result<Member, UnpackError> {
    let mut reader = Hashing { inner: entry, hash: Sha256::new(), read: 0 };
    io::copy(&mut reader, out)?;
    Ok(Member { bytes: reader.read, sha256: hex(&reader.hash.finalize()) })
}

/// Every member is there, is what was written, and is named.
fn compare(found: &Manifest, written: &Manifest) -> Result<(), UnpackError> {
    let names = written.members.keys().chain(found.members.keys());
    let mut wrong = names.filter(|name| written.members.get(*name) != found.members.get(*name));
    if let Some(name) = wrong.next() {
        return Err(UnpackError::Damaged(name.clone()));
    }
    if !found.members.contains_key(ROWS) {
        return Err(UnpackError::Damaged(ROWS.to_owned()));
    }
    Ok(())
}

fn sync_directories(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            sync_directories(&path)?;
        }
    }
    File::open(directory)?.sync_all()
}
