//! How far every notice has got, and who gets a letter next. Pure.
//!
//! It reads no clock, does no I/O and cannot fail. It does not know what letters say nor how they travel.
//!
//! - Who chose one of the components comes before who wants everything; each of both in the order of ids, so that one id says how
//!   far it got.
//! - Whoever got a letter a moment ago, or many today, is passed over; when the time has come, another walk looks at those who were
//!   and tells them what is the newest then, in one letter for all stories that they were passed over in.
//! - Growth is told only when there is half as much again as they know of, or something that they chose joined.
//! - Letters on their way count as waiting, and are in the record: what a crash leaves open is sent again under the same id.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use shared::{ComponentId, Timestamp};
use tracing::warn;

use super::{
    Fate, Notice, Notices, Story, Tally,
    reach::Place,
    round::{PATIENCE, Round, WAITING},
    storm::{self, Haste},
};
use crate::{
    mail::compose::Gathered,
    subscriber::{Pass, Recipient, Scope, Search, SubscriberId},
};

/// Somebody who has a letter on its way gets the next one no sooner.
const IN_FLIGHT: std::time::Duration = std::time::Duration::from_secs(5);

/// The components of a story with the names of the groups that they stand in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Groups(pub BTreeMap<ComponentId, Vec<String>>);

impl Groups {
    /// Whether news of a component are wanted.
    pub(super) fn wanted(&self, scope: &Scope, component: &ComponentId) -> bool {
        let groups = self.0.get(component).map(Vec::as_slice).unwrap_or_default();
        scope.wants(component, None) || groups.iter().any(|group| scope.wants(component, Some(group)))
    }

    fn any_wanted(&self, scope: &Scope) -> bool {
        scope.is_whole_page() || self.0.keys().any(|component| self.wanted(scope, component))
    }
}

/// What is to be done next.
#[derive(Debug, Clone)]
pub enum Step {
    /// Look at the next subscribers, and hand them to [`Rounds::meet`].
    Walk(Story, Box<Search>),
    /// Try a letter again: hand whoever has that id to [`Rounds::retry`].
    Retry(Story, SubscriberId),
}

/// A letter that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// To whom.
    pub recipient: Recipient,
    /// What it tells of, and which notice of each; the first one is why it is sent.
    pub stories: Vec<(Story, u32)>,
    /// Why it tells of several, where it does.
    pub gathered: Gathered,
    /// When it was tried first.
    pub since: Timestamp,
}

impl Order {
    /// Whether nobody waits any longer for a relay to take it.
    pub fn is_last(&self, now: Timestamp) -> bool {
        now.since(self.since) >= PATIENCE
    }
}

/// How far everything has got.
#[derive(Debug, Clone, Default)]
pub struct Rounds {
    rounds: BTreeMap<Story, Round>,
    groups: BTreeMap<Story, Groups>,
    /// Who has a letter on its way, of which story.
    flying: BTreeMap<SubscriberId, Story>,
    /// Letters that were sent since the start: the book of subscribers knows of them a little later.
    lately: BTreeMap<SubscriberId, Vec<Timestamp>>,
    changes: BTreeSet<Story>,
}

