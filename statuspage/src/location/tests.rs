//! The book of locations: who is let in, what is taken once, and what is noticed.

use std::collections::BTreeMap;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use shared::{
    LocationName, Sequence, Span, Spans, Timestamp,
    report::{ENROLMENT_FORMAT, Enrolment, Entry, Exchange, Heartbeat, REPORT_FORMAT, Report, RunId},
};

use super::*;

const DEFINITIONS: &str = "0123456789abcdef";

fn lyon() -> LocationName {
    "lyon".parse().expect("a name")
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + second * 1_000)
}

fn number(number: u64) -> Sequence {
    Sequence::new(number)
}

/// A key as a location has it.
struct Pair(Ed25519KeyPair);

impl Pair {
    fn new() -> Self {
        Self(Ed25519KeyPair::generate().expect("a key"))
    }

    fn public(&self) -> PublicKey {
        STANDARD.encode(self.0.public_key().as_ref()).parse().expect("a key")
    }

    fn sign(&self, bytes: &[u8]) -> String {
        STANDARD.encode(self.0.sign(bytes).as_ref())
    }

    fn enrolment(&self, code: &str) -> Enrolment {
        let (location, public_key) = (lyon(), STANDARD.encode(self.0.public_key().as_ref()));
        let signature = self.sign(&Enrolment::signed(&location, code, &public_key));
        Enrolment { format: ENROLMENT_FORMAT.to_owned(), location, code: code.to_owned(), public_key, signature }
    }
}

fn entry(sequence: u64, second: i64) -> Entry {
    let observation = serde_json::json!({
        "probe": "cloud/login", "location": "lyon", "started_at": at(second), "verdict": "pass", "failure": null,
        "timings": {}, "duration": 0.1, "certificate_expires_at": null, "confirmation": false,
    });
    let observation = serde_json::from_value(observation).expect("an observation");
    Entry { sequence: number(sequence), ahead_ms: Some(0), observation }
}

/// A process of the location's, which reports.
#[derive(Clone)]
struct Process {
    run: RunId,
    begins: u64,
    beat: u64,
}

impl Process {
    fn new(id: u64, begins: u64) -> Self {
        Self { run: RunId::new(id << 11), begins, beat: 0 }
    }

    fn report(&mut self, entries: Vec<Entry>, now: Timestamp) -> Report {
        self.beat += 1;
        Report {
            format: REPORT_FORMAT.to_owned(),
            location: lyon(),
            run: self.run,
            begins: number(self.begins),
            beat: self.beat,
            sent_at: now,
            acknowledged: Sequence::NONE,
            entries,
            lost: vec![],
            heartbeat: Heartbeat {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                definitions: DEFINITIONS.to_owned(),
                ..Heartbeat::default()
            },
        }
    }
}

/// A book with one location, which is enrolled.
fn enrolled() -> (Book, Pair) {
    let (mut book, pair, code) = (Book::read([], at(0)), Pair::new(), Code::generate().expect("a code"));
    book.order(&Command::Add(lyon(), code.clone()), None, at(0)).expect("added");
    book.enrol(&pair.enrolment(code.reveal()), at(1)).expect("enrolled");
    (book, pair)
}

fn restarted(book: &mut Book) -> Book {
    book.mark_changed();
    let records: Vec<_> = book.take_changes();
    Book::read(records.iter().map(|(name, body)| (name, body.as_deref().expect("kept"))), at(2))
}

impl Book {
    fn sent(&mut self, report: &Report, pair: &Pair, now: Timestamp) -> Result<usize, Undone> {
        self.take(report, &pair.public(), DEFINITIONS, now).map(|taken| taken.news.len())
    }

    fn lyon(&self, now: Timestamp) -> LocationView {
        self.views(now).remove(&lyon()).expect("it is there")
    }
}

