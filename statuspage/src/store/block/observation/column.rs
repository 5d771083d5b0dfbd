//! A column of whole numbers: constant, or packed by pco, or one by one, whichever is shortest.
//!
//! It does not know what the numbers mean nor how many there are: whoever reads says how many.
//!
//! | byte | what |
//! |---|---|
//! | 0 | the form: 0 constant, 1 plain, 2, 3 and 4 pco of 16, 32 and 64 bits |
//! | … | the base, the least of the values, as a zigzag varint; a constant column ends here |
//! | … | plain: the distances from the base as varints; pco: the metadata of a chunk and its only page, of the distances |
//!
//! Of pco only its classic mode is used, with plain or consecutive delta coding: the first byte of a chunk says so, and others are
//! refused before pco sees them, because their tables may be large. The distances are taken from the narrowest type that holds them
//! all, because pco writes its tables in the width of the type.

use pco::{
    ChunkConfig, DeltaSpec, ModeSpec, PagingSpec,
    data_types::Number,
    wrapped::{FileCompressor, FileDecompressor},
};

/// The format of pco, which a payload says once for all its columns: two bytes, the first of which is 4.
const PCO_MAJOR: u8 = 4;
/// What pco spends on finding bins; beyond 8, its default, nothing was gained on latencies.
const LEVEL: usize = 8;

const CONSTANT: u8 = 0;
const PLAIN: u8 = 1;
const NARROW: u8 = 2;
const MIDDLE: u8 = 3;
const WIDE: u8 = 4;

/// Writes columns into a payload.
pub(super) struct Packer<'a> {
    into: &'a mut Vec<u8>,
    pco: FileCompressor,
}

impl<'a> Packer<'a> {
    /// Begins with the version of pco's format.
    pub(super) fn new(into: &'a mut Vec<u8>) -> Self {
        let pco = FileCompressor::default();
        let mut version = Vec::with_capacity(2);
        // Writing into memory does not fail; were it to, readers would refuse the payload, and the read-back before the rename with them.
        if pco.write_header(&mut version).is_ok() {
            into.extend(version);
        }
        Self { into, pco }
    }

    /// Appends a column.
    pub(super) fn column(&mut self, values: &[i64]) {
        let (Some(&least), Some(&greatest)) = (values.iter().min(), values.iter().max()) else { return };
        let form = self.into.len();
        self.into.push(CONSTANT);
        put_varint(self.into, zigzag(least));
        if least == greatest {
            return;
        }
        let distances: Vec<u64> = values.iter().map(|&value| value.wrapping_sub(least).cast_unsigned()).collect();
        let span = greatest.wrapping_sub(least).cast_unsigned();
        let (name, packed) = match (u16::try_from(span), u32::try_from(span)) {
            (Ok(_), _) => (NARROW, self.narrowed(&distances, |distance| distance as u16)),
            (Err(_), Ok(_)) => (MIDDLE, self.narrowed(&distances, |distance| distance as u32)),
            (Err(_), Err(_)) => (WIDE, self.narrowed(&distances, |distance| distance)),
        };
        let mut plain = Vec::new();
        distances.iter().for_each(|&distance| put_varint(&mut plain, distance));
        let (name, body) = match packed {
            Some(packed) if packed.len() < plain.len() => (name, packed),
            Some(_) | None => (PLAIN, plain),
        };
        self.into[form] = name;
        self.into.extend(body);
    }

    /// Packed by pco; none when it does not want to.
    fn narrowed<T: Number>(&self, distances: &[u64], narrow: impl Fn(u64) -> T) -> Option<Vec<u8>> {
        let values: Vec<T> = distances.iter().map(|&distance| narrow(distance)).collect();
        let delta = if is_smooth(distances) { DeltaSpec::TryConsecutive(1) } else { DeltaSpec::NoOp };
        self.pack(&values, delta).ok().filter(|packed| is_plain_pco(packed))
    }

    fn pack<T: Number>(&self, values: &[T], delta: DeltaSpec) -> pco::errors::PcoResult<Vec<u8>> {
        let config = ChunkConfig::default()
            .with_compression_level(LEVEL)
            .with_mode_spec(ModeSpec::Classic)
            .with_delta_spec(delta)
            .with_paging_spec(PagingSpec::Exact(vec![values.len()]));
        let mut chunk = self.pco.chunk_compressor(values, &config)?;
        let mut packed = Vec::new();
        chunk.write_meta(&mut packed)?;
        chunk.write_page(0, &mut packed)?;
        Ok(packed)
    }
}

/// Reads columns from a payload.
pub(super) struct Unpacker<'a> {
    rest: &'a [u8],
    pco: FileDecompressor,
}

