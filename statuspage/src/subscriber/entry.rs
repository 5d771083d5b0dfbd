//! One subscriber as he is kept: the least that sending, stopping and proving consent need.
//!
//! It does not know when anything happens to him. Its form is stored: new fields get a default.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::{Language, Timestamp};

use super::{MailAddress, Mailbox, Pending, Profile, Scope, SubscriberId, token::TokenHash};

const DAY: Duration = Duration::from_secs(86_400);
/// Who never says yes is forgotten after that long.
pub(super) const UNCONFIRMED: Duration = Duration::from_secs(7 * 86_400);
/// A mailbox that cannot be reached is forgotten after that long.
pub(super) const QUARANTINE: Duration = Duration::from_secs(90 * 86_400);
/// Mails that were refused for good count for so long …
const HARD: Duration = Duration::from_secs(7 * 86_400);
/// … and so many of them are enough.
const ENOUGH: usize = 3;
/// Mails that nobody took in time count for so long, at most one a day …
const SOFT: Duration = Duration::from_secs(30 * 86_400);
/// … and so many of them are enough: the threshold of Mailman, which counts one a day too. A mailbox that is full over the
/// holidays stays; one that nobody empties any more goes.
const ENOUGH_SOFT: usize = 5;
/// How long the last mails are remembered.
const RECENT: Duration = DAY;
/// More mails than that are not remembered.
const MOST_RECENT: usize = 32;

/// How far somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// He was asked whether it was he who asked.
    Asked,
    /// He said yes, or an operator knows that he did.
    Confirmed,
    /// His mailbox does not take mail.
    Quarantined {
        /// Since when.
        at: Timestamp,
    },
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bounce {
    /// There is no such mailbox (5.1.1).
    NoMailbox,
    /// It was refused for good, for another reason (5.x.x).
    Hard,
    /// It could not be delivered in time (4.x.x): nobody took it for a day.
    Soft,
    /// Its reader calls it spam.
    Complaint,
}

/// What somebody who has a token may still say yes to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Wish {
    pub(super) token: TokenHash,
    pub(super) until: Timestamp,
    pub(super) at: Timestamp,
    pub(super) scope: Scope,
    pub(super) language: Language,
    pub(super) mailbox: Mailbox,
    pub(super) form: u16,
}

/// What opens his own page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Ticket {
    pub(super) token: TokenHash,
    pub(super) until: Timestamp,
}

/// A subscriber.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) id: SubscriberId,
    pub(super) address: MailAddress,
    pub(super) language: Language,
    pub(super) scope: Scope,
    pub(super) mailbox: Mailbox,
    pub(super) stage: Stage,
    /// When he filled in the form, or an operator brought him.
    pub(super) asked_at: Timestamp,
    #[serde(default)]
    pub(super) confirmed_at: Option<Timestamp>,
    /// Which words of the form he agreed to; 0 when an operator brought him.
    pub(super) form: u16,
    #[serde(default)]
    pub(super) wish: Option<Wish>,
    #[serde(default)]
    pub(super) ticket: Option<Ticket>,
    /// Mails that came back within [`HARD`] or [`SOFT`].
    #[serde(default)]
    pub(super) bounces: Vec<(Timestamp, Bounce)>,
    /// The last mails, within [`RECENT`].
    #[serde(default)]
    pub(super) recent: Vec<Timestamp>,
}

impl Entry {
    /// Whether he is written to.
    pub(super) fn is_confirmed(&self) -> bool {
        self.stage == Stage::Confirmed
    }

    /// He said yes to his latest wish.
    pub(super) fn grant(&mut self, wish: Wish, now: Timestamp) {
        (self.scope, self.language, self.mailbox) = (wish.scope, wish.language, wish.mailbox);
        (self.asked_at, self.form) = (wish.at, wish.form);
        (self.stage, self.confirmed_at) = (Stage::Confirmed, Some(now));
        self.bounces.clear();
    }

    /// Counts a mail that came back; says whether he is quarantined by it.
    pub(super) fn count(&mut self, bounce: Bounce, now: Timestamp) -> bool {
        self.bounces.retain(|came_back| counts(came_back, now));
        let today = |(at, other): &(Timestamp, Bounce)| *other == Bounce::Soft && now.since(*at) < DAY;
        if bounce != Bounce::Soft || !self.bounces.iter().any(today) {
            self.bounces.push((now, bounce));
        }
        // One storm of mails that all come back is no reason to keep more of them.
        if self.bounces.len() > MOST_RECENT {
            self.bounces.remove(0);
        }
        let soft = self.bounces.iter().filter(|(_, bounce)| *bounce == Bounce::Soft).count();
        let hard = self.bounces.len() - soft;
        let unreachable = bounce == Bounce::NoMailbox || hard >= ENOUGH || soft >= ENOUGH_SOFT;
        let quarantined = unreachable && self.is_confirmed();
        if quarantined {
            self.stage = Stage::Quarantined { at: now };
        }
        quarantined
    }

    /// He got a mail.
    pub(super) fn mailed(&mut self, at: Timestamp) {
        self.recent.retain(|earlier| at.since(*earlier) < RECENT);
        self.recent.push(at);
        if self.recent.len() > MOST_RECENT {
            self.recent.remove(0);
        }
    }

    /// Whether nothing is a reason to know him any longer.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        match self.stage {
            Stage::Asked => now.since(self.wish.as_ref().map_or(self.asked_at, |wish| wish.at)) >= UNCONFIRMED,
            Stage::Confirmed => false,
            Stage::Quarantined { at } => now.since(at) >= QUARANTINE,
        }
    }

    /// Forgets what is of no use any more; says whether there was anything.
    pub(super) fn tidy(&mut self, now: Timestamp) -> bool {
        let before = (self.bounces.len(), self.recent.len(), self.ticket.is_some());
        self.bounces.retain(|came_back| counts(came_back, now));
        self.recent.retain(|at| now.since(*at) < RECENT);
        self.ticket = self.ticket.take().filter(|ticket| now < ticket.until);
        before != (self.bounces.len(), self.recent.len(), self.ticket.is_some())
    }

    /// What he may see, and operators.
    pub(super) fn profile(&self) -> Profile {
        Profile {
            id: self.id,
            address: self.address.clone(),
            scope: self.scope.clone(),
            language: self.language,
            mailbox: self.mailbox,
            stage: self.stage,
            asked_at: self.asked_at,
            confirmed_at: self.confirmed_at,
            form: self.form,
            pending: self.wish.as_ref().map(Wish::pending),
            page_until: self.ticket.as_ref().map(|ticket| ticket.until),
            bounces: self.bounces.clone(),
            recent: self.recent.clone(),
        }
    }
}

impl Wish {
    /// What of it may be seen: everything but the token.
    fn pending(&self) -> Pending {
        let Self { token: _, until, at, scope, language, mailbox, form } = self.clone();
        Pending { asked_at: at, until, scope, language, mailbox, form }
    }
}

/// Whether a mail that came back still counts.
fn counts((at, bounce): &(Timestamp, Bounce), now: Timestamp) -> bool {
    let within = match bounce {
        Bounce::Soft => SOFT,
        Bounce::NoMailbox | Bounce::Hard | Bounce::Complaint => HARD,
    };
    now.since(*at) < within
}