#[test]
fn a_code_opens_once_within_a_day_and_the_same_key_may_come_back_with_it() {
    let (mut book, pair, code) = (Book::read([], at(0)), Pair::new(), Code::generate().expect("a code"));
    assert_eq!(book.enrol(&pair.enrolment(code.reveal()), at(1)), Err(Undone::Code), "nobody was added");
    book.order(&Command::Add(lyon(), code.clone()), None, at(0)).expect("added");
    assert_eq!(book.enrol(&pair.enrolment("guessed"), at(1)), Err(Undone::Code));
    let forged = Enrolment { signature: Pair::new().sign(b"x"), ..pair.enrolment(code.reveal()) };
    assert_eq!(book.enrol(&forged, at(1)), Err(Undone::Forged));
    assert_eq!(book.clone().enrol(&pair.enrolment(code.reveal()), at(86_400)), Err(Undone::Code), "a day is over");
    assert_eq!(book.enrol(&pair.enrolment(&code.reveal().to_uppercase()), at(1)), Ok(Sequence::NONE));
    assert_eq!(book.enrol(&pair.enrolment(code.reveal()), at(2)), Ok(Sequence::NONE), "the answer was lost");
    assert_eq!(book.enrol(&Pair::new().enrolment(code.reveal()), at(3)), Err(Undone::Code));
    let mut kept = restarted(&mut book);
    kept.mark_changed();
    let text = String::from_utf8(kept.take_changes().remove(0).1.expect("kept")).expect("text");
    assert!(!text.contains(code.reveal()), "{text}");
}

#[test]
fn orders_that_cannot_be_are_refused() {
    let (mut book, _) = enrolled();
    let code = || Code::generate().expect("a code");
    let paris: LocationName = "paris".parse().expect("a name");
    let mut check = |command: Command, expected: Refused| {
        assert_eq!(book.order(&command, Some(&paris), at(1)), Err(expected));
    };
    check(Command::Add(lyon(), code()), Refused::Taken(lyon()));
    check(Command::Add(paris.clone(), code()), Refused::Own(paris.clone()));
    check(Command::Rotate(paris.clone(), code()), Refused::Unknown(paris.clone()));
    check(Command::Revoke(paris.clone()), Refused::Unknown(paris.clone()));
    book.order(&Command::Revoke(lyon()), None, at(2)).expect("revoked");
    assert_eq!(book.order(&Command::Add(lyon(), code()), None, at(3)), Err(Refused::Revoked(lyon())));
    assert_eq!(book.order(&Command::Rotate(lyon(), code()), None, at(3)), Err(Refused::Revoked(lyon())));
}

#[test]
fn only_what_an_enrolled_key_signed_is_let_in() {
    let (mut book, pair) = enrolled();
    let report = Process::new(1, 1).report(vec![entry(1, 0)], at(5));
    let body = b"the body".as_slice();
    let hash: [u8; 32] = Sha256::digest(body).into();
    let signature = pair.sign(&report.envelope().signed(&hash));
    let verified = book.register().verify(&report.envelope(), body, &signature);
    assert_eq!(verified, Ok(Verified { key: pair.public() }));
    let check = |book: &Book, report: &Report, body: &[u8], signature: &str, expected: Unverified| {
        assert_eq!(book.register().verify(&report.envelope(), body, signature), Err(expected));
    };
    check(&book, &report, b"another body", &signature, Unverified::Forged);
    check(&book, &Report { sent_at: at(6), ..report.clone() }, body, &signature, Unverified::Forged);
    check(&book, &report, body, &Pair::new().sign(&report.envelope().signed(&hash)), Unverified::Forged);
    check(&book, &report, body, "no base64", Unverified::Forged);
    let paris = Report { location: "paris".parse().expect("a name"), ..report.clone() };
    check(&book, &paris, body, &signature, Unverified::Nobody);
    book.order(&Command::Revoke(lyon()), None, at(7)).expect("revoked");
    check(&book, &report, body, &signature, Unverified::Revoked);
    assert_eq!(book.sent(&report, &pair, at(7)), Err(Undone::Revoked));
}

