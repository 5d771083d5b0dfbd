//! Canaries that are found as they must be, and each way in which they are not.

use shared::{Failure, FailureKind, HttpFacts, HttpVersion, Timings, Verdict};

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn wall(after: Duration) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000).plus(after)
}

/// What a canary is found to be when everything works.
fn right(canary: Canary, at: Duration) -> Observation {
    let status = |status| Some(HttpFacts { status, version: HttpVersion::Http11, redirects: vec![] });
    let (verdict, failure, http) = match canary {
        Canary::Failing => (Verdict::Fail, Some(Failure::new(FailureKind::HttpStatus, "502")), status(502)),
        Canary::Working => (Verdict::Pass, None, status(200)),
        Canary::Slow => (Verdict::Fail, Some(Failure::new(FailureKind::HttpTimeout, "no answer")), None),
    };
    Observation {
        probe: format!("belfry-canary/{}", canary.word()).parse().expect("an id"),
        location: "local".parse().expect("a name"),
        started_at: wall(at),
        verdict,
        failure,
        timings: Timings::default(),
        duration: Duration::from_millis(1),
        http,
        certificate_expires_at: None,
        confirmation: false,
        address: None,
    }
}

struct Bench {
    canaries: Canaries,
    start: Instant,
}

impl Bench {
    fn new() -> Self {
        let start = Instant::now();
        Self { canaries: Canaries::new("local".parse().ok(), wall(Duration::ZERO), start), start }
    }

    /// All three are found, three times in a row each, after `change`.
    fn round(&mut self, after: Duration, change: impl Fn(Observation) -> Option<Observation>) {
        for (step, canary) in (0..3).flat_map(|step| Canary::ALL.map(|canary| (step, canary))) {
            let at = after + SECOND / 2 * step;
            if let Some(observation) = change(right(canary, at)) {
                self.canaries.judge(&Arc::new(observation), wall(at), self.start + at);
            }
        }
    }

    fn broken(&self, after: Duration) -> Option<WatchFault> {
        self.canaries.broken(self.start + after)
    }

    /// Which canary is missed first, two minutes after it was found to be as `change` makes it, again and again.
    fn missed(change: impl Fn(Observation) -> Option<Observation>) -> Option<String> {
        let mut bench = Self::new();
        (0..8).for_each(|step| bench.round(SECOND * 15 * step, &change));
        bench.broken(SECOND * 120).map(|fault| match fault {
            WatchFault::DetectionBroken { canary, .. } => canary,
            other => format!("{other:?}"),
        })
    }
}

#[test]
fn while_each_is_found_as_it_must_be_nothing_is_said() {
    assert_eq!(Bench::missed(Some), None);
    let mut bench = Bench::new();
    bench.round(SECOND, Some);
    assert_eq!(bench.broken(SECOND * 48), None);
    assert!(bench.broken(SECOND * 50).is_some(), "within three intervals and a timeout");
    assert_eq!(bench.canaries.detection(bench.start + SECOND * 50), Detection::Broken);
}

#[test]
fn whatever_calls_everything_good_or_everything_bad_is_found_out() {
    let always_green = |found: Observation| Some(Observation { verdict: Verdict::Pass, failure: None, ..found });
    assert_eq!(Bench::missed(always_green).as_deref(), Some("502"));
    let failure = || Some(Failure::new(FailureKind::ConnectRefused, "refused"));
    let always_red = |found: Observation| Some(Observation { verdict: Verdict::Fail, failure: failure(), ..found });
    assert_eq!(Bench::missed(always_red).as_deref(), Some("502"));
    let without =
        |word: &'static str| move |found: Observation| Some(found).filter(|found| found.probe.name.as_str() != word);
    for word in ["502", "200", "slow"] {
        assert_eq!(Bench::missed(without(word)).as_deref(), Some(word), "it never comes");
    }
    assert_eq!(Bench::missed(|_| None).as_deref(), Some("502"), "nothing comes");
}

#[test]
fn after_a_pause_everything_is_expected_anew() {
    let mut bench = Bench::new();
    bench.round(SECOND, Some);
    bench.canaries.resume(bench.start + SECOND * 600);
    assert_eq!(bench.broken(SECOND * 640), None);
    assert!(bench.broken(SECOND * 648).is_some());
}

/// What comes from `lyon`, which says so, beside what the hub's own finds.
struct Lyon {
    bench: Bench,
    name: LocationName,
    run: u64,
}

impl Lyon {
    fn new() -> Self {
        Self { bench: Bench::new(), name: "lyon".parse().expect("a name"), run: 1 }
    }

    /// From `begin` to `end` it is heard each 15 s, and finds its canaries where `finds` says so; the hub's own finds them always.
    fn reports(&mut self, (begin, end): (u32, u32), finds: bool) {
        for after in (begin..end).step_by(15).map(|second| SECOND * second) {
            let (run, now) = (Some(RunId::new(self.run << 20)), self.bench.start + after);
            self.bench.canaries.expect(&self.name, canary::Canaries::On, run, now);
            let from_lyon = |found: Observation| finds.then(|| Observation { location: self.name.clone(), ..found });
            self.bench.round(after, from_lyon);
            self.bench.round(after, Some);
        }
    }

