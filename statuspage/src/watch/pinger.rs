//! The task that pings each minute.
//!
//! It does not judge: [`verdict`] does, from the newest [`WatchInput`].

use std::time::Duration;

use http::{HeaderMap, HeaderValue, header};
use shared::Timestamp;
use tokio::{
    sync::watch,
    time::{self, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{PingBoard, Reason, WatchInput, seen::PingLine, verdict};
use crate::notify::{Client, Refusal, SecretUrl};

/// How often the switch is told something.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// From one ping to the next.
    every: Duration,
    /// A failed ping is tried once more after that.
    again: Duration,
}

const PACE: Pace = Pace { every: Duration::from_secs(60), again: Duration::from_secs(10) };

/// Where to ping: `[watch] ping`. Whoever knows the address can silence the alarm, so it is treated as a secret.
#[derive(Debug, Clone)]
pub struct Ping {
    alive: SecretUrl,
}

impl Ping {
    /// Takes the address for a sign of life.
    pub fn new(alive: SecretUrl) -> Self {
        Self { alive }
    }

    /// Where it is told that something is wrong: the address with `/fail` at the end of its path, the query stays. The address of
    /// another Belfry's, or Uptime Kuma's, heartbeat says so in its query.
    fn fail(&self, reason: &str) -> Url {
        let mut url = self.alive.reveal().clone();
        if url.path().contains("/api/push/") {
            let own = |(name, _): &(std::borrow::Cow<'_, str>, _)| !["status", "msg", "ping"].contains(&name.as_ref());
            let kept: Vec<_> = url.query_pairs().into_owned().map(|(n, v)| (n.into(), v)).filter(own).collect();
            url.query_pairs_mut().clear().extend_pairs(kept).append_pair("status", "down").append_pair("msg", reason);
            return url;
        }
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("fail");
        }
        url
    }
}

/// The task that tells the switch.
#[derive(Debug, Clone)]
pub struct Watch {
    ping: Ping,
    client: Client,
    input: watch::Receiver<WatchInput>,
    now: fn() -> Timestamp,
    line: PingLine,
    pace: Pace,
}

impl Watch {
    /// A task that pings `ping` by `client`, judging the newest `input` by the hub's clock `now`.
    pub fn new(ping: Ping, client: Client, input: watch::Receiver<WatchInput>, now: fn() -> Timestamp) -> Self {
        Self { ping, client, input, now, line: PingBoard::default().line("ping"), pace: PACE }
    }

    /// The same, which notes on `board` what became of its pings; `switch` is what its setting is called.
    #[must_use]
    pub fn noting(self, board: &PingBoard, switch: &'static str) -> Self {
        Self { line: board.line(switch), ..self }
    }

    /// Pings each minute until `stop`, the first time a minute after the start: a hub that dies again and again before that never
    /// gives a sign of life.
    pub async fn run(self, stop: CancellationToken) {
        let mut ticks = time::interval_at(time::Instant::now() + self.pace.every, self.pace.every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut told = None;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            let found = verdict(&self.input.borrow().clone(), (self.now)()).err();
            log(told.as_ref(), found.as_ref());
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.tell(found.as_ref()) => {}
            }
            told = found;
        }
    }

    async fn tell(&self, reason: Option<&Reason>) {
        let mut sent = self.send(reason).await;
        if sent.is_err() {
            time::sleep(self.pace.again).await;
            sent = self.send(reason).await;
        }
        match sent {
            Ok(()) => self.line.taken(),
            Err(error) => {
                tracing::warn!(%error, "the dead-man switch could not be told");
                self.line.missed(error.to_string());
            }
        }
    }

    async fn send(&self, reason: Option<&Reason>) -> Result<(), Refusal> {
        match reason {
            None => {
                let before = (self.now)();
                let answer = self.client.get(self.ping.alive.reveal()).await?.success()?;
                let after = (self.now)();
                self.line.alive(after);
                if let Some(theirs) = answer.date {
                    self.line.compare(before, theirs, after);
                }
                answer
            }
            Some(reason) => {
                let plain = HeaderValue::from_static("text/plain; charset=utf-8");
                let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, plain)]);
                self.client
                    .post(&self.ping.fail(&reason.to_string()), headers, reason.to_string().into_bytes())
                    .await?
                    .success()?
            }
        };
        Ok(())
    }
}

/// Says a change once.
fn log(before: Option<&Reason>, now: Option<&Reason>) {
    match (before, now) {
        (None, Some(reason)) => tracing::error!(%reason, "the dead-man switch is told that the monitor is not well"),
        (Some(_), None) => tracing::info!("the dead-man switch is told that the monitor is well again"),
        (None, None) | (Some(_), Some(_)) => {}
    }
}

#[cfg(test)]
mod tests;
