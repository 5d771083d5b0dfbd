//! How often faults of the monitor are told: what lasts is, what comes and goes is gathered.

use std::collections::BTreeMap;

use super::*;
use crate::notify::{Fault, FaultKind, LocationTrouble};

/// The monitor's own fault, at a second.
fn fault(fault: &Fault, kind: Kind, second: u64) -> Event {
    Event { subject: Subject::Monitor(fault.clone()), detected_at: at(second), kind }
}

fn low() -> Fault {
    Fault::LowSpace { free: 1, reserve: 2 }
}

fn begins(second: u64) -> Event {
    fault(&low(), Kind::Down { since: at(second), cause: None }, second)
}

fn is_over(since: u64, until: u64) -> Event {
    fault(&low(), Kind::Recovered { since: at(since), until: at(until) }, until)
}

fn rows_lost(rows: u64, second: u64) -> Event {
    fault(&Fault::CorruptRows { rows }, Kind::noticed(at(second)), second)
}

/// Everything that is due is delivered at once; gives what it was.
fn deliver(outbox: &mut Outbox, second: u64) -> Vec<Notification> {
    let sent = outbox.due(at(second)).send;
    for row in &sent {
        outbox.settle(outcome(row, second, Ok(Receipt::default())));
    }
    sent
}

#[test]
fn a_fault_and_its_end_are_told_and_what_comes_and_goes_within_the_hour_is_merged() {
    let mut outbox = outbox();
    outbox.tell(&begins(0), &phone());
    assert_eq!(words(&deliver(&mut outbox, 1)), ["fault"]);
    outbox.tell(&is_over(0, 60), &phone());
    assert_eq!(words(&deliver(&mut outbox, 61)), ["fault_over"]);
    for start in [100, 200, 300] {
        outbox.tell(&begins(start), &phone());
        assert_eq!(deliver(&mut outbox, start + 19), []);
        outbox.tell(&is_over(start, start + 20), &phone());
    }
    assert_eq!(deliver(&mut outbox, 3_660), []);
    let sent = deliver(&mut outbox, 3_661);
    let total = Duration::from_secs(60);
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].kind, Kind::WasDown { since: at(100), until: at(320), times: 3, total, cause: None });
}

#[test]
fn a_fault_that_comes_back_and_lasts_is_told_within_minutes_however_often_it_has_been() {
    let mut outbox = outbox();
    let (mut second, mut pauses) = (0, Vec::new());
    for _ in 0..6 {
        let began = second;
        outbox.tell(&begins(began), &phone());
        while deliver(&mut outbox, second).is_empty() {
            second += 1;
        }
        pauses.push(second - began);
        second += 1;
        outbox.tell(&is_over(began, second), &phone());
        assert_eq!(words(&deliver(&mut outbox, second)), ["fault_over"], "an end that follows what was told is told");
        second += 1;
    }
    assert_eq!(pauses, [0, 60, 120, 240, 300, 300]);
    let hour_later = second + 3_600;
    outbox.tell(&begins(hour_later), &phone());
    assert_eq!(words(&deliver(&mut outbox, hour_later)), ["fault"], "after an hour of quiet it is news again");
}

#[test]
fn what_came_and_went_is_told_before_what_has_come_back_and_lasts() {
    let mut outbox = outbox();
    outbox.tell(&begins(0), &phone());
    deliver(&mut outbox, 1);
    outbox.tell(&is_over(0, 60), &phone());
    deliver(&mut outbox, 61);
    outbox.tell(&begins(100), &phone());
    outbox.tell(&is_over(100, 120), &phone());
    outbox.tell(&begins(900), &phone());
    assert_eq!((deliver(&mut outbox, 959), outbox.next_due()), (vec![], Some(at(960))));
    assert_eq!(words(&deliver(&mut outbox, 960)), ["was_fault"]);
    assert_eq!(words(&deliver(&mut outbox, 960)), ["fault"]);
}

#[test]
fn a_fault_that_is_held_back_is_no_message_that_is_stuck() {
    let mut outbox = outbox();
    outbox.tell(&begins(0), &phone());
    deliver(&mut outbox, 1);
    outbox.tell(&is_over(0, 60), &phone());
    deliver(&mut outbox, 61);
    outbox.tell(&begins(100), &phone());
    assert_eq!(outbox.next_due(), Some(at(160)));
    assert_eq!(outbox.oldest_pending(), Some(at(160)));
    assert_eq!(words(&deliver(&mut outbox, 160)), ["fault"]);
}

