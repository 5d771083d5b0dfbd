//! The prober's way to the outside: name resolution, address policy and TLS, set up once and shared by every probe.
//!
//! It does not know definitions, schedules or verdicts.

mod name_server;
mod pinned;
mod policy;
mod rejection;
mod remembered;
mod resolver;
mod tls;

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
};

use http::HeaderValue;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName},
};
use shared::Timestamp;

pub use name_server::{InvalidNameServer, NameServer};
pub use policy::PrivateTargets;
use policy::PublicNames;
pub(crate) use policy::{Trail, beginning};
pub(crate) use rejection::{Reason, Rejection, described};
pub(crate) use resolver::{Addresses, Family, LookupError, Resolver};
pub(crate) use tls::Above;
use tls::Tls;

/// What can be set about the network.
#[derive(Debug, Clone)]
pub struct NetworkOptions {
    /// Asked instead of the system's; the first one that answers is kept to.
    pub nameservers: Vec<SocketAddr>,
    /// Certificates (PEM) trusted besides the platform's and the bundled roots.
    pub ca_file: Option<PathBuf>,
    /// Whether definitions may name private addresses.
    pub private_targets: PrivateTargets,
    /// Says who asks, unless a definition says otherwise.
    pub user_agent: String,
}

impl Default for NetworkOptions {
    fn default() -> Self {
        Self {
            nameservers: Vec::new(),
            ca_file: None,
            private_targets: PrivateTargets::default(),
            user_agent: concat!("Belfry/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// Why the network could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// The file of certificates cannot be used.
    #[error("cannot use the certificates in {path}: {reason}; a CA file holds certificates in PEM")]
    CaFile {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The user agent cannot be sent.
    #[error("the user agent {0:?} cannot be sent in a header; use printable ASCII")]
    UserAgent(String),
    /// Name resolution cannot be set up.
    #[error("cannot set up name resolution: {0}; name servers can be given with --nameserver")]
    Resolver(String),
    /// No root certificate can be used.
    #[error("cannot use any root certificate: {0}; name a file of them with --ca-file")]
    Roots(String),
    /// TLS cannot be set up.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
}

/// The network as probes see it; a clone is cheap and shares everything.
#[derive(Clone)]
pub struct Network(Arc<Inner>, PrivateTargets);

struct Inner {
    resolver: Resolver,
    tls: Tls,
    public_names: PublicNames,
    user_agent: HeaderValue,
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").field("private_targets", &self.1).finish_non_exhaustive()
    }
}

impl Network {
    /// Sets everything up; blocks for a moment to read certificates and the system's configuration.
    pub fn new(options: &NetworkOptions) -> Result<Self, NetworkError> {
        let user_agent = HeaderValue::from_str(&options.user_agent)
            .map_err(|_| NetworkError::UserAgent(options.user_agent.clone()))?;
        let inner = Inner {
            resolver: Resolver::new(&options.nameservers).map_err(|error| NetworkError::Resolver(error.to_string()))?,
            tls: Tls::new(options.ca_file.as_deref())?,
            public_names: PublicNames::default(),
            user_agent,
        };
        Ok(Self(Arc::new(inner), options.private_targets))
    }

    /// The same for canaries alone, which are on this machine whatever definitions may name.
    pub(crate) fn to_ourselves(&self) -> Self {
        Self(Arc::clone(&self.0), PrivateTargets::Allow)
    }

    /// The certificates that probes trust, for clients of other kinds: the platform's, the bundled ones and those of `ca_file`.
    pub fn roots(ca_file: Option<&Path>) -> Result<RootCertStore, NetworkError> {
        tls::trusted(ca_file)
    }

    pub(crate) fn resolver(&self) -> &Resolver {
        &self.0.resolver
    }

    pub(crate) fn tls(&self, above: Above) -> Arc<ClientConfig> {
        self.0.tls.config(above)
    }

    /// The earliest end in a chain that was accepted for `name`.
    pub(crate) fn expiry(&self, name: &ServerName<'_>, chain: &[CertificateDer<'static>]) -> Option<Timestamp> {
        self.0.tls.expiry(name, chain)
    }

    pub(crate) fn user_agent(&self) -> &HeaderValue {
        &self.0.user_agent
    }

    /// Whether `address`, to which `host` led, may be connected to after `trail`; the words say why not.
    pub(crate) fn admit(&self, host: &str, address: IpAddr, trail: Trail) -> Result<Trail, &'static str> {
        let trail = match trail {
            Trail::Direct => self.0.public_names.trail(host, address),
            Trail::Public => Trail::Public,
        };
        let trail = policy::permit(address, trail, self.1)?;
        if beginning(address) == Trail::Public {
            self.0.public_names.note(host, address);
        }
        Ok(trail)
    }
}
