//! Weaving several files and new items into one file, name by name, so that no more than the items of one name are in memory.
//!
//! It does not know what becomes of the files that it reads.

use std::{collections::BTreeMap, io, path::PathBuf};

use super::{BlockError, BlockFile, Content, Damage, Draft, Slot, Wrong, at, is_of};
use crate::store::block::{Facts, Frame};

/// A file that is woven.
pub(super) struct Weave<C: Content> {
    path: PathBuf,
    slot: Slot,
    /// None as long as there is nothing to write.
    pub(super) draft: Option<Draft>,
    /// What could not be read, and is not in the draft.
    pub(super) damage: Vec<Damage>,
    content: std::marker::PhantomData<C>,
}

impl<C: Content> Weave<C> {
    pub(super) fn new(path: PathBuf, slot: Slot) -> Self {
        Self { path, slot, draft: None, damage: Vec::new(), content: std::marker::PhantomData }
    }

    /// Writes everything: of equal items that of the last source, and a new one before all others. `between` is called after each
    /// name.
    pub(super) fn all<E: From<BlockError>>(
        &mut self,
        sources: &[BlockFile],
        mut incoming: impl FnMut() -> Result<Option<(String, Vec<C::Item>)>, E>,
        mut between: impl FnMut() -> Result<(), E>,
    ) -> Result<(), E> {
        let mut names = self.names(sources).into_iter().peekable();
        let mut last: Option<String> = None;
        while let Some((name, items)) = incoming()? {
            if last.as_ref().is_some_and(|last| *last >= name) {
                return Err(self.refused(&format!("the frame {name} comes after {}", last.unwrap_or_default())).into());
            }
            while let Some((before, having)) = names.next_if(|(before, _)| *before < name.as_str()) {
                self.old(before, &having)?;
                between()?;
            }
            let (_, having) = names.next_if(|(same, _)| *same == name).unwrap_or_default();
            self.check(&name, &items)?;
            self.merged(&name, &having, items)?;
            between()?;
            last = Some(name);
        }
        for (name, having) in names {
            self.old(name, &having)?;
            between()?;
        }
        Ok(())
    }

    /// The names of all frames, each with the sources that have it and the frames that they have of it.
    fn names<'a>(&mut self, sources: &'a [BlockFile]) -> BTreeMap<&'a str, Vec<Having<'a>>> {
        let mut names: BTreeMap<_, Vec<Having<'a>>> = BTreeMap::new();
        for source in sources {
            self.damage.extend(source.damage().iter().cloned());
            if !is_of::<C>(source) {
                let file = source.path().to_owned();
                self.damage.push(Damage { file, frame: None, offset: 0, wrong: Wrong::Foreign });
                continue;
            }
            for frame in source.frames() {
                let having = names.entry(frame.name.as_str()).or_default();
                match having.last_mut().filter(|having| std::ptr::eq(having.source, source)) {
                    Some(having) => having.frames.push(frame),
                    None => having.push(Having { source, frames: vec![frame] }),
                }
            }
        }
        names
    }

    /// A name without new items: as it is, where only one source has it.
    fn old(&mut self, name: &str, having: &[Having<'_>]) -> Result<(), BlockError> {
        let [Having { source, frames }] = having else { return self.merged(name, having, Vec::new()) };
        for frame in frames {
            match source.read(frame) {
                Ok(payload) => self.draft()?.put(name, frame.facts, &payload)?,
                Err(damage) => self.damage.push(damage),
            }
        }
        Ok(())
    }

    fn merged(&mut self, name: &str, having: &[Having<'_>], incoming: Vec<C::Item>) -> Result<(), BlockError> {
        let mut items = Vec::new();
        for Having { source, frames } in having {
            let (old, damage) = items_of::<C>(source, frames.iter().copied());
            self.damage.extend(damage);
            items.extend(old);
        }
        items.extend(incoming);
        let items = each_once::<C>(items);
        for part in items.chunks(C::ROWS) {
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

    fn refused(&self, why: &str) -> BlockError {
        at(&self.path, &io::Error::new(io::ErrorKind::InvalidInput, why)).into()
    }

    fn draft(&mut self) -> io::Result<&mut Draft> {
        if self.draft.is_none() {
            self.draft = Some(Draft::create(&self.path, C::KIND)?);
        }
        self.draft.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// A source, and the frames that it has of a name.
struct Having<'a> {
    source: &'a BlockFile,
    frames: Vec<&'a Frame>,
}

/// The items of frames, and those frames that cannot be read.
pub(super) fn items_of<'a, C: Content>(
    source: &BlockFile,
    frames: impl Iterator<Item = &'a Frame>,
) -> (Vec<C::Item>, Vec<Damage>) {
    let (mut items, mut damage) = (Vec::new(), Vec::new());
    for frame in frames {
        match source.read(frame).map(|payload| C::unpack(&frame.name, &payload)) {
            Ok(Some(unpacked)) => items.extend(unpacked),
            Ok(None) => damage.push(source.damaged(Some(&frame.name), frame.offset, Wrong::Content)),
            Err(wrong) => damage.push(wrong),
        }
    }
    (items, damage)
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
