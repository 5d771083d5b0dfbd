use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use proptest::prelude::*;
use shared::{ComponentId, Thresholds};

use super::*;
use crate::definition::{Check, CronSchedule, Definition, Schedule, TcpCheck};

const SECOND: Duration = Duration::from_secs(1);

fn probe(id: &str, schedule: Schedule) -> Arc<ProbeDefinition> {
    let check = TcpCheck { host: "a.test".to_owned(), port: 1, tls: false, send: None, expect: None };
    Arc::new(ProbeDefinition {
        id: id.parse().expect("an id"),
        schedule,
        timeout: SECOND,
        thresholds: Thresholds::default(),
        check: Check::Tcp(check),
    })
}

fn every(id: &str, seconds: u64) -> Arc<ProbeDefinition> {
    probe(id, Schedule::Every(SECOND * u32::try_from(seconds).expect("small")))
}

fn set(probes: &[Arc<ProbeDefinition>]) -> DefinitionSet {
    let mut definitions: BTreeMap<ComponentId, Definition> = BTreeMap::new();
    for probe in probes {
        let id = probe.id.component.clone();
        let definition = Definition::new(id.clone(), id.as_str(), Vec::new());
        definitions.entry(id).or_insert(definition).probes.push(Arc::clone(probe));
    }
    let definitions = definitions.into_iter().map(|(id, definition)| (id, Arc::new(definition))).collect();
    DefinitionSet { definitions, ..DefinitionSet::default() }
}

/// An agenda and a pair of clocks that only move when told.
struct Desk {
    agenda: Agenda,
    start: Instant,
    now: Now,
}

impl Desk {
    fn with(probes: &[Arc<ProbeDefinition>]) -> Self {
        let start = Instant::now();
        let wall = "2026-11-22T12:00:00Z".parse().expect("a time");
        let mut desk = Self { agenda: Agenda::default(), start, now: Now { monotonic: start, wall } };
        desk.take_over(probes);
        desk
    }

    fn take_over(&mut self, probes: &[Arc<ProbeDefinition>]) -> usize {
        self.agenda.take_over(&set(probes), self.now).len()
    }

    fn pass(&mut self, time: Duration) {
        self.now = Now { monotonic: self.now.monotonic + time, wall: self.now.wall.plus(time) };
    }

    /// Goes to the next due time and takes what is due; when it was, since the start.
    fn step(&mut self) -> (Duration, Vec<Due>) {
        let next = self.agenda.next().expect("something is planned");
        self.pass(next.saturating_duration_since(self.now.monotonic));
        (self.now.monotonic - self.start, self.agenda.due(self.now).0)
    }

    fn end(&mut self, due: &Due, verdict: Verdict) {
        self.agenda.ended(due.task, due.attempt, verdict, self.now.monotonic);
    }

    /// Steps through the next `count` executions, each of which ends at once with the verdict given.
    fn run(&mut self, verdicts: &[Verdict]) -> Vec<(Duration, Attempt)> {
        let mut ran = Vec::new();
        while ran.len() < verdicts.len() {
            let (at, due) = self.step();
            for due in due {
                self.end(&due, verdicts.get(ran.len()).copied().unwrap_or(Verdict::Pass));
                ran.push((at, due.attempt));
            }
        }
        ran
    }
}

#[test]
fn first_executions_are_spread_over_the_first_ten_seconds_or_the_interval() {
    let probes: Vec<_> = (0..200).map(|i| every(&format!("c{i}/p"), if i % 2 == 0 { 30 } else { 2 })).collect();
    let mut desk = Desk::with(&probes);
    desk.pass(SECOND * 10);
    let (due, _) = desk.agenda.due(desk.now);
    assert_eq!(due.iter().map(|due| &due.probe.id).collect::<std::collections::HashSet<_>>().len(), 200);
    let late = |i: usize| due.iter().filter(|due| due.late > SECOND * u32::try_from(i).expect("small")).count();
    assert!(late(8) > 20 && late(5) < 190, "{} {}", late(8), late(5));
}

#[test]
fn due_times_lie_on_a_grid_that_does_not_drift() {
    let mut desk = Desk::with(&[every("a/p", 30)]);
    let (first, due) = desk.step();
    desk.pass(SECOND * 7);
    desk.end(&due[0], Verdict::Pass);
    let times = desk.run(&[Verdict::Pass; 3]);
    assert_eq!(times, [30, 60, 90].map(|after| (first + SECOND * after, Attempt::Scheduled)));
}

#[test]
fn after_a_pause_there_is_one_execution_and_no_burst() {
    let mut desk = Desk::with(&[every("a/p", 30)]);
    let (first, due) = desk.step();
    desk.end(&due[0], Verdict::Pass);
    desk.pass(SECOND * 605);
    let (due, skipped) = desk.agenda.due(desk.now);
    assert_eq!((due.len(), skipped), (1, Skipped(19)));
    desk.end(&due[0], Verdict::Pass);
    assert_eq!(desk.step().0, first + SECOND * 630);
}

