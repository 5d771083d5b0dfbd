//! What becomes of plans, case by case and at random.

use proptest::prelude::*;
use shared::MaintenanceStage;

use super::*;
use crate::{
    incident::Actor,
    maintenance::{Change, Command, Extent, Planning, Recurrence, Refusal, Scope, Timing, When},
};

const HOUR: i64 = 3_600;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000 + seconds * 1_000)
}

fn camille() -> Actor {
    Actor::Operator("camille".to_owned())
}

fn components() -> Groups {
    let group = |name: &str| Some(Text::from(name));
    let groups = [("cloud", group("Office")), ("wiki", group("Office")), ("names", None)];
    groups.map(|(id, group)| (id.parse().expect("an id"), group)).into()
}

fn once(starts_at: i64, ends_at: i64) -> Planning {
    Planning {
        title: "Update".into(),
        description: "".into(),
        scope: Scope::All,
        when: When::Once { starts_at: Some(at(starts_at)), ends_at: at(ends_at) },
    }
}

fn nightly() -> Planning {
    Planning { when: When::Recurring { cron: "0 0 3 * * *".to_owned(), seconds: 3_600 }, ..once(0, 0) }
}

/// A book with a clock that tests move by hand, and what it told.
struct Bench {
    book: Book,
    now: i64,
    told: Vec<(Word, i64)>,
}

impl Bench {
    fn new() -> Self {
        Self { book: Book::new(TimeZone::UTC), now: 0, told: Vec::new() }
    }

    fn order(&mut self, command: Command) -> Result<MaintenanceId, Refusal> {
        let (id, news) = self.book.order(&camille(), command, &components(), at(self.now))?;
        self.hear(news);
        Ok(id)
    }

    fn plan(&mut self, planning: Planning) -> MaintenanceId {
        self.order(Command::Plan(planning)).expect("it can be planned")
    }

    fn tick(&mut self, now: i64) {
        self.now = now;
        let news = self.book.tick(at(now));
        self.hear(news);
    }

    fn hear(&mut self, news: Vec<News>) {
        let seconds = |at: Timestamp| (at.as_millis() - tests::at(0).as_millis()) / 1_000;
        self.told.extend(news.into_iter().map(|news| (news.word, seconds(news.at))));
    }

    fn told(&mut self) -> Vec<(Word, i64)> {
        std::mem::take(&mut self.told)
    }

    fn get(&self, id: &MaintenanceId) -> Arc<Maintenance> {
        Arc::clone(self.book.get(id).expect("it is known"))
    }

    fn version(&self, id: &MaintenanceId) -> u64 {
        self.get(id).version
    }

    fn refused(&mut self, command: Command, expected: &str) {
        let before = self.book.maintenances();
        let refusal = self.order(command).expect_err(expected).to_string();
        assert!(refusal.contains(expected), "{refusal}");
        assert_eq!(self.book.maintenances(), before);
    }
}

fn restart(book: &mut Book, now: Timestamp) -> Book {
    book.mark_changed();
    let records = book.take_changes();
    let records = records.iter().filter_map(|(key, body)| Some((key.clone(), body.as_deref()?)));
    Book::read(TimeZone::UTC, records, now)
}

#[test]
fn it_is_announced_two_days_before_and_its_stages_begin_at_exact_instants() {
    let mut bench = Bench::new();
    let id = bench.plan(once(100 * HOUR, 102 * HOUR));
    assert_eq!((bench.told(), bench.book.next_due()), (vec![], Some(at(52 * HOUR))));
    bench.tick(52 * HOUR);
    bench.tick(100 * HOUR + 7);
    assert_eq!(bench.get(&id).stage, MaintenanceStage::InProgress);
    bench.tick(103 * HOUR);
    let expected = [(Word::Announced, 52 * HOUR), (Word::Begins, 100 * HOUR), (Word::Ends, 102 * HOUR)];
    assert_eq!(bench.told(), expected);
    let stages: Vec<_> = bench.get(&id).updates.iter().map(|notice| (notice.stage, notice.at)).collect();
    let expected = [
        (MaintenanceStage::Scheduled, at(0)),
        (MaintenanceStage::InProgress, at(100 * HOUR)),
        (MaintenanceStage::Completed, at(102 * HOUR)),
    ];
    assert_eq!(stages, expected);
}

