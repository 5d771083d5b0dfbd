//! What a probe says beside the reason of a failure, in the reader's language.
//!
//! Probers write it in English, in one of the sentences below; it does not know why they do. A sentence that is not known here is of
//! a newer prober, and stays as it came.

use shared::{Failure, FailureKind, Language, Timestamp};

use super::Words;

/// The message of each sentence, and the sentence, `#` standing for what differs from one failure to the next.
const SENTENCES: &[(&str, &str)] = &[
    ("detail-dns-nxdomain", "the name does not exist"),
    ("detail-dns-nodata", "the name has no address"),
    ("detail-dns-servfail", "the name servers failed"),
    ("detail-dns-refused", "the name servers refused to answer"),
    ("detail-dns-timeout", "no answer from the name servers by the deadline"),
    ("detail-dns-useless", "the answer of the name servers is of no use"),
    ("detail-dns-ours", "the name servers of this location do not answer"),
    ("detail-connect-refused", "the connection was refused"),
    ("detail-connect-timeout", "the connection timed out"),
    ("detail-connect-deadline", "no connection by the deadline"),
    ("detail-connect-reset", "the connection was reset"),
    ("detail-connect-route", "there is no route to the address"),
    ("detail-blocked-reserved", "link-local, metadata, unspecified, multicast and reserved addresses are refused"),
    ("detail-blocked-private", "private addresses are refused by the settings"),
    ("detail-blocked-inward", "a public target leads to a private address"),
    ("detail-blocked-host", "the host is neither a name nor an address"),
    ("detail-ours-route", "this location has no route to the address"),
    ("detail-ours-open", "this location could not open a connection"),
    ("detail-ours-memory", "this location has no memory left"),
    ("detail-ours-descriptor", "this location has no file descriptor left"),
    ("detail-ours-port", "this location has no local address or port left"),
    ("detail-ours-forbidden", "this location is not allowed to connect"),
    ("detail-ours-down", "the network of this location is down"),
    ("detail-ours-family", "this location does not speak this version of IP"),
    ("detail-ours-tls", "this location cannot set up TLS"),
    ("detail-ours-nothing", "nothing was asked"),
    ("detail-ours-family-unasked", "one family failed and the other could not be asked"),
    ("detail-ours-host", "the definition's URL has no host"),
    ("detail-ours-request", "the definition asks for a request that cannot be written"),
    ("detail-ours-failed", "the prober failed while it executed the probe"),
    ("detail-ours-endless", "the prober did not end the probe by its deadline"),
    ("detail-ours-still", "this machine stood still while the probe ran"),
    ("detail-tls-timeout", "the TLS handshake did not end by the deadline"),
    ("detail-tls-name", "the name cannot stand in a certificate"),
    ("detail-tls-common", "the server offers no TLS version or cipher in common"),
    ("detail-tls-not", "the server's answer is not TLS"),
    ("detail-tls-breaks", "the server breaks the TLS protocol"),
    ("detail-tls-proof", "the server does not prove that the certificate is its own"),
    ("detail-tls-none", "the server sent no certificate"),
    ("detail-tls-failed", "the TLS handshake failed"),
    ("detail-tls-closed", "the connection was closed during the TLS handshake"),
    ("detail-tls-refused", "the server refused the handshake"),
    ("detail-tls-unknown-name", "the server does not know the name"),
    ("detail-tls-protocols", "the server speaks neither HTTP/2 nor HTTP/1.1"),
    ("detail-tls-client", "the server wants a client certificate"),
    ("detail-tls-internal", "the server failed during the handshake"),
    ("detail-tls-broke-off", "the server broke off the handshake"),
    ("detail-tls-expired", "the certificate has expired"),
    ("detail-tls-not-yet", "the certificate is not valid yet"),
    ("detail-tls-other-names", "the certificate is for other names"),
    ("detail-tls-purpose", "the certificate is not meant for servers"),
    ("detail-tls-unreadable", "the certificate cannot be read"),
    ("detail-tls-self-signed", "the certificate is self-signed"),
    ("detail-tls-authority", "the certificate comes from an unknown authority"),
    ("detail-tls-intermediate", "an intermediate certificate is missing"),
    (
        "detail-tls-authority-or-intermediate",
        "the certificate comes from an unknown authority, or an intermediate certificate is missing",
    ),
    ("detail-tls-signature", "a signature in the certificate chain is wrong"),
    ("detail-tls-chain", "the certificate chain does not hold"),
    ("detail-http-no-head", "no complete answer head by the deadline"),
    ("detail-http-interim", "more than 16 interim answers"),
    ("detail-http-large-head", "the answer's head is larger than 64 KiB or has more than 100 headers"),
    ("detail-http-headers", "the answer has more than 100 headers"),
    ("detail-http-not", "the answer is not HTTP"),
    ("detail-http-not-2", "the answer is not HTTP/2"),
    ("detail-http-half-head", "the connection ended before the answer's head was complete"),
    ("detail-http-closed", "the connection was closed without an answer"),
    ("detail-http-chunks", "the body's chunks are malformed"),
    ("detail-http-2-error", "the server ended the HTTP/2 connection with an error"),
    ("detail-http-2-reset", "the server reset the HTTP/2 stream"),
    ("detail-http-2-away", "the server sends every HTTP/2 connection away"),
    ("detail-http-2-body", "the body breaks HTTP/2"),
    ("detail-redirect-many", "more than # redirects"),
    ("detail-redirect-unusable", "the redirect leads to no usable URL"),
    ("detail-redirect-down", "the redirect leads from https to http"),
    ("detail-redirect-circle", "the redirects go in a circle"),
    ("detail-redirect-body", "the redirect would send the request's body to another host"),
    ("detail-body-ended", "the connection ended inside the body"),
    ("detail-body-deadline", "the body did not end by the deadline"),
    ("detail-body-large", "the body is larger than max_body and an expectation needs the rest of it"),
    ("detail-body-encoded-twice", "the body is encoded more than once"),
    ("detail-body-encoding", "the body has an encoding that was not asked for"),
    ("detail-body-undecodable", "the body cannot be decoded"),
    ("detail-body-lacks", "the body lacks a text that it should contain"),
    ("detail-body-contains", "the body contains a text that it should not"),
    ("detail-body-no-match", "the body does not match the pattern that it should"),
    ("detail-body-match", "the body matches a pattern that it should not"),
    ("detail-header-there", "the header # is there and should not be"),
    ("detail-header-missing", "the header # is missing"),
    ("detail-header-other", "the header # is not as expected"),
    ("detail-json-not", "the body is not JSON"),
    ("detail-json-nothing", "the JSON has nothing at `#`"),
    ("detail-json-other", "the JSON value at `#` is not as expected"),
    ("detail-json-unwanted", "the JSON value at `#` is what it should not be"),
    ("detail-certificate-ended", "a certificate that the server sends has ended"),
    ("detail-certificate-today", "a certificate ends within a day"),
    ("detail-certificate-tomorrow", "a certificate ends in 1 day"),
    ("detail-certificate-days", "a certificate ends in # days"),
    ("detail-latency", "took # s, wanted within # s"),
    ("detail-tcp-unsent", "what was to be sent did not go out by the deadline"),
    ("detail-tcp-other", "the answer is not as expected"),
    ("detail-tcp-other-long", "the answer is not as expected within 64 KiB"),
    ("detail-tcp-silent", "no answer by the deadline"),
    ("detail-tcp-late", "the answer was not as expected by the deadline"),
    ("detail-tcp-broke", "the connection broke"),
    ("detail-beat-down", "it says itself that it is down"),
    ("detail-beat-never", "no sign of life has come yet"),
    ("detail-beat-since", "no sign of life since #"),
    ("detail-value-least", "# is #, at least # is wanted"),
    ("detail-value-most", "# is #, at most # is allowed"),
    ("detail-value-missing", "# did not come"),
];

