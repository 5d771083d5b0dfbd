//! Which tokens open a heartbeat: as hashes, compared in constant time.
//!
//! It does not know who sends a token. Neither a token nor its hash is ever shown.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use prober::definition::{DefinitionSet, HeartbeatCheck};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// What stands for a token inside of the hub.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key([u8; 32]);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[key]")
    }
}

impl Key {
    fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// The key of a heartbeat.
    pub fn of_check(check: &HeartbeatCheck) -> Self {
        Self::of(check.token.reveal())
    }
}

/// The keys that there are, and the components and probes that each watches, by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys(BTreeMap<Key, BTreeSet<String>>);

impl Keys {
    /// The keys of all heartbeats of a set.
    pub fn of(set: &DefinitionSet) -> Self {
        let mut keys = BTreeMap::<_, BTreeSet<_>>::new();
        for (check, id) in set.probes().filter_map(|probe| Some((probe.check.heartbeat()?, &probe.id))) {
            keys.entry(Key::of_check(check)).or_default().extend([id.component.to_string(), id.name.to_string()]);
        }
        Self(keys)
    }

    /// Whether a token is the key of a component or a probe with that id.
    pub fn watches(&self, token: &str, id: &str) -> bool {
        self.find(token).and_then(|key| self.0.get(&key)).is_some_and(|ids| ids.contains(id))
    }

    /// The key that a token is, where there is such. Whatever is asked, all of them are looked at.
    pub fn find(&self, token: &str) -> Option<Key> {
        let asked = Key::of(token);
        let same = self.0.keys().fold(subtle::Choice::from(0), |found, key| found | key.0.ct_eq(&asked.0));
        bool::from(same).then_some(asked)
    }
}
