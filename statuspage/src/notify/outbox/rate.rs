//! How often a channel is told of faults of the monitor: a fault that comes and goes is no storm.
//!
//! It does not know what waits; incidents have no such limit, because each of them is news.

use std::{collections::BTreeMap, time::Duration};

use shared::Timestamp;

use super::Outbox;
use crate::notify::{ChannelName, FaultKind, Kind, Notification, State, Subject};

/// At most one message of each word and kind of fault by each channel in that time.
pub(super) const PAUSE: Duration = Duration::from_secs(3_600);

/// A channel, the fault, and the word of the message.
type Key<'a> = (&'a ChannelName, (FaultKind, Option<&'a str>), &'static str);

/// What was told last of each kind of fault.
#[derive(Debug)]
pub(super) struct Rate<'a> {
    last: BTreeMap<Key<'a>, Timestamp>,
}

impl Outbox {
    pub(super) fn rate(&self) -> Rate<'_> {
        let mut last = BTreeMap::new();
        for row in self.rows.values() {
            if let (State::Delivered { at, .. }, Some(key)) = (&row.state, key(row)) {
                let newest = last.entry(key).or_insert(*at);
                *newest = (*newest).max(*at);
            }
        }
        Rate { last }
    }
}

impl Rate<'_> {
    /// When a message may leave, where that is limited. That a fault came and went is told when nothing else was told of it for
    /// an hour, so that the next time is in the same message.
    pub(super) fn opens(&self, row: &Notification) -> Option<Timestamp> {
        let (channel, kind, word) = key(row)?;
        let last = match row.kind {
            Kind::WasDown { .. } => {
                let all = self.last.iter().filter(|((of, about, _), _)| *of == channel && *about == kind);
                all.map(|(_, at)| *at).max()
            }
            Kind::Down { .. }
            | Kind::Grown { .. }
            | Kind::Overdue { .. }
            | Kind::Reminder { .. }
            | Kind::Acknowledged { .. }
            | Kind::Closed { .. }
            | Kind::Recovered { .. }
            | Kind::Noticed { .. } => self.last.get(&(channel, kind, word)).copied(),
        };
        last.map(|at| at.plus(PAUSE))
    }

    pub(super) fn allows(&self, row: &Notification, now: Timestamp) -> bool {
        // A clock that was set back must not hold an alarm back.
        self.opens(row).is_none_or(|opens| opens <= now || opens > now.plus(PAUSE))
    }
}

fn key(row: &Notification) -> Option<Key<'_>> {
    match &row.subject {
        Subject::Monitor(fault) => Some((&row.channel, (fault.kind(), fault.of()), row.word())),
        Subject::Incident(_) | Subject::Maintenance(_) | Subject::Drill(_) => None,
    }
}
