//! Everything of an open store: its database and its block files.
//!
//! It does not know when it is opened or written.

use super::{blocks::Blocks, seal::SealError, shelf::Shelf};

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
    pub(super) fn heal(&mut self) -> (Vec<String>, Result<(), SealError>) {
        let damages = self.blocks.take_damage();
        let said = damages.iter().map(ToString::to_string).collect();
        let healed = if damages.is_empty() { Ok(()) } else { self.set_aside(&damages) };
        (said, healed)
    }

    fn set_aside(&mut self, damages: &[super::block::Damage]) -> Result<(), SealError> {
        self.blocks.set_aside(damages)?;
        self.blocks.enlist(&self.shelf, None)?;
        Ok(())
    }
}
