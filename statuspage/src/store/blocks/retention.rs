//! Removing block files for their age or their size, so that a crash on the way is never taken for a loss.
//!
//! 1. One transaction takes the files off the list and writes down that they leave.
//! 2. They are removed, and their directories synced.
//! 3. Another transaction forgets that they left.
//!
//! A file of which it is written that it leaves is never missed, and where it is still there it is removed, not listed again: it may
//! have survived a crash behind the first step, or a failing disk. A new database after damage does not know what was leaving: it
//! takes what lies there for its own, and the next pass of retention drops it again. It does not know which clock is right.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    ops::ControlFlow,
    path::Path,
};

use shared::Timestamp;

use super::{Blocks, VERSION};
use crate::store::{
    block::{Kept, sync_directory},
    database::{Broken, Order},
    frame,
    key::{self, Kind},
    record,
    seal::SealError,
    shelf::Shelf,
};

/// What ended at these instants or earlier is too old.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Cutoffs {
    pub(in crate::store) raw: Timestamp,
    pub(in crate::store) hours: Timestamp,
    pub(in crate::store) days: Timestamp,
}

/// The files that were leaving when the database was closed.
pub(super) fn leaving(shelf: &Shelf) -> Result<BTreeSet<String>, Broken> {
    let mut leaving = BTreeSet::new();
    shelf.scan(&Kind::Leaving.prefix(), &[Kind::Leaving as u8 + 1], Order::Ascending, |key, body| {
        match key::read_block(key).zip(record::unpack(VERSION, body)) {
            Some((path, ())) => drop(leaving.insert(path.to_owned())),
            None => shelf.note(key, body),
        }
        ControlFlow::Continue(())
    })?;
    Ok(leaving)
}

impl Blocks {
    /// Removes the files that are too old, where anything may be, and those beyond `most` bytes: the oldest results first, roll-ups
    /// last. Gives how many results were in them.
    pub(in crate::store) fn retain(
        &mut self,
        shelf: &Shelf,
        cutoffs: Option<Cutoffs>,
        most: u64,
    ) -> Result<u64, SealError> {
        let doomed = self.doomed(cutoffs, most);
        let results = self.unlist(shelf, &doomed)?;
        self.remove_leaving(shelf)?;
        Ok(results)
    }

    /// Ends what a crash cut off; what cannot be removed now is left to the next pass.
    pub(super) fn end_removal(&mut self, shelf: &Shelf) -> Result<(), Broken> {
        match self.remove_leaving(shelf) {
            Ok(()) => Ok(()),
            Err(SealError::Database(broken)) => Err(broken),
            Err(error @ (SealError::Block(_) | SealError::File(_))) => {
                tracing::warn!(%error, "a file that is too old cannot be removed now");
                Ok(())
            }
        }
    }

    fn doomed(&self, cutoffs: Option<Cutoffs>, most: u64) -> BTreeSet<String> {
        let mut doomed = BTreeMap::new();
        let mut doom = |kept: Kept| doomed.extend(self.below(&kept.path).map(|path| (path, kept.bytes)));
        if let Some(Cutoffs { raw, hours, days }) = cutoffs {
            self.raw.kept().filter(|kept| kept.end <= raw).for_each(&mut doom);
            self.hours.kept().filter(|kept| kept.end <= hours).for_each(&mut doom);
            self.days.kept().filter(|kept| kept.end <= days).for_each(&mut doom);
        }
        let mut left = self.bytes() - doomed.values().sum::<u64>();
        for kept in self.raw.kept().chain(self.hours.kept()).chain(self.days.kept()) {
            if left <= most {
                break;
            }
            if let Some(path) = self.below(&kept.path) {
                left -= doomed.insert(path, kept.bytes).map_or(kept.bytes, |_| 0);
            }
        }
        doomed.into_keys().collect()
    }

    fn unlist(&mut self, shelf: &Shelf, doomed: &BTreeSet<String>) -> Result<u64, Broken> {
        let gone: Vec<_> =
            doomed.iter().filter(|path| self.listed.contains_key(*path)).map(|path| key::block(path)).collect();
        let row = |path: &String| {
            let key = key::leaving(path);
            let value = frame::seal(&key, &record::pack(VERSION, &()));
            (key, value)
        };
        let new: Vec<_> = doomed.difference(&self.leaving).map(row).collect();
        if !(gone.is_empty() && new.is_empty()) {
            shelf.replace(&gone, &new)?;
        }
        self.leaving.extend(doomed.iter().cloned());
        let listed = doomed.iter().filter_map(|path| Some((path, self.listed.remove(path)?)));
        Ok(listed.filter(|(path, _)| path.starts_with("raw/")).map(|(_, listed)| listed.rows).sum())
    }

    /// Removes what leaves, as far as that goes, and forgets it.
    fn remove_leaving(&mut self, shelf: &Shelf) -> Result<(), SealError> {
        let (mut gone, mut first) = (Vec::new(), Ok(()));
        for path in self.leaving.clone() {
            match self.remove(&path) {
                Ok(()) => gone.push(path),
                Err(error) => first = first.and(Err(error)),
            }
        }
        if !gone.is_empty() {
            self.sync_above(&gone)?;
            let keys: Vec<_> = gone.iter().map(|path| key::leaving(path)).collect();
            shelf.remove(&keys)?;
            self.leaving.retain(|path| !gone.contains(path));
        }
        Ok(first?)
    }

    fn remove(&mut self, path: &str) -> io::Result<()> {
        let path = self.root.join(path);
        // Each knows its own files.
        self.raw.remove(&path)?;
        self.hours.remove(&path)?;
        self.days.remove(&path)
    }

    /// So that no power cut brings back what nobody knows to be leaving any more.
    fn sync_above(&self, gone: &[String]) -> io::Result<()> {
        let above = |path: &String| {
            let path = self.root.join(path);
            path.ancestors().skip(1).find(|directory| directory.exists()).map(Path::to_owned)
        };
        let directories: BTreeSet<_> = gone.iter().filter_map(above).collect();
        directories.iter().try_for_each(|directory| sync_directory(directory))
    }
}
