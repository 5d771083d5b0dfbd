//! The prober's way to the outside: name resolution, address policy and TLS, set up once and shared by every probe.
//!
//! It does not know definitions, schedules or verdicts.

pub mod policy;

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

pub use policy::PrivateTargets;

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
    /// TLS cannot be set up.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
}

/// The network as probes see it; a clone is cheap and shares everything.
#[derive(Clone)]
pub struct Network(Arc<Inner>);

struct Inner {
    options: NetworkOptions,
}

impl Network {
    /// Sets everything up; blocks for a moment to read certificates and the system's configuration.
    pub fn new(options: &NetworkOptions) -> Result<Self, NetworkError> {
        Ok(Self(Arc::new(Inner { options: options.clone() })))
    }

    /// What it was set up with.
    pub fn options(&self) -> &NetworkOptions {
        &self.0.options
    }
}
