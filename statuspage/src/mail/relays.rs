//! The relays, in their order: the first that works takes a letter; one that fails rests, longer each time.
//!
//! It does not know what letters say, nor when a refused or delayed one is tried again. Every step of a dialogue has a deadline.

mod dialogue;
mod reply;
mod station;

use std::{path::Path, time::Duration};

use lettre::{address::Envelope, transport::smtp::client::Certificate};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use tokio::time::Instant;

use super::{Delivery, MailSettings, Postponed, RelayUrl, Signed};
use station::{Attempt, Station};

/// How long each step of a dialogue may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// From the name of the relay to a session that may send.
    pub connect: Duration,
    /// One command.
    pub command: Duration,
    /// From the first byte of a letter to the answer behind its last. RFC 5321 (4.5.3.2.6) allows ten minutes there, because a relay may
    /// have taken what it has not answered yet; three, because news of an outage wait behind it.
    pub letter: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(20), command: Duration::from_secs(30), letter: Duration::from_secs(180) }
    }
}

/// All relays.
#[derive(Debug)]
pub struct Relays {
    stations: Vec<Station>,
    /// From us to us: what each is asked to take when it is to be proven that it takes anything.
    ours: Option<Envelope>,
}

/// What is known of a relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayState {
    /// Which one, without its password.
    pub relay: String,
    /// Failures since it last worked.
    pub failures: u32,
    /// Why it failed last; absent while it works.
    pub why: Option<String>,
    /// It is left alone for so long; nothing when it may be asked.
    pub rests: Duration,
    /// Letters that it took over since the start.
    pub accepted: u64,
    /// How long ago it last let us in and was ready for a letter; never since the start, when absent.
    pub worked: Option<Duration>,
}

/// Why there are no relays.
#[derive(Debug, thiserror::Error)]
pub enum RelayFault {
    /// The file of certificates cannot be used.
    #[error("the certificates of relays, {file}, cannot be used: {why}")]
    Certificates {
        /// Which file.
        file: String,
        /// Why.
        why: String,
    },
    /// A relay's name cannot be verified by TLS.
    #[error("the relay {relay} cannot be spoken to over TLS: {why}")]
    Tls {
        /// Which one.
        relay: String,
        /// Why.
        why: String,
    },
}

impl Relays {
    /// The relays of the settings; nothing is connected yet.
    ///
    /// # Errors
    ///
    /// If the certificates cannot be read.
    pub fn new(settings: &MailSettings) -> Result<Self, RelayFault> {
        Self::with(settings, Patience::default())
    }

    /// The same with other deadlines.
    ///
    /// # Errors
    ///
    /// If the certificates cannot be read.
    pub fn with(settings: &MailSettings, patience: Patience) -> Result<Self, RelayFault> {
        let reader = settings.reply_to.as_ref().unwrap_or(&settings.from);
        let ours = Envelope::new(Some(settings.from.email.clone()), vec![reader.email.clone()]);
        Ok(Self { ours: ours.ok(), ..Self::of(&settings.relays, settings.ca_file.as_deref(), patience)? })
    }

    /// These relays, trusted by the platform's certificates and those of a file.
    ///
    /// # Errors
    ///
    /// If the certificates cannot be read.
    pub fn of(relays: &[RelayUrl], ca_file: Option<&Path>, patience: Patience) -> Result<Self, RelayFault> {
        let roots = roots(ca_file)?;
        let station = |url| Station::new(url, &roots, patience);
        Ok(Self { stations: relays.iter().map(station).collect::<Result<_, _>>()?, ours: None })
    }

    /// Hands a letter over to the first relay that takes it.
    pub async fn send(&self, letter: &Signed) -> Delivery {
        let mut refused = None;
        let mut delayed: Option<(String, Duration, Postponed)> = None;
        for station in &self.stations {
            let (why, after, cause) = match station.send(letter).await {
                Attempt::Accepted(response) => return Delivery::Accepted { relay: station.name(), response },
                Attempt::Refused(refusal) if refusal.final_everywhere() => return refusal.delivery(),
                // Another relay may have other rules.
                Attempt::Refused(refusal) => {
                    refused.get_or_insert(refusal.delivery());
                    continue;
                }
                Attempt::Delayed { why, after, cause } => (why, after, cause),
            };
            delayed = Some(match delayed {
                Some((first, earlier, known)) => (first, after.min(earlier), cause.max(known)),
                None => (why, after, cause),
            });
        }
        match (delayed, refused) {
            (Some((why, after, cause)), None) => Delivery::Later { why, after, cause },
            // One of them was asked, at least.
            (Some((why, after, cause)), Some(_)) => Delivery::Later { why, after, cause: cause.max(Postponed::Relays) },
            (None, Some(refused)) => refused,
            (None, None) => {
                let (why, after) = ("there is no relay".to_owned(), Duration::from_secs(300));
                Delivery::Later { why, after, cause: Postponed::Relays }
            }
        }
    }

    /// What is known of each, in their order.
    pub fn state(&self) -> Vec<RelayState> {
        self.stations.iter().map(Station::state).collect()
    }

    /// How long all of them rest: until then no letter can leave. Nothing while one of them may be asked.
    pub fn rest(&self) -> Duration {
        self.stations.iter().map(Station::rests).min().unwrap_or_default()
    }

    /// When the next relay is to be proven to work: at once at the start, `every` after it last worked, and as soon as it has rested
    /// from a failure.
    pub fn proof_due(&self, every: Duration) -> Instant {
        self.stations.iter().map(|station| station.proof_due(every)).min().unwrap_or_else(|| Instant::now() + every)
    }

    /// Lets each relay of which that is due prove that it lets us in and would take a letter of ours; nothing is sent.
    pub async fn prove(&self, every: Duration) {
        for station in self.stations.iter().filter(|station| station.proof_due(every) <= Instant::now()) {
            station.prove(self.ours.as_ref()).await;
        }
    }

    /// Closes connections that nobody has used for a while. Sending does it too; this is for when nothing is sent.
    pub fn tidy(&self) {
        self.stations.iter().for_each(Station::tidy);
    }
}

/// The certificates of the settings' file.
fn roots(ca_file: Option<&Path>) -> Result<Vec<Certificate>, RelayFault> {
    let Some(path) = ca_file else { return Ok(Vec::new()) };
    let fault = |why: String| RelayFault::Certificates { file: path.display().to_string(), why };
    let pem = std::fs::read(path).map_err(|error| fault(error.to_string()))?;
    let read: Result<Vec<CertificateDer<'_>>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let read = read.map_err(|error| fault(error.to_string()))?;
    if read.is_empty() {
        return Err(fault("it holds no certificate in PEM".to_owned()));
    }
    let root = |der: &CertificateDer<'_>| Certificate::from_der(der.to_vec()).map_err(|error| fault(error.to_string()));
    read.iter().map(root).collect()
}

#[cfg(test)]
mod tests;