#[test]
fn two_keys_are_good_until_the_newer_one_is_used() {
    let (mut book, old) = enrolled();
    let (new, code) = (Pair::new(), Code::generate().expect("a code"));
    book.order(&Command::Rotate(lyon(), code.clone()), None, at(2)).expect("rotated");
    book.enrol(&new.enrolment(code.reveal()), at(3)).expect("enrolled");
    let mut process = Process::new(1, 1);
    assert_eq!(book.sent(&process.report(vec![entry(1, 0)], at(4)), &old, at(4)), Ok(1));
    assert_eq!(book.lyon(at(4)).keys.len(), 2);
    assert_eq!(book.sent(&process.report(vec![entry(2, 1)], at(5)), &new, at(5)), Ok(1));
    assert_eq!(book.lyon(at(5)).keys, [new.public().to_string()]);
    let hash = Sha256::digest(b"x").into();
    let late = process.report(vec![], at(6)).envelope();
    assert_eq!(book.register().verify(&late, b"x", &old.sign(&late.signed(&hash))), Err(Unverified::Replaced));
}

#[test]
fn a_second_delivery_is_taken_once_and_a_gap_is_asked_for() {
    let (mut book, pair) = enrolled();
    let mut process = Process::new(1, 1);
    let first = process.report(vec![entry(1, 0), entry(2, 1)], at(5));
    assert_eq!(book.sent(&first, &pair, at(5)), Ok(2));
    assert_eq!(book.sent(&first, &pair, at(6)), Ok(0));
    assert_eq!(book.sent(&process.report(vec![entry(6, 5)], at(7)), &pair, at(7)), Ok(1));
    let receipt = book.receipt(&lyon(), DEFINITIONS, at(7)).expect("known");
    assert_eq!((receipt.acknowledged, receipt.highest), (number(2), number(6)));
    assert_eq!(receipt.missing.iter().map(<(u64, u64)>::from).collect::<Vec<_>>(), [(3, 5)]);
    let lost =
        Report { lost: vec![Span::new(number(3), number(99)).expect("a span")], ..process.report(vec![], at(8)) };
    assert_eq!(book.sent(&lost, &pair, at(8)), Ok(0));
    let view = book.lyon(at(8));
    assert_eq!((view.counts.lost, view.counts.duplicates, view.counts.taken, view.gaps), (3, 2, 3, 0));
    assert_eq!(book.receipt(&lyon(), DEFINITIONS, at(8)).expect("known").acknowledged, number(6));
}

#[test]
fn other_results_under_the_same_numbers_are_a_conflict() {
    let (mut book, pair) = enrolled();
    let mut process = Process::new(1, 1);
    book.sent(&process.report(vec![entry(1, 0), entry(2, 1)], at(5)), &pair, at(5)).expect("taken");
    let other = process.report(vec![entry(2, 99)], at(6));
    assert_eq!(book.sent(&other, &pair, at(6)), Err(Undone::Copied(number(2))));
}

#[test]
fn a_disk_that_was_set_back_and_a_clone_are_noticed_and_go_on_above() {
    let (mut book, pair) = enrolled();
    let mut original = Process::new(1, 1);
    book.sent(&original.report(vec![entry(1, 0), entry(2, 1), entry(3, 2)], at(5)), &pair, at(5)).expect("taken");
    let mut book = restarted(&mut book);
    // It begins with a number that was given before.
    let mut copy = Process::new(2, 2);
    assert_eq!(book.sent(&copy.report(vec![entry(2, 50)], at(60)), &pair, at(60)), Err(Undone::Copied(number(3))));
    let mut above = Process::new(3, 4);
    assert_eq!(book.sent(&above.report(vec![entry(4, 50)], at(61)), &pair, at(61)), Ok(1));
    // The original is still there: it speaks after the other one began.
    assert_eq!(book.sent(&original.report(vec![entry(4, 70)], at(70)), &pair, at(70)), Err(Undone::Copied(number(4))));
    let mut book = restarted(&mut book);
    assert_eq!(book.lyon(at(70)).counts.copied, 2, "both conflicts are counted, and kept");
    assert_eq!(book.sent(&above.report(vec![], at(80)), &pair, at(80)), Ok(0));
    assert_eq!(book.lyon(at(80)).counts.copied, 2);
}

