//! The dead-man switch of a bare location: pinged each minute while probes run and the hub acknowledges, and otherwise not.
//!
//! It does not know whether probes run; silence is the alarm.

use std::{sync::Arc, time::Duration};

use tokio::time::{self, Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{hub::HubClient, watch::Watch};
use crate::probe::wall_clock;

/// From one ping to the next.
const EVERY: Duration = Duration::from_secs(60);

/// The task.
#[derive(Debug)]
pub(super) struct Ping {
    url: Url,
    http: reqwest::Client,
    watch: Arc<Watch>,
}

impl Ping {
    pub(super) fn new(url: Url, hub: &HubClient, watch: Arc<Watch>) -> Self {
        Self { url, http: hub.http(), watch }
    }

    /// Pings until `stop`, the first time a minute after the start: a process that dies again and again before that never gives a
    /// sign of life.
    pub(super) async fn run(self, stop: CancellationToken) {
        let mut ticks = time::interval_at(Instant::now() + EVERY, EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut told = None;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            let silence = self.watch.silence(wall_clock());
            match (told, silence) {
                (None, Some(reason)) => tracing::error!(reason, "the dead-man switch gets no sign of life"),
                (Some(_), None) => tracing::info!("the dead-man switch gets a sign of life again"),
                (None, None) | (Some(_), Some(_)) => {}
            }
            told = silence;
            if silence.is_none() {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = self.tell() => {}
                }
            }
        }
    }

    async fn tell(&self) {
        // Whoever knows the address can silence the alarm: it is never told.
        match self.http.get(self.url.clone()).send().await.and_then(reqwest::Response::error_for_status) {
            Ok(_) => {}
            Err(error) => {
                let error = error.without_url();
                tracing::warn!(%error, "the dead-man switch could not be told");
            }
        }
    }
}
