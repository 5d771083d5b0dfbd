//! URLs, hosts, addresses, methods, headers and what else goes into a request.
//!
//! It does not know whether anything answers there.

use http::{HeaderName, HeaderValue};
use url::{Host as UrlHost, Url};

use super::{Context, Fault, Node, Read, ReadText, quoted, schema};
use crate::{
    definition::IpPreference,
    load::{suggest, tree::Entry},
};

/// An `http` or `https` URL with a host and without credentials.
#[derive(Debug, Clone)]
pub struct WebUrl(pub Url);

/// A host's name in lower case and ASCII, perhaps with `*.` in front.
#[derive(Debug, Clone)]
pub struct Host(pub String);

/// `host:port`.
#[derive(Debug, Clone)]
pub struct Address {
    /// A name in ASCII, or an address literal without brackets.
    pub host: String,
    /// 1 to 65535.
    pub port: u16,
}

/// A request method.
#[derive(Debug, Clone)]
pub struct Method(pub http::Method);

/// Which addresses are asked.
#[derive(Debug, Clone, Copy)]
pub struct Family(pub IpPreference);

/// A user for HTTP's Basic scheme.
#[derive(Debug, Clone)]
pub struct User(pub String);

/// What a request calls its sender.
#[derive(Debug, Clone)]
pub struct UserAgent(pub HeaderValue);

schema! {
    WebUrl: { "type": "string", "format": "uri", "pattern": "^[hH][tT][tT][pP][sS]?://", "examples": ["https://cloud.example.org/"] };
    Host: { "type": "string", "examples": ["cloud.example.org"] };
    Address: { "type": "string", "pattern": r"^.+:\d+$", "examples": ["mail.example.org:993"] };
    Method: { "type": "string", "pattern": "^[A-Z-]+$", "examples": ["GET", "HEAD", "POST"] };
    Family: { "enum": ["any", "4", "6", "both"] };
    User: { "type": "string", "pattern": "^[^:]+$" };
    UserAgent: { "type": "string", "minLength": 1 };
}

impl ReadText for WebUrl {
    const WHAT: &'static str = "a URL in quotes";
    const EXAMPLE: &'static str = "\"https://cloud.example.org/\"";

    fn parse(text: &str) -> Result<Self, Fault> {
        if text.contains("${") {
            return Err(Fault::new("a URL cannot hold `${…}`")
                .help("it is shown and logged: send the secret in `headers` or `basic_auth`"));
        }
        let url = Url::parse(text).map_err(|error| not_a_url(text, error))?;
        // The text is not repeated from here on where it may hold a password.
        if !matches!(url.scheme(), "http" | "https") {
            let help = if url.scheme() == "tcp" {
                "a TCP port is asked by `[probe.tcp]`"
            } else {
                "begin with https:// or http://"
            };
            return Err(
                Fault::new(format!("{} is not a web address", quoted(&format!("{}:", url.scheme())))).help(help)
            );
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Fault::new("a URL cannot hold a user or a password: it is shown and logged")
                .help("use basic_auth = { user = \"…\", password = \"${env:NAME}\" }"));
        }
        if url.port() == Some(0) {
            return Err(
                Fault::new("nothing listens at port 0").help("leave the port out, or write the one that is meant")
            );
        }
        Ok(Self(url))
    }
}

/// A text to be repeated, unless it may hold a password.
fn harmless(text: &str) -> String {
    if text.contains('@') { "this".to_owned() } else { quoted(text) }
}

fn not_a_url(text: &str, error: url::ParseError) -> Fault {
    let shown = harmless(text);
    let fault = Fault::new(format!("{shown} is not a URL: {error}"));
    match error {
        url::ParseError::RelativeUrlWithoutBase if !text.contains('@') => {
            fault.help(format!("write \"https://{}\"", text.trim_start_matches('/')))
        }
        url::ParseError::InvalidPort => fault.help("a port is a number from 1 to 65535"),
        _ => fault.help("write it like \"https://cloud.example.org/\""),
    }
}

/// A name or an address literal, in the form that resolvers and certificates know.
fn host(text: &str) -> Result<String, Fault> {
    let fault = |reason: String| {
        Fault::new(format!("{} is not a host: {reason}", quoted(text))).help("write it like \"cloud.example.org\"")
    };
    let parsed = UrlHost::parse(text).map_err(|error| fault(error.to_string()))?;
    match parsed {
        UrlHost::Domain(name) => {
            let label = |label: &str| (1..=63).contains(&label.len());
            if name.len() > 253 || !name.trim_end_matches('.').split('.').all(label) {
                return Err(fault("each part has 1 to 63 characters, the whole at most 253".to_owned()));
            }
            Ok(name)
        }
        UrlHost::Ipv4(address) => Ok(address.to_string()),
        UrlHost::Ipv6(address) => Ok(address.to_string()),
    }
}

impl ReadText for Host {
    const WHAT: &'static str = "a domain name in quotes";
    const EXAMPLE: &'static str = "\"cloud.example.org\"";

    fn parse(text: &str) -> Result<Self, Fault> {
        if let Ok(url) = Url::parse(text)
            && let Some(name) = url.host_str()
        {
            return Err(
                Fault::new(format!("{} is a URL, not a domain name", harmless(text))).help(format!("write \"{name}\""))
            );
        }
        match text.strip_prefix("*.") {
            Some(parent) => host(parent).map(|name| Self(format!("*.{name}"))),
            None => host(text).map(Self),
        }
    }
}

