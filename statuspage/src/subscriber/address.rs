//! Addresses that a mail can be sent to: what passes here cannot change a header nor an SMTP command.
//!
//! It does not know whether anybody reads them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use url::Host;

/// The longest address, as SMTP carries it (RFC 5321 4.5.3.1.3 less the angle brackets).
const LONGEST: usize = 254;
/// The longest name in front of the `@` (RFC 5321 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;
/// Mailboxes that belong to an office and not to somebody (RFC 2142), or to nobody at all.
const ROLES: [&str; 19] = [
    "abuse",
    "bounce",
    "bounces",
    "do-not-reply",
    "donotreply",
    "ftp",
    "hostmaster",
    "listmaster",
    "mailer-daemon",
    "maildaemon",
    "no-reply",
    "nobody",
    "noc",
    "noreply",
    "null",
    "postmaster",
    "root",
    "usenet",
    "webmaster",
];
/// Domains where dots in front of the `@` do not count.
const DOTLESS: [&str; 2] = ["gmail.com", "googlemail.com"];

/// An address in its plainest form: letters, digits and a few signs of ASCII, `@`, a domain in its A-labels. Nothing else fits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailAddress(String);

/// Why a text is no address that is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressRefusal {
    /// Nothing there.
    #[error("an address is needed")]
    Empty,
    /// More than mail can carry.
    #[error("the address is too long: at most {LONGEST} characters, {LONGEST_LOCAL} of them before the @")]
    TooLong,
    /// A line break, a zero, or another character that cannot be seen.
    #[error("the address holds a character that cannot be seen")]
    Control,
    /// None, or more than one.
    #[error("an address has exactly one @, such as name@example.org")]
    NotOneAt,
    /// `"…"@example.org`.
    #[error("addresses in quotation marks are not supported")]
    Quoted,
    /// `é@example.org`.
    #[error("only letters without accents are supported before the @")]
    NotAscii,
    /// A space, a comma, two dots in a row, or nothing at all before the `@`.
    #[error("the part before the @ has letters, digits and . _ - + only, and no dot at its ends or beside another")]
    LocalPart,
    /// What follows the `@` is no name on the Internet.
    #[error("the part after the @ is no domain, such as example.org")]
    Domain,
    /// An office, which nobody subscribes for.
    #[error("this mailbox belongs to an office and not to a person: use your own")]
    Role,
    /// Our own alarms would end up where they come from.
    #[error("addresses of the monitored domains cannot subscribe: their mail would fail together with the services")]
    OwnDomain,
}

impl MailAddress {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows the `@`, in lower case.
    pub fn domain(&self) -> &str {
        self.parts().1
    }

    /// The mailbox behind it as far as anybody can say, so that `a.b+c@gmail.com` is counted as `ab@gmail.com`.
    pub fn folded(&self) -> String {
        let (local, domain) = self.parts();
        let local = local.split('+').next().filter(|name| !name.is_empty()).unwrap_or(local).to_ascii_lowercase();
        if DOTLESS.contains(&domain) {
            format!("{}@gmail.com", local.replace('.', ""))
        } else {
            format!("{local}@{domain}")
        }
    }

    /// As it is compared: nobody tells two mailboxes apart by capitals.
    pub(super) fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The first letter and the domain: enough for its owner to know it again.
    pub(super) fn hint(&self) -> String {
        format!("{}…@{}", &self.0[..1], self.domain())
    }

    /// Whether it is at one of these domains, or below one.
    ///
    /// # Errors
    ///
    /// When it is.
    pub(super) fn outside(&self, own: &[String]) -> Result<(), AddressRefusal> {
        let below = |own: &String| {
            self.domain().strip_suffix(own.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        if own.iter().any(below) { Err(AddressRefusal::OwnDomain) } else { Ok(()) }
    }

    fn parts(&self) -> (&str, &str) {
        self.0.split_once('@').expect("nothing without an @ is parsed")
    }
}

impl FromStr for MailAddress {
    type Err = AddressRefusal;

    fn from_str(text: &str) -> Result<Self, AddressRefusal> {
        // Spaces around it come from copying; one inside is refused below.
        let text = text.trim_matches(' ');
        if text.is_empty() {
            return Err(AddressRefusal::Empty);
        }
        // Before anything is computed from it. A domain of other letters becomes longer, never shorter by that much.
        if text.len() > 2 * LONGEST {
            return Err(AddressRefusal::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(AddressRefusal::Control);
        }
        if text.contains('"') {
            return Err(AddressRefusal::Quoted);
        }
        let (name, domain) =
            text.split_once('@').filter(|(_, domain)| !domain.contains('@')).ok_or(AddressRefusal::NotOneAt)?;
        local_part(name)?;
        let address = format!("{name}@{}", domain_name(domain)?);
        if address.len() > LONGEST { Err(AddressRefusal::TooLong) } else { Ok(Self(address)) }
    }
}

/// A dot-atom of RFC 5322 that is short enough and nobody's office. Of the signs that it allows, those remain that people have.
fn local_part(name: &str) -> Result<(), AddressRefusal> {
    if !name.is_ascii() {
        return Err(AddressRefusal::NotAscii);
    }
    if name.len() > LONGEST_LOCAL {
        return Err(AddressRefusal::TooLong);
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    if !name.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(allowed)) {
        return Err(AddressRefusal::LocalPart);
    }
    let office = name.split('+').next().unwrap_or(name).to_ascii_lowercase();
    if ROLES.contains(&office.as_str()) { Err(AddressRefusal::Role) } else { Ok(()) }
}

/// A domain in its A-labels and in lower case; an address of a machine is none.
fn domain_name(domain: &str) -> Result<String, AddressRefusal> {
    // The parser of URLs decodes those.
    if domain.contains('%') {
        return Err(AddressRefusal::Domain);
    }
    let Ok(Host::Domain(name)) = Host::parse(domain) else { return Err(AddressRefusal::Domain) };
    let sound = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // A name without a dot is one of the local network.
    if name.contains('.') && name.split('.').all(sound) { Ok(name) } else { Err(AddressRefusal::Domain) }
}

impl fmt::Debug for MailAddress {
    /// Whose it is stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailAddress(…@{})", self.domain())
    }
}

impl Serialize for MailAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for MailAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
