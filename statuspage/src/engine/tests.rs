//! What the engine concludes, case by case.

use shared::{Failure, FailureKind, Health, HttpFacts, HttpVersion, Thresholds, Timings, Verdict};

use super::*;
use Status::{DegradedPerformance, MajorOutage, Operational, PartialOutage, UnderMaintenance, Unknown};
use Verdict::{Fail, Pass, Warn};

/// How long a result proves something here, in seconds.
const PROOF: i64 = 90;

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000 + seconds * 1_000)
}

pub(super) fn roster(probes: &[&str]) -> Input {
    let mut roster = Roster::default();
    for probe in probes {
        let id: shared::ProbeId = probe.parse().expect("an id");
        let component = roster.components.entry(id.component).or_default();
        component.probes.insert(id.name, Thresholds::default());
    }
    Input::Roster(Arc::new(roster))
}

pub(crate) fn observation(probe: &str, location: &str, start: Timestamp, verdict: Verdict) -> Observation {
    let failure = match verdict {
        Pass => None,
        Warn => Some(Failure::new(FailureKind::Latency, "slower than 2 s")),
        Fail => Some(Failure::new(FailureKind::HttpStatus, "502 Bad Gateway")),
        Verdict::Unknown => Some(Failure::new(FailureKind::ProberFault, "no descriptors left")),
    };
    let http = (verdict == Fail).then_some(HttpFacts { status: 502, version: HttpVersion::Http11, redirects: vec![] });
    Observation {
        probe: probe.parse().expect("an id"),
        location: location.parse().expect("a name"),
        started_at: start,
        verdict,
        failure,
        timings: Timings::default(),
        duration: Duration::from_millis(20),
        http,
        certificate_expires_at: None,
        confirmation: false,
        address: None,
    }
}

/// An engine with a clock that tests move by hand.
struct Bench {
    engine: Engine,
    now: i64,
}

impl Bench {
    fn watching(probes: &[&str]) -> Self {
        let mut engine = Engine::new();
        assert_eq!(engine.step(roster(probes), at(0)), Outcome::default());
        Self { engine, now: 0 }
    }

    fn step(&mut self, input: Input) -> Outcome {
        self.engine.step(input, at(self.now))
    }

    fn hear(&mut self, probe: &str, location: &str, start: i64, verdict: Verdict) -> Outcome {
        let observation = Arc::new(observation(probe, location, at(start), verdict));
        self.step(Input::Observation(Observed { observation, stale_at: at(self.now + PROOF) }))
    }

    /// One result a second.
    fn hear_all(&mut self, results: &[(&str, &str, Verdict)]) {
        for (probe, location, verdict) in results {
            self.now += 1;
            self.hear(probe, location, self.now, *verdict);
        }
    }

    /// The same result three times from each location.
    fn settle(&mut self, probe: &str, words: &[(&str, Verdict)]) {
        for (location, verdict) in words {
            self.hear_all(&[(probe, *location, *verdict); 3]);
        }
    }

    fn judgement(&self) -> Judgement {
        self.engine.view(&"cloud".parse().expect("an id")).expect("it is watched")
    }
}

#[test]
fn before_its_first_result_a_component_is_unknown() {
    let judgement = Bench::watching(&["cloud/login"]).judgement();
    assert_eq!((judgement.status, judgement.since, judgement.last_result_at), (Unknown, at(0), None));
    assert_eq!((judgement.stale_at, judgement.reason), (None, None));
}

#[test]
fn the_third_failure_in_a_row_is_an_outage_and_says_since_when() {
    let mut bench = Bench::watching(&["cloud/login"]);
    bench.hear_all(&[("cloud/login", "lyon", Pass), ("cloud/login", "lyon", Fail), ("cloud/login", "lyon", Fail)]);
    assert_eq!(bench.judgement().status, Operational);
    bench.now = 4;
    let transitions = bench.hear("cloud/login", "lyon", 4, Fail).transitions;
    let [Transition { at: when, from: Operational, to: MajorOutage, reason: Some(reason), .. }] = &transitions[..]
    else {
        panic!("{transitions:?}")
    };
    assert_eq!((*when, reason.since, reason.http_status), (at(4), at(2), Some(502)));
    assert_eq!((reason.kind, reason.verdict), (FailureKind::HttpStatus, Fail));
    bench.hear_all(&[("cloud/login", "lyon", Pass)]);
    assert_eq!(bench.judgement().status, MajorOutage, "one success is not yet a recovery");
    bench.hear_all(&[("cloud/login", "lyon", Pass)]);
    assert_eq!((bench.judgement().status, bench.judgement().since), (Operational, at(6)));
}

