//! Texts of the settings that may be secret: how they are read, and what may be shown of them.
//!
//! It does not know what they are for. No message holds one.

use std::borrow::Cow;

use prober::{
    definition::Secret,
    load::{
        tree::{Context, Fault, Node, Read},
        values::{SecretText, unsendable},
    },
};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::operators::{no_password_hash, no_token_hash};
use crate::{
    mail::RelayUrl,
    notify::{SecretUrl, is_topic},
};

/// What stands for a secret wherever settings are printed.
pub(super) const MASK: &str = "***";

/// A text that is not shown, and what may be shown in its place: the `${…}` it came from, or a mask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    /// What it really is.
    pub secret: Secret,
    /// What `--print-settings` prints.
    pub shown: String,
    /// Whether it stands in the file itself, and not where the file refers to.
    pub is_literal: bool,
}

/// Says why a text cannot be the value of a key.
type Rule = fn(key: &str, text: &str) -> Option<Fault>;

fn read(node: Node<'_, '_>, context: &mut Context<'_>, rule: Rule) -> Option<Hidden> {
    let template = node.text().unwrap_or_default();
    if template.contains(MASK) {
        Fault::new(format!("`{MASK}` stands for a secret that was not printed"))
            .help("write the secret itself, or better `${env:NAME}` or `${file:/run/secrets/name}`")
            .report(node.span(), context);
        return None;
    }
    let SecretText(secret) = SecretText::read(node, context)?;
    if let Some(fault) = rule(node.key, secret.reveal()) {
        fault.report(node.span(), context);
        return None;
    }
    Some(Hidden { secret, shown: shown(template), is_literal: !template.contains("${") })
}

macro_rules! hidden {
    ($($(#[$doc:meta])* $type:ident: $example:literal, $rule:path;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub(super) struct $type(pub(super) Hidden);

        impl Read for $type {
            const WHAT: &'static str = SecretText::WHAT;
            const EXAMPLE: &'static str = $example;

            fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
                read(node, context, $rule).map(Self)
            }
        }

        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                SecretText::schema_name()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                SecretText::json_schema(generator)
            }
        }
    )*};
}

hidden! {
    /// Sent in a header, or expected in one.
    Token: "\"${env:TOKEN}\"", unsendable;
    /// ntfy's topic: whoever knows it reads along.
    Topic: "\"${env:NTFY_TOPIC}\"", no_topic;
    /// Where a webhook is posted to.
    HookUrl: "\"https://hooks.example.org/belfry\"", no_web_address;
    /// A peer of Alertmanager.
    PeerUrl: "\"http://alertmanager.example.org:9093\"", no_web_address;
    /// The root of signal-cli-rest-api, or of a home server of Matrix.
    ServerUrl: "\"https://matrix.example.org\"", no_web_address;
    /// A name or a key of an account.
    Credential: "\"${env:SMS_KEY}\"", empty;
    /// A telephone number.
    Phone: "\"+33612345678\"", no_number;
    /// A telephone number, or a group of Signal.
    Recipient: "\"+33612345678\" or \"group.…\"", no_recipient;
    /// The root of an ntfy server.
    NtfyUrl: "\"https://ntfy.sh\"", no_web_address;
    /// The hash of an operator's password.
    PasswordField: "\"$argon2id$v=19$…\"", no_password_hash;
    /// The hash of a token.
    TokenField: "\"sha256:…\"", no_token_hash;
    /// A mail relay, with its password.
    Relay: "\"smtp://user:${env:SMTP_PASSWORD}@relay.example.org:587?tls=required\"", no_relay;
    /// The dead-man switch: whoever knows it can silence the alarm.
    PingUrl: "\"https://hc-ping.com/${env:PING_ID}\"", no_web_address;
}

fn no_topic(_: &str, text: &str) -> Option<Fault> {
    let fault = || Fault::new("a topic has 1 to 64 letters, digits, `-` or `_`").help("ntfy takes no others");
    (!is_topic(text)).then(fault)
}

fn empty(key: &str, text: &str) -> Option<Fault> {
    let harmful = text.trim().is_empty() || text.chars().any(char::is_control);
    harmful.then(|| Fault::new(format!("`{key}` must be one line that is not empty")))
}

fn no_number(key: &str, text: &str) -> Option<Fault> {
    let digits = text.strip_prefix('+').or_else(|| text.strip_prefix("00")).unwrap_or_default();
    let sound = (6..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let fault = || {
        Fault::new(format!("`{key}` must be a telephone number with its country"))
            .help("it begins with + or 00 and has no spaces, such as +33612345678")
    };
    (!sound).then(fault)
}

fn no_recipient(key: &str, text: &str) -> Option<Fault> {
    match text.strip_prefix("group.") {
        Some(group) if !group.is_empty() && !group.contains(char::is_whitespace) => None,
        Some(_) | None => no_number(key, text),
    }
}

fn no_web_address(key: &str, text: &str) -> Option<Fault> {
    let fault = || {
        Fault::new(format!("`{key}` must be an address that begins with https:// or http://"))
            .help("it has a scheme and a host, such as https://example.org/")
    };
    SecretUrl::parse(text).is_none().then(fault)
}

fn no_relay(key: &str, text: &str) -> Option<Fault> {
    let fault = text.parse::<RelayUrl>().err()?;
    let help = "write it like this: smtp://user:${env:SMTP_PASSWORD}@relay.example.org:587?tls=required";
    Some(Fault::new(format!("an address in `{key}` cannot be used: {fault}")).help(help))
}

/// What may be shown of a text that may be secret: a reference to it, or of a URL its host; else a mask.
fn shown(template: &str) -> String {
    let reference =
        template.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).is_some_and(|name| !name.contains('$'));
    if reference {
        return template.to_owned();
    }
    match url::Url::parse(template) {
        // A relay's address is no secret but for who signs in there.
        Ok(url) if matches!(url.scheme(), "smtp" | "smtps") => match template.rsplit_once('@') {
            Some((_, place)) if !place.contains("${") => format!("{}://{MASK}@{place}", url.scheme()),
            None if !template.contains("${") => template.to_owned(),
            Some(_) | None => MASK.to_owned(),
        },
        Ok(url) if url.has_host() && !template.contains("${") => {
            let origin = url.origin().ascii_serialization();
            let bare =
                url.path() == "/" && url.query().is_none() && url.username().is_empty() && url.password().is_none();
            if bare { format!("{origin}/") } else { format!("{origin}/{MASK}") }
        }
        Ok(_) | Err(_) => MASK.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_shown_as_the_reference_it_came_from_or_not_at_all() {
        let check = |template: &str, expected: &str| assert_eq!(shown(template), expected, "{template}");
        check("${env:TOKEN}", "${env:TOKEN}");
        check("${file:/run/secrets/token}", "${file:/run/secrets/token}");
        check("s3cret", "***");
        check("a${env:TOKEN}", "***");
        check("${env:A}s3cret${env:B}", "***");
        check("https://ntfy.sh", "https://ntfy.sh/");
        check("https://me:pw@hooks.example.org/T0/s3cret?x=1", "https://hooks.example.org/***");
        check("https://hc.example.org/${env:PING}", "***");
        check("smtp://me:pw@relay.example.org:587?tls=required", "smtp://***@relay.example.org:587?tls=required");
        check("smtp://127.0.0.1:25", "smtp://127.0.0.1:25");
        check("smtp://me:${env:PW}@relay.example.org", "smtp://***@relay.example.org");
        check("smtp://me:pw@${env:RELAY}", "***");
    }
}
