//! Who the operators are and how they prove it: accounts, tokens of programs, sessions of browsers, and a limit to guessing.
//!
//! It does not know HTTP, pages, nor what an operator may do.

mod account;
mod attempts;
mod network;
mod password;
mod session;
mod token;

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};

use jiff::tz::TimeZone;
use shared::Timestamp;
use tokio::{sync::Semaphore, time};

pub use account::{Account, Accounts, ApiToken, InvalidName, OperatorName};
pub use network::Neighbourhood;
pub use password::{PasswordHash, SHORTEST_PASSWORD, TooShort, UnusableHash};
pub use session::{ABSOLUTE, IDLE, Session};
pub use token::{ExpiryDate, InvalidExpiry, TokenHash, UnusableTokenHash};

use attempts::Attempts;
use session::Sessions;

/// Passwords that are verified at once: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;
/// How long somebody waits for a turn.
const TURN: Duration = Duration::from_secs(5);

/// Decides who is let in.
#[derive(Debug)]
pub struct Access {
    accounts: RwLock<Arc<Accounts>>,
    time_zone: TimeZone,
    sessions: Sessions,
    attempts: Mutex<Attempts>,
    turns: Semaphore,
}

/// Why nobody was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// The name or the password is wrong; which one, nobody is told.
    Wrong,
    /// There were too many attempts: so long to wait.
    Wait(Duration),
    /// Too many passwords are verified at this moment.
    Busy,
}

impl Denied {
    /// The word for it in the log.
    pub fn word(self) -> &'static str {
        match self {
            Self::Wrong => "wrong_password",
            Self::Wait(_) => "too_many_attempts",
            Self::Busy => "busy",
        }
    }
}

impl Access {
    /// Takes the accounts of the settings; the key of sessions lies in the data directory and is made where there is none.
    pub fn open(data: &Path, accounts: Accounts, time_zone: TimeZone, now: Timestamp) -> Self {
        let access = Self {
            sessions: Sessions::open(data, now),
            attempts: Mutex::new(Attempts::default()),
            turns: Semaphore::new(AT_ONCE),
            accounts: RwLock::default(),
            time_zone,
        };
        access.take(accounts, now);
        access
    }

    /// From now on these are the accounts. Sessions of an account that is gone, or has another password, are over.
    pub fn take(&self, accounts: Accounts, now: Timestamp) {
        for token in accounts.expired(&self.time_zone, now) {
            tracing::warn!(token = %token.name, "a token has expired and opens nothing any more: remove it or add another");
        }
        *self.accounts.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(accounts);
    }

    /// The accounts as they are at this moment.
    pub fn accounts(&self) -> Arc<Accounts> {
        Arc::clone(&self.accounts.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether anybody can sign in.
    pub fn has_accounts(&self) -> bool {
        !self.accounts().operators.is_empty()
    }

    /// Whether that is the name of somebody who can sign in.
    pub fn has_account(&self, name: &str) -> bool {
        self.accounts().operators.iter().any(|account| account.name.as_str() == name)
    }

    /// Verifies a password. An unknown name costs as much time as a wrong password.
    ///
    /// # Errors
    ///
    /// When the two do not belong together, or somebody guesses.
    pub async fn sign_in(&self, name: &str, password: &str, from: Neighbourhood) -> Result<Account, Denied> {
        let accounts = self.accounts();
        let account = accounts.operators.iter().find(|account| account.name.as_str() == name);
        self.attempts().begin(name, from, Instant::now()).map_err(Denied::Wait)?;
        let turn = time::timeout(TURN, self.turns.acquire()).await;
        let Some(_turn) = turn.ok().and_then(Result::ok) else { return Err(Denied::Busy) };
        let hash = account.map_or_else(|| decoy(&accounts), |account| account.password.clone());
        let password = password.to_owned();
        let verified = tokio::task::spawn_blocking(move || hash.is_of(&password)).await.unwrap_or(false);
        match account.filter(|_| verified) {
            Some(account) => {
                self.attempts().succeed(name, from);
                Ok(account.clone())
            }
            None => Err(Denied::Wrong),
        }
    }

    /// A session that begins now, as its cookie has it.
    pub fn begin(&self, account: &Account, now: Timestamp) -> String {
        self.sessions.begin(account, now)
    }

    /// The session of a cookie: genuine, neither over nor ended, of an account that is still there with the same password.
    pub fn session(&self, cookie: &str, now: Timestamp) -> Option<Session> {
        self.sessions.read(cookie, &self.accounts(), now)
    }

    /// The cookie for a session that goes on; nothing while the present one is good enough.
    pub fn renew(&self, session: &Session, now: Timestamp) -> Option<String> {
        let accounts = self.accounts();
        let account = accounts.operators.iter().find(|account| account.name == session.name)?;
        self.sessions.renew(session, account, now)
    }

    /// Ends a session for good, wherever its cookie was copied to.
    pub fn end(&self, session: &Session, now: Timestamp) {
        self.sessions.end(session, now);
    }

    /// What the forms of a session carry, so that no other page can send them.
    pub fn form_token(&self, session: &Session) -> String {
        self.sessions.form_token(session)
    }

    /// Whether a form is one of that session's.
    pub fn is_form_of(&self, session: &Session, token: &str) -> bool {
        self.sessions.is_form_of(session, token)
    }

    /// Whose token it is, where it has not expired.
    pub fn bearer(&self, token: &str, now: Timestamp) -> Option<OperatorName> {
        self.accounts().bearer(token, &self.time_zone, now).cloned()
    }

    fn attempts(&self) -> std::sync::MutexGuard<'_, Attempts> {
        // Nothing between locking and unlocking can panic; a poisoned count would still be a count.
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is computed for a name that nobody has: as dear as the others.
fn decoy(accounts: &Accounts) -> PasswordHash {
    accounts.operators.first().map_or_else(PasswordHash::decoy, |account| account.password.clone())
}

#[cfg(test)]
mod tests;