#[test]
fn what_is_planned_at_short_notice_is_announced_at_once_and_what_begins_now_only_begins() {
    let mut bench = Bench::new();
    bench.plan(once(HOUR, 2 * HOUR));
    assert_eq!(bench.told(), [(Word::Announced, 0)]);
    bench.plan(Planning { when: When::Once { starts_at: None, ends_at: at(3 * HOUR) }, ..once(0, 0) });
    assert_eq!(bench.told(), [(Word::Begins, 0)]);
}

#[test]
fn of_what_passed_while_nobody_told_the_time_only_the_end_is_told() {
    let mut bench = Bench::new();
    let announced = bench.plan(once(HOUR, 2 * HOUR));
    let unknown = bench.plan(once(100 * HOUR, 101 * HOUR));
    bench.told();
    bench.tick(200 * HOUR);
    assert_eq!(bench.told(), [(Word::Ends, 2 * HOUR)]);
    for id in [announced, unknown] {
        assert_eq!(bench.get(&id).stage, MaintenanceStage::Completed);
    }
}

#[test]
fn a_plan_that_repeats_shows_its_next_occurrence_and_enters_those_of_two_days() {
    let mut bench = Bench::new();
    bench.plan(nightly());
    let known = bench.book.maintenances();
    assert_eq!(bench.told().len(), 2, "{known:?}");
    let versions: Vec<_> = known.iter().map(|maintenance| maintenance.version > 0).collect();
    assert_eq!(versions, [false, true, true]);
    bench.tick(24 * HOUR);
    assert_eq!(bench.book.maintenances().len(), 4);
    assert!(bench.book.maintenances().iter().all(|maintenance| maintenance.plan.is_some()));
}

#[test]
fn an_operator_begins_early_says_verifies_and_ends_early() {
    let mut bench = Bench::new();
    let id = bench.plan(once(2 * HOUR, 4 * HOUR));
    bench.now = HOUR;
    let version = bench.version(&id);
    bench.order(Command::Begin { maintenance: id.clone(), version, body: None }).expect("it can begin");
    let version = bench.version(&id);
    let verify = Some(MaintenanceStage::Verifying);
    let say = Command::Say { maintenance: id.clone(), version, stage: verify, body: "We look at it".into() };
    bench.order(say.clone()).expect("it can be said");
    bench.refused(say, "changed meanwhile");
    let windows = bench.book.windows(&components(), at(HOUR));
    let cloud = "cloud".parse().expect("an id");
    assert_eq!(windows.of(&cloud), [Window { from: at(HOUR), until: at(4 * HOUR) }]);
    bench.now = 3 * HOUR;
    let version = bench.version(&id);
    bench.order(Command::End { maintenance: id.clone(), version, body: Some("Done".into()) }).expect("it can end");
    bench.tick(5 * HOUR);
    assert_eq!(bench.told(), [(Word::Announced, 0), (Word::Begins, HOUR), (Word::Ends, 3 * HOUR)]);
    assert_eq!((bench.get(&id).starts_at, bench.get(&id).ends_at), (at(HOUR), at(3 * HOUR)));
}

#[test]
fn it_may_end_later_but_never_more_than_seven_days_after_it_began() {
    let mut bench = Bench::new();
    let id = bench.plan(once(HOUR, 2 * HOUR));
    bench.tick(HOUR);
    bench.told();
    let later = |bench: &Bench, ends_at: i64| Command::Change {
        maintenance: id.clone(),
        version: bench.version(&id),
        change: Change { ends_at: Some(at(ends_at)), ..Change::default() },
    };
    bench.refused(later(&bench, 170 * HOUR), "more than 7 days");
    bench.refused(later(&bench, HOUR), "it is past");
    bench.order(later(&bench, 3 * HOUR)).expect("it may");
    bench.tick(4 * HOUR);
    assert_eq!(bench.told(), [(Word::Moved, HOUR), (Word::Ends, 3 * HOUR)]);
}

