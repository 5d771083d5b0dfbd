//! How many observations of each location were written and have left again.
//!
//! What is there must be the difference, or the database lost rows without a word: checksums find what is damaged, only counting
//! finds what is gone. It does not know what an observation is.

use std::collections::BTreeMap;

/// The count of one location.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Rows that were written, each key once.
    pub(super) written: u64,
    /// Rows that were removed again: sealed, or damaged and moved out of the way.
    pub(super) left: u64,
}

impl Tally {
    /// Rows that must be there.
    pub(super) fn present(self) -> u64 {
        self.written.saturating_sub(self.left)
    }

    pub(super) fn to_bytes(self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.written.to_be_bytes());
        bytes[8..].copy_from_slice(&self.left.to_be_bytes());
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (written, left) = bytes.split_first_chunk::<8>()?;
        Some(Self { written: u64::from_be_bytes(*written), left: u64::from_be_bytes(left.try_into().ok()?) })
    }
}

/// The counts of all locations.
pub(super) type Tallies = BTreeMap<String, Tally>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_reads_back_and_nothing_else_does() {
        let tally = Tally { written: 300, left: 7 };
        assert_eq!(Tally::from_bytes(&tally.to_bytes()), Some(tally));
        assert_eq!(Tally::from_bytes(&[0; 15]), None);
        assert_eq!(Tally::from_bytes(&[0; 17]), None);
        assert_eq!(tally.present(), 293);
    }
}
