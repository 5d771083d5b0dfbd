//! Reading an archive: what lies in a stretch of time, one file after the other.
//!
//! It does not know who asks, nor what the database still holds.

use std::{
    collections::BTreeMap,
    io::{self, ErrorKind},
    ops::ControlFlow,
};

use shared::Timestamp;

use super::{Archive, BlockError, BlockFile, Content, Damage, Slot, Wrong, is_of, weave::items_of};
use crate::store::{block::span, database::Order};

impl<C: Content> Archive<C> {
    /// Gives `visit` the items from `from` until before `to` of the frames whose names are wanted: those of one file after the
    /// other, or of a joined file together with its leaves, the oldest or the newest files first, and always in ascending order of
    /// their keys within one call. Files that are gone and frames that are damaged are passed over; [`Self::take_damage`] has the
    /// latter. Only the items of one call are in memory.
    pub(in crate::store) fn read(
        &self,
        from: Timestamp,
        to: Timestamp,
        order: Order,
        wanted: impl Fn(&str) -> bool,
        mut visit: impl FnMut(Vec<C::Item>) -> ControlFlow<()>,
    ) -> io::Result<()> {
        for group in self.groups(from, to, order) {
            let mut items = BTreeMap::new();
            for slot in group {
                let read = self.with(slot, |file| {
                    items_of::<C>(file, |frame| frame.facts.from < to && frame.facts.to >= from && wanted(&frame.name))
                })?;
                let Some((read, damage)) = read else { continue };
                damage.into_iter().for_each(|damage| self.note(damage));
                let inside = read.into_iter().filter(|item| from <= C::at(item) && C::at(item) < to);
                items.extend(inside.map(|item| (C::key(&item), item)));
            }
            if !items.is_empty() && visit(items.into_values().collect()).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Gives `visit` every frame as it lies in the files that overlap, with its name, the oldest first. The same item may be in
    /// two of them; the one that comes later is the newer.
    pub(in crate::store) fn payloads(
        &self,
        from: Timestamp,
        to: Timestamp,
        mut visit: impl FnMut(&str, Vec<u8>) -> ControlFlow<()>,
    ) -> io::Result<()> {
        for slot in self.groups(from, to, Order::Ascending).into_iter().flatten() {
            let flow = self.with(slot, |file| {
                for frame in file.frames().iter().filter(|frame| frame.facts.from < to && frame.facts.to >= from) {
                    match file.read(frame) {
                        Ok(payload) => visit(&frame.name, payload)?,
                        Err(damage) => self.note(damage),
                    }
                }
                ControlFlow::Continue(())
            })?;
            if flow.is_some_and(|flow| flow.is_break()) {
                break;
            }
        }
        Ok(())
    }

    /// The slots that overlap, those that are read together in one group, of which the later is the newer.
    fn groups(&self, from: Timestamp, to: Timestamp, order: Order) -> Vec<Vec<Slot>> {
        let (from, to) = (from.minus(C::SLACK), to.plus(C::SLACK));
        let first = Slot { start: from.minus(span::LONGEST), span: span::Span::Hour };
        let last = Slot { start: to, span: span::Span::Hour };
        let mut groups: BTreeMap<Slot, Vec<Slot>> = BTreeMap::new();
        for slot in self.catalog.slots(first..last.max(first)).filter(|slot| slot.end() > from) {
            let joined = Slot::of(C::JOINED, slot.start);
            let group = if self.catalog.contains(joined) { joined } else { slot };
            groups.entry(group).or_default().push(slot);
        }
        // The joined file is the older.
        groups.values_mut().for_each(|slots| slots.sort_by_key(|slot| (slot.span != C::JOINED, *slot)));
        match order {
            Order::Ascending => groups.into_values().collect(),
            Order::Descending => groups.into_values().rev().collect(),
        }
    }

    /// Does something with the file of a slot, and keeps it open; none when it is gone or of another content.
    fn with<T>(&self, slot: Slot, act: impl FnOnce(&BlockFile) -> T) -> io::Result<Option<T>> {
        let path = self.catalog.path(slot);
        let open = self.open.take().filter(|open| open.path() == path);
        let file = match open.map_or_else(|| BlockFile::open(&path), Ok) {
            Ok(file) => file,
            Err(BlockError::Io(error)) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(BlockError::Damaged(damage)) => {
                self.note(damage);
                return Ok(None);
            }
            Err(BlockError::NoSpace(error) | BlockError::ReadOnly(error) | BlockError::Io(error)) => return Err(error),
            Err(error @ BlockError::Newer { .. }) => return Err(io::Error::new(ErrorKind::Unsupported, error)),
        };
        file.damage().iter().for_each(|damage| self.note(damage.clone()));
        if !is_of::<C>(&file) {
            self.note(Damage { file: path, frame: None, offset: 0, wrong: Wrong::Foreign });
            return Ok(None);
        }
        let done = act(&file);
        self.open.replace(Some(file));
        Ok(Some(done))
    }
}
