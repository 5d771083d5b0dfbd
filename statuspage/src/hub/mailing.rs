//! Mail in the hub: notices made with what they tell, handed to the postman, and what the postman reports written down.
//!
//! It does not know subscribers, letters or relays.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bytes::Bytes;
use shared::Timestamp;

use super::{Hub, Wiring};
use crate::{
    clock::now,
    incident::Incident,
    mailing::{Flow, Mail, MailView, Mailings, Report, Rounds, Story, Tally, Trouble},
    maintenance::News,
    notify::{Fault, FaultKind},
    store::{RecordKey, Restored, StoreState},
    subscriber::{Closing, Counts},
};

/// What is to be told by mail, and how far that has got.
#[derive(Debug, Clone, Default)]
pub(super) struct Post {
    book: Mailings,
    /// The postman's records, as they were last reported.
    rounds: BTreeMap<Story, Bytes>,
    changed_rounds: BTreeSet<Story>,
    tallies: BTreeMap<Story, Tally>,
    flow: Option<Flow>,
    subscribers: Option<Counts>,
}

/// What an order may have to take back.
#[derive(Debug)]
pub(super) struct Earlier(Mailings);

impl Post {
    pub(super) fn read(mail: Mail, restored: &Restored) -> Self {
        let mailings = restored.records.iter().filter_map(|(key, body)| {
            let RecordKey::Mailing(story) = key else { return None };
            Some((story, body.as_ref()))
        });
        let rounds = restored.records.iter().filter_map(|(key, body)| {
            let RecordKey::Mailed(story) = key else { return None };
            Some((story.clone(), body.clone()))
        });
        let flow = match mail {
            Mail::On => Some(Flow::default()),
            Mail::Off => None,
        };
        Self { book: Mailings::read(mail, mailings), rounds: rounds.collect(), flow, ..Self::default() }
    }

    /// Takes over what a database held which could not be opened at the start. What is known by now is newer.
    pub(super) fn recall(&mut self, earlier: Self) {
        self.book.recall(earlier.book);
        for (story, round) in earlier.rounds {
            self.rounds.entry(story).or_insert(round);
        }
        self.mark_changed();
    }

    /// A backup was put back: what it had to tell was told then, or is no news.
    pub(super) fn consign_to_history(&mut self) {
        self.rounds = Rounds::history(self.book.notices(), &self.rounds);
        self.changed_rounds.extend(self.rounds.keys().cloned());
    }

    /// The newest notice of each story.
    #[cfg(test)]
    pub(super) fn notices(&self) -> &crate::mailing::Notices {
        self.book.notices()
    }

    /// How far things had got when the store was opened: where the postman goes on.
    pub(super) fn rounds(&self) -> &BTreeMap<Story, Bytes> {
        &self.rounds
    }

    pub(super) fn hear_incident(&mut self, incident: &Incident, now: Timestamp) {
        self.book.hear_incident(incident, now);
    }

    pub(super) fn hear_maintenance(&mut self, news: &News) {
        self.book.hear_maintenance(news);
    }

    /// What is not written as it is.
    pub(super) fn take_changes(&mut self, now: Timestamp) -> Vec<(RecordKey, Option<Bytes>)> {
        for story in self.book.forget(now) {
            self.rounds.remove(&story);
            self.tallies.remove(&story);
            self.changed_rounds.insert(story);
        }
        let notices = self.book.take_changes().into_iter();
        let notices = notices.map(|(story, body)| (RecordKey::Mailing(story), body.map(Bytes::from)));
        let round = |story: Story| {
            let body = self.rounds.get(&story).cloned();
            (RecordKey::Mailed(story), body)
        };
        notices.chain(std::mem::take(&mut self.changed_rounds).into_iter().map(round)).collect()
    }

    pub(super) fn mark_changed(&mut self) {
        self.book.mark_changed();
        self.changed_rounds.extend(self.rounds.keys().cloned());
    }

    /// As it is before an order is tried.
    pub(super) fn earlier(&self) -> Earlier {
        Earlier(self.book.clone())
    }

    /// An order is taken back, for which these records were handed to the store.
    pub(super) fn take_back(&mut self, Earlier(book): Earlier, written: &[RecordKey]) {
        self.book = book;
        self.book.rewrite(written.iter().filter_map(|key| {
            let RecordKey::Mailing(story) = key else { return None };
            Some(story.clone())
        }));
    }

    /// How mail does, for readers.
    pub(super) fn view(&self) -> MailView {
        MailView { tallies: self.tallies.clone(), flow: self.flow, subscribers: self.subscribers }
    }

    /// Mails that a report says came back since the one before; its process counts from its start.
    fn came_back(&self, report: &Report) -> u64 {
        let count = |counts: &Option<Counts>| counts.map_or(0, |counts| counts.came_back);
        let (now, before) = (count(&report.subscribers), count(&self.subscribers));
        now.checked_sub(before).unwrap_or(now)
    }

    fn take_report(&mut self, report: Report) {
        let known = |story: &Story| self.book.notices().contains_key(story);
        for (story, round) in report.rounds {
            match round.filter(|_| known(&story)) {
                Some(round) => drop(self.rounds.insert(story.clone(), round)),
                None => drop(self.rounds.remove(&story)),
            }
            self.changed_rounds.insert(story);
        }
        self.tallies = report.tallies;
        (self.flow, self.subscribers) = (Some(report.flow), report.subscribers);
    }
}

impl Hub {
    /// The postman's records as they were found, by story.
    pub fn mail_rounds(&self) -> BTreeMap<Story, Bytes> {
        self.telling.post.rounds().clone()
    }

    /// Hands the notices to the postman: what they tell is written down, or waits in memory with them, and is published.
    pub(super) fn post(&self, wiring: &Wiring) {
        let notices = self.telling.post.book.notices();
        wiring.mail.notices.send_if_modified(|known| {
            let changed = **known != *notices;
            if changed {
                *known = Arc::new(notices.clone());
            }
            changed
        });
    }

    /// Writes down how far the letters have got, and tells by the other channels when mail does not flow.
    pub(super) async fn take_report(&mut self, report: Report) {
        let failing = report.trouble.clone().map(|Trouble { waiting, reason }| Fault::MailFailing { waiting, reason });
        let closed = report.closing.map(|Closing { letters, .. }| Fault::FormClosed { letters });
        // After a restart nothing is known of relays: it is not over before one of them works.
        let proven = report.flow.proven_at.is_some();
        let came_back = self.telling.post.came_back(&report);
        self.telling.checks.count_came_back(came_back);
        self.telling.post.take_report(report);
        let mut bells = Vec::new();
        for (kind, fault, may_end) in [(FaultKind::MailFailing, failing, proven), (FaultKind::FormClosed, closed, true)]
        {
            bells.extend(match fault {
                Some(fault) => self.telling.alarms.notice(fault, now()),
                None if may_end => self.telling.alarms.end(kind, now()),
                None => None,
            });
        }
        // While the store is behind, they are written together with what comes next.
        if !bells.is_empty() || self.store.state() == StoreState::Synced {
            self.announce(bells).await;
        }
    }
}
