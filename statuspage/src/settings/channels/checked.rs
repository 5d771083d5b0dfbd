//! From a channel as it is typed to one that is sound, and what may be shown of it.
//!
//! It does not know how the tables are read.

use std::{ops::Range, path::Path};

use http::{HeaderName, HeaderValue};
use prober::{
    definition::Secret,
    load::{
        Mistake,
        tree::{At, Context, Entries, List, Table as _, value},
        values::{SecretText, header_name},
    },
};

use super::{Alertmanager, Channel, Chat, Email, FreeMobile, Matrix, Ntfy, OvhSms, Shown, Signal, Webhook};
use crate::{
    notify::{
        AlertmanagerConfig, ChannelKind, ChatConfig, EmailConfig, FREE_MOBILE, FreeMobileConfig, MatrixConfig,
        NtfyConfig, OVH_SMS, OvhSmsConfig, SecretUrl, SignalConfig, Template, WebhookConfig,
    },
    settings::{
        hidden::{Hidden, HookUrl, MASK, Token},
        print::{listed, quoted},
        value::Label,
        written::{Written, given},
    },
};

/// Credits below which operators are told.
const LOW_CREDIT: u32 = 20;

/// The channel, when it is sound, and its lines for `--print-settings`.
pub(super) fn of(
    channel: &Channel,
    directory: &Path,
    place: &Range<usize>,
    context: &mut Context<'_>,
) -> Option<(ChannelKind, Shown)> {
    let mut lines = Lines::default();
    lines.line("name", channel.name().value()?.0.to_string());
    let kind = match channel {
        Channel::Alertmanager(typed) => ChannelKind::Alertmanager(alertmanager(typed, &mut lines, place, context)?),
        Channel::Chat(typed) => ChannelKind::Chat(chat(typed, &mut lines)?),
        Channel::Email(typed) => ChannelKind::Email(email(typed, directory, &mut lines, place, context)?),
        Channel::FreeMobile(typed) => ChannelKind::FreeMobile(free_mobile(typed, &mut lines)?),
        Channel::Matrix(typed) => ChannelKind::Matrix(matrix(typed, &mut lines)?),
        Channel::Ntfy(typed) => ChannelKind::Ntfy(ntfy(typed, &mut lines)?),
        Channel::OvhSms(typed) => ChannelKind::OvhSms(ovh_sms(typed, &mut lines, context)?),
        Channel::Signal(typed) => ChannelKind::Signal(signal(typed, &mut lines, context)?),
        Channel::Webhook(typed) => ChannelKind::Webhook(webhook(typed, &mut lines, place, context)?),
    };
    // The kind comes second, as people write it.
    lines.0.insert(1, ("kind".to_owned(), quoted(kind.medium().word())));
    lines.0.extend((!channel.has_drills()).then(|| ("drill".to_owned(), "false".to_owned())));
    Some((kind, lines.0))
}

/// So much of a telephone number is shown.
const SHOWN_DIGITS: usize = 2;

/// What may be shown, line by line.
#[derive(Default)]
struct Lines(Shown);

impl Lines {
    fn line(&mut self, key: &str, value: impl std::fmt::Display) {
        self.0.push((key.to_owned(), quoted(value)));
    }

    fn hidden(&mut self, key: &str, hidden: &Hidden) -> Secret {
        self.line(key, &hidden.shown);
        hidden.secret.clone()
    }

    /// What opens nothing without the secret beside it is shown as it stands in the file.
    fn name(&mut self, key: &str, hidden: &Hidden) -> Secret {
        self.line(key, if hidden.is_literal { hidden.secret.reveal() } else { &hidden.shown });
        hidden.secret.clone()
    }

    /// A telephone number by its last digits: enough to tell one from the other.
    fn phone(&mut self, key: &str, hidden: &Hidden) -> Secret {
        self.line(key, number(hidden));
        hidden.secret.clone()
    }

    fn phones<'a>(&mut self, key: &str, phones: impl IntoIterator<Item = &'a Hidden> + Clone) -> Vec<Secret> {
        self.0.push((key.to_owned(), listed(phones.clone().into_iter().map(number))));
        phones.into_iter().map(|phone| phone.secret.clone()).collect()
    }

    fn url(&mut self, hidden: &Hidden) -> Option<SecretUrl> {
        self.line("url", &hidden.shown);
        SecretUrl::parse(hidden.secret.reveal())
    }

    /// An address that has a default.
    fn url_or(&mut self, given: &Option<At<HookUrl>>, default: &str) -> Option<SecretUrl> {
        match given {
            None => SecretUrl::parse(default),
            Some(_) => self.url(&value(given)?.0),
        }
    }

    fn token(&mut self, typed: &Option<At<Token>>) -> Option<Secret> {
        value(typed).map(|Token(hidden)| self.hidden("token", hidden))
    }

    fn hidden_list<'a>(&mut self, key: &str, hidden: impl IntoIterator<Item = &'a Hidden> + Clone) -> Vec<Secret> {
        self.0.push((key.to_owned(), listed(hidden.clone().into_iter().map(|hidden| &hidden.shown))));
        hidden.into_iter().map(|hidden| hidden.secret.clone()).collect()
    }
}