#[test]
fn more_than_half_of_the_locations_must_say_down() {
    let check = |words: &[(&str, Verdict)], expected: Status, accusers: &[&str]| {
        let mut bench = Bench::watching(&["cloud/login"]);
        bench.settle("cloud/login", words);
        let judgement = bench.judgement();
        assert_eq!(judgement.status, expected, "{words:?}");
        let named = judgement.reason.map(|reason| reason.locations).unwrap_or_default();
        assert_eq!(named.iter().map(LocationName::as_str).collect::<Vec<_>>(), accusers, "{words:?}");
    };
    check(&[("a", Fail)], MajorOutage, &["a"]);
    check(&[("a", Fail), ("b", Pass)], DegradedPerformance, &["a"]);
    check(&[("a", Fail), ("b", Fail)], MajorOutage, &["a", "b"]);
    check(&[("a", Fail), ("b", Pass), ("c", Pass)], DegradedPerformance, &["a"]);
    check(&[("a", Fail), ("b", Pass), ("c", Fail)], MajorOutage, &["a", "c"]);
    check(&[("a", Fail), ("b", Pass), ("c", Fail), ("d", Pass)], DegradedPerformance, &["a", "c"]);
    check(&[("a", Fail), ("b", Verdict::Unknown)], MajorOutage, &["a"]);
    check(&[("a", Pass), ("b", Verdict::Unknown)], Operational, &[]);
    check(&[("a", Verdict::Unknown)], Unknown, &["a"]);
    check(&[("a", Warn), ("b", Pass)], DegradedPerformance, &["a"]);
}

#[test]
fn probes_roll_up_and_the_worst_wins() {
    let check = |login: Verdict, files: Option<Verdict>, expected: Status, because: Option<&str>| {
        let mut bench = Bench::watching(&["cloud/files", "cloud/login"]);
        bench.settle("cloud/login", &[("lyon", login)]);
        files.into_iter().for_each(|verdict| bench.settle("cloud/files", &[("lyon", verdict)]));
        let judgement = bench.judgement();
        assert_eq!(judgement.status, expected, "{login} and {files:?}");
        assert_eq!(judgement.reason.as_ref().map(|reason| reason.probe.as_str()), because, "{login} and {files:?}");
    };
    check(Pass, Some(Pass), Operational, None);
    check(Pass, Some(Warn), DegradedPerformance, Some("files"));
    check(Fail, Some(Pass), PartialOutage, Some("login"));
    check(Fail, Some(Warn), PartialOutage, Some("login"));
    check(Fail, Some(Fail), MajorOutage, Some("login"));
    check(Pass, None, Unknown, None);
    check(Warn, None, DegradedPerformance, Some("login"));
    check(Fail, None, PartialOutage, Some("login"));
    check(Pass, Some(Verdict::Unknown), Unknown, Some("files"));
}

#[test]
fn silence_is_unknown_from_the_very_instant_the_proof_ran_out() {
    let mut bench = Bench::watching(&["cloud/login"]);
    bench.hear_all(&[("cloud/login", "lyon", Pass)]);
    assert_eq!((bench.judgement().stale_at, bench.engine.next_due()), (Some(at(91)), Some(at(91))));
    assert_eq!(bench.engine.step(Input::Tick, Timestamp::from_millis(at(91).as_millis() - 1)), Outcome::default());
    bench.now = 700;
    let transitions = bench.step(Input::Tick).transitions;
    assert_eq!(transitions.iter().map(|t| (t.at, t.from, t.to)).collect::<Vec<_>>(), [(at(91), Operational, Unknown)]);
    let judgement = bench.judgement();
    assert_eq!((judgement.last_result_at, judgement.stale_at), (Some(at(1)), None));
    assert!(judgement.probes.values().flat_map(BTreeMap::values).all(|place| place.health == Health::Unknown));
}

