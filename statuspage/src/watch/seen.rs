//! What became of the last ping: when somebody outside took it, and what their clock showed.
//!
//! It does not know who is pinged.

use std::sync::{Arc, Mutex, PoisonError};

use shared::Timestamp;

/// What was seen last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PingSeen {
    /// When a sign of life was last taken.
    pub taken_at: Option<Timestamp>,
    /// By how much their clock is ahead of ours, in whole seconds; their answers say what time it is.
    pub offset_seconds: Option<i64>,
}

/// Shared by whoever pings and whoever shows it. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct PingBoard(Arc<Mutex<PingSeen>>);

impl PingBoard {
    /// What was seen last.
    pub fn seen(&self) -> PingSeen {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A sign of life was taken.
    pub(super) fn taken(&self, at: Timestamp) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).taken_at = Some(at);
    }

    /// Their clock showed `theirs` between two looks at ours. The answer's date has whole seconds.
    pub(super) fn compare(&self, before: Timestamp, theirs: Timestamp, after: Timestamp) {
        let middle = before.as_millis().midpoint(after.as_millis());
        let offset = theirs.as_millis().saturating_sub(middle) / 1_000;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).offset_seconds = Some(offset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_clock_is_compared_with_the_middle_of_the_way() {
        let board = PingBoard::default();
        let at = |second: i64| Timestamp::from_millis(1_795_000_000_000 + second * 1_000);
        assert_eq!(board.seen(), PingSeen::default());
        board.compare(at(0), at(61), at(2));
        assert_eq!(board.seen().offset_seconds, Some(60));
        board.compare(at(3_600), at(1), at(3_602));
        assert_eq!(board.seen().offset_seconds, Some(-3_600));
    }
}
