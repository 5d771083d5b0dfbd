//! An archive: one collection of items in a directory of block files, which are joined into longer ones when their time is over.
//!
//! It does not know what the items mean, and reads no clock.
//!
//! A file is never changed, only replaced by another one. An item may lie in a leaf and in the joined file at once (a crash between
//! the two, or a late item): then that of the leaf is the newer. Readers see it once.

mod catalog;
mod join;
mod read;
mod weave;

#[cfg(test)]
mod tests;

use std::{
    cell::RefCell,
    io,
    marker::PhantomData,
    path::{Path, PathBuf},
};

use shared::Timestamp;

use super::{
    BlockError, BlockFile, Content, Damage, Draft, FileFacts, Wrong,
    file::{at, sync_directory},
    span::Slot,
};
use catalog::Catalog;
pub(in crate::store) use join::Joining;
use weave::Weave;

/// How many places of damage are remembered until they are asked for.
const MAX_DAMAGE: usize = 1_000;

/// One collection in one directory; only one of these may use the directory.
#[derive(Debug)]
pub(in crate::store) struct Archive<C> {
    catalog: Catalog,
    /// The file that was read last: pages are asked for one after the other.
    open: RefCell<Option<BlockFile>>,
    damage: RefCell<Vec<Damage>>,
    /// Counts the changes, so that a join that was begun before one is not ended after it.
    revision: u64,
    content: PhantomData<C>,
}

/// A file of an archive, as retention sees it.
#[derive(Debug)]
pub(in crate::store) struct Kept {
    /// Where it is, or was before all of it was set aside.
    pub(in crate::store) path: PathBuf,
    /// When its time ended.
    pub(in crate::store) end: Timestamp,
    /// Its bytes, with those of what was set aside of it.
    pub(in crate::store) bytes: u64,
}

impl<C: Content> Archive<C> {
    /// Lists the files of a directory, which need not exist, and removes what was begun and not finished. No file is opened.
    pub(in crate::store) fn open(root: &Path) -> io::Result<Self> {
        let (open, damage) = (RefCell::new(None), RefCell::new(Vec::new()));
        Ok(Self { catalog: Catalog::list(root)?, open, damage, revision: 0, content: PhantomData })
    }

    /// Merges items with what the file of the leaf with `leaf` in it holds, where the new ones win, and writes that anew.
    /// `frames` gives one frame after the other, in the order of their names; `between` is called after each name that is written,
    /// for what cannot wait. Nothing is written when there is nothing.
    ///
    /// # Errors
    ///
    /// The file is as it was. Names out of order or items of another time are refused as [`io::ErrorKind::InvalidInput`].
    pub(in crate::store) fn merge<E: From<BlockError>>(
        &mut self,
        leaf: Timestamp,
        mut frames: impl FnMut() -> Result<Option<(String, Vec<C::Item>)>, E>,
        mut between: impl FnMut() -> Result<(), E>,
    ) -> Result<FileFacts, E> {
        let slot = Slot::of(C::LEAF, leaf);
        let sources = if self.catalog.contains(slot) { self.source(slot)? } else { None };
        let mut weave = Weave::<C>::new(self.catalog.path(slot), slot, sources.into_iter().collect());
        let mut last: Option<String> = None;
        while let Some((name, items)) = frames()? {
            if let Some(last) = last.filter(|last| *last >= name) {
                return Err(weave.refused(&format!("the frame {name} comes after {last}")).into());
            }
            weave.put(&name, items)?;
            between()?;
            last = Some(name);
        }
        while weave.step()? {
            between()?;
        }
        Ok(self.settle(slot, weave)?)
    }

    /// The start of the earliest joined span that ended at `before` or earlier and has leaves.
    pub(in crate::store) fn joinable(&self, before: Timestamp) -> Option<Timestamp> {
        let leaves = self.catalog.slots(..).filter(|slot| slot.span == C::LEAF);
        leaves.map(|leaf| Slot::of(C::JOINED, leaf.start)).find(|joined| joined.end() <= before).map(|slot| slot.start)
    }

