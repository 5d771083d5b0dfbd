//! What crosses the wire between a location and the hub: reports, receipts, enrolments, and refusals that say which.
//!
//! It does not know keys, transport or compression. The first field of every document names its form, so that an answer that is not
//! one of these (a proxy's page) is never taken for an acknowledgement.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{LocationName, Observation, Sequence, Span, Spans, Timestamp};

/// The form of a report, and the first bytes of what is signed.
pub const REPORT_FORMAT: &str = "belfry-report-v1";
/// The form of a receipt.
pub const RECEIPT_FORMAT: &str = "belfry-receipt-v1";
/// The form of a refusal.
pub const REFUSAL_FORMAT: &str = "belfry-refusal-v1";
/// The form of an enrolment and of its answer, and the first bytes of what is signed.
pub const ENROLMENT_FORMAT: &str = "belfry-enrolment-v1";
/// The media type of a report: JSON in zlib's form (RFC 1950). Not a content encoding, which a proxy may undo.
pub const REPORT_TYPE: &str = "application/vnd.belfry.report-v1+zlib";
/// The most results of one report: what the hub writes in one transaction.
pub const MOST_ENTRIES: usize = 500;
/// The most spans that a receipt asks for, and that a report gives up.
pub const MOST_SPANS: usize = 64;

/// Names of the headers that a report's envelope travels in.
pub mod header {
    /// The location's name.
    pub const LOCATION: &str = "belfry-location";
    /// The first and the last sequence number of its results, `first-last`.
    pub const SEQUENCE: &str = "belfry-sequence";
    /// When it was sent, by the location's clock, in milliseconds since 1970.
    pub const SENT: &str = "belfry-sent";
    /// The signature, in base64.
    pub const SIGNATURE: &str = "belfry-signature";
}

/// One life of a prober's process. A run begins with a number that the location never used before, and ends with the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(u64);

impl RunId {
    /// From randomness.
    pub const fn new(random: u64) -> Self {
        // JSON's numbers are exact up to 53 bits in every reader.
        Self(random >> 11)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:014x}", self.0)
    }
}

/// What is signed of a report beside its body, readable before the body is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Who sends it.
    pub location: LocationName,
    /// The first number of its results; 0 when it has none.
    pub first: Sequence,
    /// The last number of its results; 0 when it has none.
    pub last: Sequence,
    /// When it was sent, by the location's clock.
    pub sent_at: Timestamp,
}

impl Envelope {
    /// The bytes that are signed, given the SHA-256 of the body as it is sent.
    pub fn signed(&self, body: &[u8; 32]) -> Vec<u8> {
        let Self { location, first, last, sent_at } = self;
        let mut bytes = REPORT_FORMAT.as_bytes().to_vec();
        // No name holds a zero, so that each part ends where it says.
        bytes.push(0);
        bytes.extend_from_slice(location.as_str().as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(&first.number().to_be_bytes());
        bytes.extend_from_slice(&last.number().to_be_bytes());
        bytes.extend_from_slice(&sent_at.as_millis().to_be_bytes());
        bytes.extend_from_slice(body);
        bytes
    }
}

/// A result with its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number at the location.
    pub sequence: Sequence,
    /// How far the hub's clock was ahead of the location's when it was kept, in milliseconds, by the last receipt; absent before
    /// the first one. It is kept with the result, so that a second delivery is corrected like the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead_ms: Option<i64>,
    /// The result.
    pub observation: Observation,
}

/// What a location says: results that the hub has not acknowledged, and how the location does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`REPORT_FORMAT`].
    pub format: String,
    /// Who sends it.
    pub location: LocationName,
    /// Which process.
    pub run: RunId,
    /// The first number that this run gave.
    pub begins: Sequence,
    /// Counts the reports of this run, from 1 on.
    pub beat: u64,
    /// When it was sent, by the location's clock.
    pub sent_at: Timestamp,
    /// Up to where the location believes that the hub has everything.
    pub acknowledged: Sequence,
    /// Results, by their numbers.
    pub entries: Vec<Entry>,
    /// Numbers that will never come: thinned, damaged, or never given.
    #[serde(default)]
    pub lost: Vec<Span>,
    /// How the location does.
    pub heartbeat: Heartbeat,
}