#[test]
fn an_old_report_that_is_replayed_changes_nothing_and_makes_nobody_look_alive() {
    let (mut book, pair) = enrolled();
    let mut first = Process::new(1, 1);
    let old = first.report(vec![entry(1, 0)], at(5));
    book.sent(&old, &pair, at(5)).expect("taken");
    let beat = first.report(vec![], at(6));
    book.sent(&beat, &pair, at(6)).expect("taken");
    for replayed in [&old, &beat] {
        assert_eq!(book.sent(replayed, &pair, at(500)), Ok(0));
    }
    assert_eq!(book.lyon(at(500)).standing, Standing::Silent);
    book.sent(&Process::new(2, 2).report(vec![entry(2, 600)], at(600)), &pair, at(600)).expect("taken");
    assert_eq!(book.sent(&old, &pair, at(900)), Ok(0), "of an earlier process");
    assert_eq!(book.lyon(at(900)).standing, Standing::Silent);
}

#[test]
fn times_are_put_right_by_what_was_known_when_the_result_was_kept() {
    let (mut book, pair) = enrolled();
    let mut process = Process::new(1, 1);
    let mut check = |sequence: u64, ahead_ms: Option<i64>, expected: i64| {
        let entry = Entry { ahead_ms, ..entry(sequence, 100) };
        let report = process.report(vec![entry], at(105));
        let taken = book.take(&report, &pair.public(), DEFINITIONS, at(705)).expect("taken");
        assert_eq!(taken.news[0].observation.started_at.as_millis() - at(100).as_millis(), expected, "{ahead_ms:?}");
    };
    check(1, Some(0), 0);
    check(2, Some(-2_000), 0);
    check(3, Some(2_001), 2_001);
    check(4, Some(-600_000), -600_000);
    // Nothing was known yet: as far as the run's first report shows.
    check(5, None, 600_000);
    assert!(!book.lyon(at(705)).has_wrong_clock, "as far as is known it took ten minutes on the way");
    let mut report = process.report(vec![], at(110));
    report.heartbeat.exchange = Some(exchange(105, 705));
    book.sent(&report, &pair, at(710)).expect("taken");
    assert!(book.lyon(at(710)).has_wrong_clock);
    assert_eq!(book.troubles(at(710))[&lyon()], [Trouble::Clock(600_000)]);
}

/// A report and its receipt, at once, by both clocks.
fn exchange(there: i64, here: i64) -> Exchange {
    Exchange { sent_at: at(there), received_at: at(here), answered_at: at(here), returned_at: at(there) }
}

#[test]
fn a_report_that_was_long_on_the_way_makes_no_clock_wrong_and_one_that_was_set_is_known_by_the_next() {
    let (mut book, pair) = enrolled();
    let mut process = Process::new(1, 1);
    let mut check = |sent: i64, taken: i64, exchange: Option<Exchange>, expected: Option<i64>| {
        let mut report = process.report(vec![], at(sent));
        report.heartbeat.exchange = exchange;
        book.sent(&report, &pair, at(taken)).expect("taken");
        let shown = book.lyon(at(taken));
        let troubles = book.troubles(at(taken)).remove(&lyon()).unwrap_or_default();
        assert_eq!(
            (shown.ahead_ms, shown.has_wrong_clock),
            (expected, expected.is_some_and(|ms| ms > 60_000)),
            "{sent}"
        );
        assert_eq!(troubles.contains(&Trouble::Clock(600_000)), expected == Some(600_000), "{sent}");
    };
    // Nobody has answered yet.
    check(10, 10, None, None);
    check(20, 20, Some(exchange(10, 10)), Some(0));
    // The hub's machine slept, or a proxy did, and what waited for it is read now.
    check(40, 7_240, Some(exchange(20, 20)), Some(0));
    check(7_241, 7_241, Some(exchange(20, 20)), Some(0));
    // Its clock is set ten minutes back, which its next exchange shows.
    check(6_650, 7_250, Some(exchange(7_241, 7_241)), Some(0));
    check(6_660, 7_260, Some(exchange(6_650, 7_250)), Some(600_000));
}

