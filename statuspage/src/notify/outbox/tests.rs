//! The outbox under its events and outcomes; no clock but the one in the table.

mod faults;

use proptest::prelude::*;

use super::*;
use crate::notify::{Kind, Matter, Receipt, Refusal, Subject};

fn at(second: u64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000).plus(Duration::from_secs(second))
}

fn event(kind: Kind, second: u64) -> Event {
    Event { subject: component("cloud"), detected_at: at(second), kind }
}

fn component(id: &str) -> Subject {
    Subject::Incident(Box::new(Matter::outage(id.parse().expect("an id"), "Nextcloud".into(), at(0))))
}

fn down(since: u64) -> Event {
    event(Kind::Down { since: at(since), cause: None }, since + 5)
}

fn up(since: u64, until: u64) -> Event {
    event(Kind::Recovered { since: at(since), until: at(until) }, until + 5)
}

fn phone() -> [ChannelName; 1] {
    ["phone".parse().expect("a name")]
}

fn outbox() -> Outbox {
    Outbox::new(phone(), Vec::new())
}

fn words(notifications: &[Notification]) -> Vec<&'static str> {
    notifications.iter().map(Notification::word).collect()
}

fn refused(retry: Retry) -> Result<Receipt, Refusal> {
    Err(Refusal { error: "no".into(), retry })
}

fn outcome(sent: &Notification, second: u64, result: Result<Receipt, Refusal>) -> Outcome {
    Outcome { id: sent.id.clone(), at: at(second), result }
}

#[test]
fn an_event_is_told_once_however_often_it_is_replayed() {
    let mut outbox = outbox();
    let rows = outbox.tell(&down(0), &phone());
    assert_eq!(rows.len(), 1);
    assert_eq!(outbox.tell(&down(0), &phone()), []);
    let sent = outbox.due(at(6)).send;
    let stored = outbox.settle(outcome(&sent[0], 7, Ok(Receipt::default())));
    let mut restarted = Outbox::new(["phone".parse().expect("a name")], stored);
    assert_eq!(restarted.tell(&down(0), &phone()), []);
    assert_eq!(restarted.due(at(8)), Due::default());
}

#[test]
fn a_pending_row_goes_out_after_a_restart_under_the_same_id() {
    let mut outbox = outbox();
    let rows = outbox.tell(&down(0), &phone());
    outbox.due(at(6));
    let mut restarted = Outbox::new(["phone".parse().expect("a name")], rows.clone());
    assert_eq!(restarted.due(at(60)).send, rows);
}

#[test]
fn failures_are_retried_with_growing_pauses_and_given_up_after_a_day() {
    let mut outbox = outbox();
    outbox.tell(&down(0), &phone());
    let (mut now, mut tries, mut last_pause) = (at(6), 0, Duration::ZERO);
    loop {
        let Due { send, changed } = outbox.due(now);
        if let [given_up] = &changed[..] {
            assert!(matches!(given_up.state, State::Abandoned { .. }));
            break;
        }
        let result = Outcome { id: send[0].id.clone(), at: now, result: refused(Retry::Later) };
        let row = outbox.settle(result).remove(0);
        let pause = row.next_attempt_at.since(now);
        assert!(pause > last_pause.mul_f64(0.6), "{tries}: {pause:?} after {last_pause:?}");
        assert!(pause <= MAX_PAUSE.mul_f64(1.2), "{pause:?}");
        (now, tries, last_pause) = (row.next_attempt_at, tries + 1, pause);
        assert_eq!(outbox.next_due(), Some(now));
    }
    assert!((90..150).contains(&tries), "{tries}");
    assert_eq!(outbox.next_due(), None);
}

#[test]
fn what_will_never_be_taken_is_given_up_at_once() {
    let mut outbox = outbox();
    outbox.tell(&down(0), &phone());
    let sent = outbox.due(at(6)).send;
    let rows = outbox.settle(outcome(&sent[0], 7, refused(Retry::Never)));
    assert_eq!(rows[0].state, State::Abandoned { at: at(7), error: "no".into() });
    assert_eq!(outbox.pending(), 0);
}

