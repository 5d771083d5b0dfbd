//! `[[channel]]`: who is told when a component goes down or recovers. One table a kind.
//!
//! It does not know how a channel is spoken to.

use std::{collections::BTreeMap, ops::Range};

use http::HeaderName;
use prober::{
    definition::Secret,
    load::{
        Mistake,
        tree::{At, Context, Entries, Field, Keys, Listed, Node, Read, Required, value},
        values::header_name,
    },
};

use super::{
    hidden::{HookUrl, NtfyUrl, Token, Topic},
    value::Kind,
    written::Written,
};
use crate::notify::{ChannelConfig, ChannelKind, ChannelName, NtfyConfig, SecretUrl, WebhookConfig};

/// A channel as it is typed.
#[derive(Debug, Clone, schemars::JsonSchema)]
#[schemars(untagged)]
pub(super) enum Channel {
    Webhook(Webhook),
    Ntfy(Ntfy),
}

prober::table! {
    /// Posts JSON to an address.
    pub(super) Webhook = "a webhook channel", "…" {
        /// Unique among the channels: messages that wait are kept under it.
        name: Required<Written<ChannelName>>,
        /// What it is.
        #[schemars(extend("enum" = ["webhook"]))]
        kind: Required<Written<Kind>>,
        /// Where the JSON is posted; `http` or `https`. It is treated as a secret.
        url: Required<HookUrl>,
        /// Sent as `Authorization: Bearer …`; may hold `${env:NAME}` and `${file:/run/secrets/name}`.
        token: Option<At<Token>>,
        /// Added to the request; values may hold `${env:NAME}` and `${file:/run/secrets/name}`.
        headers: Option<At<Entries<Token>>>,
    }
}

prober::table! {
    /// Publishes to a topic of an ntfy server.
    pub(super) Ntfy = "an ntfy channel", "…" {
        /// Unique among the channels: messages that wait are kept under it.
        name: Required<Written<ChannelName>>,
        /// What it is.
        #[schemars(extend("enum" = ["ntfy"]))]
        kind: Required<Written<Kind>>,
        /// The server's root. Not one that runs on what is watched: it dies with it.
        url: Required<NtfyUrl>,
        /// The topic; whoever knows it reads along, so that it is treated as a secret.
        topic: Required<Topic>,
        /// An access token; may hold `${env:NAME}` and `${file:/run/secrets/name}`.
        token: Option<At<Token>>,
    }
}

impl Listed for Channel {
    const FIRST: &'static str =
        "write [[channel]], and under it name = \"ops\", kind = \"webhook\" and url = \"https://…\"";
}

impl Read for Channel {
    const WHAT: &'static str = "a table";
    const EXAMPLE: &'static str = "{ name = \"ops\", kind = \"webhook\", url = \"https://…\" }";

    fn read(node: Node<'_, '_>, context: &mut Context<'_>) -> Option<Self> {
        let Some(table) = node.value.get_ref().as_table() else { return context.wrong_type(node) };
        let keys = Keys { name: "`[[channel]]`", table, span: node.span() };
        let kind: Option<At<Written<Kind>>> = Field::take(&keys, "kind", context);
        match (value(&kind), kind.is_some()) {
            (Some(Written(Kind::Webhook)), _) => Webhook::read(node, context).map(Self::Webhook),
            (Some(Written(Kind::Ntfy)), _) => Ntfy::read(node, context).map(Self::Ntfy),
            // Which other keys it has is not known without a kind.
            (None, given) => {
                let _name = Required::<Written<ChannelName>>::take(&keys, "name", context);
                if !given {
                    let _kind = Required::<Written<Kind>>::take(&keys, "kind", context);
                }
                None
            }
        }
    }
}

/// A channel, and what may be shown of it.
#[derive(Debug, Clone)]
pub(super) struct ChannelEntry {
    pub(super) config: ChannelConfig,
    /// Its lines for `--print-settings`: a key and a value each.
    pub(super) shown: Shown,
}

