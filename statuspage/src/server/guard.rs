//! What holds for every request and every answer: limits on the request line, and the headers that keep browsers out of trouble.
//!
//! It does not know routes.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{push, reader, router::App, subscribe};
use crate::page::{operator, operator_security_policy};

/// The longest path and query; ours are far shorter.
const LONGEST_URI: usize = 2_048;

/// How the connection is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    /// In the clear, or through a proxy that speaks TLS for us.
    Plain,
    /// By TLS.
    Tls,
}

/// Refuses what is no sound request, passes on the rest, and adds the headers of every answer.
pub(super) async fn watch(
    State((app, transport)): State<(App, Transport)>,
    mut request: Request,
    next: Next,
) -> Response {
    let audience = Audience::of(request.uri().path());
    let csp = app.content_security_policy();
    request.extensions_mut().insert(transport);
    let open = is_open(request.uri().path());
    let mut response = match unsound(&request) {
        Some(status) => reader::failure(&app, request.uri(), request.headers(), status).await,
        None if open && request.method() == Method::OPTIONS => preflight(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    if open {
        open_to_all(headers);
    }
    let mut always = |name: HeaderName, value| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    always(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    always(header::REFERRER_POLICY, "no-referrer");
    always(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    if transport == Transport::Tls {
        always(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, csp);
    match audience {
        Audience::Everybody => {}
        Audience::Operators => keep_private(headers),
        Audience::OneReader => keep_to_one_reader(headers),
    }
    response
}

/// What is wrong with the request itself.
fn unsound(request: &Request) -> Option<StatusCode> {
    let uri = request.uri();
    if uri.path_and_query().is_some_and(|path| path.as_str().len() > LONGEST_URI) {
        return Some(StatusCode::URI_TOO_LONG);
    }
    let hosts = request.headers().get_all(header::HOST).iter().count();
    // RFC 9112 §3.2: one `Host`, always. HTTP/2 has `:authority`, and HTTP/1.0 may have neither.
    let lacking = request.version() == Version::HTTP_11 && hosts == 0;
    let malformed =
        percent_encoding_is_broken(uri.path()) || percent_encoding_is_broken(uri.query().unwrap_or_default());
    (lacking || hosts > 1 || malformed).then_some(StatusCode::BAD_REQUEST)
}

/// A `%` that no two hexadecimal digits follow (RFC 3986 §2.1).
fn percent_encoding_is_broken(text: &str) -> bool {
    let digits = |after: &str| after.as_bytes().get(..2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
    text.split('%').skip(1).any(|after| !digits(after))
}

/// What scripts of any page may read: nothing in it is for somebody in particular.
fn is_open(path: &str) -> bool {
    let subscribed = [".atom", ".rss", ".ics", ".svg", ".json"].iter().any(|end| path.ends_with(end));
    path.starts_with("/api/") || (subscribed && !subscribe::is_of_a_letter(path))
}

/// Whom an answer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    /// Everybody, caches too.
    Everybody,
    /// Who is signed in.
    Operators,
    /// Who has the link of a letter, or the token of a heartbeat: it stands in the address.
    OneReader,
}

impl Audience {
    fn of(path: &str) -> Self {
        let below_home = |rest: &str| rest.is_empty() || rest.starts_with('/');
        if subscribe::is_of_a_letter(path) || push::holds_a_token(path) {
            Self::OneReader
        } else if path.strip_prefix(operator::HOME).is_some_and(below_home) {
            Self::Operators
        } else {
            Self::Everybody
        }
    }
}

/// Neither a cache nor a search engine keeps it, and no other site learns its address.
fn keep_to_one_reader(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    headers.remove(header::ETAG);
}

fn keep_private(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Without a referrer browsers send forms with `Origin: null`, which could be anybody's.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    let csp = HeaderValue::try_from(operator_security_policy());
    headers.insert(header::CONTENT_SECURITY_POLICY, csp.unwrap_or(HeaderValue::from_static("default-src 'none'")));
}

fn open_to_all(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Age, Date, ETag"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
}

/// The answer to a browser that asks whether a script may ask.
fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percent_sign_has_two_digits_after_it() {
        let check = |text: &str, broken: bool| assert_eq!(percent_encoding_is_broken(text), broken, "{text:?}");
        check("/services/a%2Fb", false);
        check("/%", true);
        check("/%4", true);
        check("/%zz", true);
        check("/100%25", false);
    }
}
