//! Numbers of results in the order in which a location kept them, and sets of such numbers.
//!
//! It does not know what is numbered.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A result's number at its location. The first one is 1; 0 stands before all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sequence(u64);

impl Sequence {
    /// Before the first one.
    pub const NONE: Self = Self(0);

    /// The number itself.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// As a plain number.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The next one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The one before; [`Sequence::NONE`] stays.
    #[must_use]
    pub const fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Consecutive numbers, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "(u64, u64)", into = "(u64, u64)")]
pub struct Span {
    first: Sequence,
    last: Sequence,
}

/// The first comes after the last, or is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidSpan;

impl fmt::Display for InvalidSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a span of sequence numbers reads [first, last], from 1 on")
    }
}

impl std::error::Error for InvalidSpan {}

impl Span {
    /// From `first` to `last`; none when there is nothing between them.
    pub fn new(first: Sequence, last: Sequence) -> Option<Self> {
        (first > Sequence::NONE && first <= last).then_some(Self { first, last })
    }

    /// Its first number.
    pub fn first(self) -> Sequence {
        self.first
    }

    /// Its last number.
    pub fn last(self) -> Sequence {
        self.last
    }

    /// How many numbers it has.
    pub fn count(self) -> u64 {
        (self.last.0 - self.first.0).saturating_add(1)
    }

    /// Whether the number is in it.
    pub fn contains(self, number: Sequence) -> bool {
        self.first <= number && number <= self.last
    }

    /// What both have; none when they do not meet.
    pub fn meet(self, other: Self) -> Option<Self> {
        Self::new(self.first.max(other.first), self.last.min(other.last))
    }
}

impl TryFrom<(u64, u64)> for Span {
    type Error = InvalidSpan;

    fn try_from((first, last): (u64, u64)) -> Result<Self, InvalidSpan> {
        Self::new(Sequence(first), Sequence(last)).ok_or(InvalidSpan)
    }
}

impl From<Span> for (u64, u64) {
    fn from(span: Span) -> Self {
        (span.first.0, span.last.0)
    }
}

/// A set of numbers, as spans in their order that neither meet nor touch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Span>", into = "Vec<Span>")]
pub struct Spans(Vec<Span>);

impl From<Vec<Span>> for Spans {
    fn from(spans: Vec<Span>) -> Self {
        let mut all = Self::default();
        spans.into_iter().for_each(|span| all.insert(span));
        all
    }
}

impl From<Spans> for Vec<Span> {
    fn from(spans: Spans) -> Self {
        spans.0
    }
}

impl FromIterator<Span> for Spans {
    fn from_iter<T: IntoIterator<Item = Span>>(spans: T) -> Self {
        let mut all = Self::default();
        spans.into_iter().for_each(|span| all.insert(span));
        all
    }
}

impl Spans {
    /// Everything up to `last`.
    pub fn up_to(last: Sequence) -> Self {
        Span::new(Sequence(1), last).into_iter().collect()
    }

    /// Adds the numbers of a span.
    pub fn insert(&mut self, span: Span) {
        let (mut first, mut last) = (span.first, span.last);
        let begin = self.0.partition_point(|known| known.last.next() < first);
        let end = self.0.partition_point(|known| known.first <= last.next());
        for known in self.0.drain(begin..end) {
            (first, last) = (first.min(known.first), last.max(known.last));
        }
        self.0.insert(begin, Span { first, last });
    }

    /// Adds one number.
    pub fn add(&mut self, number: Sequence) {
        if let Some(span) = Span::new(number, number) {
            self.insert(span);
        }
    }

    /// Takes the numbers of a span out.
    pub fn remove(&mut self, span: Span) {
        let begin = self.0.partition_point(|known| known.last < span.first);
        let end = self.0.partition_point(|known| known.first <= span.last);
        let (first, last) = (self.0.get(begin), end.checked_sub(1).and_then(|last| self.0.get(last)));
        let before = first.and_then(|known| Span::new(known.first, span.first.before()));
        let after = last.and_then(|known| Span::new(span.last.next(), known.last));
        self.0.splice(begin..end, before.into_iter().chain(after));
    }

    /// Whether the number is in the set.
    pub fn contains(&self, number: Sequence) -> bool {
        let at = self.0.partition_point(|known| known.last < number);
        self.0.get(at).is_some_and(|known| known.contains(number))
    }

