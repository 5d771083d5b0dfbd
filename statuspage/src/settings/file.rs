//! `statuspage.toml`: its keys, and what each is read as.
//!
//! It does not know flags, the environment or defaults.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use ipnet::IpNet;
use jiff::tz::TimeZone;
use prober::{
    PrivateTargets,
    load::{Mistake, Variables},
};
use shared::{Language, Text};
use toml::de::DeTable;
use url::Url;

use super::{
    EmbeddedProber, Hidden, MetricsMode, Source,
    channels::{self, ChannelEntry},
    layer::Given,
    reader::{Reader, Section},
    value::{self, FrameAncestors},
};

/// Every key of the file's top level.
const KEYS: [&str; 24] = [
    "title",
    "languages",
    "time_zone",
    "public_url",
    "listen",
    "location",
    "probes",
    "data",
    "prober",
    "nameservers",
    "ca_file",
    "control",
    "trusted_proxies",
    "retention",
    "metrics",
    "metrics_token",
    "groups",
    "deny_private",
    "frame_ancestors",
    "log_format",
    "tls_cert",
    "tls_key",
    "watch",
    "channel",
];

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct FromFile {
    pub(super) given: Given,
    pub(super) title: Option<Text>,
    pub(super) languages: Option<Vec<Language>>,
    pub(super) time_zone: Option<TimeZone>,
    pub(super) trusted_proxies: Option<Vec<IpNet>>,
    pub(super) retention: Option<Duration>,
    pub(super) metrics: Option<MetricsMode>,
    pub(super) metrics_token: Option<Hidden>,
    pub(super) groups: Option<Vec<String>>,
    pub(super) private_targets: Option<PrivateTargets>,
    pub(super) frame_ancestors: Option<FrameAncestors>,
    pub(super) ping: Option<Hidden>,
    pub(super) channels: Vec<ChannelEntry>,
}

impl FromFile {
    /// Reads the tables of a file that lies in `directory`, where relative paths begin.
    pub(super) fn read(table: &DeTable<'_>, directory: &Path, variables: &Variables) -> (Self, Vec<Mistake>) {
        let mut reader = Reader::new(variables);
        let top = Section { name: "the settings file", table };
        reader.expect_keys(top, &KEYS);
        let settings = Self {
            given: given(&mut reader, top, directory),
            title: reader.texts(top, "title"),
            languages: languages(&mut reader, top),
            time_zone: reader.value(top, "time_zone", "\"Europe/Paris\"", value::time_zone),
            trusted_proxies: reader.list(top, "trusted_proxies", "[\"10.0.0.0/8\"]", value::network),
            retention: reader.value(top, "retention", "\"30d\"", value::retention),
            metrics: reader.parse(top, "metrics", "\"private\""),
            metrics_token: reader.hidden(top, "metrics_token", "\"${env:METRICS_TOKEN}\""),
            groups: reader.list(top, "groups", "[\"Collaboration\"]", |name| Ok::<_, &str>(name.to_owned())),
            private_targets: reader.either(top, "deny_private", PrivateTargets::Deny, PrivateTargets::Allow),
            frame_ancestors: reader.parse(top, "frame_ancestors", "\"'self' https://www.example.org\""),
            ping: ping(&mut reader, top),
            channels: channels::read(&mut reader, top),
        };
        (settings, reader.mistakes())
    }

    /// Which of the file's own keys it gives.
    pub(super) fn sources(&self) -> BTreeMap<&'static str, Source> {
        let given = [
            ("title", self.title.is_some()),
            ("languages", self.languages.is_some()),
            ("time_zone", self.time_zone.is_some()),
            ("trusted_proxies", self.trusted_proxies.is_some()),
            ("retention", self.retention.is_some()),
            ("metrics", self.metrics.is_some()),
            ("metrics_token", self.metrics_token.is_some()),
            ("groups", self.groups.is_some()),
            ("deny_private", self.private_targets.is_some()),
            ("frame_ancestors", self.frame_ancestors.is_some()),
        ];
        given.into_iter().filter(|(_, given)| *given).map(|(key, _)| (key, Source::File)).collect()
    }
}

/// The keys that flags have too.
fn given(reader: &mut Reader<'_>, top: Section<'_, '_>, directory: &Path) -> Given {
    let path = |reader: &mut Reader<'_>, key: &str, example: &str| -> Option<PathBuf> {
        reader.text(top, key, example).map(|(path, _)| directory.join(path))
    };
    Given {
        settings: None,
        probes: path(reader, "probes", "\"probes.d\""),
        data: path(reader, "data", "\"/var/lib/belfry\""),
        listen: reader.parse(top, "listen", "\"127.0.0.1:8080\""),
        public_url: reader.parse(top, "public_url", "\"https://status.example.org\""),
        location: reader.parse(top, "location", "\"lyon\""),
        prober: reader.either(top, "prober", EmbeddedProber::Runs, EmbeddedProber::Absent),
        ca_file: path(reader, "ca_file", "\"/etc/belfry/ca.pem\""),
        nameservers: reader.list(top, "nameservers", "[\"9.9.9.9\"]", str::parse),
        control: reader.list(top, "control", "[\"https://example.org\", \"tcp://9.9.9.9:53\"]", str::parse),
        tls_cert: path(reader, "tls_cert", "\"/etc/belfry/cert.pem\""),
        tls_key: path(reader, "tls_key", "\"/etc/belfry/key.pem\""),
        log_format: reader.parse(top, "log_format", "\"text\""),
    }
}

fn languages(reader: &mut Reader<'_>, top: Section<'_, '_>) -> Option<Vec<Language>> {
    let listed = reader.list(top, "languages", "[\"fr\", \"en\"]", str::parse)?;
    let mut languages: Vec<Language> = Vec::new();
    for language in listed {
        if !languages.contains(&language) {
            languages.push(language);
        }
    }
    if languages.is_empty() {
        let place = top.table.get("languages").map_or(0..0, toml::Spanned::span);
        reader.report(
            Mistake::error("`languages` is empty").at(place).help("name at least one: languages = [\"fr\", \"en\"]"),
        );
        return None;
    }
    Some(languages)
}

/// `[watch] ping`.
fn ping(reader: &mut Reader<'_>, top: Section<'_, '_>) -> Option<Hidden> {
    const EXAMPLE: &str = "\"https://hc-ping.com/${env:PING_ID}\"";
    let watch = Section { name: "`[watch]`", table: reader.table(top, "watch")? };
    reader.expect_keys(watch, &["ping"]);
    let ping = reader.hidden(watch, "ping", EXAMPLE)?;
    let place = watch.table.get("ping").map_or(0..0, toml::Spanned::span);
    web_address(reader, "ping", ping.secret.reveal(), place, EXAMPLE).map(|_| ping)
}

/// An `http` or `https` address, without its text in the message: it may be secret.
pub(super) fn web_address(
    reader: &mut Reader<'_>,
    key: &str,
    text: &str,
    place: std::ops::Range<usize>,
    example: &str,
) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if url.is_none() {
        let mistake =
            Mistake::error(format!("`{key}` must be an address that begins with https:// or http://")).at(place);
        reader.report(mistake.help(format!("write it like this: {key} = {example}")));
    }
    url
}
