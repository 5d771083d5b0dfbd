//! What a settings file comes to once it is read: the combinations that cannot be meant are reported here.
//!
//! It does not know how single values are written, nor flags, the environment or defaults.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use ipnet::IpNet;
use jiff::tz::TimeZone;
use prober::{
    PrivateTargets,
    load::{
        FileReport, LoadOptions, Mistake, Outcome,
        tree::{At, Context, read_document, value},
    },
};
use shared::{Language, Text};

use super::{
    EmbeddedProber, Hidden, MetricsMode, Mode, Source,
    channels::{self, ChannelEntry},
    hidden::PingUrl,
    keeping::{DiskReserve, MaxBytes, Plans},
    layer::Given,
    mail, maintenance, operators,
    policies::{self, Drills, PolicyEntry},
    typed::{self, FORMAT},
    value::{FrameAncestors, PathText, Quiet, Reopen, default_time_zone},
    written::{Written, given, listed},
};
use crate::{mail::MailSettings, maintenance::Plan, notify::SecretUrl, watch::Ping};

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct FromFile {
    pub(super) given: Given,
    pub(super) title: Option<Text>,
    pub(super) languages: Option<Vec<Language>>,
    pub(super) time_zone: Option<TimeZone>,
    pub(super) trusted_proxies: Option<Vec<IpNet>>,
    pub(super) retention: Option<Duration>,
    pub(super) max_bytes: Option<MaxBytes>,
    pub(super) disk_reserve: Option<DiskReserve>,
    pub(super) plans: Plans,
    pub(super) metrics: Option<MetricsMode>,
    pub(super) metrics_token: Option<Hidden>,
    pub(super) quiet: Option<Quiet>,
    pub(super) reopen: Option<Reopen>,
    pub(super) groups: Option<Vec<String>>,
    pub(super) private_targets: Option<PrivateTargets>,
    pub(super) frame_ancestors: Option<FrameAncestors>,
    /// The dead-man switch, and what may be shown of its address.
    pub(super) ping: Option<(Ping, String)>,
    /// Another one who expects a sign of life, likewise.
    pub(super) peer: Option<(Ping, String)>,
    pub(super) mode: Option<Mode>,
    pub(super) channels: Vec<ChannelEntry>,
    /// Who is told first.
    pub(super) policies: Vec<PolicyEntry>,
    /// How channels are kept proven.
    pub(super) drills: Drills,
    pub(super) operators: operators::Entries,
    /// What is planned.
    pub(super) maintenance: Vec<Plan>,
    /// How subscribers are written to, and what may be shown of the relays.
    pub(super) mail: Option<(MailSettings, Vec<String>)>,
}

/// Reads the text of a file; relative paths begin at its directory. Beside the settings stands what is better otherwise.
pub(super) fn read(path: &Path, text: &str, options: &LoadOptions) -> Result<(FromFile, FileReport), Box<FileReport>> {
    let directory = path.parent().unwrap_or(Path::new(""));
    let check = |file: &typed::File, context: &mut Context<'_>| FromFile::new(file, directory, context);
    let document = read_document(text, &FORMAT, options, check);
    let report = FileReport::new(path, &document.shown, document.mistakes);
    match document.checked {
        Some(settings) if report.outcome == Outcome::Used => Ok((settings, report)),
        Some(_) | None => Err(Box::new(report)),
    }
}

