//! The outbox: which notifications wait, which is due, and what an outcome makes of it. Pure: time comes in, rows to store go out.
//!
//! It does not know how anything is sent or stored.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use shared::Timestamp;

use super::{ChannelName, Event, Kind, Notification, NotificationId, Outcome, Retry, State, Topic};

mod merge;
mod rate;

/// The pause after the first failure; it doubles.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause.
const MAX_PAUSE: Duration = Duration::from_secs(900);
/// After that a notification is given up.
const MAX_AGE: Duration = Duration::from_secs(86_400);
/// Finished notifications are remembered that long, so that a replay does not tell them again.
const MEMORY: Duration = Duration::from_secs(7 * 86_400);
/// Messages on their way at the same time by one channel.
const PER_CHANNEL: usize = 4;
/// Messages on their way at the same time: half of what the teller's channels hold, so that these are never full.
pub(super) const IN_FLIGHT: usize = 32;

/// What is to be told, and how far that got.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    channels: BTreeSet<ChannelName>,
    rows: BTreeMap<NotificationId, Notification>,
    in_flight: BTreeSet<NotificationId>,
    /// Channels that asked for a pause.
    pauses: BTreeMap<ChannelName, Timestamp>,
}

/// What is to be done now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// To be sent; they count as on their way until [`Outbox::settle`].
    pub send: Vec<Notification>,
    /// Rows that changed and are to be stored: given up, because of their age or because their channel is gone.
    pub changed: Vec<Notification>,
}

impl Outbox {
    /// Begins with what the store gave back.
    pub fn new(channels: impl IntoIterator<Item = ChannelName>, restored: Vec<Notification>) -> Self {
        let rows = restored.into_iter().map(|row| (row.id.clone(), row)).collect();
        Self { channels: channels.into_iter().collect(), rows, ..Self::default() }
    }

