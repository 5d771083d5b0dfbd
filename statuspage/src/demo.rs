//! A stage for newcomers: services on this machine that behave like real ones, and definitions that watch them.
//!
//! It does not know the product: it gives directories and settings to whoever runs it.

mod certificate;
mod definitions;
mod mood;
mod services;

use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{server::ListenAddress, settings::Given};

/// Ports that are tried for the page, in this order, before any free one.
const PORTS: std::ops::Range<u16> = 8_080..8_100;

/// Services that run, and the files that make the product watch them. Dropping it ends them and removes the files.
#[derive(Debug)]
pub struct Stage {
    directory: TempDir,
    services: JoinSet<()>,
}

/// The stage cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// Files or ports.
    #[error(
        "cannot set up the demonstration: {0}; it needs a writable temporary directory and free ports on 127.0.0.1"
    )]
    System(#[from] io::Error),
    /// The certificate of one of the services.
    #[error("cannot make a certificate for the demonstration: {0}")]
    Certificate(#[from] rcgen::Error),
    /// TLS with it.
    #[error("cannot speak TLS in the demonstration: {0}")]
    Tls(#[from] rustls::Error),
}

impl Stage {
    /// Starts the services and writes the files.
    ///
    /// # Errors
    ///
    /// Without a temporary directory or ports there is no demonstration.
    pub async fn start(stop: CancellationToken) -> Result<Self, StageError> {
        let directory = tempfile::Builder::new().prefix("belfry-demo-").tempdir()?;
        let mut services = JoinSet::new();
        let certificate = certificate::issue(jiff::Timestamp::now())?;
        let ports = services::start(&mut services, &certificate, &stop).await?;
        let stage = Self { directory, services };
        fs::create_dir(stage.probes())?;
        for (id, definition) in definitions::all(&ports) {
            fs::write(stage.probes().join(format!("{id}.toml")), definition)?;
        }
        fs::write(stage.ca_file(), &certificate.authority)?;
        fs::write(stage.settings(), definitions::SETTINGS)?;
        Ok(stage)
    }

    /// Where the definitions lie.
    pub fn probes(&self) -> PathBuf {
        self.directory.path().join("probes.d")
    }

    /// Where the product may keep its data: it goes with the stage.
    pub fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// The authority that signed the certificates of the services.
    pub fn ca_file(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    /// The settings file.
    pub fn settings(&self) -> PathBuf {
        self.directory.path().join("statuspage.toml")
    }

    /// The settings that make the product watch this stage.
    pub fn given(&self, listen: ListenAddress) -> Given {
        Given {
            settings: Some(self.settings()),
            probes: Some(self.probes()),
            data: Some(self.data()),
            ca_file: Some(self.ca_file()),
            listen: Some(listen),
            ..Given::default()
        }
    }

    /// Waits for the services to end after the stop, and removes the files.
    pub async fn finish(mut self) {
        while let Some(ended) = self.services.join_next().await {
            if let Err(fault) = ended {
                tracing::error!(%fault, "a service of the demonstration ended by a fault");
            }
        }
    }
}

/// The first of the customary ports that is free on this machine, else any.
pub async fn free_address() -> ListenAddress {
    for port in PORTS {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).await.is_ok() {
            return address.into();
        }
    }
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()
}

#[cfg(test)]
mod tests;
