//! The outbox: which notifications wait, which is due, and what an outcome makes of it. Pure: time comes in, rows to store go out.
//!
//! It does not know how anything is sent or stored.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use shared::Timestamp;

use super::{Cause, ChannelName, Event, Kind, Notification, NotificationId, Outcome, Retry, State, Subject, Topic};

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
        // It may have recovered while the message was on its way.
        let successor = self.successor(&row);
        let merged = successor.map(|id| (self.merge(&id), id));
        match merged {
            Some((earlier, id)) if !earlier.is_empty() => {
                earlier.into_iter().chain(self.rows.get(&id).cloned()).collect()
            }
            Some(_) | None => vec![row],
        }
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

    /// The pending recovery from the outage that `down` tells.
    fn successor(&self, down: &Notification) -> Option<NotificationId> {
        let Kind::Down { since: began, .. } = down.kind else { return None };
        let ends = |row: &Notification| matches!(row.kind, Kind::Recovered { since, until } if since <= began && began <= until);
        self.siblings(down).find(|row| row.is_pending() && ends(row)).map(|row| row.id.clone())
    }

    /// Makes one message of a new one and what it continues, where that never left: gives the rows that are merged into it.
    fn merge(&mut self, id: &NotificationId) -> Vec<Notification> {
        let Some(row) = self.rows.get(id).filter(|_| !self.in_flight.contains(id)).cloned() else { return Vec::new() };
        match row.kind {
            Kind::Recovered { since, until } => self.merge_outage(&row, since, until),
            Kind::Noticed { .. } => self.merge_notices(&row),
            Kind::Grown { .. } => self.merge_growth(&row),
            Kind::Down { .. }
            | Kind::WasDown { .. }
            | Kind::Overdue { .. }
            | Kind::Reminder { .. }
            | Kind::Acknowledged { .. } => Vec::new(),
        }
    }

    /// A recovery and the outage that it ends.
    fn merge_outage(&mut self, row: &Notification, began: Timestamp, until: Timestamp) -> Vec<Notification> {
        let stale = self.waiting_siblings(row, |kind| match kind {
            Kind::Grown { .. } | Kind::Overdue { .. } | Kind::Reminder { .. } | Kind::Acknowledged { .. } => true,
            Kind::Down { .. } | Kind::Recovered { .. } | Kind::WasDown { .. } | Kind::Noticed { .. } => false,
        });
        let Some((down, cause)) = self.unheard_outage(row, began, until) else { return self.fold(stale, row.clone()) };
        let outage = until.since(began);
        let subject = match &down.subject {
            Subject::Incident(_) | Subject::Maintenance(_) | Subject::Drill(_) => row.subject.clone(),
            Subject::Monitor(fault) => Subject::Monitor(fault.clone()),
        };
        let mut parts = stale;
        parts.push(down);
        let kind = match self.unheard_earlier(row, began) {
            None => Kind::WasDown { since: began, until, times: 1, total: outage, cause },
            Some((earlier, since, times, total)) => {
                parts.push(earlier);
                Kind::WasDown { since, until, times: times.saturating_add(1), total: total + outage, cause }
            }
        };
        self.fold(parts, Notification { kind, subject, ..row.clone() })
    }

    /// That an incident has grown, and what was to be told of it before: where not even its beginning has left, that is told as it
    /// is now.
    fn merge_growth(&mut self, row: &Notification) -> Vec<Notification> {
        let Kind::Grown { cause, .. } = &row.kind else { return Vec::new() };
        let grown = self.waiting_siblings(row, |kind| matches!(kind, Kind::Grown { .. }));
        let Some(down) = self.waiting_siblings(row, |kind| matches!(kind, Kind::Down { .. })).pop() else {
            return self.fold(grown, row.clone());
        };
        let Kind::Down { since, .. } = down.kind else { return Vec::new() };
        let cause = cause.clone();
        let whole = Notification { subject: row.subject.clone(), kind: Kind::Down { since, cause }, ..down };
        let parts = grown.into_iter().chain([row.clone()]).collect();
        let mut changed = self.fold(parts, whole.clone());
        changed.push(whole);
        changed
    }

    fn waiting_siblings(&self, of: &Notification, wanted: impl Fn(&Kind) -> bool) -> Vec<Notification> {
        let waits = |row: &&Notification| row.is_pending() && !self.in_flight.contains(&row.id) && wanted(&row.kind);
        self.siblings(of).filter(waits).cloned().collect()
    }

    /// A single fault and those of its kind before it.
    fn merge_notices(&mut self, row: &Notification) -> Vec<Notification> {
        let waits = |row: &&Notification| row.is_pending() && !self.in_flight.contains(&row.id);
        let parts: Vec<_> = self.siblings(row).filter(waits).cloned().collect();
        let mut whole = row.clone();
        for part in &parts {
            let (Subject::Monitor(newest), Subject::Monitor(earlier)) = (&whole.subject, &part.subject) else {
                continue;
            };
            let fault = newest.clone().with_earlier(earlier);
            let (Kind::Noticed { since, until, times }, Kind::Noticed { since: first, times: before, .. }) =
                (&whole.kind, &part.kind)
            else {
                continue;
            };
            let (since, times) = (*since.min(first), times.saturating_add(*before));
            whole.kind = Kind::Noticed { since, until: *until, times };
            whole.subject = Subject::Monitor(fault);
        }
        self.fold(parts, whole)
    }

    /// Puts one message in the place of its parts, of which those that were given up stay so.
    fn fold(&mut self, mut parts: Vec<Notification>, whole: Notification) -> Vec<Notification> {
        parts.retain(Notification::is_pending);
        for part in &mut parts {
            part.state = State::Merged { into: whole.id.clone() };
            self.rows.insert(part.id.clone(), part.clone());
        }
        self.rows.insert(whole.id.clone(), whole);
        parts
    }

    /// What the same channel was to tell of the same topic.
    fn siblings(&self, of: &Notification) -> impl Iterator<Item = &Notification> {
        let same = |row: &&Notification| row.channel == of.channel && row.subject.topic() == of.subject.topic();
        self.rows.values().filter(same).filter(|row| row.id != of.id)
    }

    /// The outage that began then, when nobody heard of it.
    fn unheard_outage(
        &self,
        recovery: &Notification,
        began: Timestamp,
        until: Timestamp,
    ) -> Option<(Notification, Option<Cause>)> {
        let silent = |row: &Notification| match row.state {
            State::Pending => !self.in_flight.contains(&row.id),
            State::Abandoned { .. } => true,
            State::Delivered { .. } | State::Merged { .. } => false,
        };
        self.siblings(recovery).find_map(|row| match &row.kind {
            // By now it may be known to have begun earlier than was to be told.
            Kind::Down { since, cause } if (began..=until).contains(since) && silent(row) => {
                Some((row.clone(), cause.clone()))
            }
            Kind::Down { .. }
            | Kind::Grown { .. }
            | Kind::Overdue { .. }
            | Kind::Reminder { .. }
            | Kind::Acknowledged { .. }
            | Kind::Recovered { .. }
            | Kind::WasDown { .. }
            | Kind::Noticed { .. } => None,
        })
    }

    /// Outages before that one which are over and still wait to be told: their message, beginning, number and length.
    fn unheard_earlier(
        &self,
        recovery: &Notification,
        began: Timestamp,
    ) -> Option<(Notification, Timestamp, u32, Duration)> {
        let waits = |row: &Notification| row.is_pending() && !self.in_flight.contains(&row.id);
        self.siblings(recovery).find_map(|row| match &row.kind {
            Kind::WasDown { since, times, total, .. } if *since < began && waits(row) => {
                Some((row.clone(), *since, *times, *total))
            }
            Kind::Down { .. }
            | Kind::Grown { .. }
            | Kind::Overdue { .. }
            | Kind::Reminder { .. }
            | Kind::Acknowledged { .. }
            | Kind::Recovered { .. }
            | Kind::WasDown { .. }
            | Kind::Noticed { .. } => None,
        })
    }
}

/// Older first; of one millisecond, in the order in which things happen.
fn order(row: &Notification) -> (Timestamp, u8) {
    let rank = match row.kind {
        Kind::Down { .. } => 0,
        Kind::Grown { .. } => 1,
        Kind::Overdue { .. } | Kind::Reminder { .. } => 2,
        Kind::Acknowledged { .. } => 3,
        Kind::Recovered { .. } | Kind::WasDown { .. } | Kind::Noticed { .. } => 4,
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