    /// Takes up an event for these channels and gives the rows to store together with the state that it comes from. An event that
    /// was taken up before gives nothing.
    pub fn tell<'a>(
        &mut self,
        event: &Event,
        channels: impl IntoIterator<Item = &'a ChannelName>,
    ) -> Vec<Notification> {
        let mut changed = Vec::new();
        for channel in channels {
            let row = Notification::new(channel, event);
            let id = row.id.clone();
            if self.rows.contains_key(&id) || self.is_waiting_to_be_reminded(&row) {
                continue;
            }
            self.rows.insert(id.clone(), row);
            changed.extend(self.merge(&id));
            changed.extend(self.rows.get(&id).cloned());
        }
        changed
    }

    /// Whether a reminder would follow a message that has not left itself.
    fn is_waiting_to_be_reminded(&self, row: &Notification) -> bool {
        let waits = |kind: &Kind| matches!(kind, Kind::Down { .. } | Kind::Reminder { .. });
        let pending = |other: &Notification| other.is_pending() && waits(&other.kind);
        matches!(row.kind, Kind::Reminder { .. }) && self.siblings(row).any(pending)
    }

    /// Takes back what the store remembers, where that is found out late only. What is known by now is newer.
    pub fn recall(&mut self, restored: &[Notification]) {
        for row in restored {
            self.rows.entry(row.id.clone()).or_insert_with(|| row.clone());
        }
    }

    /// Takes back rows that [`Outbox::tell`] has just given, as if they had never been: nothing has left yet.
    pub fn take_back(&mut self, rows: &[Notification]) {
        for row in rows.iter().filter(|row| !self.in_flight.contains(&row.id)) {
            self.rows.remove(&row.id);
        }
    }

    /// One row.
    pub fn row(&self, id: &NotificationId) -> Option<&Notification> {
        self.rows.get(id)
    }

    /// Puts rows back as they were.
    pub fn put_back(&mut self, rows: Vec<Notification>) {
        self.rows.extend(rows.into_iter().map(|row| (row.id.clone(), row)));
    }

    /// Every row that is remembered.
    pub fn rows(&self) -> Vec<Notification> {
        self.rows.values().cloned().collect()
    }

    /// Gives what is to be sent now.
    pub fn due(&mut self, now: Timestamp) -> Due {
        let changed = self.give_up(now);
        self.rows.retain(|_, row| row.is_pending() || now.since(row.made_at) < MEMORY);
        self.pauses.retain(|_, until| *until > now);
        let mut send = Vec::new();
        for id in self.ready(now) {
            if self.in_flight.len() >= IN_FLIGHT {
                break;
            }
            let Some(row) = self.rows.get(&id) else { continue };
            let busy =
                self.in_flight.iter().filter_map(|id| self.rows.get(id)).filter(|other| other.channel == row.channel);
            if busy.count() < PER_CHANNEL {
                send.push(row.clone());
                self.in_flight.insert(id);
            }
        }
        Due { send, changed }
    }

    /// Takes note of what became of a notification and gives the rows to store.
    pub fn settle(&mut self, outcome: Outcome) -> Vec<Notification> {
        self.in_flight.remove(&outcome.id);
        let Some(row) = self.rows.get_mut(&outcome.id).filter(|row| row.is_pending()) else { return Vec::new() };
        match outcome.result {
            Ok(receipt) => row.state = State::Delivered { at: outcome.at, receipt: receipt.id },
            Err(refusal) => {
                row.attempts = row.attempts.saturating_add(1);
                row.next_attempt_at = outcome.at.plus(pause(&row.id, row.attempts));
                match refusal.retry {
                    Retry::Later => {}
                    Retry::After(pause) => {
                        row.next_attempt_at = row.next_attempt_at.max(outcome.at.plus(pause));
                        self.pauses.insert(row.channel.clone(), outcome.at.plus(pause));
                    }
                    Retry::Never => row.state = State::Abandoned { at: outcome.at, error: refusal.error },
                }
            }
        }
        let row = row.clone();
        let mut changed = self.follow(&row);
        if let State::Delivered { at, .. } = row.state {
            changed.extend(self.hasten(&row.channel, at));
        }
        changed
    }

    /// A message as it is now, and what it becomes one with: it may have recovered while the message was on its way.
    fn follow(&mut self, row: &Notification) -> Vec<Notification> {
        let mut changed = vec![row.clone()];
        if let Some(id) = self.successor(row) {
            let earlier = self.merge(&id);
            changed.retain(|row| !earlier.iter().any(|other| other.id == row.id));
            let whole = self.rows.get(&id).filter(|_| !earlier.is_empty()).cloned();
            changed.extend(earlier.into_iter().chain(whole));
        }
        changed
    }

    /// The channel takes messages again: what it had refused waits no longer.
    fn hasten(&mut self, channel: &ChannelName, at: Timestamp) -> Vec<Notification> {
        let mut hastened = Vec::new();
        let waits = |row: &&mut Notification| {
            row.channel == *channel && row.is_pending() && row.attempts > 0 && row.next_attempt_at > at
        };
        for row in self.rows.values_mut().filter(waits).filter(|row| !self.in_flight.contains(&row.id)) {
            row.next_attempt_at = at;
            hastened.push(row.clone());
        }
        hastened
    }

    /// When [`Outbox::due`] will have something, as far as is known now; absent when nothing waits.
    pub fn next_due(&self) -> Option<Timestamp> {
        let waiting = self.heads().filter(|row| !self.in_flight.contains(&row.id));
        let rate = self.rate();
        let at = |row: &Notification| {
            let holds = [self.pauses.get(&row.channel).copied(), rate.opens(row)];
            holds.into_iter().flatten().fold(row.next_attempt_at, Timestamp::max)
        };
        waiting.map(at).min()
    }

    /// Gives up everything that waits, because a backup was put back: what it had to tell was told then, or is no news. Gives the
    /// rows to store.
    pub fn consign_to_history(&mut self, now: Timestamp) -> Vec<Notification> {
        let mut rows = Vec::new();
        for row in self.rows.values_mut().filter(|row| row.is_pending()) {
            row.state = State::Abandoned { at: now, error: "a backup was put back: this is history".to_owned() };
            rows.push(row.clone());
        }
        rows
    }

    /// How many notifications are not told yet.
    pub fn pending(&self) -> usize {
        self.rows.values().filter(|row| row.is_pending()).count()
    }

    /// Since when the oldest notification that is not told yet could have been told: what is held back for the sake of the rate
    /// waits as it should.
    pub fn oldest_pending(&self) -> Option<Timestamp> {
        let rate = self.rate();
        let since = |row: &Notification| rate.opens(row).map_or(row.made_at, |opens| opens.max(row.made_at));
        self.heads().map(since).min()
    }

    /// The oldest pending one for each channel and topic: the others wait for it, so that news arrive in order.
    fn heads(&self) -> impl Iterator<Item = &Notification> {
        let mut heads: BTreeMap<(&ChannelName, Topic<'_>), &Notification> = BTreeMap::new();
        for row in self.rows.values().filter(|row| row.is_pending()) {
            let head = heads.entry((&row.channel, row.subject.topic())).or_insert(row);
            if order(row) < order(head) {
                *head = row;
            }
        }
        heads.into_values()
    }

    fn ready(&self, now: Timestamp) -> Vec<NotificationId> {
        let rate = self.rate();
        let mut ready: Vec<_> = self
            .heads()
            .filter(|row| !self.in_flight.contains(&row.id) && !self.pauses.contains_key(&row.channel))
            // A clock that was set back must not hold an alarm back.
            .filter(|row| row.next_attempt_at <= now || row.next_attempt_at > now.plus(MAX_PAUSE * 2))
            .filter(|row| rate.allows(row, now))
            .collect();
        ready.sort_by_key(|row| order(row));
        ready.into_iter().map(|row| row.id.clone()).collect()
    }

    fn give_up(&mut self, now: Timestamp) -> Vec<Notification> {
        let mut changed = Vec::new();
        for row in self.rows.values_mut().filter(|row| row.is_pending() && !self.in_flight.contains(&row.id)) {
            let error = if !self.channels.contains(&row.channel) {
                "the channel is no longer in the settings".to_owned()
            } else if now.since(row.made_at) > MAX_AGE {
                format!("not delivered within {} hours", MAX_AGE.as_secs() / 3_600)
            } else {
                continue;
            };
            row.state = State::Abandoned { at: now, error };
            changed.push(row.clone());
        }
        changed
    }
}

/// Older first; of one millisecond, in the order in which things happen.
fn order(row: &Notification) -> (Timestamp, u8) {
    let rank = match row.kind {
        Kind::Down { .. } => 0,
        Kind::Grown { .. } => 1,
        Kind::Overdue { .. } | Kind::Reminder { .. } => 2,
        Kind::Acknowledged { .. } => 3,
        Kind::Closed { .. } | Kind::Recovered { .. } | Kind::WasDown { .. } | Kind::Noticed { .. } => 4,
    };
    (row.made_at, rank)
}

/// Doubles from 5 s to 15 min and varies by a fifth each way, so that what failed together does not come back together. It follows
/// from the id and the attempt: the outbox throws no dice.
fn pause(id: &NotificationId, attempts: u32) -> Duration {
    let doubled = FIRST_PAUSE * (1 << attempts.saturating_sub(1).min(8));
    let seed = id
        .as_str()
        .bytes()
        .fold(attempts.wrapping_mul(2_654_435_761), |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619));
    doubled.min(MAX_PAUSE) * (800 + seed % 401) / 1_000
}

#[cfg(test)]
mod tests;
