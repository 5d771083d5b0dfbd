//! The values of settings: how each is written, and what it is when nobody says anything.
//!
//! It does not know which key a value is given to.

use std::{
    collections::BTreeMap,
    fmt,
    net::{IpAddr, SocketAddr},
    str::FromStr,
    time::Duration,
};

use ipnet::IpNet;
use jiff::tz::TimeZone;
use shared::{Language, Text};
use url::Url;

use super::MetricsMode;

const DAY: u64 = 86_400;
/// A month of raw results.
pub(super) const DEFAULT_RETENTION: Duration = Duration::from_secs(30 * DAY);

/// A value cannot be used: why, and how it is written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidValue(String);

fn invalid(why: impl Into<String>) -> InvalidValue {
    InvalidValue(why.into())
}

/// The page's title when nobody gave one.
pub(super) fn default_title() -> Text {
    let texts = [(Language::En, "Service status"), (Language::Fr, "État des services")];
    Text::ByLanguage(texts.map(|(language, text)| (language, text.to_owned())).into())
}

/// This machine's time zone where it has a name, else UTC.
pub(super) fn default_time_zone() -> TimeZone {
    TimeZone::try_system().ok().filter(|zone| zone.iana_name().is_some()).unwrap_or(TimeZone::UTC)
}

/// The page's own address: `http` or `https`, nothing after the path, no slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(Url);

impl PublicUrl {
    /// The address.
    pub fn as_url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for PublicUrl {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let mut url = Url::parse(text).map_err(|_| invalid("it reads https://status.example.org"))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(invalid("it begins with https:// or http:// and has a host"));
        }
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("it has no user, no password, no query and no fragment: everybody sees it"));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// A name server: an address, and a port unless it is 53.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nameserver(pub SocketAddr);

impl FromStr for Nameserver {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let bare = text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let address = bare.map(|ip| SocketAddr::new(ip, 53)).or_else(|_| text.parse());
        address
            .map(Self)
            .map_err(|_| invalid("a name server is an address, with or without a port: 9.9.9.9 or [2620:fe::fe]:53"))
    }
}

impl fmt::Display for Nameserver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines, one object a line.
    Json,
}

impl FromStr for LogFormat {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(invalid("log lines are `text` or `json`")),
        }
    }
}

impl fmt::Display for LogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Json => "json",
        })
    }
}

impl FromStr for MetricsMode {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        match text {
            "private" => Ok(Self::Private),
            "public" => Ok(Self::Public),
            _ => Err(invalid("metrics are `private` (this machine and the token) or `public`")),
        }
    }
}

impl fmt::Display for MetricsMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Private => "private",
            Self::Public => "public",
        })
    }
}

/// The sources of CSP's `frame-ancestors`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameAncestors(String);

impl FrameAncestors {
    /// As the header has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for FrameAncestors {
    fn default() -> Self {
        Self("'none'".to_owned())
    }
}

impl FromStr for FrameAncestors {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        // Anything else could end the directive and begin another one.
        let source = |source: &str| {
            matches!(source, "'none'" | "'self'" | "*")
                || source.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '/' | '*' | '_'))
        };
        let sources: Vec<&str> = text.split(' ').filter(|source| !source.is_empty()).collect();
        if sources.is_empty() || !sources.iter().copied().all(source) {
            return Err(invalid(
                "it reads 'none', 'self' or https://www.example.org, several with a space between them",
            ));
        }
        Ok(Self(sources.join(" ")))
    }
}

/// A network or a single address.
pub(super) fn network(text: &str) -> Result<IpNet, InvalidValue> {
    let single = text.parse::<IpAddr>().map(IpNet::from);
    single
        .or_else(|_| text.parse::<IpNet>().map(|net| net.trunc()))
        .map_err(|_| invalid("a network reads 10.0.0.0/8, 2001:db8::/32 or 192.0.2.1"))
}

/// An IANA time zone.
pub(super) fn time_zone(text: &str) -> Result<TimeZone, InvalidValue> {
    TimeZone::get(text).map_err(|_| invalid("a time zone has an IANA name such as Europe/Paris"))
}

/// `30d`: whole days.
pub(super) fn retention(text: &str) -> Result<Duration, InvalidValue> {
    let days = text.strip_suffix('d').and_then(|days| days.trim().parse::<u64>().ok());
    let days = days.ok_or_else(|| invalid("it is a number of days such as \"30d\""))?;
    if (1..=3_650).contains(&days) {
        Ok(Duration::from_secs(days * DAY))
    } else {
        Err(invalid("raw results are kept for 1 to 3,650 days"))
    }
}

/// The same as a number of days.
pub(super) fn days(retention: Duration) -> u64 {
    retention.as_secs() / DAY
}

/// Texts by language, from their tags.
pub(super) fn by_language(texts: BTreeMap<Language, String>) -> Option<Text> {
    (!texts.is_empty()).then_some(Text::ByLanguage(texts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown<T: FromStr + fmt::Display>(text: &str) -> Option<String> {
        text.parse::<T>().ok().map(|value| value.to_string())
    }

    #[test]
    fn values_are_read_and_written_in_one_form() {
        let check = |read: Option<String>, expected: Option<&str>| assert_eq!(read.as_deref(), expected);
        check(shown::<PublicUrl>("https://Status.example.org/"), Some("https://status.example.org"));
        check(shown::<PublicUrl>("https://example.org/status/"), Some("https://example.org/status"));
        check(shown::<PublicUrl>("https://me:pw@example.org"), None);
        check(shown::<PublicUrl>("ftp://example.org"), None);
        check(shown::<PublicUrl>("example.org"), None);
        check(shown::<Nameserver>("9.9.9.9"), Some("9.9.9.9:53"));
        check(shown::<Nameserver>("[2620:fe::fe]"), Some("[2620:fe::fe]:53"));
        check(shown::<Nameserver>("127.0.0.1:5353"), Some("127.0.0.1:5353"));
        check(shown::<Nameserver>("dns.example"), None);
    }

    #[test]
    fn frame_ancestors_cannot_begin_another_directive() {
        let check = |text: &str, good: bool| assert_eq!(text.parse::<FrameAncestors>().is_ok(), good, "{text:?}");
        check("'self'  https://www.example.org", true);
        check("https://*.example.org:8443", true);
        check("'none'; script-src *", false);
        check("'none'\nX: y", false);
        check("", false);
    }

    #[test]
    fn a_retention_is_a_number_of_days() {
        assert_eq!(retention("30d"), Ok(DEFAULT_RETENTION));
        assert!(retention("0d").is_err() && retention("30").is_err() && retention("9999999d").is_err());
    }
}
