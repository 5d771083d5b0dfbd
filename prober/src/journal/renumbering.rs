//! Giving new numbers to results whose own the hub knows from others: this journal was set back to an earlier state, or runs twice.
//!
//! It does not know how that is noticed. A file takes the place of its former self in one step, so that each result is on the disk under
//! one number, whatever dies: nothing comes twice. What a full disk does not take now, or a bad one does not give, waits, is not sent,
//! and is moved later; what is damaged is given up.

use std::{collections::VecDeque, io};

use shared::{Sequence, Span, Spans, report::Entry};

use super::{Fresh, Journal, is_full, segment::Segment, thinning};

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
        // At once, also where nothing can be moved yet.
        self.note_marks();
        let waiting = std::mem::take(&mut self.memory);
        let (moved, kept): (VecDeque<_>, _) = waiting.into_iter().partition(|entry| self.is_moved(entry.sequence));
        self.renumber_rest();
        self.memory = kept;
        self.append(
            moved.into_iter().map(|Entry { observation, ahead_ms, .. }| Fresh { observation, ahead_ms }).collect(),
        );
        self.note_marks();
    }

    /// Whether a number is an old one, under which its result is not sent any more.
    pub(super) fn is_moved(&self, number: Sequence) -> bool {
        self.marks.renumbering.contains(number)
    }

    /// Goes on with what is still to be moved, a file at a time, while the disk takes results at all. A file that cannot be moved now
    /// waits alone: neither the others nor what is written wait for it.
    pub(super) fn renumber_rest(&mut self) {
        if self.marks.renumbering.is_empty() || !self.memory.is_empty() || self.failing.is_some() {
            return;
        }
        let moved = self.try_renumber();
        self.count_damage();
        match moved {
            Ok(()) => {
                self.marks.renumbering = Spans::default();
                self.note_marks();
                if self.unmoved.take().is_some() {
                    tracing::info!("the journal's results that waited for new numbers have them");
                }
            }
            Err(error) => {
                let reason = error.to_string();
                if self.unmoved.as_ref() != Some(&reason) {
                    tracing::error!(%error, "some results of the journal cannot be given new numbers: they wait and are not sent, and it is tried again");
                }
                self.unmoved = Some(reason);
            }
        }
    }

    fn try_renumber(&mut self) -> io::Result<()> {
        // Before anything is moved: after a kill or a power cut, what is left goes on where it was.
        self.marks.write(&self.directory)?;
        let mut left = None;
        for at in 0..self.segments.len() {
            if !waits(&self.segments[at], &self.marks.renumbering) {
                continue;
            }
            match self.renumber_segment(at) {
                Ok(()) => {}
                // There is no room for others either.
                Err(error) if is_full(&error) => return Err(error),
                Err(error) => left = left.or(Some(error)),
            }
            self.pulse.beat();
        }
        left.map_or(Ok(()), Err)
    }

    fn renumber_segment(&mut self, at: usize) -> io::Result<()> {
        self.has_room()?;
        let mut all = self.segments[at].whole()?;
        if all.is_empty() {
            return Ok(());
        }
        let mut next = self.next;
        for entry in all.iter_mut().filter(|entry| self.marks.renumbering.contains(entry.sequence)) {
            entry.sequence = next;
            next = next.next();
        }
        all.sort_by_key(|entry| entry.sequence);
        let old = &mut self.segments[at];
        let place = old.path.clone();
        thinning::replace(old, &all, place)?;
        self.next = next;
        Ok(())
    }
}

fn waits(segment: &Segment, renumbering: &Spans) -> bool {
    renumbering.iter().any(|span| segment.meets(span))
}
