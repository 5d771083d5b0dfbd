//! The dead-man switch of a bare location: pinged each minute while probes run and the hub acknowledges, and otherwise not.
//!
//! It does not know whether probes run; silence is the alarm.

use std::{sync::Arc, time::Duration};

use tokio::time::{self, Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{hub::HubClient, watch::Watch};
use crate::{
    probe::wall_clock,
    supervisor::{Pulse, Vitals},
};

/// From one ping to the next.
const EVERY: Duration = Duration::from_secs(60);
/// How often the task says that it lives.
const LOOK: Duration = Duration::from_secs(5);

/// The task.
#[derive(Debug, Clone)]
pub(super) struct Ping {
    url: Url,
    http: reqwest::Client,
    watch: Arc<Watch>,
    vitals: Arc<Vitals>,
    pulse: Pulse,
}

impl Ping {
    pub(super) fn new(url: Url, hub: &HubClient, watch: Arc<Watch>, vitals: Arc<Vitals>, pulse: Pulse) -> Self {
        Self { url, http: hub.http(), watch, vitals, pulse }
    }

    /// Pings until `stop`, the first time a minute after the start: a process that dies again and again before that never gives a
    /// sign of life.
    pub(super) async fn run(self, stop: CancellationToken) {
        let mut looks = time::interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut due, mut told, mut taken) = (Instant::now() + EVERY, None, false);
        loop {
            self.pulse.beat();
            tokio::select! {
                () = stop.cancelled() => break,
                _ = looks.tick() => {}
            }
            if Instant::now() < due {
                continue;
            }
            due = Instant::now() + EVERY;
            let silence = self.silence();
            log(told, silence);
            told = silence;
            if silence.is_none() {
                tokio::select! {
                    () = stop.cancelled() => break,
                    well = tell(&self.http, &self.url) => {
                        if well && !taken {
                            tracing::info!("the dead-man switch takes signs of life");
                        }
                        taken = well;
                    }
                }
            }
        }
        self.pulse.rest();
    }

    /// Why no sign of life is given.
    fn silence(&self) -> Option<&'static str> {
        let in_vain = self.vitals.is_lenient().then_some("this process was restarted again and again in vain");
        in_vain.or_else(|| self.watch.silence(wall_clock()))
    }
}

/// Whether it was taken: by 200 to 299 alone. Redirects are not followed, and who answers with one has heard nothing.
pub(super) async fn tell(http: &reqwest::Client, url: &Url) -> bool {
    // Whoever knows the address can silence the alarm: it is never told.
    match http.get(url.clone()).send().await {
        Ok(answer) if answer.status().is_success() => return true,
        Ok(answer) => {
            tracing::warn!(status = %answer.status(), "the dead-man switch did not take the sign of life");
        }
        Err(error) => {
            let error = error.without_url();
            tracing::warn!(%error, "the dead-man switch could not be told");
        }
    }
    false
}

/// Says a change once.
fn log(before: Option<&'static str>, now: Option<&'static str>) {
    match (before, now) {
        (None, Some(reason)) => tracing::error!(reason, "the dead-man switch gets no sign of life"),
        (Some(_), None) => tracing::info!("the dead-man switch gets a sign of life again"),
        (None, None) | (Some(_), Some(_)) => {}
    }
}
