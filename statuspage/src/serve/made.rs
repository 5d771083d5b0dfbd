//! What each part is made of, as the settings have it.
//!
//! It does not know in which order the parts begin.

use prober::{
    ControlTarget, Network, NetworkOptions, Prober, RunnerOptions, canary::Canaries, load::LoadOptions,
    supervisor::Pulse,
};
use tokio::sync::watch;

use super::StartError;
use crate::{
    clock::now,
    notify::{Channel, ChannelConfig, Client, InvalidChannel, Means, Voice},
    server::{Limits, MetricsAccess, Options},
    settings::{EmbeddedProber, MetricsMode, Settings},
    site::Site,
    store::StoreOptions,
    watch::{Ping, PingBoard, Watch, WatchInput},
};

pub(super) fn store_options(settings: &Settings) -> StoreOptions {
    StoreOptions {
        retention: settings.retention,
        disk_reserve: settings.disk_reserve.bytes(),
        max_bytes: settings.max_bytes.bytes(),
        backups: settings.backup.as_ref().map(|plan| plan.directory.clone()),
        ..StoreOptions::default()
    }
}

pub(super) fn load_options(settings: &Settings) -> LoadOptions {
    LoadOptions::from_environment(settings.time_zone.clone())
}

pub(super) fn network_options(settings: &Settings) -> NetworkOptions {
    let version = env!("CARGO_PKG_VERSION");
    let address = settings.public_url.as_ref().map(|url| format!(" (+{})", url.as_url()));
    NetworkOptions {
        nameservers: settings.nameservers.iter().map(|server| server.address()).collect(),
        ca_file: settings.ca_file.clone(),
        private_targets: settings.private_targets,
        user_agent: format!("Belfry/{version}{}", address.unwrap_or_default()),
    }
}

pub(super) fn means(settings: &Settings, site: &Site) -> Result<Means, StartError> {
    let channel = |config: &ChannelConfig| Ok((Clone::clone(&config.name), Channel::new(config)?));
    let language = site.default_language();
    Ok(Means {
        channels: settings.channels.iter().map(channel).collect::<Result<_, InvalidChannel>>()?,
        voice: Voice {
            language,
            time_zone: site.time_zone.clone(),
            site: site.title.get(language).to_owned(),
            public_url: site.public_url.clone(),
            // It lies in the data directory, which comes with the store.
            key: None,
        },
        client: Client::new(Network::roots(settings.ca_file.as_deref())?, &network_options(settings).user_agent)?,
        now,
    })
}

pub(super) fn prober(settings: &Settings, network: Network, pulse: Pulse) -> Option<Prober> {
    let options = RunnerOptions {
        control: settings.control.iter().map(ControlTarget::clone).collect(),
        canaries: Canaries::On,
        pulse,
        ..RunnerOptions::at(settings.location.clone())
    };
    match settings.prober {
        EmbeddedProber::Runs => Some(Prober::new(options, network)),
        EmbeddedProber::Absent => None,
    }
}

pub(super) fn server_options(settings: &Settings) -> Options {
    Options {
        listen: settings.listen.clone(),
        tls: settings.tls.clone(),
        trusted_proxies: settings.trusted_proxies.clone(),
        metrics: match settings.metrics {
            MetricsMode::Public => MetricsAccess::Public,
            MetricsMode::Private => {
                MetricsAccess::Private { token: settings.metrics_token.as_ref().map(|token| token.secret.clone()) }
            }
        },
        limits: Limits::of_this_process(),
    }
}

/// The tasks that give signs of life outside.
pub(super) fn watches(
    settings: &Settings,
    client: &Client,
    input: &watch::Receiver<WatchInput>,
    board: &PingBoard,
) -> Vec<(&'static str, Watch)> {
    let one = |switch: &'static str, ping: &Ping| {
        let watch = Watch::new(ping.clone(), client.clone(), input.clone(), now);
        (switch, watch.noting(board, switch))
    };
    let ping = settings.ping.iter().map(|ping| one("ping", ping));
    ping.chain(settings.peer.iter().map(|peer| one("peer", peer))).collect()
}