#[test]
fn a_clock_that_was_set_back_holds_no_fault_back_that_came_again() {
    let mut outbox = outbox();
    outbox.tell(&begins(7_000), &phone());
    deliver(&mut outbox, 7_001);
    outbox.tell(&is_over(7_000, 7_060), &phone());
    deliver(&mut outbox, 7_061);
    outbox.tell(&begins(7_100), &phone());
    assert_eq!(words(&deliver(&mut outbox, 3_600)), ["fault"]);
}

#[test]
fn what_one_location_has_holds_no_other_back() {
    let silent = |location: &str, second| {
        let trouble = LocationTrouble::Silent { heard_at: at(second) };
        let down = Kind::Down { since: at(second), cause: None };
        fault(&Fault::Location { location: location.to_owned(), trouble }, down, second)
    };
    let mut outbox = outbox();
    for (location, second) in [("lyon", 0), ("paris", 5)] {
        outbox.tell(&silent(location, second), &phone());
        assert_eq!(words(&deliver(&mut outbox, second)), ["fault"], "{location}");
    }
}

#[test]
fn who_takes_a_fault_that_came_back_is_told_at_once() {
    let mut outbox = outbox();
    let taken = |since, second| {
        let by = crate::incident::Actor::Socket;
        fault(&low(), Kind::Acknowledged { since: at(since), at: at(second), by }, second)
    };
    for since in [0, 100] {
        outbox.tell(&begins(since), &phone());
        assert_eq!(words(&deliver(&mut outbox, since + 60)), ["fault"]);
        outbox.tell(&taken(since, since + 61), &phone());
        assert_eq!(words(&deliver(&mut outbox, since + 61)), ["acknowledged"]);
        outbox.tell(&is_over(since, since + 62), &phone());
        assert_eq!(words(&deliver(&mut outbox, since + 62)), ["fault_over"]);
    }
}

#[test]
fn single_faults_that_wait_are_one_message() {
    let mut outbox = outbox();
    outbox.tell(&rows_lost(1, 0), &phone());
    assert_eq!(words(&deliver(&mut outbox, 1)), ["fault"]);
    for second in [10, 20, 30] {
        outbox.tell(&rows_lost(2, second), &phone());
    }
    let sent = deliver(&mut outbox, 3_700);
    let told = (sent[0].subject.clone(), sent[0].kind.clone());
    let found = Kind::Noticed { since: at(10), until: at(30), times: 3 };
    assert_eq!((sent.len(), told), (1, (Subject::Monitor(Fault::CorruptRows { rows: 6 }), found)));
}

#[test]
fn a_fault_waits_for_no_other() {
    let mut outbox = outbox();
    outbox.tell(&rows_lost(1, 0), &phone());
    deliver(&mut outbox, 1);
    outbox.tell(&rows_lost(1, 2), &phone());
    outbox.tell(&begins(3), &phone());
    assert_eq!(words(&deliver(&mut outbox, 4)), ["fault"]);
}

#[test]
fn a_database_that_was_set_aside_is_told_once_however_often_it_is_heard_of() {
    let mut outbox = outbox();
    let aside = Fault::SetAside { reason: "damaged".into(), kept: "store.damaged-1".into() };
    assert_eq!(outbox.tell(&fault(&aside, Kind::noticed(at(0)), 0), &phone()).len(), 1);
    assert_eq!(outbox.tell(&fault(&aside, Kind::noticed(at(9)), 9), &phone()), []);
}

/// What may happen to the monitor.
#[derive(Debug, Clone, Copy)]
enum Step {
    Begins,
    Ends,
    Found,
    Restart,
}

fn step() -> impl Strategy<Value = (u64, Step, bool)> {
    let step = prop_oneof![
        4 => Just(Step::Begins), 4 => Just(Step::Ends), 2 => Just(Step::Found), 1 => Just(Step::Restart)
    ];
    (1_u64..1_500, step, any::<bool>())
}

/// A run of the property: what is open, what happened and what was heard.
#[derive(Default)]
struct Storm {
    outbox: Outbox,
    stored: BTreeMap<NotificationId, Notification>,
    second: u64,
    open: Option<u64>,
    found: u64,
    episodes: u32,
    heard: Vec<(u64, Notification)>,
}

