//! An observation as it is stored: times in microseconds, words only where something failed.
//!
//! It does not hold what the key says already: component, probe, location and start.

use std::{net::IpAddr, time::Duration};

use serde::{Deserialize, Serialize};
use shared::{Failure, Hop, HttpFacts, LocationName, Observation, ProbeId, Timestamp, Timings};

use super::{pack, unpack};
use crate::store::{codes, frame::MAX_PART};

/// The version of the form.
const VERSION: u8 = 1;
/// Texts of the target are cut at the first of these lengths with which the row is short enough for the database.
const MAX_TEXTS: [usize; 4] = [2_048, 512, 128, 32];
/// More hops than any definition may allow.
const MAX_HOPS: usize = 32;

#[derive(Serialize, Deserialize)]
struct Stored {
    verdict: u8,
    confirmation: bool,
    duration: u64,
    timings: StoredTimings,
    failure: Option<StoredFailure>,
    http: Option<StoredHttp>,
    certificate_expires_at: Option<i64>,
    address: Option<IpAddr>,
}

/// Microseconds; in the order of [`Timings::phases`].
type StoredTimings = [Option<u64>; 5];

#[derive(Serialize, Deserialize)]
struct StoredFailure {
    kind: String,
    detail: String,
    evidence: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct StoredHttp {
    status: u16,
    version: u8,
    redirects: Vec<StoredHop>,
}

#[derive(Serialize, Deserialize)]
struct StoredHop {
    status: u16,
    location: Option<String>,
    timings: StoredTimings,
}

/// The body of an observation's row.
pub(in crate::store) fn encode(observation: &Observation) -> Vec<u8> {
    let bodies = MAX_TEXTS.iter().map(|&max| encode_cut(observation, max));
    let mut shortest = Vec::new();
    for body in bodies {
        shortest = body;
        if shortest.len() <= MAX_PART {
            break;
        }
    }
    shortest
}

fn encode_cut(observation: &Observation, max: usize) -> Vec<u8> {
    let cut = |text: &str| text[..text.floor_char_boundary(max)].to_owned();
    pack(
        VERSION,
        &Stored {
            verdict: codes::of_verdict(observation.verdict),
            confirmation: observation.confirmation,
            duration: micros(observation.duration),
            timings: store_timings(&observation.timings),
            failure: observation.failure.as_ref().map(|failure| StoredFailure {
                kind: failure.kind.word().to_owned(),
                detail: cut(&failure.detail),
                evidence: failure.evidence.as_deref().map(cut),
            }),
            http: observation.http.as_ref().map(|http| store_http(http, cut)),
            certificate_expires_at: observation.certificate_expires_at.map(Timestamp::as_millis),
            address: observation.address,
        },
    )
}

/// The observation of a row; none when the body is not one.
pub(in crate::store) fn decode(
    probe: ProbeId,
    location: LocationName,
    started_at: Timestamp,
    body: &[u8],
) -> Option<Observation> {
    let stored: Stored = unpack(VERSION, body)?;
    let verdict = codes::verdict(stored.verdict)?;
    let failure = match stored.failure {
        None => None,
        Some(StoredFailure { kind, detail, evidence }) => {
            // What was met on the way is the incident's: a row has no room for it. Nor is it asked whether the place saw anything.
            Some(Failure { evidence, ..Failure::new(kind.parse().ok()?, detail) })
        }
    };
    let http = match stored.http {
        None => None,
        Some(http) => Some(read_http(http)?),
    };
    Some(Observation {
        probe,
        location,
        started_at,
        verdict,
        failure,
        timings: read_timings(stored.timings),
        duration: Duration::from_micros(stored.duration),
        http,
        certificate_expires_at: stored.certificate_expires_at.map(Timestamp::from_millis),
        confirmation: stored.confirmation,
        address: stored.address,
    })
}

fn store_http(http: &HttpFacts, cut: impl Fn(&str) -> String) -> StoredHttp {
    let hop = |hop: &Hop| StoredHop {
        status: hop.status,
        location: hop.location.as_deref().map(&cut),
        timings: store_timings(&hop.timings),
    };
    StoredHttp {
        status: http.status,
        version: codes::of_version(http.version),
        redirects: http.redirects.iter().take(MAX_HOPS).map(hop).collect(),
    }
}

fn read_http(stored: StoredHttp) -> Option<HttpFacts> {
    let version = codes::version(stored.version)?;
    let hop = |hop: StoredHop| Hop { status: hop.status, location: hop.location, timings: read_timings(hop.timings) };
    Some(HttpFacts { status: stored.status, version, redirects: stored.redirects.into_iter().map(hop).collect() })
}

fn store_timings(timings: &Timings) -> StoredTimings {
    timings.phases().map(|(_, phase)| phase.map(micros))
}

fn read_timings(stored: StoredTimings) -> Timings {
    let [resolve, connect, tls, processing, transfer] = stored.map(|phase| phase.map(Duration::from_micros));
    Timings { resolve, connect, tls, processing, transfer }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::{option, prelude::*, strategy::ValueTree as _};
    use shared::{FailureKind, HttpVersion, Verdict};

    use super::*;

    fn durations() -> impl Strategy<Value = Duration> {
        (0_u64..600_000_000).prop_map(Duration::from_micros)
    }

    fn timings() -> impl Strategy<Value = Timings> {
        proptest::array::uniform5(option::of(durations())).prop_map(|[resolve, connect, tls, processing, transfer]| {
            Timings { resolve, connect, tls, processing, transfer }
        })
    }

    fn failures() -> impl Strategy<Value = Failure> {
        (proptest::sample::select(FailureKind::ALL), ".{0,40}", option::of(".{0,40}"))
            .prop_map(|(kind, detail, evidence)| Failure { evidence, ..Failure::new(kind, detail) })
    }

    fn https() -> impl Strategy<Value = HttpFacts> {
        let version = proptest::sample::select(&[HttpVersion::Http10, HttpVersion::Http11, HttpVersion::Http2][..]);
        let hop = (300_u16..400, option::of(".{0,40}"), timings()).prop_map(|(status, location, timings)| Hop {
            status,
            location,
            timings,
        });
        (100_u16..600, version, proptest::collection::vec(hop, 0..4))
            .prop_map(|(status, version, redirects)| HttpFacts { status, version, redirects })
    }

    fn observations() -> impl Strategy<Value = Observation> {
        let verdict = proptest::sample::select(&Verdict::ALL[..]);
        let facts = (option::of(failures()), option::of(https()), option::of(-1_000_000_i64..4_000_000_000_000));
        (verdict, any::<bool>(), durations(), timings(), facts, option::of(any::<IpAddr>())).prop_map(
            |(verdict, confirmation, duration, timings, (failure, http, certificate), address)| Observation {
                probe: "cloud/login".parse().expect("an id"),
                location: "local".parse().expect("a name"),
                started_at: Timestamp::from_millis(1_795_000_000_123),
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

    fn read(like: &Observation, body: &[u8]) -> Option<Observation> {
        decode(like.probe.clone(), like.location.clone(), like.started_at, body)
    }

    proptest! {
        #[test]
        fn an_observation_reads_back_as_it_was_stored(observation in observations()) {
            prop_assert_eq!(read(&observation, &encode(&observation)), Some(observation));
        }

        #[test]
        fn no_bytes_make_reading_panic(observation in observations(), body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&observation, &body);
        }
    }

    #[test]
    fn endless_texts_of_the_target_are_cut_until_the_row_is_short_enough() {
        let hop = Hop { status: 302, location: Some("é".repeat(9_000)), timings: Timings::default() };
        let http = HttpFacts { status: 200, version: HttpVersion::Http2, redirects: vec![hop; 100] };
        let failure =
            Failure { evidence: Some("e".repeat(9_000)), ..Failure::new(FailureKind::Body, "d".repeat(9_000)) };
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let any = observations().new_tree(&mut runner).expect("one").current();
        let endless = Observation { http: Some(http), failure: Some(failure), ..any };
        let body = encode(&endless);
        assert!(body.len() <= MAX_PART, "{}", body.len());
        let read = read(&endless, &body).and_then(|read| read.http).expect("reads back");
        assert_eq!(read.redirects.len(), MAX_HOPS);
    }
}