#[test]
fn a_clock_that_most_of_those_who_are_heard_find_wrong_is_the_hubs() {
    let check = |offsets: &[i64], expected: Option<(i64, usize)>| {
        let mut book = Book::read([], at(0));
        for (number, offset) in offsets.iter().enumerate() {
            let (pair, code) = (Pair::new(), Code::generate().expect("a code"));
            let location: LocationName = format!("place-{number}").parse().expect("a name");
            book.order(&Command::Add(location.clone(), code.clone()), None, at(0)).expect("added");
            let public_key = pair.enrolment(code.reveal()).public_key;
            let signature = pair.sign(&Enrolment::signed(&location, code.reveal(), &public_key));
            let enrolment =
                Enrolment { location: location.clone(), public_key, signature, ..pair.enrolment(code.reveal()) };
            book.enrol(&enrolment, at(1)).expect("enrolled");
            let report = Report { location, ..Process::new(1, 1).report(vec![], at(5 - offset)) };
            book.take(&report, &pair.public(), DEFINITIONS, at(5)).expect("taken");
        }
        let said = match book.own_clock(at(6)) {
            OwnClock::Off { ahead_ms, agreed } => Some((ahead_ms / 1_000, agreed.len())),
            OwnClock::Undoubted => {
                assert!(offsets.len() > 1, "{offsets:?}");
                None
            }
            OwnClock::Unknown => {
                assert!(offsets.len() < 2, "{offsets:?}");
                None
            }
        };
        assert_eq!(said, expected, "{offsets:?}");
        assert_eq!(book.own_clock(at(100)), OwnClock::Unknown, "nobody is heard any more");
    };
    check(&[], None);
    check(&[600], None);
    check(&[600, 0], None);
    check(&[600, 603], Some((603, 2)));
    check(&[600, 620], None);
    check(&[-600, 600], None);
    check(&[-600, -601, 0], Some((-600, 2)));
    check(&[0, 600, 600, 1], None);
    check(&[59, 58, 59], None);
    check(&[600, 600, 300, 601, 0], Some((600, 3)));
}

#[test]
fn silence_and_other_definitions_are_told_after_a_while_and_are_over_at_once() {
    let (mut book, pair) = enrolled();
    let mut process = Process::new(1, 1);
    let mut say = |book: &mut Book, definitions: &str, second: i64| {
        let mut report = process.report(vec![], at(second));
        report.heartbeat.definitions = definitions.to_owned();
        book.sent(&report, &pair, at(second)).expect("taken");
    };
    let troubles = |book: &Book, second: i64| book.troubles(at(second)).remove(&lyon()).unwrap_or_default();
    assert!(troubles(&book, 61).is_empty());
    assert_eq!(troubles(&book, 62), [Trouble::Silent(at(1))], "it has a key since then, and never reported");
    assert_eq!(book.lyon(at(62)).standing, Standing::Silent);
    say(&mut book, DEFINITIONS, 0);
    assert!(troubles(&book, 60).is_empty());
    assert_eq!(troubles(&book, 61), [Trouble::Silent(at(0))]);
    say(&mut book, "other", 70);
    say(&mut book, "other", 669);
    assert!(troubles(&book, 669).is_empty());
    say(&mut book, "other", 671);
    assert_eq!(troubles(&book, 671), [Trouble::Drift(at(70))]);
    say(&mut book, DEFINITIONS, 672);
    assert!(troubles(&book, 672).is_empty());
    book.order(&Command::Revoke(lyon()), None, at(700)).expect("revoked");
    assert!(troubles(&book, 99_999).is_empty());
}

#[test]
fn a_result_from_before_the_first_receipt_has_the_same_time_whenever_it_comes() {
    let (mut book, pair) = enrolled();
    let mut process = Process::new(1, 1);
    book.sent(&process.report(vec![], at(100)), &pair, at(700)).expect("taken");
    let unknown = Entry { ahead_ms: None, ..entry(1, 90) };
    let mut started = |book: &mut Book, second: i64| {
        let report = process.report(vec![unknown.clone()], at(second));
        let taken = book.take(&report, &pair.public(), DEFINITIONS, at(second + 655)).expect("taken");
        taken.news[0].observation.started_at
    };
    assert_eq!(started(&mut book, 110), at(690));
    book.unsettle(&lyon());
    assert_eq!(started(&mut book, 120), at(690), "however long it was on the way");
}

