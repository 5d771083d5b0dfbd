//! The values of settings: how each is written, and what it is when nobody says anything.
//!
//! It does not know which key a value is given to.

mod span;

use std::{fmt, net::IpAddr, path::PathBuf, str::FromStr, time::Duration};

use ipnet::IpNet;
use jiff::tz::TimeZone;
use shared::{Language, Text};
use url::Url;

pub use span::{Quiet, Reopen};

const DAY: u64 = 86_400;
/// A month of raw results.
pub(super) const DEFAULT_RETENTION: Duration = Duration::from_secs(30 * DAY);

/// A value cannot be used: why, and how it is written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidValue(String);

pub(super) fn invalid(why: impl Into<String>) -> InvalidValue {
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

/// Declares a closed set of words.
macro_rules! words {
    ($($(#[$doc:meta])* $visibility:vis $type:ident: $fault:literal { $($(#[$about:meta])* $word:literal => $variant:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $visibility enum $type {
            $($(#[$about])* $variant,)*
        }

        impl $type {
            pub(super) const WORDS: &'static [&'static str] = &[$($word),*];
        }

        impl FromStr for $type {
            type Err = InvalidValue;

            fn from_str(text: &str) -> Result<Self, InvalidValue> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(invalid($fault)),
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$variant => $word,)*
                })
            }
        }
    )*};
}

words! {
    /// How log lines look.
    pub LogFormat: "log lines are `text` or `json`" {
        /// For people.
        "text" => Text,
        /// For machines, one object a line.
        "json" => Json,
    }

    /// Who may read `/metrics`.
    pub MetricsMode: "metrics are `private` (this machine and the token) or `public`" {
        /// Who asks from this machine or has the token.
        "private" => Private,
        /// Everybody.
        "public" => Public,
    }

    /// What a hub is for.
    pub Mode: "the mode is `production` or `trial`" {
        /// People rely on it: what keeps watch over it must be there.
        "production" => Production,
        /// Somebody has a look.
        "trial" => Trial,
    }

    /// What a channel is.
    pub(super) Kind: "the kinds of channels are `alertmanager`, `chat`, `email`, `free_mobile`, `matrix`, `ntfy`, `ovh_sms`, `signal` and `webhook`" {
        /// Posts alerts.
        "alertmanager" => Alertmanager,
        /// Posts to Mattermost, Rocket.Chat or Slack.
        "chat" => Chat,
        /// Writes to operators.
        "email" => Email,
        /// Sends SMS by Free Mobile.
        "free_mobile" => FreeMobile,
        /// Sends to a room of Matrix.
        "matrix" => Matrix,
        /// Publishes to a topic.
        "ntfy" => Ntfy,
        /// Sends SMS by OVH.
        "ovh_sms" => OvhSms,
        /// Sends by Signal.
        "signal" => Signal,
        /// Posts JSON, or what a template makes.
        "webhook" => Webhook,
    }

    /// What a policy is about.
    pub(super) Matter: "policies are about `incidents`, `faults` (of the monitor itself) and `maintenance`" {
        /// Incidents.
        "incidents" => Incidents,
        /// Faults of the monitor itself.
        "faults" => Faults,
        /// Planned maintenance.
        "maintenance" => Maintenance,
    }

    /// How bad an incident is at least.
    pub(super) Severity: "an impact is `minor`, `major` or `critical`" {
        /// Something works badly.
        "minor" => Minor,
        /// Something does not work.
        "major" => Major,
        /// Most of it does not work.
        "critical" => Critical,
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

/// A network, or a single address as one.
#[derive(Debug, Clone)]
pub(super) struct Network(pub(super) IpNet);

impl FromStr for Network {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let single = text.parse::<IpAddr>().map(IpNet::from);
        let network = single.or_else(|_| text.parse::<IpNet>().map(|net| net.trunc()));
        network.map(Self).map_err(|_| invalid("a network reads 10.0.0.0/8, 2001:db8::/32 or 192.0.2.1"))
    }
}

/// An IANA time zone.
#[derive(Debug, Clone)]
pub(super) struct Zone(pub(super) TimeZone);

impl FromStr for Zone {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        TimeZone::get(text).map(Self).map_err(|_| invalid("a time zone has an IANA name such as Europe/Paris"))
    }
}

/// `30d`: whole days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Retention(pub(super) Duration);

impl FromStr for Retention {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let days = text.strip_suffix('d').and_then(|days| days.trim().parse::<u64>().ok());
        let days = days.ok_or_else(|| invalid("it is a number of days such as \"30d\""))?;
        if (1..=3_650).contains(&days) {
            Ok(Self(Duration::from_secs(days * DAY)))
        } else {
            Err(invalid("raw results are kept for 1 to 3,650 days"))
        }
    }
}

/// The same as a number of days.
pub(super) fn days(retention: Duration) -> u64 {
    retention.as_secs() / DAY
}

/// The name of a group of services.
#[derive(Debug, Clone)]
pub(super) struct Group(pub(super) String);

impl FromStr for Group {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        if text.trim().is_empty() { Err(invalid("a group has a name")) } else { Ok(Self(text.to_owned())) }
    }
}

/// One line that is not empty.
#[derive(Debug, Clone)]
pub(super) struct Label(pub(super) String);

impl FromStr for Label {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        if text.trim().is_empty() || text.chars().any(char::is_control) {
            return Err(invalid("it is one line that is not empty"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a room of Matrix.
#[derive(Debug, Clone)]
pub(super) struct Room(pub(super) String);

impl FromStr for Room {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
        let rest = text.strip_prefix('!').filter(|rest| !rest.is_empty() && plain && text.len() <= 255);
        rest.map(|_| Self(text.to_owned())).ok_or_else(|| {
            invalid("a room's id begins with an exclamation mark; an alias, which begins with #, may come to mean another room")
        })
    }
}

/// The type of a body.
#[derive(Debug, Clone)]
pub(super) struct ContentType(pub(super) http::HeaderValue);

impl FromStr for ContentType {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let value = http::HeaderValue::from_str(text).ok().filter(|_| text.contains('/'));
        value.map(Self).ok_or_else(|| invalid("a type reads application/json or text/plain; charset=utf-8"))
    }
}

/// A path as it is typed.
#[derive(Debug, Clone)]
pub(super) struct PathText(pub(super) PathBuf);

impl FromStr for PathText {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        if text.is_empty() { Err(invalid("the path is empty")) } else { Ok(Self(text.into())) }
    }
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
        check(shown::<LogFormat>("json"), Some("json"));
        check(shown::<LogFormat>("JSON"), None);
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
        assert_eq!("30d".parse(), Ok(Retention(DEFAULT_RETENTION)));
        let refused = |text: &str| text.parse::<Retention>().is_err();
        assert!(refused("0d") && refused("30") && refused("9999999d"));
    }
}