    /// Whether every number of the span is in the set.
    pub fn covers(&self, span: Span) -> bool {
        let at = self.0.partition_point(|known| known.last < span.first);
        self.0.get(at).is_some_and(|known| known.first <= span.first && span.last <= known.last)
    }

    /// The spans, in their order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Span> + '_ {
        self.0.iter().copied()
    }

    /// Whether there is no number in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many numbers it has.
    pub fn count(&self) -> u64 {
        self.iter().map(Span::count).fold(0, u64::saturating_add)
    }

    /// The greatest number; 0 when there is none.
    pub fn highest(&self) -> Sequence {
        self.0.last().map_or(Sequence::NONE, |span| span.last)
    }

    /// The last number before the first gap, counted from 1 on: the high-water mark.
    pub fn whole_until(&self) -> Sequence {
        self.0.first().filter(|span| span.first == Sequence(1)).map_or(Sequence::NONE, |span| span.last)
    }

    /// What is not in the set, from 1 to `last`.
    pub fn gaps(&self, last: Sequence) -> Self {
        let mut gaps = Vec::new();
        let mut next = Sequence(1);
        for known in &self.0 {
            gaps.extend(Span::new(next, known.first.before().min(last)));
            next = known.last.next();
        }
        gaps.extend(Span::new(next, last));
        Self(gaps)
    }

    /// The first so many spans of it.
    #[must_use]
    pub fn first_spans(mut self, most: usize) -> Self {
        self.0.truncate(most);
        self
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn span(first: u64, last: u64) -> Span {
        Span::new(Sequence(first), Sequence(last)).expect("a span")
    }

    #[test]
    fn the_high_water_mark_ends_before_the_first_gap() {
        let check = |spans: &[(u64, u64)], whole: u64, gaps: &[(u64, u64)]| {
            let set: Spans = spans.iter().map(|(first, last)| span(*first, *last)).collect();
            assert_eq!(set.whole_until(), Sequence(whole), "{spans:?}");
            let found: Vec<_> = set.gaps(set.highest()).iter().map(<(u64, u64)>::from).collect();
            assert_eq!(found, gaps, "{spans:?}");
        };
        check(&[], 0, &[]);
        check(&[(2, 3)], 0, &[(1, 1)]);
        check(&[(1, 3), (4, 6)], 6, &[]);
        check(&[(8, 9), (1, 3), (5, 5)], 3, &[(4, 4), (6, 7)]);
    }

    #[test]
    fn a_set_is_written_as_pairs_and_nothing_else_is_read() {
        let set: Spans = [span(1, 3), span(7, 7)].into_iter().collect();
        let json = serde_json::to_string(&set).expect("written");
        assert_eq!(json, "[[1,3],[7,7]]");
        assert_eq!(serde_json::from_str::<Spans>(&json).expect("read"), set);
        assert!(serde_json::from_str::<Spans>("[[3,1]]").is_err());
        assert!(serde_json::from_str::<Spans>("[[0,1]]").is_err());
    }

    proptest! {
        #[test]
        fn what_is_taken_out_of_a_set_is_not_in_it_and_all_else_is(
            spans in proptest::collection::vec((1_u64..60, 0_u64..8), 0..20),
            (from, more) in (1_u64..60, 0_u64..20),
        ) {
            let whole: Spans = spans.iter().map(|(first, more)| span(*first, first + more)).collect();
            let (mut set, out) = (whole.clone(), span(from, from + more));
            set.remove(out);
            for number in (1..90).map(Sequence) {
                prop_assert_eq!(set.contains(number), whole.contains(number) && !out.contains(number));
            }
            prop_assert_eq!(set.clone(), set.iter().collect());
        }

        #[test]
        fn a_set_of_spans_is_the_set_of_their_numbers(spans in proptest::collection::vec((1_u64..60, 0_u64..8), 0..30)) {
            let set: Spans = spans.iter().map(|(first, more)| span(*first, first + more)).collect();
            let numbers: BTreeSet<u64> = spans.iter().flat_map(|(first, more)| *first..=first + more).collect();
            prop_assert_eq!(set.count(), numbers.len() as u64);
            for number in 1..80 {
                prop_assert_eq!(set.contains(Sequence(number)), numbers.contains(&number));
            }
            let gaps = set.gaps(Sequence(80));
            for number in 1..=80 {
                prop_assert_eq!(gaps.contains(Sequence(number)), !numbers.contains(&number));
            }
        }
    }
}
