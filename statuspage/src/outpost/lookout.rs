//! The task that asks the hub what it says, again and again.
//!
//! It does not judge: the ear does.

use std::{path::Path, sync::Arc, time::Duration};

use prober::{reporter::HubAddress, supervisor::Pulse};
use shared::{Bulletin, Timestamp, bulletin::LARGEST_BULLETIN};
use tokio::{
    sync::watch,
    time::{self, Instant, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{Hearing, HubView, Trouble, ear::Ear, kept::Kept};
use crate::notify::Client;

/// How often the hub is asked.
const EVERY: Duration = Duration::from_secs(15);
/// What it says is kept that often when it says the same as before.
const KEEP: Duration = Duration::from_secs(60);

/// Asks one hub.
#[derive(Debug)]
pub struct Lookout {
    hub: HubAddress,
    url: Url,
    client: Client,
    kept: Kept,
    written: Option<(Instant, Arc<Bulletin>)>,
    ear: Ear,
    view: watch::Sender<Option<Arc<HubView>>>,
    now: fn() -> Timestamp,
    pulse: Pulse,
}

impl Lookout {
    /// Ready to ask, and what is known of the hub from before the start. `data` is there.
    pub fn new(
        hub: HubAddress,
        client: Client,
        data: &Path,
        now: fn() -> Timestamp,
        pulse: Pulse,
    ) -> (Self, watch::Receiver<Option<Arc<HubView>>>) {
        let kept = Kept::of(data, &hub);
        let ear = Ear::new(kept.read(), now(), Instant::now());
        let url = Url::parse(&format!("{hub}/bulletin.json")).expect("a path behind an address makes an address");
        let (view, views) = watch::channel(None);
        let lookout = Self { hub, url, client, kept, written: None, ear, view, now, pulse };
        lookout.publish();
        (lookout, views)
    }

    /// Asks until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut ticks = time::interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.pulse.beat();
            tokio::select! {
                () = stop.cancelled() => return self.pulse.rest(),
                _ = ticks.tick() => {}
            }
            let answer = tokio::select! {
                () = stop.cancelled() => return self.pulse.rest(),
                answer = self.ask() => answer,
            };
            self.take(answer);
            self.publish();
            self.keep().await;
        }
    }

    async fn ask(&self) -> Result<Bulletin, Trouble> {
        let lost = |detail: String| Trouble::Lost { detail };
        let body = self.client.get_whole(&self.url, LARGEST_BULLETIN).await.map_err(|error| lost(error.to_string()))?;
        let read = serde_json::from_slice::<Bulletin>(&body).ok().filter(Bulletin::is_ours);
        read.ok_or_else(|| lost("what answers there is no hub of this version".to_owned()))
    }

    fn take(&mut self, answer: Result<Bulletin, Trouble>) {
        let (before, well) = (self.ear.hearing().clone(), self.ear.trouble().is_none());
        match answer {
            Ok(bulletin) => self.ear.hear(bulletin, (self.now)(), Instant::now()),
            Err(trouble) => self.ear.miss(trouble, Instant::now()),
        }
        let hub = &self.hub;
        match (before, self.ear.hearing(), self.ear.trouble()) {
            (Hearing::Silent { .. }, Hearing::Silent { .. }, _) => {}
            (_, Hearing::Silent { since, trouble }, _) => {
                tracing::error!(%hub, %since, %trouble, "the hub is silent: this place tells by itself");
            }
            (Hearing::Silent { .. }, _, _) => tracing::info!(%hub, "the hub is heard again"),
            (Hearing::Unsure | Hearing::Heard, _, Some(trouble)) if well => {
                tracing::warn!(%hub, %trouble, "the hub said nothing new");
            }
            (Hearing::Unsure | Hearing::Heard, _, _) => {}
        }
    }

    fn publish(&self) {
        let last = self.ear.last();
        self.view.send_replace(Some(Arc::new(HubView {
            address: self.hub.to_string(),
            bulletin: last.map(|(_, bulletin)| Arc::clone(bulletin)),
            heard_at: last.map(|(at, _)| at),
            hearing: self.ear.hearing().clone(),
        })));
    }

    /// Keeps what was said, when it is something else or the file has grown old.
    async fn keep(&mut self) {
        let Some((heard_at, bulletin)) = self.ear.last().map(|(at, bulletin)| (at, Arc::clone(bulletin))) else {
            return;
        };
        let is_kept = |(at, kept): &(Instant, Arc<Bulletin>)| {
            Arc::ptr_eq(kept, &bulletin) || (kept.says_as(&bulletin) && at.elapsed() < KEEP)
        };
        if self.written.as_ref().is_some_and(is_kept) {
            return;
        }
        self.written = Some((Instant::now(), Arc::clone(&bulletin)));
        let kept = self.kept.clone();
        // A disk that hangs holds up this task alone, and its silence is noticed.
        let _ = tokio::task::spawn_blocking(move || kept.write(heard_at, &bulletin)).await;
    }
}