#[test]
fn what_is_cancelled_has_no_window_and_its_last_update_says_so() {
    let mut bench = Bench::new();
    let id = bench.plan(once(HOUR, 2 * HOUR));
    let cancel = |bench: &Bench, extent| Command::Cancel {
        maintenance: id.clone(),
        version: bench.version(&id),
        extent,
        body: None,
    };
    bench.refused(cancel(&bench, Extent::Series), "does not come from a plan that repeats");
    bench.order(cancel(&bench, Extent::One)).expect("it can be cancelled");
    bench.refused(cancel(&bench, Extent::One), "is over");
    bench.tick(3 * HOUR);
    assert_eq!(bench.told(), [(Word::Announced, 0), (Word::Cancelled, 0)]);
    let cancelled = bench.get(&id);
    assert_eq!((cancelled.stage, cancelled.cancelled_at), (MaintenanceStage::Cancelled, Some(at(0))));
    assert_eq!(cancelled.updates.last().map(|notice| notice.stage), Some(MaintenanceStage::Cancelled));
    assert_eq!(bench.book.windows(&components(), at(0)), Windows::default());
}

#[test]
fn a_series_is_cancelled_with_one_message_and_never_comes_again() {
    let mut bench = Bench::new();
    let id = bench.plan(nightly());
    bench.told();
    let version = bench.version(&id);
    bench.order(Command::Cancel { maintenance: id, version, extent: Extent::Series, body: None }).expect("it can");
    assert_eq!(bench.told(), [(Word::Cancelled, 0)]);
    bench.tick(400 * HOUR);
    assert_eq!((bench.told(), bench.book.plans().count()), (vec![], 0));
    assert!(bench.book.maintenances().iter().all(|maintenance| maintenance.cancelled_at.is_some()));
}

#[test]
fn an_occurrence_that_was_cancelled_alone_is_not_planned_again() {
    let mut bench = Bench::new();
    let id = bench.plan(nightly());
    let version = bench.version(&id);
    bench.order(Command::Cancel { maintenance: id.clone(), version, extent: Extent::One, body: None }).expect("it can");
    let mut book = restart(&mut bench.book, at(0));
    book.tick(at(0));
    assert!(book.get(&id).is_some_and(|maintenance| maintenance.cancelled_at.is_some()));
    assert_eq!(book.maintenances().iter().filter(|maintenance| maintenance.id == id).count(), 1);
}

#[test]
fn what_cannot_be_meant_is_refused_and_changes_nothing() {
    let mut bench = Bench::new();
    let planned = bench.plan(once(HOUR, 2 * HOUR));
    let to = |scope: Scope| Command::Plan(Planning { scope, ..once(5 * HOUR, 6 * HOUR) });
    let titled = |title: &str| Command::Plan(Planning { title: title.into(), ..once(5 * HOUR, 6 * HOUR) });
    bench.refused(Command::Plan(once(HOUR, 2 * HOUR)), &format!("the maintenance {planned}"));
    bench.refused(Command::Plan(once(2 * HOUR, HOUR)), "it ends before it begins");
    bench.refused(Command::Plan(once(-2 * HOUR, HOUR)), "starts_at: it is past");
    bench.refused(Command::Plan(once(-2 * HOUR, -HOUR)), "ends_at: it is past");
    bench.refused(Command::Plan(once(20_000 * HOUR, 20_001 * HOUR)), "check the year");
    bench.refused(Command::Plan(once(HOUR, 200 * HOUR)), "more than 7 days");
    bench.refused(to(Scope::Components(vec![])), "names nothing");
    bench.refused(to(Scope::Components(vec!["clout".parse().expect("an id")])), "there is no component \"clout\"");
    bench.refused(to(Scope::Groups(vec!["Bureau".to_owned()])), "there is no group \"Bureau\"");
    bench.refused(titled(" "), "title: it is empty");
    bench.refused(titled("a\u{202e}b"), "U+202E");
    bench.refused(titled(&"x".repeat(201)), "at most 200");
    let version = bench.version(&planned);
    bench.refused(Command::End { maintenance: planned.clone(), version, body: None }, "has not begun");
    bench.refused(Command::Begin { maintenance: planned, version: 99, body: None }, "you saw version 99");
    let unknown = "000000000000".parse().expect("an id");
    bench.refused(Command::End { maintenance: unknown, version: 1, body: None }, "there is no maintenance");
}

fn in_file(title: &str, timing: Timing) -> Plan {
    Plan::from_file(title.into(), "".into(), Scope::All, timing)
}

