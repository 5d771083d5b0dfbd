//! Where results come from: the hub that runs, or the directory that it left.
//!
//! It does not know how they are written.

use std::path::Path;

use anyhow::Result;
use prober::{load::LoadOptions, reload};
use serde::Deserialize;
use shared::{ComponentId, Observation};

use crate::{
    command::clock::Clock,
    control::{Client, ClientError},
    settings::Settings,
    store::{ObservationPage, ObservationQuery, Offline},
};

/// A hub or a directory.
pub(super) enum Source {
    /// Through its socket.
    Hub(Client),
    /// Opened by this process.
    Directory(Box<Offline>),
}

#[derive(Deserialize)]
struct Page {
    observations: Vec<Observation>,
    next: Option<String>,
}

impl Source {
    pub(super) fn open(data: &Path) -> Result<Self> {
        Ok(match Client::find(data)? {
            Some(client) => Self::Hub(client),
            None => Self::Directory(Box::new(Offline::open(data)?)),
        })
    }

    /// The clock by which times are typed: that of the hub's page, or of the settings where no hub runs.
    pub(super) async fn clock(&self, settings: &Settings) -> Result<Clock> {
        match self {
            Self::Hub(client) => Ok(Clock::of(client).await?),
            Self::Directory(_) => Ok(Clock::Known(settings.time_zone.clone())),
        }
    }

    /// What a component was called before, by its definition; a hub knows by itself.
    pub(super) fn formerly(&self, component: &ComponentId, settings: &Settings) -> Vec<ComponentId> {
        match self {
            Self::Hub(_) => Vec::new(),
            Self::Directory(_) => {
                let options = LoadOptions::from_environment(settings.time_zone.clone());
                // Results are there without definitions too.
                let set = reload::open(&settings.probes, options).map(|(set, _)| set).unwrap_or_default();
                let definition = set.definitions.get(component);
                definition.map(|definition| definition.formerly.clone()).unwrap_or_default()
            }
        }
    }

    pub(super) async fn page(&self, query: &ObservationQuery) -> Result<ObservationPage> {
        let page = match self {
            Self::Hub(client) => ask(client, query).await?,
            Self::Directory(store) => {
                let page = store.observations(query)?;
                if page.observations.is_empty() && !store.knows(&query.component)? {
                    anyhow::bail!(
                        "the store in {} has no component `{}`",
                        store.directory().display(),
                        query.component
                    );
                }
                page
            }
        };
        Ok(page)
    }
}

async fn ask(client: &Client, query: &ObservationQuery) -> Result<ObservationPage> {
    let mut parameters = url::form_urlencoded::Serializer::new(String::new());
    parameters.append_pair("limit", &query.limit.to_string());
    let times = [("from", query.from), ("to", query.to)];
    for (name, at) in times.into_iter().filter_map(|(name, at)| Some((name, at?))) {
        parameters.append_pair(name, &at.to_string());
    }
    if let Some(cursor) = &query.cursor {
        parameters.append_pair("cursor", &cursor.to_string());
    }
    let path = format!("/api/v1/components/{}/observations?{}", query.component, parameters.finish());
    let page = match client.get::<Page>(&path).await {
        Err(ClientError::Refused { status: 404, .. }) => {
            anyhow::bail!("the hub has no component `{}`", query.component)
        }
        other => other?,
    };
    let next = page.next.map(|cursor| cursor.parse()).transpose()?;
    Ok(ObservationPage { observations: page.observations.into_iter().map(Into::into).collect(), next })
}
