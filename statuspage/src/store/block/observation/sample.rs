//! Observations as a probe makes them, for tests: the same ones each time.

use std::time::Duration;

use shared::{Failure, FailureKind, HttpFacts, HttpVersion, Observation, Timestamp, Timings, Verdict};

/// A small generator of numbers that look random (SplitMix64).
pub(in crate::store::block) struct Dice(u64);

impl Dice {
    pub(in crate::store::block) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(in crate::store::block) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Around `micros`, log-normal.
    fn around(&mut self, micros: f64, sigma: f64) -> Duration {
        // The sum of twelve is as good as normal, and the same on every machine.
        let normal: f64 = (0..12).map(|_| self.unit()).sum::<f64>() - 6.0;
        Duration::from_micros((micros * (sigma * normal).exp()) as u64)
    }
}

/// `count` observations of `cloud/login` from `local`, one each thirty seconds from `start`.
pub(in crate::store::block) fn observations(start: Timestamp, count: usize, dice: &mut Dice) -> Vec<Observation> {
    let mut outage = 0_u64;
    (0..count as u64)
        .map(|number| {
            let at = start.plus(Duration::from_millis(number * 30_000 + dice.below(4)));
            if outage == 0 && dice.below(2_000) == 0 {
                outage = 10 + dice.below(20);
            }
            let passed = pass(at, dice);
            if outage == 0 {
                return passed;
            }
            outage -= 1;
            if dice.below(3) == 0 { timed_out(passed, dice) } else { bad_gateway(passed) }
        })
        .collect()
}

fn pass(started_at: Timestamp, dice: &mut Dice) -> Observation {
    let timings = Timings {
        resolve: Some(dice.around(900.0, 0.5)),
        connect: Some(dice.around(18_000.0, 0.05)),
        tls: Some(dice.around(30_000.0, 0.08)),
        processing: Some(dice.around(85_000.0, 0.35)),
        transfer: Some(dice.around(1_500.0, 0.5)),
    };
    let sum: Duration = timings.phases().iter().filter_map(|&(_, time)| time).sum();
    Observation {
        probe: "cloud/login".parse().expect("an id"),
        location: "local".parse().expect("a name"),
        started_at,
        verdict: Verdict::Pass,
        failure: None,
        timings,
        duration: sum + dice.around(150.0, 0.3),
        http: Some(HttpFacts { status: 200, version: HttpVersion::Http2, redirects: vec![] }),
        certificate_expires_at: Some(Timestamp::from_millis(1_800_000_000_000)),
        confirmation: false,
        address: Some([203, 0, 113, if dice.below(500) == 0 { 8 } else { 7 }].into()),
    }
}

fn bad_gateway(passed: Observation) -> Observation {
    let failure = Failure::new(FailureKind::HttpStatus, "502 Bad Gateway").with_evidence("<title>502</title>");
    let http = passed.http.map(|http| HttpFacts { status: 502, ..http });
    Observation { verdict: Verdict::Fail, failure: Some(failure), http, ..passed }
}

fn timed_out(passed: Observation, dice: &mut Dice) -> Observation {
    let timings = Timings { processing: None, transfer: None, ..passed.timings };
    let duration = Duration::from_secs(10) + dice.around(150.0, 0.3);
    let failure = Failure::new(FailureKind::HttpTimeout, "no complete response head within 10 s");
    Observation { verdict: Verdict::Fail, failure: Some(failure), http: None, timings, duration, ..passed }
}
