//! One number of each row, written as whatever is shortest: the same for all, the steps between them, or how the steps change.
//!
//! It does not know what the numbers are.

use serde::{Deserialize, Serialize};

/// Numbers, one for each row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Column {
    /// All are this one.
    Same(i64),
    /// From each to the next, beginning at 0.
    Steps(Vec<i64>),
    /// From each step to the next: for what grows evenly.
    Bends(Vec<i64>),
}

impl Column {
    pub(super) fn of(numbers: impl IntoIterator<Item = i64>) -> Self {
        let numbers: Vec<i64> = numbers.into_iter().collect();
        let first = numbers.first().copied().unwrap_or_default();
        if numbers.iter().all(|number| *number == first) {
            return Self::Same(first);
        }
        let steps = differences(&numbers);
        let bends = differences(&steps);
        if length(&bends) < length(&steps) { Self::Bends(bends) } else { Self::Steps(steps) }
    }

    /// The numbers, if there are as many as there should be.
    pub(super) fn read(&self, count: usize) -> Option<Vec<i64>> {
        let numbers = match self {
            Self::Same(number) => vec![*number; count],
            Self::Steps(steps) => sums(steps),
            Self::Bends(bends) => sums(&sums(bends)),
        };
        Some(numbers).filter(|numbers| numbers.len() == count)
    }
}

fn differences(numbers: &[i64]) -> Vec<i64> {
    let before = std::iter::once(0).chain(numbers.iter().copied());
    numbers.iter().zip(before).map(|(number, before)| number.wrapping_sub(before)).collect()
}

/// The inverse of [`differences`].
fn sums(differences: &[i64]) -> Vec<i64> {
    let sum = |sum: &mut i64, difference: &i64| {
        *sum = sum.wrapping_add(*difference);
        Some(*sum)
    };
    differences.iter().scan(0, sum).collect()
}

/// About how many bits they take as varints.
fn length(numbers: &[i64]) -> u32 {
    let bits = |number: &i64| 64 - (number << 1 ^ number >> 63).leading_zeros();
    numbers.iter().map(|number| bits(number).div_ceil(7).max(1)).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_read_back(numbers in prop::collection::vec(any::<i64>(), 0..20)) {
            let column = Column::of(numbers.iter().copied());
            prop_assert_eq!(column.read(numbers.len() + 1).is_some(), matches!(column, Column::Same(_)));
            prop_assert_eq!(column.read(numbers.len()), Some(numbers));
        }
    }

    #[test]
    fn what_repeats_or_grows_evenly_takes_next_to_nothing() {
        let check = |numbers: &mut dyn Iterator<Item = i64>, expected: usize| {
            let bytes = postcard::to_stdvec(&Column::of(numbers)).expect("a Vec grows");
            assert_eq!(bytes.len(), expected);
        };
        check(&mut std::iter::repeat_n(0, 24), 2);
        check(&mut (0..24), 2 + 24);
        check(&mut (0..24).map(|hour| 1_795_000_000_000 + hour * 3_600_000), 2 + 6 + 6 + 22);
    }
}