#[test]
fn a_channel_that_asks_for_a_pause_gets_it_for_everything() {
    let mut outbox = outbox();
    outbox.tell(&down(0), &phone());
    let sent = outbox.due(at(6)).send;
    outbox.settle(outcome(&sent[0], 7, refused(Retry::After(Duration::from_secs(300)))));
    let other = Event { subject: component("chat"), ..down(10) };
    outbox.tell(&other, &phone());
    assert_eq!(outbox.next_due(), Some(at(307)));
    assert_eq!(outbox.due(at(306)).send, []);
    assert_eq!(outbox.due(at(307)).send.len(), 2);
}

#[test]
fn what_a_channel_refused_is_due_as_soon_as_it_takes_something() {
    let mut outbox = outbox();
    let other = |id: &str, second| Event { subject: component(id), ..down(second) };
    outbox.tell(&other("cloud", 0), &phone());
    outbox.tell(&other("chat", 0), &phone());
    let mut second = 5;
    for _ in 0..8 {
        for row in outbox.due(at(second)).send {
            outbox.settle(outcome(&row, second, refused(Retry::Later)));
        }
        second += 1_200;
    }
    let refused_at = second - 1_200;
    assert!(outbox.next_due() > Some(at(refused_at + 400)), "they wait for their next attempts");
    outbox.tell(&other("wiki", refused_at + 10), &phone());
    let sent = outbox.due(at(refused_at + 15)).send;
    let changed = outbox.settle(outcome(&sent[0], refused_at + 16, Ok(Receipt::default())));
    assert_eq!((sent.len(), changed.len()), (1, 3), "those that wait no longer are written down as well");
    assert_eq!(outbox.due(at(refused_at + 16)).send.len(), 2);
}

#[test]
fn down_and_up_before_anything_left_is_one_message() {
    let mut outbox = outbox();
    outbox.tell(&down(0), &phone());
    let rows = outbox.tell(&up(0, 120), &phone());
    assert_eq!(words(&rows), ["down", "was_down"]);
    assert_eq!(rows[0].state, State::Merged { into: rows[1].id.clone() });
    let total = Duration::from_secs(120);
    let told = Kind::WasDown { since: at(0), until: at(120), times: 1, total, cause: None };
    assert_eq!(outbox.due(at(130)).send.iter().map(|row| row.kind.clone()).collect::<Vec<_>>(), [told]);
}

#[test]
fn growth_is_part_of_a_beginning_and_of_an_end_that_have_not_left() {
    let grown = |second| event(Kind::Grown { since: at(0), cause: None }, second);
    let mut first = outbox();
    first.tell(&down(0), &phone());
    assert_eq!(words(&first.tell(&grown(8), &phone())), ["grown", "down", "grown"]);
    assert_eq!(words(&first.due(at(9)).send), ["down"]);
    let mut first = outbox();
    first.tell(&down(0), &phone());
    let sent = first.due(at(6)).send;
    first.settle(outcome(&sent[0], 7, Ok(Receipt::default())));
    first.tell(&grown(8), &phone());
    first.tell(&event(Kind::Overdue { since: at(0), promised: at(9) }, 9), &phone());
    first.tell(&up(0, 60), &phone());
    assert_eq!(words(&first.due(at(66)).send), ["recovered"]);
}

#[test]
fn flapping_that_nobody_heard_of_is_one_message() {
    let mut outbox = outbox();
    for start in [0, 100, 200] {
        outbox.tell(&down(start), &phone());
        outbox.tell(&up(start, start + 30), &phone());
    }
    let sent = outbox.due(at(300)).send;
    let total = Duration::from_secs(90);
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].kind, Kind::WasDown { since: at(0), until: at(230), times: 3, total, cause: None });
}

#[test]
fn a_recovery_waits_for_the_outage_that_is_on_its_way() {
    let mut outbox = outbox();
    outbox.tell(&down(0), &phone());
    let first = outbox.due(at(6)).send;
    assert_eq!(words(&outbox.tell(&up(0, 60), &phone())), ["recovered"]);
    assert_eq!(outbox.due(at(66)).send, []);
    outbox.settle(outcome(&first[0], 67, Ok(Receipt::default())));
    assert_eq!(words(&outbox.due(at(68)).send), ["recovered"]);
}

