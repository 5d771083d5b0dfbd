//! What is kept of an alarm: one record, in JSON, which grows by new fields with defaults.
//!
//! It does not know the rules by which it changes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use shared::{ComponentId, Timestamp};

use super::{ChannelName, Pace, PolicyName};
use crate::incident::Actor;

/// Of so many attempts each is kept; of more, the first and the newest.
const ATTEMPTS: usize = 200;
/// So many of the first stay.
const FIRST: usize = 50;

/// How far the telling of an alarm has got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// Since when.
    pub since: Timestamp,
    /// Whether somebody is to take it.
    pub pace: Pace,
    /// A channel that is not told, because it is what is wrong.
    #[serde(default)]
    pub except: Option<ChannelName>,
    /// The component under which other programs know it, for as long as it lasts.
    #[serde(default)]
    pub lead: Option<ComponentId>,
    /// How far each policy has got.
    #[serde(default)]
    pub ladders: BTreeMap<PolicyName, Ladder>,
    /// Who was told that it began, and when it was his turn.
    #[serde(default)]
    pub told: BTreeMap<ChannelName, Timestamp>,
    /// How often each was reminded.
    #[serde(default)]
    pub reminded: BTreeMap<ChannelName, u32>,
    /// Channels that took a message about it.
    #[serde(default)]
    pub delivered: BTreeSet<ChannelName>,
    /// Channels whose last attempt failed.
    #[serde(default)]
    pub failed: BTreeSet<ChannelName>,
    /// Who has taken it. Of an incident, its own record says that too.
    #[serde(default)]
    pub taken: Option<Taken>,
    /// When it was over.
    #[serde(default)]
    pub ended_at: Option<Timestamp>,
    /// What was tried, the oldest first.
    #[serde(default)]
    pub attempts: Vec<Attempt>,
}

/// How far a policy has got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ladder {
    /// How often all steps were gone through before.
    pub round: u32,
    /// The step that was told last, from 0 on.
    pub step: usize,
    /// When.
    pub at: Timestamp,
    /// When the next one is due; never, when absent.
    pub next_at: Option<Timestamp>,
    /// Everybody was told, because all steps had failed.
    #[serde(default)]
    pub resorted: bool,
}

/// That somebody has taken it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
}

/// An attempt to hand a message over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When its outcome was known.
    pub at: Timestamp,
    /// By which channel.
    pub channel: ChannelName,
    /// What was told: the word of documents.
    pub message: String,
    /// The channel's own id for it, where it gave one, or why it did not take it.
    pub outcome: Result<Option<String>, String>,
}

impl Alarm {
    pub(super) fn new(since: Timestamp, pace: Pace, except: Option<ChannelName>, lead: Option<ComponentId>) -> Self {
        Self {
            since,
            pace,
            except,
            lead,
            ladders: BTreeMap::new(),
            told: BTreeMap::new(),
            reminded: BTreeMap::new(),
            delivered: BTreeSet::new(),
            failed: BTreeSet::new(),
            taken: None,
            ended_at: None,
            attempts: Vec::new(),
        }
    }

    pub(super) fn note(&mut self, attempt: Attempt) {
        let channel = attempt.channel.clone();
        match &attempt.outcome {
            Ok(_) => {
                self.failed.remove(&channel);
                self.delivered.insert(channel);
            }
            Err(_) => {
                self.failed.insert(channel);
            }
        }
        self.attempts.push(attempt);
        if self.attempts.len() > ATTEMPTS {
            self.attempts.remove(FIRST);
        }
    }
}
