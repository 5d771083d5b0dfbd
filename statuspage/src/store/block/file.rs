//! Block files: named frames with checksums, in a file that is whole or not there.
//!
//! It does not know what a frame's payload means, nor where files lie.
//!
//! Numbers are little-endian. "Postcard" is postcard's wire format: varints, zigzag for signed numbers, lengths before texts and lists.
//!
//! | at | bytes | what |
//! |---|---|---|
//! | 0 | 8 | magic `BELFRYBK` |
//! | 8 | 2 | version of the format, 1 |
//! | 10 | 1 | kind of the content ([`Kind`]) |
//! | 11 | 1 | 0 |
//! | 12 | 4 | CRC-32C of bytes 0 to 11 |
//! | 16 | … | frames, one after the other |
//! | F | … | the footer: a frame with the magic `F6 42 4C 4B` |
//! | end − 16 | 8 | F, where the footer begins |
//! | end − 8 | 8 | magic `BELFRYND` |
//!
//! A frame
//!
//! | at | bytes | what |
//! |---|---|---|
//! | 0 | 4 | magic `F5 42 4C 4B` |
//! | 4 | 4 | length of the body, at most 64 MiB |
//! | 8 | 4 | CRC-32C of the length's four bytes and the body |
//! | 12 | … | body: postcard of name (text), rows (u32), from (i64, milliseconds since 1970), to − from (u64), then the payload |
//!
//! The footer's body is postcard of: kind (u8), the list of frames (name, offset u64, length of the body u32, rows, from, to − from
//! as in the frame), their number (u32), and the SHA-256 of all bytes before the footer (32 bytes). A name may stand for several frames.
//!
//! A reader takes the footer and then only the frames it needs. Without a footer it looks for the frames' magics. The header keeps
//! its form in every version, so that an older reader can tell that a file is newer.

mod draft;
mod layout;
mod scan;

#[cfg(test)]
mod tests;

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};
use shared::Timestamp;

use super::{BlockError, Damage, Wrong};
use layout::{Footer, HEADER, Magic, TRAILER};

pub(in crate::store) use draft::{Draft, FileFacts, sync_directory};

/// What a block file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Kind {
    /// Results of probes.
    Raw,
    /// Roll-ups of hours.
    Hours,
    /// Roll-ups of days.
    Days,
    /// Rows of the database, in backups.
    Rows,
}

/// What is known of a frame's content without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct Facts {
    /// How many rows.
    pub(in crate::store) rows: u32,
    /// The time of the earliest.
    pub(in crate::store) from: Timestamp,
    /// The time of the latest; it is inside.
    pub(in crate::store) to: Timestamp,
}

/// A frame of a file and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct Frame {
    /// Whose rows they are, such as `cloud/login@local`.
    pub(in crate::store) name: String,
    /// What is known of them.
    pub(in crate::store) facts: Facts,
    /// Where it begins in the file.
    pub(in crate::store) offset: u64,
    /// How long its body is.
    length: u32,
}

/// An open block file: its index is read, its frames are not.
#[derive(Debug)]
pub(in crate::store) struct BlockFile {
    path: PathBuf,
    file: File,
    length: u64,
    kind: Option<Kind>,
    frames: Vec<Frame>,
    /// Where the footer begins and the hash of what is before it; none when the index was made again.
    sealed: Option<(u64, [u8; 32])>,
    damage: Vec<Damage>,
}

impl BlockFile {
    /// Opens a file by its footer, or by looking for its frames when the footer is damaged; then [`Self::damage`] says so.
    ///
    /// # Errors
    ///
    /// When it cannot be opened, or a newer version wrote it. Damage is no error.
    pub(in crate::store) fn open(path: &Path) -> Result<Self, BlockError> {
        let file = File::open(path).map_err(|error| at(path, &error))?;
        let length = file.metadata().map_err(|error| at(path, &error))?.len();
        let (kind, frames, sealed, damage) = (None, Vec::new(), None, Vec::new());
        let mut opened = Self { path: path.to_owned(), file, length, kind, frames, sealed, damage };
        opened.read_header()?;
        match opened.read_index() {
            Ok((offset, footer)) => {
                opened.kind = opened.kind.or(footer.kind);
                opened.frames = footer.frames;
                opened.sealed = Some((offset, footer.sha256));
            }
            Err(wrong) => opened.scan(wrong),
        }
        Ok(opened)
    }

    fn read_header(&mut self) -> Result<(), BlockError> {
        let header = match self.bytes(0, HEADER as u64) {
            Err(wrong @ Wrong::Unreadable(_)) => {
                self.note(None, 0, wrong);
                return Ok(());
            }
            other => other.ok().and_then(|bytes| layout::read_header(&bytes)),
        };
        match header {
            Some((version, kind)) if version == layout::VERSION && kind.is_some() => self.kind = kind,
            Some((found, _)) => {
                let (file, known) = (self.path.clone(), layout::VERSION);
                return Err(BlockError::Newer { file, found, known });
            }
            None => self.note(None, 0, Wrong::Header),
        }
        Ok(())
    }

    fn read_index(&self) -> Result<(u64, Footer), Wrong> {
        let trailer = self.length.checked_sub(TRAILER as u64).ok_or(Wrong::CutOff)?;
        let offset = layout::read_trailer(&self.bytes(trailer, TRAILER as u64)?).ok_or(Wrong::Index)?;
        let (magic, body) = self.part(offset, trailer)?;
        let whole = magic == Magic::Footer && offset + layout::length_of(&body) == trailer;
        let footer = Footer::read(&body).filter(|_| whole).ok_or(Wrong::Index)?;
        if footer.frames.iter().any(|frame| frame.end().is_none_or(|end| end > offset)) {
            return Err(Wrong::Index);
        }
        Ok((offset, footer))
    }

