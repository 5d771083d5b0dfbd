//! Finding the frames of a file whose index is lost.
//!
//! It does not know what was in the index: a frame that is damaged as well is only a place.

use super::{BlockFile, HEADER, Magic, Wrong, layout};

/// How much is read at once to find a magic.
const WINDOW: u64 = 64 << 10;

impl BlockFile {
    /// Makes the index again from the frames, and notes that, and each stretch that is none.
    pub(super) fn scan(&mut self, wrong: Wrong) {
        // What the disk cannot read may be whole; everything else is an index that is lost.
        let wrong = if matches!(wrong, Wrong::Unreadable(_)) { wrong } else { Wrong::Index };
        self.note(None, self.length, wrong);
        let mut at = HEADER as u64;
        while at < self.length {
            match self.part(at, self.length) {
                Ok((Magic::Footer, _)) => break,
                Ok((Magic::Frame, body)) => {
                    self.take(at, &body);
                    at += layout::length_of(&body);
                }
                Err(wrong) => {
                    let next = self.next_part(at + 1);
                    self.note_gap(at, next, wrong);
                    at = next;
                }
            }
        }
    }

    fn take(&mut self, offset: u64, body: &[u8]) {
        match layout::read_body(body).and_then(|(label, _)| label.at(offset, body.len())) {
            Some(frame) => self.frames.push(frame),
            None => self.note(None, offset, Wrong::Content),
        }
    }

    /// Notes a stretch without frames, unless it is what is left of the footer and the trailer, which is said already.
    fn note_gap(&mut self, offset: u64, end: u64, wrong: Wrong) {
        let head = self.bytes(offset, layout::HEAD as u64).unwrap_or_default();
        let footer = layout::read_head(&head).is_some_and(|(magic, _, _)| magic == Magic::Footer);
        if !(footer && end == self.length) {
            self.note(None, offset, wrong);
        }
    }

    /// Where the next whole frame or footer begins, or the end of the file.
    fn next_part(&self, from: u64) -> u64 {
        let mut at = from;
        while let Some(found) = self.next_magic(at) {
            if self.part(found, self.length).is_ok() {
                return found;
            }
            at = found + 1;
        }
        self.length
    }

    fn next_magic(&self, from: u64) -> Option<u64> {
        let mut at = from;
        while at + 4 <= self.length {
            let step = WINDOW.min(self.length - at);
            // What cannot be read is passed over.
            let bytes = self.bytes(at, step).unwrap_or_default();
            if let Some(place) = bytes.windows(4).position(|bytes| Magic::read(bytes).is_some()) {
                return Some(at + place as u64);
            }
            // A magic may lie across the border.
            at += if step > 3 { step - 3 } else { step };
            if step < WINDOW {
                return None;
            }
        }
        None
    }
}