#[test]
fn after_a_silence_the_old_word_counts_only_once_a_result_agrees() {
    let check = |before: Verdict, after: &[Verdict], expected: &[Status]| {
        let mut bench = Bench::watching(&["cloud/login"]);
        bench.settle("cloud/login", &[("lyon", before)]);
        bench.now = 1_000;
        let mut status = |verdict: &Verdict| {
            bench.hear_all(&[("cloud/login", "lyon", *verdict)]);
            bench.judgement().status
        };
        assert_eq!(after.iter().map(&mut status).collect::<Vec<_>>(), expected, "{before}, then {after:?}");
    };
    check(Pass, &[Pass], &[Operational]);
    check(Pass, &[Fail, Fail, Fail], &[Unknown, Unknown, MajorOutage]);
    check(Fail, &[Fail], &[MajorOutage]);
    check(Fail, &[Pass, Pass], &[Unknown, Operational]);
    check(Pass, &[Verdict::Unknown, Fail, Pass], &[Unknown, Unknown, Operational]);
}

#[test]
fn doubled_and_late_results_change_nothing() {
    let mut bench = Bench::watching(&["cloud/login"]);
    bench.settle("cloud/login", &[("lyon", Pass)]);
    let before = bench.engine.state(&"cloud".parse().expect("an id")).cloned();
    bench.now = 20;
    let check = |bench: &mut Bench, probe: &str, start: i64, expected: Reception| {
        let outcome = bench.hear(probe, "lyon", start, Fail);
        assert_eq!(outcome, Outcome { transitions: vec![], reception: Some(expected) });
    };
    check(&mut bench, "cloud/login", 3, Reception::Duplicate);
    check(&mut bench, "cloud/login", 2, Reception::OldNews);
    check(&mut bench, "cloud/other", 20, Reception::UnknownProbe);
    check(&mut bench, "other/login", 20, Reception::UnknownProbe);
    assert_eq!(bench.engine.state(&"cloud".parse().expect("an id")).cloned(), before);
}

#[test]
fn a_clock_that_is_put_right_does_not_blind_us() {
    let mut bench = Bench::watching(&["cloud/login"]);
    bench.now = 86_400;
    bench.hear_all(&[("cloud/login", "lyon", Pass)]);
    bench.now = 10;
    assert_eq!(bench.hear("cloud/login", "lyon", 86_300, Fail).reception, Some(Reception::OldNews));
    assert_eq!(bench.hear("cloud/login", "lyon", 10, Pass).reception, Some(Reception::Judged));
    assert_eq!(bench.judgement().stale_at, Some(at(100)));
}

#[test]
fn after_a_jump_backwards_a_proof_lasts_no_longer_than_it_would_have() {
    let mut bench = Bench::watching(&["cloud/login"]);
    bench.now = 86_400;
    bench.hear_all(&[("cloud/login", "lyon", Pass)]);
    bench.now = 10;
    assert_eq!(bench.step(Input::Tick), Outcome::default());
    assert_eq!((bench.judgement().stale_at, bench.judgement().since), (Some(at(100)), at(10)));
}

#[test]
fn a_failure_that_a_clock_put_right_would_date_in_the_future_began_at_the_latest_when_it_was_put_right() {
    let mut bench = Bench::watching(&["cloud/login"]);
    bench.now = 86_400;
    bench.hear_all(&[("cloud/login", "lyon", Pass), ("cloud/login", "lyon", Pass)]);
    bench.hear_all(&[("cloud/login", "lyon", Fail), ("cloud/login", "lyon", Fail)]);
    bench.now = 10;
    let outcome = bench.hear("cloud/login", "lyon", 10, Fail);
    let [down] = &outcome.transitions[..] else { panic!("{outcome:?}") };
    let onset = down.onset.expect("it failed");
    assert_eq!((down.to, down.at, down.from_since), (MajorOutage, at(10), at(10)));
    assert_eq!((onset.after, onset.since), (Some(at(10)), at(10)));
    assert_eq!(down.reason.as_ref().map(|reason| reason.since), Some(at(10)));
}

