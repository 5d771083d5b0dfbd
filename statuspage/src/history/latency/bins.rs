//! The bins of a sketch, and how they are packed: about a byte each.
//!
//! It does not know which durations a bin holds.
//!
//! Nothing for an empty sketch; else the lowest bin (varint, zigzag), then a byte for each bin: three bits for the distance from
//! the bin before less one (0 for the first), five for the count less one. The highest value of either means that a varint with
//! what exceeds it follows, that of the distance first.

use super::Bin;

const FAR: u8 = 7;
const MANY: u8 = 31;

/// Bins with their counts, the lowest first, none of them empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Bins(Vec<(i16, u64)>);

impl Bins {
    pub(super) fn add(&mut self, Bin(key): Bin, count: u64) {
        let at = self.0.partition_point(|(other, _)| *other < key);
        match self.0.get_mut(at).filter(|(other, _)| *other == key) {
            Some((_, before)) => *before = before.saturating_add(count),
            None if count > 0 => self.0.insert(at, (key, count)),
            None => {}
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Bin, u64)> {
        self.0.iter().map(|&(key, count)| (Bin(key), count))
    }

    pub(super) fn count(&self) -> u64 {
        self.0.iter().fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }

    /// The bin of the duration with that many before it; of an empty sketch the lowest there is.
    pub(super) fn at_rank(&self, rank: u64) -> Bin {
        let mut before = 0_u64;
        let holds = |(_, count): &&(i16, u64)| {
            before = before.saturating_add(*count);
            before > rank
        };
        self.0.iter().find(holds).or(self.0.last()).map_or(Bin::ZERO, |(key, _)| Bin(*key))
    }

    pub(super) fn pack(&self) -> Box<[u8]> {
        let Some((lowest, _)) = self.0.first() else { return Box::default() };
        let mut bytes = Vec::with_capacity(self.0.len() + 8);
        put(&mut bytes, u64::from((lowest << 1 ^ lowest >> 15).cast_unsigned()));
        let mut expected = i32::from(*lowest);
        for &(key, count) in &self.0 {
            let distance = u64::try_from(i32::from(key) - expected).unwrap_or(0);
            expected = i32::from(key) + 1;
            let (near, far) = split(distance, FAR);
            let (few, many) = split(count.saturating_sub(1), MANY);
            bytes.push(near << 5 | few);
            [far, many].into_iter().flatten().for_each(|rest| put(&mut bytes, rest));
        }
        bytes.into()
    }

    /// Reads what [`Bins::pack`] wrote.
    pub(super) fn read(mut bytes: &[u8]) -> Option<Self> {
        let mut bins = Vec::with_capacity(bytes.len());
        if bytes.is_empty() {
            return Some(Self(bins));
        }
        let lowest = u16::try_from(take(&mut bytes)?).ok()?;
        let mut expected = i64::from((lowest >> 1).cast_signed() ^ -(lowest & 1).cast_signed());
        while let Some((first, rest)) = bytes.split_first() {
            bytes = rest;
            let distance = join(first >> 5, FAR, &mut bytes)?;
            let count = join(first & MANY, MANY, &mut bytes)?.checked_add(1)?;
            let key = i16::try_from(expected.checked_add_unsigned(distance)?).ok()?;
            expected = i64::from(key) + 1;
            bins.push((key, count));
        }
        Some(Self(bins)).filter(|bins| !bins.0.is_empty())
    }
}

/// A value as far as it has room, and what is left when it has not.
fn split(value: u64, most: u8) -> (u8, Option<u64>) {
    match u8::try_from(value) {
        Ok(small) if small < most => (small, None),
        Ok(_) | Err(_) => (most, Some(value - u64::from(most))),
    }
}

fn join(small: u8, most: u8, bytes: &mut &[u8]) -> Option<u64> {
    if small < most { Some(small.into()) } else { take(bytes)?.checked_add(most.into()) }
}

fn put(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let (value, rest) = postcard::take_from_bytes(bytes).ok()?;
    *bytes = rest;
    Some(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bins_read_back_as_they_were_packed(counts in prop::collection::btree_map(any::<i16>(), 1_u64.., 0..60)) {
            let bins = Bins(counts.into_iter().collect());
            prop_assert_eq!(Bins::read(&bins.pack()), Some(bins));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Some(bins) = Bins::read(&bytes) {
                prop_assert!(bins.0.is_sorted_by(|one, next| one.0 < next.0));
                let again = Bins::read(&bins.pack());
                prop_assert_eq!(again, Some(bins));
            }
        }
    }

    #[test]
    fn a_bin_takes_a_byte_while_it_is_near_and_small() {
        let check = |bins: &[(i16, u64)], bytes: usize| assert_eq!(Bins(bins.to_vec()).pack().len(), bytes, "{bins:?}");
        check(&[], 0);
        check(&[(-60, 1)], 2);
        check(&[(-60, 31), (-59, 31), (-52, 31)], 4);
        check(&[(-60, 32)], 3);
        check(&[(-60, 1), (-52, 1)], 4);
        check(&[(i16::MIN, u64::MAX), (i16::MAX, u64::MAX)], 3 + 11 + 14);
    }
}
