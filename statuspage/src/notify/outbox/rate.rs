//! How often a channel is told of faults of the monitor: what lasts is told, what comes and goes is no storm.
//!
//! It does not know what waits; incidents have no such limit, because each of them is news. The rules, for each channel and fault
//! (`location_silent` of lyon is one, of paris another)
//!
//! 1. That it began is told at once; when that was told in the hour before, once it has lasted a minute, the next time two, four, and
//!    at most five. What ends before is told as having come and gone.
//! 2. That it came and went is told when nothing else was told of it for an hour, so that the next time is in the same message; or
//!    just before it is told that it has begun again, so that news arrive in order.
//! 3. What was found, and has no end, is told once an hour, with all that was found meanwhile.
//! 4. An end, a reminder and who has taken it follow a beginning that was told: they wait for nothing.

use std::{collections::BTreeMap, time::Duration};

use shared::Timestamp;

use super::Outbox;
use crate::notify::{ChannelName, FaultKind, Kind, Notification, State, Subject};

/// What was told is remembered that long: what comes again within it comes again.
const HOUR: Duration = Duration::from_secs(3_600);
/// What comes again is told once it has lasted that long; each time it does in the hour, twice that.
const PROVES: Duration = Duration::from_secs(60);
/// What goes on is told after that, however often it has come.
const LONGEST: Duration = Duration::from_secs(300);

/// A channel and a fault.
type Key<'a> = (&'a ChannelName, (FaultKind, Option<&'a str>));

/// What was told of each fault, and what is to be told.
#[derive(Debug, Default)]
pub(super) struct Rate<'a> {
    told: BTreeMap<Key<'a>, Vec<(Timestamp, &'a Notification)>>,
    /// Beginnings that wait.
    begun: BTreeMap<Key<'a>, &'a Notification>,
}

/// How long a message is held back, and from when on.
struct Hold {
    from: Timestamp,
    length: Duration,
}

impl Hold {
    fn ends(&self) -> Timestamp {
        self.from.plus(self.length)
    }
}

impl Outbox {
    pub(super) fn rate(&self) -> Rate<'_> {
        let mut rate = Rate::default();
        for row in self.rows.values() {
            let Some(key) = key(row) else { continue };
            match (&row.state, &row.kind) {
                (State::Delivered { at, .. }, _) => rate.told.entry(key).or_default().push((*at, row)),
                (State::Pending, Kind::Down { .. }) => {
                    let first = rate.begun.entry(key).or_insert(row);
                    if row.made_at < first.made_at {
                        *first = row;
                    }
                }
                (State::Pending | State::Abandoned { .. } | State::Merged { .. }, _) => {}
            }
        }
        rate
    }
}

impl Rate<'_> {
    /// When a message may leave, where that is limited.
    pub(super) fn opens(&self, row: &Notification) -> Option<Timestamp> {
        self.hold(row).map(|hold| hold.ends())
    }

    pub(super) fn allows(&self, row: &Notification, now: Timestamp) -> bool {
        // A clock that was set back must not hold an alarm back.
        self.hold(row).is_none_or(|hold| hold.ends() <= now || hold.from > now)
    }

    fn hold(&self, row: &Notification) -> Option<Hold> {
        let key = key(row)?;
        let told = self.told.get(&key).map(Vec::as_slice).unwrap_or_default();
        match row.kind {
            Kind::Down { .. } => proves(told, row),
            Kind::WasDown { .. } => {
                let quiet = Hold { from: told.iter().map(|(at, _)| *at).max()?, length: HOUR };
                let again = self
                    .begun
                    .get(&key)
                    .map(|down| proves(told, down).unwrap_or(Hold { from: down.made_at, length: Duration::ZERO }));
                Some(
                    again
                        .into_iter()
                        .fold(quiet, |first, other| if other.ends() < first.ends() { other } else { first }),
                )
            }
            Kind::Noticed { .. } => {
                let found = told.iter().filter(|(_, row)| matches!(row.kind, Kind::Noticed { .. }));
                Some(Hold { from: found.map(|(at, _)| *at).max()?, length: HOUR })
            }
            Kind::Grown { .. }
            | Kind::Overdue { .. }
            | Kind::Reminder { .. }
            | Kind::Acknowledged { .. }
            | Kind::Closed { .. }
            | Kind::Recovered { .. } => None,
        }
    }
}

/// How long what has come again must last before it is told; nothing where it is new.
fn proves(told: &[(Timestamp, &Notification)], down: &Notification) -> Option<Hold> {
    let begun = told.iter().filter(|(at, row)| matches!(row.kind, Kind::Down { .. }) && down.made_at.since(*at) < HOUR);
    let times = u32::try_from(begun.count()).unwrap_or(u32::MAX).checked_sub(1)?;
    Some(Hold { from: down.made_at, length: PROVES.saturating_mul(1 << times.min(8)).min(LONGEST) })
}

fn key(row: &Notification) -> Option<Key<'_>> {
    match &row.subject {
        Subject::Monitor(fault) => Some((&row.channel, (fault.kind(), fault.of()))),
        Subject::Incident(_) | Subject::Maintenance(_) | Subject::Drill(_) => None,
    }
}