    /// What is found broken in any second of that time, in which only the hub's own prober is heard.
    fn broken(&mut self, (begin, end): (u32, u32)) -> Option<WatchFault> {
        (begin..end).find_map(|second| {
            self.bench.round(SECOND * second, Some);
            self.bench.broken(SECOND * second)
        })
    }
}

#[test]
fn a_place_that_stops_says_nothing_of_canaries_when_it_ends_and_when_it_comes_back() {
    // Killed for good, or away for so long; back as another process, or as the same behind a line that was dead.
    for (away, run) in [(5, 2), (16, 2), (25, 2), (44, 2), (60, 2), (3_600, 2), (25, 1), (44, 1), (60, 1), (3_600, 1)] {
        let mut lyon = Lyon::new();
        lyon.reports((0, 100), true);
        assert_eq!(lyon.broken((91, 91 + away)), None, "it is away for {away} s");
        lyon.run = run;
        let back = 91 + away;
        let now = lyon.bench.start + SECOND * back;
        let known = Some(RunId::new(run << 20));
        lyon.bench.canaries.expect(&lyon.name, canary::Canaries::On, known, now);
        // What it kept meanwhile comes now, and proves nothing.
        let old = Observation { location: lyon.name.clone(), ..right(Canary::Slow, SECOND * 40) };
        lyon.bench.canaries.judge(&Arc::new(old), wall(SECOND * back), now);
        assert_eq!(lyon.broken((back, back + 9)), None, "it is back after {away} s");
        lyon.reports((back + 9, back + 100), true);
        assert_eq!(lyon.broken((back + 99, back + 200)), None, "it goes again");
    }
}

#[test]
fn a_place_that_is_heard_and_finds_no_canary_is_broken_over_pauses_of_its_line_too() {
    let mut lyon = Lyon::new();
    lyon.reports((0, 100), true);
    lyon.reports((100, 200), false);
    let Some(WatchFault::DetectionBroken { location, .. }) = lyon.bench.broken(SECOND * 200) else {
        panic!("it speaks, and finds nothing")
    };
    assert_eq!(location, "lyon");
    let mut lyon = Lyon::new();
    lyon.reports((0, 100), true);
    (100..400).step_by(40).for_each(|second| lyon.reports((second, second + 1), false));
    assert!(lyon.bench.broken(SECOND * 400).is_some(), "it is heard each 40 s only");
}

#[test]
fn of_a_place_that_was_revoked_nothing_is_expected() {
    let mut lyon = Lyon::new();
    lyon.reports((0, 100), true);
    lyon.reports((100, 200), false);
    assert!(lyon.bench.broken(SECOND * 200).is_some());
    lyon.bench.canaries.retain(&BTreeSet::from([&lyon.name]));
    assert!(lyon.bench.broken(SECOND * 200).is_some(), "it must report");
    lyon.bench.canaries.retain(&BTreeSet::new());
    assert_eq!(lyon.bench.broken(SECOND * 200), None);
    assert!(lyon.bench.broken(SECOND * 300).is_some(), "the hub's own is expected always");
}

#[test]
fn a_place_that_says_it_has_canaries_is_expected_to_find_them_and_an_older_version_is_not() {
    let mut bench = Bench::new();
    let lyon: LocationName = "lyon".parse().expect("a name");
    let at = |bench: &mut Bench, second: u32, canaries: canary::Canaries| {
        let after = SECOND * second;
        bench.canaries.expect(&lyon, canaries, None, bench.start + after);
        bench.canaries.heard(&lyon, bench.start + after);
        // What the embedded prober finds is as it must be.
        bench.round(after, Some);
    };
    (0..10).for_each(|step| at(&mut bench, step * 15, canary::Canaries::Off));
    assert_eq!(bench.broken(SECOND * 150), None, "a version without canaries");
    (10..20).for_each(|step| at(&mut bench, step * 15, canary::Canaries::On));
    let Some(WatchFault::DetectionBroken { location, found, .. }) = bench.broken(SECOND * 300) else {
        panic!("not one was found")
    };
    assert_eq!((location.as_str(), found.as_str()), ("lyon", "nothing"));
    at(&mut bench, 300, canary::Canaries::Off);
    assert_eq!(bench.broken(SECOND * 301), None, "it was set back to a version without");
    (0..10).for_each(|step| {
        let local = "local".parse().expect("a name");
        bench.canaries.expect(&local, canary::Canaries::Off, None, bench.start + SECOND * step);
    });
    assert!(bench.broken(SECOND * 400).is_some(), "the hub's own are never excused");
}

#[test]
fn what_was_right_an_hour_ago_proves_nothing_now() {
    let mut bench = Bench::new();
    (0..8).for_each(|step| {
        let now = SECOND * 15 * step;
        bench.canaries.heard(&"local".parse().expect("a name"), bench.start + now);
        for canary in Canary::ALL {
            let then = Observation { started_at: wall(now).minus(SECOND * 3_600), ..right(canary, now) };
            bench.canaries.judge(&Arc::new(then), wall(now), bench.start + now);
        }
    });
    assert!(bench.broken(SECOND * 120).is_some());
}
