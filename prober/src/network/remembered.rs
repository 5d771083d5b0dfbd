//! Remembers which chains passed full validation for a name, so that an identical one is not validated again.
//!
//! Validation of a chain that does not change is half the cost of a probe. What is skipped is only that: the name, roots and dates
//! were checked for exactly these bytes, and the proof that the server holds the key is checked in every handshake. It does not
//! know why a chain was refused.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use shared::Timestamp;

/// Hosts remembered at most; one of them makes room for another.
const HOSTS: usize = 10_000;
/// Chains remembered for one host: behind one name may stand several machines.
const CHAINS: usize = 4;
/// A longer chain is validated each time.
const MAX_CHAIN_BYTES: usize = 32 * 1024;

/// One chain that passed.
#[derive(Clone)]
struct Passed {
    chain: Arc<[CertificateDer<'static>]>,
    /// From when it passed: a clock that goes back before that is another clock.
    validated_at: u64,
    /// The earliest end in it, in seconds since 1970.
    expires: u64,
}

/// The chains that passed full validation, by the name they passed for.
#[derive(Default)]
pub(super) struct Remembered(RwLock<HashMap<ServerName<'static>, Vec<Passed>>>);

impl fmt::Debug for Remembered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Remembered")
    }
}

impl Remembered {
    /// Whether exactly these bytes passed for `name` and all of them are still valid.
    pub(super) fn passed<'a>(
        &self,
        name: &ServerName<'_>,
        chain: impl Iterator<Item = &'a CertificateDer<'a>>,
        now: UnixTime,
    ) -> bool {
        let now = now.as_secs();
        self.find(name, chain).is_some_and(|passed| (passed.validated_at..passed.expires).contains(&now))
    }

    /// The earliest end in a remembered chain, so that it need not be parsed again.
    pub(super) fn expiry<'a>(
        &self,
        name: &ServerName<'_>,
        chain: impl Iterator<Item = &'a CertificateDer<'a>>,
    ) -> Option<Timestamp> {
        let expires = self.find(name, chain)?.expires;
        Some(Timestamp::from_millis(i64::try_from(expires).unwrap_or(i64::MAX).saturating_mul(1_000)))
    }

    fn find<'a>(&self, name: &ServerName<'_>, chain: impl Iterator<Item = &'a CertificateDer<'a>>) -> Option<Passed> {
        let hosts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let chains = hosts.get(name)?;
        let chain: Vec<&CertificateDer<'_>> = chain.collect();
        let same = |passed: &&Passed| {
            passed.chain.len() == chain.len() && passed.chain.iter().zip(&chain).all(|(ours, theirs)| ours == *theirs)
        };
        chains.iter().find(same).cloned()
    }

    /// Remembers a chain that has just passed full validation; `expires` is the earliest end in it.
    pub(super) fn remember(
        &self,
        name: &ServerName<'_>,
        chain: Vec<CertificateDer<'static>>,
        now: UnixTime,
        expires: Timestamp,
    ) {
        if chain.iter().map(|certificate| certificate.len()).sum::<usize>() > MAX_CHAIN_BYTES {
            return;
        }
        let expires = u64::try_from(expires.as_millis() / 1_000).unwrap_or_default();
        let passed = Passed { chain: chain.into(), validated_at: now.as_secs(), expires };
        let mut hosts = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= HOSTS && !hosts.contains_key(name) {
            let some_other = hosts.keys().next().cloned();
            some_other.map(|other| hosts.remove(&other));
        }
        let chains = hosts.entry(name.to_owned()).or_default();
        chains.retain(|known| known.chain != passed.chain);
        if chains.len() >= CHAINS {
            chains.remove(0);
        }
        chains.push(passed);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn chain(bytes: &[&'static [u8]]) -> Vec<CertificateDer<'static>> {
        bytes.iter().map(|&bytes| CertificateDer::from(bytes)).collect()
    }

    fn at(seconds: u64) -> UnixTime {
        UnixTime::since_unix_epoch(Duration::from_secs(seconds))
    }

    fn name(host: &'static str) -> ServerName<'static> {
        ServerName::try_from(host).expect("a name")
    }

    /// Remembers the chain "leaf", "above" for `a.test`, validated at 100 and valid until 200.
    fn remembered() -> Remembered {
        let remembered = Remembered::default();
        let expires = Timestamp::from_millis(200_000);
        remembered.remember(&name("a.test"), chain(&[b"leaf", b"above"]), at(100), expires);
        remembered
    }

    #[test]
    fn only_the_very_same_chain_for_the_very_same_name_is_taken_as_valid() {
        let remembered = remembered();
        let check = |host: &'static str, bytes: &[&'static [u8]], expected: bool| {
            assert_eq!(remembered.passed(&name(host), chain(bytes).iter(), at(150)), expected, "{host} {bytes:?}");
        };
        check("a.test", &[b"leaf", b"above"], true);
        check("b.test", &[b"leaf", b"above"], false);
        check("a.test", &[b"leaf", b"abovf"], false);
        check("a.test", &[b"leaf"], false);
        check("a.test", &[b"above", b"leaf"], false);
        check("a.test", &[b"leaf", b"above", b""], false);
        check("a.test", &[b"leafabove"], false);
        check("a.test", &[b"lea", b"fabove"], false);
        check("a.test", &[], false);
    }

    #[test]
    fn an_expired_chain_or_a_clock_that_went_back_is_validated_in_full() {
        let remembered = remembered();
        let passed = |seconds| remembered.passed(&name("a.test"), chain(&[b"leaf", b"above"]).iter(), at(seconds));
        assert_eq!([99, 100, 199, 200, 201].map(passed), [false, true, true, false, false]);
    }

    #[test]
    fn memory_is_bounded_by_hosts_chains_and_length() {
        let remembered = remembered();
        let until = Timestamp::from_millis(200_000);
        let leaves = [[0_u8], [1], [2], [3], [4]].map(|leaf| vec![CertificateDer::from(leaf.to_vec())]);
        leaves.iter().for_each(|leaf| remembered.remember(&name("a.test"), leaf.clone(), at(100), until));
        let kept = leaves.map(|leaf| remembered.passed(&name("a.test"), leaf.iter(), at(150)));
        assert_eq!(kept, [false, true, true, true, true]);
        let long = vec![CertificateDer::from(vec![0; MAX_CHAIN_BYTES + 1])];
        remembered.remember(&name("long.test"), long.clone(), at(100), until);
        assert!(!remembered.passed(&name("long.test"), long.iter(), at(150)));
    }
}
