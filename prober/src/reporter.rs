//! The way from a location to the hub: results in a journal, reports signed and sent, receipts taken, and a dead-man switch that is
//! pinged while both go well.
//!
//! It does not know how a probe is made, nor what the hub concludes.

mod clerk;
mod clock;
mod contact;
mod enrolment;
mod hub;
mod identity;
mod link;
mod ping;
mod plan;
#[cfg(test)]
mod tests;
mod watch;

use std::{path::PathBuf, sync::Arc, time::Duration};

use shared::{LocationName, Observation};
use tokio::{
    sync::{mpsc, watch as channel},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    canary::Canaries,
    definition::DefinitionSet,
    journal::{Journal, JournalError, JournalOptions, UnreadJournal},
    network::{Network, NetworkError},
    supervisor::{Oversight, Pulse, Vitals, anew},
};

pub(crate) use contact::Contact;
pub use enrolment::EnrolmentError;
pub use hub::{HubAddress, InvalidHubAddress};
pub use identity::{Identity, IdentityError};

use clerk::Clerk;
use contact::Log;
use hub::HubClient;
use link::Link;
use ping::Ping;
use watch::Watch;

/// How a location reports.
#[derive(Debug, Clone)]
pub struct ReporterOptions {
    /// Where the hub is.
    pub hub: HubAddress,
    /// The location's name.
    pub location: LocationName,
    /// The code of an operator, the first time and for another key.
    pub code: Option<String>,
    /// The directory of key and journal.
    pub data: PathBuf,
    /// Certificates (PEM) to trust besides the platform's.
    pub ca_file: Option<PathBuf>,
    /// What is pinged each minute while probes run and the hub acknowledges.
    pub ping: Option<Url>,
    /// How much the journal keeps.
    pub journal: JournalOptions,
}

/// Why a location cannot begin to report: one sentence for the operator, with the way out.
#[derive(Debug, thiserror::Error)]
pub enum ReporterError {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The key.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The hub does not take the key.
    #[error(transparent)]
    Enrolment(#[from] EnrolmentError),
    /// The certificates to trust.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The HTTP client.
    #[error("cannot set up the way to the hub: {0}")]
    Client(String),
}

/// Ready to report; nothing is sent yet.
#[derive(Debug)]
pub struct Reporter {
    options: ReporterOptions,
    hub: HubClient,
    identity: Identity,
    journal: UnreadJournal,
    contact: (Log, channel::Receiver<Contact>),
    pulses: Pulses,
    vitals: Arc<Vitals>,
}

/// The signs of life of its parts.
#[derive(Debug)]
struct Pulses {
    clerk: Pulse,
    link: Pulse,
    ping: Pulse,
}

/// Results on their way to the journal. When it is full, the journal is stuck: it drops the oldest of what it holds in memory.
const SEAM: usize = 4_096;
/// What a last report may take when the process ends.
const LAST: Duration = Duration::from_secs(2);
/// The link may be silent for longer than other parts: it waits half a minute when the hub is away.
const LINK: Duration = Duration::from_secs(60);

impl Reporter {
    /// Takes the journal, which is read once the reporter runs, and enrols the location where it is not yet: then the hub must be
    /// there. Its parts are watched over with those that are watched already.
    ///
    /// # Errors
    ///
    /// One sentence for the operator.
    pub async fn open(options: ReporterOptions, oversight: &mut Oversight) -> Result<Self, ReporterError> {
        let mut journal = Journal::open(&options.data, options.journal)?;
        let roots = Network::roots(options.ca_file.as_deref())?;
        let hub = HubClient::new(options.hub.clone(), roots)?;
        let identity = enrolment::identity(&options, &hub, &mut journal).await?;
        let link = oversight.pulses.part("link", LINK);
        let pulses = Pulses { clerk: oversight.part("journal"), link, ping: oversight.part("ping") };
        let (contact, vitals) = (Log::new(), Arc::clone(&oversight.vitals));
        Ok(Self { options, hub, identity, journal, contact, pulses, vitals })
    }

    /// The seam: what the prober observes goes in here.
    pub fn seam() -> (mpsc::Sender<Observation>, mpsc::Receiver<Observation>) {
        mpsc::channel(SEAM)
    }

    /// How the hub was last heard; it changes with each report.
    pub(crate) fn contact(&self) -> channel::Receiver<Contact> {
        self.contact.1.clone()
    }

    /// Journals and reports what comes until `stop`; then keeps what is still in the seam, and reports once more. It also ends when
    /// one of its parts does that keeps something which the others need.
    pub async fn run(
        self,
        observations: mpsc::Receiver<Observation>,
        definitions: channel::Receiver<Arc<DefinitionSet>>,
        stop: CancellationToken,
    ) {
        let Self { options, hub, identity, journal, contact: (log, _), pulses, vitals } = self;
        let (clock, watch) = (Arc::default(), Arc::new(Watch::new(definitions, Canaries::On)));
        let around = clerk::Around { clock: Arc::clone(&clock), watch: Arc::clone(&watch), pulse: pulses.clerk };
        let (clerk, desk) = Clerk::new(journal, around);
        let (mut inside, mut outside, last) = (JoinSet::new(), JoinSet::new(), CancellationToken::new());
        inside.spawn(clerk.run(observations, stop.clone(), last.clone()));
        if let Some(url) = options.ping {
            let ping = Ping::new(url, &hub, Arc::clone(&watch), Arc::clone(&vitals), pulses.ping);
            let end = stop.clone();
            outside.spawn(anew("ping", vitals, stop.clone(), move || ping.clone().run(end.clone())));
        }
        let mut link = Link::new(identity, hub, desk, link::Around { clock, watch, log, pulse: pulses.link });
        tokio::select! {
            () = link.run(stop.clone()) => {}
            ended = inside.join_next() => {
                let fault = ended.and_then(Result::err);
                return tracing::error!(?fault, "nobody keeps the journal any more");
            }
        }
        if tokio::time::timeout(LAST, link.last_report()).await.is_err() {
            tracing::info!("the hub did not answer in the end: what it lacks is sent after the next start");
        }
        last.cancel();
        for mut tasks in [outside, inside] {
            while let Some(ended) = tasks.join_next().await {
                if let Err(fault) = ended {
                    tracing::error!(%fault, "a task of the reporter ended by a fault");
                }
            }
        }
    }
}