/// The last digits of a number that stands in the file, else what it refers to.
fn number(phone: &Hidden) -> String {
    let text = phone.secret.reveal();
    let begins = text.len().saturating_sub(SHOWN_DIGITS);
    match text.get(begins..) {
        Some(end) if phone.is_literal && begins > 0 => format!("{MASK}{end}"),
        Some(_) | None => phone.shown.clone(),
    }
}

/// The elements of a list that are sound; that it has one is asked here.
fn some<'a, T>(list: Option<&'a At<List<T>>>, key: &str, context: &mut Context<'_>) -> Option<Vec<&'a T>> {
    let At { value, span } = list?;
    let List(items) = value.as_ref()?;
    if items.is_empty() {
        let mistake = Mistake::error(format!("`{key}` is empty")).at(span.clone());
        context.report(mistake.help("name at least one: a channel that reaches nobody is none"));
    }
    Some(items.iter().filter_map(|item| item.value.as_ref()).collect())
}

/// The elements of a list that is sound, or the only one, which may stand under `url` instead.
fn one_or_some<'a, T>(
    one: &'a Option<At<T>>,
    list: &'a Option<At<List<T>>>,
    (name, key): (&str, &str),
    place: &Range<usize>,
    context: &mut Context<'_>,
) -> Option<Vec<&'a T>> {
    match (one, list) {
        (Some(one), None) => one.value.as_ref().map(|one| vec![one]),
        (None, Some(_)) => some(list.as_ref(), key, context),
        (Some(one), Some(list)) => {
            let mistake = Mistake::error(format!("`url` stands for `{key}` with one element")).at(one.span.clone());
            context.report(mistake.related(list.span.clone(), "there are both").help("write one of them"));
            None
        }
        (None, None) => {
            let mistake = Mistake::error(format!("{name} has no `{key}`")).at(place.clone());
            context.report(mistake.help(format!("add `{key} = [\"…\"]`, or `url = \"…\"` for a single one")));
            None
        }
    }
}

fn alertmanager(
    typed: &Alertmanager,
    lines: &mut Lines,
    place: &Range<usize>,
    context: &mut Context<'_>,
) -> Option<AlertmanagerConfig> {
    let urls = one_or_some(&typed.url, &typed.urls, (Alertmanager::NAME, "urls"), place, context)?;
    let urls = lines.hidden_list("urls", urls.iter().map(|url| &url.0));
    let token = lines.token(&typed.token);
    let entries: &[_] = value(&typed.labels).map(|Entries(entries)| entries.as_slice()).unwrap_or_default();
    for entry in entries.iter().filter(|entry| !is_label(&entry.key)) {
        let mistake = Mistake::error("a label's name has letters, digits and `_`, and begins with no digit");
        context.report(
            mistake.at(entry.key_span.clone()).help("`alertname`, `severity`, `component`, `fault` and `of` are ours"),
        );
    }
    let label = |entry: &prober::load::tree::Entry<Written<Label>>| {
        Some((entry.key.clone(), entry.value.value.as_ref()?.0.to_string()))
    };
    let labels: std::collections::BTreeMap<_, _> = entries.iter().filter_map(label).collect();
    lines.0.extend(labels.iter().map(|(name, value)| (format!("labels.{name}"), quoted(value))));
    let urls = urls.iter().filter_map(|url| SecretUrl::parse(url.reveal())).collect();
    Some(AlertmanagerConfig { urls, token, labels })
}

/// A name that Prometheus takes, and that is none of ours.
fn is_label(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let ours = ["alertname", "severity", "component", "fault", "of"];
    name.chars().all(plain)
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && !ours.contains(&name)
}

fn chat(typed: &Chat, lines: &mut Lines) -> Option<ChatConfig> {
    let url = lines.url(&typed.url.value()?.0)?;
    let channel = given(&typed.channel).map(|channel| channel.0);
    channel.iter().for_each(|channel| lines.line("channel", channel));
    Some(ChatConfig { url, channel })
}

fn email(
    typed: &Email,
    directory: &Path,
    lines: &mut Lines,
    place: &Range<usize>,
    context: &mut Context<'_>,
) -> Option<EmailConfig> {
    let relays = one_or_some(&typed.url, &typed.relays, (Email::NAME, "relays"), place, context);
    let to = some(typed.to.0.as_ref(), "to", context);
    let relays = lines.hidden_list("relays", relays?.iter().map(|relay| &relay.0));
    let from = typed.from.value()?.0.mailbox().clone();
    lines.line("from", &from);
    let to: Vec<_> = to?.iter().map(|Written(to)| to.address().clone()).collect();
    lines.0.push(("to".to_owned(), listed(&to)));
    let ca_file = given(&typed.ca_file).map(|file| directory.join(file.0));
    ca_file.iter().for_each(|file| lines.line("ca_file", file.display()));
    let dkim = value(&typed.dkim).and_then(|signature| signature.dkim(directory));
    if let Some(dkim) = &dkim {
        lines.line("dkim.domain", &dkim.domain);
        lines.line("dkim.selector", &dkim.selector);
        lines.line("dkim.key_file", dkim.key_file.display());
    }
    Some(EmailConfig {
        relays: relays.iter().filter_map(|relay| relay.reveal().parse().ok()).collect(),
        from,
        to,
        dkim,
        ca_file,
    })
}

