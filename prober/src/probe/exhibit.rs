//! What an execution met, as operators may see it: names of headers that carry secrets stay, their values do not.
//!
//! It does not know why the execution failed.

use http::{HeaderMap, StatusCode};
use shared::{Exhibit, HttpVersion};

use super::{evidence::masked, record::Record};
use crate::{definition::Check, network::described};

/// Headers whose values let somebody in, or tell a person from another.
const SECRET: [&str; 9] = [
    "authentication-info",
    "authorization",
    "cookie",
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-authorization",
    "set-cookie",
    "set-cookie2",
    "www-authenticate",
];
/// … and what is in the names of others.
const TELLING: [&str; 12] = [
    "api-key",
    "apikey",
    "auth",
    "credential",
    "csrf",
    "jwt",
    "password",
    "secret",
    "session",
    "signature",
    "token",
    "xsrf",
];
/// Headers that hold addresses, whose queries may let somebody in.
const LEADING: [&str; 5] = ["content-location", "link", "location", "refresh", "referer"];
const STARS: &str = "***";

/// What `record` holds, without any secret of `check`; none when nothing was met.
pub(super) fn exhibit(record: &Record, check: &Check) -> Option<Box<Exhibit>> {
    let exhibit = Exhibit {
        addresses: record.addresses.clone(),
        certificates: described(&record.chain),
        head: record.head.iter().map(|line| masked(line.clone(), check)).collect(),
    };
    Some(Box::new(exhibit.bounded())).filter(|exhibit| !exhibit.is_empty())
}

/// A status line with the registered reason, and the headers in their order.
pub(super) fn head(status: StatusCode, version: HttpVersion, headers: &HeaderMap) -> Vec<String> {
    let reason = status.canonical_reason().unwrap_or_default();
    let first = format!("HTTP/{} {} {reason}", version.word(), status.as_u16());
    let line = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        format!("{name}: {}", shown(name.as_str(), &value))
    };
    std::iter::once(first.trim_end().to_owned()).chain(headers.iter().map(line)).collect()
}

/// The value, unless it is a secret; of a challenge its scheme.
pub(super) fn shown(name: &str, value: &str) -> String {
    if LEADING.contains(&name) {
        return value.split_once('?').map_or_else(|| value.to_owned(), |(address, _)| format!("{address}?{STARS}"));
    }
    if !SECRET.contains(&name) && !TELLING.iter().any(|part| name.contains(part)) {
        return value.to_owned();
    }
    match value.split_once(' ').filter(|_| name.ends_with("-authenticate")) {
        Some((scheme, _)) => format!("{scheme} {STARS}"),
        None => STARS.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn a_head_is_shown_without_what_lets_somebody_in() {
        let headers: HeaderMap = [
            ("location", "/reset?code=abc"),
            ("server", "nginx"),
            ("set-cookie", "session=abc"),
            ("www-authenticate", "Bearer realm=\"x\", nonce=\"y\""),
            ("www-authenticate", "Negotiate"),
            ("x-csrf-token", "abc"),
            ("x-request-id", "7f3a"),
        ]
        .into_iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
        .collect();
        let mut lines = head(StatusCode::BAD_GATEWAY, HttpVersion::Http11, &headers);
        lines.sort();
        let expected = [
            "HTTP/1.1 502 Bad Gateway",
            "location: /reset?***",
            "server: nginx",
            "set-cookie: ***",
            "www-authenticate: ***",
            "www-authenticate: Bearer ***",
            "x-csrf-token: ***",
            "x-request-id: 7f3a",
        ];
        assert_eq!(lines, expected);
        let bare = head(StatusCode::from_u16(599).expect("a status"), HttpVersion::Http2, &HeaderMap::new());
        assert_eq!(bare, ["HTTP/2 599"]);
    }
}
