//! Which messages become one: an end with the beginning that never left, growth with growth, faults of one kind with each other.
//!
//! It does not know when anything is sent.

use std::time::Duration;

use shared::Timestamp;

use super::Outbox;
use crate::notify::{Cause, Kind, Notification, NotificationId, State, Subject};

impl Outbox {
    /// The pending recovery from the outage that `down` tells.
    pub(super) fn successor(&self, down: &Notification) -> Option<NotificationId> {
        let Kind::Down { since: began, .. } = down.kind else { return None };
        let ends = |row: &Notification| matches!(row.kind, Kind::Recovered { since, until } if since <= began && began <= until);
        self.siblings(down).find(|row| row.is_pending() && ends(row)).map(|row| row.id.clone())
    }

    /// Makes one message of a new one and what it continues, where that never left: gives the rows that are merged into it.
    pub(super) fn merge(&mut self, id: &NotificationId) -> Vec<Notification> {
        let Some(row) = self.rows.get(id).filter(|_| !self.in_flight.contains(id)).cloned() else { return Vec::new() };
        match row.kind {
            Kind::Recovered { since, until } => self.merge_outage(&row, since, until),
            Kind::Noticed { .. } => self.merge_notices(&row),
            Kind::Grown { .. } => self.merge_growth(&row),
            Kind::Closed { .. } => {
                let overtaken = self.overtaken(&row);
                self.fold(overtaken, row)
            }
            Kind::Down { .. }
            | Kind::WasDown { .. }
            | Kind::Overdue { .. }
            | Kind::Reminder { .. }
            | Kind::Acknowledged { .. } => Vec::new(),
        }
    }

    /// What has not left and is no news any more once its end is told.
    fn overtaken(&self, row: &Notification) -> Vec<Notification> {
        self.waiting_siblings(row, |kind| match kind {
            Kind::Grown { .. } | Kind::Overdue { .. } | Kind::Reminder { .. } | Kind::Acknowledged { .. } => true,
            Kind::Down { .. }
            | Kind::Closed { .. }
            | Kind::Recovered { .. }
            | Kind::WasDown { .. }
            | Kind::Noticed { .. } => false,
        })
    }

    /// A recovery and the outage that it ends.
    fn merge_outage(&mut self, row: &Notification, began: Timestamp, until: Timestamp) -> Vec<Notification> {
        let stale = self.overtaken(row);
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

    /// Whether it waits here, and is not on its way.
    fn waits(&self, row: &Notification) -> bool {
        row.is_pending() && !self.in_flight.contains(&row.id)
    }

    fn waiting_siblings(&self, of: &Notification, wanted: impl Fn(&Kind) -> bool) -> Vec<Notification> {
        self.siblings(of).filter(|row| self.waits(row) && wanted(&row.kind)).cloned().collect()
    }

    /// A single fault and those of its kind before it.
    fn merge_notices(&mut self, row: &Notification) -> Vec<Notification> {
        let parts = self.waiting_siblings(row, |_| true);
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
    pub(super) fn siblings(&self, of: &Notification) -> impl Iterator<Item = &Notification> {
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
            State::Pending => self.waits(row),
            State::Abandoned { .. } => true,
            State::Delivered { .. } | State::Merged { .. } => false,
        };
        self.siblings(recovery).find_map(|row| {
            let Kind::Down { since, cause } = &row.kind else { return None };
            // By now it may be known to have begun earlier than was to be told.
            ((began..=until).contains(since) && silent(row)).then(|| (row.clone(), cause.clone()))
        })
    }

    /// Outages before that one which are over and still wait to be told: their message, beginning, number and length.
    fn unheard_earlier(
        &self,
        recovery: &Notification,
        began: Timestamp,
    ) -> Option<(Notification, Timestamp, u32, Duration)> {
        self.siblings(recovery).find_map(|row| {
            let Kind::WasDown { since, times, total, .. } = &row.kind else { return None };
            (*since < began && self.waits(row)).then(|| (row.clone(), *since, *times, *total))
        })
    }
}
