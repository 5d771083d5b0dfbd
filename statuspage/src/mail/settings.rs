//! What operators decided about mail, checked.
//!
//! It does not know the settings file: its table is read elsewhere.

use std::{fmt, num::NonZeroU32, path::PathBuf, str::FromStr};

use lettre::message::Mailbox;
use prober::definition::Secret;
use shared::Text;
use url::{Host, Url};

/// Everything about mail.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// The relays in their order; never empty.
    pub relays: Vec<RelayUrl>,
    /// Who writes.
    pub from: Mailbox,
    /// Who reads answers.
    pub reply_to: Option<Mailbox>,
    /// The domain whose mailboxes take what comes back; without it the sender's mailbox does.
    pub bounce_domain: Option<String>,
    /// The mailbox that takes the wish to leave, as `unsub@example.org`.
    pub unsubscribe_mailbox: Option<String>,
    /// How letters are signed.
    pub dkim: Option<Dkim>,
    /// The key that subscribers' addresses are sealed with; outside the data directory.
    pub key_file: PathBuf,
    /// Letters a minute.
    pub rate: NonZeroU32,
    /// Who is responsible: the last line of every letter.
    pub identity: Option<Text>,
    /// Certificates (PEM) that relays may have besides the platform's.
    pub ca_file: Option<PathBuf>,
    /// Domains whose addresses cannot subscribe, in lower case; else the page's, the sender's and that of what comes back.
    pub own_domains: Option<Vec<String>>,
}

/// The key that letters are signed with (RFC 6376).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dkim {
    /// The domain that answers for them.
    pub domain: String,
    /// The key's name in DNS: `SELECTOR._domainkey.DOMAIN`.
    pub selector: String,
    /// The private key in PEM: RSA or Ed25519.
    pub key_file: PathBuf,
}

/// How a connection to a relay is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte: `smtps://`.
    Tls,
    /// STARTTLS, or nothing is sent: `?tls=required`.
    Required,
    /// STARTTLS where the relay offers it: `?tls=opportunistic`.
    Opportunistic,
    /// None.
    Plain,
}

/// A relay's address in lettre's form: `smtp://user:password@host:587/name?tls=required`.
#[derive(Clone, PartialEq, Eq)]
pub struct RelayUrl {
    /// The host, which its certificate names.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// What this end calls itself; else this machine's name.
    pub hello: Option<String>,
    /// User and password.
    pub credentials: Option<(String, Secret)>,
}

/// Why a text is no relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RelayUrlFault {
    /// It is no URL with a host.
    #[error("it reads smtp://user:password@relay.example.org:587?tls=required")]
    Form,
    /// Another protocol.
    #[error("it begins with smtp:// or smtps://")]
    Scheme,
    /// An unknown parameter or value.
    #[error("after the host comes nothing but ?tls=required or ?tls=opportunistic")]
    Tls,
    /// A name or a password is missing.
    #[error("user and password come together: smtp://user:password@host")]
    Credentials,
    /// A password would cross the network readable.
    #[error("the password would be sent unprotected: add ?tls=required, or begin with smtps://")]
    Exposed,
}

impl FromStr for RelayUrl {
    type Err = RelayUrlFault;

    fn from_str(text: &str) -> Result<Self, RelayUrlFault> {
        let url = Url::parse(text).map_err(|_| RelayUrlFault::Form)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(RelayUrlFault::Form)?;
        let security = security(&url)?;
        let port = match security {
            Security::Tls => 465,
            Security::Required | Security::Opportunistic => 587,
            Security::Plain => 25,
        };
        let credentials = credentials(&url)?;
        if credentials.is_some() && matches!(security, Security::Plain | Security::Opportunistic) && !loopback(host) {
            return Err(RelayUrlFault::Exposed);
        }
        let hello = Some(url.path().trim_matches('/')).filter(|name| !name.is_empty()).map(str::to_owned);
        Ok(Self { host: bare(host).to_owned(), port: url.port().unwrap_or(port), security, hello, credentials })
    }
}

/// As it may be shown: without user and password.
impl fmt::Display for RelayUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Debug for RelayUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RelayUrl({self}, {:?})", self.security)
    }
}

fn security(url: &Url) -> Result<Security, RelayUrlFault> {
    let mut pairs = url.query_pairs();
    let tls = pairs.next();
    if pairs.next().is_some() || url.fragment().is_some() {
        return Err(RelayUrlFault::Tls);
    }
    match (url.scheme(), tls.as_ref().map(|(key, value)| (key.as_ref(), value.as_ref()))) {
        ("smtps", None) => Ok(Security::Tls),
        ("smtp", None) => Ok(Security::Plain),
        ("smtp", Some(("tls", "required"))) => Ok(Security::Required),
        ("smtp", Some(("tls", "opportunistic"))) => Ok(Security::Opportunistic),
        ("smtp" | "smtps", Some(_)) => Err(RelayUrlFault::Tls),
        (_, _) => Err(RelayUrlFault::Scheme),
    }
}

fn credentials(url: &Url) -> Result<Option<(String, Secret)>, RelayUrlFault> {
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None) => Err(RelayUrlFault::Credentials),
        (user, Some(password)) => Ok(Some((unescaped(user), Secret::new(unescaped(password))))),
    }
}

/// A part of an address without its escapes (RFC 3986, 2.1): `p%40ss` is `p@ss`.
pub(crate) fn unescaped(part: &str) -> String {
    // `application/x-www-form-urlencoded` decodes percents; a plus stands for itself in this part of a URL.
    let escaped = format!("x={}", part.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(escaped.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// An IPv6 address without its brackets.
fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

fn loopback(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Ok(Host::Domain(name)) => name == "localhost",
        Err(_) => false,
    }
}