impl ReadText for Address {
    const WHAT: &'static str = "a host and a port in quotes";
    const EXAMPLE: &'static str = "\"mail.example.org:993\"";

    fn parse(text: &str) -> Result<Self, Fault> {
        if text.contains('@') {
            return Err(Fault::new("an address cannot hold a user or a password: it is shown and logged")
                .help("write host and port alone, and send the password with `send`"));
        }
        if let Some((scheme, rest)) = text.split_once("://") {
            return Err(Fault::new(format!("an address has no {}", quoted(&format!("{scheme}://"))))
                .help(format!("write \"{}\"", rest.trim_end_matches('/'))));
        }
        let Some((name, port)) = text.rsplit_once(':') else {
            return Err(Fault::new(format!("{} has no port", quoted(text)))
                .help(format!("write \"{text}:443\" or the port that is meant")));
        };
        if name.contains(':') && !name.starts_with('[') {
            return Err(Fault::new(format!("{} is ambiguous", quoted(text)))
                .help(format!("write \"[{name}]:{port}\" for an IPv6 address")));
        }
        match port.parse::<u16>() {
            Ok(port @ 1..) => Ok(Self { host: host(name)?, port }),
            Ok(0) => Err(Fault::new("nothing listens at port 0").help("a port is a number from 1 to 65535")),
            Err(_) => {
                Err(Fault::new(format!("{} is not a port", quoted(port))).help("a port is a number from 1 to 65535"))
            }
        }
    }
}

impl ReadText for Method {
    const WHAT: &'static str = "a request method in quotes";
    const EXAMPLE: &'static str = "\"GET\"";

    fn parse(text: &str) -> Result<Self, Fault> {
        let upper = text.to_ascii_uppercase();
        if upper == "CONNECT" || upper == "TRACE" {
            return Err(Fault::new(format!("a probe cannot {text}"))
                .help("GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS work"));
        }
        if text != upper {
            return Err(Fault::new(format!("{} is not a method: methods are in capitals", quoted(text)))
                .help(format!("write \"{upper}\"")));
        }
        http::Method::from_bytes(text.as_bytes())
            .map(Self)
            .map_err(|_| Fault::new(format!("{} is not a method", quoted(text))).help("the default is \"GET\""))
    }
}

impl Read for Family {
    const WHAT: &'static str = "one of \"any\", \"4\", \"6\" and \"both\"";
    const EXAMPLE: &'static str = "\"any\"";

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        let family = match node.text().unwrap_or_default() {
            "any" => Some(IpPreference::Any),
            "4" => Some(IpPreference::V4),
            "6" => Some(IpPreference::V6),
            "both" => Some(IpPreference::Both),
            _ => None,
        };
        if family.is_none() {
            let written = node.value.get_ref().as_integer().map(|number| number.as_str().to_owned());
            let nearest = written.or_else(|| suggest::nearest(node.text()?, ["any", "both"]).map(str::to_owned));
            let fault = Fault::new(format!("`{}` must be {}", node.key, Self::WHAT));
            let fault = match nearest {
                Some(nearest) => fault.help(format!("write {} = \"{nearest}\"", node.key)),
                None => fault.help("`any` is the first IPv4 address, else the first IPv6 one; `both` asks one of each"),
            };
            fault.report(node.span(), context);
        }
        family.map(Self)
    }
}

impl ReadText for User {
    const WHAT: &'static str = "a user's name in quotes";
    const EXAMPLE: &'static str = "\"probe\"";

    fn parse(text: &str) -> Result<Self, Fault> {
        if text.is_empty() || text.contains(':') || text.chars().any(char::is_control) {
            // It may be user and password in one, so that it is not repeated.
            return Err(Fault::new("this cannot be a user in HTTP's Basic scheme")
                .help("a user has no colon and no control character (RFC 7617)"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl ReadText for UserAgent {
    const WHAT: &'static str = "a text";
    const EXAMPLE: &'static str = "\"Example-Probe/1.0\"";

    fn parse(text: &str) -> Result<Self, Fault> {
        match HeaderValue::from_str(text) {
            Ok(value) if !text.trim().is_empty() => Ok(Self(value)),
            Ok(_) | Err(_) => {
                Err(Fault::new(format!("{} cannot be sent in a header", quoted(text)))
                    .help("leave it out to name Belfry"))
            }
        }
    }
}

/// The name of a header that is the user's own key.
pub fn header_name<T>(entry: &Entry<T>, context: &mut Context<'_>) -> Option<HeaderName> {
    let name = HeaderName::from_bytes(entry.key.as_bytes()).ok();
    if name.is_none() {
        Fault::new(format!("{} is not a header's name", quoted(&entry.key)))
            .help("it has letters, digits and hyphens: \"content-type\"")
            .report(entry.key_span.clone(), context);
    }
    name
}

/// Why a text cannot be the value of a header, without the text: it may be a secret.
pub fn unsendable(key: &str, text: &str) -> Option<Fault> {
    let fault = || {
        Fault::new(format!("the value of `{key}` cannot be sent in a header"))
            .help("a header holds printable ASCII alone, without line breaks")
    };
    HeaderValue::from_str(text).is_err().then(fault)
}
