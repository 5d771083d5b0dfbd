//! The sketches in rows of version 1: DDSketch's exchange format, as the library wrote it.
//!
//! It does not know rows.

use serde::Deserialize;
use sketches_ddsketch::DDSketch;

use super::{Bin, bins::Bins};

/// The library's sketch as it serialises itself, which is the only way to see its bins from outside.
#[derive(Deserialize)]
struct Seen {
    _config: (u32, f64, f64, f64, i32),
    positive: Store,
    _negative: Store,
    _min_max_sum: (f64, f64, f64),
    zeros: u64,
}

#[derive(Deserialize)]
struct Store {
    bins: Vec<u64>,
    _count: u64,
    _min_max: (i32, i32),
    /// The key of the first bin.
    offset: i32,
    _limit: u64,
    _is_collapsed: bool,
}

/// The bins of a sketch.
pub(super) fn bins(bytes: &[u8]) -> Option<Bins> {
    let sketch = DDSketch::from_java_bytes(bytes).ok()?;
    let Seen { positive, zeros, .. } = postcard::from_bytes(&postcard::to_stdvec(&sketch).ok()?).ok()?;
    let mut bins = Bins::default();
    bins.add(Bin::ZERO, zeros);
    for (key, count) in (i64::from(positive.offset)..).zip(positive.bins) {
        if count > 0 {
            bins.add(Bin(i16::try_from(key).ok()?), count);
        }
    }
    Some(bins)
}
