//! Opening a journal: first the lock and the list of its files, which takes no time; then what lies in them, which may take long.
//!
//! It does not know what is done meanwhile: results wait for the journal as for a disk that is busy.

use std::{
    collections::VecDeque,
    fs::{self, File, OpenOptions},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use shared::Sequence;

use super::{Counts, Journal, JournalError, JournalOptions, marks::Marks, segment};
use crate::supervisor::Pulse;

/// A journal that is nobody else's, of which nothing was read but how far the hub has it.
#[derive(Debug)]
pub struct UnreadJournal {
    directory: PathBuf,
    options: JournalOptions,
    lock: File,
    marks: Marks,
    parts: Vec<PathBuf>,
}

impl Journal {
    /// Takes the journal below a data directory, or begins one.
    ///
    /// # Errors
    ///
    /// Another process has it, or the file system refuses. Damage is no error: it is skipped and counted.
    pub fn open(data: &Path, options: JournalOptions) -> Result<UnreadJournal, JournalError> {
        let directory = data.join("journal");
        let at = |path: &Path| {
            let path = path.to_owned();
            move |reason| JournalError::Io { path, reason }
        };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&directory).map_err(at(&directory))?;
        let lock = lock(&directory)?;
        let marks = Marks::read(&directory);
        let parts = segment::parts(&directory).map_err(at(&directory))?;
        Ok(UnreadJournal { directory, options, lock, marks, parts })
    }
}

impl UnreadJournal {
    /// Goes on above numbers that the hub knows: for a journal that begins anew.
    pub fn go_on_above(&mut self, highest: Sequence) {
        self.marks.highest = self.marks.highest.max(highest);
        self.marks.note(&self.directory);
    }

    /// Reads what lies in its files, with a sign of life after each.
    pub fn read(self, pulse: Pulse) -> Journal {
        let Self { directory, options, lock, marks, parts } = self;
        let (mut segments, mut damaged) = (VecDeque::new(), 0);
        for path in parts {
            let (segment, places) = segment::read(path);
            segments.extend(segment);
            damaged += places;
            pulse.beat();
        }
        segments.make_contiguous().sort_by_key(segment::Segment::first);
        let last = segments.iter().map(|segment| segment.numbers.highest()).max().unwrap_or_default();
        let next = last.max(marks.highest).next();
        Journal {
            directory,
            options,
            _lock: lock,
            segments,
            writer: None,
            memory: VecDeque::new(),
            marks,
            next,
            begins: next,
            counts: Counts { damaged, ..Counts::default() },
            failing: None,
            unmoved: None,
            pulse,
            #[cfg(test)]
            room: None,
        }
    }
}

fn lock(directory: &Path) -> Result<File, JournalError> {
    let path = directory.join("lock");
    let at = |reason| JournalError::Io { path: path.clone(), reason };
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(at)?;
    match fs4::fs_std::FileExt::try_lock_exclusive(&file) {
        Ok(true) => Ok(file),
        Ok(false) => Err(JournalError::Locked(directory.parent().unwrap_or(directory).to_owned())),
        Err(reason) => Err(at(reason)),
    }
}
