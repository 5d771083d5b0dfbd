//! Random changes of state, orders and clocks thrown at the book alone, and the promises that it keeps in all of them.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{How::*, *};
use crate::incident::{Actor, Command, Lead, Opening, Origin, Refusal, Statement};

const COMPONENTS: [&str; 8] = ["cloud", "forum", "proxy", "cluster", "wiki", "mail", "chat", "git"];

/// One thing that happens, and how many seconds after the one before; the clock may be set back.
#[derive(Debug, Clone)]
struct Step {
    after: i64,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Down {
        component: usize,
        status: u16,
        slow: i64,
    },
    To(usize, Status),
    Tick,
    /// Some operator's order to the incident that began so many before the last one, with a version so many before its own.
    Order {
        wish: Wish,
        ago: usize,
        outdated: u64,
    },
    Restart,
}

#[derive(Debug, Clone, Copy)]
enum Wish {
    Acknowledge,
    Say(Stage),
    Promise,
    Release,
    Report,
    Link,
    Open(usize),
}

fn wishes() -> impl Strategy<Value = Wish> {
    let stages = [Stage::Investigating, Stage::Identified, Stage::Monitoring, Stage::Resolved];
    prop_oneof![
        Just(Wish::Acknowledge),
        prop::sample::select(stages.to_vec()).prop_map(Wish::Say),
        Just(Wish::Promise),
        Just(Wish::Release),
        Just(Wish::Report),
        Just(Wish::Link),
        (0..COMPONENTS.len()).prop_map(Wish::Open),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let component = || 0..COMPONENTS.len();
    let calm = [Status::Operational, Status::DegradedPerformance, Status::Unknown, Status::UnderMaintenance];
    let calm = prop_oneof![3 => Just(Status::Operational), 1 => prop::sample::select(calm.to_vec())];
    let down = (component(), prop::sample::select(vec![502_u16, 503]), 0..300_i64);
    let what = prop_oneof![
        6 => down.prop_map(|(component, status, slow)| What::Down { component, status, slow }),
        8 => (component(), calm).prop_map(|(component, status)| What::To(component, status)),
        2 => Just(What::Tick),
        4 => (wishes(), 0..3_usize, prop_oneof![4 => Just(0_u64), 1 => 1..3_u64])
            .prop_map(|(wish, ago, outdated)| What::Order { wish, ago, outdated }),
        1 => Just(What::Restart),
    ];
    let after = prop_oneof![12 => 0..60_i64, 4 => 0..400_i64, 1 => 0..90_000_i64, 1 => -4_000..0_i64];
    prop::collection::vec((after, what).prop_map(|(after, what)| Step { after, what }), 1..60)
}

/// A book that was led through some steps.
struct Walk {
    bench: Bench,
    now: i64,
    /// What was last seen of each incident.
    known: BTreeMap<IncidentId, (u64, Stage)>,
    /// Since when components have been down.
    down: BTreeMap<ComponentId, i64>,
}

impl Walk {
    fn new() -> Self {
        Self { bench: Bench::new(), now: 0, known: BTreeMap::new(), down: BTreeMap::new() }
    }

    fn go(&mut self, step: &Step) -> Result<(), TestCaseError> {
        self.now += step.after;
        self.down.values_mut().for_each(|since| *since = (*since).min(self.now));
        match step.what {
            What::Down { component, status, slow } => {
                let failure = down(COMPONENTS[component], Answers(status), (self.now - slow, self.now), self.now);
                self.bench.hear(failure);
                self.down.entry(id(COMPONENTS[component])).or_insert(self.now);
            }
            What::To(component, status) => {
                self.down.remove(&id(COMPONENTS[component]));
                self.bench.hear(to(COMPONENTS[component], status, self.now));
            }
            What::Tick => self.bench.tick(self.now),
            What::Order { wish, ago, outdated } => self.order(wish, ago, outdated)?,
            What::Restart => self.restart(),
        }
        self.hold()
    }

    fn restart(&mut self) {
        self.bench.book.mark_changed();
        let records = self.bench.book.take_all_changes(at(self.now));
        let records = records.iter().filter_map(|(id, body)| Some((id, body.as_deref()?)));
        let conditions = self.bench.book.conditions.clone();
        self.bench.book = Book::read(Rules::default(), records);
        self.bench.news.extend(self.bench.book.arrange(landscape(), at(self.now)));
        self.bench.book.conditions = conditions;
    }

    fn command(&self, wish: Wish, ago: usize, outdated: u64) -> Option<Command> {
        let now = at(self.now);
        let say =
            |stage| Statement { stage, body: "Words.".into(), title: None, workaround: None, next_update_at: None };
        if let Wish::Open(component) = wish {
            let components = [(id(COMPONENTS[component]), Status::PartialOutage)].into();
            let (title, statement) = ("By hand".into(), say(Stage::Investigating));
            return Some(Command::Open(Opening { title, started_at: None, components, statement }));
        }
        let all = self.bench.all();
        let target = all.iter().rev().nth(ago)?;
        let (incident, version) = (target.id.clone(), target.version.saturating_sub(outdated));
        Some(match wish {
            Wish::Acknowledge => Command::Acknowledge { incident },
            Wish::Say(stage) => Command::Say { incident, version, statement: say(stage) },
            Wish::Promise => {
                let next_update_at = Some(now.plus(Duration::from_secs(120)));
                let statement = Statement { next_update_at, ..say(Stage::Identified) };
                Command::Say { incident, version, statement }
            }
            Wish::Release => Command::Release { incident, version },
            Wish::Report => Command::ReportedByUsers { incident, version, at: now.minus(Duration::from_secs(60)) },
            Wish::Link | Wish::Open(_) => {
                Command::Link { incident, version, relapse_of: all.first().map(|first| first.id.clone()) }
            }
        })
    }

    /// An order is refused and changes nothing, or it is carried out and can be taken back.
    fn order(&mut self, wish: Wish, ago: usize, outdated: u64) -> Result<(), TestCaseError> {
        self.bench.tick(self.now);
        let Some(command) = self.command(wish, ago, outdated) else { return Ok(()) };
        let before = self.bench.book.incidents();
        let ordered = self.bench.book.order(&Actor::Socket, command.clone(), at(self.now));
        let old = outdated > 0 && !matches!(wish, Wish::Acknowledge | Wish::Open(_));
        prop_assert!(!old || ordered.is_err(), "{command:?} with an old version");
        match ordered {
            Ok(done) => {
                self.bench.book.take_back(done);
                prop_assert_eq!(self.bench.book.incidents(), before, "{:?} taken back", command);
                let again = self.bench.book.order(&Actor::Socket, command, at(self.now));
                self.bench.news.extend(again.expect("it was taken before").news);
            }
            Err(Refusal::StoreBehind) => prop_assert!(false, "the book knows no store"),
            Err(refusal) => prop_assert_eq!(self.bench.book.incidents(), before, "{}", refusal),
        }
        Ok(())
    }

    /// What holds at every moment.
    fn hold(&mut self) -> Result<(), TestCaseError> {
        let mut measured = BTreeMap::<ComponentId, IncidentId>::new();
        for incident in self.bench.all() {
            let seen = self.known.insert(incident.id.clone(), (incident.version, incident.stage));
            if let Some((version, stage)) = seen {
                prop_assert!(incident.version >= version, "a version went back");
                prop_assert!(stage.is_open() || !incident.stage.is_open(), "what was closed is open");
            }
            prop_assert!(incident.updates.iter().map(|it| it.number).eq(1..=incident.updates.len() as u32));
            prop_assert!(incident.updates.iter().map(|it| it.at).is_sorted(), "{:?}", incident.updates);
            let Times { started_at, detected_at, resolved_at, .. } = &incident.times;
            prop_assert!(started_at <= detected_at && resolved_at.is_none_or(|at| at >= *detected_at));
            if !incident.stage.is_open() {
                continue;
            }
            let alive = incident.failing().next().is_some() || incident.lead == Lead::Operators;
            prop_assert!(alive || incident.times.recovered_at.is_some(), "{incident:?} is open without a reason");
            for (component, _) in incident.failing().filter(|_| incident.origin == Origin::Measured) {
                let other = measured.insert(component.clone(), incident.id.clone());
                prop_assert!(other.is_none(), "{component} fails in {other:?} and in {}", incident.id);
            }
        }
        self.nobody_is_abandoned()
    }
}

impl Walk {
    /// What has been down for long belongs to an open incident, or operators closed one with it not long ago.
    fn nobody_is_abandoned(&self) -> Result<(), TestCaseError> {
        let patience = Rules::default().reopen.as_secs().cast_signed();
        let accounted = |component: &ComponentId| {
            let lately = |entry: &Entry| {
                let closed = entry.incident.times.resolved_at;
                entry.is_open() || closed.is_some_and(|at_| at_.plus(Rules::default().reopen) > at(self.now))
            };
            let mut entries = self.bench.book.entries.values();
            entries.any(|entry| entry.failing.contains(component) && lately(entry))
        };
        for (component, since) in &self.down {
            let long = self.now - since > patience;
            prop_assert!(!long || accounted(component), "{component} has been down since {since}, it is {}", self.now);
        }
        Ok(())
    }
}

/// Nothing is told twice, and nothing before its beginning.
fn told_once(news: &[News]) -> Result<(), TestCaseError> {
    let mut told = BTreeMap::<&IncidentId, Vec<&str>>::new();
    for item in news {
        let (id, word) = match item {
            News::Opened(id) => (id, "opened"),
            News::Resolved(id) => (id, "resolved"),
            News::Closed(id) => (id, "closed"),
            News::Grown(id) => (id, "grown"),
            News::Overdue(id, _) => (id, "overdue"),
            News::Acknowledged(id) => (id, "acknowledged"),
        };
        let before = told.entry(id).or_default();
        let repeats = matches!(word, "opened" | "resolved" | "closed") && before.contains(&word);
        let over = before.iter().any(|before| matches!(*before, "resolved" | "closed"));
        prop_assert!(!repeats && !over, "{word} after {before:?}");
        before.push(word);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_happens_the_book_keeps_its_promises(steps in steps()) {
        let mut walk = Walk::new();
        for step in &steps {
            walk.go(step)?;
        }
        told_once(&walk.bench.news)?;
    }

    #[test]
    fn a_book_that_was_read_goes_on_as_the_one_that_was_written(steps in steps(), cut in any::<prop::sample::Index>()) {
        let (mut live, mut read) = (Walk::new(), Walk::new());
        for (number, step) in steps.iter().enumerate().filter(|(_, step)| !matches!(step.what, What::Restart)) {
            live.go(step)?;
            read.go(step)?;
            if number == cut.index(steps.len()) {
                read.restart();
            }
        }
        prop_assert_eq!(live.bench.all(), read.bench.all());
        prop_assert_eq!(live.bench.news, read.bench.news);
    }

    #[test]
    fn ticks_in_between_change_nothing(steps in steps()) {
        let (mut plain, mut ticked) = (Walk::new(), Walk::new());
        for step in steps.iter().filter(|step| !matches!(step.what, What::Restart)) {
            for part in 1..4 {
                ticked.bench.tick(ticked.now + step.after.max(0) * part / 4);
            }
            plain.go(step)?;
            ticked.go(step)?;
        }
        prop_assert_eq!(plain.bench.all(), ticked.bench.all());
        prop_assert_eq!(plain.bench.news, ticked.bench.news);
    }

    #[test]
    fn what_flaps_for_weeks_keeps_a_record_of_bounded_size(pauses in prop::collection::vec(20..170_i64, 100)) {
        let mut bench = Bench::new();
        let (mut now, mut sizes) = (0, Vec::new());
        for pause in pauses {
            bench.down("wiki", Answers(502), now);
            bench.up("wiki", now + pause);
            now += 2 * pause;
            bench.book.mark_changed();
            sizes.push(bench.book.take_all_changes(at(now)).iter().filter_map(|(_, body)| body.as_ref()).map(Vec::len).max());
        }
        prop_assert!(sizes.last() < Some(&Some(64 * 1_024)), "{:?}", sizes.last());
    }
}
