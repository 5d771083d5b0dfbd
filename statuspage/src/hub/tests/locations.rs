//! What locations report: taken once and kept, late results without an alarm, and what is told of the locations themselves.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use shared::{
    LocationName, Sequence,
    report::{ENROLMENT_FORMAT, Enrolment, Entry, Heartbeat, REPORT_FORMAT, Receipt, Report, RunId},
};

use super::*;
use crate::{
    hub::locations::Answer,
    location::{Code, Command as LocationCommand, Undone, Unverified},
    notify::{Fault, FaultKind},
};

fn lyon() -> LocationName {
    "lyon".parse().expect("a name")
}

fn key() -> crate::location::PublicKey {
    let pair = Ed25519KeyPair::generate().expect("a key");
    STANDARD.encode(pair.public_key().as_ref()).parse().expect("a key")
}

/// A location that reports to a hub.
struct Afar {
    beat: u64,
    next: u64,
    acknowledged: Sequence,
}

impl Afar {
    fn report(&mut self, bench: &Bench, observations: Vec<Observation>) -> Report {
        let entries = observations.into_iter().zip(self.next..).map(|(observation, number)| {
            let observation = Observation { location: lyon(), ..observation };
            Entry { sequence: Sequence::new(number), ahead_ms: Some(0), observation }
        });
        let entries: Vec<_> = entries.collect();
        self.next += entries.len() as u64;
        self.beat += 1;
        let definitions = bench.hub.definitions.fingerprint();
        Report {
            format: REPORT_FORMAT.to_owned(),
            location: lyon(),
            run: RunId::new(1 << 20),
            begins: Sequence::new(1),
            beat: self.beat,
            sent_at: now(),
            acknowledged: self.acknowledged,
            entries,
            lost: vec![],
            heartbeat: Heartbeat { version: env!("CARGO_PKG_VERSION").into(), definitions, ..Heartbeat::default() },
        }
    }

    async fn send(&mut self, bench: &mut Bench, observations: Vec<Observation>) -> Receipt {
        let report = self.report(bench, observations);
        bench.deliver_report(&report).await.expect("it is taken")
    }
}

impl Bench {
    async fn add_lyon(&mut self) -> Afar {
        let code = Code::generate().expect("a code");
        self.hub.telling.locations.order(&LocationCommand::Add(lyon(), code), None, now()).expect("added");
        Afar { beat: 0, next: 1, acknowledged: Sequence::NONE }
    }

    async fn deliver_report(&mut self, report: &Report) -> Result<Receipt, Answer> {
        let (answer, transitions) = self.hub.take_report_of(report, &key(), now()).await;
        self.hub.tell(&transitions).await;
        self.deliver().await;
        answer
    }

    async fn stored_of(&self, component: &str) -> usize {
        let since = now().minus(Duration::from_secs(8 * 3_600));
        let query = crate::store::ObservationQuery::since(id(component), since);
        self.hub.store.observations(query).await.expect("answers").observations.len()
    }
}

#[tokio::test]
async fn a_receipt_names_what_is_on_stable_storage_and_a_second_delivery_is_counted_once() {
    let mut bench = Bench::start(cloud()).await;
    let mut afar = bench.add_lyon().await;
    let report = afar.report(&bench, results("cloud", lately(), &UP));
    let receipt = bench.deliver_report(&report).await.expect("taken");
    assert_eq!((receipt.acknowledged, receipt.definitions.len()), (Sequence::new(2), 16));
    let mut bench = bench.killed(cloud()).await;
    assert_eq!(bench.stored_of("cloud").await, 2);
    let again = bench.deliver_report(&report).await.expect("known");
    assert_eq!((again.acknowledged, bench.stored_of("cloud").await), (Sequence::new(2), 2));
    assert_eq!(bench.status("cloud"), Status::Operational);
}

