//! What became of the last pings: when somebody outside took one, what their clock showed, and how many in a row nobody took.
//!
//! It does not know who is pinged.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use shared::Timestamp;

/// So many in a row that nobody took are no accident any more.
const FAILING: u32 = 3;

/// What was seen last of one switch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PingSeen {
    /// When a sign of life was last taken.
    pub taken_at: Option<Timestamp>,
    /// By how much their clock is ahead of ours, in whole seconds; their answers say what time it is.
    pub offset_seconds: Option<i64>,
    /// Pings in a row that they did not take, signs of life and reasons alike; absent before the first was sent.
    pub missed: Option<u32>,
    /// Why they did not take the last of those.
    pub why: Option<String>,
}

impl PingSeen {
    /// Whether nobody hears us there.
    pub fn is_failing(&self) -> bool {
        self.missed.is_some_and(|missed| missed >= FAILING)
    }
}

/// What was seen last of every switch, by what its setting is called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PingsSeen(BTreeMap<&'static str, PingSeen>);

impl PingsSeen {
    /// Each of them.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, &PingSeen)> {
        self.0.iter().map(|(switch, seen)| (*switch, seen))
    }

    /// The first at which nobody hears us.
    pub fn failing(&self) -> Option<(&'static str, &PingSeen)> {
        self.each().find(|(_, seen)| seen.is_failing())
    }

    /// Whether each of them took the last ping.
    pub fn all_taken(&self) -> bool {
        self.0.values().all(|seen| seen.missed == Some(0))
    }

    /// When a sign of life was last taken by each of them; none before.
    pub fn taken_at(&self) -> Option<Timestamp> {
        self.0.values().map(|seen| seen.taken_at).min().flatten()
    }

    /// By how much the clock of the first of them that tells is ahead of ours: of two the peer comes first by its name, and the one of
    /// `ping` counts.
    pub fn offset_seconds(&self) -> Option<i64> {
        self.0.values().rev().find_map(|seen| seen.offset_seconds)
    }
}

/// Shared by whoever pings and whoever shows it. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct PingBoard(Arc<Mutex<PingsSeen>>);

impl PingBoard {
    /// What was seen last.
    pub fn seen(&self) -> PingsSeen {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The line of a switch, by what its setting is called.
    pub(super) fn line(&self, switch: &'static str) -> PingLine {
        let line = PingLine { board: self.clone(), switch };
        line.note(|_| ());
        line
    }
}

/// The line of one switch.
#[derive(Debug, Clone)]
pub(super) struct PingLine {
    board: PingBoard,
    switch: &'static str,
}

impl PingLine {
    fn note(&self, change: impl FnOnce(&mut PingSeen)) {
        let mut seen = self.board.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(seen.0.entry(self.switch).or_default());
    }

    /// A sign of life was taken.
    pub(super) fn alive(&self, at: Timestamp) {
        self.note(|seen| seen.taken_at = Some(at));
    }

    /// A ping was taken, whatever it said.
    pub(super) fn taken(&self) {
        self.note(|seen| (seen.missed, seen.why) = (Some(0), None));
    }

    /// A ping was not taken.
    pub(super) fn missed(&self, why: String) {
        self.note(|seen| {
            seen.missed = Some(seen.missed.unwrap_or(0).saturating_add(1));
            seen.why = Some(why);
        });
    }

    /// Their clock showed `theirs` between two looks at ours. The answer's date has whole seconds.
    pub(super) fn compare(&self, before: Timestamp, theirs: Timestamp, after: Timestamp) {
        let middle = before.as_millis().midpoint(after.as_millis());
        let offset = theirs.as_millis().saturating_sub(middle) / 1_000;
        self.note(|seen| seen.offset_seconds = Some(offset));
    }
}

#[cfg(test)]
impl PingBoard {
    /// One on which a switch took a sign of life then, and so many pings were missed since: for tests of whoever reads it.
    pub(crate) fn noted(taken_at: Option<Timestamp>, missed: u32) -> Self {
        let board = Self::default();
        let line = board.line("ping");
        if let Some(at) = taken_at {
            line.alive(at);
            line.taken();
        }
        (0..missed).for_each(|_| line.missed("connection refused".to_owned()));
        board
    }

    /// One on which a switch told by how many seconds its clock is ahead of ours.
    pub(crate) fn compared(seconds: i64) -> Self {
        let board = Self::default();
        board.line("ping").note(|seen| (seen.offset_seconds, seen.missed) = (Some(seconds), Some(0)));
        board
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000 + second * 1_000)
    }

    #[test]
    fn the_other_clock_is_compared_with_the_middle_of_the_way() {
        let board = PingBoard::default();
        assert_eq!(board.seen(), PingsSeen::default());
        let peer = board.line("peer");
        peer.compare(at(0), at(61), at(2));
        assert_eq!(board.seen().offset_seconds(), Some(60));
        board.line("ping").compare(at(3_600), at(1), at(3_602));
        assert_eq!(board.seen().offset_seconds(), Some(-3_600), "that of the switch counts before a peer's");
    }

    #[test]
    fn three_pings_in_a_row_that_nobody_takes_are_a_fault_until_one_is_taken() {
        let board = PingBoard::default();
        let (ping, peer) = (board.line("ping"), board.line("peer"));
        assert_eq!((board.seen().failing(), board.seen().all_taken()), (None, false), "none was sent yet");
        ping.alive(at(0));
        [&ping, &peer].into_iter().for_each(PingLine::taken);
        assert!(board.seen().all_taken());
        assert_eq!(board.seen().taken_at(), None, "one of them has only heard reasons");
        peer.alive(at(60));
        (0..2).for_each(|_| ping.missed("refused".to_owned()));
        assert_eq!((board.seen().failing(), board.seen().all_taken()), (None, false));
        ping.missed("timed out".to_owned());
        let why = board.seen().failing().map(|(switch, seen)| (switch, seen.why.clone()));
        assert_eq!(why, Some(("ping", Some("timed out".to_owned()))));
        assert_eq!(board.seen().taken_at(), Some(at(0)));
        ping.taken();
        assert!(board.seen().all_taken() && board.seen().failing().is_none());
    }
}
