//! The siren: posts what burns to Alertmanager again and again, with an alert that is always there.
//!
//! It does not know why something burns: the hub says what does. What is over is posted as such for a while, as Prometheus does it, so
//! that a post that was overtaken leaves nothing burning.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use shared::Timestamp;
use tokio::{
    sync::{mpsc, watch},
    time::{self, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;

use super::{Channel, ChannelName, Means, Notification, Receipt, Refusal, channel::alertmanager::Alertmanager};

/// From one post to the next: often enough that one can be lost within Alertmanager's `resolve_timeout`.
const EVERY: Duration = Duration::from_secs(60);
/// A post that outlives the client's own deadline is ended.
const DEADLINE: Duration = Duration::from_secs(20);

/// What burns, and what has just ended, by channel: a message each.
pub type Burning = BTreeMap<ChannelName, Vec<Notification>>;

/// Posts again and again.
#[derive(Debug)]
pub struct Siren {
    means: Arc<Means>,
    standing: watch::Receiver<Arc<Burning>>,
    outcomes: mpsc::Sender<(ChannelName, Timestamp, Result<Receipt, Refusal>)>,
}

/// What became of each post.
pub type Posts = mpsc::Receiver<(ChannelName, Timestamp, Result<Receipt, Refusal>)>;

impl Siren {
    /// A siren by these means, and what becomes of its posts: when nobody takes that, the next round waits.
    pub fn new(means: Means, standing: watch::Receiver<Arc<Burning>>) -> (Self, Posts) {
        let (outcomes, posts) = mpsc::channel(16);
        (Self { means: Arc::new(means), standing, outcomes }, posts)
    }

    /// Posts until `stop`. What burns then goes on until Alertmanager hears nothing for a few minutes.
    pub async fn run(self, stop: CancellationToken) {
        let since = (self.means.now)();
        let mut rounds = time::interval(EVERY);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = rounds.tick() => {}
            }
            let round = self.round(since);
            tokio::select! {
                () = stop.cancelled() => return,
                () = round => {}
            }
        }
    }

    async fn round(&self, since: Timestamp) {
        let standing = Arc::clone(&self.standing.borrow());
        for (name, channel) in &self.means.channels {
            let Channel::Alertmanager(alertmanager) = channel else { continue };
            let burning = standing.get(name).map(Vec::as_slice).unwrap_or_default();
            let result = match time::timeout(DEADLINE, self.post(alertmanager, burning, since)).await {
                Ok(result) => result,
                Err(_) => Err(Refusal::later(format!("no answer within {} s", DEADLINE.as_secs()))),
            };
            if let Err(refusal) = &result {
                tracing::debug!(channel = %name, error = %refusal, "alerts could not be posted again");
            }
            // The hub is gone: nobody needs to know.
            let _ = self.outcomes.send((name.clone(), (self.means.now)(), result)).await;
        }
    }

    async fn post(
        &self,
        alertmanager: &Alertmanager,
        burning: &[Notification],
        since: Timestamp,
    ) -> Result<Receipt, Refusal> {
        let (voice, now) = (&self.means.voice, (self.means.now)());
        let alerts = burning.iter().filter_map(|notification| alertmanager.alert(notification, voice, now));
        let alerts: Vec<_> = std::iter::once(alertmanager.watchdog(since, voice, now)).chain(alerts).collect();
        alertmanager.post(&self.means.client, &alerts).await
    }
}
