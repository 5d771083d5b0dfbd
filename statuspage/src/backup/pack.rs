//! Writes a backup, from beginning to end, to whatever takes bytes.
//!
//! It does not know where the bytes go.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};
use shared::Timestamp;

use super::{BLOCKS, HEAD, Head, MANIFEST, Manifest, Member, ROWS};
use crate::subscriber::SEALED;

/// Writes the backup of a directory that holds `rows.blk`, `blocks/` and perhaps `subscribers.sealed`, none of which changes meanwhile.
///
/// # Errors
///
/// When a file cannot be read or the bytes are not taken.
pub fn pack(directory: &Path, head: &Head, out: impl Write) -> io::Result<Manifest> {
    let mut tar = Packer { tar: tar::Builder::new(out), manifest: Manifest::default(), at: head.made_at };
    tar.page(HEAD, &serde_json::to_vec_pretty(head)?)?;
    tar.file(directory, ROWS)?;
    if directory.join(SEALED).exists() {
        tar.file(directory, SEALED)?;
    }
    for path in files(&directory.join(BLOCKS))? {
        let name = path.strip_prefix(directory).ok().and_then(Path::to_str);
        tar.file(directory, name.ok_or_else(|| io::Error::other(format!("{} is no name of ours", path.display())))?)?;
    }
    let manifest = serde_json::to_vec_pretty(&tar.manifest)?;
    tar.append(MANIFEST, manifest.len() as u64, manifest.as_slice())?;
    tar.tar.into_inner()?.flush()?;
    Ok(tar.manifest)
}

/// Every file below a directory, in the order of their paths; nothing when there is no such directory.
fn files(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

struct Packer<W: Write> {
    tar: tar::Builder<W>,
    manifest: Manifest,
    at: Timestamp,
}

impl<W: Write> Packer<W> {
    fn page(&mut self, name: &str, body: &[u8]) -> io::Result<()> {
        let member = Member { bytes: body.len() as u64, sha256: hex(&Sha256::digest(body)) };
        self.manifest.members.insert(name.to_owned(), member);
        self.append(name, body.len() as u64, body)
    }

    fn file(&mut self, directory: &Path, name: &str) -> io::Result<()> {
        let file = File::open(directory.join(name))?;
        let bytes = file.metadata()?.len();
        let mut reader = Hashing { inner: file.take(bytes), hash: Sha256::new(), read: 0 };
        self.append(name, bytes, &mut reader)?;
        if reader.read != bytes {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, format!("{name} became shorter")));
        }
        let member = Member { bytes, sha256: hex(&reader.hash.finalize()) };
        self.manifest.members.insert(name.to_owned(), member);
        Ok(())
    }

    fn append(&mut self, name: &str, bytes: u64, body: impl Read) -> io::Result<()> {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(self.at.as_millis() / 1_000).unwrap_or(0));
        header.set_entry_type(tar::EntryType::Regular);
        self.tar.append_data(&mut header, name, body)
    }
}

/// Hashes what is read through it.
pub(super) struct Hashing<R> {
    pub(super) inner: R,
    pub(super) hash: Sha256,
    pub(super) read: u64,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.update(&buffer[..count]);
        self.read += count as u64;
        Ok(count)
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
