//! Weaving several files and new items into one file, name by name, so that no more than the items of one name are in memory.
//!
//! It does not know what becomes of the files that it reads.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::PathBuf,
};

use super::{BlockError, BlockFile, Content, Damage, Draft, Slot, Wrong, at, is_of};
use crate::store::block::Facts;

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

    /// Writes everything: of equal items that of the last source, and a new one before all others.
    pub(super) fn all(
        &mut self,
        sources: &[BlockFile],
        mut incoming: impl FnMut() -> Option<(String, Vec<C::Item>)>,
    ) -> Result<(), BlockError> {
        let mut names = BTreeSet::new();
        for source in sources {
            self.damage.extend(source.damage().iter().cloned());
            if is_of::<C>(source) {
                names.extend(source.frames().iter().map(|frame| frame.name.as_str()));
            } else {
                let file = source.path().to_owned();
                self.damage.push(Damage { file, frame: None, offset: 0, wrong: Wrong::Foreign });
            }
        }
        let sources: Vec<_> = sources.iter().filter(|source| is_of::<C>(source)).collect();
        let mut names = names.into_iter().peekable();
        let mut last: Option<String> = None;
        while let Some((name, items)) = incoming() {
            if last.as_ref().is_some_and(|last| *last >= name) {
                return Err(self.refused(&format!("the frame {name} comes after {}", last.unwrap_or_default())));
            }
            while let Some(before) = names.next_if(|before| *before < name.as_str()) {
                self.old(before, &sources)?;
            }
            names.next_if(|same| *same == name);
            self.check(&name, &items)?;
            self.merged(&name, &sources, items)?;
            last = Some(name);
        }
        names.try_for_each(|name| self.old(name, &sources))
    }

    /// A name without new items: as it is, where only one source has it.
    fn old(&mut self, name: &str, sources: &[&BlockFile]) -> Result<(), BlockError> {
        let having = |source: &&&BlockFile| source.frames().iter().any(|frame| frame.name == name);
        let having: Vec<_> = sources.iter().filter(having).copied().collect();
        let [source] = having[..] else { return self.merged(name, &having, Vec::new()) };
        for frame in source.frames().iter().filter(|frame| frame.name == name) {
            match source.read(frame) {
                Ok(payload) => self.draft()?.put(name, frame.facts, &payload)?,
                Err(damage) => self.damage.push(damage),
            }
        }
        Ok(())
    }

    fn merged(&mut self, name: &str, sources: &[&BlockFile], incoming: Vec<C::Item>) -> Result<(), BlockError> {
        let mut items = BTreeMap::new();
        for source in sources {
            let (old, damage) = items_of::<C>(source, |frame| frame.name == name);
            self.damage.extend(damage);
            items.extend(old.into_iter().map(|item| (C::key(&item), item)));
        }
        items.extend(incoming.into_iter().map(|item| (C::key(&item), item)));
        let items: Vec<_> = items.into_values().collect();
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

/// The items of the frames that are wanted, and those frames that cannot be read.
pub(super) fn items_of<C: Content>(
    source: &BlockFile,
    wanted: impl Fn(&crate::store::block::Frame) -> bool,
) -> (Vec<C::Item>, Vec<Damage>) {
    let (mut items, mut damage) = (Vec::new(), Vec::new());
    for frame in source.frames().iter().filter(|frame| wanted(frame)) {
        match source.read(frame).map(|payload| C::unpack(&frame.name, &payload)) {
            Ok(Some(unpacked)) => items.extend(unpacked),
            Ok(None) => damage.push(source.damaged(Some(&frame.name), frame.offset, Wrong::Content)),
            Err(wrong) => damage.push(wrong),
        }
    }
    (items, damage)
}

fn facts<C: Content>(items: &[C::Item]) -> Option<Facts> {
    let times = || items.iter().map(C::at);
    Some(Facts { rows: u32::try_from(items.len()).ok()?, from: times().min()?, to: times().max()? })
}
