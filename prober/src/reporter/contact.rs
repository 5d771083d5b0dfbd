//! How the hub was last heard, for whoever shows it.
//!
//! It does not know who that is.

use shared::Timestamp;
use tokio::sync::watch;

use crate::probe::wall_clock;

/// How the hub was last heard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Contact {
    /// When it last acknowledged a report: what it names is on its disk.
    pub(crate) receipt: Option<Timestamp>,
    /// Why it does not take reports, since the last one that it took.
    pub(crate) error: Option<String>,
}

/// The end of it that is written.
#[derive(Debug)]
pub(super) struct Log(watch::Sender<Contact>);

impl Log {
    pub(super) fn new() -> (Self, watch::Receiver<Contact>) {
        let (sender, contact) = watch::channel(Contact::default());
        (Self(sender), contact)
    }

    /// It acknowledged a report.
    pub(super) fn receipt(&self) {
        self.0.send_replace(Contact { receipt: Some(wall_clock()), error: None });
    }

    /// It did not take one: it refused, or nobody answered who is a hub.
    pub(super) fn failure(&self, why: &str) {
        self.0.send_modify(|contact| contact.error = Some(why.to_owned()));
    }
}
