//! The journal of a location: every result on stable storage, with a number, until the hub has had it for seven days.
//!
//! It does not know how a report travels nor what a result means. Files of frames are only appended to; each frame is a few results,
//! compressed, with a checksum. A frame that was being written when the process died is left out at the next start; one that is
//! damaged, at the start or later, is given up and counted, and what lies behind it is read. What the disk does not give just now is
//! neither: it is tried again. When the disk does not take results they wait in memory, up to a limit, and are written later.

mod aside;
mod frame;
mod marks;
mod opening;
mod reading;
mod renumbering;
mod segment;
mod thinning;

#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use shared::{Observation, Sequence, Spans, Timestamp, report::Entry};

use marks::Marks;
use segment::{Segment, Writer};

use crate::supervisor::Pulse;

pub use opening::UnreadJournal;

/// A file is ended at that size, so that what the hub has had for long can go.
const SEGMENT: u64 = 1 << 20;
/// How much a journal keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalOptions {
    /// For so long results are kept after the hub has acknowledged them: it may be restored from a backup.
    pub keep: Duration,
    /// So many bytes at most; beyond them, what the hub has goes, then results are thinned out to changes of verdicts.
    pub max_bytes: u64,
    /// So many results wait in memory while the disk takes none; beyond them the oldest are lost.
    pub in_memory: usize,
}

impl Default for JournalOptions {
    fn default() -> Self {
        Self { keep: Duration::from_secs(7 * 86_400), max_bytes: 1 << 30, in_memory: 50_000 }
    }
}

/// Why a journal cannot be opened: one sentence for the operator, with the way out.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another process has it.
    #[error("the data directory {} is in use by another process: stop it, or choose another directory with --data", .0.display())]
    Locked(PathBuf),
    /// The file system refuses.
    #[error("cannot use the journal in {}: {reason}; make it belong to the user that runs this, or choose another directory with --data", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
}

/// A result to be kept, with how far the hub's clock is ahead of ours, where that is known.
#[derive(Debug, Clone)]
pub struct Fresh {
    /// The result.
    pub observation: Observation,
    /// In milliseconds.
    pub ahead_ms: Option<i64>,
}

/// What is to be sent: results by their numbers, and numbers that will never come.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Picked {
    /// At most as many as were asked for.
    pub entries: Vec<Entry>,
    /// Of those that were asked for, up to the last entry.
    pub lost: Spans,
}

/// The journal, open; there is one for a directory.
#[derive(Debug)]
pub struct Journal {
    directory: PathBuf,
    options: JournalOptions,
    /// Released with the journal.
    _lock: File,
    segments: VecDeque<Segment>,
    writer: Option<Writer>,
    /// What the disk did not take.
    memory: VecDeque<Entry>,
    marks: Marks,
    next: Sequence,
    begins: Sequence,
    counts: Counts,
    /// Why the disk does not take results, as it was told last.
    failing: Option<String>,
    /// Why some results cannot be given new numbers, as it was told last.
    unmoved: Option<String>,
    /// A sign of life between two files: work on many of them may take long.
    pulse: Pulse,
    /// The disk takes no more than that, for tests of a full one.
    #[cfg(test)]
    room: Option<u64>,
}

/// What happened since the start.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    dropped: u64,
    thinned: u64,
    damaged: u64,
}

impl Journal {
    /// The first number that is given since the journal was opened, or renumbered.
    pub fn begins(&self) -> Sequence {
        self.begins
    }

    /// The last number that was given.
    pub fn last(&self) -> Sequence {
        self.next.before()
    }

    /// Up to where the hub has everything, as it said last.
    pub fn acknowledged(&self) -> Sequence {
        self.marks.acknowledged
    }

    /// Keeps results: they are on stable storage when this returns, or in memory when the disk does not take them.
    pub fn append(&mut self, fresh: Vec<Fresh>) {
        for Fresh { observation, ahead_ms } in fresh {
            self.memory.push_back(Entry { sequence: self.next, ahead_ms, observation });
            self.next = self.next.next();
        }
        self.flush();
        while self.memory.len() > self.options.in_memory {
            self.memory.pop_front();
            self.counts.dropped += 1;
        }
    }

    /// Writes what waits in memory, and gives new numbers to what still waits for them. What could not be given one waits for the
    /// next [`Journal::upkeep`]: results are kept several times a second.
    fn flush(&mut self) {
        self.write_memory();
        if self.unmoved.is_none() {
            self.renumber_rest();
        }
    }

    /// What is done every few seconds: tries again what the disk did not take, and removes what needs not be kept.
    pub fn upkeep(&mut self, now: Timestamp) {
        self.write_memory();
        self.renumber_rest();
        self.forget(now);
        aside::forget(&self.directory, now.minus(self.options.keep));
    }

    /// On a full disk, what the hub has makes room for what it has not.
    fn write_memory(&mut self) {
        loop {
            match self.try_write_memory() {
                Ok(()) => break,
                // What was written since the last success may not be there: it is taken back into memory and written anew.
                Err(error) if is_full(&error) && self.remove_acknowledged() => self.take_back(),
                Err(error) => return self.failed(&error),
            }
        }
        if self.failing.take().is_some() {
            tracing::info!("the journal takes results again");
        }
        self.end_segment_if_full();
    }

