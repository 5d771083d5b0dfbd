//! What flags, environment and file may all say, and which of them is believed.
//!
//! It does not know flags' names on the command line nor the file's form.

use std::{collections::BTreeMap, ffi::OsStr, fmt, path::PathBuf, str::FromStr};

use prober::{ControlTarget, NameServer, load::Variables};
use shared::LocationName;

use super::{
    EmbeddedProber, Source, TEXT,
    value::{LogFormat, PublicUrl},
};
use crate::server::ListenAddress;

/// Settings that one source gives; nothing where it says nothing.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The settings file.
    pub settings: Option<PathBuf>,
    /// Where the definitions lie.
    pub probes: Option<PathBuf>,
    /// Where data lies.
    pub data: Option<PathBuf>,
    /// Where to listen.
    pub listen: Option<ListenAddress>,
    /// The page's own address.
    pub public_url: Option<PublicUrl>,
    /// The name of the embedded prober's place.
    pub location: Option<LocationName>,
    /// Whether there is an embedded prober.
    pub prober: Option<EmbeddedProber>,
    /// Certificates trusted besides the platform's.
    pub ca_file: Option<PathBuf>,
    /// Asked instead of the system's.
    pub nameservers: Option<Vec<NameServer>>,
    /// Tell whether this place sees anything at all.
    pub control: Option<Vec<ControlTarget>>,
    /// The certificate in PEM.
    pub tls_cert: Option<PathBuf>,
    /// Its key in PEM.
    pub tls_key: Option<PathBuf>,
    /// How log lines look.
    pub log_format: Option<LogFormat>,
}

/// Variables have values that cannot be used: one line each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct InvalidEnvironment(Vec<String>);

impl Given {
    /// What the variables say that are called `BELFRY_` and the flag in capitals; an empty one says nothing.
    pub(super) fn from_environment(variables: &Variables) -> Result<Self, InvalidEnvironment> {
        let mut environment = Environment { variables, faults: Vec::new() };
        let given = Self {
            settings: environment.path("BELFRY_SETTINGS"),
            probes: environment.path("BELFRY_PROBES"),
            data: environment.path("BELFRY_DATA"),
            listen: environment.value("BELFRY_LISTEN"),
            public_url: environment.value("BELFRY_PUBLIC_URL"),
            location: environment.value("BELFRY_LOCATION"),
            prober: environment.no_prober("BELFRY_NO_PROBER"),
            ca_file: environment.path("BELFRY_CA_FILE"),
            nameservers: environment.list("BELFRY_NAMESERVER"),
            control: environment.list("BELFRY_CONTROL"),
            tls_cert: environment.path("BELFRY_TLS_CERT"),
            tls_key: environment.path("BELFRY_TLS_KEY"),
            log_format: environment.value("BELFRY_LOG_FORMAT"),
        };
        if environment.faults.is_empty() { Ok(given) } else { Err(InvalidEnvironment(environment.faults)) }
    }

    /// Of each setting what the first of these says that says anything, and a note of which it was.
    pub(super) fn layered([flags, environment, file]: [Self; 3], sources: &mut BTreeMap<&'static str, Source>) -> Self {
        macro_rules! pick {
            ($($key:ident),*) => {
                // No source names a file from within it.
                Self { settings: flags.settings.or(environment.settings), $($key: pick(
                    stringify!($key),
                    [(Source::Flag, flags.$key), (Source::Environment, environment.$key), (Source::File, file.$key)],
                    sources,
                )),* }
            };
        }
        pick!(
            probes,
            data,
            listen,
            public_url,
            location,
            prober,
            ca_file,
            nameservers,
            control,
            tls_cert,
            tls_key,
            log_format
        )
    }
}

/// Reads variables and gathers what is wrong with them.
struct Environment<'a> {
    variables: &'a Variables,
    faults: Vec<String>,
}

/// What the variable that stands for the settings file says; an empty one says nothing.
pub(super) fn text(variables: &Variables) -> Result<Option<String>, InvalidEnvironment> {
    let Some(text) = variables.get(OsStr::new(TEXT)).filter(|text| !text.is_empty()) else { return Ok(None) };
    let refused = || InvalidEnvironment(vec![format!("the environment variable {TEXT} is not UTF-8")]);
    text.to_str().map(|text| Some(text.to_owned())).ok_or_else(refused)
}

impl Environment<'_> {
    fn path(&self, name: &str) -> Option<PathBuf> {
        self.variables.get(OsStr::new(name)).filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    fn text(&mut self, name: &str) -> Option<String> {
        let value = self.variables.get(OsStr::new(name)).filter(|value| !value.is_empty())?;
        let text = value.to_str().map(|text| text.trim().to_owned());
        if text.is_none() {
            self.faults.push(format!("the environment variable {name} is not UTF-8"));
        }
        text
    }

    fn parse<T: FromStr<Err: fmt::Display>>(&mut self, name: &str, text: &str) -> Option<T> {
        // An address may hold a password, which no message shows.
        let shown = if text.contains('@') { "what it is".to_owned() } else { format!("{text:?}") };
        let refused = |fault| format!("the environment variable {name} cannot be {shown}: {fault}");
        text.parse().map_err(|fault| self.faults.push(refused(fault))).ok()
    }

    fn value<T: FromStr<Err: fmt::Display>>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name)?;
        self.parse(name, &text)
    }

    fn list<T: FromStr<Err: fmt::Display>>(&mut self, name: &str) -> Option<Vec<T>> {
        let text = self.text(name)?;
        let elements = text.split(',').map(str::trim).filter(|element| !element.is_empty());
        Some(elements.filter_map(|element| self.parse(name, element)).collect())
    }

    fn no_prober(&mut self, name: &str) -> Option<EmbeddedProber> {
        match self.text(name)?.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => Some(EmbeddedProber::Absent),
            "0" | "false" | "no" | "off" => Some(EmbeddedProber::Runs),
            other => {
                self.faults.push(format!("the environment variable {name} cannot be {other:?}: it is 1 or 0"));
                None
            }
        }
    }
}

/// The first that says something, and a note of which it was.
fn pick<T>(
    key: &'static str,
    given: [(Source, Option<T>); 3],
    sources: &mut BTreeMap<&'static str, Source>,
) -> Option<T> {
    let (source, value) = given.into_iter().find_map(|(source, value)| Some((source, value?)))?;
    sources.insert(key, source);
    Some(value)
}
