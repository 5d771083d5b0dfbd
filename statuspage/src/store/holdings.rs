//! Everything of an open store: its database.
//!
//! It does not know when it is opened or written.

use super::shelf::Shelf;

/// What the store's thread works with; it alone.
#[derive(Debug)]
pub(super) struct Holdings {
    /// The hot rows.
    pub(super) shelf: Shelf,
}
