//! Bodies that are stored in parts, put together again.
//!
//! It does not know where the parts come from.

use bytes::Bytes;

use crate::store::{frame, key};

/// Puts bodies together from their parts, which come in the order of their keys.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    pub(super) whole: Vec<(Vec<u8>, Bytes)>,
    /// Keys of parts without the others.
    pub(super) strays: Vec<Vec<u8>>,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    base: Vec<u8>,
    count: u16,
    next: u16,
    body: Vec<u8>,
}

impl Assembly {
    pub(super) fn add(&mut self, key: &[u8], body: &[u8]) {
        let Some((base, number)) = key::read_part(key) else {
            self.strays.push(key.to_vec());
            return;
        };
        if number == 0 {
            self.give_up();
            match frame::read_first(body) {
                Some((count, chunk)) => {
                    self.open = Some(Open { base: base.to_vec(), count, next: 1, body: chunk.to_vec() });
                }
                None => self.strays.push(key.to_vec()),
            }
        } else if let Some(open) = self.open.as_mut().filter(|open| open.base == base && open.next == number) {
            open.next += 1;
            open.body.extend_from_slice(body);
        } else {
            self.strays.push(key.to_vec());
        }
        if let Some(done) = self.open.take_if(|open| open.next >= open.count) {
            self.whole.push((done.base, done.body.into()));
        }
    }

    /// The parts so far are of no use without the missing one.
    fn give_up(&mut self) {
        if let Some(open) = self.open.take() {
            self.strays.extend((0..open.next).map(|number| key::part(&open.base, number)));
        }
    }

    pub(super) fn end(mut self) -> Self {
        self.give_up();
        self
    }
}