#[tokio::test]
async fn a_backlog_raises_no_alarm_for_old_news_and_fills_the_past() {
    let mut bench = Bench::start(cloud()).await;
    let mut afar = bench.add_lyon().await;
    let hours_ago = now().minus(Duration::from_secs(6 * 3_600));
    let past = results("cloud", hours_ago, &[Verdict::Fail; 20]);
    let newest = afar.report(&bench, past.clone());
    // The newest come first, under the numbers behind the backlog.
    let mut present = afar.report(&bench, results("cloud", lately(), &UP));
    present.beat = 1;
    let receipt = bench.deliver_report(&present).await.expect("taken");
    assert_eq!((receipt.acknowledged, receipt.missing.count()), (Sequence::NONE, 20));
    assert_eq!(bench.status("cloud"), Status::Operational);
    let receipt = bench.deliver_report(&newest).await.expect("taken");
    assert_eq!(receipt.acknowledged, Sequence::new(22));
    assert_eq!((bench.status("cloud"), bench.told()), (Status::Operational, vec![]));
    assert_eq!(bench.stored_of("cloud").await, 22);
    let failures = bench.component("cloud").history.failures.len();
    assert_eq!(failures, 20, "they are shown among the failures");
    let mut bench = bench.killed(cloud()).await;
    assert_eq!((bench.status("cloud"), bench.told()), (Status::Operational, vec![]));
}

#[tokio::test]
async fn what_came_late_is_counted_once_whenever_the_hub_is_killed() {
    let hours_ago = || now().minus(Duration::from_secs(6 * 3_600));
    // Old news behind the present, and a short backlog that is judged since nothing newer is known.
    for starts in [vec![lately(), hours_ago()], vec![hours_ago(), lately()], vec![hours_ago()]] {
        let mut bench = Bench::start(cloud()).await;
        let mut afar = bench.add_lyon().await;
        bench.hub.write_checkpoint(now()).await;
        let expected = starts.len() as u32 * 2;
        for start in starts {
            afar.send(&mut bench, results("cloud", start, &UP)).await;
        }
        assert_eq!(bench.counted("cloud"), expected);
        let mut bench = bench.killed(cloud()).await;
        assert_eq!(bench.counted("cloud"), expected);
    }
}

#[tokio::test]
async fn a_silent_location_loses_its_vote_and_is_told_and_so_is_its_return() {
    let mut bench = Bench::start(cloud()).await;
    let mut afar = bench.add_lyon().await;
    afar.send(&mut bench, vec![]).await;
    bench.hub.tell_troubles().await;
    assert_eq!(bench.told_faults(), Vec::<String>::new());
    bench.hub.telling.locations.age(&lyon(), Duration::from_secs(61));
    bench.hub.tell_troubles().await;
    bench.hub.tell_troubles().await;
    bench.deliver().await;
    assert_eq!(bench.told_faults(), ["location_silent fault"]);
    afar.send(&mut bench, vec![]).await;
    bench.hub.tell_troubles().await;
    assert_eq!(bench.told_faults(), ["location_silent fault", "location_silent fault_over"]);
}

impl Bench {
    /// Two locations report that the hub's clock is ahead of theirs by so many seconds, and what is told then has been doubted for long.
    async fn hear_clocks(&mut self, afar: &mut [(LocationName, Afar); 2], ahead: [u64; 2]) -> Vec<String> {
        for ((location, afar), ahead) in afar.iter_mut().zip(ahead) {
            let sent_at = now().minus(Duration::from_secs(ahead));
            let report = Report { location: location.clone(), sent_at, ..afar.report(self, vec![]) };
            self.deliver_report(&report).await.expect("it is taken");
        }
        self.hub.tell_troubles().await;
        self.hub.oversee(now(), Instant::now()).await;
        let begun = self.told_faults();
        self.hub.doubted.values_mut().for_each(|since| *since -= Duration::from_secs(30));
        self.hub.tell_troubles().await;
        self.deliver().await;
        let all = self.told_faults();
        assert!(ahead != [600, 0] || begun.len() < all.len(), "one alone is doubted at first: {begun:?}");
        all
    }
}