#[test]
fn a_process_whose_first_report_was_long_on_the_way_has_its_results_at_their_times() {
    let (mut book, pair) = enrolled();
    let mut process = Process::new(1, 1);
    book.sent(&process.report(vec![], at(100)), &pair, at(220)).expect("taken");
    let unknown = Entry { ahead_ms: None, ..entry(1, 90) };
    let mut started = |book: &mut Book, second: i64, behind: i64| {
        let mut report = process.report(vec![unknown.clone()], at(second));
        report.heartbeat.exchange = Some(exchange(second - 1, second - 1 + behind));
        let taken = book.take(&report, &pair.public(), DEFINITIONS, at(second + behind)).expect("taken");
        taken.news[0].observation.started_at
    };
    assert_eq!(started(&mut book, 221, 0), at(90));
    book.unsettle(&lyon());
    assert_eq!(started(&mut book, 230, 50), at(90), "whatever its clock does later");
}

#[test]
fn silence_is_noticed_after_a_clock_that_was_set_back() {
    let (mut book, pair) = enrolled();
    let mut process = Process::new(1, 1);
    book.sent(&process.report(vec![], at(9_000)), &pair, at(9_000)).expect("taken");
    book.turn_back(at(100));
    assert!(book.troubles(at(160))[&lyon()].is_empty());
    assert_eq!(book.troubles(at(161))[&lyon()], [Trouble::Silent(at(100))]);
}

#[test]
fn nobody_is_silent_before_this_process_could_hear() {
    let (mut book, pair) = enrolled();
    book.sent(&Process::new(1, 1).report(vec![], at(2)), &pair, at(2)).expect("taken");
    book.mark_changed();
    let records = book.take_changes();
    let book = Book::read(records.iter().map(|(name, body)| (name, body.as_deref().expect("kept"))), at(9_000));
    let check = |second: i64, standing: Standing, troubles: &[Trouble]| {
        assert_eq!(
            (book.lyon(at(second)).standing, book.troubles(at(second))[&lyon()].as_slice()),
            (standing, troubles)
        );
    };
    check(9_060, Standing::Reports, &[]);
    check(9_061, Standing::Silent, &[Trouble::Silent(at(2))]);
}

#[test]
fn a_location_that_asks_first_learns_what_was_given_and_nothing_conflicts() {
    let (mut book, pair) = enrolled();
    book.sent(&Process::new(1, 1).report(vec![entry(1, 0), entry(2, 1)], at(5)), &pair, at(5)).expect("taken");
    let mut anew = Process::new(2, 2);
    for second in [60, 61] {
        assert_eq!(book.sent(&anew.report(vec![], at(second)), &pair, at(second)), Ok(0));
    }
    // Whoever knows less than it had reported is seen, once a process; whoever begins above is not.
    assert_eq!(book.views(at(61))[&lyon()].counts.set_back, 1);
    assert_eq!(book.receipt(&lyon(), DEFINITIONS, at(60)).expect("known").highest, number(2));
    assert_eq!(book.sent(&Process::new(3, 3).report(vec![entry(3, 55)], at(61)), &pair, at(61)), Ok(1));
    assert_eq!(book.views(at(61))[&lyon()].counts.set_back, 1);
    assert_eq!(book.sent(&anew.report(vec![entry(2, 55)], at(62)), &pair, at(62)), Err(Undone::Copied(number(3))));
}

