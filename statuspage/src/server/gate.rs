//! Who stands at the door of `/operator`: the way they came, their session, and whether a form is really theirs.
//!
//! It does not know pages. One cookie, for this alone: `__Host-belfry` where the way is secure, `belfry` on the machine itself.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts};
use url::Url;

use super::{
    guard::Transport,
    peer::{Origin, Peer},
    router::App,
};
use crate::{
    access::{Neighbourhood, Session},
    clock::now,
};

const SECURE_COOKIE: &str = "__Host-belfry";
const LOCAL_COOKIE: &str = "belfry";
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// How safe the way to the browser is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// TLS, ours or a trusted proxy's.
    Secure,
    /// Within this machine.
    Local,
    /// Everybody between us reads along: no password goes there.
    InTheClear,
}

/// Whoever asks for a page of operators.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) way: Way,
    pub(super) from: Neighbourhood,
    pub(super) session: Option<Session>,
}

impl Visitor {
    pub(super) fn of(app: &App, request: &Parts) -> Self {
        let peer = request.extensions.get::<Peer>().copied();
        let origin = peer.map(|peer| origin(app, request, peer));
        let way = way(origin, request);
        let from = origin.and_then(|origin| origin.client()).map_or(Neighbourhood::Unknown, Neighbourhood::from);
        let session = way
            .cookie()
            .and_then(|name| cookies(&request.headers, name).find_map(|cookie| app.access.session(cookie, now())));
        Self { way, from, session }
    }

    /// The value of `Set-Cookie` that begins or goes on with a session; an empty one ends it.
    pub(super) fn set_cookie(&self, value: &str) -> Option<HeaderValue> {
        let name = self.way.cookie()?;
        let secure = if self.way == Way::Secure { "; Secure" } else { "" };
        let age = if value.is_empty() { "; Max-Age=0" } else { "" };
        let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{age}");
        // A browser that keeps sessions over its own restart still finds this one over after twelve hours.
        HeaderValue::try_from(cookie).ok()
    }
}

impl Way {
    /// What the browser's address begins with.
    fn scheme(self) -> &'static str {
        match self {
            Self::Secure => "https",
            Self::Local | Self::InTheClear => "http",
        }
    }

    fn cookie(self) -> Option<&'static str> {
        match self {
            Self::Secure => Some(SECURE_COOKIE),
            Self::Local => Some(LOCAL_COOKIE),
            Self::InTheClear => None,
        }
    }
}

fn origin<'a>(app: &'a App, request: &'a Parts, peer: Peer) -> Origin<'a> {
    Origin { peer, headers: &request.headers, uri: &request.uri, trusted: &app.trusted_proxies }
}

fn way(origin: Option<Origin<'_>>, request: &Parts) -> Way {
    let tls = request.extensions.get::<Transport>() == Some(&Transport::Tls);
    let said = request.headers.get(X_FORWARDED_PROTO).and_then(|value| value.to_str().ok());
    // With several proxies the first one speaks with the browser.
    let said = said.and_then(|protos| protos.split(',').next()).is_some_and(|proto| proto.trim() == "https");
    match origin {
        _ if tls => Way::Secure,
        Some(origin) if said && origin.is_through_a_trusted_proxy() => Way::Secure,
        Some(origin) if origin.is_local() => Way::Local,
        Some(_) | None => Way::InTheClear,
    }
}

/// The values of a cookie. There may be several of one name; one that another host planted must not hide ours.
fn cookies<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(move |(key, _)| *key == name).map(|(_, value)| value)
}

/// Whether a form was sent by a page of ours. Browsers say it in `Sec-Fetch-Site` and in `Origin`; what neither says is left to the
/// token of the form.
pub(super) fn is_from_here(app: &App, request: &Parts, way: Way) -> bool {
    let headers = &request.headers;
    if headers.get(SEC_FETCH_SITE).is_some_and(|site| site != "same-origin") {
        return false;
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Some(origin) = origin.to_str().ok().and_then(|origin| Url::parse(origin).ok()) else { return false };
    let host = request.uri.authority().map(http::uri::Authority::as_str);
    let host = host.or_else(|| headers.get(header::HOST)?.to_str().ok());
    let edition = app.edition();
    let public = edition.snapshot().site.public_url.as_ref();
    public.is_some_and(|public| public.origin() == origin.origin())
        || host.is_some_and(|host| is_of(&origin, way.scheme(), host))
}

/// Whether that origin is the host that was asked in that way.
fn is_of(origin: &Url, scheme: &str, host: &str) -> bool {
    Url::parse(&format!("{scheme}://{host}")).is_ok_and(|asked| asked.origin() == origin.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_compared_with_the_host_that_was_asked() {
        let check = |origin: &str, host: &str, same: bool| {
            let scheme = if host.contains(':') && !host.ends_with("443") { "http" } else { "https" };
            assert_eq!(is_of(&origin.parse().expect("a URL"), scheme, host), same, "{origin} {host}");
        };
        check("https://status.example.org", "status.example.org", true);
        check("https://status.example.org", "status.example.org:443", true);
        check("http://127.0.0.1:8080", "127.0.0.1:8080", true);
        check("http://127.0.0.1:8081", "127.0.0.1:8080", false);
        check("http://status.example.org", "status.example.org", false);
        check("https://evil.example", "status.example.org", false);
        check("https://status.example.org.evil.example", "status.example.org", false);
        check("data:text/html,x", "status.example.org", false);
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; belfry=x; __Host-belfry=y"));
        headers.append(header::COOKIE, HeaderValue::from_static("belfry=z=="));
        assert_eq!(cookies(&headers, LOCAL_COOKIE).collect::<Vec<_>>(), ["x", "z=="]);
        assert_eq!(cookies(&headers, SECURE_COOKIE).collect::<Vec<_>>(), ["y"]);
    }
}
