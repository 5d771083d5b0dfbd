//! Rounds thrown at random days: notices that grow, relays that fail, clocks that pass and processes that die.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use proptest::prelude::*;
use shared::{Language, Timestamp};

use super::*;
use crate::subscriber::{Mailbox, Pass, Recipient, Scope, Search, SubscriberId};

const SUBSCRIBERS: u8 = 12;
const COMPONENTS: usize = 6;

fn component(number: usize) -> shared::ComponentId {
    format!("c{number}").parse().expect("an id")
}

fn story(number: usize) -> Story {
    format!("incident-kctbh9vrtdw{number}").parse().expect("a story")
}

/// Every third one wants everything, the others a component or two.
fn scope(number: u8) -> Scope {
    let own = |offset: u8| component(usize::from(number + offset) % COMPONENTS);
    let components = if number.is_multiple_of(3) { BTreeSet::new() } else { [own(0), own(number % 2)].into() };
    Scope { components, groups: BTreeSet::new() }
}

fn recipient(number: u8, recent: Vec<Timestamp>) -> Recipient {
    Recipient {
        id: SubscriberId::of([number; 16]),
        address: format!("reader{number}@example.org").parse().expect("an address"),
        language: Language::Fr,
        scope: scope(number),
        mailbox: Mailbox::Personal,
        unsubscribe: "a".repeat(52).parse().expect("a token"),
        bounce: "b+x".to_owned(),
        recent,
    }
}

/// A letter that a relay took.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Taken {
    at: Timestamp,
    stories: Vec<(Story, u32)>,
}

#[derive(Debug, Default)]
struct World {
    now: Timestamp,
    rounds: Rounds,
    notices: Notices,
    /// How many components each story has, and those of each number that was told.
    sizes: BTreeMap<Story, usize>,
    kept: BTreeMap<Story, bytes::Bytes>,
    flying: Vec<Order>,
    taken: BTreeMap<SubscriberId, Vec<Taken>>,
    crashes: u32,
}

impl World {
    fn tell(&mut self, number: usize, turn: Turn, components: usize) {
        let story = story(number);
        let size = self.sizes.entry(story.clone()).or_default();
        *size = (*size).max(components);
        let notice = match self.notices.get(&story) {
            Some(notice) => notice.then(notice.number + 1, turn, self.now),
            None => Notice::first(1, turn, self.now, self.now.plus(HOLD)),
        };
        self.notices.insert(story, notice);
    }

    fn begin(&mut self) {
        let sizes = &self.sizes;
        let groups = |story: &Story, _: &Notice| {
            let size = sizes.get(story).copied().unwrap_or_default();
            Some(Groups((0..size).map(|number| (component(number), Vec::new())).collect()))
        };
        self.rounds.take(&self.notices, groups, self.now);
    }

    fn found(&self, search: &Search) -> Vec<Recipient> {
        let met = (1..=SUBSCRIBERS).map(|number| self.recipient(SubscriberId::of([number; 16])));
        let wanted = |recipient: &Recipient| match search.pass {
            Pass::Page => recipient.scope.is_whole_page(),
            Pass::Own => !recipient.scope.components.is_disjoint(&search.touched),
        };
        let behind = met.filter(|recipient| search.after.is_none_or(|after| recipient.id > after));
        behind.filter(wanted).take(search.limit).collect()
    }

    fn recipient(&self, id: SubscriberId) -> Recipient {
        let recent = self.taken.get(&id).into_iter().flatten().map(|taken| taken.at).collect();
        let number = (1..=SUBSCRIBERS).find(|number| SubscriberId::of([*number; 16]) == id).expect("one of them");
        recipient(number, recent)
    }

    /// Takes one step; the letters that follow are on their way.
    fn step(&mut self) -> bool {
        self.begin();
        let Some(step) = self.rounds.next(3, self.now) else { return false };
        let orders: Vec<_> = match step {
            Step::Walk(story, search) => {
                let met = self.found(&search);
                self.rounds.meet(&story, &search, met, self.now)
            }
            Step::Retry(story, id) => {
                let recipient = self.recipient(id);
                self.rounds.retry(&story, id, Some(recipient), self.now).into_iter().collect()
            }
        };
        self.flying.extend(orders);
        true
    }

    fn land(&mut self, fate: Fate) {
        if self.flying.is_empty() {
            return;
        }
        let order = self.flying.remove(0);
        let newest = |(story, number): &(Story, u32)| self.rounds.is_newest(story, *number);
        if !order.stories.first().is_some_and(newest) {
            return self.rounds.drop_order(&order);
        }
        if fate == Fate::Accepted {
            let taken = Taken { at: self.now, stories: order.stories.clone() };
            self.taken.entry(order.recipient.id).or_default().push(taken);
        }
        self.rounds.settle(&order, fate, self.now);
    }

    fn write(&mut self) {
        for (story, body) in self.rounds.take_changes() {
            match body {
                Some(body) => drop(self.kept.insert(story, body)),
                None => drop(self.kept.remove(&story)),
            }
        }
    }