#[tokio::test]
async fn a_clock_that_every_location_finds_wrong_is_ours_and_one_that_a_single_one_finds_wrong_is_its_own() {
    let mut bench = Bench::start(cloud()).await;
    let paris: LocationName = "paris".parse().expect("a name");
    let code = Code::generate().expect("a code");
    bench.hub.telling.locations.order(&LocationCommand::Add(paris.clone(), code), None, now()).expect("added");
    let mut afar = [(lyon(), bench.add_lyon().await), (paris, Afar { beat: 0, next: 1, acknowledged: Sequence::NONE })];
    let mut expected = vec!["location_clock fault"];
    assert_eq!(bench.hear_clocks(&mut afar, [600, 0]).await, expected);
    // Faults of one kind are told in the order of their ids.
    expected.extend(["clock_off fault", "location_clock fault_over"]);
    let mut told = bench.hear_clocks(&mut afar, [600, 601]).await;
    told.sort();
    expected.sort_unstable();
    assert_eq!(told, expected, "each is right, and ours is wrong");
    let told = bench.hear_clocks(&mut afar, [0, 0]).await;
    assert_eq!((told.len(), told.iter().any(|told| told == "clock_off fault_over")), (4, true), "{told:?}");
    // Whoever is pinged knows better.
    bench.hub.options.ping = PingBoard::compared(0);
    let told = bench.hear_clocks(&mut afar, [600, 601]).await;
    assert_eq!(told.iter().filter(|told| *told == "location_clock fault").count(), 3, "{told:?}");
}

#[tokio::test]
async fn silence_is_as_long_as_nothing_was_heard_and_no_restart_of_the_hub_ends_it() {
    let mut bench = Bench::start(cloud()).await;
    let mut afar = bench.add_lyon().await;
    afar.send(&mut bench, vec![]).await;
    bench.hub.telling.locations.age(&lyon(), Duration::from_secs(61));
    let heard_at = bench.hub.telling.locations.last_heard(&lyon()).expect("it reported");
    bench.hub.tell_troubles().await;
    bench.deliver().await;
    bench.hub.telling.locations.mark_changed();
    bench.hub.write_checkpoint(now()).await;
    let mut bench = bench.killed(cloud()).await;
    bench.hub.tell_troubles().await;
    assert_eq!(bench.told_faults(), ["location_silent fault"], "it has not been heard since");
    afar.send(&mut bench, vec![]).await;
    bench.hub.tell_troubles().await;
    assert_eq!(bench.told_faults(), ["location_silent fault", "location_silent fault_over"]);
    let lasted = bench.rows().into_iter().find_map(|row| {
        let Kind::Recovered { since, until } = row.kind else { return None };
        Some((since, until.since(since) >= Duration::from_secs(61)))
    });
    assert_eq!(lasted, Some((heard_at, true)));
}

#[tokio::test]
async fn a_copy_and_a_key_of_before_are_told_and_a_stranger_is_counted() {
    let mut bench = Bench::start(cloud()).await;
    let mut afar = bench.add_lyon().await;
    afar.send(&mut bench, results("cloud", lately(), &UP)).await;
    let copy = Report { run: RunId::new(7 << 20), ..afar.report(&bench, results("cloud", lately(), &DOWN)) };
    let copy = Report { begins: Sequence::new(2), ..copy };
    let refused = bench.deliver_report(&copy).await;
    assert_eq!(refused, Err(Answer::Undone(Undone::Copied(Sequence::new(2)))));
    let (counter, end) = counter();
    let mut end = end;
    for (why, told) in [(Unverified::Forged, 1), (Unverified::Replaced, 2)] {
        counter.rejected(&lyon(), why);
        let knock = end.knocks.recv().await.expect("it knocked");
        bench.hub.take_knock(knock, &end).await;
        assert_eq!(bench.told_faults().len(), told, "{why:?}");
    }
    assert_eq!(bench.told_faults(), ["location_copied fault", "location_forged fault"]);
    assert_eq!(bench.snapshot().places[&lyon()].counts.rejected, 2, "a stranger's are counted as well");
    assert_eq!(bench.status("cloud"), Status::Operational, "nothing of the copy was taken");
}