impl Storm {
    fn happens(&mut self, step: Step) {
        let second = self.second;
        let rows = match (step, self.open) {
            (Step::Begins, None) => {
                (self.open, self.episodes) = (Some(second), self.episodes + 1);
                self.outbox.tell(&begins(second), &phone())
            }
            (Step::Ends, Some(since)) => {
                self.open = None;
                self.outbox.tell(&is_over(since, second), &phone())
            }
            (Step::Found, _) => {
                self.found += 1;
                self.outbox.tell(&rows_lost(1, second), &phone())
            }
            (Step::Restart, _) => {
                self.outbox = Outbox::new(phone(), self.stored.values().cloned().collect());
                Vec::new()
            }
            (Step::Begins | Step::Ends, _) => Vec::new(),
        };
        self.store(rows);
    }

    /// Everything that is due is taken, or refused.
    fn drive(&mut self, works: bool) {
        loop {
            let sent = self.outbox.due(at(self.second)).send;
            if sent.is_empty() {
                return;
            }
            for row in sent {
                let result = if works { Ok(Receipt::default()) } else { refused(Retry::Later) };
                let rows = self.outbox.settle(outcome(&row, self.second, result));
                self.store(rows);
                if works {
                    self.heard.push((self.second, row));
                }
            }
        }
    }

    fn store(&mut self, rows: Vec<Notification>) {
        self.stored.extend(rows.into_iter().map(|row| (row.id.clone(), row)));
    }

    /// Whether what goes on has been told.
    fn open_is_heard(&self) -> bool {
        let began =
            |row: &Notification| matches!(row.kind, Kind::Down { since, .. } if Some(since) == self.open.map(at));
        self.heard.iter().any(|(_, row)| began(row))
    }

    /// How many messages say that it began, in the busiest hour.
    fn most_in_an_hour(&self) -> usize {
        let begun =
            || self.heard.iter().filter(|(_, row)| matches!(row.kind, Kind::Down { .. })).map(|(second, _)| *second);
        begun().map(|first| begun().filter(|other| (first..first + 3_600).contains(other)).count()).max().unwrap_or(0)
    }
}

proptest! {
    /// However faults come and go, and whether the channel works or not: what lasts for five minutes is told by then, what comes and
    /// goes is no storm, every fault is told in the end, and the last word is the truth.
    #[test]
    fn what_lasts_is_told_within_minutes_and_a_storm_of_faults_is_a_few_messages(
        steps in proptest::collection::vec(step(), 0..120),
    ) {
        let mut storm = Storm { outbox: outbox(), ..Storm::default() };
        let ending = (0..60).map(|_| (900, Step::Restart, true));
        for (pause, step, works) in steps.into_iter().chain(ending) {
            storm.second += pause;
            storm.happens(step);
            storm.drive(works);
            let lasts = storm.open.is_some_and(|since| storm.second - since >= 300);
            // A channel that has refused something waits for its next attempt.
            let waits = storm.outbox.rows().iter().any(|row| row.is_pending() && row.attempts > 0);
            prop_assert!(!lasts || waits || storm.open_is_heard(), "at {}", storm.second);
        }
        prop_assert_eq!(storm.outbox.pending(), 0);
        prop_assert!(storm.most_in_an_hour() <= 15, "{}", storm.most_in_an_hour());
        let mut last = BTreeMap::new();
        let (mut began, mut rows_told, mut news) = (0, 0, None);
        for (second, row) in &storm.heard {
            if let (Subject::Monitor(Fault::CorruptRows { rows }), Kind::Noticed { .. }) = (&row.subject, &row.kind) {
                rows_told += rows;
                if let Some(before) = last.insert(row.subject.topic().to_string(), *second) {
                    prop_assert!(second - before >= 3_600, "{:?} after {}", row, second - before);
                }
                continue;
            }
            match row.kind {
                Kind::Down { .. } => (began, news) = (began + 1, Some(true)),
                Kind::WasDown { times, .. } => (began, news) = (began + times, Some(false)),
                Kind::Recovered { .. }
                | Kind::Closed { .. }
                | Kind::Noticed { .. }
                | Kind::Grown { .. }
                | Kind::Overdue { .. }
                | Kind::Reminder { .. }
                | Kind::Acknowledged { .. } => news = Some(false),
            }
        }
        prop_assert_eq!((began, rows_told), (storm.episodes, storm.found));
        prop_assert_eq!(news.unwrap_or(false), storm.open.is_some());
        prop_assert!(storm.heard.iter().all(|(_, row)| matches!(row.subject.topic(), Topic::Monitor(FaultKind::LowSpace | FaultKind::CorruptRows, None))));
    }
}