    /// Puts a woven file in its place. Those that it was woven from and that are damaged keep a second name.
    fn settle(&mut self, slot: Slot, weave: Weave<C>) -> Result<FileFacts, BlockError> {
        self.changed();
        let (draft, damage) = weave.end();
        for damage in damage {
            if let Some(damaged) = self.catalog.slot_of(&damage.file) {
                self.catalog.keep_aside(damaged)?;
            }
            self.note(damage);
        }
        let Some(draft) = draft else { return Ok(FileFacts::default()) };
        let facts = draft.finish().inspect_err(|_| self.catalog.look_again(slot))?;
        self.catalog.insert(slot, facts.bytes);
        Ok(facts)
    }

    /// Notes that files change.
    fn changed(&mut self) {
        self.revision += 1;
        self.open.replace(None);
    }

    /// Opens the file of a slot; none when it is gone.
    fn source(&self, slot: Slot) -> Result<Option<BlockFile>, BlockError> {
        match BlockFile::open(&self.catalog.path(slot)) {
            Ok(file) => Ok(Some(file)),
            Err(BlockError::Io(error)) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Replaces a damaged file by one without its damaged frames, and says under which name it is kept, `….damaged-1` or a higher
    /// number. None when that file is whole, or gone.
    pub(in crate::store) fn set_aside(&mut self, damaged: &Damage) -> Result<Option<PathBuf>, BlockError> {
        let Some(slot) = self.catalog.slot_of(&damaged.file) else { return Ok(None) };
        let Some(file) = self.source(slot)? else { return Ok(None) };
        // What the disk cannot read now may be whole: only what was read and is wrong is replaced.
        if file.verify().iter().any(|damage| damage.wrong.may_pass()) {
            return Ok(None);
        }
        self.changed();
        let mut draft = Draft::create(&damaged.file, C::KIND)?;
        let mut whole = file.verify().is_empty() && is_of::<C>(&file);
        let mut good = 0;
        for frame in file.frames().iter().filter(|_| is_of::<C>(&file)) {
            match file.read(frame).ok().filter(|payload| C::unpack(&frame.name, payload).is_some()) {
                Some(payload) => {
                    draft.put(&frame.name, frame.facts, &payload)?;
                    good += 1;
                }
                None => whole = false,
            }
        }
        if whole {
            return Ok(None);
        }
        let kept = self.catalog.keep_aside(slot)?;
        if let Some(directory) = kept.parent() {
            sync_directory(directory)?;
        }
        if good == 0 {
            self.catalog.remove(slot)?;
        } else {
            let facts = draft.finish().inspect_err(|_| self.catalog.look_again(slot))?;
            self.catalog.insert(slot, facts.bytes);
        }
        Ok(Some(kept))
    }

    /// Damage that was come across since the last time this was asked: each place once.
    pub(in crate::store) fn take_damage(&self) -> Vec<Damage> {
        self.damage.take()
    }

    fn note(&self, damage: Damage) {
        let mut known = self.damage.borrow_mut();
        if known.len() < MAX_DAMAGE && !known.contains(&damage) {
            known.push(damage);
        }
    }

    /// What is kept, the oldest first: a file with what was set aside of it.
    pub(in crate::store) fn kept(&self) -> impl Iterator<Item = Kept> {
        let kept =
            |slot: Slot| Kept { path: self.catalog.path(slot), end: slot.end(), bytes: self.catalog.bytes_of(slot) };
        self.catalog.kept().into_iter().map(kept)
    }

    /// Removes a file with what was set aside of it; nothing happens where it is none of this archive.
    pub(in crate::store) fn remove(&mut self, path: &Path) -> io::Result<()> {
        let Some(slot) = self.catalog.slot_at(path) else { return Ok(()) };
        self.changed();
        self.catalog.remove_all(slot)
    }

    /// The bytes of all files, those set aside included.
    pub(in crate::store) fn bytes(&self) -> u64 {
        self.catalog.bytes()
    }

    /// Every file that is read, without those set aside.
    pub(in crate::store) fn files(&self) -> impl Iterator<Item = &Path> {
        self.catalog.files()
    }
}

/// Whether a file says that it holds this content, or cannot say what it holds.
fn is_of<C: Content>(file: &BlockFile) -> bool {
    file.kind().is_none_or(|kind| kind == C::KIND)
}
