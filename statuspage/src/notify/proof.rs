//! What proves that a channel works: when it last took a message, since when it fails, and whether anybody answers its drills. Pure.
//!
//! It does not know what is told because of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use shared::Timestamp;

use super::{Answers, ChannelName, Fault, FaultId, FaultKind};

/// A proof is written down again when it is so much newer than the one that is.
const FRESH: Duration = Duration::from_secs(600);
/// A channel fails when it took nothing for so long …
const FAILS_FOR: Duration = Duration::from_secs(120);
/// … and so often in a row.
const FAILS: u32 = 3;

/// What is known of a channel. Its form is stored: new fields get a default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// When it was first there.
    pub since: Timestamp,
    /// When it last took a message.
    #[serde(default)]
    pub proven_at: Option<Timestamp>,
    /// What it said of that message.
    #[serde(default)]
    pub receipt: Option<String>,
    /// What it has refused since.
    #[serde(default)]
    pub failing: Option<Failing>,
    /// Its drills.
    #[serde(default)]
    pub drill: DrillState,
}

/// A channel refuses what it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// Since when.
    pub since: Timestamp,
    /// How often in a row.
    pub times: u32,
    /// What it said last.
    pub error: String,
}

/// The drills of a channel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DrillState {
    /// When the last one went out.
    pub sent_at: Option<Timestamp>,
    /// When somebody last answered one.
    pub answered_at: Option<Timestamp>,
    /// When the first one went out that nobody has answered.
    pub unanswered_since: Option<Timestamp>,
}

/// What is known of all channels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proofs {
    channels: BTreeMap<ChannelName, Proof>,
    changed: BTreeSet<ChannelName>,
}

impl Proofs {
    /// Begins with what was kept; a channel that is new is there from now on, and what is known of others goes.
    pub fn new(
        channels: impl IntoIterator<Item = ChannelName>,
        mut kept: BTreeMap<ChannelName, Proof>,
        now: Timestamp,
    ) -> Self {
        let mut proofs = Self::default();
        for name in channels {
            let proof = kept.remove(&name).unwrap_or_else(|| {
                proofs.changed.insert(name.clone());
                Proof { since: now, proven_at: None, receipt: None, failing: None, drill: DrillState::default() }
            });
            proofs.channels.insert(name, proof);
        }
        proofs.changed.extend(kept.into_keys());
        proofs
    }

    /// What is known of each.
    pub fn channels(&self) -> &BTreeMap<ChannelName, Proof> {
        &self.channels
    }

    /// A channel took a message.
    pub fn delivered(&mut self, channel: &ChannelName, at: Timestamp, receipt: Option<&str>) {
        let Some(proof) = self.channels.get_mut(channel) else { return };
        let stale = proof.proven_at.is_none_or(|before| at.since(before) >= FRESH || at < before);
        if stale || proof.failing.is_some() {
            self.changed.insert(channel.clone());
        }
        proof.proven_at = Some(at);
        proof.receipt = receipt.map(str::to_owned);
        proof.failing = None;
    }

    /// A channel did not take a message.
    pub fn failed(&mut self, channel: &ChannelName, at: Timestamp, error: &str) {
        let Some(proof) = self.channels.get_mut(channel) else { return };
        let failing = proof.failing.get_or_insert_with(|| Failing { since: at, times: 0, error: String::new() });
        failing.times = failing.times.saturating_add(1);
        error.clone_into(&mut failing.error);
        self.changed.insert(channel.clone());
    }

    /// Channels whose last attempt failed: nobody waits for them.
    pub fn weak(&self) -> BTreeSet<ChannelName> {
        let weak = self.channels.iter().filter(|(_, proof)| proof.failing.is_some());
        weak.map(|(name, _)| name.clone()).collect()
    }

    /// A drill goes out.
    pub fn drilled(&mut self, channel: &ChannelName, at: Timestamp, answers: Answers) {
        let Some(proof) = self.channels.get_mut(channel) else { return };
        proof.drill.sent_at = Some(at);
        proof.drill.unanswered_since = match answers {
            Answers::Expected => proof.drill.unanswered_since.or(Some(at)),
            Answers::Impossible => None,
        };
        self.changed.insert(channel.clone());
    }

    /// Somebody answers the drill that went out then. False when there is nothing to answer.
    pub fn answered(&mut self, channel: &ChannelName, sent_at: Timestamp, at: Timestamp) -> bool {
        let Some(proof) = self.channels.get_mut(channel) else { return false };
        if proof.drill.unanswered_since.is_none_or(|since| sent_at < since) {
            return false;
        }
        proof.drill.unanswered_since = None;
        proof.drill.answered_at = Some(at);
        self.changed.insert(channel.clone());
        true
    }