#[test]
fn a_former_key_is_told_from_a_strangers() {
    let (mut book, old) = enrolled();
    let (new, code) = (Pair::new(), Code::generate().expect("a code"));
    book.order(&Command::Rotate(lyon(), code.clone()), None, at(2)).expect("rotated");
    book.enrol(&new.enrolment(code.reveal()), at(3)).expect("enrolled");
    let report = Process::new(1, 1).report(vec![], at(4));
    book.sent(&report, &new, at(4)).expect("taken");
    let (envelope, hash) = (report.envelope(), Sha256::digest(b"x").into());
    let check = |book: &Book, pair: &Pair, expected: Unverified| {
        let signature = pair.sign(&envelope.signed(&hash));
        assert_eq!(book.register().verify(&envelope, b"x", &signature), Err(expected));
    };
    let mut book = restarted(&mut book);
    check(&book, &old, Unverified::Replaced);
    check(&book, &Pair::new(), Unverified::Forged);
    book.order(&Command::Revoke(lyon()), None, at(5)).expect("revoked");
    check(&book, &old, Unverified::Revoked);
    check(&book, &new, Unverified::Revoked);
    check(&book, &Pair::new(), Unverified::Forged);
    let code = Code::generate().expect("a code");
    assert_eq!(book.enrol(&Pair::new().enrolment(code.reveal()), at(6)), Err(Undone::Code), "as for an unknown name");
}

#[test]
fn numbers_that_lead_nowhere_are_refused_and_gaps_are_bounded() {
    let (mut book, pair) = enrolled();
    let mut process = Process::new(1, 1);
    let far = process.report(vec![entry(u64::MAX, 0)], at(5));
    assert_eq!(book.sent(&far, &pair, at(5)), Err(Undone::Beyond));
    for report in 0..20_u64 {
        let scattered = (0..500_u64).map(|at| entry(2 * (report * 500 + at) + 2, 0)).collect();
        book.sent(&process.report(scattered, at(6)), &pair, at(6)).expect("taken");
    }
    assert_eq!((book.lyon(at(6)).gaps, book.lyon(at(6)).counts.lost), (4_096, 10_000 - 4_096));
}

#[test]
fn what_may_be_lost_is_asked_for_again_and_judged_once() {
    let (mut book, pair) = enrolled();
    let mut process = Process::new(1, 1);
    let report = process.report(vec![entry(1, 0), entry(2, 1)], at(5));
    book.sent(&report, &pair, at(5)).expect("taken");
    book.unsettle(&lyon());
    assert_eq!(book.receipt(&lyon(), DEFINITIONS, at(6)).expect("known").highest, Sequence::NONE);
    let again = process.report(vec![entry(1, 0), entry(2, 1)], at(7));
    let taken = book.take(&again, &pair.public(), DEFINITIONS, at(7)).expect("taken");
    assert_eq!(taken.news.iter().map(|news| news.is_unjudged).collect::<Vec<_>>(), [false, false]);
    book.settle(&lyon());
    book.unsettle(&lyon());
    assert_eq!(book.receipt(&lyon(), DEFINITIONS, at(8)).expect("known").acknowledged, number(2));
}

#[test]
fn a_hub_that_was_set_back_says_how_much_it_forgot_and_takes_it_again() {
    let (mut book, pair) = enrolled();
    let mut process = Process::new(1, 1);
    book.sent(&process.report(vec![entry(1, 0)], at(5)), &pair, at(5)).expect("taken");
    let mut backup = restarted(&mut book);
    book.sent(&process.report(vec![entry(2, 1), entry(3, 2)], at(6)), &pair, at(6)).expect("taken");
    let heard = Report { acknowledged: number(3), ..process.report(vec![], at(7)) };
    let taken = backup.take(&heard, &pair.public(), DEFINITIONS, at(7)).expect("taken");
    assert_eq!(taken.forgotten, 2);
    assert_eq!(backup.sent(&process.report(vec![entry(2, 1), entry(3, 2)], at(8)), &pair, at(8)), Ok(2));
}

/// What happens between a location and its hub.
#[derive(Debug, Clone)]
enum Step {
    /// The location observes.
    Observe(u64),
    /// It sends some of what the hub lacks, as it knows; by chance in any order. The answer may be lost.
    Send { skip: usize, most: usize, answered: bool },
    /// A report from before comes once more.
    Replay(usize),
    /// The location's process dies; what it kept stays.
    Restart,
    /// The hub dies and remembers what it wrote.
    HubRestart,
    /// The hub is set back to an earlier state, its results too.
    Restore,
    /// The hub's state is backed up.
    Backup,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1_u64..6).prop_map(Step::Observe),
        6 => (0_usize..4, 0_usize..7, any::<bool>()).prop_map(|(skip, most, answered)| Step::Send { skip, most, answered }),
        2 => (0_usize..8).prop_map(Step::Replay),
        1 => Just(Step::Restart),
        1 => Just(Step::HubRestart),
        1 => Just(Step::Restore),
        1 => Just(Step::Backup),
    ]
}

