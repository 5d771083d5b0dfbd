//! What passes between the hub, which writes everything down, and the postman, who carries letters.
//!
//! It does not know what either does with it.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use shared::Timestamp;
use tokio::sync::{mpsc, watch};

use super::{Notices, Story};
use crate::subscriber::{Closing, Counts};

/// Reports on their way to the hub. When it is full, the postman waits: what was not reported is told again after a crash, under the
/// same Message-ID.
const REPORTS: usize = 4;

/// How many of those who are to hear of a story have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// Letters of the newest notice that a relay took.
    pub accepted: u64,
    /// Those that are given up.
    pub refused: u64,
    /// Those that are tried again.
    pub waiting: u64,
    /// Those that leave later, so that nobody is flooded.
    pub held: u64,
    /// Subscribers who are still to be looked at.
    pub coming: u64,
}

impl Tally {
    /// How many are to hear of it in all.
    pub fn of(&self) -> u64 {
        self.accepted + self.refused + self.waiting + self.held + self.coming
    }
}

/// Why mail does not flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Letters that wait.
    pub waiting: u64,
    /// What the relays said last, without addresses.
    pub reason: String,
}

/// How mail does, as readers and operators see it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailView {
    /// How far each story has got.
    pub tallies: BTreeMap<Story, Tally>,
    /// How all of it does; absent while no mail is set up.
    pub flow: Option<Flow>,
    /// How many subscribers there are, where their book can be read.
    pub subscribers: Option<Counts>,
}

/// How the letters flow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flow {
    /// When a relay last took a letter.
    pub accepted_at: Option<Timestamp>,
    /// When a relay was last proven to work: it took a letter, or would have.
    pub proven_at: Option<Timestamp>,
    /// Since when the oldest letter waits that could have left.
    pub waiting_since: Option<Timestamp>,
    /// Letters that wait and could leave.
    pub waiting: u64,
    /// Letters that relays took since the start.
    pub accepted: u64,
    /// Letters that were given up since the start.
    pub refused: u64,
    /// Attempts since the start after which a letter was tried again.
    pub deferred: u64,
}

/// What the postman reports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The records of stories that got further; without a body, those that are over.
    pub rounds: Vec<(Story, Option<Bytes>)>,
    /// How far each story has got.
    pub tallies: BTreeMap<Story, Tally>,
    /// How all of it does.
    pub flow: Flow,
    /// Why mail does not flow, where it does not.
    pub trouble: Option<Trouble>,
    /// So many ask to subscribe that the form is closed.
    pub closing: Option<Closing>,
    /// How many subscribers there are, where their book can be read.
    pub subscribers: Option<Counts>,
}

/// The hub's end.
#[derive(Debug)]
pub struct HubEnd {
    pub(crate) notices: watch::Sender<Arc<Notices>>,
    pub(crate) reports: mpsc::Receiver<Report>,
}

/// The postman's end.
#[derive(Debug)]
pub struct PostmanEnd {
    pub(crate) notices: watch::Receiver<Arc<Notices>>,
    pub(crate) reports: mpsc::Sender<Report>,
}

/// Both ends.
pub fn post() -> (HubEnd, PostmanEnd) {
    let (notices, heard) = watch::channel(Arc::default());
    let (reporter, reports) = mpsc::channel(REPORTS);
    (HubEnd { notices, reports }, PostmanEnd { notices: heard, reports: reporter })
}