impl<'a> Unpacker<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Option<Self> {
        if bytes.first() != Some(&PCO_MAJOR) {
            return None;
        }
        let (pco, rest) = FileDecompressor::new(bytes).ok()?;
        Some(Self { rest, pco })
    }

    /// The next column of so many values; none when there is no such column. Memory is taken for `count` values and no more.
    pub(super) fn column(&mut self, count: usize) -> Option<Vec<i64>> {
        if count == 0 {
            return Some(Vec::new());
        }
        let form = take_byte(&mut self.rest)?;
        let base = unzigzag(take_varint(&mut self.rest)?);
        let value = |distance: u64| base.wrapping_add(distance.cast_signed());
        match form {
            CONSTANT => Some(vec![base; count]),
            // Each takes a byte at least.
            PLAIN if count <= self.rest.len() => (0..count).map(|_| take_varint(&mut self.rest).map(value)).collect(),
            NARROW => self.widened::<u16>(count, |distance| value(distance.into())),
            MIDDLE => self.widened::<u32>(count, |distance| value(distance.into())),
            WIDE => self.widened::<u64>(count, value),
            _ => None,
        }
    }

    fn widened<T: Number + Default>(&mut self, count: usize, widen: impl Fn(T) -> i64) -> Option<Vec<i64>> {
        if !is_plain_pco(self.rest) {
            return None;
        }
        let (mut chunk, rest) = self.pco.chunk_decompressor::<T, _>(self.rest).ok()?;
        let mut values = vec![T::default(); count];
        let mut page = chunk.page_decompressor(rest, count).ok()?;
        let progress = page.read(&mut values).ok()?;
        self.rest = page.into_src();
        (progress.finished && progress.n_processed == count).then(|| values.into_iter().map(widen).collect())
    }

    /// Whether everything was read.
    pub(super) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }
}

/// Whether the values differ less from the one before them than from their mean, so that the differences are shorter.
fn is_smooth(values: &[u64]) -> bool {
    let mean = values.iter().map(|&value| u128::from(value)).sum::<u128>() / values.len().max(1) as u128;
    let spread: u128 = values.iter().map(|&value| u128::from(value).abs_diff(mean)).sum();
    let steps: u128 = values.windows(2).map(|pair| u128::from(pair[0].abs_diff(pair[1]))).sum();
    steps < spread
}

/// Whether a chunk is in the classic mode (the lower four bits 0) with no (0) or consecutive (1) delta coding (the upper four).
fn is_plain_pco(chunk: &[u8]) -> bool {
    matches!(chunk.first(), Some(0x00 | 0x10))
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

/// Seven bits a byte, the least first, the highest bit set in all but the last (LEB128).
pub(super) fn put_varint(into: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        into.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    into.push(value as u8);
}

/// The varint at the beginning, which is taken away; none when it is longer than 64 bits or cut off.
pub(super) fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = take_byte(bytes)?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return (shift < 63 || byte < 2).then_some(value);
        }
    }
    None
}

fn take_byte(bytes: &mut &[u8]) -> Option<u8> {
    let (&first, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packed(columns: &[Vec<i64>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut packer = Packer::new(&mut bytes);
        columns.iter().for_each(|column| packer.column(column));
        bytes
    }

    fn columns() -> impl Strategy<Value = Vec<Vec<i64>>> {
        let value = prop_oneof![any::<i64>(), 0_i64..100, Just(7), -40_000_i64..40_000, Just(i64::MIN), Just(i64::MAX)];
        proptest::collection::vec(proptest::collection::vec(value, 0..400), 0..4)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn columns_read_back_as_they_were_written(columns in columns()) {
            let bytes = packed(&columns);
            let mut unpacker = Unpacker::new(&bytes).expect("reads");
            for column in &columns {
                let read = unpacker.column(column.len());
                prop_assert_eq!(read.as_ref(), Some(column));
            }
            prop_assert!(unpacker.is_done());
        }

        #[test]
        fn no_bytes_make_reading_panic(
            columns in columns(),
            flips in proptest::collection::vec((any::<prop::sample::Index>(), 0_u32..8), 1..6),
            cut in any::<prop::sample::Index>(),
            count in 0_usize..1_000,
        ) {
            let mut bytes = packed(&columns);
            for (at, bit) in flips {
                let at = at.index(bytes.len());
                bytes[at] ^= 1_u8 << bit;
            }
            bytes.truncate(cut.index(bytes.len() + 64));
            if let Some(mut unpacker) = Unpacker::new(&bytes) {
                while unpacker.column(count.max(1)).is_some() && !unpacker.is_done() {}
            }
        }

        #[test]
        fn no_noise_makes_reading_panic(noise in proptest::collection::vec(any::<u8>(), 0..600), form in 0_u8..6, count in 1_usize..2_000) {
            let bytes = [&[PCO_MAJOR, 1, form, 0, 0x10], noise.as_slice()].concat();
            if let Some(mut unpacker) = Unpacker::new(&bytes) {
                let _ = unpacker.column(count);
            }
        }
    }

    #[test]
    fn a_constant_column_costs_two_bytes() {
        let (one, two) = (packed(&[]), packed(&[vec![5; 8_000]]));
        assert_eq!(two.len() - one.len(), 2);
    }
}
