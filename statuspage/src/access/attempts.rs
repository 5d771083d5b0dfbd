//! How often somebody may guess: a sliding window for each account and for each network.
//!
//! It does not know passwords nor the clock. An attempt counts when it begins, so that a hundred at once are a hundred.

use std::{
    collections::{HashMap, VecDeque, hash_map::RandomState},
    hash::BuildHasher as _,
    time::{Duration, Instant},
};

use super::Neighbourhood;

/// Attempts are remembered for so long.
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// So many in it for one network.
const FOR_NETWORK: usize = 10;
/// So many in it for one account, whoever tries.
const FOR_ACCOUNT: usize = 20;
/// Networks and accounts that are remembered, of each at most so many; then the one that waited longest goes.
const REMEMBERED: usize = 4_096;
/// Networks from which an account was opened lately: guessing elsewhere does not lock its owner out.
const FAMILIAR: usize = 8;

/// The counts. Names are kept as keyed hashes of one size, whatever somebody types.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    networks: Window<Neighbourhood>,
    accounts: Window<u64>,
    familiar: VecDeque<(u64, Neighbourhood)>,
    hasher: RandomState,
}

impl Attempts {
    /// Counts an attempt, or says how long to wait.
    pub(super) fn begin(&mut self, name: &str, from: Neighbourhood, now: Instant) -> Result<(), Duration> {
        let account = self.key(name);
        let wait = self.networks.wait(&from, FOR_NETWORK, now);
        let of_account = self.accounts.wait(&account, FOR_ACCOUNT, now);
        let of_account = of_account.filter(|_| !self.familiar.contains(&(account, from)));
        if let Some(wait) = wait.max(of_account) {
            return Err(wait);
        }
        self.networks.count(from, FOR_NETWORK, now);
        self.accounts.count(account, FOR_ACCOUNT, now);
        Ok(())
    }

    /// The attempt was none: who has the password does not guess.
    pub(super) fn succeed(&mut self, name: &str, from: Neighbourhood) {
        let account = self.key(name);
        self.networks.forget_last(&from);
        self.accounts.forget_last(&account);
        self.familiar.retain(|known| *known != (account, from));
        self.familiar.push_front((account, from));
        let mut of_account = 0;
        self.familiar.retain(|(known, _)| {
            of_account += usize::from(*known == account);
            *known != account || of_account <= FAMILIAR
        });
        self.familiar.truncate(REMEMBERED);
    }

    fn key(&self, name: &str) -> u64 {
        self.hasher.hash_one(name)
    }
}

/// The attempts of each of many in the last [`WINDOW`].
#[derive(Debug)]
struct Window<K>(HashMap<K, VecDeque<Instant>>);

impl<K> Default for Window<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Copy + Eq + std::hash::Hash> Window<K> {
    /// How long until one more is allowed; nothing when it is.
    fn wait(&self, key: &K, most: usize, now: Instant) -> Option<Duration> {
        let attempts = self.0.get(key).filter(|attempts| attempts.len() >= most)?;
        let oldest = attempts.get(attempts.len() - most)?;
        Some((*oldest + WINDOW).saturating_duration_since(now)).filter(|wait| !wait.is_zero())
    }

    fn count(&mut self, key: K, most: usize, now: Instant) {
        if !self.0.contains_key(&key) && self.0.len() >= REMEMBERED {
            self.make_room(now);
        }
        let attempts = self.0.entry(key).or_default();
        attempts.push_back(now);
        while attempts.len() > most {
            attempts.pop_front();
        }
    }

    fn make_room(&mut self, now: Instant) {
        self.0.retain(|_, attempts| attempts.back().is_some_and(|last| now.duration_since(*last) < WINDOW));
        if self.0.len() >= REMEMBERED {
            let longest = self.0.iter().min_by_key(|(_, attempts)| attempts.back().copied()).map(|(key, _)| *key);
            longest.and_then(|key| self.0.remove(&key));
        }
    }

    fn forget_last(&mut self, key: &K) {
        if let Some(attempts) = self.0.get_mut(key) {
            attempts.pop_back();
            if attempts.is_empty() {
                self.0.remove(key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn from(text: &str) -> Neighbourhood {
        text.parse::<IpAddr>().expect("an address").into()
    }

    fn numbered(number: u32) -> Neighbourhood {
        Neighbourhood::V4(number)
    }

    #[test]
    fn a_network_that_guesses_waits_until_its_oldest_attempt_is_forgotten() {
        let (mut attempts, start) = (Attempts::default(), Instant::now());
        for second in 0..FOR_NETWORK as u64 {
            let name = format!("name-{second}");
            assert_eq!(attempts.begin(&name, from("192.0.2.1"), start + Duration::from_secs(second)), Ok(()));
        }
        let now = start + Duration::from_secs(60);
        assert_eq!(attempts.begin("amel", from("192.0.2.9"), now), Err(WINDOW - Duration::from_secs(60)));
        assert_eq!(attempts.begin("amel", from("198.51.100.1"), now), Ok(()), "another network is another matter");
        assert_eq!(attempts.begin("amel", from("192.0.2.9"), start + WINDOW), Ok(()));
    }

    #[test]
    fn an_account_that_many_networks_guess_at_stays_open_to_its_owner() {
        let (mut attempts, now) = (Attempts::default(), Instant::now());
        let home = from("2001:db8::1");
        assert_eq!(attempts.begin("amel", home, now), Ok(()));
        attempts.succeed("amel", home);
        for number in 0..FOR_ACCOUNT as u32 {
            assert_eq!(attempts.begin("amel", numbered(number), now), Ok(()));
        }
        assert_eq!(attempts.begin("amel", numbered(999), now), Err(WINDOW));
        assert_eq!(attempts.begin("amel", home, now), Ok(()));
    }

    #[test]
    fn right_passwords_are_no_guesses() {
        let (mut attempts, now) = (Attempts::default(), Instant::now());
        for _ in 0..100 {
            assert_eq!(attempts.begin("amel", from("192.0.2.1"), now), Ok(()));
            attempts.succeed("amel", from("192.0.2.1"));
        }
    }

    #[test]
    fn memory_is_bounded_whatever_somebody_types() {
        let (mut attempts, now) = (Attempts::default(), Instant::now());
        for number in 0..REMEMBERED as u32 + 100 {
            let _ = attempts.begin(&format!("{number}"), numbered(number), now + Duration::from_millis(number.into()));
            attempts.succeed(&format!("{number}"), numbered(number));
            let _ = attempts.begin(&format!("{number}"), numbered(number), now + Duration::from_millis(number.into()));
        }
        assert!(attempts.networks.0.len() <= REMEMBERED && attempts.accounts.0.len() <= REMEMBERED);
        assert!(attempts.familiar.len() <= REMEMBERED);
    }
}
