//! Which addresses may be connected to, and from where.
//!
//! It does not resolve names and opens nothing: the connector asks it about the very address it is about to connect to.

use std::{
    collections::HashSet,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Whether definitions may name private addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PrivateTargets {
    /// They may: definitions are the operators' own.
    #[default]
    Allow,
    /// They may not: definitions come from many hands.
    Deny,
}

/// What an address is to a prober.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Anybody on the internet can reach it.
    Public,
    /// Only from here or from the networks around: private, shared, unique local, loopback.
    Private,
    /// Nothing to probe is there, or nothing that may be: link-local, metadata, unspecified, multicast, reserved.
    Forbidden,
}

/// Where an exchange has been so far: what was public does not lead to what is private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Trail {
    /// Only where the definition itself led, or to private addresses.
    #[default]
    Direct,
    /// A public address was part of it.
    Public,
}

/// Addresses at which clouds hand out credentials to whoever asks from inside, apart from 169.254.169.254, which is link-local.
const METADATA: [IpAddr; 6] = [
    // Alibaba Cloud, Oracle Cloud, Azure's wire server.
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    // AWS, Google Cloud, Scaleway.
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42)),
];

/// Judges an address; one that carries an IPv4 address inside is judged by that one.
pub(super) fn reach(address: IpAddr) -> Reach {
    if METADATA.contains(&address) {
        return Reach::Forbidden;
    }
    match address {
        IpAddr::V4(v4) => reach_v4(v4),
        IpAddr::V6(v6) => match embedded(v6) {
            Some(v4) => reach(IpAddr::V4(v4)),
            None => reach_v6(v6),
        },
    }
}

fn reach_v4(v4: Ipv4Addr) -> Reach {
    match v4.octets() {
        // This network, link-local, multicast and reserved with the limited broadcast (RFC 6890).
        [0, ..] | [169, 254, ..] | [224..=255, ..] => Reach::Forbidden,
        // Private use, shared by carriers, loopback, protocol assignments, benchmarking.
        [10 | 127, ..]
        | [172, 16..=31, ..]
        | [192, 168, ..]
        | [100, 64..=127, ..]
        | [192, 0, 0, _]
        | [198, 18..=19, ..] => Reach::Private,
        [..] => Reach::Public,
    }
}

fn reach_v6(v6: Ipv6Addr) -> Reach {
    match v6.segments() {
        // Unspecified; link-local fe80::/10; multicast ff00::/8; discard-only 100::/64.
        [0, 0, 0, 0, 0, 0, 0, 0] | [0xfe80..=0xfebf, ..] | [0xff00..=0xffff, ..] | [0x100, 0, 0, 0, ..] => {
            Reach::Forbidden
        }
        // Loopback; unique local fc00::/7; the deprecated site-local fec0::/10; local NAT64 64:ff9b:1::/48.
        [0, 0, 0, 0, 0, 0, 0, 1] | [0xfc00..=0xfdff, ..] | [0xfec0..=0xfeff, ..] | [0x64, 0xff9b, 1, ..] => {
            Reach::Private
        }
        [..] => Reach::Public,
    }
}

/// The IPv4 address that a translator would send the packet to.
fn embedded(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let join = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match v6.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        // IPv4-mapped and IPv4-compatible (RFC 4291), IPv4-translated (RFC 2765), NAT64 (RFC 6052).
        [0, 0, 0, 0, 0, 0xffff | 0, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(join(high, low)),
        // 6to4 (RFC 3056) has it in front; Teredo (RFC 4380) at the end, inverted.
        [0x2002, high, low, ..] => Some(join(high, low)),
        [0x2001, 0, _, _, _, _, high, low] => Some(join(!high, !low)),
        [..] => None,
    }
}

/// Whether `address` may be connected to by an exchange that has been along `trail`; the words say why not.
pub(super) fn permit(address: IpAddr, trail: Trail, private: PrivateTargets) -> Result<Trail, &'static str> {
    match (reach(address), trail, private) {
        (Reach::Forbidden, ..) => {
            Err("link-local, metadata, unspecified, multicast and reserved addresses are refused")
        }
        (Reach::Private, _, PrivateTargets::Deny) => Err("private addresses are refused by the settings"),
        (Reach::Private, Trail::Public, PrivateTargets::Allow) => Err("a public target leads to a private address"),
        (Reach::Private, Trail::Direct, PrivateTargets::Allow) => Ok(Trail::Direct),
        (Reach::Public, ..) => Ok(Trail::Public),
    }
}

/// Where an exchange is that begins at `address`.
pub(crate) fn beginning(address: IpAddr) -> Trail {
    match reach(address) {
        Reach::Public => Trail::Public,
        Reach::Private | Reach::Forbidden => Trail::Direct,
    }
}

/// Names that have led to a public address: from then on a private one is a trap (DNS rebinding), until a restart.
///
/// Each family by itself: a name with a public address in one and a private address in the other is an ordinary thing.
#[derive(Debug, Default)]
pub(super) struct PublicNames {
    v4: Mutex<HashSet<Box<str>>>,
    v6: Mutex<HashSet<Box<str>>>,
}

