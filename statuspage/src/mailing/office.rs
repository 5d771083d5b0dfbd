//! Everything that mail needs, opened together from the settings.
//!
//! It does not know what is told.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use bytes::Bytes;
use shared::Timestamp;
use tokio::sync::{mpsc, watch};

use super::{Postman, PostmanEnd, PostmanOptions, Story};
use crate::{
    mail::{
        KeyFault, MailSettings, RelayFault, Relays, Scribe,
        compose::{Desk, NoAddress},
    },
    site::Site,
    snapshot::Snapshot,
    subscriber::{Registry, RegistryError, RegistryHandle, RegistryOptions, Vault, Wanted},
};

/// Letters of subscriptions that may wait for the postman. When it is full, whoever asks is told to come again.
const LETTERS: usize = 256;

/// Why no mail can be sent.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// The relays.
    #[error(transparent)]
    Relays(#[from] RelayFault),
    /// The key that letters are signed with.
    #[error(transparent)]
    Key(#[from] KeyFault),
    /// The site's address.
    #[error(transparent)]
    Address(#[from] NoAddress),
    /// The book of subscribers.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

/// Subscribers, relays and the way letters are written.
pub struct Office {
    settings: MailSettings,
    registry: RegistryHandle,
    letters: mpsc::Receiver<Wanted>,
    relays: Arc<Relays>,
    scribe: Arc<Scribe>,
    desk: Desk,
}

impl std::fmt::Debug for Office {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Office").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Office {
    /// Opens the book of subscribers in the data directory, and reads keys and certificates; nothing is connected yet.
    ///
    /// # Errors
    ///
    /// One sentence for the operator.
    pub fn open(
        settings: &MailSettings,
        data: &Path,
        site: &Site,
        now: fn() -> Timestamp,
    ) -> Result<Self, OfficeError> {
        let (wanted, letters) = mpsc::channel(LETTERS);
        let desk = Desk::new(site, settings)?;
        let relays = Arc::new(Relays::new(settings)?);
        let scribe = Arc::new(Scribe::new(settings, site)?);
        let options = RegistryOptions { own_domains: own_domains(settings, site), now };
        let registry = Registry::start(Vault::at(data, &settings.key_file), options, wanted)?;
        Ok(Self { settings: settings.clone(), registry, letters, relays, scribe, desk })
    }

    /// The book of subscribers.
    pub fn registry(&self) -> RegistryHandle {
        self.registry.clone()
    }

    /// The postman, who goes on where those records say.
    pub fn postman(
        self,
        end: PostmanEnd,
        rounds: BTreeMap<Story, Bytes>,
        snapshots: watch::Receiver<Arc<Snapshot>>,
        now: fn() -> Timestamp,
    ) -> Postman {
        let Self { settings, registry, letters, relays, scribe, desk } = self;
        let rate = settings.rate;
        Postman::new(PostmanOptions { end, rounds, registry, letters, snapshots, relays, scribe, rate, now }, desk)
    }
}

/// Mail about an outage must not go through what may be out.
fn own_domains(settings: &MailSettings, site: &Site) -> Vec<String> {
    let page = site.public_url.as_ref().and_then(|url| url.host_str()).map(str::to_owned);
    let sender = settings.from.email.domain().to_ascii_lowercase();
    let mut domains: Vec<_> = page.into_iter().chain([sender]).chain(settings.bounce_domain.clone()).collect();
    domains.sort_unstable();
    domains.dedup();
    domains
}