#[tokio::test]
async fn a_hub_that_was_set_back_says_so_and_ends_in_the_same_state() {
    let mut bench = Bench::start(cloud()).await;
    let mut afar = bench.add_lyon().await;
    afar.acknowledged = Sequence::new(5);
    let report = afar.report(&bench, results("cloud", lately(), &UP));
    bench.deliver_report(&report).await.expect("taken");
    let told = bench.rows();
    let fault = told.iter().find_map(|row| match &row.subject {
        Subject::Monitor(fault) => Some(fault.clone()),
        Subject::Incident(_) | Subject::Maintenance(_) | Subject::Drill(_) => None,
    });
    let Some(Fault::Location { trouble, .. }) = fault else { panic!("it is told: {told:?}") };
    assert_eq!(trouble.kind(), FaultKind::LocationForgotten);
}

impl Bench {
    /// Results from afar among the past of a component.
    fn counted(&mut self, component: &str) -> u32 {
        let component = self.component(component);
        let latency = component.history.latency.get(&lyon());
        latency.map_or(0, |series| series.day().iter().map(|point| point.count).sum())
    }

    fn told_faults(&self) -> Vec<String> {
        let fault = |row: &Notification| match &row.subject {
            Subject::Monitor(fault) => Some(format!("{} {}", fault.kind(), row.word())),
            Subject::Incident(_) | Subject::Maintenance(_) | Subject::Drill(_) => None,
        };
        self.rows().iter().filter_map(fault).collect()
    }
}

#[tokio::test]
async fn a_place_that_sees_nothing_is_told_and_so_is_that_it_sees_again() {
    let blind = |started_at: Timestamp| Observation {
        failure: Some(Failure::new(FailureKind::ProberFault, "this location cannot reach its control targets")),
        ..result("cloud", started_at, Verdict::Unknown)
    };
    let begin = now().minus(Duration::from_secs(150));
    let mut bench = Bench::start(cloud()).await;
    bench.take(vec![blind(begin), blind(begin.plus(EVERY))]).await;
    bench.hub.tell_troubles().await;
    assert_eq!(bench.told_faults(), ["location_blind fault"]);
    let seen: Vec<_> = bench.snapshot().alarms.blind().map(|(place, since)| (place.to_owned(), since)).collect();
    assert_eq!(seen, [("local".to_owned(), begin)]);
    bench.take(vec![result("cloud", begin.plus(EVERY * 3), Verdict::Fail)]).await;
    bench.hub.tell_troubles().await;
    assert_eq!(bench.told_faults(), ["location_blind fault", "location_blind fault_over"], "what fails is seen");
    assert_eq!(bench.snapshot().alarms.blind().count(), 0);
}

#[tokio::test]
async fn a_place_that_saw_nothing_before_a_restart_is_not_said_to_see_after_it() {
    let failure =
        || Some(Failure { blind: true, ..Failure::new(FailureKind::ProberFault, "nothing is seen from here") });
    let begin = now().minus(Duration::from_secs(150));
    let blind = |after| Observation { failure: failure(), ..result("cloud", begin.plus(after), Verdict::Unknown) };
    let mut bench = Bench::start(cloud()).await;
    bench.take(vec![blind(Duration::ZERO), blind(EVERY)]).await;
    bench.hub.tell_troubles().await;
    let mut bench = bench.killed(cloud()).await;
    bench.hub.tell_troubles().await;
    assert_eq!(bench.told_faults(), ["location_blind fault"]);
}