impl PublicNames {
    /// More names than that are not remembered.
    const LIMIT: usize = 20_000;

    /// Where an exchange is that `name` leads to `address`, by what the name led to before.
    pub(super) fn trail(&self, name: &str, address: IpAddr) -> Trail {
        if self.of_family(address).contains(name) { Trail::Public } else { Trail::Direct }
    }

    /// Notes that `name` led to `address`, a public one.
    pub(super) fn note(&self, name: &str, address: IpAddr) {
        let mut names = self.of_family(address);
        if names.len() < Self::LIMIT && !names.contains(name) {
            names.insert(name.into());
        }
    }

    fn of_family(&self, address: IpAddr) -> MutexGuard<'_, HashSet<Box<str>>> {
        let names = if address.is_ipv4() { &self.v4 } else { &self.v6 };
        names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use url::Host;

    use super::*;

    fn class(spelling: &str) -> Option<Reach> {
        let address = match Host::parse(spelling).ok()? {
            Host::Ipv4(address) => IpAddr::V4(address),
            Host::Ipv6(address) => IpAddr::V6(address),
            Host::Domain(_) => return None,
        };
        Some(reach(address))
    }

    #[test]
    fn an_address_is_known_in_every_spelling() {
        use Reach::{Forbidden, Private, Public};
        let table = [
            (Private, "127.0.0.1 127.1 127.0.1 2130706433 0x7f.1 0x7f000001 017700000001 0177.0.0.1 127.255.255.254"),
            (
                Private,
                "[::1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b::127.0.0.1] [2002:7f00:1::]",
            ),
            (Private, "[::ffff:0:127.0.0.1] [64:ff9b:1::1] [2001:0:0:0:0:0:80ff:fffe]"),
            (
                Private,
                "10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 198.18.0.1 192.0.0.1 0xc0a80101 3232235777",
            ),
            (Private, "[fc00::1] [fd12:3456::1] [fec0::1] [::ffff:10.0.0.1] [2002:a00:1::] [64:ff9b::a00:1]"),
            (
                Forbidden,
                "0.0.0.0 0 0x0 [::] 0.1.2.3 [::ffff:0.0.0.0] 255.255.255.255 240.0.0.1 224.0.0.1 239.255.255.250",
            ),
            (
                Forbidden,
                "169.254.169.254 169.254.1.1 2852039166 0xa9fea9fe 0251.0376.0251.0376 [::ffff:169.254.169.254]",
            ),
            (
                Forbidden,
                "[fe80::1] [febf::1] [ff02::1] [fd00:ec2::254] [fd20:ce::254] [100::1] 100.100.100.200 168.63.129.16",
            ),
            (Forbidden, "[64:ff9b::a9fe:a9fe] [2002:a9fe:a9fe::] 192.0.0.192 [::ffff:100.100.100.200]"),
            (Public, "8.8.8.8 1.1.1.1 172.32.0.1 100.128.0.1 203.0.113.1 192.0.2.1 169.253.1.1 128.0.0.1 134744072"),
            (
                Public,
                "[2001:4860:4860::8888] [2606:4700::1111] [::ffff:8.8.8.8] [64:ff9b::808:808] [2002:808:808::] [2001:db8::1]",
            ),
        ];
        for (expected, spellings) in table {
            for spelling in spellings.split(' ') {
                assert_eq!(class(spelling), Some(expected), "{spelling}");
            }
        }
        assert_eq!(class("[fe80::1%eth0]"), None, "a zone is no part of a URL");
    }

    #[test]
    fn what_was_public_does_not_lead_to_what_is_private() {
        use PrivateTargets::{Allow, Deny};
        let check = |address: &str, trail: Trail, private: PrivateTargets, expected: Option<Trail>| {
            let address = address.parse().expect("an address");
            assert_eq!(permit(address, trail, private).ok(), expected, "{address} {trail:?} {private:?}");
        };
        check("127.0.0.1", Trail::Direct, Allow, Some(Trail::Direct));
        check("192.168.0.1", Trail::Direct, Allow, Some(Trail::Direct));
        check("127.0.0.1", Trail::Direct, Deny, None);
        check("127.0.0.1", Trail::Public, Allow, None);
        check("192.168.0.1", Trail::Public, Allow, None);
        check("203.0.113.1", Trail::Direct, Deny, Some(Trail::Public));
        check("203.0.113.1", Trail::Public, Allow, Some(Trail::Public));
        check("169.254.169.254", Trail::Direct, Allow, None);
    }

    #[test]
    fn a_name_that_was_public_stays_public() {
        let names = PublicNames::default();
        let [v4, v6] = ["203.0.113.1", "2001:db8::1"].map(|text| text.parse().expect("an address"));
        assert_eq!(names.trail("a.test", v4), Trail::Direct);
        names.note("a.test", v4);
        assert_eq!((names.trail("a.test", v4), names.trail("b.test", v4)), (Trail::Public, Trail::Direct));
        assert_eq!(names.trail("a.test", v6), Trail::Direct);
    }
}
