//! Who asks: the address at the other end, and behind proxies that are trusted, the one they name.
//!
//! It does not know what depends on it; nearly nothing does.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, Uri, header};
use ipnet::IpNet;
use url::Host;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Headers that only somebody adds who asks for another one.
const FORWARDING: [HeaderName; 5] = [
    header::FORWARDED,
    header::VIA,
    X_FORWARDED_FOR,
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-real-ip"),
];

/// The address at the other end of the connection; put into each request by the accept loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Peer(pub(super) IpAddr);

/// The addresses of one request and who is believed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin<'a> {
    pub(super) peer: Peer,
    pub(super) headers: &'a HeaderMap,
    pub(super) uri: &'a Uri,
    pub(super) trusted: &'a [IpNet],
}

impl Origin<'_> {
    /// Who really asks: the nearest address that is not a trusted proxy. Headers from anybody else are not believed.
    pub(super) fn client(&self) -> Option<IpAddr> {
        let mut client = self.peer.0.to_canonical();
        let mut chain = self.forwarded()?.into_iter().rev();
        while self.trusts(client) {
            let Some(next) = chain.next() else { break };
            client = next;
        }
        Some(client)
    }

    /// Whether somebody on this machine asks, by a name that means this machine. A proxy in front that is not in the settings
    /// must not make everybody local: forwarding headers from it, or a public name in `Host`, give it away.
    pub(super) fn is_local(&self) -> bool {
        let forwarded = FORWARDING.iter().any(|name| self.headers.contains_key(name));
        if forwarded && !self.trusts(self.peer.0.to_canonical()) {
            return false;
        }
        let named = self.trusts(self.peer.0.to_canonical()) && self.headers.contains_key(X_FORWARDED_FOR);
        self.client().is_some_and(|client| client.is_loopback()) && (named || self.asks_for_this_machine())
    }

    /// Whether a proxy of the settings passes it on.
    pub(super) fn is_through_a_trusted_proxy(&self) -> bool {
        self.trusts(self.peer.0.to_canonical())
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }

    /// The addresses of `X-Forwarded-For`, the client's own claim first; nothing when one of them is none.
    fn forwarded(&self) -> Option<Vec<IpAddr>> {
        let values = self.headers.get_all(X_FORWARDED_FOR).into_iter();
        let mut addresses = Vec::new();
        for value in values {
            for address in value.to_str().ok()?.split(',') {
                addresses.push(address.trim().parse::<IpAddr>().ok()?.to_canonical());
            }
        }
        Some(addresses)
    }

    fn asks_for_this_machine(&self) -> bool {
        let host = self.uri.host().or_else(|| self.headers.get(header::HOST)?.to_str().ok());
        let Some(authority) = host else { return false };
        // An authority of a URI is what remains of `Host` once a port is gone.
        let host = authority.parse::<http::uri::Authority>().map(|authority| authority.host().to_owned());
        match host.ok().and_then(|host| Host::parse(&host).ok()) {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_local(peer: &str, headers: &[(&str, &str)]) -> bool {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse::<HeaderName>().expect("a name"), value.parse().expect("a value")))
            .collect();
        let trusted = ["10.0.0.0/8".parse().expect("a network")];
        let peer = Peer(peer.parse().expect("an address"));
        Origin { peer, headers: &headers, uri: &Uri::from_static("/metrics"), trusted: &trusted }.is_local()
    }

    #[test]
    fn only_who_really_asks_from_this_machine_is_local() {
        let check = |peer: &str, headers: &[(&str, &str)], expected: bool| {
            assert_eq!(is_local(peer, headers), expected, "{peer} {headers:?}");
        };
        let here = ("host", "127.0.0.1:8080");
        check("127.0.0.1", &[here], true);
        check("::1", &[("host", "[::1]:8080")], true);
        check("::ffff:127.0.0.1", &[("host", "localhost")], true);
        check("192.0.2.1", &[here], false);
        check("127.0.0.1", &[("host", "status.example.org")], false);
        check("127.0.0.1", &[], false);
        check("127.0.0.1", &[here, ("x-forwarded-for", "192.0.2.1")], false);
        check("192.0.2.1", &[here, ("x-forwarded-for", "127.0.0.1")], false);
        check("10.1.1.1", &[here, ("x-forwarded-for", "192.0.2.1, 127.0.0.1")], true);
        check("10.1.1.1", &[here, ("x-forwarded-for", "127.0.0.1, 192.0.2.1, 10.2.2.2")], false);
        check("10.1.1.1", &[here, ("x-forwarded-for", "127.0.0.1, junk")], false);
        check("10.1.1.1", &[here], false);
        check("10.1.1.1", &[("host", "status.example.org"), ("x-forwarded-for", "127.0.0.1")], true);
    }
}
