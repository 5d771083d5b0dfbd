//! Flags, environment and file merged into the settings that count, with defaults where nobody says anything.
//!
//! It does not know how any of them is read. What each says may be right by itself and no settings together: that is told here.

use std::{
    collections::BTreeMap,
    path::{Component, Path, PathBuf},
};

use shared::Language;

use super::{
    DrillPlan, EmbeddedProber, Given, LogFormat, MetricsMode, Mode, PublicUrl, Settings, SettingsError, Source,
    file::FromFile, value,
};
use crate::{mail::MailSettings, notify::Answers, server::TlsFiles};

/// What may be shown of what holds secrets, as the file has it.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    /// The dead-man switch.
    pub(super) ping: Option<String>,
    /// The other one.
    pub(super) peer: Option<String>,
    /// Each channel, line by line.
    pub(super) channels: Vec<Vec<(String, String)>>,
    /// The policies likewise.
    pub(super) policies: Vec<Vec<(String, String)>>,
    /// The accounts: a heading and its lines each.
    pub(super) accounts: Vec<(&'static str, Vec<(&'static str, String)>)>,
    /// The relays.
    pub(super) relays: Vec<String>,
}

impl Shown {
    fn of(file: &FromFile) -> Self {
        Self {
            ping: file.ping.as_ref().map(|(_, shown)| shown.clone()),
            peer: file.peer.as_ref().map(|(_, shown)| shown.clone()),
            channels: file.channels.iter().map(|channel| channel.shown.clone()).collect(),
            policies: file.policies.iter().map(|policy| policy.shown.clone()).collect(),
            accounts: file.operators.shown.clone(),
            relays: file.mail.as_ref().map(|(_, shown)| shown.clone()).unwrap_or_default(),
        }
    }
}

/// The settings that count.
///
/// # Errors
///
/// When they make no sense together.
pub(super) fn merge(
    flags: Given,
    environment: Given,
    mut file: FromFile,
    path: Option<PathBuf>,
    warnings: String,
) -> Result<Settings, SettingsError> {
    let mut sources = file.sources();
    let given = Given::layered([flags, environment, std::mem::take(&mut file.given)], &mut sources);
    let settings = settled(given, file, sources)?;
    let lacks = settings.lacks().into_iter().chain(settings.lacks_links());
    let warnings = lacks.fold(warnings, |warnings, lack| format!("{warnings}\n{lack}\n"));
    Ok(Settings { warnings: warnings.trim_start().to_owned(), file: path, ..settings })
}

/// Everything but where the file lies and what would be better otherwise.
fn settled(given: Given, file: FromFile, sources: BTreeMap<&'static str, Source>) -> Result<Settings, SettingsError> {
    let shown = Shown::of(&file);
    let tls = tls(given.tls_cert, given.tls_key)?;
    let data = given.data.unwrap_or_else(|| "data".into());
    let mail = mail(file.mail, given.public_url.as_ref(), &data)?;
    let time_zone = file.time_zone.unwrap_or_else(value::default_time_zone);
    let (backup, verify) = file.plans.by(&time_zone);
    let left_out = file.channels.iter().filter(|channel| !channel.has_drills);
    let drills = DrillPlan {
        left_out: left_out.map(|channel| channel.config.name.clone()).collect(),
        answers: given.public_url.as_ref().map_or(Answers::Impossible, |_| Answers::Expected),
        ..file.drills.by(&time_zone)
    };
    Ok(Settings {
        probes: given.probes.unwrap_or_else(|| "probes.d".into()),
        data,
        listen: given.listen.unwrap_or_default(),
        public_url: given.public_url,
        location: given.location.unwrap_or_else(|| "local".parse().expect("it is a name")),
        prober: given.prober.unwrap_or(EmbeddedProber::Runs),
        ca_file: given.ca_file,
        nameservers: given.nameservers.unwrap_or_default(),
        control: given.control.unwrap_or_default(),
        tls,
        log_format: given.log_format.unwrap_or(LogFormat::Text),
        title: file.title.unwrap_or_else(value::default_title),
        languages: file.languages.unwrap_or_else(|| Language::ALL.to_vec()),
        trusted_proxies: file.trusted_proxies.unwrap_or_default(),
        retention: file.retention.unwrap_or(value::DEFAULT_RETENTION),
        max_bytes: file.max_bytes.unwrap_or_default(),
        disk_reserve: file.disk_reserve.unwrap_or_default(),
        backup,
        verify,
        quiet: file.quiet.unwrap_or_default(),
        reopen: file.reopen.unwrap_or_default(),
        metrics: file.metrics.unwrap_or(MetricsMode::Private),
        metrics_token: file.metrics_token,
        groups: file.groups.unwrap_or_default(),
        private_targets: file.private_targets.unwrap_or_default(),
        frame_ancestors: file.frame_ancestors.unwrap_or_default(),
        ping: file.ping.map(|(ping, _)| ping),
        peer: file.peer.map(|(peer, _)| peer),
        mode: file.mode.unwrap_or(Mode::Trial),
        channels: file.channels.into_iter().map(|channel| channel.config).collect(),
        policies: file.policies.into_iter().map(|entry| entry.policy).collect(),
        drills,
        accounts: file.operators.accounts,
        maintenance: file.maintenance,
        mail,
        time_zone,
        file: None,
        warnings: String::new(),
        shown,
        sources,
    })
}

/// Both files of TLS, or none.
fn tls(cert: Option<PathBuf>, key: Option<PathBuf>) -> Result<Option<TlsFiles>, SettingsError> {
    match (cert, key) {
        (Some(cert), Some(key)) => Ok(Some(TlsFiles { cert, key })),
        (None, None) => Ok(None),
        (Some(_), None) | (None, Some(_)) => Err(SettingsError::HalfTls),
    }
}

/// How subscribers are written to, where letters can hold links and the key lies elsewhere than what it opens.
fn mail(
    mail: Option<(MailSettings, Vec<String>)>,
    public_url: Option<&PublicUrl>,
    data: &Path,
) -> Result<Option<MailSettings>, SettingsError> {
    let Some((mail, _)) = mail else { return Ok(None) };
    if public_url.is_none() {
        return Err(SettingsError::MailWithoutAddress);
    }
    if lies_in(&mail.key_file, data) {
        return Err(SettingsError::KeyInData { key: mail.key_file, data: data.to_owned() });
    }
    Ok(Some(mail))
}

/// Whether a file lies in a directory, as far as their names say; links are looked at when the file is opened.
fn lies_in(file: &Path, directory: &Path) -> bool {
    let (file, directory) = (std::path::absolute(file), std::path::absolute(directory));
    let inside = |file: &PathBuf, directory: &PathBuf| {
        file.strip_prefix(directory).is_ok_and(|rest| !rest.components().any(|part| part == Component::ParentDir))
    };
    matches!((file, directory), (Ok(file), Ok(directory)) if inside(&file, &directory))
}
