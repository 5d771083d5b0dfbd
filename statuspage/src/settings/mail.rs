//! `[mail]`: how subscribers are written to.
//!
//! It does not know what letters say, nor how a relay is spoken to.

use std::{borrow::Cow, fmt, num::NonZeroU32, path::Path, str::FromStr};

use lettre::{Address, message::Mailbox};
use prober::load::{
    tree::{At, Context, Fault, List, Node, Read, Required, value},
    values::Texts,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{
    hidden::Relay,
    value::{InvalidValue, PathText, invalid},
    written::{Form, Written, given},
};
use crate::mail::{Dkim, MailSettings};

prober::table! {
    /// How subscribers are written to. Not through a relay that runs on what is watched: it dies with it.
    pub(super) Mail = "`[mail]`", "…" {
        /// Relays in the order in which they are asked: `smtp://user:password@host:587?tls=required`, or `smtps://…`.
        relays: Required<Relays>,
        /// Who writes: a name and an address.
        from: Required<Written<Sender>>,
        /// Who reads answers.
        reply_to: Option<At<Written<Sender>>>,
        /// The domain that takes what comes back, one mailbox for each subscriber; its mail goes to `statuspage bounce`.
        bounce: Option<At<Written<Domain>>>,
        /// The mailbox that takes wishes to leave; `+` and a token come before its `@`.
        unsubscribe_mailbox: Option<At<Written<Bare>>>,
        /// The key that letters are signed with.
        dkim: Option<At<Signature>>,
        /// The key that subscribers' addresses are sealed with, outside the data directory; made at the first start.
        key_file: Required<Written<PathText>>,
        /// Letters a minute.
        #[schemars(extend("default" = 600))]
        rate: Option<At<Rate>>,
        /// Who is responsible, and where: the last line of every letter.
        identity: Option<At<Texts>>,
        /// Certificates (PEM) that relays may have besides the platform's.
        ca_file: Option<At<Written<PathText>>>,
        /// Domains whose addresses cannot subscribe, with all below them: mail about an outage must not go through what may be out.
        /// Without it, those of the page, of `from` and of `bounce`; `[]` lets everybody subscribe.
        own_domains: Option<At<List<Written<Domain>>>>,
    }
}

prober::table! {
    /// The key that letters are signed with (DKIM).
    pub(super) Signature = "`dkim`", "{ domain = \"status.example.org\", selector = \"belfry\", key_file = \"/etc/belfry/dkim.pem\" }" {
        /// The domain that answers for them.
        domain: Required<Written<Domain>>,
        /// The key's name: it is published at `SELECTOR._domainkey.DOMAIN`.
        selector: Required<Written<Selector>>,
        /// The private key (PEM): RSA or Ed25519.
        key_file: Required<Written<PathText>>,
    }
}

impl Signature {
    /// What it comes to; paths begin at `directory`.
    pub(super) fn dkim(&self, directory: &Path) -> Option<Dkim> {
        let (domain, selector) = (self.domain.value()?.0.0.clone(), self.selector.value()?.0.0.clone());
        Some(Dkim { domain, selector, key_file: directory.join(&self.key_file.value()?.0.0) })
    }
}

/// What the table comes to; paths begin at `directory`.
pub(super) fn settings(mail: &Mail, directory: &Path) -> Option<(MailSettings, Vec<String>)> {
    let relays: Vec<&Relay> = mail.relays.value()?.0.0.iter().filter_map(|relay| relay.value.as_ref()).collect();
    let path = |path: &PathText| directory.join(&path.0);
    let dkim = value(&mail.dkim).and_then(|signature| signature.dkim(directory));
    let settings = MailSettings {
        relays: relays.iter().filter_map(|relay| relay.0.secret.reveal().parse().ok()).collect(),
        from: mail.from.value()?.0.0.clone(),
        reply_to: given(&mail.reply_to).map(|sender| sender.0),
        bounce_domain: given(&mail.bounce).map(|domain| domain.0),
        unsubscribe_mailbox: given(&mail.unsubscribe_mailbox).map(|mailbox| mailbox.0.to_string()),
        dkim,
        key_file: path(&mail.key_file.value()?.0),
        rate: value(&mail.rate).map_or(DEFAULT_RATE, |rate| rate.0),
        identity: value(&mail.identity).map(|texts| texts.0.clone()),
        ca_file: given(&mail.ca_file).map(|file| path(&file)),
        own_domains: value(&mail.own_domains).map(|domains| {
            let sound = domains.0.iter().filter_map(|domain| domain.value.as_ref());
            sound.map(|domain| domain.0.0.clone()).collect()
        }),
    };
    Some((settings, relays.iter().map(|relay| relay.0.shown.clone()).collect()))
}

const DEFAULT_RATE: NonZeroU32 = NonZeroU32::new(600).expect("it is not zero");

/// At least one relay.
#[derive(Debug, Clone)]
pub(super) struct Relays(List<Relay>);

impl Read for Relays {
    const WHAT: &'static str = <List<Relay> as Read>::WHAT;
    const EXAMPLE: &'static str = <List<Relay> as Read>::EXAMPLE;

    fn example(key: &str) -> String {
        <List<Relay> as Read>::example(key)
    }

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        let list = <List<Relay> as Read>::read(node, context)?;
        if list.0.is_empty() {
            let fault = Fault::new(format!("`{}` names no relay, so that no letter could leave", node.key));
            fault
                .help(format!("write {}, or leave `[mail]` out", Self::example(node.key)))
                .report(node.span(), context);
            return None;
        }
        Some(Self(list))
    }
}

