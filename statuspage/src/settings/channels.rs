//! `[[channel]]`: who is told when a component goes down or recovers.
//!
//! It does not know how a channel is spoken to.

use std::{collections::BTreeSet, ops::Range};

use http::{HeaderName, HeaderValue};
use prober::{definition::Secret, load::Mistake};
use toml::Spanned;

use super::{
    file::web_address,
    reader::{Reader, Section},
};
use crate::notify::{ChannelConfig, ChannelKind, ChannelName, NtfyConfig, WebhookConfig};

const NAME: &str = "`[[channel]]`";
const WEBHOOK: [&str; 5] = ["name", "kind", "url", "token", "headers"];
const NTFY: [&str; 5] = ["name", "kind", "url", "topic", "token"];
const TOKEN: &str = "\"${env:CHANNEL_TOKEN}\"";

/// A channel, and what may be shown of it.
#[derive(Debug, Clone)]
pub(super) struct ChannelEntry {
    pub(super) config: ChannelConfig,
    /// Its lines for `--print-settings`: a key and a value each.
    pub(super) shown: Vec<(String, String)>,
}

/// Reads every channel; names are unique.
pub(super) fn read(reader: &mut Reader<'_>, top: Section<'_, '_>) -> Vec<ChannelEntry> {
    let mut names = BTreeSet::new();
    let mut entries = Vec::new();
    for (table, place) in reader.tables(top, "channel") {
        let section = Section { name: NAME, table };
        let Some(entry) = channel(reader, section, place) else { continue };
        if !names.insert(entry.config.name.clone()) {
            let place = table.get("name").map_or(0..0, Spanned::span);
            let mistake = Mistake::error(format!("there is another channel called `{}`", entry.config.name)).at(place);
            reader.report(mistake.help("give each channel a name of its own: messages that wait are kept under it"));
        }
        entries.push(entry);
    }
    entries
}

fn channel(reader: &mut Reader<'_>, section: Section<'_, '_>, place: Range<usize>) -> Option<ChannelEntry> {
    reader.require(section, "name", place.clone(), "\"ops\"");
    reader.require(section, "kind", place.clone(), "\"webhook\"");
    let name: Option<ChannelName> = reader.parse(section, "name", "\"ops\"");
    let (kind, kind_place) = reader.text(section, "kind", "\"webhook\"")?;
    let mut shown = vec![
        ("name".to_owned(), name.as_ref().map_or("", ChannelName::as_str).to_owned()),
        ("kind".to_owned(), kind.to_owned()),
    ];
    let kind = match kind {
        "webhook" => {
            reader.expect_keys(section, &WEBHOOK);
            webhook(reader, section, place, &mut shown).map(ChannelKind::Webhook)
        }
        "ntfy" => {
            reader.expect_keys(section, &NTFY);
            ntfy(reader, section, place, &mut shown).map(ChannelKind::Ntfy)
        }
        other => {
            let mistake = Mistake::error(format!("there is no kind of channel called {other:?}")).at(kind_place);
            reader.report(mistake.help("the kinds are \"webhook\" and \"ntfy\""));
            None
        }
    };
    Some(ChannelEntry { config: ChannelConfig { name: name?, kind: kind? }, shown })
}

type Shown = Vec<(String, String)>;

fn webhook(
    reader: &mut Reader<'_>,
    section: Section<'_, '_>,
    place: Range<usize>,
    shown: &mut Shown,
) -> Option<WebhookConfig> {
    let url = address(reader, section, place, "\"https://hooks.example.org/belfry\"", shown);
    let token = token(reader, section, shown);
    let headers = headers(reader, section, shown);
    Some(WebhookConfig { url: url?, token, headers })
}

fn ntfy(
    reader: &mut Reader<'_>,
    section: Section<'_, '_>,
    place: Range<usize>,
    shown: &mut Shown,
) -> Option<NtfyConfig> {
    const TOPIC: &str = "\"${env:NTFY_TOPIC}\"";
    reader.require(section, "topic", place.clone(), TOPIC);
    let url = address(reader, section, place, "\"https://ntfy.sh\"", shown);
    let topic = reader.hidden(section, "topic", TOPIC)?;
    let sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let text = topic.secret.reveal();
    if text.is_empty() || text.len() > 64 || !text.chars().all(sound) {
        let place = section.table.get("topic").map_or(0..0, Spanned::span);
        let mistake = Mistake::error("a topic has 1 to 64 letters, digits, `-` or `_`").at(place);
        reader.report(mistake.help(format!("write it like this: topic = {TOPIC}")));
    }
    shown.push(("topic".to_owned(), topic.shown));
    let token = token(reader, section, shown);
    Some(NtfyConfig { url: url?, topic: topic.secret, token })
}

fn address(
    reader: &mut Reader<'_>,
    section: Section<'_, '_>,
    place: Range<usize>,
    example: &str,
    shown: &mut Shown,
) -> Option<url::Url> {
    reader.require(section, "url", place, example);
    let hidden = reader.hidden(section, "url", example)?;
    let place = section.table.get("url").map_or(0..0, Spanned::span);
    let url = web_address(reader, "url", hidden.secret.reveal(), place, example)?;
    shown.push(("url".to_owned(), hidden.shown));
    Some(url)
}

fn token(reader: &mut Reader<'_>, section: Section<'_, '_>, shown: &mut Shown) -> Option<Secret> {
    let token = reader.hidden(section, "token", TOKEN)?;
    let place = section.table.get("token").map_or(0..0, Spanned::span);
    sendable(reader, "token", token.secret.reveal(), place);
    shown.push(("token".to_owned(), token.shown));
    Some(token.secret)
}

fn headers(reader: &mut Reader<'_>, section: Section<'_, '_>, shown: &mut Shown) -> Vec<(HeaderName, Secret)> {
    let mut headers = Vec::new();
    let Some(table) = section.table.contains_key("headers").then(|| reader.table(section, "headers")).flatten() else {
        return headers;
    };
    let inner = Section { name: "`headers`", table };
    for key in table.keys() {
        let name = key.get_ref().as_ref();
        let Ok(header) = name.parse::<HeaderName>() else {
            let mistake = Mistake::error("a header's name has letters, digits and `-`").at(key.span());
            reader.report(mistake.help("write it like this: headers = { \"X-Team\" = \"ops\" }"));
            continue;
        };
        if let Some(value) = reader.hidden(inner, name, TOKEN) {
            sendable(reader, name, value.secret.reveal(), key.span());
            shown.push((format!("headers.\"{header}\""), value.shown));
            headers.push((header, value.secret));
        }
    }
    headers
}

fn sendable(reader: &mut Reader<'_>, key: &str, value: &str, place: Range<usize>) {
    if HeaderValue::from_str(value).is_err() {
        let mistake =
            Mistake::error(format!("the value of `{key}` holds characters that a header cannot carry")).at(place);
        reader.report(mistake.help("is there a line break in it?"));
    }
}
