//! Observations come back as they were, in few bytes, and no bytes do harm.

use proptest::{option, prelude::*, sample::Index};
use shared::{Failure, FailureKind, Hop, HttpFacts, HttpVersion, Verdict};

use super::{
    sample::{Dice, observations},
    *,
};

fn base() -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 / 86_400_000 * 86_400_000)
}

fn read(payload: &[u8]) -> Option<Vec<Observation>> {
    unpack(&"cloud/login".parse().expect("an id"), &"local".parse().expect("a name"), payload)
}

fn durations() -> impl Strategy<Value = Duration> {
    prop_oneof![0_u64..60_000_000, Just(0), any::<u64>()].prop_map(Duration::from_micros)
}

fn timings() -> impl Strategy<Value = Timings> {
    proptest::array::uniform5(option::of(durations())).prop_map(|[resolve, connect, tls, processing, transfer]| {
        Timings { resolve, connect, tls, processing, transfer }
    })
}

fn https() -> impl Strategy<Value = HttpFacts> {
    let version = proptest::sample::select(&[HttpVersion::Http10, HttpVersion::Http11, HttpVersion::Http2][..]);
    let hop = (300_u16..400, option::of(".{0,9}"), timings()).prop_map(|(status, location, timings)| Hop {
        status,
        location,
        timings,
    });
    (100_u16..600, version, proptest::collection::vec(hop, 0..4)).prop_map(|(status, version, redirects)| HttpFacts {
        status,
        version,
        redirects,
    })
}

fn any_observation() -> impl Strategy<Value = Observation> {
    let failure = (proptest::sample::select(FailureKind::ALL), ".{0,9}", option::of(".{0,9}"))
        .prop_map(|(kind, detail, evidence)| Failure { evidence, ..Failure::new(kind, detail) });
    let facts = (option::of(failure), option::of(https()), option::of(-1_000_000_i64..4_000_000_000_000));
    let verdict = proptest::sample::select(&Verdict::ALL[..]);
    let start = prop_oneof![0_i64..4_000_000_000_000, 1_795_000_000_000_i64..1_795_003_600_000];
    let times = (start, durations(), timings());
    (verdict, any::<bool>(), times, facts, option::of(any::<std::net::IpAddr>())).prop_map(
        |(verdict, confirmation, (start, duration, timings), (failure, http, certificate), address)| Observation {
            probe: "cloud/login".parse().expect("an id"),
            location: "local".parse().expect("a name"),
            started_at: Timestamp::from_millis(start),
            verdict,
            failure,
            timings,
            duration,
            http,
            certificate_expires_at: certificate.map(Timestamp::from_millis),
            confirmation,
            address,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn observations_come_back_as_they_were(rows in proptest::collection::vec(any_observation(), 0..40)) {
        prop_assert_eq!(read(&pack(&rows)), Some(rows));
    }

    #[test]
    fn no_bytes_make_reading_panic(noise in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&[&[VERSION], noise.as_slice()].concat());
    }

    #[test]
    fn no_flipped_bit_makes_reading_panic(
        seed in any::<u64>(),
        flips in proptest::collection::vec((any::<Index>(), 0_u32..8), 1..4),
    ) {
        let mut payload = pack(&observations(base(), 50, &mut Dice::new(seed)));
        for (at, bit) in flips {
            let at = at.index(payload.len());
            payload[at] ^= 1_u8 << bit;
        }
        let _ = read(&payload);
    }
}

#[test]
fn a_payload_cut_off_anywhere_is_refused() {
    let payload = pack(&observations(base(), 120, &mut Dice::new(1)));
    for length in 0..payload.len() {
        assert_eq!(read(&payload[..length]), None, "{length} of {}", payload.len());
    }
}

#[test]
fn few_bytes_cannot_claim_many_rows() {
    let mut payload = pack(&vec![observations(base(), 1, &mut Dice::new(1)).remove(0); MAX_ROWS]);
    assert_eq!(read(&payload).map(|rows| rows.len()), Some(MAX_ROWS));
    let mut claim = Vec::new();
    put_varint(&mut claim, MAX_ROWS as u64 + 1);
    payload.splice(1..3, claim);
    assert_eq!(read(&payload), None);
}

#[test]
fn few_bytes_cannot_claim_many_shapes() {
    let mut payload = pack(&observations(base(), 1, &mut Dice::new(1)));
    assert_eq!(payload[..3], [VERSION, 1, 1]);
    payload[2] = 2;
    assert_eq!(read(&payload), None);
}

#[test]
fn the_longest_shape_reads_back() {
    let plain = observations(base(), 1, &mut Dice::new(1)).remove(0);
    let hop = Hop { status: 302, location: Some("x".repeat(128)), timings: plain.timings };
    let http = HttpFacts { status: 200, version: HttpVersion::Http2, redirects: vec![hop; shape::MAX_HOPS] };
    let failure = Failure::new(FailureKind::Body, "d".repeat(128)).with_evidence("e".repeat(128));
    let longest = Observation { http: Some(http), failure: Some(failure), ..plain };
    assert_eq!(read(&pack(std::slice::from_ref(&longest))), Some(vec![longest]));
}

#[test]
fn endless_texts_of_the_target_are_cut_and_endless_redirects_dropped() {
    let plain = observations(base(), 1, &mut Dice::new(1)).remove(0);
    let hop = Hop { status: 302, location: Some("é".repeat(9_000)), timings: plain.timings };
    let http = HttpFacts { status: 200, version: HttpVersion::Http2, redirects: vec![hop; 100] };
    let endless = Observation { http: Some(http), ..plain };
    let once = read(&pack(&[endless])).expect("reads back");
    assert_eq!(once[0].http.as_ref().map(|http| http.redirects.len()), Some(shape::MAX_HOPS));
    assert_eq!(read(&pack(&once)), Some(once), "what was cut once is not cut again");
}

#[test]
fn a_result_takes_few_bytes() {
    let bytes_of = |count: usize, seed: u64| {
        let rows = observations(base(), count, &mut Dice::new(seed));
        let payload = pack(&rows);
        assert_eq!(read(&payload), Some(rows));
        payload.len() as f64 / count as f64
    };
    let mean = |count: usize| (0..20).map(|seed| bytes_of(count, seed)).sum::<f64>() / 20.0;
    let (day, hour) = (mean(2_880), mean(120));
    assert!(day <= 10.0, "a day's frame takes {day} bytes a result");
    assert!(hour <= 12.0, "an hour's frame takes {hour} bytes a result");
}