#[test]
fn an_outage_that_could_not_be_told_is_told_with_its_recovery() {
    for retry in [Retry::Later, Retry::Never] {
        let mut outbox = outbox();
        outbox.tell(&down(0), &phone());
        let first = outbox.due(at(6)).send;
        outbox.tell(&up(0, 60), &phone());
        outbox.settle(outcome(&first[0], 67, refused(retry)));
        assert_eq!(words(&outbox.due(at(68)).send), ["was_down"], "{retry:?}");
    }
}

#[test]
fn a_channel_that_left_the_settings_ends_what_waits_for_it() {
    let mut first = outbox();
    let rows = first.tell(&down(0), &phone());
    let mut outbox = Outbox::new([], rows);
    let Due { send, changed } = outbox.due(at(10));
    assert_eq!(send, []);
    assert!(matches!(changed[..], [Notification { state: State::Abandoned { .. }, .. }]));
}

#[test]
fn a_clock_that_was_set_back_holds_no_alarm_back() {
    let mut outbox = outbox();
    outbox.tell(&down(7_200), &phone());
    assert_eq!(outbox.due(at(0)).send.len(), 1);
}

#[test]
fn a_storm_leaves_a_few_at_a_time() {
    let mut outbox = outbox();
    for number in 0..200 {
        outbox.tell(&Event { subject: component(&format!("c{number}")), ..down(0) }, &phone());
    }
    let mut delivered = 0;
    while outbox.pending() > 0 {
        let sent = outbox.due(at(60)).send;
        assert!((1..=PER_CHANNEL).contains(&sent.len()));
        for row in sent {
            outbox.settle(outcome(&row, 61, Ok(Receipt::default())));
            delivered += 1;
        }
    }
    assert_eq!(delivered, 200);
}

proptest! {
    /// Outages one after the other, a channel that works or not: each outage ends up in exactly one message or is given up, and
    /// what arrives is in order.
    #[test]
    fn every_outage_is_told_exactly_once(outcomes in proptest::collection::vec(any::<bool>(), 0..40), outages in 1_u64..6) {
        let mut outbox = outbox();
        let (mut heard_down, mut heard_up, mut last) = (0, 0, None);
        let mut outcomes = outcomes.into_iter().chain(std::iter::repeat(true));
        let mut drive = |outbox: &mut Outbox, second: u64| {
            for row in outbox.due(at(second)).send {
                let works = outcomes.next().unwrap_or(true);
                outbox.settle(outcome(&row, second, if works { Ok(Receipt::default()) } else { refused(Retry::Later) }));
                if works {
                    assert!(last.is_none_or(|last| last <= row.made_at));
                    last = Some(row.made_at);
                    match row.kind {
                        Kind::Down { .. } => heard_down += 1,
                        Kind::Recovered { .. } => heard_up += 1,
                        Kind::WasDown { times, .. } => { heard_down += times; heard_up += times; }
                        Kind::Noticed { .. }
                        | Kind::Grown { .. }
                        | Kind::Overdue { .. }
                        | Kind::Reminder { .. }
                        | Kind::Closed { .. }
                        | Kind::Acknowledged { .. } => panic!("none was told: {row:?}"),
                    }
                }
            }
        };
        for outage in 0..outages {
            let start = outage * 1_000;
            outbox.tell(&down(start), &phone());
            (0..5).for_each(|step| drive(&mut outbox, start + 10 + step * 50));
            outbox.tell(&up(start, start + 400), &phone());
            (0..5).for_each(|step| drive(&mut outbox, start + 410 + step * 50));
        }
        (0..60).for_each(|step| drive(&mut outbox, 10_000 + step * 1_000));
        prop_assert_eq!(outbox.pending(), 0);
        prop_assert_eq!(u64::from(heard_down), outages);
        prop_assert_eq!(u64::from(heard_up), outages);
    }
}
