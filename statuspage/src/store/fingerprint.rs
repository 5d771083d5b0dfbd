//! A sum over all rows of a database, kept in the database with each write.
//!
//! Checksums find what is damaged, and a count of writes finds a log that ends early; but a page of which sled has lost the newest
//! part shows rows as they were, or not at all, and every one of them is sound. Only all of them together tell. It does not know
//! which rows are missing.

use super::{
    database::{Batch, Broken, Database},
    key,
};

/// The sum of the rows, in whatever order they came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Fingerprint(u64);

impl Fingerprint {
    /// The same with one more row; the row that keeps the sum is not part of it.
    pub(super) fn with(self, key: &[u8], value: &[u8]) -> Self {
        Self(self.0.wrapping_add(term(key, value)))
    }

    fn without(self, key: &[u8], value: &[u8]) -> Self {
        Self(self.0.wrapping_sub(term(key, value)))
    }

    /// The sum once the batch is written.
    pub(super) fn after(self, database: &Database, batch: &Batch) -> Result<Self, Broken> {
        let mut sum = self;
        for (key, new) in batch.changes() {
            if let Some(old) = database.get(key)? {
                sum = sum.without(key, &old);
            }
            if let Some(new) = new {
                sum = sum.with(key, new);
            }
        }
        Ok(sum)
    }

    pub(super) fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(u64::from_be_bytes(bytes.try_into().ok()?)))
    }
}

/// Two checksums of the key and the value, so that rows which changed places do not cancel out.
fn term(key: &[u8], value: &[u8]) -> u64 {
    if key == key::commits().as_slice() {
        return 0;
    }
    let forwards = crc32c::crc32c_append(crc32c::crc32c(key), value);
    let backwards = crc32c::crc32c_append(crc32c::crc32c(value), key);
    u64::from(forwards) << 32 | u64::from(backwards)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(rows: &[(&str, &str)]) -> Fingerprint {
        rows.iter().fold(Fingerprint::default(), |sum, (key, value)| sum.with(key.as_bytes(), value.as_bytes()))
    }

    #[test]
    fn the_order_of_rows_does_not_matter_and_everything_else_does() {
        let all = sum(&[("a", "1"), ("b", "2"), ("c", "3")]);
        assert_eq!(sum(&[("c", "3"), ("a", "1"), ("b", "2")]), all);
        assert_ne!(sum(&[("a", "1"), ("b", "2")]), all, "one is missing");
        assert_ne!(sum(&[("a", "1"), ("b", "2"), ("c", "2")]), all, "one is as it was");
        assert_ne!(sum(&[("a", "2"), ("b", "1"), ("c", "3")]), all, "two have changed places");
        assert_eq!(all.without(b"b", b"2"), sum(&[("a", "1"), ("c", "3")]));
        assert_eq!(Fingerprint::from_bytes(&all.to_bytes()), Some(all));
        assert_eq!(Fingerprint::from_bytes(&[0; 7]), None);
    }
}
