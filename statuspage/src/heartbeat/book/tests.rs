//! Signs that come in time, late, early and not at all, on a clock of the tests.

use jiff::tz::TimeZone;
use prober::definition::{Bounds, CronSchedule, Schedule, ValueLimits};

use super::*;
use crate::heartbeat::{Keys, sample};

const TOKEN: &str = "0123456789abcdef";
const MINUTE: Duration = Duration::from_secs(60);

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + second * 1_000)
}

fn every_five_minutes() -> Schedule {
    Schedule::Every(MINUTE * 5)
}

/// One heartbeat with a grace of a minute, and a value that must be at least 10.
fn set(schedule: Schedule) -> DefinitionSet {
    let limits = ValueLimits { fail: Bounds { min: Some(10.0), max: None }, warn: Bounds::default() };
    sample::watched(TOKEN, schedule, [("free_pct".to_owned(), limits)])
}

struct Bench {
    book: Book,
    key: Key,
}

impl Bench {
    fn new(schedule: Schedule, known: Option<&Observation>, now: Timestamp) -> Self {
        let set = set(schedule);
        let mut book = Book::new("here".parse().expect("a name"));
        book.arrange(&set, |_| known, now);
        Self { book, key: Keys::of(&set).find(TOKEN).expect("its key") }
    }

    fn hear(&mut self, query: &str, now: Timestamp) -> Observation {
        let push = Push::default().with_pairs(url::form_urlencoded::parse(query.as_bytes()));
        self.book.hear(self.key, &push, now).pop().expect("it is observed")
    }

    /// The seconds in a range at which it is missed, looked at each second.
    fn missed(&mut self, range: std::ops::Range<i64>) -> Vec<i64> {
        range.filter(|second| !self.book.missed(at(*second)).is_empty()).collect()
    }
}

fn kind(observation: &Observation) -> Option<FailureKind> {
    observation.failure.as_ref().map(|failure| failure.kind)
}

#[test]
fn a_sign_is_missed_a_grace_after_it_was_due_and_again_each_period() {
    let mut bench = Bench::new(every_five_minutes(), None, at(0));
    assert_eq!(bench.missed(0..360), [0; 0], "a new one has its whole period");
    assert_eq!(bench.hear("free_pct=50", at(300)).verdict, Verdict::Pass);
    assert_eq!(bench.missed(300..1_300), [660, 960, 1_260]);
    assert_eq!(kind(&bench.hear("free_pct=50", at(1_300))), None);
    assert_eq!(bench.missed(1_300..1_660), [0; 0]);
    assert_eq!(bench.book.last(&"vm/disk".parse().expect("an id")), Some(at(1_300)));
}

#[test]
fn what_it_says_is_judged() {
    let mut bench = Bench::new(every_five_minutes(), None, at(0));
    assert_eq!(kind(&bench.hear("free_pct=9", at(1))), Some(FailureKind::HeartbeatValue));
    assert_eq!(kind(&bench.hear("", at(2))), Some(FailureKind::HeartbeatValue), "a value that does not come");
    let down = bench.hear("status=down&msg=no+space&free_pct=50", at(3));
    let failure = down.failure.expect("why");
    assert_eq!((failure.kind, failure.evidence.as_deref()), (FailureKind::HeartbeatDown, Some("no space")));
    assert_eq!(bench.hear("free_pct=50&ping=250", at(4)).duration, Duration::from_millis(250));
}

#[test]
fn a_job_that_said_when_it_began_is_measured_and_its_beginning_proves_nothing() {
    let mut bench = Bench::new(every_five_minutes(), None, at(0));
    assert!(bench.book.hear(bench.key, &Push::of(Sign::Begun), at(100)).is_empty());
    assert_eq!(bench.hear("free_pct=50", at(130)).duration, Duration::from_secs(30));
    assert_eq!(bench.hear("free_pct=50", at(140)).duration, Duration::ZERO);
}

#[test]
fn two_signs_of_one_instant_are_two_observations() {
    let mut bench = Bench::new(every_five_minutes(), None, at(0));
    let (one, two) = (bench.hear("free_pct=50", at(1)), bench.hear("free_pct=50", at(1)));
    assert!(two.started_at > one.started_at);
}

#[test]
fn what_came_while_no_hub_ran_was_heard_by_nobody_so_that_the_next_one_is_waited_for() {
    let before = Bench::new(every_five_minutes(), None, at(0)).hear("free_pct=50", at(0));
    let check = |start: i64, expected: &[i64]| {
        let mut bench = Bench::new(every_five_minutes(), Some(&before), at(start));
        assert_eq!(bench.missed(start..start + 500), expected, "started at {start}");
    };
    check(100, &[360]);
    check(299, &[360, 660]);
    check(301, &[661]);
    check(320, &[680]);
    check(4_000, &[4_360]);
}

#[test]
fn a_pause_and_a_clock_that_was_set_raise_no_alarm_at_once() {
    let mut bench = Bench::new(every_five_minutes(), None, at(0));
    bench.hear("free_pct=50", at(0));
    bench.book.resume(at(3_600));
    assert_eq!(bench.missed(3_600..4_000), [3_960], "an hour ahead");
    bench.hear("free_pct=50", at(4_000));
    bench.book.resume(at(400));
    assert_eq!(bench.missed(400..800), [760], "an hour back");
    assert!(bench.hear("free_pct=50", at(800)).started_at < at(801), "observations follow the clock back");
}

#[test]
fn what_was_said_of_the_silence_is_said_again_after_a_restart() {
    let mut bench = Bench::new(every_five_minutes(), None, at(0));
    bench.hear("free_pct=50", at(0));
    let missed = bench.book.missed(at(360)).pop().expect("missed");
    let mut bench = Bench::new(every_five_minutes(), Some(&missed), at(400));
    let again = bench.book.missed(at(760)).pop().expect("missed again");
    assert_eq!(again.failure, missed.failure);
    assert_eq!(again.failure.map(|failure| failure.detail), Some(format!("no sign of life since {}", at(0))));
}

#[test]
fn a_nightly_sign_that_comes_a_little_early_is_tonights() {
    let line = CronSchedule::new("0 30 4 * * *", TimeZone::UTC).expect("a cron line");
    let time = |text: &str| text.parse::<Timestamp>().expect("a time");
    let mut bench = Bench::new(Schedule::Cron(Box::new(line)), None, time("2026-11-22T12:00:00Z"));
    bench.hear("free_pct=50", time("2026-11-23T04:29:50Z"));
    assert!(bench.book.missed(time("2026-11-24T04:30:59Z")).is_empty());
    assert_eq!(bench.book.missed(time("2026-11-24T04:31:00Z")).len(), 1);
    assert!(bench.book.missed(time("2026-11-25T04:30:59Z")).is_empty());
}

#[test]
fn only_the_right_token_opens_anything() {
    let keys = Keys::of(&set(every_five_minutes()));
    for wrong in ["", "0123456789abcde", "0123456789abcdeF", "0123456789abcdef "] {
        assert_eq!(keys.find(wrong), None, "{wrong:?}");
    }
}
