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
