//! Channels in our own API: what each is, and what proves that it works. Nothing of where it leads.
//!
//! It does not know how a channel is tried.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::Timestamp;

use super::schema::{ComponentIdText, Instant};
use crate::snapshot::ChannelView;

/// Every channel, in the order of names.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ChannelsAnswer {
    pub(crate) channels: Vec<ChannelAnswer>,
}

/// One channel.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ChannelAnswer {
    /// Its name in the settings.
    #[schemars(with = "ComponentIdText")]
    pub(crate) name: String,
    /// What it is: `email`, `free_mobile` …
    pub(crate) kind: String,
    /// When it last took a message; never, when absent.
    #[schemars(with = "Option<Instant>")]
    pub(crate) proven_at: Option<Timestamp>,
    /// What it said of that message.
    pub(crate) receipt: Option<String>,
    /// Since when it takes nothing; absent while it does.
    #[schemars(with = "Option<Instant>")]
    pub(crate) failing_since: Option<Timestamp>,
    /// What it said last.
    pub(crate) error: Option<String>,
    /// When its last drill went out.
    #[schemars(with = "Option<Instant>")]
    pub(crate) drilled_at: Option<Timestamp>,
    /// When the first drill went out that nobody has answered.
    #[schemars(with = "Option<Instant>")]
    pub(crate) unanswered_since: Option<Timestamp>,
}

/// What a channel made of a test.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct TestAnswer {
    /// Whether it took the message.
    pub(crate) taken: bool,
    /// Its own id for the message, where it gave one.
    pub(crate) receipt: Option<String>,
    /// Why it did not take it.
    pub(crate) error: Option<String>,
}

impl From<&ChannelView> for ChannelAnswer {
    fn from(channel: &ChannelView) -> Self {
        let (proof, failing) = (&channel.proof, channel.proof.failing.as_ref());
        Self {
            name: channel.name.to_string(),
            kind: channel.medium.word().to_owned(),
            proven_at: proof.proven_at,
            receipt: proof.receipt.clone(),
            failing_since: failing.map(|failing| failing.since),
            error: failing.map(|failing| failing.error.clone()),
            drilled_at: proof.drill.sent_at,
            unanswered_since: proof.drill.unanswered_since,
        }
    }
}