type Shown = Vec<(String, String)>;

/// The channels that are sound; names are unique.
pub(super) fn entries(list: &[At<Channel>], context: &mut Context<'_>) -> Vec<ChannelEntry> {
    let mut names: BTreeMap<ChannelName, Range<usize>> = BTreeMap::new();
    let mut entries = Vec::new();
    for channel in list.iter().filter_map(|item| item.value.as_ref()) {
        let (Channel::Webhook(Webhook { name, .. }) | Channel::Ntfy(Ntfy { name, .. })) = channel;
        if let Some(At { value: Some(Written(name)), span }) = &name.0 {
            unique(name, span, &mut names, context);
        }
        entries.extend(match channel {
            Channel::Webhook(typed) => webhook(typed, context),
            Channel::Ntfy(typed) => ntfy(typed),
        });
    }
    entries
}

fn unique(
    name: &ChannelName,
    place: &Range<usize>,
    names: &mut BTreeMap<ChannelName, Range<usize>>,
    context: &mut Context<'_>,
) {
    let Some(first) = names.get(name) else {
        names.insert(name.clone(), place.clone());
        return;
    };
    let mistake = Mistake::error(format!("two channels are called `{name}`")).at(place.clone()).label("the second");
    context.report(
        mistake
            .related(first.clone(), "the first")
            .help("give each channel a name of its own: messages that wait are kept under it"),
    );
}

fn webhook(typed: &Webhook, context: &mut Context<'_>) -> Option<ChannelEntry> {
    let headers = headers(typed, context);
    let (name, url) = (typed.name.value()?, &typed.url.value()?.0);
    let mut shown = first_lines(name, &typed.kind)?;
    shown.push(("url".to_owned(), url.shown.clone()));
    let token = token(&typed.token, &mut shown);
    let line = |(name, token): &(HeaderName, Token)| (format!("headers.\"{name}\""), token.0.shown.clone());
    shown.extend(headers.iter().map(line));
    let config = WebhookConfig {
        url: SecretUrl::parse(url.secret.reveal())?,
        token,
        headers: headers.into_iter().map(|(name, token)| (name, token.0.secret)).collect(),
    };
    Some(ChannelEntry { config: ChannelConfig { name: name.0.clone(), kind: ChannelKind::Webhook(config) }, shown })
}

fn ntfy(typed: &Ntfy) -> Option<ChannelEntry> {
    let (name, url, topic) = (typed.name.value()?, &typed.url.value()?.0, &typed.topic.value()?.0);
    let mut shown = first_lines(name, &typed.kind)?;
    shown.push(("url".to_owned(), url.shown.clone()));
    shown.push(("topic".to_owned(), topic.shown.clone()));
    let token = token(&typed.token, &mut shown);
    let config = NtfyConfig { url: SecretUrl::parse(url.secret.reveal())?, topic: topic.secret.clone(), token };
    Some(ChannelEntry { config: ChannelConfig { name: name.0.clone(), kind: ChannelKind::Ntfy(config) }, shown })
}

fn first_lines(name: &Written<ChannelName>, kind: &Required<Written<Kind>>) -> Option<Shown> {
    Some(vec![("name".to_owned(), name.0.to_string()), ("kind".to_owned(), kind.value()?.0.to_string())])
}

fn token(typed: &Option<At<Token>>, shown: &mut Shown) -> Option<Secret> {
    let hidden = &value(typed)?.0;
    shown.push(("token".to_owned(), hidden.shown.clone()));
    Some(hidden.secret.clone())
}

fn headers(typed: &Webhook, context: &mut Context<'_>) -> Vec<(HeaderName, Token)> {
    let entries = value(&typed.headers).into_iter().flat_map(|entries| &entries.0);
    let header = |entry| Some((header_name(entry, context)?, entry.value.value.clone()?));
    entries.filter_map(header).collect()
}
