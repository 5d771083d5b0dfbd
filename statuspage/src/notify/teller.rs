//! The teller: a task that sends notifications by their channels and reports what became of each.
//!
//! It does not know which notification is due or when to try again: the outbox does, and the hub asks it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use prober::supervisor::Pulse;
use shared::Timestamp;
use tokio::{
    sync::mpsc,
    task::{self, JoinError, JoinSet},
    time,
};
use tokio_util::sync::CancellationToken;

use super::{Channel, ChannelName, Client, Notification, NotificationId, Receipt, Refusal, Voice, outbox::IN_FLIGHT};

/// Twice what may be on its way, so that neither of the teller's channels is ever full.
const CAPACITY: usize = IN_FLIGHT * 2;
/// A delivery that outlives the client's own deadline is ended.
const DEADLINE: Duration = Duration::from_secs(15);
/// How often it gives a sign of life when there is nothing to do.
const IDLE: Duration = Duration::from_secs(5);
/// How long deliveries may go on once the teller is told to stop.
const DRAIN: Duration = Duration::from_secs(3);

/// What became of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Which one.
    pub id: NotificationId,
    /// When.
    pub at: Timestamp,
    /// The channel's receipt, where it gave one, or why it did not take it.
    pub result: Result<Receipt, Refusal>,
}

/// What is needed to send.
#[derive(Debug, Clone)]
pub struct Means {
    /// The channels by name.
    pub channels: BTreeMap<ChannelName, Channel>,
    /// The words.
    pub voice: Voice,
    /// The way out.
    pub client: Client,
    /// The present by the hub's clock.
    pub now: fn() -> Timestamp,
}

/// Sends notifications.
#[derive(Debug, Clone)]
pub struct Teller {
    requests: mpsc::Sender<Notification>,
}

/// The outcomes, in the order in which they come.
pub type Outcomes = mpsc::Receiver<Outcome>;

/// The teller has stopped; what is not sent stays pending and goes out after the next start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the teller has stopped")]
pub struct TellerClosed;

impl Teller {
    /// Starts the task in `tasks`. Each notification that is sent has exactly one outcome, unless the teller is stopped.
    pub fn start(means: Means, pulse: Pulse, tasks: &mut JoinSet<()>, stop: CancellationToken) -> (Self, Outcomes) {
        let (requests, inbox) = mpsc::channel(CAPACITY);
        let (outcome_sender, outcomes) = mpsc::channel(CAPACITY);
        tasks.spawn(run(Arc::new(means), (inbox, outcome_sender), pulse, stop));
        (Self { requests }, outcomes)
    }

    /// Hands over a notification that [`Outbox::due`](super::Outbox::due) gave.
    ///
    /// # Errors
    ///
    /// When the teller has stopped.
    pub fn send(&self, notification: Notification) -> Result<(), TellerClosed> {
        // The outbox lets out half of what fits, so full means that nobody takes anything any more.
        self.requests.try_send(notification).map_err(|_| TellerClosed)
    }
}

async fn run(
    means: Arc<Means>,
    (mut inbox, outcomes): (mpsc::Receiver<Notification>, mpsc::Sender<Outcome>),
    pulse: Pulse,
    stop: CancellationToken,
) {
    let mut deliveries = Deliveries { tasks: JoinSet::new(), ids: HashMap::new(), means, outcomes };
    let mut idle = time::interval(IDLE);
    loop {
        pulse.beat();
        tokio::select! {
            () = stop.cancelled() => break,
            _ = idle.tick() => {}
            request = inbox.recv() => match request {
                Some(notification) => deliveries.begin(notification),
                None => break,
            },
            Some(ended) = deliveries.tasks.join_next_with_id() => deliveries.end(ended).await,
        }
    }
    pulse.rest();
    let rest = async {
        while let Some(ended) = deliveries.tasks.join_next_with_id().await {
            deliveries.end(ended).await;
        }
    };
    if time::timeout(DRAIN, rest).await.is_err() {
        tracing::warn!("deliveries were cut off; they are tried again after the next start");
    }
}

/// What is on its way.
struct Deliveries {
    tasks: JoinSet<Outcome>,
    /// Which task carries which notification, for those that panic.
    ids: HashMap<task::Id, NotificationId>,
    means: Arc<Means>,
    outcomes: mpsc::Sender<Outcome>,
}

impl Deliveries {
    fn begin(&mut self, notification: Notification) {
        let id = notification.id.clone();
        let task = self.tasks.spawn(report(Arc::clone(&self.means), notification));
        self.ids.insert(task.id(), id);
    }

    async fn end(&mut self, ended: Result<(task::Id, Outcome), JoinError>) {
        let outcome = match ended {
            Ok((task, outcome)) => {
                self.ids.remove(&task);
                outcome
            }
            Err(error) => {
                tracing::error!(%error, "a delivery panicked");
                let Some(id) = self.ids.remove(&error.id()) else { return };
                Outcome { id, at: (self.means.now)(), result: Err(Refusal::later("the delivery panicked")) }
            }
        };
        // The hub is gone: the row is still pending in the store.
        let _ = self.outcomes.send(outcome).await;
    }
}

async fn report(means: Arc<Means>, notification: Notification) -> Outcome {
    let result = match time::timeout(DEADLINE, deliver(&means, &notification)).await {
        Ok(result) => result,
        Err(_) => Err(Refusal::later(format!("not delivered within {} s", DEADLINE.as_secs()))),
    };
    // The hub says it aloud when it takes note of the outcome.
    match &result {
        Ok(_) => tracing::debug!(
            channel = %notification.channel, subject = %notification.subject, id = %notification.id,
            message = notification.word(), "a channel took a notification",
        ),
        Err(refusal) => tracing::debug!(
            channel = %notification.channel, subject = %notification.subject, id = %notification.id,
            attempts = notification.attempts + 1, error = %refusal, "a notification was not taken",
        ),
    }
    Outcome { id: notification.id, at: (means.now)(), result }
}

async fn deliver(means: &Means, notification: &Notification) -> Result<Receipt, Refusal> {
    match means.channels.get(&notification.channel) {
        Some(channel) => channel.deliver(&means.client, notification, &means.voice, (means.now)()).await,
        None => Err(Refusal::later("the channel is not set up")),
    }
}
