//! Who has been told by one walk through the book of subscribers: how far it is, and whom it passed over.
//!
//! It does not know why somebody was passed over. Subscribers are walked in the order of their ids, so that ten thousand of them take
//! a few bytes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use shared::ComponentId;

use crate::subscriber::{Pass, SubscriberId};

/// How far a walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Place {
    /// Behind that one, in that pass.
    In(Pass, Option<SubscriberId>),
    /// Through.
    End,
}

/// A set of subscribers as stretches of the walk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stretches(Vec<(SubscriberId, SubscriberId)>);

impl Stretches {
    /// Adds one; `before` is the one whom the walk met before, whatever became of that one.
    fn add(&mut self, id: SubscriberId, before: Option<SubscriberId>) {
        match self.0.last_mut() {
            Some((_, last)) if Some(*last) == before => *last = id,
            Some(_) | None => self.0.push((id, id)),
        }
    }

    fn contains(&self, id: SubscriberId) -> bool {
        let at = self.0.partition_point(|(first, _)| *first <= id);
        at.checked_sub(1).and_then(|at| self.0.get(at)).is_some_and(|(_, last)| id <= *last)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The passes of a walk apart: their ids lie between each other's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Sides {
    own: Stretches,
    page: Stretches,
}

impl Sides {
    fn of(&self, pass: Pass) -> &Stretches {
        match pass {
            Pass::Own => &self.own,
            Pass::Page => &self.page,
        }
    }

    fn of_mut(&mut self, pass: Pass) -> &mut Stretches {
        match pass {
            Pass::Own => &mut self.own,
            Pass::Page => &mut self.page,
        }
    }
}

/// Whom a notice has reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reach {
    /// Which notice.
    pub(super) number: u32,
    /// What its letters tell of.
    pub(super) components: BTreeSet<ComponentId>,
    /// How far the walk is.
    pub(super) place: Place,
    /// Whom this walk passed over.
    missing: Sides,
    /// Whom the walk before passed over, while a further one goes through them.
    before: Option<Sides>,
    /// Who was passed and has not got it all the same: it was on its way when a newer notice took its place.
    pub(super) loose: BTreeSet<SubscriberId>,
    /// Who was passed over and has got it all the same, in a letter about several stories.
    besides: BTreeSet<SubscriberId>,
}

impl Reach {
    /// Nobody yet.
    pub(super) fn new(number: u32, components: BTreeSet<ComponentId>) -> Self {
        Self {
            number,
            components,
            place: Place::In(Pass::Own, None),
            missing: Sides::default(),
            before: None,
            loose: BTreeSet::new(),
            besides: BTreeSet::new(),
        }
    }

    /// Whether the walk has come past somebody.
    fn passed(&self, pass: Pass, id: SubscriberId) -> bool {
        match self.place {
            Place::End => true,
            Place::In(present, _) if present != pass => pass < present,
            Place::In(_, cursor) => cursor.is_some_and(|cursor| id <= cursor),
        }
    }

    /// Whether somebody was passed over and has not got it since.
    pub(super) fn misses(&self, pass: Pass, id: SubscriberId) -> bool {
        let over = if self.passed(pass, id) { Some(&self.missing) } else { self.before.as_ref() };
        over.is_some_and(|sides| sides.of(pass).contains(id)) && !self.besides.contains(&id)
    }

    /// Whether somebody has got it.
    pub(super) fn has(&self, pass: Pass, id: SubscriberId) -> bool {
        let met = self.before.is_some() || self.passed(pass, id);
        met && !self.misses(pass, id) && !self.loose.contains(&id)
    }

    /// Whether the walk is to look at somebody whom it meets: a further walk only at those who were passed over.
    pub(super) fn concerns(&self, pass: Pass, id: SubscriberId) -> bool {
        let open = self.before.as_ref().is_none_or(|sides| sides.of(pass).contains(id));
        open && !self.besides.contains(&id)
    }

    /// The walk met somebody and sends him something, or has before.
    pub(super) fn pass(&mut self, id: SubscriberId) {
        if let Place::In(_, cursor) = &mut self.place {
            *cursor = Some(id);
        }
    }

    /// The walk met somebody who gets nothing now.
    pub(super) fn pass_over(&mut self, id: SubscriberId) {
        if let Place::In(pass, cursor) = &mut self.place {
            self.missing.of_mut(*pass).add(id, *cursor);
            *cursor = Some(id);
        }
    }

    /// Nobody more in this pass.
    pub(super) fn turn(&mut self) {
        self.place = match self.place {
            Place::In(Pass::Own, _) => Place::In(Pass::Page, None),
            Place::In(Pass::Page, _) | Place::End => Place::End,
        };
        if self.place == Place::End {
            self.before = None;
        }
    }

    /// Begins another walk, through those who were passed over.
    pub(super) fn walk_again(&mut self) {
        self.before = Some(std::mem::take(&mut self.missing));
        self.place = Place::In(Pass::Own, None);
    }

    /// Somebody who was passed over got it in a letter about several stories.
    pub(super) fn catch_up(&mut self, id: SubscriberId) {
        self.besides.insert(id);
    }

    /// Whether everybody has it.
    pub(super) fn is_whole(&self) -> bool {
        let nobody = self.missing.own.is_empty() && self.missing.page.is_empty();
        self.place == Place::End && nobody && self.loose.is_empty()
    }
}
