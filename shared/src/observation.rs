//! One execution of a probe, as it crosses the seam, the wire and the API.
//!
//! It does not know what the result means for a service.

use std::{net::IpAddr, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{Failure, LocationName, ProbeId, Timestamp, Verdict, seconds};

/// One execution of one probe at one location. The three of `probe`, `location` and `started_at` identify it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// Which probe.
    pub probe: ProbeId,
    /// From where.
    pub location: LocationName,
    /// When it began, by the prober's clock.
    pub started_at: Timestamp,
    /// What it concluded.
    pub verdict: Verdict,
    /// Why; there for every verdict but `pass`.
    pub failure: Option<Failure>,
    /// Where the time went, summed over redirects.
    pub timings: Timings,
    /// From the first step to the last, in seconds on the wire.
    #[serde(with = "seconds")]
    pub duration: Duration,
    /// What HTTP said, once there was a response head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<HttpFacts>,
    /// The earliest end among the certificates that the target sent.
    pub certificate_expires_at: Option<Timestamp>,
    /// A re-probe to confirm what the one before it found.
    pub confirmation: bool,
    /// The address that was tried last. For operators, never public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
}

impl Observation {
    /// When it ended.
    pub fn ended_at(&self) -> Timestamp {
        self.started_at.plus(self.duration)
    }

    /// What anybody may read of it: no address, no evidence, no redirect targets.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.address = None;
        if let Some(failure) = &mut self.failure {
            (failure.evidence, failure.exhibit) = (None, None);
        }
        if let Some(http) = &mut self.http {
            http.redirects.iter_mut().for_each(|hop| hop.location = None);
        }
        self
    }
}

/// The phases of a probe, by the names and the arithmetic of blackbox_exporter; a phase that was not reached is absent.
///
/// In seconds on the wire. Over redirects each phase is the sum over the hops, as blackbox_exporter has it; [`Hop`] keeps them apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timings {
    /// Name resolution.
    #[serde(default, with = "seconds::option", skip_serializing_if = "Option::is_none")]
    pub resolve: Option<Duration>,
    /// TCP connect.
    #[serde(default, with = "seconds::option", skip_serializing_if = "Option::is_none")]
    pub connect: Option<Duration>,
    /// TLS handshake.
    #[serde(default, with = "seconds::option", skip_serializing_if = "Option::is_none")]
    pub tls: Option<Duration>,
    /// From the established connection to the first byte of the response.
    #[serde(default, with = "seconds::option", skip_serializing_if = "Option::is_none")]
    pub processing: Option<Duration>,
    /// From the first byte of the response to its end.
    #[serde(default, with = "seconds::option", skip_serializing_if = "Option::is_none")]
    pub transfer: Option<Duration>,
}

impl Timings {
    /// The phases in their order with their names.
    pub fn phases(&self) -> [(&'static str, Option<Duration>); 5] {
        [
            ("resolve", self.resolve),
            ("connect", self.connect),
            ("tls", self.tls),
            ("processing", self.processing),
            ("transfer", self.transfer),
        ]
    }

    /// Adds another hop's phases to these.
    pub fn add(&mut self, other: &Self) {
        fn add(sum: &mut Option<Duration>, more: Option<Duration>) {
            if let Some(more) = more {
                *sum = Some(sum.unwrap_or_default() + more);
            }
        }
        add(&mut self.resolve, other.resolve);
        add(&mut self.connect, other.connect);
        add(&mut self.tls, other.tls);
        add(&mut self.processing, other.processing);
        add(&mut self.transfer, other.transfer);
    }
}

/// What the HTTP exchange said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpFacts {
    /// The status that was judged: that of the last response.
    pub status: u16,
    /// The version it came in.
    pub version: HttpVersion,
    /// The responses that led there, in order.
    #[serde(default)]
    pub redirects: Vec<Hop>,
}

/// HTTP's version, written as blackbox_exporter and RFC 9110 number them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum HttpVersion {
    /// HTTP/1.0.
    #[serde(rename = "1.0")]
    Http10,
    /// HTTP/1.1.
    #[serde(rename = "1.1")]
    Http11,
    /// HTTP/2.
    #[serde(rename = "2")]
    Http2,
}

impl HttpVersion {
    /// `1.0`, `1.1` or `2`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Http10 => "1.0",
            Self::Http11 => "1.1",
            Self::Http2 => "2",
        }
    }
}

/// One redirect that was followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    /// The 3xx status.
    pub status: u16,
    /// Where it led. For operators, never public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Where this hop's time went.
    pub timings: Timings,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FailureKind;

    fn observation() -> Observation {
        Observation {
            probe: "cloud/login".parse().expect("an id"),
            location: "local".parse().expect("a name"),
            started_at: "2026-11-22T13:00:00Z".parse().expect("a time"),
            verdict: Verdict::Fail,
            failure: Some(
                Failure::new(FailureKind::HttpStatus, "502 Bad Gateway").with_evidence("203.0.113.7 said so"),
            )
            .map(|mut failure| {
                failure.exhibit = Some(Box::new(crate::Exhibit {
                    addresses: vec![[203, 0, 113, 7].into()],
                    head: vec!["x-canary: told".to_owned()],
                    ..crate::Exhibit::default()
                }));
                failure
            }),
            timings: Timings {
                resolve: Some(Duration::ZERO),
                connect: Some(Duration::from_micros(1_500)),
                ..Timings::default()
            },
            duration: Duration::from_millis(12),
            http: Some(HttpFacts { status: 502, version: HttpVersion::Http11, redirects: vec![] }),
            certificate_expires_at: None,
            confirmation: false,
            address: Some([203, 0, 113, 7].into()),
        }
    }

    #[test]
    fn a_public_observation_has_exactly_the_documented_fields() {
        let json = serde_json::to_string(&observation().public()).expect("serialises");
        assert_eq!(
            json,
            concat!(
                r#"{"probe":"cloud/login","location":"local","started_at":"2026-11-22T13:00:00.000Z","verdict":"fail","#,
                r#""failure":{"kind":"http_status","detail":"502 Bad Gateway"},"timings":{"resolve":0.0,"connect":0.0015},"#,
                r#""duration":0.012,"http":{"status":502,"version":"1.1","redirects":[]},"#,
                r#""certificate_expires_at":null,"confirmation":false}"#
            )
        );
    }

    #[test]
    fn an_observation_reads_back_as_it_was_written() {
        let json = serde_json::to_string(&observation()).expect("serialises");
        assert_eq!(serde_json::from_str::<Observation>(&json).expect("reads back"), observation());
    }

    #[test]
    fn phases_add_up_over_redirects_and_unreached_ones_stay_absent() {
        let hop = observation().timings;
        let mut sum = hop;
        sum.add(&hop);
        assert_eq!(sum.connect, Some(Duration::from_micros(3_000)));
        assert_eq!(sum.tls, None);
    }
}
