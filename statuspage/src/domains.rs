//! Which components serve which domain name: answers for one exact name at a time.
//!
//! It does not list them, not even for debugging: who is hosted is private, and no page, API or log may tell.

use std::{collections::BTreeMap, fmt};

use shared::ComponentId;
use url::{Host, Url};

/// A domain name as resolvers know it: lower case, in ASCII, without the dot at its end.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(String);

impl Domain {
    /// The longest name there is (RFC 1035 §2.3.4), and room for what people paste around it.
    const LONGEST: usize = 1_024;

    /// The name in what somebody typed or pasted: a name in any case and any script, or the address of a page on it.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.len() > Self::LONGEST {
            return None;
        }
        let address = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("https://{text}")) };
        // What comes before an `@` makes it the address of a person, or worse, holds a password.
        let address = address.ok().filter(|address| address.username().is_empty() && address.password().is_none())?;
        match address.host()? {
            Host::Domain(name) => Self::checked(name),
            Host::Ipv4(_) | Host::Ipv6(_) => None,
        }
    }

    fn checked(name: &str) -> Option<Self> {
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        let label = |label: &str| {
            let inside = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            (1..=63).contains(&label.len()) && label.chars().all(inside)
        };
        (name.len() <= 253 && name.contains('.') && name.split('.').all(label)).then_some(Self(name))
    }

    /// The name in ASCII.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Domain(…)")
    }
}

/// Every name that is served, with the components behind it.
#[derive(Clone, Default)]
pub struct Domains(BTreeMap<Domain, Vec<ComponentId>>);

impl Domains {
    /// The components that serve exactly this name; none for a name that nobody entrusted to us.
    pub fn serving(&self, domain: &Domain) -> &[ComponentId] {
        self.0.get(domain).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether there is nothing to ask for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Domain, ComponentId)> for Domains {
    fn from_iter<I: IntoIterator<Item = (Domain, ComponentId)>>(served: I) -> Self {
        let mut domains: BTreeMap<Domain, Vec<ComponentId>> = BTreeMap::new();
        for (domain, component) in served {
            let components = domains.entry(domain).or_default();
            if !components.contains(&component) {
                components.push(component);
            }
        }
        Self(domains)
    }
}

impl fmt::Debug for Domains {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Domains({} names)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_however_it_is_written() {
        let check = |text: &str, name: Option<&str>| {
            assert_eq!(Domain::read(text).as_ref().map(Domain::as_str), name, "{text:?}");
        };
        check("cloud.example.org", Some("cloud.example.org"));
        check("  Cloud.Example.ORG.  ", Some("cloud.example.org"));
        check("https://cloud.example.org/login?x=1", Some("cloud.example.org"));
        check("cloud.example.org:8443/login", Some("cloud.example.org"));
        check("Été.example.org", Some("xn--t-9fab.example.org"));
        check("xn--t-9fab.example.org", Some("xn--t-9fab.example.org"));
        check("", None);
        check("localhost", None);
        check("192.0.2.1", None);
        check("[2001:db8::1]", None);
        check("two words.example.org", None);
        check("<script>.example.org", None);
        check("a..b", None);
        check("mailto:somebody@example.org", None);
        check(&"a.".repeat(600), None);
    }

    #[test]
    fn one_name_may_lead_to_several_components_and_none_is_ever_printed() {
        let id = |id: &str| -> ComponentId { id.parse().expect("an id") };
        let name = Domain::read("cloud.example.org").expect("a name");
        let domains: Domains = [("cloud", &name), ("files", &name), ("cloud", &name)]
            .map(|(i, name)| (name.clone(), id(i)))
            .into_iter()
            .collect();
        assert_eq!(domains.serving(&name), [id("cloud"), id("files")]);
        assert!(domains.serving(&Domain::read("other.example.org").expect("a name")).is_empty());
        assert!(!format!("{domains:?} {name:?}").contains("example"));
    }
}