    /// What is wrong with channels now, and since when: unproven for longer than `unproven`, drills unanswered for longer than
    /// `unanswered`.
    pub fn troubles(
        &self,
        now: Timestamp,
        unproven: Duration,
        unanswered: Duration,
    ) -> BTreeMap<FaultId, (Fault, Timestamp)> {
        let mut troubles = BTreeMap::new();
        for (name, proof) in &self.channels {
            let (channel, proven_at) = (name.to_string(), proof.proven_at);
            let fails = |failing: &&Failing| failing.times >= FAILS && now.since(failing.since) >= FAILS_FOR;
            let failing = proof.failing.as_ref().filter(fails).map(|failing| {
                let reason = failing.error.clone();
                (Fault::ChannelFailing { channel: channel.clone(), reason }, failing.since)
            });
            let since = proven_at.unwrap_or(proof.since);
            let unproven = (now.since(since) > unproven)
                .then(|| (Fault::ChannelUnproven { channel: channel.clone(), proven_at }, since));
            let silent = proof.drill.unanswered_since.filter(|since| now.since(*since) > unanswered);
            let silent = silent.map(|since| (Fault::DrillUnanswered { channel, since }, since));
            let found = [failing, unproven, silent].into_iter().flatten();
            troubles.extend(found.map(|(fault, since)| (fault.id(), (fault, since))));
        }
        troubles
    }

    /// The kinds of faults that [`Proofs::troubles`] finds.
    pub const TROUBLES: [FaultKind; 3] =
        [FaultKind::ChannelFailing, FaultKind::ChannelUnproven, FaultKind::DrillUnanswered];

    /// Takes back what the store remembers, where that is found out late only.
    pub fn recall(&mut self, earlier: BTreeMap<ChannelName, Proof>) {
        for (name, before) in earlier {
            let Some(proof) = self.channels.get_mut(&name) else { continue };
            let newest = proof.proven_at.max(before.proven_at);
            let drill = if proof.drill.sent_at >= before.drill.sent_at { proof.drill.clone() } else { before.drill };
            *proof = Proof { since: before.since, proven_at: newest, drill, ..proof.clone() };
        }
        self.mark_changed();
    }

    /// Everything is to be written again.
    pub fn mark_changed(&mut self) {
        self.changed.extend(self.channels.keys().cloned());
    }

    /// What is to be written; without a body, what is to be removed.
    pub fn take_changes(&mut self) -> Vec<(ChannelName, Option<Vec<u8>>)> {
        let body = |name: ChannelName| {
            let body = self.channels.get(&name).and_then(|proof| serde_json::to_vec(proof).ok());
            (name, body)
        };
        std::mem::take(&mut self.changed).into_iter().map(body).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: u64) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000).plus(Duration::from_secs(second))
    }

    const DAY: u64 = 86_400;

    fn troubles(proofs: &Proofs, second: u64) -> Vec<FaultKind> {
        let days = |days: u64| Duration::from_secs(days * DAY);
        proofs.troubles(at(second), days(8), days(14)).into_keys().map(|id| id.kind()).collect()
    }

    #[test]
    fn a_channel_is_proven_by_what_it_takes_and_fails_by_what_it_refuses() {
        let phone: ChannelName = "phone".parse().expect("a name");
        let mut proofs = Proofs::new([phone.clone()], BTreeMap::new(), at(0));
        assert_eq!(troubles(&proofs, 8 * DAY), []);
        assert_eq!(troubles(&proofs, 8 * DAY + 1), [FaultKind::ChannelUnproven]);
        for second in [10, 20] {
            proofs.failed(&phone, at(second), "no");
        }
        assert_eq!(proofs.weak(), [phone.clone()].into());
        assert_eq!(troubles(&proofs, 1_000), []);
        proofs.failed(&phone, at(30), "no");
        assert_eq!((troubles(&proofs, 129), troubles(&proofs, 130)), (vec![], vec![FaultKind::ChannelFailing]));
        proofs.delivered(&phone, at(140), Some("x"));
        assert_eq!((troubles(&proofs, 8 * DAY + 1), proofs.weak()), (vec![], BTreeSet::new()));
    }

    #[test]
    fn drills_that_nobody_answers_are_noticed_after_two_weeks() {
        let phone: ChannelName = "phone".parse().expect("a name");
        let mut proofs = Proofs::new([phone.clone()], BTreeMap::new(), at(0));
        for week in 0..3 {
            proofs.drilled(&phone, at(week * 7 * DAY), Answers::Expected);
            proofs.delivered(&phone, at(week * 7 * DAY), None);
        }
        assert_eq!(troubles(&proofs, 14 * DAY), []);
        assert_eq!(troubles(&proofs, 14 * DAY + 1), [FaultKind::DrillUnanswered]);
        assert!(proofs.answered(&phone, at(7 * DAY), at(15 * DAY)), "also an earlier one of them");
        assert!(!proofs.answered(&phone, at(14 * DAY), at(15 * DAY)), "twice");
        assert_eq!(troubles(&proofs, 15 * DAY), []);
        let kept: BTreeMap<_, _> = proofs
            .take_changes()
            .into_iter()
            .map(|(name, body)| (name, serde_json::from_slice(&body.expect("kept")).expect("JSON")))
            .collect();
        assert_eq!(Proofs::new([phone], kept, at(0)), proofs);
    }
}