#[test]
fn what_the_file_no_longer_says_is_withdrawn_unless_it_has_begun() {
    let span = |from: i64, until: i64| Timing::Once(Span::new(at(from), at(until)).expect("sound"));
    let mut bench = Bench::new();
    let plans = [
        in_file("now", span(-HOUR, HOUR)),
        in_file("soon", span(HOUR, 2 * HOUR)),
        in_file("far", span(90 * HOUR, 91 * HOUR)),
    ];
    let news = bench.book.take_files(plans, at(0));
    bench.hear(news);
    bench.told.sort_unstable();
    assert_eq!(bench.told(), [(Word::Announced, 0), (Word::Begins, 0)]);
    let news = bench.book.take_files([in_file("renamed", span(HOUR, 3 * HOUR))], at(1));
    bench.hear(news);
    assert_eq!(bench.told(), [(Word::Moved, 1)]);
    let news = bench.book.take_files([], at(2));
    bench.hear(news);
    bench.tick(100 * HOUR);
    assert_eq!(bench.told(), [(Word::Cancelled, 2), (Word::Ends, HOUR)]);
}

#[test]
fn an_occurrence_that_an_operator_changed_no_longer_follows_the_file() {
    let line = |line: &str| {
        Timing::Recurring(Recurrence::new(line, Duration::from_secs(3_600), &TimeZone::UTC, at(0)).expect("sound"))
    };
    let mut bench = Bench::new();
    bench.book.take_files([in_file("nightly", line("0 0 3 * * *"))], at(0));
    let first = bench.book.maintenances().pop().expect("it is entered").id.clone();
    let version = bench.version(&first);
    let change = Change { title: Some("Mine".into()), ..Change::default() };
    bench.order(Command::Change { maintenance: first.clone(), version, change }).expect("it may");
    let version = bench.version(&first);
    bench.book.take_files([in_file("weekly", line("0 0 4 * * SUN"))], at(1));
    assert_eq!((bench.version(&first), bench.get(&first).cancelled_at), (version, None));
    let cancel = Command::Cancel { maintenance: first, version, extent: Extent::Series, body: None };
    bench.refused(cancel, "stands in the settings file");
}

#[test]
fn an_occurrence_of_the_file_that_is_cancelled_long_before_stays_cancelled() {
    let span = Span::new(at(90 * HOUR), at(91 * HOUR)).expect("sound");
    let weekly = Recurrence::new("0 0 3 * * TUE", Duration::from_secs(3_600), &TimeZone::UTC, at(0)).expect("sound");
    for timing in [Timing::Once(span), Timing::Recurring(weekly)] {
        let mut bench = Bench::new();
        bench.book.take_files([in_file("far", timing.clone())], at(0));
        let far = bench.book.maintenances().last().expect("it is foreseen").id.clone();
        let version = bench.version(&far);
        let cancel = Command::Cancel { maintenance: far.clone(), version, extent: Extent::One, body: None };
        bench.order(cancel).expect("it can be cancelled");
        bench.book.take_files([in_file("far", timing)], at(1));
        assert_eq!(bench.get(&far).cancelled_at, Some(at(0)));
        bench.tick(200 * HOUR);
        assert!(bench.get(&far).cancelled_at.is_some(), "it is not planned again");
    }
}

#[derive(Debug, Clone)]
enum What {
    Plan(i64, i64),
    Nightly(u32),
    Cancel(usize),
    Begin(usize),
    End(usize),
    Longer(usize, i64),
    Pass,
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        3 => (0..100 * HOUR, 60..20 * HOUR).prop_map(|(ahead, length)| What::Plan(ahead, length)),
        1 => (0..24_u32).prop_map(What::Nightly),
        2 => (0..9_usize).prop_map(What::Cancel),
        2 => (0..9_usize).prop_map(What::Begin),
        2 => (0..9_usize).prop_map(What::End),
        2 => (0..9_usize, 60..20 * HOUR).prop_map(|(which, length)| What::Longer(which, length)),
        6 => Just(What::Pass),
    ]
}

