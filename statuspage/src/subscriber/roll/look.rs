//! What the book shows: to subscribers of themselves, to operators, and to whoever sends the news.
//!
//! It changes nothing.

use std::{collections::BTreeSet, ops::Bound};

use serde::{Deserialize, Serialize};
use shared::{ComponentId, Language, Timestamp};

use super::{Roll, Stage};
use crate::subscriber::{MailAddress, Mailbox, Opened, Pass, Profile, Scope, SubscriberId, Token, entry::Entry};

/// Who is looked for.
#[derive(Debug, Clone)]
pub struct Search {
    /// Those who chose, or those who want everything.
    pub pass: Pass,
    /// Only those behind this one.
    pub after: Option<SubscriberId>,
    /// The components that the news are about …
    pub touched: BTreeSet<ComponentId>,
    /// … and their groups.
    pub groups: BTreeSet<String>,
    /// Who said yes later than that is not told of what was before.
    pub confirmed_before: Timestamp,
    /// At most so many.
    pub limit: usize,
}

/// Somebody who is written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Who.
    pub id: SubscriberId,
    /// Where.
    pub address: MailAddress,
    /// In which language.
    pub language: Language,
    /// About what.
    pub scope: Scope,
    /// Who reads it.
    pub mailbox: Mailbox,
    /// The link to leave by.
    pub unsubscribe: Token,
    /// What stands in front of the `@` of the return path.
    pub bounce: String,
    /// When he got mails during the last day, the oldest first.
    pub recent: Vec<Timestamp>,
}

/// How many there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Who said yes.
    pub confirmed: usize,
    /// Who has not answered yet.
    pub asked: usize,
    /// Whose mailbox takes no mail.
    pub quarantined: usize,
    /// Mailboxes that are never written to again.
    pub refused: usize,
    /// Mails that came back since the process began, for whatever reason.
    pub came_back: u64,
}

impl Roll {
    /// What a link opens; nothing changes by looking.
    pub fn open(&self, token: &Token, now: Timestamp) -> Option<Opened> {
        if let Some(wish) = self.wishing(token, now).and_then(|entry| Some((entry, entry.wish.as_ref()?))) {
            let (entry, wish) = wish;
            return Some(Opened::Confirm {
                address_hint: entry.address.hint(),
                scope: wish.scope.clone(),
                language: wish.language,
                mailbox: wish.mailbox,
            });
        }
        if let Some(entry) = self.managing(token, now) {
            return Some(Opened::Manage(Box::new(entry.profile())));
        }
        if let Some(id) = self.keys.unsubscribed(token) {
            let subscriber = self.entries.get(&id);
            let language = subscriber.map(|entry| entry.language);
            return Some(Opened::Unsubscribe { language, mailbox: subscriber.map(|entry| entry.mailbox) });
        }
        self.keys.refused(token).map(|_| Opened::Refuse)
    }

    /// Everything that is known of whoever has the link to his page.
    pub fn export(&self, token: &Token, now: Timestamp) -> Option<Profile> {
        self.managing(token, now).map(Entry::profile)
    }

    /// The next ones who are written to, in the order of their ids.
    pub fn recipients(&self, search: &Search) -> Vec<Recipient> {
        let behind = search.after.map_or(Bound::Unbounded, Bound::Excluded);
        let all = self.entries.range((behind, Bound::Unbounded)).map(|(_, entry)| entry);
        let told =
            |entry: &&Entry| entry.is_confirmed() && entry.confirmed_at.is_some_and(|at| at <= search.confirmed_before);
        let meant = |entry: &&Entry| match search.pass {
            Pass::Own => entry.scope.names(&search.touched, &search.groups),
            Pass::Page => entry.scope.is_whole_page(),
        };
        all.filter(told).filter(meant).take(search.limit).map(|entry| self.recipient_of(entry)).collect()
    }

    /// One of them, as long as he is written to.
    pub fn recipient(&self, id: SubscriberId) -> Option<Recipient> {
        self.entries.get(&id).filter(|entry| entry.is_confirmed()).map(|entry| self.recipient_of(entry))
    }

    fn recipient_of(&self, entry: &Entry) -> Recipient {
        Recipient {
            id: entry.id,
            address: entry.address.clone(),
            language: entry.language,
            scope: entry.scope.clone(),
            mailbox: entry.mailbox,
            unsubscribe: self.keys.unsubscribe(entry.id),
            bounce: self.keys.return_path(entry.id),
            recent: entry.recent.clone(),
        }
    }

    /// Whose return path that is.
    pub fn returned(&self, local_part: &str) -> Option<SubscriberId> {
        self.keys.returned(local_part)
    }

    /// Everybody, for operators, in the order of addresses.
    pub fn list(&self) -> Vec<Profile> {
        self.by_address.values().filter_map(|id| self.entries.get(id)).map(Entry::profile).collect()
    }

    /// How many there are.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts { refused: self.refused.len(), came_back: self.came_back, ..Counts::default() };
        for entry in self.entries.values() {
            match entry.stage {
                Stage::Asked => counts.asked += 1,
                Stage::Confirmed => counts.confirmed += 1,
                Stage::Quarantined { .. } => counts.quarantined += 1,
            }
        }
        counts
    }
}
