//! Values as they lie in the database: the body and a CRC-32C over key and body; long bodies in parts.
//!
//! It does not know what a body holds.

use super::key;

const CHECKSUM: usize = 4;
/// The longest part, and the longest body of a row that is not stored in parts.
///
/// sled writes a page of up to 17 rows as one message, and a message of more than 128 KiB into a file of its own that it never
/// syncs (and leaks when it dies): a page must stay below that, whatever is in it.
pub(super) const MAX_PART: usize = 6_000;

/// The value for a body under a key.
pub(super) fn seal(key: &[u8], body: &[u8]) -> Vec<u8> {
    [body, &checksum(key, body).to_le_bytes()].concat()
}

/// The body of a value; none when it is not what was written under that key.
pub(super) fn open<'a>(key: &[u8], value: &'a [u8]) -> Option<&'a [u8]> {
    let (body, stored) = value.split_at_checked(value.len().checked_sub(CHECKSUM)?)?;
    (stored == checksum(key, body).to_le_bytes()).then_some(body)
}

fn checksum(key: &[u8], body: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(key), body)
}

/// The keys and values for a body of any length; the first part says how many there are.
pub(super) fn seal_parts(base: &[u8], body: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let count = u16::try_from(body.len().div_ceil(MAX_PART).max(1)).unwrap_or(u16::MAX);
    let chunks = body.chunks(MAX_PART).chain(body.is_empty().then_some(&[][..]));
    (0..count)
        .zip(chunks)
        .map(|(number, chunk)| {
            let key = key::part(base, number);
            let body = if number == 0 { [&count.to_be_bytes(), chunk].concat() } else { chunk.to_vec() };
            let value = seal(&key, &body);
            (key, value)
        })
        .collect()
}

/// The number of parts and the first of them, from the body of part 0.
pub(super) fn read_first(body: &[u8]) -> Option<(u16, &[u8])> {
    let (count, chunk) = body.split_first_chunk::<2>()?;
    Some((u16::from_be_bytes(*count), chunk))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_only_read_under_its_own_key_and_unchanged() {
        let value = seal(b"key", b"body");
        assert_eq!(open(b"key", &value), Some(b"body".as_slice()));
        assert_eq!(open(b"kez", &value), None);
        assert_eq!(open(b"key", &value[..3]), None);
        for bit in 0..value.len() * 8 {
            let mut flipped = value.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(b"key", &flipped), None, "bit {bit}");
        }
    }

    #[test]
    fn a_long_body_lies_in_parts_that_the_database_can_hold() {
        let check = |length: usize, count: usize| {
            let parts = seal_parts(b"r", &vec![7; length]);
            assert_eq!(parts.len(), count, "{length}");
            assert!(parts.iter().all(|(key, value)| 17 * (key.len() + value.len() + 100) < 128 * 1_024));
            let first = open(&parts[0].0, &parts[0].1).and_then(read_first).expect("a first part");
            assert_eq!(usize::from(first.0), count);
        };
        check(0, 1);
        check(1, 1);
        check(MAX_PART, 1);
        check(MAX_PART + 1, 2);
        check(1_000_000, 167);
    }
}