    /// The process dies: what was not written is forgotten, and what was on its way may or may not have arrived.
    fn crash(&mut self) {
        self.crashes += 1;
        self.flying.clear();
        self.rounds = Rounds::read(self.kept.iter().map(|(story, body)| (story, body.as_ref())));
    }

    /// Lets time pass until nothing is left to do.
    fn settle_down(&mut self) {
        for _ in 0..20_000 {
            while !self.flying.is_empty() {
                self.land(Fate::Accepted);
            }
            if !self.step() && self.flying.is_empty() {
                let held = self.notices.values().map(|notice| notice.hold_until).filter(|at| *at > self.now).min();
                let Some(at) = [held, self.rounds.wakes_at()].into_iter().flatten().min() else { return };
                self.now = at.max(self.now.plus(Duration::from_secs(1)));
            }
        }
        panic!("it never ends: {:?}", self.rounds.tallies());
    }

    fn last_heard(&self, id: SubscriberId, story: &Story) -> Option<u32> {
        let letters = self.taken.get(&id)?.iter().flat_map(|taken| &taken.stories);
        letters.filter(|(of, _)| of == story).map(|(_, number)| *number).max()
    }

    fn wants(&self, id: SubscriberId, story: &Story) -> bool {
        let scope = self.recipient(id).scope;
        (0..self.sizes[story]).any(|number| scope.wants(&component(number), None))
    }

    fn check(&self) -> Result<(), TestCaseError> {
        for id in (1..=SUBSCRIBERS).map(|number| SubscriberId::of([number; 16])) {
            for (story, notice) in &self.notices {
                let heard = self.last_heard(id, story);
                prop_assert_eq!(heard.is_some(), self.wants(id, story), "{} {}", id, story);
                prop_assert!(heard.is_none_or(|heard| heard >= notice.for_all), "{id} {story}: {heard:?} {notice:?}");
            }
            let taken = self.taken.get(&id).map(Vec::as_slice).unwrap_or_default();
            let mut seen = BTreeSet::new();
            let once = taken.iter().flat_map(|taken| &taken.stories).all(|told| seen.insert(told.clone()));
            prop_assert!(once || self.crashes > 0, "{id} was told twice: {taken:?}");
            for day in taken.windows(7).filter(|_| self.crashes == 0) {
                prop_assert!(day[6].at.since(day[0].at) >= Duration::from_secs(86_400), "seven a day: {day:?}");
            }
        }
        Ok(())
    }
}

/// What may happen.
#[derive(Debug, Clone)]
enum Happens {
    Tells(usize, Turn, usize),
    Steps,
    Lands(Fate),
    Passes(u64),
    Writes,
    Crashes,
}

fn happens(crashes: bool) -> impl Strategy<Value = Happens> {
    let turns = prop::sample::select(vec![Turn::Grown, Turn::Said, Turn::Resolved]);
    let fates = prop_oneof![4 => Just(Fate::Accepted), 1 => Just(Fate::Later(Duration::from_secs(60))),
        1 => Just(Fate::Untried(Duration::from_secs(5)))];
    let crash = if crashes { Happens::Crashes } else { Happens::Writes };
    prop_oneof![
        2 => (0..3_usize, turns, 1..=COMPONENTS).prop_map(|(story, turn, size)| Happens::Tells(story, turn, size)),
        6 => Just(Happens::Steps),
        6 => fates.prop_map(Happens::Lands),
        2 => (1..7_200_u64).prop_map(Happens::Passes),
        2 => Just(Happens::Writes),
        1 => Just(crash),
    ]
}

fn live(events: Vec<Happens>) -> World {
    let mut world = World { now: Timestamp::from_millis(1_700_000_000_000), ..World::default() };
    world.tell(0, Turn::Opened, 1);
    for event in events {
        match event {
            Happens::Tells(number, turn, size) => world.tell(number, turn, size),
            Happens::Steps => drop(world.step()),
            Happens::Lands(fate) => world.land(fate),
            Happens::Passes(seconds) => world.now = world.now.plus(Duration::from_secs(seconds)),
            Happens::Writes => world.write(),
            Happens::Crashes => world.crash(),
        }
    }
    world.settle_down();
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn everybody_hears_the_end_of_each_story_and_nothing_twice(events in prop::collection::vec(happens(false), 0..120)) {
        live(events).check()?;
    }

    #[test]
    fn a_crash_at_any_point_loses_nobody(events in prop::collection::vec(happens(true), 0..120)) {
        live(events).check()?;
    }

    #[test]
    fn no_record_holds_an_address(events in prop::collection::vec(happens(false), 0..60)) {
        let mut world = live(events);
        world.write();
        for body in world.kept.values() {
            let text = String::from_utf8(body.to_vec()).expect("JSON");
            prop_assert!(!text.contains('@') && !text.contains("reader") && !text.contains("example.org"), "{}", text);
        }
    }
}

