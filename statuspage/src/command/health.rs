//! `statuspage health`: whether the hub of a data directory answers and goes on publishing, for whoever supervises the process.
//!
//! It does not know what is up or down, nor the settings: a mistake in their file is no reason to end a hub that works.

use std::{path::Path, time::Duration};

use http::Method;
use tokio::time::timeout;

use super::{Ended, out};
use crate::control::{Client, ClientError};

/// A hub that takes longer is not well. Supervisors wait ten seconds and more.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks the hub.
///
/// # Errors
///
/// When the answer cannot be printed.
pub async fn health(data: &Path) -> anyhow::Result<Ended> {
    let verdict = match timeout(PATIENCE, ask(data)).await {
        Ok(verdict) => verdict,
        Err(_) => Err(format!("the hub has not answered within {} seconds", PATIENCE.as_secs())),
    };
    match verdict {
        Ok(()) => out::line("the hub answers and goes on publishing").map(|()| Ended::Well),
        Err(reason) => {
            eprintln!("statuspage: {reason}");
            Ok(Ended::Poorly)
        }
    }
}

async fn ask(data: &Path) -> Result<(), String> {
    let said = |error: ClientError| error.to_string();
    let Some(client) = Client::find(data).map_err(said)? else {
        return Err(format!(
            "no hub runs with the data directory {}: --data or BELFRY_DATA names another",
            data.display()
        ));
    };
    let mut answer = client.ask(Method::GET, "/healthz").await.map_err(said)?;
    while answer.chunk().await.map_err(said)?.is_some() {}
    Ok(())
}