impl Report {
    /// What is signed beside the body.
    pub fn envelope(&self) -> Envelope {
        let numbers = || self.entries.iter().map(|entry| entry.sequence);
        Envelope {
            location: self.location.clone(),
            first: numbers().min().unwrap_or_default(),
            last: numbers().max().unwrap_or_default(),
            sent_at: self.sent_at,
        }
    }
}

/// How a location does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// The software's version.
    pub version: String,
    /// The fingerprint of the definitions that run.
    pub definitions: String,
    /// Probes that should have given a result by now and have not.
    pub overdue: u64,
    /// Probes that are scheduled.
    pub probes: u64,
    /// The journal.
    pub journal: JournalState,
    /// Free space beside the journal, in bytes; absent where the system does not say.
    #[serde(default)]
    pub free_disk: Option<u64>,
    /// The last exchange with the hub, for its clock; absent before the first one, and when the location's own was set during it.
    #[serde(default)]
    pub exchange: Option<Exchange>,
    /// Whether it probes canaries, so that what is found of them is expected; versions that had none do not say.
    #[serde(default)]
    pub canaries: bool,
}

/// Share of the probes that must run for all to be well, in percent: here and at the hub, for a page and for a dead-man switch.
const ENOUGH: u64 = 95;

/// Whether enough of the probes ran that should have: 95 %; where none should, nothing is missing.
pub fn is_covered(executed: u64, expected: u64) -> bool {
    executed.saturating_mul(100) >= expected.saturating_mul(ENOUGH)
}

/// How a journal does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalState {
    /// Results that the hub has not acknowledged.
    pub depth: u64,
    /// When the oldest of them was observed.
    #[serde(default)]
    pub oldest: Option<Timestamp>,
    /// Results that are only in memory, because the disk does not take them.
    #[serde(default)]
    pub in_memory: u64,
    /// Results that were lost because neither disk nor memory had room, since the start.
    #[serde(default)]
    pub dropped: u64,
    /// Results that were thinned out because the journal was full: each change of a verdict stays. Since the start.
    #[serde(default)]
    pub thinned: u64,
    /// Places of the journal that were damaged, since the start.
    #[serde(default)]
    pub damaged: u64,
}

/// The four instants of a question and its answer, two by each clock (RFC 5905, section 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// The report left, by the location's clock.
    pub sent_at: Timestamp,
    /// It came, by the hub's.
    pub received_at: Timestamp,
    /// The receipt left, by the hub's.
    pub answered_at: Timestamp,
    /// It came, by the location's.
    pub returned_at: Timestamp,
}

impl Exchange {
    /// How far the hub's clock is ahead of the location's, in milliseconds; it is wrong by half the time on the way at most.
    pub fn ahead_ms(&self) -> i64 {
        let millis = Timestamp::as_millis;
        let there = millis(self.received_at) - millis(self.sent_at);
        let back = millis(self.answered_at) - millis(self.returned_at);
        (there + back) / 2
    }
}

/// The hub's answer to a report: everything that it names is on stable storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// [`RECEIPT_FORMAT`].
    pub format: String,
    /// Whom it is for.
    pub location: LocationName,
    /// Everything up to this number is kept.
    pub acknowledged: Sequence,
    /// The greatest number that is kept.
    pub highest: Sequence,
    /// What is wanted below it, the first spans only.
    pub missing: Spans,
    /// The fingerprint of the hub's own definitions.
    pub definitions: String,
    /// When the report came, by the hub's clock.
    pub received_at: Timestamp,
    /// When this left, by the hub's clock.
    pub answered_at: Timestamp,
}

/// Why the hub does not take a report or an enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// No such location, or the signature is none of its keys: 401.
    Unknown,
    /// The location was revoked: 403.
    Revoked,
    /// The numbers were given before to other results: a clone, or a disk that was set back: 409.
    Conflict,
    /// The code is not valid, or not any more: 403.
    Code,
    /// It cannot be read, or is larger than it may be: 400, 413.
    Malformed,
    /// It did not come whole and in time, whatever is in it: 408.
    Late,
    /// Too often: 429.
    TooOften,
    /// The store cannot keep it now: 503.
    Behind,
}

