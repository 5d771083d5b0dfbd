//! Everything of an open store: its database and its block files.
//!
//! It does not know when it is opened or written.

use super::{blocks::Blocks, database::Broken, shelf::Shelf};

/// What the store's thread works with; it alone.
#[derive(Debug)]
pub(super) struct Holdings {
    /// The hot rows.
    pub(super) shelf: Shelf,
    /// What is sealed.
    pub(super) blocks: Blocks,
}

impl Holdings {
    /// Sets aside what was found damaged in block files since the last time, and says what it was.
    pub(super) fn heal(&mut self) -> (Vec<String>, Result<(), Broken>) {
        let damages = self.blocks.take_damage();
        if damages.is_empty() {
            return (Vec::new(), Ok(()));
        }
        let said = damages.iter().map(ToString::to_string).collect();
        let listed = self.blocks.set_aside(&damages).and_then(|()| self.blocks.enlist(&self.shelf, None));
        (said, listed.map(drop))
    }
}
