//! Sessions of browsers: a cookie that says whose it is and since when, under a MAC that nobody else can make.
//!
//! It does not know HTTP. The key lies in the data directory, so that sessions outlive a restart; the MAC also covers the hash of
//! the password, so that another password ends them. A session that was signed out of is remembered until it would be over.

use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aws_lc_rs::{hmac, rand};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use shared::Timestamp;

use super::{Account, Accounts, OperatorName};
use crate::draft::Draft;

/// A session is over after that long, whatever happens.
pub const ABSOLUTE: Duration = Duration::from_secs(12 * 3_600);
/// A session that nobody uses is over after that long.
pub const IDLE: Duration = Duration::from_secs(2 * 3_600);
/// A cookie says when it was last used as exactly as that.
const FRESH: Duration = Duration::from_secs(60);
/// How far the clock may have been set back since.
const SKEW: Duration = Duration::from_secs(300);
const KEY: usize = 32;
const ID: usize = 16;
/// Ends of sessions that are remembered, those that would be over first go first; whoever makes more of them has a password.
const REMEMBERED: usize = 10_000;
/// What a MAC is for is part of it.
const FORM: &str = "belfry form";
const COOKIE: &str = "belfry session";

/// A session, read from a cookie that is genuine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub name: OperatorName,
    id: String,
    began_at: Timestamp,
    used_at: Timestamp,
}

/// Makes and recognises sessions.
pub(super) struct Sessions {
    key: hmac::Key,
    ended: Mutex<Ended>,
}

/// The sessions that were signed out of, with the instant after which they are over anyway.
struct Ended {
    ids: BTreeMap<String, Timestamp>,
    file: PathBuf,
}

impl Sessions {
    pub(super) fn open(data: &Path, now: Timestamp) -> Self {
        let file = data.join("operators.ended");
        let ids = fs::read_to_string(&file).unwrap_or_default();
        let line = |line: &str| Some((line.split_once(' ')?.1.to_owned(), line.split_once(' ')?.0.parse().ok()?));
        let ids = ids.lines().filter_map(line).filter(|(_, until): &(_, Timestamp)| *until > now).collect();
        let key = key(&data.join("operators.key")).unwrap_or_else(|error| {
            tracing::warn!(%error, "cannot keep the key of operators' sessions: they end with this process");
            random()
        });
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, &key), ended: Mutex::new(Ended { ids, file }) }
    }

    pub(super) fn begin(&self, account: &Account, now: Timestamp) -> String {
        let id = URL_SAFE_NO_PAD.encode(random::<ID>());
        self.cookie(&Session { name: account.name.clone(), id, began_at: now, used_at: now }, account)
    }

    pub(super) fn renew(&self, session: &Session, account: &Account, now: Timestamp) -> Option<String> {
        let renewed = Session { used_at: now.max(session.used_at), ..session.clone() };
        (now.since(session.used_at) >= FRESH).then(|| self.cookie(&renewed, account))
    }

    fn cookie(&self, session: &Session, account: &Account) -> String {
        let Session { name, id, began_at, used_at } = session;
        let said = format!("{} {} {id} {name}", began_at.as_millis(), used_at.as_millis());
        let mac = hmac::sign(&self.key, &signed(&said, account));
        format!("{}.{}", URL_SAFE_NO_PAD.encode(said), URL_SAFE_NO_PAD.encode(mac))
    }

    pub(super) fn read(&self, cookie: &str, accounts: &Accounts, now: Timestamp) -> Option<Session> {
        let (said, mac) = cookie.split_once('.')?;
        let (said, mac) = (URL_SAFE_NO_PAD.decode(said).ok()?, URL_SAFE_NO_PAD.decode(mac).ok()?);
        let said = String::from_utf8(said).ok()?;
        let session = parse(&said)?;
        let account = accounts.operators.iter().find(|account| account.name == session.name)?;
        hmac::verify(&self.key, &signed(&said, account), &mac).ok()?;
        let lasts = now < session.began_at.plus(ABSOLUTE) && now < session.used_at.plus(IDLE);
        let sound = session.used_at <= now.plus(SKEW);
        (lasts && sound && !self.ended().ids.contains_key(&session.id)).then_some(session)
    }

    pub(super) fn end(&self, session: &Session, now: Timestamp) {
        let mut ended = self.ended();
        ended.ids.retain(|_, until| *until > now);
        while ended.ids.len() >= REMEMBERED {
            let soonest = ended.ids.iter().min_by_key(|(_, until)| **until).map(|(id, _)| id.clone());
            soonest.and_then(|id| ended.ids.remove(&id));
        }
        ended.ids.insert(session.id.clone(), session.began_at.plus(ABSOLUTE));
        if let Err(error) = ended.write() {
            tracing::warn!(%error, "cannot write down that a session has ended: after a restart its cookie would count again");
        }
    }

    pub(super) fn form_token(&self, session: &Session) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, form(session).as_bytes()))
    }

    pub(super) fn is_form_of(&self, session: &Session, token: &str) -> bool {
        let mac = URL_SAFE_NO_PAD.decode(token).unwrap_or_default();
        hmac::verify(&self.key, form(session).as_bytes(), &mac).is_ok()
    }

    fn ended(&self) -> MutexGuard<'_, Ended> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ended {
    fn write(&self) -> io::Result<()> {
        let lines: String = self.ids.iter().map(|(id, until)| format!("{until} {id}\n")).collect();
        put(&self.file, lines.as_bytes())
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions")
    }
}

fn parse(said: &str) -> Option<Session> {
    let mut parts = said.splitn(4, ' ');
    let mut time = || Some(Timestamp::from_millis(parts.next()?.parse().ok()?));
    let (began_at, used_at) = (time()?, time()?);
    let (id, name) = (parts.next()?.to_owned(), parts.next()?.parse().ok()?);
    Some(Session { name, id, began_at, used_at })
}

fn signed(said: &str, account: &Account) -> Vec<u8> {
    // A hash of a password holds no line break, nor does what is said.
    [COOKIE, said, &account.password.as_text()].join("\n").into_bytes()
}

fn form(session: &Session) -> String {
    format!("{FORM}\n{}", session.id)
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the system has randomness");
    bytes
}

/// The key of a data directory; one that somebody else could read is not believed any more.
fn key(file: &Path) -> io::Result<[u8; KEY]> {
    match fs::metadata(file) {
        Ok(found) if found.permissions().mode() & 0o077 != 0 => {
            tracing::warn!(file = %file.display(), "others could read the key of operators' sessions: it is made anew, everybody signs in again");
        }
        Ok(_) => {
            if let Ok(key) = fs::read(file)?.try_into() {
                return Ok(key);
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let key = random();
    put(file, &key)?;
    Ok(key)
}

fn put(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut draft = Draft::create(file)?;
    io::Write::write_all(&mut draft, bytes)?;
    draft.finish()
}
