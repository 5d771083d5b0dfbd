//! The files of a journal, as they are read: where in each of them what lies.
//!
//! It does not know what was acknowledged. A file's name is its first number, so that names sort as numbers do; one that was thinned
//! out ends in `.thin`.

mod writer;

use std::{
    ffi::OsStr,
    fs::{self, File},
    io,
    ops::ControlFlow,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use shared::{Sequence, Span, Spans, report::Entry};

pub(super) use writer::Writer;

use super::{aside, frame};
use crate::canary::is_canary;

/// The end of the name of a file that has all its results …
pub(super) const WHOLE: &str = "part";
/// … and of one that has only the changes.
pub(super) const THIN: &str = "thin";

/// A file that is only read, and where in it what lies.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub(super) path: PathBuf,
    pub(super) numbers: Spans,
    /// Those of them that are of canaries, which nobody is told of.
    pub(super) canaries: Spans,
    pub(super) bytes: u64,
    frames: Vec<Frame>,
    /// Frames that were found damaged since they were last counted.
    damaged: u64,
    /// Why the disk did not give some of it or take another in its place, as it was told last.
    told: Option<io::ErrorKind>,
}

/// What came of reading results.
#[derive(Debug)]
pub(super) struct Reading {
    /// Whether whoever takes them had enough, and at which number.
    pub(super) flow: ControlFlow<Sequence>,
    /// What the disk did not give now; it may give it later.
    pub(super) error: Option<io::Error>,
}

/// Where a frame lies, and between which numbers its results are.
#[derive(Debug, Clone)]
struct Frame {
    at: u64,
    length: usize,
    first: Sequence,
    last: Sequence,
    /// The results themselves, of the newest frames of the file that is written: most reports are of nothing else.
    entries: Option<Arc<[Entry]>>,
}

impl Frame {
    fn of(at: u64, length: usize, entries: &[Entry]) -> Option<Self> {
        let numbers = || entries.iter().map(|entry| entry.sequence);
        Some(Self { at, length, first: numbers().min()?, last: numbers().max()?, entries: None })
    }

    fn span(&self) -> Option<Span> {
        Span::new(self.first, self.last)
    }

    fn meets(&self, wanted: &Spans) -> bool {
        self.span().is_some_and(|own| wanted.iter().any(|span| span.meet(own).is_some()))
    }

    /// Its results; none when it is damaged.
    fn read(&self, file: &File) -> io::Result<Option<Arc<[Entry]>>> {
        let mut bytes = vec![0; self.length];
        match file.read_exact_at(&mut bytes, self.at) {
            Ok(()) => {}
            // The file was cut: what lay behind its end will not come back.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
        let Some((entries, length)) = frame::open(&bytes) else { return Ok(None) };
        let same = |found: Self| (found.first, found.last, found.length) == (self.first, self.last, self.length);
        Ok(Self::of(self.at, length, &entries).is_some_and(same).then(|| entries.into()))
    }
}

impl Segment {
    /// One that holds nothing yet.
    pub(super) fn empty(path: PathBuf) -> Self {
        let (numbers, canaries) = Default::default();
        Self { path, numbers, canaries, bytes: 0, frames: Vec::new(), damaged: 0, told: None }
    }

    /// Notes the numbers of results that can be relied on.
    fn note(&mut self, entries: &[Entry]) {
        for entry in entries {
            self.numbers.add(entry.sequence);
            if is_canary(&entry.observation.probe.component) {
                self.canaries.add(entry.sequence);
            }
        }
    }

    /// Notes a frame behind all others.
    pub(super) fn extend(&mut self, length: usize, entries: &[Entry]) {
        self.frames.extend(Frame::of(self.bytes, length, entries));
        self.note(entries);
        self.bytes += length as u64;
    }

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

    /// Gives the results of the wanted numbers to `take` until it has had enough. Only frames that may hold some are read. One that is
    /// damaged is given up: its numbers are not here any more; what the disk does not give now stays for later. Either is told, and
    /// what lies behind it is read.
    pub(super) fn each(&mut self, wanted: &Spans, take: impl FnMut(Entry) -> ControlFlow<Sequence>) -> Reading {
        let mut damaged = Vec::new();
        let reading = self.each_of(wanted, take, &mut damaged);
        self.give_up(&damaged);
        if let Some(error) = &reading.error {
            self.tell(error);
        }
        reading
    }

    /// Says once that the disk fails here.
    pub(super) fn tell(&mut self, error: &io::Error) {
        if self.told != Some(error.kind()) {
            tracing::warn!(%error, path = %self.path.display(), "the disk does not give or take a part of the journal now: it is tried again");
        }
        self.told = Some(error.kind());
    }

