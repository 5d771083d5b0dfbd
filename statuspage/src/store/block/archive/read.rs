//! Reading an archive: what lies in a stretch of time, one file after the other.
//!
//! It does not know who asks, nor what the database still holds.

use std::{
    collections::BTreeMap,
    io::{self, ErrorKind},
    ops::ControlFlow,
    sync::Arc,
};

use shared::Timestamp;

use super::{
    Archive, BlockError, BlockFile, Content, Damage, Slot, Wrong, is_of,
    weave::{each_once, items_of},
};
use crate::store::{
    block::{Frame, span},
    database::Order,
};

impl<C: Content> Archive<C> {
    /// Gives `visit` the items from `from` until before `to` of the frames whose names are wanted: those of one file after the
    /// other, or of a joined file together with its leaves, the oldest or the newest files first, and always in ascending order of
    /// their keys within one call. Files that are gone or newer and frames that are damaged are passed over; [`Self::take_damage`] has
    /// the latter two. Only the items of one call are in memory.
    pub(in crate::store) fn read(
        &self,
        from: Timestamp,
        to: Timestamp,
        order: Order,
        wanted: impl Fn(&str) -> bool,
        mut visit: impl FnMut(Vec<C::Item>) -> ControlFlow<()>,
    ) -> io::Result<()> {
        for group in self.groups(from, to, order) {
            let mut items = Vec::new();
            for slot in group {
                self.with(slot, |file| {
                    let frames = file.frames().iter().filter(|frame| overlaps(frame, from, to) && wanted(&frame.name));
                    for frame in frames {
                        match items_of::<C>(file, frame) {
                            Ok(read) => {
                                items.extend(read.into_iter().filter(|item| from <= C::at(item) && C::at(item) < to));
                            }
                            Err(damage) => self.note(damage),
                        }
                    }
                })?;
            }
            if !items.is_empty() && visit(each_once::<C>(items)).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Opens the files that hold anything from `from` on, the oldest first; of the same item in two of them the later is the newer.
    /// They can be read for as long as they are held. What cannot be opened is left out.
    pub(in crate::store) fn since(&self, from: Timestamp) -> Vec<Arc<BlockFile>> {
        // A clock that is not set must not bring back everything at once.
        let last = self.catalog.slots(..).map(Slot::end).max().unwrap_or(from);
        let from = if crate::history::is_unset(from) { last.minus(span::LONGEST) } else { from };
        let slots = self.groups(from, Timestamp::from_millis(i64::MAX), Order::Ascending).into_iter().flatten();
        let open = |slot: Slot| {
            let opened = BlockFile::open(&self.catalog.path(slot));
            opened.inspect_err(|error| tracing::error!(%error, "a part of the past cannot be opened")).ok()
        };
        slots.filter_map(open).filter(is_of::<C>).map(Arc::new).collect()
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
            Err(BlockError::Newer { file, found, .. }) => {
                self.note(Damage { file, frame: None, offset: 0, wrong: Wrong::Newer(found) });
                return Ok(None);
            }
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

fn overlaps(frame: &Frame, from: Timestamp, to: Timestamp) -> bool {
    frame.facts.from < to && frame.facts.to >= from
}