#[test]
fn a_minority_that_says_down_amid_slow_answers_is_told_although_the_state_stays() {
    let mut bench = Bench::watching(&["cloud/login"]);
    bench.settle("cloud/login", &[("a", Warn), ("b", Warn), ("c", Warn)]);
    let since = bench.judgement().since;
    let mut check = |verdict: Verdict, times: usize, disputed: bool| {
        let mut told = Vec::new();
        for _ in 0..times {
            bench.now += 1;
            told.extend(bench.hear("cloud/login", "a", bench.now, verdict).transitions);
        }
        let [only] = &told[..] else { panic!("{told:?}") };
        let slow = DegradedPerformance;
        assert_eq!((only.from, only.to, only.is_disputed()), (slow, slow, disputed));
        assert_eq!((only.from_since, only.at, bench.judgement().since), (since, at(bench.now), since));
        // Whoever missed it is told the same.
        let state = bench.engine.state(&only.component).expect("it is watched");
        assert_eq!(state.as_transition(), *only);
    };
    check(Fail, 3, true);
    check(Warn, 2, false);
}

#[test]
fn whoever_missed_an_outage_is_told_what_was_before_it_also_after_a_restart() {
    let mut bench = Bench::watching(&["cloud/login"]);
    bench.settle("cloud/login", &[("a", Pass), ("b", Pass), ("b", Fail)]);
    bench.now = 94;
    // The one that said up falls silent.
    let told = bench.hear("cloud/login", "b", 94, Fail).transitions;
    let [only] = &told[..] else { panic!("{told:?}") };
    assert_eq!((only.from, only.to, only.at), (DegradedPerformance, MajorOutage, at(93)));
    let bytes = bench.engine.state(&only.component).expect("it is watched").to_bytes();
    let missed = ComponentState::from_bytes(&bytes).expect("our own bytes").as_transition();
    assert_eq!(missed, Transition { from_since: at(93), ..only.clone() });
}

fn maintained(windows: &[(i64, i64)]) -> Input {
    let windows = windows.iter().map(|&(from, until)| Window { from: at(from), until: at(until) });
    Input::Windows(Arc::new(windows.map(|window| ("cloud".parse().expect("an id"), window)).collect()))
}

#[test]
fn a_failure_under_maintenance_is_an_outage_from_its_end_on() {
    let mut bench = Bench::watching(&["cloud/login"]);
    bench.hear_all(&[("cloud/login", "lyon", Pass)]);
    bench.step(maintained(&[(10, 60)]));
    bench.now = 20;
    bench.settle("cloud/login", &[("lyon", Fail)]);
    let judgement = bench.judgement();
    assert_eq!((judgement.status, judgement.measured, judgement.since), (UnderMaintenance, MajorOutage, at(10)));
    assert_eq!(bench.engine.next_due(), Some(at(60)));
    bench.now = 75;
    let transitions = bench.step(Input::Tick).transitions;
    let [Transition { at: when, from: UnderMaintenance, from_since, to: MajorOutage, reason: Some(reason), .. }] =
        &transitions[..]
    else {
        panic!("{transitions:?}")
    };
    assert_eq!((*when, *from_since, reason.since), (at(60), at(10), at(60)));
}

#[test]
fn a_failure_that_was_there_before_the_maintenance_keeps_its_beginning() {
    let mut bench = Bench::watching(&["cloud/login"]);
    bench.settle("cloud/login", &[("lyon", Fail)]);
    bench.now = 10;
    let transitions = bench.step(maintained(&[(5, 60)])).transitions;
    assert_eq!(
        transitions.iter().map(|t| (t.at, t.from, t.to)).collect::<Vec<_>>(),
        [(at(10), MajorOutage, UnderMaintenance)]
    );
    bench.now = 30;
    let transitions = bench.step(maintained(&[(5, 30)])).transitions;
    assert_eq!(transitions.iter().map(|t| (t.at, t.to)).collect::<Vec<_>>(), [(at(30), MajorOutage)]);
    assert_eq!(bench.judgement().reason.map(|reason| reason.since), Some(at(1)));
}