    fn each_of(
        &self,
        wanted: &Spans,
        mut take: impl FnMut(Entry) -> ControlFlow<Sequence>,
        damaged: &mut Vec<usize>,
    ) -> Reading {
        let (mut file, mut error, mut refused) = (None, None, false);
        for (number, frame) in self.frames.iter().enumerate().filter(|(_, frame)| frame.meets(wanted)) {
            if refused && frame.entries.is_none() {
                continue;
            }
            let entries = match self.entries_of(frame, &mut file) {
                Ok(Some(entries)) => entries,
                Ok(None) => {
                    damaged.push(number);
                    continue;
                }
                Err(reason) => {
                    // Without the file there is what is in memory.
                    refused = file.is_none();
                    error = error.or(Some(reason));
                    continue;
                }
            };
            let here = |entry: &&Entry| wanted.contains(entry.sequence) && self.numbers.contains(entry.sequence);
            let flow = entries.iter().filter(here).cloned().try_for_each(&mut take);
            if flow.is_break() {
                return Reading { flow, error };
            }
        }
        Reading { flow: ControlFlow::Continue(()), error }
    }

    /// The results of a frame, from memory or from the file, which is opened when it is needed; none when it is damaged.
    fn entries_of(&self, frame: &Frame, file: &mut Option<File>) -> io::Result<Option<Arc<[Entry]>>> {
        if let Some(entries) = &frame.entries {
            return Ok(Some(Arc::clone(entries)));
        }
        let file = match file {
            Some(file) => file,
            none => none.insert(File::open(&self.path)?),
        };
        frame.read(file)
    }

    /// Frames that were found damaged: nothing of them is here any more.
    fn give_up(&mut self, damaged: &[usize]) {
        if damaged.is_empty() {
            return;
        }
        let places = damaged.len();
        tracing::warn!(path = %self.path.display(), places, "a part of the journal is damaged: the rest is used");
        self.damaged += places as u64;
        for number in damaged.iter().rev() {
            if let Some(gone) = self.frames.remove(*number).span() {
                self.numbers.remove(gone);
                self.canaries.remove(gone);
            }
        }
    }

    /// Whether damage was found in it that is not counted yet.
    pub(super) fn is_damaged(&self) -> bool {
        self.damaged > 0
    }

    /// How many frames were found damaged since this was asked last.
    pub(super) fn take_damage(&mut self) -> u64 {
        std::mem::take(&mut self.damaged)
    }

    /// Becomes what has taken its place on the disk.
    pub(super) fn replace(&mut self, other: Self) {
        let damaged = self.damaged;
        *self = Self { damaged, ..other };
    }

    /// All results that are left; an error when the disk does not give some of them now, so that nobody takes the rest for all.
    pub(super) fn whole(&mut self) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        let Reading { error, .. } = self.each(&self.numbers.clone(), |entry| {
            entries.push(entry);
            ControlFlow::Continue(())
        });
        error.map_or(Ok(entries), Err)
    }
}

/// Every file of a journal, by its name. One that was only begun goes.
pub(super) fn parts(directory: &Path) -> io::Result<Vec<PathBuf>> {
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
    // The process died between a file that was thinned out and the end of what it was made of.
    let thinned: Vec<_> = paths.iter().filter(|path| path.extension() == Some(OsStr::new(THIN))).cloned().collect();
    for whole in thinned.into_iter().map(|thin| thin.with_extension(WHOLE)) {
        if let Some(at) = paths.iter().position(|path| *path == whole) {
            drop(fs::remove_file(paths.remove(at)));
        }
    }
    Ok(paths)
}

/// What lies in a file, and how many places of it are damaged. One that was only begun goes; one that holds something else is set
/// aside.
pub(super) fn read(path: PathBuf) -> (Option<Segment>, u64) {
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => {
            // It stays where it is: what cannot be read now may be read after the next start.
            tracing::error!(%error, path = %path.display(), "a part of the journal cannot be read");
            return (None, 1);
        }
    };
    let frame::Contents { frames, end, damaged } = frame::read(&bytes);
    // A frame that was being written when the process died, or damage at the end: nothing relied on the former.
    let torn = bytes.len() - end;
    if torn > 0 {
        tracing::info!(path = %path.display(), bytes = torn, "the end of a part of the journal is incomplete and left out");
    }
    if damaged > 0 {
        tracing::warn!(path = %path.display(), places = damaged, "a part of the journal is damaged: the rest is used");
    }
    let mut segment = Segment::empty(path);
    for found in frames {
        segment.frames.extend(Frame::of(found.at as u64, found.length, &found.entries));
        segment.note(&found.entries);
    }
    segment.bytes = bytes.len() as u64;
    if !segment.numbers.is_empty() {
        return (Some(segment), damaged);
    }
    if frame::is_torn(&bytes) {
        drop(fs::remove_file(segment.path));
        return (None, damaged);
    }
    aside::set(&segment.path);
    (None, damaged + 1)
}
