//! What is not a time in an observation: its verdict, reason, answer and address, kept once for all the rows that share it.
//!
//! It does not know the times, nor whose observation it is.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use shared::{Failure, FailureKind, Hop, HttpFacts, Observation, Timestamp, Timings, Verdict};

use crate::store::codes;

/// The phases of a probe.
pub(super) const PHASES: usize = 5;
/// More hops than any definition may allow; further ones are dropped, as in the database's rows.
pub(super) const MAX_HOPS: usize = 32;
/// Texts of the target are cut at the first of these lengths with which the shape is short enough, as in the database's rows.
const MAX_TEXTS: [usize; 4] = [2_048, 512, 128, 32];
/// The longest body of a row in the database; what came from there is never cut again.
pub(super) const MAX_SHAPE: usize = 6_000;

/// The longest stored form: the texts and what else 32 redirects and the rest may take.
const MAX_STORED: usize = MAX_SHAPE + 1_024;

/// One shape; equal ones are kept once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Shape {
    verdict: u8,
    confirmation: bool,
    failure: Option<Reason>,
    http: Option<Answer>,
    certificate_expires_at: Option<i64>,
    address: Option<IpAddr>,
    phases: Present,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Reason {
    kind: String,
    detail: String,
    evidence: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Answer {
    status: u16,
    version: u8,
    redirects: Vec<Redirect>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Redirect {
    status: u16,
    location: Option<String>,
    phases: Present,
}

/// Which phases were reached: a bit for each, the lowest for the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Present(u8);

impl Present {
    fn of(timings: &Timings) -> Self {
        let bits = timings.phases().into_iter().enumerate();
        Self(bits.map(|(phase, (_, time))| u8::from(time.is_some()) << phase).sum())
    }

    /// Whether the phase of that number was reached.
    pub(super) fn has(self, phase: usize) -> bool {
        self.0 >> phase & 1 == 1
    }
}

impl Shape {
    /// The shape of an observation.
    pub(super) fn of(observation: &Observation) -> Self {
        let mut lengths = MAX_TEXTS.into_iter();
        let mut shape = Self::cut(observation, lengths.next().unwrap_or(0));
        for max in lengths {
            if shape.text_bytes() <= MAX_SHAPE {
                break;
            }
            shape = Self::cut(observation, max);
        }
        shape
    }

    fn cut(observation: &Observation, max: usize) -> Self {
        let cut = |text: &str| text[..text.floor_char_boundary(max)].to_owned();
        let redirect = |hop: &Hop| Redirect {
            status: hop.status,
            location: hop.location.as_deref().map(cut),
            phases: Present::of(&hop.timings),
        };
        Self {
            verdict: codes::of_verdict(observation.verdict),
            confirmation: observation.confirmation,
            failure: observation.failure.as_ref().map(|failure| Reason {
                kind: failure.kind.word().to_owned(),
                detail: cut(&failure.detail),
                evidence: failure.evidence.as_deref().map(cut),
            }),
            http: observation.http.as_ref().map(|http| Answer {
                status: http.status,
                version: codes::of_version(http.version),
                redirects: http.redirects.iter().take(MAX_HOPS).map(redirect).collect(),
            }),
            certificate_expires_at: observation.certificate_expires_at.map(Timestamp::as_millis),
            address: observation.address,
            phases: Present::of(&observation.timings),
        }
    }

    /// As it lies in a payload.
    pub(super) fn store(&self) -> Vec<u8> {
        postcard::to_allocvec(self)
            .expect("postcard fails on missing lengths and foreign errors only, and writing to memory has neither")
    }

    /// The shape that was stored; none when it is none, or too long to be one.
    pub(super) fn read(stored: &[u8]) -> Option<Self> {
        if stored.len() > MAX_STORED {
            return None;
        }
        postcard::from_bytes(stored).ok()
    }

    /// Which phases the observation has.
    pub(super) fn phases(&self) -> Present {
        self.phases
    }

    /// Which phases each redirect has.
    pub(super) fn redirect_phases(&self) -> impl Iterator<Item = Present> {
        self.http.iter().flat_map(|http| &http.redirects).map(|redirect| redirect.phases)
    }

    fn text_bytes(&self) -> usize {
        let failure = self.failure.iter().flat_map(|failure| [Some(&failure.detail), failure.evidence.as_ref()]);
        let locations = self.http.iter().flat_map(|http| &http.redirects).map(|redirect| redirect.location.as_ref());
        failure.chain(locations).flatten().map(String::len).sum()
    }

    /// What every row of this shape says; none when this version would not have written it.
    pub(super) fn said(&self) -> Option<Said> {
        let hops = self.http.as_ref().map_or(0, |http| http.redirects.len());
        let whole = self.phases.0 >> PHASES == 0 && self.redirect_phases().all(|present| present.0 >> PHASES == 0);
        if !whole || hops > MAX_HOPS || self.text_bytes() > MAX_SHAPE {
            return None;
        }
        let verdict = codes::verdict(self.verdict)?;
        let failure = match &self.failure {
            None => None,
            Some(reason) => Some(reason.read()?),
        };
        let http = match &self.http {
            None => None,
            Some(answer) => Some(answer.read()?),
        };
        let certificate_expires_at = self.certificate_expires_at.map(Timestamp::from_millis);
        let (confirmation, address) = (self.confirmation, self.address);
        Some(Said { verdict, confirmation, failure, http, certificate_expires_at, address })
    }
}

impl Reason {
    fn read(&self) -> Option<Failure> {
        let kind: FailureKind = self.kind.parse().ok()?;
        Some(Failure { evidence: self.evidence.clone(), ..Failure::new(kind, &self.detail) })
    }
}

impl Answer {
    fn read(&self) -> Option<HttpFacts> {
        let version = codes::version(self.version)?;
        let hop = |redirect: &Redirect| Hop {
            status: redirect.status,
            location: redirect.location.clone(),
            timings: Timings::default(),
        };
        Some(HttpFacts { status: self.status, version, redirects: self.redirects.iter().map(hop).collect() })
    }
}

/// A shape in the words of `shared`; the redirects' times are still missing.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) verdict: Verdict,
    pub(super) confirmation: bool,
    pub(super) failure: Option<Failure>,
    pub(super) http: Option<HttpFacts>,
    pub(super) certificate_expires_at: Option<Timestamp>,
    pub(super) address: Option<IpAddr>,
}
