//! The file of a journal that is written: appended to, synced, and ended.
//!
//! It does not know when that is, nor what became of what it could not write.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use shared::{Sequence, report::Entry};

use super::{Frame, Segment, WHOLE};
use crate::journal::frame;

/// So many of the newest results are also in memory.
const NEWEST: usize = 1_024;

/// The file that is written.
#[derive(Debug)]
pub(in crate::journal) struct Writer {
    file: File,
    segment: Segment,
    /// What was written since the last sync.
    unsynced: Vec<Entry>,
    /// How much of the file is synced.
    synced: u64,
}

impl Writer {
    /// Begins a file; its name is on stable storage before anything in it is relied on.
    pub(in crate::journal) fn create(directory: &Path, first: Sequence) -> io::Result<Self> {
        let mut path = directory.join(format!("{:020}.{WHOLE}", first.number()));
        // After a failed write, numbers of a file may come again; what it holds of them is older or the same.
        for again in 1_u32.. {
            match OpenOptions::new().append(true).create_new(true).mode(0o600).open(&path) {
                Ok(file) => {
                    File::open(directory)?.sync_all()?;
                    let segment = Segment::empty(path);
                    return Ok(Self { file, segment, unsynced: Vec::new(), synced: 0 });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    path = directory.join(format!("{:020}-{again}.{WHOLE}", first.number()));
                }
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Appends a frame; it can be relied on after the next [`Writer::sync`].
    pub(in crate::journal) fn write(&mut self, entries: &[Entry]) -> io::Result<()> {
        let frame = frame::seal(entries)?;
        self.file.write_all(&frame)?;
        if let Some(mut mark) = Frame::of(self.segment.bytes, frame.len(), entries) {
            mark.entries = Some(entries.into());
            self.segment.frames.push(mark);
        }
        self.segment.bytes += frame.len() as u64;
        self.unsynced.extend_from_slice(entries);
        self.cool();
        Ok(())
    }

    /// Keeps no more than the newest results in memory.
    fn cool(&mut self) {
        let mut room = NEWEST;
        for frame in self.segment.frames.iter_mut().rev() {
            let held = frame.entries.as_ref().map_or(0, |entries| entries.len());
            if held == 0 {
                break;
            }
            match room.checked_sub(held) {
                Some(left) => room = left,
                None => (room, frame.entries) = (0, None),
            }
        }
    }

    pub(in crate::journal) fn sync(&mut self) -> io::Result<()> {
        if self.unsynced.is_empty() {
            return Ok(());
        }
        self.file.sync_data()?;
        self.segment.note(&std::mem::take(&mut self.unsynced));
        self.synced = self.segment.bytes;
        Ok(())
    }

    pub(in crate::journal) fn bytes(&self) -> u64 {
        self.segment.bytes
    }

    /// What of it can be relied on.
    pub(in crate::journal) fn segment(&self) -> &Segment {
        &self.segment
    }

    /// The same, to read it.
    pub(in crate::journal) fn segment_mut(&mut self) -> &mut Segment {
        &mut self.segment
    }

    /// Ends the file: what can be relied on, and what cannot.
    pub(in crate::journal) fn end(self) -> (Option<Segment>, Vec<Entry>) {
        let Self { file, mut segment, unsynced, synced } = self;
        if !unsynced.is_empty() || segment.bytes != synced {
            // Best effort: what stays behind the cut is read at the next start, and is the same results once more.
            let cut = file.set_len(synced);
            cut.unwrap_or_else(
                |error| tracing::debug!(%error, "the end of a part of the journal could not be cut off"),
            );
            segment.bytes = synced;
            segment.frames.retain(|frame| frame.at < synced);
        }
        segment.frames.iter_mut().for_each(|frame| frame.entries = None);
        if segment.numbers.is_empty() && synced == 0 {
            // It holds nothing, and its name may be needed again.
            drop(fs::remove_file(&segment.path));
            return (None, unsynced);
        }
        (Some(segment), unsynced)
    }
}
