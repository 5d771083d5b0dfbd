//! Where a redirect leads, and what of the request goes along.
//!
//! It sends nothing; whether the address behind the new URL may be connected to is decided when it is connected to.

use http::{
    HeaderMap, HeaderName, Method, StatusCode,
    header::{
        ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH,
        CONTENT_LOCATION, CONTENT_TYPE, HOST, LOCATION, PRAGMA, USER_AGENT,
    },
};
use shared::{Failure, FailureKind};
use url::Url;

use super::{exchange::Head, request::Request};
use crate::definition::HttpCheck;

/// Headers that say nothing about who asks: only these go to another host.
const HARMLESS: [HeaderName; 6] = [ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CACHE_CONTROL, PRAGMA, USER_AGENT];
/// Headers about a body, which go where the body goes.
const OF_THE_BODY: [HeaderName; 5] =
    [CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_LOCATION, CONTENT_TYPE];

/// Whether `head` is a redirect that is followed: one with a `Location` that the definition does not itself expect.
pub(super) fn follows(check: &HttpCheck, head: &Head) -> bool {
    let redirects = matches!(head.status.as_u16(), 301 | 302 | 303 | 307 | 308);
    redirects
        && check.max_redirects > 0
        && head.headers.contains_key(LOCATION)
        && !check.expect.status.allows(head.status.as_u16())
}

/// The request that follows `head`, which answered the last of `visited`.
pub(super) fn next(check: &HttpCheck, visited: &[Request], head: &Head) -> Result<Request, Failure> {
    let Some(last) = visited.last() else { return Err(refused("nothing was asked")) };
    let location = head.headers.get(LOCATION).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let location = location.unwrap_or_default();
    let refused = |words: &str| refused(words).with_evidence(&location);
    if visited.len() > usize::try_from(check.max_redirects).unwrap_or(usize::MAX) {
        return Err(refused(&format!("more than {} redirects", check.max_redirects)));
    }
    let url = target(&last.url, &location).ok_or_else(|| refused("the redirect leads to no usable URL"))?;
    if last.url.scheme() == "https" && url.scheme() == "http" {
        return Err(refused("the redirect leads from https to http"));
    }
    let next = carry_over(last, url, head.status);
    if visited.iter().any(|request| request.url == next.url && request.method == next.method) {
        return Err(refused("the redirects go in a circle"));
    }
    if next.body.is_some() && !same_host(&last.url, &next.url) {
        return Err(refused("the redirect would send the request's body to another host"));
    }
    Ok(next)
}

fn refused(words: &str) -> Failure {
    Failure::new(FailureKind::HttpRedirects, words)
}

/// The URL that `Location` means (RFC 9110 §10.2.2), without credentials and fragment.
fn target(base: &Url, location: &str) -> Option<Url> {
    let mut url = base.join(location).ok()?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() || url.port() == Some(0) {
        return None;
    }
    url.set_fragment(None);
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some(url)
}

/// Method, headers and body of the next request, by the rules of browsers (Fetch, "HTTP-redirect fetch").
fn carry_over(last: &Request, url: Url, status: StatusCode) -> Request {
    let to_get = match status.as_u16() {
        301 | 302 => last.method == Method::POST,
        303 => last.method != Method::HEAD && last.method != Method::GET,
        _ => false,
    };
    let mut headers = last.headers.clone();
    let (method, body) = if to_get { (Method::GET, None) } else { (last.method.clone(), last.body.clone()) };
    if body.is_none() {
        OF_THE_BODY.iter().for_each(|name| drop(headers.remove(name)));
    }
    if !same_host(&last.url, &url) {
        headers = harmless(&headers);
        headers.remove(HOST);
    }
    Request { url, method, headers, body }
}

fn harmless(headers: &HeaderMap) -> HeaderMap {
    let kept = headers.iter().filter(|(name, _)| HARMLESS.contains(name));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The same host and port; a step up from http to https at the default ports is still the same service.
fn same_host(one: &Url, other: &Url) -> bool {
    let ports = (one.port_or_known_default(), other.port_or_known_default());
    one.host() == other.host() && (ports.0 == ports.1 || ports == (Some(80), Some(443)))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn asked(method: Method, url: &str) -> Request {
        let mut headers = HeaderMap::new();
        for name in ["authorization", "cookie", "x-token", "content-type", "accept"] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static("v"));
        }
        let body = (method == Method::POST).then(|| "secret".into());
        Request { url: url.parse().expect("a URL"), method, headers, body }
    }

    fn followed(method: Method, status: u16, from: &str, to: &str) -> Request {
        let status = StatusCode::from_u16(status).expect("a status");
        let last = asked(method, from);
        let url = target(&last.url, to).expect("a usable URL");
        carry_over(&last, url, status)
    }

    #[test]
    fn the_method_changes_as_browsers_change_it() {
        let check = |method: Method, status: u16, expected: (Method, bool)| {
            let next = followed(method.clone(), status, "https://a.test/", "/next");
            assert_eq!((next.method, next.body.is_some()), expected, "{method} {status}");
        };
        check(Method::POST, 301, (Method::GET, false));
        check(Method::POST, 302, (Method::GET, false));
        check(Method::POST, 303, (Method::GET, false));
        check(Method::POST, 307, (Method::POST, true));
        check(Method::POST, 308, (Method::POST, true));
        check(Method::HEAD, 303, (Method::HEAD, false));
        check(Method::PUT, 302, (Method::PUT, false));
    }

    #[test]
    fn credentials_stay_with_their_host() {
        let check = |from: &str, to: &str, stay: bool| {
            let next = followed(Method::GET, 302, from, to);
            let gone = |name: &str| !next.headers.contains_key(name);
            assert_eq!((gone("authorization"), gone("cookie"), gone("x-token")), (!stay, !stay, !stay), "{to}");
            assert!(next.headers.contains_key("accept"));
        };
        check("https://a.test/", "/b", true);
        check("https://a.test/", "https://a.test:443/b", true);
        check("http://a.test/", "https://a.test/b", true);
        check("https://a.test/", "https://b.test/", false);
        check("https://a.test/", "//b.test/", false);
        check("https://a.test/", "https://a.test:8443/", false);
        check("https://a.test/", "https://a.test.evil.test/", false);
    }

    #[test]
    fn a_location_is_relative_absolute_or_useless() {
        let base: Url = "https://a.test/x/y?z".parse().expect("a URL");
        let check = |location: &str, expected: Option<&str>| {
            assert_eq!(target(&base, location).as_ref().map(Url::as_str), expected, "{location}");
        };
        check("w", Some("https://a.test/x/w"));
        check("/w#part", Some("https://a.test/w"));
        check("?q", Some("https://a.test/x/y?q"));
        check("https://user:password@b.test/", Some("https://b.test/"));
        check("ftp://b.test/", None);
        check("javascript:alert(1)", None);
        check("https://", None);
        check("https://b.test:0/", None);
        check("https://[::1", None);
    }
}
