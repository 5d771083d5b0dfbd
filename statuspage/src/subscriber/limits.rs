//! How often anybody may have a mail sent that nobody asked for yet: by network, by mailbox, by domain, and by all together.
//!
//! It does not know who subscribes already, so that nothing can be learned of that from its answers. It lives in memory only.

use std::{
    collections::{HashMap, VecDeque, hash_map::RandomState},
    hash::{BuildHasher as _, Hash},
    net::IpAddr,
    time::Duration,
};

use shared::Timestamp;

use super::MailAddress;
use crate::access::Neighbourhood;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);
/// A /24 or a /64 asks so often.
const NETWORK: Rate = Rate { most: 5, within: Duration::from_secs(600) };
/// A mailbox is written to so often …
const MAILBOX: Rate = Rate { most: 3, within: DAY };
/// … and not twice in that time.
const MAILBOX_PAUSE: Rate = Rate { most: 1, within: Duration::from_secs(600) };
/// All mailboxes of a domain.
const DOMAIN: Rate = Rate { most: 20, within: HOUR };
/// Everybody. Then the form is closed, because somebody makes us his weapon.
const ALL: Rate = Rate { most: 60, within: HOUR };
/// So few letters within the hour end that: a form that opens for one letter a minute is still under attack.
const CALM: usize = ALL.most / 2;
/// Networks, mailboxes and domains that are remembered, of each at most so many; then the one that waited longest goes.
const REMEMBERED: usize = 4_096;

/// The counts of what was asked.
#[derive(Debug, Default)]
pub struct Limits {
    networks: Counts<Neighbourhood>,
    mailboxes: Counts<u64>,
    domains: Counts<u64>,
    all: VecDeque<Timestamp>,
    closing: Option<Closing>,
    /// Addresses are kept as hashes that no other process can compute.
    hasher: RandomState,
}

/// The form takes no more, for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// Since when.
    pub since: Timestamp,
    /// After so many letters within an hour.
    pub letters: u64,
}

/// What may be done with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    /// A letter may go out.
    Letter,
    /// It is answered as if one went out.
    Silence,
    /// Too many from that network.
    TooMany,
    /// Too many from everybody.
    Closed,
}

#[derive(Debug, Clone, Copy)]
struct Rate {
    most: usize,
    within: Duration,
}

impl Limits {
    /// Counts a request and says what it may lead to.
    pub fn ask(&mut self, network: IpAddr, address: &MailAddress, now: Timestamp) -> Allowance {
        let network = Neighbourhood::from(network);
        if !self.networks.allows(&network, NETWORK, now) {
            return Allowance::TooMany;
        }
        if self.is_closed(now) {
            return Allowance::Closed;
        }
        self.networks.count(network, NETWORK, now);
        let mailbox = self.hasher.hash_one(("mailbox", address.folded()));
        let domain = self.hasher.hash_one(("domain", address.domain()));
        let allowed = self.mailboxes.allows(&mailbox, MAILBOX, now)
            && self.mailboxes.allows(&mailbox, MAILBOX_PAUSE, now)
            && self.domains.allows(&domain, DOMAIN, now);
        if !allowed {
            return Allowance::Silence;
        }
        self.mailboxes.count(mailbox, MAILBOX, now);
        self.domains.count(domain, DOMAIN, now);
        count(&mut self.all, ALL, now);
        Allowance::Letter
    }

    /// Since when operators are to know that the form is closed. It lasts until the letters of an hour are few again, so that a form
    /// that opens and closes by the minute is one closing.
    pub fn closing(&mut self, now: Timestamp) -> Option<Closing> {
        let within = self.all.iter().filter(|at| counts(**at, ALL, now)).count();
        if self.is_closed(now) {
            let letters = ALL.most as u64;
            self.closing.get_or_insert(Closing { since: now, letters });
        } else if within <= CALM {
            self.closing = None;
        }
        self.closing
    }

    /// Whether nobody can subscribe at this time.
    pub fn is_closed(&self, now: Timestamp) -> bool {
        !allows(&self.all, ALL, now)
    }
}

/// The last instants of each of many.
#[derive(Debug)]
struct Counts<K>(HashMap<K, VecDeque<Timestamp>>);

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Copy + Eq + Hash> Counts<K> {
    fn allows(&self, key: &K, rate: Rate, now: Timestamp) -> bool {
        self.0.get(key).is_none_or(|instants| allows(instants, rate, now))
    }

    fn count(&mut self, key: K, rate: Rate, now: Timestamp) {
        if !self.0.contains_key(&key) && self.0.len() >= REMEMBERED {
            self.make_room(rate, now);
        }
        count(self.0.entry(key).or_default(), rate, now);
    }

    fn make_room(&mut self, rate: Rate, now: Timestamp) {
        self.0.retain(|_, instants| instants.back().is_some_and(|last| counts(*last, rate, now)));
        if self.0.len() >= REMEMBERED {
            let longest = self.0.iter().min_by_key(|(_, instants)| instants.back().copied()).map(|(key, _)| *key);
            longest.and_then(|key| self.0.remove(&key));
        }
    }
}

fn allows(instants: &VecDeque<Timestamp>, rate: Rate, now: Timestamp) -> bool {
    instants.iter().rev().take(rate.most).filter(|at| counts(**at, rate, now)).count() < rate.most
}

/// Whether what was at that instant is still held against anybody. A clock that was set back holds nothing for longer.
fn counts(at: Timestamp, rate: Rate, now: Timestamp) -> bool {
    now.since(at) < rate.within && at <= now.plus(MINUTE)
}

fn count(instants: &mut VecDeque<Timestamp>, rate: Rate, now: Timestamp) {
    instants.push_back(now);
    while instants.len() > rate.most {
        instants.pop_front();
    }
}

#[cfg(test)]
mod tests;
