//! The effective settings as a file that reads back.
//!
//! It does not know what the settings mean, and has no secret to show: it gets them masked.

use std::fmt::{Display, Write as _};

use lettre::message::Mailbox;
use prober::PrivateTargets;
use shared::Text;

use super::{EmbeddedProber, Settings, Source, value::days};
use crate::maintenance::{Scope, Timing};

/// A text as TOML writes it.
pub(super) fn quoted(text: impl Display) -> String {
    toml::Value::String(text.to_string()).to_string()
}

pub(super) fn listed<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    format!("[{}]", items.into_iter().map(quoted).collect::<Vec<_>>().join(", "))
}

fn texts(text: &Text) -> String {
    match text {
        Text::Plain(text) => quoted(text),
        Text::ByLanguage(texts) => {
            let entries = texts.iter().map(|(language, text)| format!("{language} = {}", quoted(text)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

/// The text, line by line.
struct Page<'a> {
    settings: &'a Settings,
    text: String,
}

impl Page<'_> {
    /// A setting that has a value whatever happens.
    fn line(&mut self, key: &str, value: &str) {
        let source = match self.settings.source(key) {
            Source::Flag => "flag",
            Source::Environment => "environment",
            Source::File => "file",
            Source::Default => "default",
        };
        let _ = writeln!(self.text, "{key} = {value} # {source}");
    }

    /// A setting that may have none.
    fn optional(&mut self, key: &str, value: Option<String>) {
        match value {
            Some(value) => self.line(key, &value),
            None => {
                let _ = writeln!(self.text, "# {key} is not set");
            }
        }
    }
}

pub(super) fn print(settings: &Settings) -> String {
    let mut page = Page { settings, text: String::new() };
    match &settings.file {
        Some(path) => {
            let _ = writeln!(page.text, "# Effective settings; `file` means {:?}.", path.display().to_string());
        }
        None => page.text.push_str("# Effective settings; there is no settings file.\n"),
    }
    process(&mut page);
    site(&mut page);
    keeping(&mut page);
    alarms(&mut page);
    planned(&mut page);
    mail(&mut page);
    page.text
}

fn process(page: &mut Page<'_>) {
    let settings = page.settings;
    page.line("probes", &quoted(settings.probes.display()));
    page.line("data", &quoted(settings.data.display()));
    page.line("listen", &quoted(&settings.listen));
    page.optional("tls_cert", settings.tls.as_ref().map(|tls| quoted(tls.cert.display())));
    page.optional("tls_key", settings.tls.as_ref().map(|tls| quoted(tls.key.display())));
    page.line("location", &quoted(&settings.location));
    page.line("prober", if settings.prober == EmbeddedProber::Runs { "true" } else { "false" });
    page.line("nameservers", &listed(&settings.nameservers));
    page.optional("ca_file", settings.ca_file.as_ref().map(|path| quoted(path.display())));
    page.line("control", &listed(&settings.control));
    page.line("deny_private", if settings.private_targets == PrivateTargets::Deny { "true" } else { "false" });
    page.line("retention", &quoted(format!("{}d", days(settings.retention))));
    page.line("max_bytes", &quoted(settings.max_bytes));
    page.line("disk_reserve", &quoted(settings.disk_reserve));
    page.line("log_format", &quoted(settings.log_format));
    page.line("trusted_proxies", &listed(&settings.trusted_proxies));
    page.line("metrics", &quoted(settings.metrics));
    page.optional("metrics_token", settings.metrics_token.as_ref().map(|token| quoted(&token.shown)));
}

fn site(page: &mut Page<'_>) {
    let settings = page.settings;
    page.line("mode", &quoted(settings.mode));
    page.line("title", &texts(&settings.title));
    page.line("languages", &listed(&settings.languages));
    page.line("time_zone", &quoted(settings.time_zone.iana_name().unwrap_or("UTC")));
    page.optional("public_url", settings.public_url.as_ref().map(quoted));
    page.line("groups", &listed(&settings.groups));
    page.line("frame_ancestors", &quoted(settings.frame_ancestors.as_str()));
}

/// Tables come after the keys of the top.
fn keeping(page: &mut Page<'_>) {
    let settings = page.settings;
    if let Some(plan) = &settings.backup {
        let (directory, cron) = (quoted(plan.directory.display()), quoted(&plan.line));
        let _ = writeln!(page.text, "\n[backup]\ndirectory = {directory}\ncron = {cron}\nkeep = {}", plan.keep);
    }
    let _ = writeln!(page.text, "\n[verify]\ncron = {}", quoted(&settings.verify.line));
    let _ = writeln!(page.text, "\n[incidents]\nquiet = {}", quoted(settings.quiet));
    let _ = writeln!(page.text, "reopen = {}", quoted(settings.reopen));
}

fn alarms(page: &mut Page<'_>) {
    let pings = [("ping", &page.settings.shown.ping), ("peer", &page.settings.shown.peer)];
    let given: Vec<_> = pings.into_iter().filter_map(|(key, shown)| Some((key, shown.as_ref()?))).collect();
    if !given.is_empty() {
        page.text.push_str("\n[watch]\n");
    }
    for (key, shown) in given {
        let _ = writeln!(page.text, "{key} = {} # file", quoted(shown));
    }
    for channel in &page.settings.shown.channels {
        page.text.push_str("\n[[channel]] # file\n");
        for (key, value) in channel {
            let _ = writeln!(page.text, "{key} = {value}");
        }
    }
    policies(page);
    for (heading, lines) in &page.settings.shown.accounts {
        let _ = writeln!(page.text, "\n[[{heading}]] # file");
        for (key, value) in lines {
            let _ = writeln!(page.text, "{key} = {}", quoted(value));
        }
    }
}

fn policies(page: &mut Page<'_>) {
    for policy in &page.settings.shown.policies {
        page.text.push_str("\n[[policy]] # file\n");
        for (key, value) in policy {
            let _ = writeln!(page.text, "{key} = {value}");
        }
    }
    if !page.settings.channels.is_empty() {
        page.text.push_str("\n[drill]\n");
        for (key, value) in page.settings.drills.shown() {
            let _ = writeln!(page.text, "{key} = {value}");
        }
    }
}

fn planned(page: &mut Page<'_>) {
    for plan in &page.settings.maintenance {
        let _ = writeln!(page.text, "\n[[maintenance]] # file\ntitle = {}", texts(&plan.title));
        if plan.description != Text::from("") {
            let _ = writeln!(page.text, "description = {}", texts(&plan.description));
        }
        let scope = match &plan.scope {
            Scope::All => "all = true".to_owned(),
            Scope::Groups(names) => format!("groups = {}", listed(names)),
            Scope::Components(ids) => format!("components = {}", listed(ids)),
        };
        let when = match &plan.timing {
            Timing::Once(span) => format!("starts_at = {}\nends_at = {}", span.starts_at, span.ends_at),
            Timing::Recurring(recurrence) => {
                let duration = format!("{}s", recurrence.duration().as_secs());
                format!("cron = {}\nduration = {}", quoted(recurrence.line()), quoted(duration))
            }
        };
        let _ = writeln!(page.text, "{scope}\n{when}");
    }
}

fn mail(page: &mut Page<'_>) {
    let Some(mail) = &page.settings.mail else { return };
    let relays = listed(&page.settings.shown.relays);
    let mut lines = vec![format!("relays = {relays}"), format!("from = {}", quoted(mailbox(&mail.from)))];
    let mut optional = |key: &str, value: Option<String>| lines.extend(value.map(|value| format!("{key} = {value}")));
    optional("reply_to", mail.reply_to.as_ref().map(|reply_to| quoted(mailbox(reply_to))));
    optional("bounce", mail.bounce_domain.as_ref().map(quoted));
    optional("unsubscribe_mailbox", mail.unsubscribe_mailbox.as_ref().map(quoted));
    optional("identity", mail.identity.as_ref().map(texts));
    optional("ca_file", mail.ca_file.as_ref().map(|path| quoted(path.display())));
    optional("key_file", Some(quoted(mail.key_file.display())));
    optional("rate", Some(mail.rate.to_string()));
    optional("own_domains", mail.own_domains.as_ref().map(listed));
    let _ = writeln!(page.text, "\n[mail] # file\n{}", lines.join("\n"));
    if let Some(dkim) = &mail.dkim {
        let (domain, selector, key) = (quoted(&dkim.domain), quoted(&dkim.selector), quoted(dkim.key_file.display()));
        let _ = writeln!(page.text, "\n[mail.dkim] # file\ndomain = {domain}\nselector = {selector}\nkey_file = {key}");
    }
}

/// A name and an address: quotes stand around a name that headers need them for, and are read back.
fn mailbox(mailbox: &Mailbox) -> String {
    mailbox.to_string()
}
