//! The book of all subscribers: who asked, who said yes, who left, and whom nobody writes to again.
//!
//! It reads no clock, does no I/O and draws no random numbers: what it needs of them comes in with each call. It does not know
//! mails; it says which letters it wants sent. What it answers to somebody who knows an address says nothing of that address.

mod care;
mod look;

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::Duration,
};

use shared::{Language, Timestamp};

use super::{
    Asked, Bounce, Bounced, FORM, Left, MailAddress, Mailbox, Profile, Scope, Stage, SubscriberId, Token, Wanted,
    departures::Departures,
    entry::{Entry, Ticket, Wish},
    keys::{Keys, Trace},
    token::TokenHash,
};

pub use care::{Imported, Importing};
pub use look::{Counts, Recipient, Search};

/// The link to say yes by opens for so long.
pub(super) const CONFIRM: Duration = Duration::from_secs(86_400);
/// The link to one's own page opens for so long.
pub(super) const MANAGE: Duration = Duration::from_secs(1_800);

/// The book.
#[derive(Clone)]
pub struct Roll {
    keys: Keys,
    entries: BTreeMap<SubscriberId, Entry>,
    by_address: BTreeMap<String, SubscriberId>,
    by_token: BTreeMap<TokenHash, SubscriberId>,
    /// Mailboxes whose owner said "never again".
    refused: BTreeSet<Trace>,
    /// Addresses that left: only a yes of their own brings them back, no operator's list.
    left: BTreeSet<Trace>,
    /// When they did, as far as a backup that is put back might not know of it.
    departures: Departures,
}

/// What comes from outside: the time, and random bits.
pub struct Moment<'a> {
    /// The time.
    pub now: Timestamp,
    /// Draws 128 bits that nobody can guess.
    pub draw: &'a mut dyn FnMut() -> [u8; 16],
}

impl fmt::Debug for Moment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Moment({})", self.now)
    }
}

impl Roll {
    /// An empty one.
    pub fn new(keys: Keys) -> Self {
        let (by_address, by_token) = (BTreeMap::new(), BTreeMap::new());
        Self {
            keys,
            entries: BTreeMap::new(),
            by_address,
            by_token,
            refused: BTreeSet::new(),
            left: BTreeSet::new(),
            departures: Departures::default(),
        }
    }

    /// Somebody says that an address is his and wants news. Gives the letter that goes there, where there is one: a question, or
    /// for who is a subscriber already the way to his page.
    pub fn ask(&mut self, asked: &Asked, moment: Moment<'_>) -> Option<Wanted> {
        let drawn = self.draw(&asked.address, moment);
        if self.refused.contains(&drawn.mailbox) {
            return None;
        }
        let Some(id) = self.by_address.get(&asked.address.key()).copied() else {
            return Some(self.question(drawn.id, asked, drawn));
        };
        match self.entries.get(&id)?.stage {
            Stage::Confirmed => self.invite(id, drawn),
            Stage::Asked | Stage::Quarantined { .. } => Some(self.question(id, asked, drawn)),
        }
    }

    /// Somebody wants to see what is known of his address. Gives the letter that goes there, where he is a subscriber.
    pub fn ask_to_manage(&mut self, address: &MailAddress, moment: Moment<'_>) -> Option<Wanted> {
        let drawn = self.draw(address, moment);
        let id = self.by_address.get(&address.key()).copied()?;
        if self.entries.get(&id)?.is_confirmed() { self.invite(id, drawn) } else { None }
    }

    /// Everything that takes time, before anything is looked up: whoever measures an answer learns nothing of the address.
    fn draw(&self, address: &MailAddress, moment: Moment<'_>) -> Drawn {
        let (id, token) = (SubscriberId::of((moment.draw)()), Token::drawn((moment.draw)()));
        let mailbox = self.keys.mailbox(address);
        Drawn { now: moment.now, id, hash: token.hash(), token, mailbox, refuse: self.keys.refuse(mailbox) }
    }

    /// A new question; the one before it cannot be answered any more.
    fn question(&mut self, id: SubscriberId, asked: &Asked, drawn: Drawn) -> Wanted {
        let Drawn { now, token, hash, refuse, .. } = drawn;
        let wish = Wish {
            token: hash,
            until: now.plus(CONFIRM),
            at: now,
            scope: asked.scope.clone(),
            language: asked.language,
            mailbox: asked.mailbox,
            form: FORM,
        };
        let entry = self.entries.remove(&id).unwrap_or_else(|| Entry {
            id,
            address: asked.address.clone(),
            language: asked.language,
            scope: asked.scope.clone(),
            mailbox: asked.mailbox,
            stage: Stage::Asked,
            asked_at: now,
            confirmed_at: None,
            form: FORM,
            wish: None,
            ticket: None,
            bounces: Vec::new(),
            recent: Vec::new(),
        });
        self.forget_tokens(&entry);
        let to = entry.address.clone();
        self.put(Entry { wish: Some(wish), ..entry });
        Wanted::Confirm { to, language: asked.language, token, refuse }
    }