#[test]
fn maintenance_goes_on_through_a_restart_and_a_clock_that_is_set_back() {
    let mut bench = Bench::watching(&["cloud/login"]);
    bench.now = 100;
    bench.step(maintained(&[(100, 160)]));
    let stored = bench.engine.states().map(ComponentState::to_bytes).collect::<Vec<_>>();
    bench.engine = Engine::restore(stored.iter().map(|bytes| ComponentState::from_bytes(bytes).expect("our own")));
    bench.now = 40;
    bench.hear_all(&[("cloud/login", "lyon", Pass)]);
    assert_eq!((bench.judgement().status, bench.judgement().measured), (UnderMaintenance, Operational));
    bench.now = 161;
    let transitions = bench.step(Input::Tick).transitions;
    // The proof of the result ran out meanwhile.
    assert_eq!(transitions.iter().map(|t| (t.at, t.to)).collect::<Vec<_>>(), [(at(160), Unknown)]);
}

#[test]
fn a_probe_that_is_no_longer_defined_says_nothing_any_more() {
    let mut bench = Bench::watching(&["cloud/files", "cloud/login", "wiki/home"]);
    bench.settle("cloud/login", &[("lyon", Pass)]);
    bench.settle("cloud/files", &[("lyon", Fail)]);
    let transitions = bench.step(roster(&["cloud/login"])).transitions;
    assert_eq!(transitions.iter().map(|t| (t.from, t.to)).collect::<Vec<_>>(), [(PartialOutage, Operational)]);
    assert!(bench.engine.view(&"wiki".parse().expect("an id")).is_none());
    bench.now = 9_999_999;
    assert_eq!(bench.step(Input::Tick).transitions.len(), 1, "nothing of what is gone is due");
}

#[test]
fn a_location_that_fell_silent_long_ago_is_no_longer_shown() {
    let mut bench = Bench::watching(&["cloud/login"]);
    bench.hear_all(&[("cloud/login", "lyon", Pass)]);
    let forgotten = at(1 + PROOF).plus(FORGOTTEN_AFTER);
    bench.engine.step(Input::Tick, Timestamp::from_millis(forgotten.as_millis() - 1));
    assert_eq!(bench.judgement().probes.values().map(BTreeMap::len).sum::<usize>(), 1);
    bench.engine.step(Input::Tick, forgotten);
    assert_eq!(bench.judgement().probes.values().map(BTreeMap::len).sum::<usize>(), 0);
}

#[test]
fn the_certificate_that_ends_first_is_named_and_outlives_a_failed_connect() {
    let mut bench = Bench::watching(&["cloud/login"]);
    let mut result = observation("cloud/login", "lyon", at(1), Pass);
    result.certificate_expires_at = Some(at(500));
    bench.step(Input::Observation(Observed { observation: Arc::new(result), stale_at: at(90) }));
    bench.now = 2;
    bench.hear("cloud/login", "lyon", 2, Fail);
    assert_eq!(bench.judgement().certificate_expires_at, Some(at(500)));
    bench.hear("cloud/login", "lyon", 3, Pass);
    assert_eq!(bench.judgement().certificate_expires_at, None, "the probe no longer speaks TLS");
}

#[test]
fn a_stored_state_of_a_newer_release_is_refused_and_a_damaged_one_is_an_error() {
    let bench = Bench::watching(&["cloud/login"]);
    let state = bench.engine.state(&"cloud".parse().expect("an id")).expect("it is watched");
    let mut bytes = state.to_bytes();
    assert_eq!(ComponentState::from_bytes(&bytes).expect("our own"), *state);
    assert!(matches!(ComponentState::from_bytes(&bytes[..9]), Err(StateError::Damaged(Some(_)))));
    assert!(matches!(ComponentState::from_bytes(&[]), Err(StateError::Damaged(None))));
    bytes[0] = 2;
    assert!(matches!(ComponentState::from_bytes(&bytes), Err(StateError::Newer(2))));
}
