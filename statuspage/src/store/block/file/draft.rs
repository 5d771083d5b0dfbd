//! Writing a block file: beside its place first, and moved there when it is whole, synced and read back.
//!
//! It does not know what is written.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use super::{
    BlockError, BlockFile, Facts, Frame, Kind, at,
    layout::{self, Label, Magic},
};
use crate::store::directory;

/// A block file that is being written. Dropping it leaves what was there before.
#[derive(Debug)]
pub(in crate::store) struct Draft {
    path: PathBuf,
    beside: PathBuf,
    file: BufWriter<File>,
    kind: Kind,
    hash: Sha256,
    length: u64,
    frames: Vec<Frame>,
}

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::store) struct FileFacts {
    /// Where it lies.
    pub(in crate::store) path: PathBuf,
    /// How long the file is; zero when there was nothing to write.
    pub(in crate::store) bytes: u64,
    /// How many frames it has.
    pub(in crate::store) frames: usize,
    /// How many rows they have together.
    pub(in crate::store) rows: u64,
    /// The hash in its footer.
    pub(in crate::store) sha256: [u8; 32],
}

impl Draft {
    /// Begins `path.new`, making the directories above it where needed, for this user alone.
    pub(in crate::store) fn create(path: &Path, kind: Kind) -> io::Result<Self> {
        if let Some(parent) = path.parent() {
            directory::create(parent).map_err(|error| at(parent, &error))?;
        }
        let beside = beside(path);
        let file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&beside);
        let file = BufWriter::with_capacity(256 << 10, file.map_err(|error| at(&beside, &error))?);
        let (hash, length, frames) = (Sha256::new(), 0, Vec::new());
        let mut draft = Self { path: path.to_owned(), beside, file, kind, hash, length, frames };
        draft.write(&layout::header(kind))?;
        Ok(draft)
    }

    /// Appends a frame.
    pub(in crate::store) fn put(&mut self, name: &str, facts: Facts, payload: &[u8]) -> io::Result<()> {
        let label = Label::new(name, facts);
        let body = layout::body(&label, payload);
        let frame = label.at(self.length, body.len());
        self.part(Magic::Frame, &body)?;
        self.frames.extend(frame);
        Ok(())
    }

    /// Ends the file with its index, syncs it, reads every byte of it back, moves it to its place and syncs the directory.
    ///
    /// # Errors
    ///
    /// What was in its place before is still there then, unless only the last step failed.
    pub(in crate::store) fn finish(mut self) -> Result<FileFacts, BlockError> {
        let (offset, sha256) = (self.length, self.hash.clone().finalize().into());
        let footer = layout::footer(self.kind, &self.frames, sha256);
        self.part(Magic::Footer, &footer)?;
        self.write(&layout::trailer(offset))?;
        self.file.flush().and_then(|()| self.file.get_ref().sync_all()).map_err(|error| at(&self.beside, &error))?;
        self.read_back(&self.beside)?;
        fs::rename(&self.beside, &self.path).map_err(|error| at(&self.path, &error))?;
        if let Some(parent) = self.path.parent() {
            sync_directory(parent)?;
        }
        let rows = self.frames.iter().map(|frame| u64::from(frame.facts.rows)).sum();
        Ok(FileFacts { path: self.path.clone(), bytes: self.length, frames: self.frames.len(), rows, sha256 })
    }

    fn read_back(&self, path: &Path) -> Result<(), BlockError> {
        let file = BlockFile::open(path)?;
        match file.verify().into_iter().next() {
            Some(damage) => Err(damage.into()),
            None if file.frames() == self.frames => Ok(()),
            None => Err(file.damaged(None, 0, super::Wrong::Index).into()),
        }
    }

    fn part(&mut self, magic: Magic, body: &[u8]) -> io::Result<()> {
        let too_long = || {
            let said = format!("{}: a frame of {} bytes is too long", self.path.display(), body.len());
            io::Error::new(ErrorKind::InvalidInput, said)
        };
        let head = layout::head(magic, body).ok_or_else(too_long)?;
        self.write(&head)?;
        self.write(body)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes).map_err(|error| at(&self.beside, &error))?;
        self.hash.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After the rename there is none; one that cannot be removed now is removed when the archive is opened.
        let _ = fs::remove_file(&self.beside);
    }
}

/// Where a file is written before it is moved to `path`.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
}

/// Makes what was renamed, linked or removed in a directory last.
pub(in crate::store) fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path).and_then(|directory| directory.sync_all()).map_err(|error| at(path, &error))
}