    fn try_write_memory(&mut self) -> io::Result<()> {
        while !self.memory.is_empty() {
            let some = self.memory.len().min(frame::MOST);
            let entries: Vec<Entry> = self.memory.iter().take(some).cloned().collect();
            self.write(&entries)?;
            self.memory.drain(..some);
        }
        self.writer.as_mut().map_or(Ok(()), Writer::sync)
    }

    fn write(&mut self, entries: &[Entry]) -> io::Result<()> {
        self.has_room()?;
        let first = entries.first().map(|entry| entry.sequence).unwrap_or(self.next);
        let writer = match &mut self.writer {
            Some(writer) => writer,
            none => none.insert(Writer::create(&self.directory, first)?),
        };
        writer.write(entries)
    }

    /// An error in tests of a full disk, and never otherwise.
    fn has_room(&self) -> io::Result<()> {
        #[cfg(test)]
        if self.room.is_some_and(|room| self.bytes() >= room) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    /// Unsynced results go back into memory; what lies in the file beyond the last sync is cut off.
    fn take_back(&mut self) {
        if let Some(writer) = self.writer.take() {
            let (segment, unsynced) = writer.end();
            unsynced.into_iter().rev().for_each(|entry| self.memory.push_front(entry));
            self.segments.extend(segment);
        }
    }

    fn failed(&mut self, error: &io::Error) {
        self.take_back();
        let reason = error.to_string();
        if self.failing.as_ref() != Some(&reason) {
            tracing::error!(%error, "the journal cannot be written: results wait in memory, probing and reporting go on");
        }
        self.failing = Some(reason);
    }

    fn end_segment_if_full(&mut self) {
        if self.writer.as_ref().is_some_and(|writer| writer.bytes() >= SEGMENT) {
            self.take_back();
        }
    }

    /// Free space beside it; none where the system does not say.
    pub fn free_disk(&self) -> Option<u64> {
        fs4::available_space(&self.directory).ok()
    }

    /// Takes what the hub said that it has. What it had and lost, because it was restored from a backup, is wanted again.
    pub fn take_receipt(&mut self, acknowledged: Sequence, highest: Sequence, now: Timestamp) {
        self.marks.take(acknowledged.min(self.last()), highest, now);
        self.note_marks();
        self.forget(now);
    }

    fn note_marks(&self) {
        self.marks.note(&self.directory);
    }

    /// Removes what the hub has had for long enough, and makes room when there is too much.
    fn forget(&mut self, now: Timestamp) {
        let settled = self.marks.acknowledged_before(now.minus(self.options.keep));
        while self.remove_first_up_to(settled) {}
        while self.bytes() > self.options.max_bytes {
            if !self.remove_acknowledged() && !self.thin() {
                break;
            }
            self.pulse.beat();
        }
    }

    /// Removes the oldest file of which the hub has everything; false when there is none.
    fn remove_acknowledged(&mut self) -> bool {
        self.remove_first_up_to(self.marks.acknowledged)
    }

    /// A file with results that wait for new numbers is not the hub's, whatever their old ones say.
    fn remove_first_up_to(&mut self, settled: Sequence) -> bool {
        let waits = |segment: &Segment| self.marks.renumbering.iter().any(|span| segment.meets(span));
        let goes = self.segments.front().is_some_and(|first| first.numbers.highest() <= settled && !waits(first));
        if goes && let Some(segment) = self.segments.pop_front() {
            remove(&segment.path);
        }
        goes
    }

    fn bytes(&self) -> u64 {
        let open = self.writer.as_ref().map_or(0, Writer::bytes);
        self.segments.iter().map(|segment| segment.bytes).sum::<u64>() + open
    }

    /// Counts the damage that was found while results were read. A file of which nothing is left is set aside.
    fn count_damage(&mut self) {
        if self.writer.as_ref().is_some_and(|writer| writer.segment().is_damaged()) {
            // Nothing more is trusted to it.
            self.take_back();
        }
        self.counts.damaged += self.segments.iter_mut().map(Segment::take_damage).sum::<u64>();
        self.segments.retain(|segment| {
            let holds_something = !segment.numbers.is_empty();
            if !holds_something {
                aside::set(&segment.path);
            }
            holds_something
        });
    }

    /// Thins out the oldest file that can be read; false when none is left.
    fn thin(&mut self) -> bool {
        let thinned = self.try_thin();
        self.count_damage();
        thinned
    }

    fn try_thin(&mut self) -> bool {
        for segment in self.segments.iter_mut().filter(|segment| !segment.is_thin()) {
            match thinning::thin(segment) {
                Ok(gone) => {
                    if self.counts.thinned == 0 {
                        tracing::warn!(
                            "the journal is full: its oldest results are thinned out to changes of verdicts"
                        );
                    }
                    self.counts.thinned += gone;
                    return true;
                }
                Err(error) => segment.tell(&error),
            }
        }
        false
    }
}

/// Whether room would help.
fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(%error, path = %path.display(), "a part of the journal could not be removed");
    }
}
