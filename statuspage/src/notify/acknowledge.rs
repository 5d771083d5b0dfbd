//! Links that take an alarm: who holds one has read the message, and needs no account.
//!
//! It does not know HTTP, nor whether an alarm goes on. A link names the alarm and the channel that it was sent by, under a MAC whose
//! key lies in the data directory; it says nothing else, and it is of no use once the alarm is over.

use std::{
    fmt, fs,
    io::{self, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    str::FromStr,
    sync::Arc,
};

use aws_lc_rs::{hmac, rand};
use data_encoding::BASE32_NOPAD;
use shared::{IncidentId, Timestamp};
use url::Url;

use super::{ChannelName, FaultId};
use crate::draft::Draft;

/// The key's file in the data directory.
const FILE: &str = "alarms.key";
/// Bytes of the key.
const KEY: usize = 32;
/// Bytes of a MAC: nobody finds one by trying over a network.
const MAC: usize = 10;

/// What is taken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Affair {
    /// An incident.
    Incident(IncidentId),
    /// A lasting fault of the monitor that began then.
    Fault(FaultId, Timestamp),
    /// A drill that went out then.
    Drill(Timestamp),
}

/// Who takes what, as a link says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What.
    pub affair: Affair,
    /// The channel that the link was sent by.
    pub channel: ChannelName,
}

/// Makes links and knows its own.
#[derive(Clone)]
pub struct AckKey(Arc<hmac::Key>);

impl fmt::Debug for AckKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AckKey([secret])")
    }
}

impl AckKey {
    /// The key of a data directory; it is made where there is none.
    ///
    /// # Errors
    ///
    /// When the file can neither be read nor made.
    pub fn open(data: &Path) -> io::Result<Self> {
        let path = data.join(FILE);
        match fs::metadata(&path) {
            Ok(found) if found.permissions().mode() & 0o077 != 0 => {
                tracing::warn!(file = %path.display(), "others could read the key of alarms' links: it is made anew, links of before are void");
            }
            Ok(_) => {
                let key = fs::read(&path)?;
                if key.len() == KEY {
                    return Ok(Self::of(&key));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let key = fresh()?;
        let mut draft = Draft::create(&path)?;
        draft.write_all(&key)?;
        draft.finish()?;
        Ok(Self::of(&key))
    }

    /// A key that is good until the process ends.
    ///
    /// # Errors
    ///
    /// When the machine gives no random numbers.
    pub fn passing() -> io::Result<Self> {
        Ok(Self::of(&fresh()?))
    }

    fn of(key: &[u8]) -> Self {
        Self(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, key)))
    }

    /// The page by which whoever reads a message of that channel takes what it tells.
    pub fn link(&self, page: &Url, claim: &Claim) -> Option<Url> {
        let mut url = page.clone();
        url.path_segments_mut().ok()?.pop_if_empty().extend(["a", &self.token(claim)]);
        Some(url)
    }

    /// The last part of the link.
    pub fn token(&self, claim: &Claim) -> String {
        let text = claim.to_string();
        let mac = hmac::sign(&self.0, text.as_bytes());
        let mac = BASE32_NOPAD.encode(mac.as_ref().get(..MAC).unwrap_or_default());
        format!("{text}.{}", mac.to_ascii_lowercase())
    }

    /// What a link says, when it is one of ours.
    pub fn read(&self, token: &str) -> Option<Claim> {
        let (text, mac) = token.rsplit_once('.')?;
        let claim: Claim = text.parse().ok()?;
        let expected = self.token(&claim);
        let (_, expected) = expected.rsplit_once('.')?;
        let same: bool = subtle::ConstantTimeEq::ct_eq(mac.as_bytes(), expected.as_bytes()).into();
        same.then_some(claim)
    }
}

fn fresh() -> io::Result<[u8; KEY]> {
    let mut key = [0; KEY];
    rand::fill(&mut key).map_err(|_| io::Error::other("the machine gives no random numbers"))?;
    Ok(key)
}

/// `kctbh9vrtdwd.phone`, `fault.low_space.1795000000000.phone`, `drill.1795000000000.phone`: no id holds a dot.
impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let channel = &self.channel;
        match &self.affair {
            Affair::Incident(id) => write!(f, "{id}.{channel}"),
            Affair::Fault(fault, since) => write!(f, "fault.{fault}.{}.{channel}", since.as_millis()),
            Affair::Drill(at) => write!(f, "drill.{}.{channel}", at.as_millis()),
        }
    }
}

/// A text is no link of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a link of ours")]
pub struct NoClaim;

impl FromStr for Claim {
    type Err = NoClaim;

    fn from_str(text: &str) -> Result<Self, NoClaim> {
        let (affair, channel) = text.rsplit_once('.').ok_or(NoClaim)?;
        let at = |text: &str| text.parse().map(Timestamp::from_millis).map_err(|_| NoClaim);
        let affair = match affair.split_once('.') {
            None => Affair::Incident(affair.parse().map_err(|_| NoClaim)?),
            Some(("drill", time)) => Affair::Drill(at(time)?),
            Some(("fault", rest)) => {
                let (fault, since) = rest.rsplit_once('.').ok_or(NoClaim)?;
                Affair::Fault(fault.parse().map_err(|_| NoClaim)?, at(since)?)
            }
            Some(_) => return Err(NoClaim),
        };
        Ok(Self { affair, channel: channel.parse().map_err(|_| NoClaim)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::FaultKind;

    fn claims() -> Vec<Claim> {
        let at = Timestamp::from_millis(1_795_000_000_000);
        let of_channel = FaultId::new(FaultKind::LowCredit, Some("sms".into()));
        let affairs = [
            Affair::Incident("kctbh9vrtdwd".parse().expect("an id")),
            Affair::Fault(FaultKind::LowSpace.into(), at),
            Affair::Fault(of_channel, at),
            Affair::Drill(at),
        ];
        affairs.map(|affair| Claim { affair, channel: "sms-amel".parse().expect("a name") }).into()
    }

    #[test]
    fn a_link_says_who_takes_what_and_no_other_link_does() {
        let (key, other) = (AckKey::passing().expect("random"), AckKey::passing().expect("random"));
        for claim in claims() {
            let token = key.token(&claim);
            assert_eq!(key.read(&token), Some(claim.clone()), "{token}");
            assert_eq!(other.read(&token), None);
            assert_eq!(key.read(&token.replace("amel", "boris")), None);
            assert!((1..token.len()).all(|end| key.read(&token[..end]).is_none()), "cut short");
            assert_eq!(key.read(&token.to_uppercase()), None);
        }
    }

    #[test]
    fn the_key_outlives_a_restart_and_is_for_its_user_alone() {
        let data = tempfile::tempdir().expect("a directory");
        let token = AckKey::open(data.path()).expect("made").token(&claims()[0]);
        assert!(AckKey::open(data.path()).expect("read").read(&token).is_some());
        let file = data.path().join(FILE);
        assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
        fs::write(&file, "torn").expect("written");
        assert!(AckKey::open(data.path()).expect("made anew").read(&token).is_none());
    }
}