/// These say nothing that the reason before them does not.
const REPEATING: [&str; 19] = [
    "detail-dns-nxdomain",
    "detail-dns-nodata",
    "detail-dns-servfail",
    "detail-dns-refused",
    "detail-dns-timeout",
    "detail-connect-refused",
    "detail-connect-timeout",
    "detail-connect-deadline",
    "detail-connect-reset",
    "detail-connect-route",
    "detail-tls-timeout",
    "detail-tls-failed",
    "detail-tls-expired",
    "detail-tls-not-yet",
    "detail-tls-other-names",
    "detail-http-no-head",
    "detail-body-deadline",
    "detail-tcp-silent",
    "detail-beat-down",
];

/// The names of what stands in the places of `#`.
const PLACES: [&str; 3] = ["a", "b", "c"];

/// Which version of IP a sentence is about, where both were asked.
const FAMILIES: [(&str, &str); 3] =
    [("IPv4 and IPv6: ", "detail-both-families"), ("IPv4: ", "detail-ipv4"), ("IPv6: ", "detail-ipv6")];

/// What a probe said, in the language in which it can be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// The words.
    pub text: String,
    /// The reader's language; English for what is known in no other.
    pub language: Language,
}

impl Words {
    /// What a probe said beyond the reason; nothing where that is all.
    pub fn detail(&self, failure: &Failure, now: Timestamp) -> Option<Detail> {
        if failure.detail.is_empty() || failure.kind == FailureKind::HttpStatus {
            return None;
        }
        let of_family =
            FAMILIES.iter().find_map(|(start, key)| Some((failure.detail.strip_prefix(start)?, self.say(key, &[]))));
        let (sentence, family) = match of_family {
            Some((sentence, family)) => (sentence, Some(family)),
            None => (failure.detail.as_str(), None),
        };
        let Some((key, values)) = read(sentence) else {
            return Some(Detail { text: failure.detail.clone(), language: Language::En });
        };
        let text = match family {
            None if REPEATING.contains(&key) => return None,
            family => family.unwrap_or_default() + &self.sentence(key, &values, now),
        };
        Some(Detail { text, language: self.language() })
    }