#[test]
fn letters_of_one_instant_are_counted_each() {
    use Happens::{Lands, Passes, Steps, Tells};
    let accepted = || Lands(Fate::Accepted);
    let mut events = vec![Passes(30), Tells(2, Turn::Resolved, 2), Steps, Tells(1, Turn::Grown, 5), accepted()];
    events.extend([Passes(900), Steps, Steps, accepted(), Steps]);
    events.extend(std::iter::repeat_with(accepted).take(4));
    events.extend([Tells(1, Turn::Grown, 1), Steps, Steps, Tells(0, Turn::Grown, 1)]);
    events.extend(std::iter::repeat_with(accepted).take(4));
    events.extend((0..3).map(|story| Tells(story, Turn::Resolved, 1)));
    events.extend([Passes(1), accepted(), Steps, Tells(0, Turn::Grown, 2)]);
    live(events).check().expect("nobody gets seven a day");
}

#[test]
fn who_chose_comes_before_who_wants_everything() {
    let mut world = World::default();
    world.tell(0, Turn::Opened, COMPONENTS);
    world.now = world.now.plus(HOLD);
    let mut order = Vec::new();
    while world.step() {
        order.extend(world.flying.iter().map(|order| order.recipient.scope.is_whole_page()));
        while !world.flying.is_empty() {
            world.land(Fate::Accepted);
        }
    }
    assert_eq!(order.len(), usize::from(SUBSCRIBERS));
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn nothing_leaves_before_the_hold_is_over_and_what_fails_together_is_one_letter_each() {
    let mut world = World::default();
    world.tell(0, Turn::Opened, 1);
    assert!(!world.step(), "held");
    world.now = world.now.plus(Duration::from_secs(29));
    world.tell(0, Turn::Grown, COMPONENTS);
    world.settle_down();
    // What grew after the letters were made, and is no news to anybody.
    world.tell(0, Turn::Grown, COMPONENTS);
    world.settle_down();
    assert_eq!(world.taken.len(), usize::from(SUBSCRIBERS));
    assert!(world.taken.values().all(|letters| letters.len() == 1), "{:?}", world.taken);
}

#[test]
fn growth_is_told_to_those_whom_it_concerns_and_to_all_when_it_is_half_as_much_again() {
    let mut world = World::default();
    world.tell(0, Turn::Opened, 4);
    world.settle_down();
    let heard = |world: &World, number| -> Vec<bool> {
        let all = (1..=SUBSCRIBERS).map(|number| SubscriberId::of([number; 16]));
        all.filter(|id| world.last_heard(*id, &story(0)) == Some(number))
            .map(|id| world.recipient(id).scope.is_whole_page())
            .collect()
    };
    world.tell(0, Turn::Grown, 5);
    world.settle_down();
    let fifth = heard(&world, 2);
    assert!(!fifth.is_empty() && fifth.iter().all(|whole| !whole), "{fifth:?}");
    world.sizes.insert(story(0), 7);
    world.tell(0, Turn::Grown, 7);
    world.settle_down();
    assert!(heard(&world, 3).iter().any(|whole| *whole));
}

#[test]
fn what_was_held_in_several_stories_is_one_letter() {
    let mut world = World::default();
    for number in 0..3 {
        world.tell(number, Turn::Opened, COMPONENTS);
    }
    world.settle_down();
    for letters in world.taken.values() {
        let told: Vec<_> = letters.iter().map(|letter| letter.stories.len()).collect();
        assert_eq!(told, [1, 2], "{letters:?}");
    }
}

#[test]
fn what_lay_in_a_backup_that_was_put_back_is_told_to_nobody_and_what_follows_is() {
    let mut world = World { now: Timestamp::from_millis(1_795_000_000_000), ..World::default() };
    world.tell(0, Turn::Opened, 2);
    world.now = world.now.plus(HOLD * 2);
    world.kept = Rounds::history(&world.notices, &world.kept);
    world.rounds = Rounds::read(world.kept.iter().map(|(story, body)| (story, body.as_ref())));
    world.begin();
    assert!(world.rounds.next(8, world.now).is_none(), "it was told then");
    world.tell(0, Turn::Resolved, 2);
    world.begin();
    assert!(world.rounds.next(8, world.now).is_some());
}

#[test]
fn a_letter_that_was_not_tried_leaves_as_soon_as_a_relay_is_back_and_one_that_failed_ever_more_rarely() {
    let pauses = |fate: Fate| -> Vec<u64> {
        let mut world = World { now: Timestamp::from_millis(1_795_000_000_000), ..World::default() };
        world.tell(0, Turn::Opened, COMPONENTS);
        world.now = world.now.plus(HOLD);
        world.step();
        world.flying.truncate(1);
        let pause = |_| {
            let before = world.now;
            world.land(fate);
            world.now = world.rounds.wakes_at().expect("it waits");
            while world.flying.is_empty() {
                assert!(world.step(), "it is due");
            }
            world.flying.truncate(1);
            world.now.since(before).as_secs()
        };
        (0..4).map(pause).collect()
    };
    assert_eq!(pauses(Fate::Untried(Duration::from_secs(5))), [5; 4]);
    assert_eq!(pauses(Fate::Later(Duration::from_secs(5))), [60, 120, 240, 480]);
}
