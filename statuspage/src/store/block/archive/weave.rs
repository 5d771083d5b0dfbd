//! Weaving several files and new items into one file, name by name, so that no more than the items of one name are in memory.
//!
//! It does not know what becomes of the files that it reads.

use std::{collections::BTreeMap, io, marker::PhantomData, path::PathBuf};

use super::{BlockError, BlockFile, Content, Damage, Draft, Slot, Wrong, at, is_of};
use crate::store::block::{Facts, Frame};

/// A file that is woven.
#[derive(Debug)]
pub(super) struct Weave<C> {
    path: PathBuf,
    slot: Slot,
    sources: Vec<BlockFile>,
    /// Where the frames of each name are that is still to come: the source's number and the frame's.
    places: BTreeMap<String, Vec<(usize, usize)>>,
    /// None as long as there is nothing to write.
    draft: Option<Draft>,
    damage: Vec<Damage>,
    content: PhantomData<C>,
}

impl<C: Content> Weave<C> {
    /// Begins the file of a slot. Of equal items that of the last source will be kept.
    pub(super) fn new(path: PathBuf, slot: Slot, sources: Vec<BlockFile>) -> Self {
        let mut places: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
        let mut damage = Vec::new();
        for (number, source) in sources.iter().enumerate() {
            damage.extend(source.damage().iter().cloned());
            if !is_of::<C>(source) {
                damage.push(source.damaged(None, 0, Wrong::Foreign));
                continue;
            }
            for (place, frame) in source.frames().iter().enumerate() {
                places.entry(frame.name.clone()).or_default().push((number, place));
            }
        }
        Self { path, slot, sources, places, draft: None, damage, content: PhantomData }
    }

    /// Writes a name with new items, which are kept before all others, and all names of the sources that come before it.
    pub(super) fn put(&mut self, name: &str, items: Vec<C::Item>) -> Result<(), BlockError> {
        while self.places.first_key_value().is_some_and(|(next, _)| next.as_str() < name) {
            self.step()?;
        }
        self.check(name, &items)?;
        let places = self.places.remove(name).unwrap_or_default();
        self.merged(name, &places, items)
    }

    /// Writes the next name of the sources; as it is, where only one has it. False when there is none left.
    pub(super) fn step(&mut self) -> Result<bool, BlockError> {
        let Some((name, places)) = self.places.pop_first() else { return Ok(false) };
        if places.iter().any(|&(source, _)| source != places[0].0) {
            return self.merged(&name, &places, Vec::new()).map(|()| true);
        }
        for (source, frame) in places {
            let source = &self.sources[source];
            let frame = &source.frames()[frame];
            match source.read(frame) {
                Ok(payload) => {
                    let facts = frame.facts;
                    self.draft()?.put(&name, facts, &payload)?;
                }
                Err(damage) => self.pass_over(damage)?,
            }
        }
        Ok(true)
    }

    /// The draft, none when there was nothing to write, and what could not be read and is not in it.
    pub(super) fn end(self) -> (Option<Draft>, Vec<Damage>) {
        (self.draft, self.damage)
    }

    /// Goes on without what is damaged. What the disk cannot read now is waited for, or it would be missing from now on.
    fn pass_over(&mut self, damage: Damage) -> Result<(), BlockError> {
        if damage.wrong.may_pass() {
            return Err(BlockError::Io(io::Error::other(damage.to_string())));
        }
        self.damage.push(damage);
        Ok(())
    }

    fn merged(&mut self, name: &str, places: &[(usize, usize)], incoming: Vec<C::Item>) -> Result<(), BlockError> {
        let mut items = Vec::new();
        for &(source, frame) in places {
            let source = &self.sources[source];
            match items_of::<C>(source, &source.frames()[frame]) {
                Ok(old) => items.extend(old),
                Err(damage) => self.pass_over(damage)?,
            }
        }
        items.extend(incoming);
        for part in each_once::<C>(items).chunks(C::ROWS) {
            let Some(facts) = facts::<C>(part) else { continue };
            let payload = C::pack(part);
            self.draft()?.put(name, facts, &payload)?;
        }
        Ok(())
    }

    /// Items of another time would never be found again.
    fn check(&self, name: &str, items: &[C::Item]) -> Result<(), BlockError> {
        let (from, to) = (self.slot.start.minus(C::SLACK), self.slot.end().plus(C::SLACK));
        let stray = |item: &&C::Item| C::at(item) < from || C::at(item) >= to || C::frame(item) != name;
        match items.iter().find(stray) {
            Some(item) => {
                Err(self.refused(&format!("an item of {} at {} is given for {name}", C::frame(item), C::at(item))))
            }
            None => Ok(()),
        }
    }

    pub(super) fn refused(&self, why: &str) -> BlockError {
        at(&self.path, &io::Error::new(io::ErrorKind::InvalidInput, why)).into()
    }

    fn draft(&mut self) -> io::Result<&mut Draft> {
        if self.draft.is_none() {
            self.draft = Some(Draft::create(&self.path, C::KIND)?);
        }
        self.draft.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// The items of a frame.
pub(super) fn items_of<C: Content>(source: &BlockFile, frame: &Frame) -> Result<Vec<C::Item>, Damage> {
    let payload = source.read(frame)?;
    let unreadable = || source.damaged(Some(&frame.name), frame.offset, Wrong::Content);
    C::unpack(&frame.name, &payload).ok_or_else(unreadable)
}

/// In the order of their keys; of equal keys the last one.
pub(super) fn each_once<C: Content>(items: Vec<C::Item>) -> Vec<C::Item> {
    let mut keyed: Vec<_> = items.into_iter().map(|item| (C::key(&item), item)).collect();
    // Stable, and quick where files follow each other in order.
    keyed.sort_by(|(one, _), (other, _)| one.cmp(other));
    keyed.reverse();
    keyed.dedup_by(|(next, _), (kept, _)| next == kept);
    keyed.into_iter().rev().map(|(_, item)| item).collect()
}

fn facts<C: Content>(items: &[C::Item]) -> Option<Facts> {
    let times = || items.iter().map(C::at);
    Some(Facts { rows: u32::try_from(items.len()).ok()?, from: times().min()?, to: times().max()? })
}
