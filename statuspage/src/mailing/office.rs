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

/// Mail about an outage must not go through what may be out, unless operators say that theirs is elsewhere.
fn own_domains(settings: &MailSettings, site: &Site) -> Vec<String> {
    if let Some(domains) = &settings.own_domains {
        return domains.clone();
    }
    let page = site.public_url.as_ref().and_then(|url| url.host_str()).map(str::to_owned);
    let sender = settings.from.email.domain().to_ascii_lowercase();
    let mut domains: Vec<_> = page.into_iter().chain([sender]).chain(settings.bounce_domain.clone()).collect();
    domains.sort_unstable();
    domains.dedup();
    domains
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use super::*;
    use crate::mail::{
        Dkim,
        sample::{settings, site},
    };

    /// Why mail with these settings cannot be sent; the directory is `…`.
    fn refused(change: impl FnOnce(&Path, &mut MailSettings)) -> String {
        let place = tempfile::tempdir().expect("a directory");
        let mut settings = MailSettings { key_file: place.path().join("subscribers.key"), ..settings() };
        change(place.path(), &mut settings);
        let data = place.path().join("data");
        fs::create_dir(&data).expect("made");
        let refused = Office::open(&settings, &data, &site(), crate::clock::now).expect_err("it cannot be used");
        refused.to_string().replace(&place.path().display().to_string(), "…")
    }

    /// With this as the key that letters are signed with.
    fn dkim(settings: &mut MailSettings, place: &Path, key: &str, mode: u32) {
        let key_file = place.join("dkim.pem");
        fs::write(&key_file, key).expect("written");
        fs::set_permissions(&key_file, fs::Permissions::from_mode(mode)).expect("set");
        settings.dkim = Some(Dkim { domain: "example.org".into(), selector: "belfry".into(), key_file });
    }

    #[test]
    fn a_key_or_certificate_that_cannot_be_used_is_named_with_the_way_out() {
        let curve = rcgen::KeyPair::generate().expect("a key on a curve").serialize_pem();
        let check = |expected: &str, change: fn(&Path, &mut MailSettings, &str)| {
            assert_eq!(refused(|place, settings| change(place, settings, &curve)), expected);
        };
        check(
            "the DKIM key …/dkim.pem cannot be read: No such file or directory (os error 2)",
            |place, settings, _| {
                dkim(settings, place, "", 0o600);
                fs::remove_file(place.join("dkim.pem")).expect("removed");
            },
        );
        check(
            "everybody on this machine can read the DKIM key …/dkim.pem: chmod 640 …/dkim.pem",
            |place, settings, key| {
                dkim(settings, place, key, 0o644);
            },
        );
        check(
            "the DKIM key …/dkim.pem is no private key in PEM: make one with `openssl genrsa -out …/dkim.pem 2048`",
            |place, settings, _| dkim(settings, place, "hello", 0o640),
        );
        check(
            "the DKIM key …/dkim.pem is neither RSA nor Ed25519, which is all that DKIM knows",
            |place, settings, key| dkim(settings, place, key, 0o600),
        );
        check(
            "the certificates of relays, …/ca.pem, cannot be used: it holds no certificate in PEM",
            |place, settings, _| {
                fs::write(place.join("ca.pem"), "hello").expect("written");
                settings.ca_file = Some(place.join("ca.pem"));
            },
        );
    }

    #[test]
    fn own_domains_are_those_of_the_page_the_sender_and_what_comes_back_unless_operators_say_which() {
        let own = |domains: Option<&[&str]>| {
            let own_domains = domains.map(|domains| domains.iter().map(|domain| (*domain).to_owned()).collect());
            own_domains_of(&MailSettings { own_domains, ..settings() })
        };
        assert_eq!(own(None), ["bounce.status.example.org", "status.example.org"]);
        assert_eq!(own(Some(&[])), [""; 0]);
        assert_eq!(own(Some(&["example.org"])), ["example.org"]);
    }

    fn own_domains_of(settings: &MailSettings) -> Vec<String> {
        own_domains(settings, &site())
    }
}
