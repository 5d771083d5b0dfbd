//! The files of a journal: one is written, the others are read.
//!
//! It does not know what was acknowledged. A file's name is its first number, so that names sort as numbers do; one that was thinned
//! out ends in `.thin`.

use std::{
    collections::VecDeque,
    ffi::OsStr,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use shared::{Sequence, Span, Spans, report::Entry};

use super::frame;

/// The end of the name of a file that has all its results …
pub(super) const WHOLE: &str = "part";
/// … and of one that has only the changes.
pub(super) const THIN: &str = "thin";

/// A file that is only read.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub(super) path: PathBuf,
    pub(super) numbers: Spans,
    pub(super) bytes: u64,
}

impl Segment {
    pub(super) fn first(&self) -> Sequence {
        self.numbers.iter().next().map_or(Sequence::NONE, Span::first)
    }

    pub(super) fn is_thin(&self) -> bool {
        self.path.extension() == Some(OsStr::new(THIN))
    }

    /// Whether it has a number of that span.
    pub(super) fn meets(&self, span: Span) -> bool {
        self.numbers.iter().any(|held| held.meet(span).is_some())
    }

    /// The results of the wanted numbers, as far as they can be read.
    pub(super) fn entries(&self, wanted: &Spans) -> io::Result<Vec<Entry>> {
        let mut entries = frame::read(&fs::read(&self.path)?).entries;
        entries.retain(|entry| wanted.contains(entry.sequence) && self.numbers.contains(entry.sequence));
        Ok(entries)
    }

    /// All results; an error when some of them cannot be read, so that nobody takes the rest for all.
    pub(super) fn whole(&self) -> io::Result<Vec<Entry>> {
        let entries = self.entries(&self.numbers)?;
        let found: Spans = entries.iter().filter_map(|entry| Span::new(entry.sequence, entry.sequence)).collect();
        match self.numbers.iter().all(|span| found.covers(span)) {
            true => Ok(entries),
            false => Err(io::Error::new(io::ErrorKind::InvalidData, "some of its results cannot be read any more")),
        }
    }
}

/// Every file of a journal in the order of their numbers, and how many places are damaged. A file that was only begun goes; one that
/// holds something else is set aside.
pub(super) fn read_all(directory: &Path) -> io::Result<(VecDeque<Segment>, u64)> {
    let mut paths = Vec::new();
    for found in fs::read_dir(directory)? {
        let path = found?.path();
        match path.extension().and_then(OsStr::to_str) {
            Some(WHOLE | THIN) => paths.push(path),
            // A file that was to take the place of another one when the process died.
            Some("new") => drop(fs::remove_file(path)),
            Some(_) | None => {}
        }
    }
    paths.sort();
    let (mut segments, mut damaged) = (VecDeque::new(), 0);
    for path in paths {
        let bytes = fs::read(&path)?;
        let contents = frame::read(&bytes);
        damaged += contents.damaged;
        let mut numbers = Spans::default();
        contents.entries.iter().for_each(|entry| numbers.add(entry.sequence));
        // A frame that was being written when the process died, or damage at the end: nothing relied on the former.
        let torn = bytes.len() - contents.end;
        if torn > 0 {
            tracing::info!(path = %path.display(), bytes = torn, "the end of a part of the journal is incomplete and left out");
        }
        if contents.damaged > 0 {
            tracing::warn!(path = %path.display(), places = contents.damaged, "a part of the journal is damaged: the rest is used");
        }
        if !numbers.is_empty() {
            segments.push_back(Segment { path, numbers, bytes: bytes.len() as u64 });
        } else if frame::is_torn(&bytes) {
            drop(fs::remove_file(path));
        } else {
            damaged += 1;
            set_aside(&path);
        }
    }
    segments.make_contiguous().sort_by_key(Segment::first);
    Ok((segments, damaged))
}

/// Whoever can save something of it finds it beside the journal; nothing of it is read again.
fn set_aside(path: &Path) {
    let places = (1_u32..).map(|again| path.with_extension(format!("damaged-{again}")));
    let Some(place) = places.into_iter().find(|place| !place.exists()) else { return };
    match fs::rename(path, &place) {
        Ok(()) => {
            tracing::error!(path = %place.display(), "a part of the journal cannot be read and is set aside: it may be removed");
        }
        Err(error) => tracing::error!(%error, path = %path.display(), "a part of the journal cannot be read"),
    }
}

/// The file that is written.
#[derive(Debug)]
pub(super) struct Writer {
    file: File,
    segment: Segment,
    /// What was written since the last sync.
    unsynced: Vec<Entry>,
    /// How much of the file is synced.
    synced: u64,
}

impl Writer {
    /// Begins a file; its name is on stable storage before anything in it is relied on.
    pub(super) fn create(directory: &Path, first: Sequence) -> io::Result<Self> {
        let mut path = directory.join(format!("{:020}.{WHOLE}", first.number()));
        // After a failed write, numbers of a file may come again; what it holds of them is older or the same.
        for again in 1_u32.. {
            match OpenOptions::new().append(true).create_new(true).mode(0o600).open(&path) {
                Ok(file) => {
                    File::open(directory)?.sync_all()?;
                    let segment = Segment { path, numbers: Spans::default(), bytes: 0 };
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
    pub(super) fn write(&mut self, entries: &[Entry]) -> io::Result<()> {
        let frame = frame::seal(entries)?;
        self.file.write_all(&frame)?;
        self.segment.bytes += frame.len() as u64;
        self.unsynced.extend_from_slice(entries);
        Ok(())
    }

    pub(super) fn sync(&mut self) -> io::Result<()> {
        if self.unsynced.is_empty() {
            return Ok(());
        }
        self.file.sync_data()?;
        self.unsynced.drain(..).for_each(|entry| self.segment.numbers.add(entry.sequence));
        self.synced = self.segment.bytes;
        Ok(())
    }

    pub(super) fn bytes(&self) -> u64 {
        self.segment.bytes
    }

    /// What of it can be relied on.
    pub(super) fn segment(&self) -> &Segment {
        &self.segment
    }

    /// Ends the file: what can be relied on, and what cannot.
    pub(super) fn end(self) -> (Option<Segment>, Vec<Entry>) {
        let Self { file, mut segment, unsynced, synced } = self;
        if !unsynced.is_empty() || segment.bytes != synced {
            // Best effort: what stays behind the cut is read at the next start, and is the same results once more.
            let cut = file.set_len(synced);
            cut.unwrap_or_else(
                |error| tracing::debug!(%error, "the end of a part of the journal could not be cut off"),
            );
            segment.bytes = synced;
        }
        if segment.numbers.is_empty() {
            // It holds nothing, and its name may be needed again.
            drop(fs::remove_file(&segment.path));
            return (None, unsynced);
        }
        (Some(segment), unsynced)
    }
}
