//! How far the newest notice of one story has got.
//!
//! It does not know other stories. It is a record, in JSON, and holds ids of subscribers, never an address.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use shared::{ComponentId, Timestamp};

use super::{Notice, Story, Tally, reach::Place, reach::Reach};
use crate::subscriber::{Pass, Recipient, SubscriberId};

/// A letter that is not taken is tried again for so long.
pub(super) const PATIENCE: Duration = Duration::from_secs(86_400);
/// The first pause between two attempts, which doubles …
const PAUSE: Duration = Duration::from_secs(60);
/// … up to this one.
const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);
/// A walk waits while so many letters are on their way or tried again.
pub(super) const WAITING: usize = 1_000;
/// A further walk begins so long after the one before at least.
const REST: Duration = Duration::from_secs(30);
/// Notices before the newest one of which it is remembered whom they reached.
const REMEMBERED: usize = 8;

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// A relay took it.
    Accepted,
    /// It will never be taken.
    Refused,
    /// It is tried again, not before that time has passed, and ever more rarely.
    Later(Duration),
    /// No relay was asked for it: it leaves after that time as if nothing had been.
    Untried(Duration),
    /// There is nobody any more to send it to.
    Gone,
}

/// A letter that is on its way or tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Retry {
    attempts: u32,
    pub(super) next_at: Timestamp,
    pub(super) since: Timestamp,
    /// The other stories that it tells of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) others: Vec<(Story, u32)>,
}

/// The walk of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Round {
    pub(super) notice: Notice,
    pub(super) reach: Reach,
    /// Letters that are on their way or tried again.
    pub(super) waiting: BTreeMap<SubscriberId, Retry>,
    /// Whom the notices before have reached, the newest last.
    earlier: Vec<Reach>,
    /// Who was passed over for now, and when the first of them may be written to.
    held: u64,
    held_until: Option<Timestamp>,
    skipped: u64,
    accepted: u64,
    refused: u64,
    /// How many are to be looked at in all, as was counted when it began.
    pub(super) expected: u64,
}

impl Round {
    /// The first walk of a story.
    pub(super) fn new(notice: Notice, components: BTreeSet<ComponentId>) -> Self {
        Self {
            reach: Reach::new(notice.number, components),
            notice,
            waiting: BTreeMap::new(),
            earlier: Vec::new(),
            held: 0,
            held_until: None,
            skipped: 0,
            accepted: 0,
            refused: 0,
            expected: 0,
        }
    }

    /// Nobody more is told of it: a backup was put back, and what it had to tell is history.
    pub(super) fn ended(mut self) -> Self {
        self.waiting.clear();
        self.held_until = None;
        self.reach.place = Place::End;
        self
    }

    /// A newer notice takes the place of this one for whoever has not got it.
    pub(super) fn then(self, notice: Notice, components: BTreeSet<ComponentId>) -> Self {
        let (mut reach, mut earlier) = (self.reach, self.earlier);
        reach.loose.extend(self.waiting.keys());
        if reach.is_whole() {
            earlier.clear();
        }
        earlier.push(reach);
        earlier.drain(..earlier.len().saturating_sub(REMEMBERED));
        Self { earlier, ..Self::new(notice, components) }
    }

    /// Whether this notice is worth a letter to somebody who has not got it.
    pub(super) fn is_worth(&self, pass: Pass, recipient: &Recipient, groups: &super::Groups) -> bool {
        let Some(told) = self.earlier.iter().rev().find(|reach| reach.has(pass, recipient.id)) else { return true };
        let (then, present) = (told.components.len(), self.reach.components.len());
        let mut joined = self.reach.components.difference(&told.components);
        self.notice.for_all > told.number
            || present * 2 > then * 3
            || (pass == Pass::Own && joined.any(|component| groups.wanted(&recipient.scope, component)))
    }

    /// A letter is on its way.
    pub(super) fn send(&mut self, id: SubscriberId, others: Vec<(Story, u32)>, now: Timestamp) {
        self.waiting.insert(id, Retry { attempts: 0, next_at: now, since: now, others });
        self.reach.pass(id);
    }

    /// Somebody is left in peace until then.
    pub(super) fn hold(&mut self, id: SubscriberId, until: Timestamp) {
        self.held += 1;
        self.held_until = Some(self.held_until.map_or(until, |earlier| earlier.min(until)));
        self.reach.pass_over(id);
    }

    /// It is not worth a letter to somebody.
    pub(super) fn skip(&mut self, id: SubscriberId) {
        self.skipped += 1;
        self.reach.pass_over(id);
    }

    /// Nobody more in this pass. Whoever was held is looked at again, all together.
    pub(super) fn turn(&mut self, now: Timestamp) {
        self.reach.turn();
        if self.reach.place == Place::End {
            self.held_until = self.held_until.map(|until| until.max(now.plus(REST)));
        }
    }

    /// When another walk begins through those who were held.
    pub(super) fn again_at(&self) -> Option<Timestamp> {
        self.held_until.filter(|_| self.reach.place == Place::End)
    }

    pub(super) fn walk_again(&mut self) {
        (self.held, self.held_until, self.skipped) = (0, None, 0);
        self.reach.walk_again();
    }

    /// What became of a letter of that number.
    pub(super) fn settle(&mut self, number: u32, id: SubscriberId, fate: Fate, now: Timestamp) {
        if number != self.notice.number {
            if let (Fate::Accepted, Some(reach)) = (fate, self.earlier.iter_mut().find(|reach| reach.number == number))
            {
                reach.loose.remove(&id);
            }
            return;
        }
        match (fate, self.waiting.get_mut(&id)) {
            (Fate::Later(after), Some(retry)) if now.since(retry.since) < PATIENCE => {
                let pause = PAUSE.saturating_mul(1 << retry.attempts.min(10)).min(LONGEST_PAUSE);
                retry.next_at = now.plus(after.max(pause));
                retry.attempts = retry.attempts.saturating_add(1);
                return;
            }
            (Fate::Untried(after), Some(retry)) if now.since(retry.since) < PATIENCE => {
                retry.next_at = now.plus(after);
                return;
            }
            (Fate::Accepted, Some(_)) => self.accepted += 1,
            (Fate::Refused | Fate::Later(_) | Fate::Untried(_), Some(_)) => self.refused += 1,
            (Fate::Gone, _) | (_, None) => {}
        }
        self.waiting.remove(&id);
    }

    /// Somebody who was passed over was told in a letter about several stories.
    pub(super) fn catch_up(&mut self, number: u32, id: SubscriberId) {
        let reaches = self.earlier.iter_mut().chain([&mut self.reach]);
        if let Some(reach) = reaches.into_iter().find(|reach| reach.number == number) {
            reach.catch_up(id);
        }
        if number == self.notice.number {
            self.accepted += 1;
            self.held = self.held.saturating_sub(1);
        }
    }

    /// Since when a letter waits that could have left.
    pub(super) fn waits_since(&self) -> Option<Timestamp> {
        let walks =
            matches!(self.reach.place, Place::In(_, _)).then(|| self.notice.made_at.max(self.notice.hold_until));
        self.waiting.values().map(|retry| retry.since).chain(walks).min()
    }

    pub(super) fn tally(&self) -> Tally {
        let (accepted, refused, held) = (self.accepted, self.refused, self.held);
        let waiting = self.waiting.len() as u64;
        let coming = match self.reach.place {
            Place::In(_, _) => self.expected.saturating_sub(accepted + refused + waiting + held + self.skipped),
            Place::End => 0,
        };
        Tally { accepted, refused, waiting, held, coming }
    }
}
