//! How often the same neighbourhood may ask what must not be tried out: a few questions at once, then one every few seconds.
//!
//! It does not know what is asked, and keeps no address longer than it has to wait.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// So many questions at once: a family behind one address, or somebody who mistypes.
const AT_ONCE: u32 = 12;
/// One more after each of these.
const EACH: Duration = Duration::from_secs(5);
/// So many neighbourhoods are told apart; when there are more, the newcomers wait until others have been forgotten.
const KNOWN: usize = 20_000;

/// The network that one household or one server commands: a /24 of IPv4, a /64 of IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Neighbourhood(IpAddr);

impl From<IpAddr> for Neighbourhood {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() & !0xff).into(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        })
    }
}

/// Lets a few through at a time.
#[derive(Debug, Default)]
pub(super) struct Turnstile {
    /// When everything that a neighbourhood has asked will have been paid for by waiting.
    paid: Mutex<HashMap<Neighbourhood, Instant>>,
}

impl Turnstile {
    /// Takes one question, or says how long to wait before the next one.
    pub(super) fn pass(&self, who: Neighbourhood, now: Instant) -> Result<(), Duration> {
        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        if paid.len() >= KNOWN {
            paid.retain(|_, until| *until > now);
        }
        if paid.len() >= KNOWN && !paid.contains_key(&who) {
            return Err(EACH);
        }
        let until = paid.get(&who).copied().unwrap_or(now).max(now);
        let wait = (until + EACH).saturating_duration_since(now + EACH * AT_ONCE);
        if !wait.is_zero() {
            return Err(wait);
        }
        paid.insert(who, until + EACH);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(address: &str) -> Neighbourhood {
        address.parse::<IpAddr>().expect("an address").into()
    }

    #[test]
    fn a_neighbourhood_asks_a_few_times_at_once_and_then_waits() {
        let (turnstile, now) = (Turnstile::default(), Instant::now());
        for _ in 0..AT_ONCE {
            assert_eq!(turnstile.pass(who("192.0.2.1"), now), Ok(()));
        }
        assert_eq!(turnstile.pass(who("192.0.2.200"), now), Err(EACH));
        assert_eq!(turnstile.pass(who("192.0.3.1"), now), Ok(()), "another one is not held up");
        assert_eq!(turnstile.pass(who("192.0.2.1"), now + EACH), Ok(()));
        assert!(turnstile.pass(who("192.0.2.1"), now + EACH).is_err());
    }

    #[test]
    fn neighbours_share_a_24_or_a_64() {
        let check = |one: &str, two: &str, same: bool| assert_eq!(who(one) == who(two), same, "{one} {two}");
        check("192.0.2.1", "192.0.2.255", true);
        check("192.0.2.1", "192.0.3.1", false);
        check("::ffff:192.0.2.1", "192.0.2.9", true);
        check("2001:db8::1", "2001:db8::ffff:0:0:1", true);
        check("2001:db8::1", "2001:db8:0:1::1", false);
    }

    #[test]
    fn a_crowd_of_addresses_fills_no_memory() {
        let (turnstile, now) = (Turnstile::default(), Instant::now());
        let crowd = (0..KNOWN as u32).map(|i| Neighbourhood::from(IpAddr::from(Ipv4Addr::from_bits(i << 8))));
        assert!(crowd.into_iter().all(|who| turnstile.pass(who, now).is_ok()));
        assert_eq!(turnstile.pass(who("2001:db8::1"), now), Err(EACH));
        assert_eq!(turnstile.pass(who("2001:db8::1"), now + EACH), Ok(()), "those who asked once are forgotten");
    }
}
