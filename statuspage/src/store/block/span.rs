//! How much time a file covers, and the file's name that follows from it.
//!
//! It does not know what lies in the file. All times are UTC.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use shared::Timestamp;

/// How much time a file covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) enum Span {
    /// `2026/11/22/13.blk`
    Hour,
    /// `2026/11/22.blk`
    Day,
    /// `2026/11.blk`
    Month,
}

/// The longest span.
pub(super) const LONGEST: Duration = Duration::from_secs(31 * 86_400);

/// A stretch of time that has a file of its own, or may have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot {
    /// The first so that slots sort by time.
    pub(super) start: Timestamp,
    pub(super) span: Span,
}

impl Slot {
    /// The slot of that length with `at` in it.
    pub(super) fn of(span: Span, at: Timestamp) -> Self {
        let text = at.to_string();
        let start = match span {
            Span::Hour => format!("{}:00:00Z", &text[..13]),
            Span::Day => format!("{}T00:00:00Z", &text[..10]),
            Span::Month => format!("{}-01T00:00:00Z", &text[..7]),
        };
        Self { start: start.parse().expect("a part of a time that was written as RFC 3339, with zeros"), span }
    }

    /// When it is over: the start of the one behind it.
    pub(super) fn end(self) -> Timestamp {
        let behind = match self.span {
            Span::Hour => self.start.plus(Duration::from_secs(3_600)),
            Span::Day => self.start.plus(Duration::from_secs(86_400)),
            // In the first days of the next month.
            Span::Month => self.start.plus(LONGEST),
        };
        Self::of(self.span, behind).start
    }

    /// Its file, from the archive's directory.
    pub(super) fn path(self) -> PathBuf {
        let text = self.start.to_string();
        let (year, month, day, hour) = (&text[..4], &text[5..7], &text[8..10], &text[11..13]);
        match self.span {
            Span::Hour => format!("{year}/{month}/{day}/{hour}.blk"),
            Span::Day => format!("{year}/{month}/{day}.blk"),
            Span::Month => format!("{year}/{month}.blk"),
        }
        .into()
    }

    /// The slot whose file that is.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let parts: Vec<&str> = path.to_str()?.strip_suffix(".blk")?.split('/').collect();
        let is_number = |(place, part): (usize, &&str)| {
            part.len() == if place == 0 { 4 } else { 2 } && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !parts.iter().enumerate().all(is_number) {
            return None;
        }
        let (span, text) = match parts[..] {
            [year, month, day, hour] => (Span::Hour, format!("{year}-{month}-{day}T{hour}:00:00Z")),
            [year, month, day] => (Span::Day, format!("{year}-{month}-{day}T00:00:00Z")),
            [year, month] => (Span::Month, format!("{year}-{month}-01T00:00:00Z")),
            _ => return None,
        };
        Some(Self { start: text.parse().ok()?, span })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_slot_has_a_path_and_an_end() {
        let check = |span: Span, at: &str, path: &str, end: &str| {
            let slot = Slot::of(span, at.parse().expect("a time"));
            assert_eq!(slot.path(), Path::new(path));
            assert_eq!(slot.end(), end.parse().expect("a time"), "{path}");
        };
        check(Span::Hour, "2026-11-22T13:59:59.999Z", "2026/11/22/13.blk", "2026-11-22T14:00:00Z");
        check(Span::Hour, "2026-12-31T23:00:00Z", "2026/12/31/23.blk", "2027-01-01T00:00:00Z");
        check(Span::Day, "2024-02-28T13:00:00Z", "2024/02/28.blk", "2024-02-29T00:00:00Z");
        check(Span::Month, "2024-02-29T13:00:00Z", "2024/02.blk", "2024-03-01T00:00:00Z");
        check(Span::Month, "2026-12-31T13:00:00Z", "2026/12.blk", "2027-01-01T00:00:00Z");
    }

    #[test]
    fn other_names_are_not_slots() {
        let names = [
            "2026/13.blk",
            "2026/1.blk",
            "2026.blk",
            "2026/11/22/24.blk",
            "2026/11/22/13",
            "26/11.blk",
            "2026/11/+2.blk",
        ];
        for name in names {
            assert_eq!(Slot::read(Path::new(name)), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn every_time_lies_in_its_slot_and_the_path_reads_back(millis in 0_i64..7_000_000_000_000) {
            let at = Timestamp::from_millis(millis);
            for span in [Span::Hour, Span::Day, Span::Month] {
                let slot = Slot::of(span, at);
                prop_assert!(slot.start <= at && at < slot.end());
                prop_assert_eq!(Slot::read(&slot.path()), Some(slot));
                prop_assert_eq!(Slot::of(span, slot.start), slot);
            }
        }
    }
}
