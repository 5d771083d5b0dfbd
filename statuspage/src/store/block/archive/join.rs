//! Joining leaves into one file, in steps, so that whoever does it can do something else in between.
//!
//! It does not know when that is due.

use std::path::Path;

use shared::Timestamp;

use super::{Archive, BlockError, Content, FileFacts, Slot, sync_directory, weave::Weave};

/// A joined file that is being written; dropping it leaves everything as it was.
#[derive(Debug)]
pub(in crate::store) struct Joining<C> {
    slot: Slot,
    leaves: Vec<Slot>,
    weave: Weave<C>,
    /// That of the archive when this began.
    revision: u64,
}

impl<C: Content> Joining<C> {
    /// Writes the next name; false when that was all. Takes some milliseconds.
    ///
    /// # Errors
    ///
    /// Then this is to be dropped; nothing was changed.
    pub(in crate::store) fn step(&mut self) -> Result<bool, BlockError> {
        self.weave.step()
    }
}

impl<C: Content> Archive<C> {
    /// Begins to join the leaves of the joined span with `joined` in it, and its file where there is one, into that file: call
    /// [`Joining::step`] until there is nothing left, then [`Self::end_join`], which removes the leaves. Stopped anywhere, it can be
    /// done again. None when there is nothing to join.
    pub(in crate::store) fn begin_join(&self, joined: Timestamp) -> Result<Option<Joining<C>>, BlockError> {
        let slot = Slot::of(C::JOINED, joined);
        let leaves = self.leaves(slot);
        if leaves.is_empty() {
            return Ok(None);
        }
        let mut sources = Vec::new();
        // The joined file is the oldest.
        for &source in self.catalog.contains(slot).then_some(&slot).into_iter().chain(&leaves) {
            sources.extend(self.source(source)?);
        }
        let weave = Weave::new(self.catalog.path(slot), slot, sources);
        Ok(Some(Joining { slot, leaves, weave, revision: self.revision }))
    }

    /// Puts what was joined in its place and removes the leaves. None when the archive was changed since it began: then nothing is
    /// done, and it is to be begun again.
    pub(in crate::store) fn end_join(&mut self, mut joining: Joining<C>) -> Result<Option<FileFacts>, BlockError> {
        while joining.step()? {}
        if joining.revision != self.revision {
            return Ok(None);
        }
        let Joining { slot, leaves, weave, .. } = joining;
        let facts = self.settle(slot, weave)?;
        for &leaf in &leaves {
            self.catalog.remove(leaf)?;
        }
        let first = leaves.first().map(|&leaf| self.catalog.path(leaf));
        // The leaves' directory where it is still there, and the one above it.
        let directories = first.iter().flat_map(|path| path.ancestors().skip(1).take(2));
        for directory in directories.filter(|directory: &&Path| directory.exists()) {
            sync_directory(directory)?;
        }
        Ok(Some(facts))
    }

    fn leaves(&self, joined: Slot) -> Vec<Slot> {
        let first = Slot::of(C::LEAF, joined.start);
        let end = Slot::of(C::LEAF, joined.end());
        self.catalog.slots(first..end).filter(|slot| slot.span == C::LEAF).collect()
    }
}
