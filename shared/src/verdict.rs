//! What a probe concluded, and why, as data.
//!
//! It does not know how the conclusion was reached nor what follows from it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Exhibit;

/// The conclusion of one execution of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every expectation held.
    Pass,
    /// It works, but something asks for attention: slow, or a certificate that ends soon.
    Warn,
    /// The target does not do what was expected of it.
    Fail,
    /// Nothing can be said of the target: the fault is ours.
    Unknown,
}

impl Verdict {
    /// All four, for labels.
    pub const ALL: [Self; 4] = [Self::Pass, Self::Warn, Self::Fail, Self::Unknown];

    /// The word on the wire and in labels.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Why a verdict is not `pass`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The reason, from a closed set.
    pub kind: FailureKind,
    /// The reason in words that may be public: no host name, address or text of the target.
    pub detail: String,
    /// What operators may see besides: names, addresses, an excerpt; escaped, at most 512 characters. Never public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// What was met on the way, of a first failure: kept with the incident and nowhere else. Never public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exhibit: Option<Box<Exhibit>>,
    /// The place saw nothing: none of its control targets answered when the target did not. It is for whoever hears the result: stored
    /// results do not keep it. A flag and no kind of its own, so that a hub that does not know it yet takes the result all the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub blind: bool,
}

impl Failure {
    /// A reason whose words hold nothing private.
    pub fn new(kind: FailureKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), evidence: None, exhibit: None, blind: false }
    }

    /// The same with something for operators' eyes: control characters escaped, cut at 512 characters.
    #[must_use]
    pub fn with_evidence(mut self, evidence: impl AsRef<str>) -> Self {
        self.evidence = Some(printable(evidence.as_ref(), 512));
        self
    }
}

/// The text with control characters escaped, cut at so many characters.
pub(crate) fn printable(text: &str, max: usize) -> String {
    let escaped = |c: char| {
        if c.is_control() || is_bidirectional_control(c) { c.escape_default().to_string() } else { c.to_string() }
    };
    let mut printable = String::new();
    let mut room = max;
    for c in text.chars().map(escaped) {
        room = match room.checked_sub(c.chars().count()) {
            Some(left) => left,
            // Half an escape would say something else.
            None => break,
        };
        printable.push_str(&c);
    }
    printable
}

/// Characters that turn the direction of the text around them.
fn is_bidirectional_control(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $word:literal => $verdict:ident,)*) => {
        /// The reason of a failure: a closed set, in the field's words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum FailureKind {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl FailureKind {
            /// Every reason there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word on the wire, in labels and in documents.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The verdict that this reason leads to, unless the definition asks for less.
            pub fn verdict(self) -> Verdict {
                match self { $(Self::$variant => Verdict::$verdict,)* }
            }
        }
    };
}

kinds! {
    /// The name does not exist (RFC 8020).
    DnsNxdomain = "dns_nxdomain" => Fail,
    /// The name exists and has no address of the family asked for (RFC 2308).
    DnsNodata = "dns_nodata" => Fail,
    /// The name servers failed.
    DnsServfail = "dns_servfail" => Fail,
    /// The name servers refused to answer.
    DnsRefused = "dns_refused" => Fail,
    /// No answer by the deadline.
    DnsTimeout = "dns_timeout" => Fail,
    /// Another fault of name resolution.
    DnsError = "dns_error" => Fail,
    /// Nobody listens at the port.
    ConnectRefused = "connect_refused" => Fail,
    /// No connection by the deadline.
    ConnectTimeout = "connect_timeout" => Fail,
    /// The connection was reset before an answer began.
    ConnectReset = "connect_reset" => Fail,
    /// No route to the address.
    NetworkUnreachable = "network_unreachable" => Fail,
    /// The address is one that we refuse to connect to.
    AddressBlocked = "address_blocked" => Fail,
    /// TLS failed: versions, ciphers, alerts.
    TlsHandshake = "tls_handshake" => Fail,
    /// The TLS handshake did not end by the deadline.
    TlsTimeout = "tls_timeout" => Fail,
    /// The certificate, or one above it, has expired.
    TlsExpired = "tls_expired" => Fail,
    /// The certificate is not valid yet.
    TlsNotYetValid = "tls_not_yet_valid" => Fail,
    /// No path to a trusted root: self-signed, unknown issuer, missing intermediate.
    TlsUntrusted = "tls_untrusted" => Fail,
    /// The certificate is for other names.
    TlsHostname = "tls_hostname" => Fail,
    /// No complete response head by the deadline.
    HttpTimeout = "http_timeout" => Fail,
    /// Another status than expected.
    HttpStatus = "http_status" => Fail,
    /// Malformed HTTP, or a close before a complete head.
    HttpProtocol = "http_protocol" => Fail,
    /// A loop, too many, an unusable Location, or a step down from https to http.
    HttpRedirects = "http_redirects" => Fail,
    /// The body did not end by the deadline.
    BodyTimeout = "body_timeout" => Fail,
    /// The connection ended inside the body.
    BodyTruncated = "body_truncated" => Fail,
    /// An expectation needed more of the body than `max_body`.
    BodyTooLarge = "body_too_large" => Fail,
    /// The body cannot be decoded.
    BodyEncoding = "body_encoding" => Fail,
    /// The body is not as expected.
    Body = "body" => Fail,
    /// A header is not as expected.
    Header = "header" => Fail,
    /// A JSON value is not as expected.
    Json = "json" => Fail,
    /// A certificate of the chain ends soon (a warning).
    CertificateExpiring = "certificate_expiring" => Warn,
    /// Slower than wanted (a warning).
    Latency = "latency" => Warn,
    /// The answer breaks the protocol of the service (kinds other than HTTP).
    Protocol = "protocol" => Fail,
    /// No answer by the deadline (kinds other than HTTP).
    Timeout = "timeout" => Fail,
    /// An expected sign of life did not come.
    HeartbeatMissed = "heartbeat_missed" => Fail,
    /// The canary could not be written.
    CanaryWrite = "canary_write" => Fail,
    /// The canary could not be read back as it was written.
    CanaryRead = "canary_read" => Fail,
    /// The fault is the prober's own: verdict unknown.
    ProberFault = "prober_fault" => Unknown,
    /// Whoever sends the sign of life says itself that something is wrong.
    HeartbeatDown = "heartbeat_down" => Fail,
    /// A value that came with a sign of life is missing or beyond its limits.
    HeartbeatValue = "heartbeat_value" => Fail,
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// No failure has that word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownKind;

impl FromStr for FailureKind {
    type Err = UnknownKind;

    fn from_str(word: &str) -> Result<Self, UnknownKind> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word).ok_or(UnknownKind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_the_same_on_the_wire_and_in_labels() {
        for &kind in FailureKind::ALL {
            assert_eq!(serde_json::to_string(&kind).expect("serialises"), format!("{:?}", kind.word()));
            assert_eq!(kind.word().parse(), Ok(kind));
        }
    }

    #[test]
    fn only_our_own_fault_is_unknown() {
        let unknown: Vec<_> = FailureKind::ALL.iter().filter(|kind| kind.verdict() == Verdict::Unknown).collect();
        assert_eq!(unknown, [&FailureKind::ProberFault]);
    }

    #[test]
    fn evidence_cannot_steer_a_terminal_or_turn_text_around() {
        let failure = Failure::new(FailureKind::Body, "x").with_evidence("a\u{1b}[31m\u{202e}b\n");
        assert_eq!(failure.evidence.as_deref(), Some(r"a\u{1b}[31m\u{202e}b\n"));
    }
}
