//! Random numbers that can be had again: a test that fails prints the seed, and `BELFRY_TEST_SEED` repeats it.

use std::{fmt, ops::Range, time::SystemTime};

/// A generator (SplitMix64, Steele and others 2014) that shows its seed.
pub(super) struct Chance {
    seed: u64,
    state: u64,
}

impl Chance {
    /// A seed of the moment, or the one that `BELFRY_TEST_SEED` names.
    pub(super) fn new() -> Self {
        let wished = std::env::var("BELFRY_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
        let moment = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_micros());
        let seed = wished.unwrap_or(u64::try_from(moment).expect("a few thousand years are left"));
        println!("BELFRY_TEST_SEED={seed} repeats this");
        Self { seed, state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number of the range, which is not empty; the bias of the remainder does not matter here.
    pub(super) fn of(&mut self, range: Range<usize>) -> usize {
        range.start + usize::try_from(self.next() % range.len() as u64).expect("less than the length")
    }

    /// One of some choices.
    pub(super) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.of(0..choices.len())]
    }
}

impl fmt::Display for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}", self.seed)
    }
}