    /// Where it lies.
    pub(in crate::store) fn path(&self) -> &Path {
        &self.path
    }

    /// What its footer says of it; none when that is damaged.
    pub(in crate::store) fn facts(&self) -> Option<FileFacts> {
        let (_, sha256) = self.sealed?;
        let rows = self.frames.iter().map(|frame| u64::from(frame.facts.rows)).sum();
        Some(FileFacts { path: self.path.clone(), bytes: self.length, frames: self.frames.len(), rows, sha256 })
    }

    /// What it holds; none when neither header nor footer can say.
    pub(in crate::store) fn kind(&self) -> Option<Kind> {
        self.kind
    }

    /// The frames in the order in which they were written.
    pub(in crate::store) fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// What was found wrong when it was opened.
    pub(in crate::store) fn damage(&self) -> &[Damage] {
        &self.damage
    }

    /// The payload of a frame, as it was written.
    pub(in crate::store) fn read(&self, frame: &Frame) -> Result<Vec<u8>, Damage> {
        self.payload(frame).map_err(|wrong| self.damaged(Some(&frame.name), frame.offset, wrong))
    }

    fn payload(&self, frame: &Frame) -> Result<Vec<u8>, Wrong> {
        let end = frame.end().ok_or(Wrong::NoFrame)?;
        let (magic, mut body) = self.part(frame.offset, end)?;
        let (found, payload) = layout::read_body(&body).ok_or(Wrong::Content)?;
        let begin = body.len() - payload.len();
        if magic != Magic::Frame || found.at(frame.offset, body.len()).as_ref() != Some(frame) {
            return Err(Wrong::Misplaced);
        }
        Ok(body.split_off(begin))
    }

    /// Looks at every byte: what is wrong, nothing when the file is as it was written.
    pub(in crate::store) fn verify(&self) -> Vec<Damage> {
        self.verify_with(|_, _| true)
    }

    /// The same, and whether the payload of each frame can be read, as `is_content` says.
    pub(super) fn verify_with(&self, is_content: impl Fn(&Frame, &[u8]) -> bool) -> Vec<Damage> {
        let mut damage = self.damage.clone();
        damage.extend(self.frames.iter().filter_map(|frame| match self.read(frame) {
            Ok(payload) if is_content(frame, &payload) => None,
            Ok(_) => Some(self.damaged(Some(&frame.name), frame.offset, Wrong::Content)),
            Err(damage) => Some(damage),
        }));
        if let Some((end, sha256)) = self.sealed.filter(|_| damage.is_empty()) {
            match self.hash(end) {
                Ok(found) if found == sha256 => {}
                Ok(_) => damage.push(self.damaged(None, 0, Wrong::Hash)),
                Err(wrong) => damage.push(self.damaged(None, 0, wrong)),
            }
        }
        damage
    }

    fn hash(&self, end: u64) -> Result<[u8; 32], Wrong> {
        const STEP: u64 = 256 << 10;
        let mut hash = Sha256::new();
        let mut begin = 0;
        while begin < end {
            let step = STEP.min(end - begin);
            hash.update(self.bytes(begin, step)?);
            begin += step;
        }
        Ok(hash.finalize().into())
    }

    /// The magic and the body of the frame or footer at `offset`, checked; it must end at `limit` or before.
    fn part(&self, offset: u64, limit: u64) -> Result<(Magic, Vec<u8>), Wrong> {
        let head = self.bytes(offset, layout::HEAD as u64)?;
        let (magic, length, checksum) = layout::read_head(&head).ok_or(Wrong::NoFrame)?;
        let begin = offset + layout::HEAD as u64;
        if length > layout::MAX_BODY || begin + u64::from(length) > limit {
            return Err(if limit == self.length { Wrong::CutOff } else { Wrong::Checksum });
        }
        let body = self.bytes(begin, length.into())?;
        if layout::checksum(length, &body) != checksum {
            return Err(Wrong::Checksum);
        }
        Ok((magic, body))
    }

    fn bytes(&self, offset: u64, length: u64) -> Result<Vec<u8>, Wrong> {
        if offset.checked_add(length).is_none_or(|end| end > self.length) {
            return Err(Wrong::CutOff);
        }
        let mut bytes = vec![0; usize::try_from(length).map_err(|_| Wrong::CutOff)?];
        match self.file.read_exact_at(&mut bytes, offset) {
            Ok(()) => Ok(bytes),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(Wrong::CutOff),
            Err(error) => Err(Wrong::Unreadable(error.to_string())),
        }
    }

    /// Damage of this file.
    pub(super) fn damaged(&self, frame: Option<&str>, offset: u64, wrong: Wrong) -> Damage {
        Damage { file: self.path.clone(), frame: frame.map(str::to_owned), offset, wrong }
    }

    fn note(&mut self, frame: Option<&str>, offset: u64, wrong: Wrong) {
        let damage = self.damaged(frame, offset, wrong);
        self.damage.push(damage);
    }
}

impl Frame {
    /// Where it ends.
    fn end(&self) -> Option<u64> {
        self.offset.checked_add(layout::HEAD as u64 + u64::from(self.length))
    }
}

/// The same error, naming the file.
pub(super) fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