#[tokio::test]
async fn a_place_that_must_report_and_at_which_too_few_probes_run_is_named_to_the_dead_man_switch() {
    let mut bench = Bench::start(cloud()).await;
    let code = Code::generate().expect("a code");
    let order = LocationCommand::Add(lyon(), code.clone());
    bench.hub.telling.locations.order(&order, None, now()).expect("added");
    let uncovered = |bench: &mut Bench, after: u64| {
        let at = now().plus(Duration::from_secs(after));
        // Elsewhere it runs.
        bench.hub.judge(Arc::new(result("cloud", at, Verdict::Pass)), None, at);
        let (snapshot, input) = bench.hub.present(at);
        let ran = |one: crate::location::Coverage| (one.executed, one.expected);
        (snapshot.places[&lyon()].coverage.map(ran), input.uncovered.map(|(place, one)| (place, ran(one))))
    };
    assert_eq!(uncovered(&mut bench, 70), (None, None), "it has no key yet");
    let pair = Ed25519KeyPair::generate().expect("a key");
    let public_key = STANDARD.encode(pair.public_key().as_ref());
    let signed = Enrolment::signed(&lyon(), code.reveal(), &public_key);
    let signature = STANDARD.encode(pair.sign(&signed).as_ref());
    let (format, location, code) = (ENROLMENT_FORMAT.to_owned(), lyon(), code.reveal().to_owned());
    let enrolment = Enrolment { format, location, code, public_key, signature };
    bench.hub.telling.locations.enrol(&enrolment, now()).expect("enrolled");
    assert_eq!(uncovered(&mut bench, 60), (None, None), "nothing is due there yet");
    assert_eq!(uncovered(&mut bench, 70), (Some((0, 1)), Some((lyon(), (0, 1)))), "it never ran there");
    let mut afar = Afar { beat: 0, next: 1, acknowledged: Sequence::NONE };
    afar.send(&mut bench, results("cloud", lately(), &[Verdict::Fail])).await;
    assert_eq!(uncovered(&mut bench, 60), (None, None));
    let there = Observation { location: lyon(), ..result("cloud", now(), Verdict::Fail) };
    bench.hub.judge(Arc::new(there), None, now().plus(Duration::from_secs(60)));
    assert_eq!(uncovered(&mut bench, 70), (Some((1, 1)), None), "a target that fails is no fault of the place");
    bench.hub.telling.locations.order(&LocationCommand::Revoke(lyon()), None, now()).expect("revoked");
    assert_eq!(uncovered(&mut bench, 700), (None, None), "nobody waits for it");
}

#[tokio::test]
async fn what_a_place_finds_of_its_canaries_is_kept_and_counted_nowhere() {
    let mut bench = Bench::start(cloud()).await;
    let mut afar = bench.add_lyon().await;
    let canary =
        Observation { probe: "belfry-canary/502".parse().expect("an id"), ..result("cloud", lately(), Verdict::Fail) };
    let mut report = afar.report(&bench, vec![canary, result("cloud", lately(), Verdict::Pass)]);
    (report.heartbeat.canaries, report.heartbeat.journal.depth) = (true, 1);
    let receipt = bench.deliver_report(&report).await.expect("taken");
    assert_eq!(receipt.acknowledged, Sequence::new(2), "it travels like every other result");
    let view = bench.hub.locations_shown(now()).remove(&lyon()).expect("it is known");
    assert_eq!((view.counts.taken, view.counts.unknown, view.heartbeat.map(|one| one.journal.depth)), (1, 0, Some(0)));
    let (snapshot, _) = bench.hub.present(now());
    assert!(!format!("{:?}", snapshot.components).contains("belfry-canary"));
    let (begun, second) = (Instant::now(), Duration::from_secs(1));
    (1..5).for_each(|step| bench.hub.canaries.heard(&lyon(), begun + second * 15 * step));
    let later = begun + second * 60;
    assert!(format!("{:?}", bench.hub.canaries.broken(later)).contains("lyon"), "two of them never came");
}
