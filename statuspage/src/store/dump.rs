//! Every row of the database as a block file, and back: the part of a backup that is not block files already.
//!
//! It does not know what the rows mean. Each row is checked when it is written and again when it is read: its own checksum goes with
//! it, and the frame around it has one more.

use std::{ops::ControlFlow, path::Path};

use shared::Timestamp;

use super::{
    block::{BlockError, BlockFile, Damage, Draft, Facts, Kind as FileKind, Wrong},
    database::{Broken, Order},
    frame,
    key::Kind,
    shelf::Shelf,
};

/// A frame is begun anew beyond that many bytes.
const FRAME: usize = 1 << 20;
/// Two lengths before each row.
const LENGTHS: usize = 8;
const NAME: &str = "rows";

/// Why rows could not be written down.
#[derive(Debug)]
pub(super) enum DumpError {
    /// The database broke.
    Database(Broken),
    /// The file could not be written.
    File(BlockError),
}

impl From<Broken> for DumpError {
    fn from(broken: Broken) -> Self {
        Self::Database(broken)
    }
}

/// Rows on their way into a file, which is not in place until [`Dump::finish`].
#[derive(Debug)]
pub(super) struct Dump {
    draft: Draft,
    at: Timestamp,
    payload: Vec<u8>,
    pending: u32,
    rows: u64,
}

impl Dump {
    pub(super) fn create(path: &Path, at: Timestamp) -> Result<Self, BlockError> {
        Ok(Self { draft: Draft::create(path, FileKind::Rows)?, at, payload: Vec::new(), pending: 0, rows: 0 })
    }

    /// Takes every sound row; those that were found damaged before stay where they are, and a database that is made of the dump counts
    /// its writes for itself.
    pub(super) fn take_all(&mut self, shelf: &Shelf) -> Result<(), DumpError> {
        let mut fault = None;
        // In the order of their letters.
        let (commits, corrupt) = (Kind::Commits as u8, Kind::Corrupt as u8);
        for (from, to) in
            [(0, commits), (commits + 1, corrupt), (corrupt + 1, u8::MAX)].map(|(from, to)| ([from], [to]))
        {
            shelf.scan(&from, &to, Order::Ascending, |key, body| match self.add(key, body) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    fault = Some(error);
                    ControlFlow::Break(())
                }
            })?;
        }
        fault.map_or(Ok(()), |error| Err(DumpError::File(error)))
    }

    /// Takes one row.
    pub(super) fn add(&mut self, key: &[u8], body: &[u8]) -> Result<(), BlockError> {
        let value = frame::seal(key, body);
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes();
        self.payload.extend_from_slice(&length(key));
        self.payload.extend_from_slice(&length(&value));
        self.payload.extend_from_slice(key);
        self.payload.extend_from_slice(&value);
        self.pending += 1;
        if self.payload.len() >= FRAME { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), BlockError> {
        if self.pending == 0 {
            return Ok(());
        }
        let facts = Facts { rows: self.pending, from: self.at, to: self.at };
        self.draft.put(NAME, facts, &self.payload)?;
        self.rows += u64::from(self.pending);
        self.payload.clear();
        self.pending = 0;
        Ok(())
    }

    /// Syncs the file, reads it back and puts it in place; gives the number of rows.
    pub(super) fn finish(mut self) -> Result<u64, BlockError> {
        self.flush()?;
        self.draft.finish()?;
        Ok(self.rows)
    }
}

/// Visits every row of a dump with its body, until the visitor fails.
///
/// # Errors
///
/// The first damage, and what the visitor says.
pub(super) fn load<E: From<BlockError>>(
    path: &Path,
    mut visit: impl FnMut(&[u8], &[u8]) -> Result<(), E>,
) -> Result<u64, E> {
    let file = BlockFile::open(path).map_err(E::from)?;
    let damaged = |offset: u64, wrong: Wrong| {
        E::from(BlockError::from(Damage { file: path.to_owned(), frame: None, offset, wrong }))
    };
    if let Some(damage) = file.verify().into_iter().next() {
        return Err(BlockError::from(damage).into());
    }
    if file.kind() != Some(FileKind::Rows) {
        return Err(damaged(0, Wrong::Foreign));
    }
    let mut rows = 0;
    for part in file.frames() {
        let payload = file.read(part).map_err(|damage| E::from(damage.into()))?;
        let mut rest = payload.as_slice();
        while !rest.is_empty() {
            let (key, value, behind) = row(rest).ok_or_else(|| damaged(part.offset, Wrong::Content))?;
            let body = frame::open(key, value).ok_or_else(|| damaged(part.offset, Wrong::Content))?;
            visit(key, body)?;
            rows += 1;
            rest = behind;
        }
    }
    Ok(rows)
}

/// The first row of a payload, and the rest.
fn row(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (lengths, rest) = bytes.split_first_chunk::<LENGTHS>()?;
    let (key, value) = lengths.split_at(LENGTHS / 2);
    let length = |bytes: &[u8]| usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok();
    let (key, rest) = rest.split_at_checked(length(key)?)?;
    let (value, rest) = rest.split_at_checked(length(value)?)?;
    Some((key, value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        database::Files,
        directory::Directory,
        key,
        queue::{Change, Work},
    };

    type Rows = Vec<(Vec<u8>, Vec<u8>)>;

    fn loaded(path: &Path) -> Result<Rows, BlockError> {
        let mut rows = Vec::new();
        load(path, |key, body| {
            rows.push((key.to_vec(), body.to_vec()));
            Ok::<_, BlockError>(())
        })?;
        Ok(rows)
    }

    #[test]
    fn every_sound_row_comes_back_and_damaged_ones_are_left_out() {
        let dir = tempfile::tempdir().expect("a directory");
        let shelf = Shelf::open(&Directory::acquire(dir.path()).expect("ours"), Files::AsTheyAre).expect("opens");
        shelf.set_format().expect("written");
        let document = |n: u32| {
            let body = Some(vec![7; 1_000 * n as usize].into());
            (key::named(Kind::Document, &format!("d{n:03}")), Change { number: 1, body })
        };
        shelf.commit(&Work { rows: vec![], changes: (0..80).map(document).collect() }).expect("written");
        shelf.put_raw(&key::corrupt(b"old"), b"found damaged long ago");
        shelf.put_raw(b"r-damaged", b"no checksum");
        let path = dir.path().join("rows.blk");
        let mut dump = Dump::create(&path, Timestamp::from_millis(0)).expect("begun");
        dump.take_all(&shelf).expect("read");
        let rows = dump.finish().expect("in place");
        let mut expected = Vec::new();
        let all = shelf.scan(&[0], &Kind::Commits.prefix(), Order::Ascending, |key, body| {
            expected.push((key.to_vec(), body.to_vec()));
            ControlFlow::Continue(())
        });
        all.expect("read");
        assert!(expected.len() > 400 && rows == expected.len() as u64, "{rows}");
        assert!(loaded(&path).expect("sound") == expected);
    }

    #[test]
    fn a_dump_with_a_flipped_bit_gives_no_rows() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("rows.blk");
        let mut dump = Dump::create(&path, Timestamp::from_millis(0)).expect("begun");
        for n in 0..20_u8 {
            dump.add(&[b'r', n], &[n; 10]).expect("written");
        }
        dump.finish().expect("in place");
        assert_eq!(loaded(&path).expect("sound").len(), 20);
        let whole = std::fs::read(&path).expect("there");
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 16;
            std::fs::write(&path, &flipped).expect("written");
            assert!(loaded(&path).is_err(), "a flip at {at} goes unnoticed");
        }
    }
}