#[test]
fn a_due_time_whose_predecessor_is_under_way_is_skipped() {
    let mut desk = Desk::with(&[every("a/p", 30)]);
    let (first, due) = desk.step();
    let (second, none) = desk.step();
    assert_eq!((second, none.len()), (first + SECOND * 30, 0));
    desk.end(&due[0], Verdict::Pass);
    assert_eq!(desk.step().1.len(), 1);
}

#[test]
fn news_is_confirmed_half_a_second_and_a_second_and_a_half_after_it_ended() {
    use Verdict::{Fail, Pass};
    let mut desk = Desk::with(&[every("a/p", 30)]);
    let ran = desk.run(&[Pass, Fail, Fail, Fail, Fail, Pass, Pass, Pass, Pass]);
    let first = ran[0].0;
    let after: Vec<_> = ran.iter().map(|(at, attempt)| ((*at - first).as_millis(), *attempt)).collect();
    let (scheduled, confirmation) = (Attempt::Scheduled, Attempt::Confirmation);
    let expected = [
        (0, scheduled),
        // Down after three: what follows is no news.
        (30_000, scheduled),
        (30_500, confirmation),
        (31_500, confirmation),
        (60_000, scheduled),
        // Up after two.
        (90_000, scheduled),
        (90_500, confirmation),
        (91_500, confirmation),
        (120_000, scheduled),
    ];
    assert_eq!(after, expected);
}

#[test]
fn our_own_fault_is_asked_about_again_at_once_but_not_as_long_as_it_lasts() {
    let mut desk = Desk::with(&[every("a/p", 30)]);
    let ran = desk.run(&[Verdict::Unknown; 5]);
    let first = ran[0].0;
    let after: Vec<_> = ran.iter().map(|(at, _)| (*at - first).as_millis()).collect();
    assert_eq!(after, [0, 500, 1_500, 30_000, 60_000]);
}

#[test]
fn a_reload_leaves_what_did_not_change_alone_and_restarts_what_did() {
    let (kept, changed, gone) = (every("a/kept", 30), every("a/changed", 30), every("b/gone", 30));
    let mut desk = Desk::with(&[Arc::clone(&kept), changed, gone]);
    desk.pass(SECOND * 12);
    let (due, _) = desk.agenda.due(desk.now);
    assert_eq!(due.len(), 3);
    let stopped = desk.take_over(&[kept, every("a/changed", 20), every("c/new", 30)]);
    assert_eq!((stopped, desk.agenda.len()), (2, 3));
    // Results of what was stopped no longer count.
    due.iter().for_each(|due| desk.end(due, Verdict::Fail));
    desk.pass(SECOND * 10);
    let ran: Vec<_> = desk.agenda.due(desk.now).0.iter().map(|due| (due.probe.id.to_string(), due.attempt)).collect();
    let count = |id: &str, attempt| ran.iter().filter(|(ran, as_what)| ran == id && *as_what == attempt).count();
    assert_eq!((count("a/kept", Attempt::Confirmation), count("a/kept", Attempt::Scheduled)), (2, 0));
    assert_eq!((count("a/changed", Attempt::Scheduled), count("a/changed", Attempt::Confirmation)), (1, 0));
    assert_eq!(count("c/new", Attempt::Scheduled), 1);
    assert!(!ran.iter().any(|(id, _)| id == "b/gone"));
}

#[test]
fn a_cron_line_follows_the_wall_clock_even_when_that_is_set() {
    let line = CronSchedule::new("0 */5 * * * *", TimeZone::UTC).expect("a cron line");
    let mut desk = Desk::with(&[probe("a/p", Schedule::Cron(Box::new(line)))]);
    let first = desk.run(&[Verdict::Pass])[0].0;
    assert!(first < SECOND * 10);
    assert_eq!(desk.run(&[Verdict::Pass])[0].0, SECOND * 300);
    desk.now.wall = desk.now.wall.minus(SECOND * 3600 + SECOND * 30);
    desk.agenda.wall_clock_was_set(desk.now);
    assert_eq!(desk.run(&[Verdict::Pass])[0].0, SECOND * 330);
    assert_eq!(desk.run(&[Verdict::Pass])[0].0, SECOND * 630);
}

proptest! {
    #[test]
    fn however_time_passes_a_probe_runs_once_a_look_at_most_and_nothing_is_forgotten(
        pauses in prop::collection::vec(1..200_u32, 1..50),
        seconds in 1..60_u64,
    ) {
        let mut desk = Desk::with(&[every("a/p", seconds)]);
        let (mut ran, mut skipped) = (0, 0);
        let begins = desk.agenda.next().expect("planned") - desk.start;
        for pause in pauses {
            desk.pass(SECOND * pause);
            let (due, missed) = desk.agenda.due(desk.now);
            prop_assert!(due.len() <= 1);
            due.iter().for_each(|due| desk.end(due, Verdict::Pass));
            ran += due.len() as u64;
            skipped += missed.0;
        }
        let passed = (desk.now.monotonic - desk.start).checked_sub(begins).map_or(0, |time| time.as_nanos() / (SECOND * u32::try_from(seconds).expect("small")).as_nanos() + 1);
        prop_assert_eq!(u128::from(ran + skipped), passed);
    }
}