fn command(book: &Book, what: &What, now: i64) -> Option<Command> {
    let pick = |which: usize| book.maintenances().get(which).map(|found| (found.id.clone(), found.version));
    match *what {
        What::Plan(ahead, length) => Some(Command::Plan(once(now + ahead, now + ahead + length))),
        What::Nightly(hour) => {
            let when = When::Recurring { cron: format!("0 0 {hour} * * *"), seconds: 3_600 };
            Some(Command::Plan(Planning { when, ..once(0, 0) }))
        }
        What::Cancel(which) => pick(which).map(|(maintenance, version)| {
            let extent = if which % 2 == 0 { Extent::One } else { Extent::Series };
            Command::Cancel { maintenance, version, extent, body: None }
        }),
        What::Begin(which) => {
            pick(which).map(|(maintenance, version)| Command::Begin { maintenance, version, body: None })
        }
        What::End(which) => pick(which).map(|(maintenance, version)| Command::End { maintenance, version, body: None }),
        What::Longer(which, length) => pick(which).map(|(maintenance, version)| {
            let change = Change { ends_at: Some(at(now + length)), ..Change::default() };
            Command::Change { maintenance, version, change }
        }),
        What::Pass => None,
    }
}

proptest! {
    #[test]
    fn replay_equals_live_and_each_word_is_told_once(
        events in prop::collection::vec((0..30 * HOUR, what(), any::<bool>(), 0..20 * HOUR), 1..25),
    ) {
        let (mut live, mut other) = (Book::new(TimeZone::UTC), Book::new(TimeZone::UTC));
        let (mut now, mut told, mut told_by_other) = (0, Vec::new(), Vec::new());
        for (after, what, killed, early) in events {
            // Ticks in between change nothing but by elapsed time, and neither does a restart.
            told_by_other.extend(other.tick(at(now + early.min(after))));
            now += after;
            told.extend(live.tick(at(now)));
            told_by_other.extend(other.tick(at(now)));
            if killed {
                other = restart(&mut other, at(now));
            }
            if let Some(command) = command(&live, &what, now) {
                let answer = live.order(&camille(), command.clone(), &components(), at(now));
                let same = other.order(&camille(), command, &components(), at(now));
                prop_assert_eq!(answer.as_ref().map(|(id, _)| id), same.as_ref().map(|(id, _)| id));
                told.extend(answer.into_iter().flat_map(|(_, news)| news));
                told_by_other.extend(same.into_iter().flat_map(|(_, news)| news));
            }
            let stages = |book: &Book| {
                let stage = |one: Arc<Maintenance>| (one.id.clone(), one.starts_at, one.ends_at, one.stage, one.cancelled_at);
                book.maintenances().into_iter().map(stage).collect::<Vec<_>>()
            };
            prop_assert_eq!(stages(&live), stages(&other));
            prop_assert_eq!(live.windows(&components(), at(now)), other.windows(&components(), at(now)));
            for one in live.maintenances() {
                prop_assert!(one.ends_at.since(one.starts_at) <= crate::maintenance::LONGEST);
                prop_assert!(one.stage == MaintenanceStage::Scheduled || one.starts_at <= at(now) || one.cancelled_at.is_some());
            }
        }
        let mut once = BTreeSet::new();
        for News { maintenance, word, .. } in told.iter().filter(|news| news.word != Word::Moved) {
            prop_assert!(once.insert((maintenance.id.clone(), *word)), "{} {word:?} is told twice", maintenance.id);
        }
    }
}

#[test]
fn what_a_former_version_cancelled_and_called_completed_reads_as_cancelled() {
    let mut bench = Bench::new();
    let id = bench.plan(once(HOUR, 2 * HOUR));
    let cancel =
        Command::Cancel { maintenance: id.clone(), version: bench.version(&id), extent: Extent::One, body: None };
    bench.order(cancel).expect("it can be cancelled");
    let records = bench.book.take_changes();
    let (key, body) = records.into_iter().find(|(key, _)| *key == Key::Maintenance(id.clone())).expect("written");
    let former = String::from_utf8(body.expect("a body")).expect("JSON").replace("\"cancelled\"", "\"completed\"");
    assert!(former.contains("\"completed\"") && !former.contains("\"cancelled\""), "{former}");
    let book = Book::read(TimeZone::UTC, [(key, former.as_bytes())], at(0));
    let read = book.get(&id).expect("it is known");
    let last = read.updates.last().expect("it was said");
    assert_eq!((read.stage, last.stage), (MaintenanceStage::Cancelled, MaintenanceStage::Cancelled));
    assert_eq!(read.updates[0].stage, MaintenanceStage::Scheduled);
}
