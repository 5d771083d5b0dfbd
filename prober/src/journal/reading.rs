//! What is in a journal: by numbers, in order, from files and memory as if they were one.
//!
//! It does not know how anything got there.

use std::{collections::VecDeque, ops::ControlFlow};

use shared::{
    Sequence, Span, Spans, Timestamp,
    report::{Entry, JournalState},
};

use super::{
    Journal, Picked,
    segment::{Segment, Writer},
};
use crate::canary::is_canary;

/// The text of one report's results, in bytes. The hub takes reports of four times that, all told.
const TEXT: usize = 4 << 20;

impl Journal {
    /// Results of the wanted numbers, the first ones, and which of them will never come.
    pub fn pick(&mut self, wanted: &Spans, most: usize) -> Picked {
        let mut picked = Picked::default();
        let (mut room, mut text) = (most, TEXT);
        let (mut until, moved) = (self.last(), self.marks.renumbering.clone());
        let mut take = |entry: Entry| {
            if moved.contains(entry.sequence) {
                return ControlFlow::Continue(());
            }
            let size = serde_json::to_vec(&entry).map_or(0, |text| text.len());
            if room == 0 || (size > text && !picked.entries.is_empty()) {
                return ControlFlow::Break(entry.sequence);
            }
            (room, text) = (room - 1, text.saturating_sub(size));
            picked.entries.push(entry);
            ControlFlow::Continue(())
        };
        for mut part in self.in_order() {
            if !wanted.iter().any(|span| part.meets(span)) {
                continue;
            }
            if let ControlFlow::Break(sequence) = part.each(wanted, &mut take) {
                until = sequence.before();
                break;
            }
        }
        self.count_damage();
        picked.lost = self.lost(wanted, until);
        picked
    }

    /// The files and the memory as one, in the order of their numbers.
    fn in_order(&mut self) -> Vec<Part<'_>> {
        let written = self.segments.iter_mut().map(Part::Written);
        let open = self.writer.as_mut().map(|writer| Part::Written(writer.segment_mut()));
        let mut parts: Vec<_> = written.chain(open).chain([Part::Memory(&self.memory)]).collect();
        parts.sort_by_key(Part::first);
        parts
    }

    /// What is wanted, was given or passed over, and is not here.
    fn lost(&self, wanted: &Spans, until: Sequence) -> Spans {
        let held = self.held();
        let gone = held.gaps(until);
        let meets = |span: Span| wanted.iter().filter_map(move |wanted| wanted.meet(span)).collect::<Vec<_>>();
        gone.iter().flat_map(meets).collect()
    }

    /// Every number that is here.
    pub fn held(&self) -> Spans {
        let mut held = Spans::default();
        let files = self.segments.iter().chain(self.writer.as_ref().map(Writer::segment));
        files.flat_map(|file| file.numbers.iter()).for_each(|span| held.insert(span));
        self.memory.iter().for_each(|entry| held.add(entry.sequence));
        held
    }

    /// How it does, as far as that can be read. Canaries are left out: nobody waits for them.
    pub fn state(&mut self) -> JournalState {
        let acknowledged = self.marks.acknowledged;
        let mut parts = self.in_order();
        let waiting = parts.iter_mut().find(|part| part.waiting(acknowledged) > 0);
        let oldest = waiting.and_then(|part| part.oldest_above(acknowledged));
        let depth = parts.iter().map(|part| part.waiting(acknowledged)).sum();
        self.count_damage();
        JournalState {
            depth,
            oldest,
            in_memory: Part::Memory(&self.memory).waiting(Sequence::NONE),
            dropped: self.counts.dropped,
            thinned: self.counts.thinned,
            damaged: self.counts.damaged,
        }
    }
}

/// A file, or what is in memory.
enum Part<'a> {
    Written(&'a mut Segment),
    Memory(&'a VecDeque<Entry>),
}

impl Part<'_> {
    fn numbers(&self) -> Spans {
        match self {
            Self::Written(segment) => segment.numbers.clone(),
            Self::Memory(entries) => {
                let mut numbers = Spans::default();
                entries.iter().for_each(|entry| numbers.add(entry.sequence));
                numbers
            }
        }
    }

    fn first(&self) -> Sequence {
        match self {
            Self::Written(segment) => segment.first(),
            Self::Memory(entries) => entries.front().map_or(Sequence::new(u64::MAX), |entry| entry.sequence),
        }
    }

    fn meets(&self, span: Span) -> bool {
        let numbers = self.numbers();
        numbers.iter().any(|held| held.meet(span).is_some())
    }

    /// As of [`Segment::each`]; what cannot be read now is not lost: it is asked for again.
    fn each(&mut self, wanted: &Spans, take: impl FnMut(Entry) -> ControlFlow<Sequence>) -> ControlFlow<Sequence> {
        match self {
            Self::Written(segment) => segment.each(wanted, take).flow,
            Self::Memory(entries) => {
                entries.iter().filter(|entry| wanted.contains(entry.sequence)).cloned().try_for_each(take)
            }
        }
    }

    /// How many of its results the hub lacks.
    fn waiting(&self, acknowledged: Sequence) -> u64 {
        let above = |span: Span| Span::new(span.first().max(acknowledged.next()), span.last()).map_or(0, Span::count);
        let count = |numbers: &Spans| numbers.iter().map(above).sum::<u64>();
        match self {
            Self::Written(segment) => count(&segment.numbers) - count(&segment.canaries),
            Self::Memory(entries) => {
                let waits =
                    |entry: &&Entry| entry.sequence > acknowledged && !is_canary(&entry.observation.probe.component);
                entries.iter().filter(waits).count() as u64
            }
        }
    }

    fn oldest_above(&mut self, acknowledged: Sequence) -> Option<Timestamp> {
        let numbers = self.numbers();
        let above: Spans = Span::new(acknowledged.next(), numbers.highest()).into_iter().collect();
        let mut oldest = None;
        let _stopped = self.each(&above, |entry| {
            if is_canary(&entry.observation.probe.component) {
                return ControlFlow::Continue(());
            }
            oldest = Some(entry.observation.started_at);
            ControlFlow::Break(entry.sequence)
        });
        oldest
    }
}