impl RefusalKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Unknown,
        Self::Revoked,
        Self::Conflict,
        Self::Code,
        Self::Malformed,
        Self::Late,
        Self::TooOften,
        Self::Behind,
    ];

    /// Its word, as in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Revoked => "revoked",
            Self::Conflict => "conflict",
            Self::Code => "code",
            Self::Malformed => "malformed",
            Self::Late => "late",
            Self::TooOften => "too_often",
            Self::Behind => "behind",
        }
    }
}

/// The hub's refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// [`REFUSAL_FORMAT`].
    pub format: String,
    /// Which.
    pub kind: RefusalKind,
    /// In words.
    pub detail: String,
    /// With [`RefusalKind::Conflict`]: numbers up to this one are taken, the location goes on above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub highest: Option<Sequence>,
}

/// A location introduces its key with the code that an operator made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// [`ENROLMENT_FORMAT`].
    pub format: String,
    /// Its name.
    pub location: LocationName,
    /// The one-time code.
    pub code: String,
    /// Its public key (ed25519), in base64.
    pub public_key: String,
    /// By that key over [`Enrolment::signed`], in base64: whoever enrols a key has it.
    pub signature: String,
}

impl Enrolment {
    /// The bytes that are signed.
    pub fn signed(location: &LocationName, code: &str, public_key: &str) -> Vec<u8> {
        [ENROLMENT_FORMAT, location.as_str(), code, public_key].join("\0").into_bytes()
    }
}

/// The hub knows the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// [`ENROLMENT_FORMAT`].
    pub format: String,
    /// The location that it is a key of.
    pub location: LocationName,
    /// Numbers up to this one were given to results before: a journal that begins anew goes on above it.
    pub highest: Sequence,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clocks_are_compared_by_four_instants() {
        let at = Timestamp::from_millis;
        let exchange = |sent: i64, received: i64, answered: i64, returned: i64| Exchange {
            sent_at: at(sent),
            received_at: at(received),
            answered_at: at(answered),
            returned_at: at(returned),
        };
        assert_eq!(exchange(0, 40, 50, 90).ahead_ms(), 0);
        assert_eq!(exchange(0, 600_040, 600_050, 90).ahead_ms(), 600_000);
        assert_eq!(exchange(600_000, 40, 50, 600_090).ahead_ms(), -600_000);
    }

    #[test]
    fn nineteen_of_twenty_probes_are_enough() {
        let check = |executed: u64, expected: u64, is_enough: bool| {
            assert_eq!(is_covered(executed, expected), is_enough, "{executed} of {expected}");
        };
        check(0, 0, true);
        check(0, 1, false);
        check(18, 19, false);
        check(19, 20, true);
        check(949, 1_000, false);
        check(950, 1_000, true);
    }

    #[test]
    fn every_part_of_an_envelope_is_signed() {
        let envelope = |location: &str, first: u64, last: u64, sent: i64| Envelope {
            location: location.parse().expect("a name"),
            first: Sequence::new(first),
            last: Sequence::new(last),
            sent_at: Timestamp::from_millis(sent),
        };
        let one = envelope("lyon", 1, 2, 3).signed(&[0; 32]);
        for other in [
            envelope("lyon2", 1, 2, 3),
            envelope("lyon", 2, 2, 3),
            envelope("lyon", 1, 3, 3),
            envelope("lyon", 1, 2, 4),
        ] {
            assert_ne!(one, other.signed(&[0; 32]));
        }
        assert_ne!(one, envelope("lyon", 1, 2, 3).signed(&[1; 32]));
    }

    #[test]
    fn a_page_of_a_proxy_is_no_receipt() {
        assert!(serde_json::from_str::<Receipt>("<html>it works</html>").is_err());
        assert!(serde_json::from_str::<Receipt>("{}").is_err());
    }

    #[test]
    fn kinds_of_refusals_have_one_word_each() {
        for kind in RefusalKind::ALL {
            assert_eq!(serde_json::to_string(&kind).expect("written"), format!("\"{}\"", kind.word()));
        }
    }
}
