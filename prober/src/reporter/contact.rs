//! How the hub was last heard, for whoever must act when it is not.
//!
//! It does not know who that is.

use std::time::Duration;

use shared::Timestamp;
use tokio::{sync::watch, time::Instant};

use crate::probe::wall_clock;

/// An instant by both clocks: the wall's, to be shown, and one that nobody sets, to be reckoned with. The latter stands still while the
/// machine sleeps, so that nobody was silent meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// By the wall's clock.
    pub at: Timestamp,
    instant: Instant,
}

impl Moment {
    /// The present.
    pub fn now() -> Self {
        Self { at: wall_clock(), instant: Instant::now() }
    }

    /// How long ago that is.
    pub fn elapsed(&self) -> Duration {
        self.instant.elapsed()
    }
}

/// How the hub was last heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Since when it is expected to be heard.
    pub since: Moment,
    /// When it last acknowledged a report: what it names is on its disk.
    pub receipt: Option<Moment>,
    /// When it last answered at all, be it that it refused. What answers and is no hub does not count.
    pub answer: Option<Moment>,
    /// Why it does not take reports, since the last one that it took.
    pub error: Option<String>,
}

impl Contact {
    /// It is expected to be heard from now on.
    pub(super) fn expected() -> Self {
        Self { since: Moment::now(), receipt: None, answer: None, error: None }
    }

    /// For how long it has not answered.
    pub fn silence(&self) -> Duration {
        self.answer.unwrap_or(self.since).elapsed()
    }
}

/// The end of it that is written.
#[derive(Debug)]
pub(super) struct Log(watch::Sender<Contact>);

impl Log {
    pub(super) fn new() -> (Self, watch::Receiver<Contact>) {
        let (sender, contact) = watch::channel(Contact::expected());
        (Self(sender), contact)
    }

    /// It acknowledged a report.
    pub(super) fn receipt(&self) {
        let now = Moment::now();
        self.0.send_modify(|contact| {
            (contact.receipt, contact.answer, contact.error) = (Some(now), Some(now), None);
        });
    }

    /// It refused one.
    pub(super) fn refusal(&self, why: &str) {
        self.0.send_modify(|contact| (contact.answer, contact.error) = (Some(Moment::now()), Some(why.to_owned())));
    }

    /// Nobody answered who is a hub.
    pub(super) fn silence(&self, why: &str) {
        self.0.send_modify(|contact| contact.error = Some(why.to_owned()));
    }
}