impl JsonSchema for Relays {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Relays".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = <List<Relay> as JsonSchema>::json_schema(generator);
        schema.insert("minItems".to_owned(), 1.into());
        schema
    }
}

/// A name and an address, or an address alone.
#[derive(Debug, Clone)]
pub(super) struct Sender(Mailbox);

impl FromStr for Sender {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let mailbox: Mailbox = text.parse().map_err(|_| invalid("it is a name and an address, or an address alone"))?;
        bare(&mailbox.email)?;
        if mailbox.name.as_ref().is_some_and(|name| name.chars().any(char::is_control)) {
            return Err(invalid("the name is one line"));
        }
        Ok(Self(mailbox))
    }
}

/// An address alone.
#[derive(Debug, Clone)]
pub(super) struct Bare(Address);

impl FromStr for Bare {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let address = text.parse().map_err(|_| invalid("it is an address"))?;
        bare(&address)?;
        Ok(Self(address))
    }
}

impl Sender {
    /// The mailbox.
    pub(super) fn mailbox(&self) -> &Mailbox {
        &self.0
    }
}

impl Bare {
    /// The address.
    pub(super) fn address(&self) -> &Address {
        &self.0
    }
}

/// What every relay takes: ASCII, and nothing that needs quotes.
fn bare(address: &Address) -> Result<(), InvalidValue> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    if address.user().chars().all(plain) && address.domain().parse::<Domain>().is_ok() {
        Ok(())
    } else {
        Err(invalid("the address has letters without accents and no quotes; write the domain as xn--…"))
    }
}

/// A domain in ASCII, or a part of one.
#[derive(Debug, Clone)]
pub(super) struct Domain(String);

impl FromStr for Domain {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if text.len() <= 253 && text.split('.').all(label) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(invalid("it is a name of DNS in ASCII"))
        }
    }
}

/// The name of a key, which stands in front of `_domainkey` in DNS.
#[derive(Debug, Clone)]
pub(super) struct Selector(String);

impl FromStr for Selector {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        text.parse().map(|Domain(name)| Self(name))
    }
}

impl Form for Selector {
    const WHAT: &'static str = "a name in quotes";
    const EXAMPLE: &'static str = "\"belfry\"";
}

impl Form for Sender {
    const WHAT: &'static str = "a name and an address in quotes";
    const EXAMPLE: &'static str = "\"Service status <status@example.org>\"";
}

impl Form for Bare {
    const WHAT: &'static str = "an address in quotes";
    const EXAMPLE: &'static str = "\"unsub@example.org\"";
}

impl Form for Domain {
    const WHAT: &'static str = "a name in quotes";
    const EXAMPLE: &'static str = "\"bounce.example.org\"";
}

/// Letters a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate(NonZeroU32);

const FASTEST: u32 = 100_000;

impl Read for Rate {
    const WHAT: &'static str = "a whole number";
    const EXAMPLE: &'static str = "600";

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        let Some(number) = node.value.get_ref().as_integer() else { return context.wrong_type(node) };
        let rate = u32::from_str_radix(number.as_str(), number.radix())
            .ok()
            .and_then(NonZeroU32::new)
            .filter(|rate| rate.get() <= FASTEST);
        if rate.is_none() {
            let fault = Fault::new(format!("`{}` must be 1 to {FASTEST} letters a minute", node.key));
            fault.help("leave it out for 600, which is 10 a second").report(node.span(), context);
        }
        rate.map(Self)
    }
}

impl JsonSchema for Rate {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Rate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": FASTEST })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