/// A location with its journal, and a hub with its rows.
struct World {
    journal: Vec<Entry>,
    process: Process,
    lacks: Spans,
    acknowledged: Sequence,
    sent: Vec<Report>,
    book: Book,
    pair: Pair,
    rows: BTreeMap<Sequence, u32>,
    backup: Option<(Book, BTreeMap<Sequence, u32>)>,
    second: i64,
}

impl World {
    fn new() -> Self {
        let (book, pair) = enrolled();
        Self {
            journal: vec![],
            process: Process::new(1, 1),
            lacks: Spans::default(),
            acknowledged: Sequence::NONE,
            sent: vec![],
            book,
            pair,
            rows: BTreeMap::new(),
            backup: None,
            second: 10,
        }
    }

    fn deliver(&mut self, report: &Report) {
        self.second += 1;
        let taken = self.book.take(report, &self.pair.public(), DEFINITIONS, at(self.second)).expect("it is honest");
        for news in taken.news {
            let second = (news.observation.started_at.as_millis() - at(0).as_millis()) / 1_000;
            *self.rows.entry(number(second as u64)).or_default() += 1;
        }
        self.book.settle(&lyon());
    }

    fn send(&mut self, skip: usize, most: usize) -> Report {
        self.second += 1;
        let wanted = self.journal.iter().filter(|entry| self.lacks.contains(entry.sequence)).skip(skip).take(most);
        let entries = wanted.cloned().collect();
        let report = Report { acknowledged: self.acknowledged, ..self.process.report(entries, at(self.second)) };
        self.sent.push(report.clone());
        report
    }

    fn learn(&mut self) {
        let receipt = self.book.receipt(&lyon(), DEFINITIONS, at(self.second)).expect("known");
        let last = number(self.journal.len() as u64);
        self.lacks = receipt.missing.iter().chain(Span::new(receipt.highest.next(), last)).collect();
        self.acknowledged = receipt.acknowledged;
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Observe(some) => {
                for _ in 0..some {
                    let next = self.journal.len() as u64 + 1;
                    self.journal.push(entry(next, next as i64));
                    self.lacks.add(number(next));
                }
            }
            Step::Send { skip, most, answered } => {
                let report = self.send(skip, most);
                self.deliver(&report);
                if answered {
                    self.learn();
                }
            }
            Step::Replay(back) => {
                if let Some(report) = self.sent.iter().rev().nth(back).cloned() {
                    self.deliver(&report);
                }
            }
            Step::Restart => self.process = Process::new(self.second as u64 + 100, self.journal.len() as u64 + 1),
            Step::HubRestart => self.book = restarted(&mut self.book),
            Step::Backup => self.backup = Some((restarted(&mut self.book), self.rows.clone())),
            Step::Restore => {
                if let Some((book, rows)) = self.backup.clone() {
                    (self.book, self.rows) = (book, rows);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Any order of deliveries, losses of answers, repetitions, restarts and backups: in the end everything is there once.
    #[test]
    fn every_result_is_kept_exactly_once(steps in proptest::collection::vec(step(), 1..60)) {
        let mut world = World::new();
        steps.into_iter().for_each(|step| world.take(step));
        for _ in 0..3 {
            let report = world.send(0, usize::MAX);
            world.deliver(&report);
            world.learn();
        }
        let all = world.journal.len() as u64;
        prop_assert_eq!(world.acknowledged, number(all));
        prop_assert_eq!(world.rows.len() as u64, all);
        prop_assert!(world.rows.values().all(|times| *times == 1), "{:?}", world.rows);
        prop_assert_eq!(world.book.lyon(at(world.second)).gaps, 0);
    }
}
