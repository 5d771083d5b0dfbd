//! Giving new numbers to results whose own the hub knows from others: this journal was set back to an earlier state, or runs twice.
//!
//! It does not know how that is noticed. A result keeps its old number on the disk until it is there under the new one, so that a full
//! disk costs nothing: what cannot be moved now waits, is not sent, and is moved later.

use std::{collections::VecDeque, io};

use shared::{Sequence, Span, Spans, report::Entry};

use super::{Fresh, Journal, frame, remove, segment::Segment, thinning};

impl Journal {
    /// Gives new numbers, above `highest`, to what this run kept and the hub lacks. What it has was taken under its old number: it
    /// would be counted twice.
    pub fn renumber(&mut self, highest: Sequence, lacking: &Spans) {
        self.take_back();
        if let Some(own) = Span::new(self.begins, self.last()) {
            lacking.iter().filter_map(|span| span.meet(own)).for_each(|span| self.marks.renumbering.insert(span));
        }
        self.next = highest.max(self.last()).next();
        self.begins = self.next;
        self.marks.highest = self.marks.highest.max(highest);
        let waiting = std::mem::take(&mut self.memory);
        let (moved, kept): (VecDeque<_>, _) = waiting.into_iter().partition(|entry| self.is_moved(entry.sequence));
        self.renumber_rest();
        let newer = std::mem::replace(&mut self.memory, kept);
        self.memory.extend(newer);
        self.append(
            moved.into_iter().map(|Entry { observation, ahead_ms, .. }| Fresh { observation, ahead_ms }).collect(),
        );
        self.note_marks();
    }

    /// Whether a number is an old one, under which its result is not sent any more.
    pub(super) fn is_moved(&self, number: Sequence) -> bool {
        self.marks.renumbering.contains(number)
    }

    /// Goes on with what is still to be moved, a file at a time, as long as the disk takes it.
    pub(super) fn renumber_rest(&mut self) {
        if self.marks.renumbering.is_empty() || !self.memory.is_empty() || self.failing.is_some() {
            return;
        }
        while let Some(at) = self.segments.iter().position(|segment| waits(segment, &self.marks.renumbering)) {
            if let Err(error) = self.renumber_segment(at) {
                self.failed(&error);
                // They are on the disk under their old numbers.
                self.memory.clear();
                return self.note_marks();
            }
        }
        self.marks.renumbering = Spans::default();
        self.note_marks();
    }

    fn renumber_segment(&mut self, at: usize) -> io::Result<()> {
        let all = self.segments[at].whole()?;
        let (moved, kept): (Vec<_>, Vec<_>) = all.into_iter().partition(|entry| self.is_moved(entry.sequence));
        for some in moved.chunks(frame::MOST) {
            let mut some = some.to_vec();
            for entry in &mut some {
                entry.sequence = self.next;
                self.next = self.next.next();
            }
            self.write(&some)?;
        }
        if let Some(writer) = &mut self.writer {
            writer.sync()?;
        }
        let old = &mut self.segments[at];
        match kept.is_empty() {
            true => self.segments.remove(at).into_iter().for_each(|old| remove(&old.path)),
            false => {
                let place = old.path.clone();
                thinning::replace(old, &kept, place).unwrap_or_else(|error| {
                    tracing::warn!(%error, path = %old.path.display(), "results of a part of the journal are in it twice");
                    old.numbers = kept.iter().filter_map(|entry| Span::new(entry.sequence, entry.sequence)).collect();
                });
            }
        }
        self.end_segment_if_full();
        Ok(())
    }
}

fn waits(segment: &Segment, renumbering: &Spans) -> bool {
    renumbering.iter().any(|span| segment.meets(span))
}