fn free_mobile(typed: &FreeMobile, lines: &mut Lines) -> Option<FreeMobileConfig> {
    let url = lines.url_or(&typed.url, FREE_MOBILE)?;
    let user = lines.name("user", &typed.user.value()?.0);
    Some(FreeMobileConfig { url, user, pass: lines.hidden("pass", &typed.pass.value()?.0) })
}

fn matrix(typed: &Matrix, lines: &mut Lines) -> Option<MatrixConfig> {
    let url = lines.url(&typed.url.value()?.0)?;
    let room = typed.room.value()?.0.0.clone();
    lines.line("room", &room);
    Some(MatrixConfig { url, room, token: lines.hidden("token", &typed.token.value()?.0) })
}

fn ntfy(typed: &Ntfy, lines: &mut Lines) -> Option<NtfyConfig> {
    let url = lines.url(&typed.url.value()?.0)?;
    let topic = lines.hidden("topic", &typed.topic.value()?.0);
    Some(NtfyConfig { url, topic, token: lines.token(&typed.token) })
}

fn ovh_sms(typed: &OvhSms, lines: &mut Lines, context: &mut Context<'_>) -> Option<OvhSmsConfig> {
    let to = some(typed.to.0.as_ref(), "to", context);
    let url = lines.url_or(&typed.url, OVH_SMS)?;
    let account = lines.name("account", &typed.account.value()?.0);
    let login = lines.name("login", &typed.login.value()?.0);
    let password = lines.hidden("password", &typed.password.value()?.0);
    let from = typed.from.value()?.0.to_string();
    lines.line("from", &from);
    let to = lines.phones("to", to?.iter().map(|phone| &phone.0));
    let low_credit = value(&typed.low_credit).map_or(LOW_CREDIT, |credit| credit.0);
    lines.0.push(("low_credit".to_owned(), low_credit.to_string()));
    Some(OvhSmsConfig { url, account, login, password, from, to, low_credit })
}

fn signal(typed: &Signal, lines: &mut Lines, context: &mut Context<'_>) -> Option<SignalConfig> {
    let recipients = some(typed.recipients.0.as_ref(), "recipients", context);
    let url = lines.url(&typed.url.value()?.0)?;
    let number = lines.phone("number", &typed.number.value()?.0);
    let recipients = lines.phones("recipients", recipients?.iter().map(|recipient| &recipient.0));
    Some(SignalConfig { url, number, recipients, token: lines.token(&typed.token) })
}

fn webhook(
    typed: &Webhook,
    lines: &mut Lines,
    place: &Range<usize>,
    context: &mut Context<'_>,
) -> Option<WebhookConfig> {
    let headers = headers(typed, context);
    let template = template(typed, place, context);
    let url = lines.url(&typed.url.value()?.0)?;
    let token = lines.token(&typed.token);
    for (name, Token(hidden)) in &headers {
        lines.line(&format!("headers.\"{name}\""), &hidden.shown);
    }
    if template.is_some() {
        // It may hold secrets: what is in it is in the file.
        lines.line("template", MASK);
        let kind = given(&typed.content_type).and_then(|kind| kind.0.to_str().map(str::to_owned).ok());
        lines.line("content_type", kind.unwrap_or_else(|| "application/json".to_owned()));
    }
    let headers = headers.into_iter().map(|(name, Token(hidden))| (name, hidden.secret)).collect();
    Some(WebhookConfig { url, token, headers, template })
}

fn headers(typed: &Webhook, context: &mut Context<'_>) -> Vec<(HeaderName, Token)> {
    let entries = value(&typed.headers).into_iter().flat_map(|entries| &entries.0);
    let header = |entry| Some((header_name(entry, context)?, entry.value.value.clone()?));
    entries.filter_map(header).collect()
}

/// The template, tried; a type without one says nothing.
fn template(typed: &Webhook, place: &Range<usize>, context: &mut Context<'_>) -> Option<Template> {
    let Some(At { value: source, span }) = &typed.template else {
        if let Some(kind) = &typed.content_type {
            let mistake =
                Mistake::error("`content_type` is that of a template, and there is none").at(kind.span.clone());
            context.report(mistake.related(place.clone(), "in this channel").help("add a `template`, or take it out"));
        }
        return None;
    };
    let kind = given(&typed.content_type).map_or(HeaderValue::from_static("application/json"), |kind| kind.0);
    let SecretText(source) = source.as_ref()?;
    match Template::new(source.reveal().to_owned(), kind) {
        Ok(template) => Some(template),
        Err(fault) => {
            let mistake = Mistake::error(format!("the template cannot be used: {fault}")).at(span.clone());
            context.report(mistake.help("it was tried with one document of each event: see the README, “Alarms”"));
            None
        }
    }
}
