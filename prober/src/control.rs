//! Control targets: well-known places that tell whether this location sees anything at all.
//!
//! It does not know what a blind location means for a service.

use std::{fmt, str::FromStr};

use url::Url;

/// A place that answers unless this location's own network is broken: `https://…`, `http://…` or `tcp://host:port`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ControlTarget {
    /// Any HTTP answer will do.
    Http(Url),
    /// An accepted connection will do.
    Tcp {
        /// A name or an address literal.
        host: String,
        /// 1 to 65535.
        port: u16,
    },
}

/// The text names no control target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a control target reads https://example.org or tcp://host:port, not {0:?}")]
pub struct InvalidControlTarget(String);

impl FromStr for ControlTarget {
    type Err = InvalidControlTarget;

    fn from_str(text: &str) -> Result<Self, InvalidControlTarget> {
        let invalid = || InvalidControlTarget(text.to_owned());
        let url = Url::parse(text).map_err(|_| invalid())?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid());
        }
        match (url.scheme(), url.host_str(), url.port()) {
            ("http" | "https", Some(_), _) => Ok(Self::Http(url)),
            ("tcp", Some(host), Some(port)) if port > 0 && matches!(url.path(), "" | "/") => {
                Ok(Self::Tcp { host: host.trim_matches(['[', ']']).to_owned(), port })
            }
            _ => Err(invalid()),
        }
    }
}

impl fmt::Display for ControlTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(url) => write!(f, "{url}"),
            Self::Tcp { host, port } if host.contains(':') => write!(f, "tcp://[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "tcp://{host}:{port}"),
        }
    }
}
