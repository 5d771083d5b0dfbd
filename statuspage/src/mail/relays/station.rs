//! One relay: its idle sessions, and whether it rests after a failure.
//!
//! It does not know the other relays. No lock is held while something is awaited.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use lettre::{
    address::Envelope,
    transport::smtp::client::{Certificate, TlsParameters, TlsParametersBuilder},
};
use tokio::time::Instant;
use tracing::{info, warn};

use super::{
    Patience, RelayFault, RelayState,
    dialogue::{self, Exchange, Session},
    reply::{Refusal, Trouble},
};
use crate::mail::{Postponed, RelayUrl, Security, Signed};

/// Sessions that wait for the next letter; more are closed.
const IDLE: usize = 16;
/// Relays close what is idle after minutes; we do before.
const IDLE_FOR: Duration = Duration::from_secs(20);
/// The rest after a first failure; each further one doubles it.
const SHORTEST_REST: Duration = Duration::from_secs(5);
const LONGEST_REST: Duration = Duration::from_secs(300);

/// So many mailboxes one after the other may be refused before it is thought to be about us.
const CREDIBLE: u32 = 10;

/// What became of a letter at one relay.
pub(super) enum Attempt {
    Accepted(String),
    Refused(Refusal),
    Delayed { why: String, after: Duration, cause: Postponed },
}

/// One relay.
pub(super) struct Station {
    url: RelayUrl,
    tls: Option<TlsParameters>,
    patience: Patience,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    idle: Vec<(Session, Instant)>,
    failures: u32,
    why: Option<String>,
    until: Option<Instant>,
    accepted: u64,
    refused_in_a_row: u32,
    worked_at: Option<Instant>,
}

impl Station {
    pub(super) fn new(url: &RelayUrl, roots: &[Certificate], patience: Patience) -> Result<Self, RelayFault> {
        let fault =
            |error: lettre::transport::smtp::Error| RelayFault::Tls { relay: url.to_string(), why: error.to_string() };
        let tls = match url.security {
            Security::Plain => None,
            Security::Tls | Security::Required | Security::Opportunistic => {
                let builder = TlsParameters::builder(url.host.clone());
                let builder = roots.iter().cloned().fold(builder, TlsParametersBuilder::add_root_certificate);
                Some(builder.build_rustls().map_err(fault)?)
            }
        };
        Ok(Self { url: url.clone(), tls, patience, inner: Mutex::default() })
    }

    pub(super) fn name(&self) -> String {
        self.url.to_string()
    }