    fn sentence(&self, key: &str, values: &[&str], now: Timestamp) -> String {
        let value = |value: &&str| match value.parse::<Timestamp>() {
            Ok(at) => self.when(at, now),
            Err(_) if value.parse::<f64>().is_ok() => self.decimal(value),
            Err(_) => (*value).to_owned(),
        };
        let values: Vec<_> = PLACES.into_iter().zip(values.iter().map(|text| value(text).into())).collect();
        self.say(key, &values)
    }
}

/// Which sentence it is, and what stands in its places.
fn read(sentence: &str) -> Option<(&'static str, Vec<&str>)> {
    SENTENCES.iter().find_map(|(key, pattern)| Some((*key, fits(pattern, sentence)?)))
}

/// What stands in the places of a pattern.
fn fits<'a>(pattern: &str, sentence: &'a str) -> Option<Vec<&'a str>> {
    let mut parts = pattern.split('#');
    let mut rest = sentence.strip_prefix(parts.next()?)?;
    let mut values = Vec::new();
    for part in parts {
        let end = if part.is_empty() { rest.len() } else { rest.find(part)? };
        let (value, after) = rest.split_at_checked(end)?;
        values.push(value);
        rest = after.strip_prefix(part)?;
    }
    rest.is_empty().then_some(values)
}

/// The messages with their placeables, for the test that every language has them.
#[cfg(test)]
pub(super) fn declared() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    let places = |pattern: &str| PLACES.get(..pattern.matches('#').count()).unwrap_or_default();
    let families = FAMILIES.iter().map(|(_, key)| (*key, [].as_slice()));
    SENTENCES.iter().map(move |(key, pattern)| (*key, places(pattern))).chain(families)
}

#[cfg(test)]
mod tests;