    fn invite(&mut self, id: SubscriberId, Drawn { now, token, hash, .. }: Drawn) -> Option<Wanted> {
        let entry = self.entries.remove(&id)?;
        self.forget_tokens(&entry);
        let ticket = Some(Ticket { token: hash, until: now.plus(MANAGE) });
        let (to, language) = (entry.address.clone(), entry.language);
        self.put(Entry { ticket, ..entry });
        Some(Wanted::Manage { to, language, token })
    }

    /// Yes. Each question is answered once.
    pub fn confirm(&mut self, token: &Token, now: Timestamp) -> Option<Profile> {
        let id = self.wishing(token, now)?.id;
        let mut entry = self.entries.remove(&id)?;
        self.forget_tokens(&entry);
        let wish = entry.wish.take()?;
        entry.grant(wish, now);
        self.left.remove(&self.keys.address(&entry.address));
        let profile = entry.profile();
        self.put(entry);
        Some(profile)
    }

    /// "It was not me, never again." Everything that is known of the mailbox goes; says whether the token was one of ours.
    pub fn refuse(&mut self, token: &Token) -> Option<Left> {
        let trace = self.keys.refused(token)?;
        let first = self.refused.insert(trace);
        let of_it = self.entries.values().filter(|entry| self.keys.mailbox(&entry.address) == trace);
        of_it.map(|entry| entry.id).collect::<Vec<_>>().into_iter().for_each(|id| drop(self.take(id)));
        Some(if first { Left::Now } else { Left::Before })
    }

    /// Changes what is wanted, by the link to one's own page.
    pub fn change(
        &mut self,
        token: &Token,
        (scope, language, mailbox): (Scope, Language, Mailbox),
        now: Timestamp,
    ) -> Option<Profile> {
        let id = self.managing(token, now)?.id;
        let entry = self.entries.get_mut(&id)?;
        (entry.scope, entry.language, entry.mailbox) = (scope, language, mailbox);
        Some(entry.profile())
    }

    /// Leaves, by the link to one's own page or by that of any mail. Who has left already has left.
    pub fn leave(&mut self, token: &Token, now: Timestamp) -> Option<Left> {
        if let Some(id) = self.managing(token, now).map(|entry| entry.id) {
            self.let_go(id);
            return Some(Left::Now);
        }
        let id = self.keys.unsubscribed(token)?;
        Some(if self.let_go(id) { Left::Now } else { Left::Before })
    }

    /// A mail to him came back.
    pub fn bounced(&mut self, id: SubscriberId, bounce: Bounce, now: Timestamp) -> Bounced {
        match bounce {
            Bounce::Complaint if self.let_go(id) => Bounced::Left,
            Bounce::Complaint => Bounced::Unknown,
            Bounce::NoMailbox | Bounce::Hard | Bounce::Soft => match self.entries.get_mut(&id) {
                None => Bounced::Unknown,
                Some(entry) => {
                    if entry.count(bounce, now) {
                        Bounced::Quarantined
                    } else {
                        Bounced::Counted
                    }
                }
            },
        }
    }

    /// Takes a subscriber out and remembers that he left.
    fn let_go(&mut self, id: SubscriberId) -> bool {
        let gone = self.take(id);
        if let Some(entry) = &gone {
            self.left.insert(self.keys.address(&entry.address));
        }
        gone.is_some()
    }

    /// Whose question that is, where it can still be answered.
    fn wishing(&self, token: &Token, now: Timestamp) -> Option<&Entry> {
        let hash = token.hash();
        let entry = self.entries.get(self.by_token.get(&hash)?)?;
        entry.wish.as_ref().is_some_and(|wish| wish.token == hash && now < wish.until).then_some(entry)
    }

    /// Whose page that is, where it still opens.
    fn managing(&self, token: &Token, now: Timestamp) -> Option<&Entry> {
        let hash = token.hash();
        let entry = self.entries.get(self.by_token.get(&hash)?)?;
        entry.ticket.as_ref().is_some_and(|ticket| ticket.token == hash && now < ticket.until).then_some(entry)
    }

    fn put(&mut self, entry: Entry) {
        self.by_address.insert(entry.address.key(), entry.id);
        self.by_token.extend(tokens(&entry).map(|token| (token, entry.id)));
        self.entries.insert(entry.id, entry);
    }

    fn take(&mut self, id: SubscriberId) -> Option<Entry> {
        let entry = self.entries.remove(&id)?;
        self.by_address.remove(&entry.address.key());
        self.forget_tokens(&entry);
        Some(entry)
    }

    fn forget_tokens(&mut self, entry: &Entry) {
        for token in tokens(entry) {
            self.by_token.remove(&token);
        }
    }
}

/// What a request may need, whatever becomes of it.
struct Drawn {
    now: Timestamp,
    /// For whoever is not in the book.
    id: SubscriberId,
    token: Token,
    hash: TokenHash,
    mailbox: Trace,
    refuse: Token,
}

fn tokens(entry: &Entry) -> impl Iterator<Item = TokenHash> {
    let wish = entry.wish.as_ref().map(|wish| wish.token);
    wish.into_iter().chain(entry.ticket.as_ref().map(|ticket| ticket.token))
}

impl fmt::Debug for Roll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Roll({} subscribers)", self.entries.len())
    }
}
