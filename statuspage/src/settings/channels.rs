//! `[[channel]]`: who is told when a component goes down or recovers. One table a kind.
//!
//! It does not know how a channel is spoken to, nor who is told first.

mod checked;
mod typed;

use std::{collections::BTreeMap, ops::Range, path::Path};

use prober::load::{
    Mistake,
    tree::{At, Context, Field, Keys, Listed, Node, Read, Required, value},
    values::Flag,
};

use super::{value::Kind, written::Written};
use crate::notify::{ChannelConfig, ChannelName};

pub(super) use typed::{Alertmanager, Chat, Email, FreeMobile, Matrix, Ntfy, OvhSms, Signal, Webhook};

/// A channel as it is typed.
#[derive(Debug, Clone, schemars::JsonSchema)]
#[schemars(untagged)]
pub(super) enum Channel {
    Alertmanager(Alertmanager),
    Chat(Chat),
    Email(Email),
    FreeMobile(FreeMobile),
    Matrix(Matrix),
    Ntfy(Ntfy),
    OvhSms(OvhSms),
    Signal(Signal),
    Webhook(Webhook),
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
        let Some(Written(known)) = value(&kind) else {
            // Which other keys it has is not known without a kind.
            let _name = Required::<Written<ChannelName>>::take(&keys, "name", context);
            if kind.is_none() {
                let _kind = Required::<Written<Kind>>::take(&keys, "kind", context);
            }
            return None;
        };
        match known {
            Kind::Alertmanager => Alertmanager::read(node, context).map(Self::Alertmanager),
            Kind::Chat => Chat::read(node, context).map(Self::Chat),
            Kind::Email => Email::read(node, context).map(Self::Email),
            Kind::FreeMobile => FreeMobile::read(node, context).map(Self::FreeMobile),
            Kind::Matrix => Matrix::read(node, context).map(Self::Matrix),
            Kind::Ntfy => Ntfy::read(node, context).map(Self::Ntfy),
            Kind::OvhSms => OvhSms::read(node, context).map(Self::OvhSms),
            Kind::Signal => Signal::read(node, context).map(Self::Signal),
            Kind::Webhook => Webhook::read(node, context).map(Self::Webhook),
        }
    }
}

impl Channel {
    fn name(&self) -> &Required<Written<ChannelName>> {
        match self {
            Self::Alertmanager(Alertmanager { name, .. })
            | Self::Chat(Chat { name, .. })
            | Self::Email(Email { name, .. })
            | Self::FreeMobile(FreeMobile { name, .. })
            | Self::Matrix(Matrix { name, .. })
            | Self::Ntfy(Ntfy { name, .. })
            | Self::OvhSms(OvhSms { name, .. })
            | Self::Signal(Signal { name, .. })
            | Self::Webhook(Webhook { name, .. }) => name,
        }
    }

    /// Whether it may get drills: what people do not read gets none anyway.
    fn has_drills(&self) -> bool {
        let drill = match self {
            Self::Alertmanager(_) => return true,
            Self::Chat(Chat { drill, .. })
            | Self::Email(Email { drill, .. })
            | Self::FreeMobile(FreeMobile { drill, .. })
            | Self::Matrix(Matrix { drill, .. })
            | Self::Ntfy(Ntfy { drill, .. })
            | Self::OvhSms(OvhSms { drill, .. })
            | Self::Signal(Signal { drill, .. })
            | Self::Webhook(Webhook { drill, .. }) => drill,
        };
        value(drill).is_none_or(|Flag(drill)| *drill)
    }
}

/// A channel, and what may be shown of it.
#[derive(Debug, Clone)]
pub(super) struct ChannelEntry {
    pub(super) config: ChannelConfig,
    /// Where it stands in the file.
    pub(super) place: Range<usize>,
    /// Whether it may get drills.
    pub(super) has_drills: bool,
    /// Its lines for `--print-settings`: a key and its value as TOML.
    pub(super) shown: Shown,
}

/// Keys and their values as TOML writes them, secrets masked.
pub(super) type Shown = Vec<(String, String)>;

/// The channels that are sound; names are unique. Paths begin at `directory`.
pub(super) fn entries(list: &[At<Channel>], directory: &Path, context: &mut Context<'_>) -> Vec<ChannelEntry> {
    let mut names: BTreeMap<ChannelName, Range<usize>> = BTreeMap::new();
    let mut entries = Vec::new();
    for item in list {
        let Some(channel) = &item.value else { continue };
        if let Some(At { value: Some(Written(name)), span }) = &channel.name().0 {
            unique(name, span, &mut names, context);
        }
        let checked = checked::of(channel, directory, &item.span, context);
        let name = channel.name().value();
        entries.extend(checked.zip(name).map(|((kind, shown), Written(name))| ChannelEntry {
            config: ChannelConfig { name: name.clone(), kind },
            place: item.span.clone(),
            has_drills: channel.has_drills(),
            shown,
        }));
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