    /// For how long it is left alone; nothing when it may be asked.
    pub(super) fn rests(&self) -> Duration {
        self.inner().until.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()))
    }

    pub(super) fn state(&self) -> RelayState {
        let rests = self.rests();
        let inner = self.inner();
        RelayState {
            relay: self.name(),
            failures: inner.failures,
            why: inner.why.clone(),
            rests,
            accepted: inner.accepted,
            worked: inner.worked_at.map(|at| at.elapsed()),
        }
    }

    /// Hands a letter over, unless the relay rests.
    pub(super) async fn send(&self, letter: &Signed) -> Attempt {
        let RelayState { rests, why, .. } = self.state();
        if !rests.is_zero() {
            let why = self.of(&why.unwrap_or_default());
            return Attempt::Delayed { why, after: rests, cause: Postponed::Rest };
        }
        let Exchange { result, session, .. } = match self.idle() {
            Some(session) => match session.send(letter, self.patience).await {
                // A session that waited may have been closed meanwhile: that says nothing of the relay. A letter that was on its way
                // may have arrived, and is not sent again at once.
                Exchange { result: Err(Trouble::Relay(_)), handed_over: false, .. } => self.anew(letter).await,
                exchange => exchange,
            },
            None => self.anew(letter).await,
        };
        if let Some(session) = session {
            self.park(session);
        }
        match result {
            Ok(response) => {
                self.works();
                let mut inner = self.inner();
                (inner.accepted, inner.refused_in_a_row) = (inner.accepted + 1, 0);
                Attempt::Accepted(response)
            }
            Err(Trouble::Refusal(refusal)) => {
                self.works();
                Attempt::Refused(self.weighed(refusal))
            }
            Err(Trouble::Delay { why, after }) => {
                self.works();
                Attempt::Delayed { why: self.of(&why), after, cause: Postponed::Letter }
            }
            Err(Trouble::Relay(why)) => {
                Attempt::Delayed { after: self.fails(&why), why: self.of(&why), cause: Postponed::Relays }
            }
        }
    }

    /// A relay that refuses one mailbox after the other and takes none refuses us: its rules have changed, not all mailboxes. Were that
    /// counted against them, one wrong setting of the relay would silence every subscriber.
    fn weighed(&self, refusal: Refusal) -> Refusal {
        let mut inner = self.inner();
        inner.refused_in_a_row = inner.refused_in_a_row.saturating_add(1);
        if inner.refused_in_a_row > CREDIBLE { refusal.about_us() } else { refusal }
    }

    /// When it is to be proven that it works.
    pub(super) fn proof_due(&self, every: Duration) -> Instant {
        let inner = self.inner();
        let again = inner.worked_at.filter(|_| inner.failures == 0).map(|at| at + every);
        again.or(inner.until).unwrap_or_else(Instant::now)
    }

    /// Has a session of its own opened, and asks in it whether a letter of that envelope would be taken, without sending one. What it
    /// says of the mailbox is no matter of the relay; a rule against us is.
    pub(super) async fn prove(&self, ours: Option<&Envelope>) {
        let proof = match dialogue::open(&self.url, self.tls.as_ref(), self.patience).await {
            Ok(session) => session.ask(ours, self.patience).await,
            Err(trouble) => Err(trouble),
        };
        match proof {
            Ok(session) => {
                self.works();
                self.park(session);
            }
            Err(Trouble::Delay { .. }) => self.works(),
            Err(Trouble::Refusal(refusal)) if !refusal.is_policy() => self.works(),
            Err(Trouble::Refusal(refusal)) => drop(self.fails(&refusal.to_string())),
            Err(Trouble::Relay(why)) => drop(self.fails(&why)),
        }
    }

    pub(super) fn tidy(&self) {
        let now = Instant::now();
        let closed: Vec<_> =
            self.inner().idle.extract_if(.., |(_, since)| now.duration_since(*since) > IDLE_FOR).collect();
        drop(closed);
    }

    async fn anew(&self, letter: &Signed) -> Exchange {
        match dialogue::open(&self.url, self.tls.as_ref(), self.patience).await {
            Ok(session) => session.send(letter, self.patience).await,
            Err(trouble) => Exchange { result: Err(trouble), session: None, handed_over: false },
        }
    }

    fn idle(&self) -> Option<Session> {
        self.tidy();
        self.inner().idle.pop().map(|(session, _)| session)
    }

    fn park(&self, session: Session) {
        let mut inner = self.inner();
        if inner.idle.len() < IDLE {
            inner.idle.push((session, Instant::now()));
        }
    }

    fn works(&self) {
        let mut inner = self.inner();
        let failures = std::mem::take(&mut inner.failures);
        (inner.why, inner.until, inner.worked_at) = (None, None, Some(Instant::now()));
        drop(inner);
        if failures > 0 {
            info!(relay = %self.url, failures, "the mail relay {} works again", self.url);
        }
    }

    /// It rests from now on; letters that fail at the same time count once. How long it rests.
    fn fails(&self, why: &str) -> Duration {
        let now = Instant::now();
        let mut inner = self.inner();
        if let Some(until) = inner.until.filter(|until| *until > now) {
            return until.duration_since(now);
        }
        let rest = LONGEST_REST.min(SHORTEST_REST.saturating_mul(1 << inner.failures.min(16)));
        inner.failures = inner.failures.saturating_add(1);
        (inner.why, inner.until) = (Some(why.to_owned()), Some(now + rest));
        let (failures, closed) = (inner.failures, std::mem::take(&mut inner.idle));
        drop(inner);
        drop(closed);
        warn!(relay = %self.url, failures, rest_s = rest.as_secs(), "the mail relay {} fails: {why}", self.url);
        rest
    }

    fn of(&self, why: &str) -> String {
        format!("{}: {why}", self.url)
    }

    /// Nothing can be half done under this lock: what a panic left is used.
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Station {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Station").field("url", &self.url).finish_non_exhaustive()
    }
}