impl FromFile {
    fn new(file: &typed::File, directory: &Path, context: &mut Context<'_>) -> Self {
        let channels =
            value(&file.channel).map(|list| channels::entries(&list.0, directory, context)).unwrap_or_default();
        let policies =
            value(&file.policy).map(|list| policies::entries(&list.0, &channels, context)).unwrap_or_default();
        let deny = |deny| if deny { PrivateTargets::Deny } else { PrivateTargets::Allow };
        Self {
            given: from_flags(file, directory),
            title: value(&file.title).map(|texts| texts.0.clone()),
            languages: languages(file, context),
            time_zone: given(&file.time_zone).map(|zone| zone.0),
            trusted_proxies: listed(&file.trusted_proxies)
                .map(|networks| networks.into_iter().map(|network| network.0).collect()),
            retention: given(&file.retention).map(|retention| retention.0),
            max_bytes: given(&file.max_bytes),
            disk_reserve: given(&file.disk_reserve),
            plans: Plans::new(file, directory, context),
            metrics: given(&file.metrics),
            metrics_token: value(&file.metrics_token).map(|token| token.0.clone()),
            quiet: value(&file.incidents).and_then(|incidents| given(&incidents.quiet)),
            reopen: value(&file.incidents).and_then(|incidents| given(&incidents.reopen)),
            groups: listed(&file.groups).map(|groups| groups.into_iter().map(|group| group.0).collect()),
            private_targets: value(&file.deny_private).map(|flag| deny(flag.0)),
            frame_ancestors: given(&file.frame_ancestors),
            ping: value(&file.watch).and_then(|watch| ping(&watch.ping)),
            peer: value(&file.watch).and_then(|watch| ping(&watch.peer)),
            mode: given(&file.mode),
            channels,
            policies,
            drills: Drills::new(&file.drill, context),
            operators: operators::entries(&file.operator, &file.token, context),
            maintenance: planned(file, context),
            mail: value(&file.mail).and_then(|mail| mail::settings(mail, directory)),
        }
    }

    /// Which of the file's own keys it gives.
    pub(super) fn sources(&self) -> BTreeMap<&'static str, Source> {
        let given = [
            ("title", self.title.is_some()),
            ("mode", self.mode.is_some()),
            ("languages", self.languages.is_some()),
            ("time_zone", self.time_zone.is_some()),
            ("trusted_proxies", self.trusted_proxies.is_some()),
            ("retention", self.retention.is_some()),
            ("max_bytes", self.max_bytes.is_some()),
            ("disk_reserve", self.disk_reserve.is_some()),
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
fn from_flags(file: &typed::File, directory: &Path) -> Given {
    let path =
        |path: &Option<At<Written<PathText>>>| -> Option<PathBuf> { given(path).map(|path| directory.join(path.0)) };
    let prober = |runs| if runs { EmbeddedProber::Runs } else { EmbeddedProber::Absent };
    Given {
        settings: None,
        probes: path(&file.probes),
        data: path(&file.data),
        listen: given(&file.listen),
        public_url: given(&file.public_url),
        location: given(&file.location),
        prober: value(&file.prober).map(|flag| prober(flag.0)),
        ca_file: path(&file.ca_file),
        nameservers: listed(&file.nameservers),
        control: listed(&file.control),
        tls_cert: path(&file.tls_cert),
        tls_key: path(&file.tls_key),
        log_format: given(&file.log_format),
    }
}

/// Each language once, and at least one.
fn languages(file: &typed::File, context: &mut Context<'_>) -> Option<Vec<Language>> {
    let list = file.languages.as_ref()?;
    if list.value.as_ref()?.0.is_empty() {
        let mistake = Mistake::error("`languages` is empty").at(list.span.clone());
        context.report(mistake.help("name at least one: languages = [\"fr\", \"en\"]"));
    }
    let mut languages: Vec<Language> = Vec::new();
    for language in listed(&file.languages)? {
        if !languages.contains(&language) {
            languages.push(language);
        }
    }
    Some(languages)
}

fn planned(file: &typed::File, context: &mut Context<'_>) -> Vec<Plan> {
    let zone = given(&file.time_zone).map_or_else(default_time_zone, |zone| zone.0);
    value(&file.maintenance).map(|list| maintenance::plans(&list.0, &zone, context)).unwrap_or_default()
}

fn ping(key: &Option<At<PingUrl>>) -> Option<(Ping, String)> {
    let hidden = &value(key)?.0;
    Some((Ping::new(SecretUrl::parse(hidden.secret.reveal())?), hidden.shown.clone()))
}