impl Rounds {
    /// Goes on where another one stopped; what cannot be read is named and begun anew.
    pub fn read<'a>(records: impl IntoIterator<Item = (&'a Story, &'a [u8])>) -> Self {
        let read = |(story, bytes): (&Story, &[u8])| match serde_json::from_slice(bytes) {
            Ok(round) => Some((story.clone(), round)),
            Err(error) => {
                warn!(%story, %error, "the record of how far a notice got cannot be read");
                None
            }
        };
        Self { rounds: records.into_iter().filter_map(read).collect(), ..Self::default() }
    }

    /// The records of how far every one of these notices got, as if all of them had been told to everybody.
    pub fn history(notices: &Notices, records: &BTreeMap<Story, Bytes>) -> BTreeMap<Story, Bytes> {
        let known = Self::read(records.iter().map(|(story, body)| (story, body.as_ref()))).rounds;
        let ended = |(story, notice): (&Story, &Notice)| {
            let round = known.get(story).filter(|round| round.notice.number >= notice.number).cloned();
            let components = known.get(story).map(|round| round.reach.components.clone()).unwrap_or_default();
            let round = round.unwrap_or_else(|| Round::new(notice.clone(), components)).ended();
            Some((story.clone(), Bytes::from(serde_json::to_vec(&round).ok()?)))
        };
        notices.iter().filter_map(ended).collect()
    }

    /// Begins with what is new and due, and forgets what the hub has forgotten; gives the stories that begin.
    pub fn take(
        &mut self,
        notices: &Notices,
        groups: impl Fn(&Story, &Notice) -> Option<Groups>,
        now: Timestamp,
    ) -> Vec<Story> {
        let gone: Vec<_> = self.rounds.keys().filter(|story| !notices.contains_key(*story)).cloned().collect();
        for story in gone {
            self.rounds.remove(&story);
            self.groups.remove(&story);
            self.changes.insert(story);
        }
        let mut begun = Vec::new();
        for (story, notice) in notices.iter().filter(|(_, notice)| notice.hold_until <= now) {
            let newer = self.rounds.get(story).is_none_or(|round| round.notice.number < notice.number);
            if !newer && self.groups.contains_key(story) {
                continue;
            }
            let Some(groups) = groups(story, notice) else { continue };
            let components: BTreeSet<_> = groups.0.keys().cloned().collect();
            self.groups.insert(story.clone(), groups);
            if newer {
                let round = match self.rounds.remove(story) {
                    Some(before) => before.then(notice.clone(), components),
                    None => Round::new(notice.clone(), components),
                };
                self.rounds.insert(story.clone(), round);
                self.changes.insert(story.clone());
                begun.push(story.clone());
            }
        }
        begun
    }

    /// How many are to be looked at in a story.
    pub fn expect(&mut self, story: &Story, subscribers: u64) {
        if let Some(round) = self.rounds.get_mut(story) {
            round.expected = subscribers;
            self.changes.insert(story.clone());
        }
    }

    /// Whom a walk looks for.
    pub fn search(&self, story: &Story, pass: Pass, after: Option<SubscriberId>, limit: usize) -> Option<Search> {
        let (groups, round) = (self.groups.get(story)?, self.rounds.get(story)?);
        Some(Search {
            pass,
            after,
            touched: groups.0.keys().cloned().collect(),
            groups: groups.0.values().flatten().cloned().collect(),
            confirmed_before: round.notice.made_at.max(round.notice.hold_until),
            limit,
        })
    }

    /// What is to be done next: letters that are tried again, then walks, those who chose first, the oldest story first.
    pub fn next(&mut self, limit: usize, now: Timestamp) -> Option<Step> {
        let known = |(story, _): &(&Story, &Round)| self.groups.contains_key(*story);
        for (story, round) in self.rounds.iter().filter(known) {
            let due = |(id, retry): &(&SubscriberId, &super::round::Retry)| {
                retry.next_at <= now && !self.flying.contains_key(*id)
            };
            if let Some((id, _)) = round.waiting.iter().find(due) {
                return Some(Step::Retry(story.clone(), *id));
            }
        }
        let again = |(_, round): &(&Story, &mut Round)| round.again_at().is_some_and(|at| at <= now);
        for (story, round) in self.rounds.iter_mut().filter(again) {
            round.walk_again();
            self.changes.insert(story.clone());
        }
        let walk = |(story, round): (&Story, &Round)| match round.reach.place {
            Place::In(pass, after) if round.waiting.len() < WAITING && self.groups.contains_key(story) => {
                Some((pass, round.notice.made_at, story.clone(), after))
            }
            Place::In(_, _) | Place::End => None,
        };
        let (pass, _, story, after) = self.rounds.iter().filter_map(walk).min()?;
        let search = self.search(&story, pass, after, limit)?;
        Some(Step::Walk(story, Box::new(search)))
    }

    /// When something is due that is not now.
    pub fn wakes_at(&self) -> Option<Timestamp> {
        let again = self.rounds.values().filter_map(Round::again_at);
        let retries = self.rounds.values().flat_map(|round| &round.waiting);
        let retries = retries.filter(|(id, _)| !self.flying.contains_key(*id)).map(|(_, retry)| retry.next_at);
        again.chain(retries).min()
    }

    /// The walk of a story meets these, who are all there are when they are fewer than it looked for: the letters to send.
    pub fn meet(&mut self, story: &Story, search: &Search, met: Vec<Recipient>, now: Timestamp) -> Vec<Order> {
        let asked = Place::In(search.pass, search.after);
        if self.rounds.get(story).is_none_or(|round| round.reach.place != asked) {
            return Vec::new();
        }
        let (mut orders, last) = (Vec::new(), met.len() < search.limit);
        for recipient in met {
            let decision = self.decide(story, search.pass, &recipient, now);
            let Some(round) = self.rounds.get_mut(story) else { break };
            let id = recipient.id;
            match decision {
                Decision::Known => round.reach.pass(id),
                Decision::Skip => round.skip(id),
                Decision::Hold(until) => round.hold(id, until),
                Decision::Send(others) => {
                    let first = (story.clone(), round.notice.number);
                    round.send(id, others.clone(), now);
                    self.flying.insert(id, story.clone());
                    let stories = [first].into_iter().chain(others).collect();
                    let gathered = storm::gathered(&self.recent(&recipient), now);
                    orders.push(Order { recipient, stories, gathered, since: now });
                }
            }
        }
        if let Some(round) = self.rounds.get_mut(story).filter(|_| last) {
            round.turn(now);
        }
        self.changes.insert(story.clone());
        orders
    }

    /// A letter to somebody is tried again, as it was the last time; none when he is gone.
    pub fn retry(
        &mut self,
        story: &Story,
        id: SubscriberId,
        recipient: Option<Recipient>,
        now: Timestamp,
    ) -> Option<Order> {
        let round = self.rounds.get_mut(story)?;
        let Some(recipient) = recipient else {
            round.settle(round.notice.number, id, Fate::Gone, Timestamp::default());
            self.changes.insert(story.clone());
            return None;
        };
        let (others, since) = round.waiting.get(&id).map(|retry| (retry.others.clone(), retry.since))?;
        let stories = [(story.clone(), round.notice.number)].into_iter().chain(others);
        let pass = if recipient.scope.is_whole_page() { Pass::Page } else { Pass::Own };
        // He may have got one of the others in another letter meanwhile.
        let due = |(other, number): &(Story, u32)| {
            let round = self.rounds.get(other).filter(|round| round.notice.number == *number);
            round.is_some_and(|round| other == story || round.reach.misses(pass, id))
        };
        let stories = stories.filter(due).collect();
        self.flying.insert(id, story.clone());
        let gathered = storm::gathered(&self.recent(&recipient), now);
        Some(Order { recipient, stories, gathered, since })
    }

    /// Whether that notice is the newest one of its story.
    pub fn is_newest(&self, story: &Story, number: u32) -> bool {
        self.rounds.get(story).is_some_and(|round| round.notice.number == number)
    }

    /// The newest notice of a story that has begun.
    pub fn notice(&self, story: &Story) -> Option<&Notice> {
        self.rounds.get(story).map(|round| &round.notice)
    }

    /// A letter was not sent after all: something newer took its place.
    pub fn drop_order(&mut self, order: &Order) {
        self.flying.remove(&order.recipient.id);
    }

    /// What became of a letter.
    pub fn settle(&mut self, order: &Order, fate: Fate, now: Timestamp) {
        let id = order.recipient.id;
        self.flying.remove(&id);
        for (at, (story, number)) in order.stories.iter().enumerate() {
            let Some(round) = self.rounds.get_mut(story) else { continue };
            if at == 0 {
                round.settle(*number, id, fate, now);
            } else if fate == Fate::Accepted {
                round.catch_up(*number, id);
            }
            self.changes.insert(story.clone());
        }
        if fate == Fate::Accepted {
            let lately = self.lately.entry(id).or_default();
            lately.push(now);
            lately.drain(..lately.len().saturating_sub(storm::A_DAY));
        }
    }

    fn decide(&self, story: &Story, pass: Pass, recipient: &Recipient, now: Timestamp) -> Decision {
        let (Some(round), Some(groups)) = (self.rounds.get(story), self.groups.get(story)) else {
            return Decision::Skip;
        };
        let id = recipient.id;
        if round.waiting.contains_key(&id) || !round.reach.concerns(pass, id) {
            return Decision::Known;
        }
        if !round.is_worth(pass, recipient, groups) {
            return Decision::Skip;
        }
        if self.flying.contains_key(&id) {
            return Decision::Hold(now.plus(IN_FLIGHT));
        }
        let haste = if round.notice.turn.is_end() { Haste::End } else { Haste::None };
        match storm::until(&self.recent(recipient), haste, now) {
            Some(until) => Decision::Hold(until),
            None => Decision::Send(self.others(story, pass, recipient)),
        }
    }

    /// When somebody got letters, the oldest first.
    fn recent(&self, recipient: &Recipient) -> Vec<Timestamp> {
        let mut recent = recipient.recent.clone();
        // The book knows of some of ours; two letters of one instant are two.
        let mut known = recent.clone();
        for at in self.lately.get(&recipient.id).into_iter().flatten() {
            match known.iter().position(|other| other == at) {
                Some(same) => drop(known.swap_remove(same)),
                None => recent.push(*at),
            }
        }
        recent.sort_unstable();
        recent
    }

    /// The other stories that somebody was passed over in.
    fn others(&self, story: &Story, pass: Pass, recipient: &Recipient) -> Vec<(Story, u32)> {
        let id = recipient.id;
        let missed = |(other, round): &(&Story, &Round)| {
            let groups = self.groups.get(*other);
            *other != story
                && round.reach.misses(pass, id)
                && !round.waiting.contains_key(&id)
                && groups.is_some_and(|groups| {
                    groups.any_wanted(&recipient.scope) && round.is_worth(pass, recipient, groups)
                })
        };
        let all = self.rounds.iter().filter(missed);
        all.map(|(other, round)| (other.clone(), round.notice.number)).collect()
    }

    /// The records that are not written as they are; without a body, those that are over.
    pub fn take_changes(&mut self) -> Vec<(Story, Option<Bytes>)> {
        let record = |story: Story| match self.rounds.get(&story).map(serde_json::to_vec).transpose() {
            Ok(body) => Some((story, body.map(Bytes::from))),
            Err(error) => {
                warn!(%story, %error, "the record of how far a notice got cannot be written");
                None
            }
        };
        std::mem::take(&mut self.changes).into_iter().filter_map(record).collect()
    }

    /// Whether something is not written as it is.
    pub fn is_changed(&self) -> bool {
        !self.changes.is_empty()
    }

    /// How far each story has got.
    pub fn tallies(&self) -> BTreeMap<Story, Tally> {
        self.rounds.iter().map(|(story, round)| (story.clone(), round.tally())).collect()
    }

    /// Since when the oldest letter waits that could have left.
    pub fn waits_since(&self) -> Option<Timestamp> {
        self.rounds.values().filter_map(Round::waits_since).min()
    }
}

/// What somebody gets whom a walk meets.
enum Decision {
    /// He has it, or it is on its way.
    Known,
    /// It is not worth a letter to him.
    Skip,
    /// Nothing before then.
    Hold(Timestamp),
    /// A letter, which tells of these stories too.
    Send(Vec<(Story, u32)>),
}
