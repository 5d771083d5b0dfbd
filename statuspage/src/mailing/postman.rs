//! The postman: a task that carries letters to the relays, those of subscriptions first, and reports to the hub how far it got.
//!
//! It does not know which notices there are nor who gets one: the hub and `Rounds` do. What it has not reported when the process
//! dies is sent again under the same Message-ID.

mod accounts;
mod deliver;
mod flights;
mod flow;

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use prober::supervisor::Pulse;
use shared::Timestamp;
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{self, Instant},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use super::{Fate, Order, PostmanEnd, Report, Rounds, Step, Story, bucket::Bucket, telling};
use crate::{
    mail::{
        Relays, Scribe,
        compose::{Desk, Told},
    },
    snapshot::Snapshot,
    subscriber::{Counts, Pass, RegistryHandle, Wanted},
};
use accounts::{Account, Accounts};
use deliver::{Done, Means, Work};
use flights::Flights;
use flow::Tracker;

/// Letters on their way at once.
const IN_FLIGHT: usize = 16;
/// So many subscribers are looked at together.
const PAGE: usize = 200;
/// How far things got is reported at most so often.
const REPORT: Duration = Duration::from_millis(250);
/// And at least so often, so that trouble is seen while nothing moves.
const LOOK: Duration = Duration::from_secs(5);
/// He may be silent for so long: a large book of subscribers takes its time.
const SILENCE: Duration = Duration::from_secs(60);
/// The book of subscribers is asked again so long after it did not answer.
const PAUSE: Duration = Duration::from_secs(5);
/// How long letters may go on once the postman is told to stop.
const DRAIN: Duration = Duration::from_secs(3);
/// How long the hub may take for a report before the postman carries on.
const PATIENCE: Duration = Duration::from_secs(10);

/// Relays that nothing was sent by for so long prove that they work: whoever dies in quiet weeks is found before the outage.
const PROOF: Duration = Duration::from_secs(3_600);

/// What the postman works with.
#[derive(Debug)]
pub struct PostmanOptions {
    /// The hub's messages and his own.
    pub end: PostmanEnd,
    /// How far he had got when the process began.
    pub rounds: BTreeMap<Story, Bytes>,
    /// Who is told.
    pub registry: RegistryHandle,
    /// Letters of subscriptions. Bounded by whoever made the channel.
    pub letters: mpsc::Receiver<Wanted>,
    /// What readers see.
    pub snapshots: watch::Receiver<Arc<Snapshot>>,
    /// The ways out.
    pub relays: Arc<Relays>,
    /// Signs.
    pub scribe: Arc<Scribe>,
    /// Letters a minute.
    pub rate: NonZeroU32,
    /// The present by the hub's clock.
    pub now: fn() -> Timestamp,
}

/// Carries letters.
pub struct Postman {
    options: PostmanOptions,
    means: Arc<Means>,
    rounds: Rounds,
    /// What letters of a notice tell, made once for all of them.
    told: BTreeMap<(Story, u32), Arc<Told>>,
    orders: VecDeque<Order>,
    accounts: Accounts,
    bucket: Bucket,
    flights: Flights,
    tracker: Tracker,
    asks_at: Instant,
    reported_at: Instant,
    /// How many subscribers there were when they were counted last.
    subscribers: Option<Counts>,
    counted_at: Option<Instant>,
    /// At most one: relays prove that they work.
    proof: JoinSet<()>,
    pulse: Pulse,
}

impl fmt::Debug for Postman {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postman").field("orders", &self.orders.len()).finish_non_exhaustive()
    }
}

impl Postman {
    /// One who goes on where the records say.
    pub fn new(options: PostmanOptions, desk: Desk) -> Self {
        let rounds = Rounds::read(options.rounds.iter().map(|(story, body)| (story, body.as_ref())));
        let means = Means {
            relays: Arc::clone(&options.relays),
            scribe: Arc::clone(&options.scribe),
            registry: options.registry.clone(),
            desk,
            now: options.now,
        };
        let begin = Instant::now();
        Self {
            bucket: Bucket::new(options.rate, begin),
            means: Arc::new(means),
            rounds,
            told: BTreeMap::new(),
            orders: VecDeque::new(),
            accounts: Accounts::default(),
            flights: Flights::default(),
            tracker: Tracker::default(),
            asks_at: begin,
            reported_at: begin,
            subscribers: None,
            counted_at: None,
            proof: JoinSet::new(),
            pulse: Pulse::new("postman", SILENCE),
            options,
        }
    }

    /// His sign of life.
    pub fn pulse(&self) -> Pulse {
        self.pulse.clone()
    }

    /// Carries letters until `stop`, then lets those end that are on their way and reports the last time.
    pub async fn run(mut self, stop: CancellationToken) {
        loop {
            self.pulse.beat();
            self.look_at_notices().await;
            self.plan().await;
            self.dispatch();
            self.prove_when_due();
            self.report_when_due().await;
            let wake = self.wakes_at();
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(landed) = self.flights.next() => self.settle_all(landed),
                Some(proven) = self.proof.join_next() => {
                    if let Err(error) = proven {
                        tracing::error!(%error, "the proof of relays panicked");
                    }
                }
                Some(wanted) = self.options.letters.recv(), if self.accounts.has_room() => {
                    self.accounts.enter(Account::new(wanted, (self.options.now)()));
                }
                Ok(()) = self.options.end.notices.changed() => {}
                Ok(()) = self.options.snapshots.changed() => {}
                () = time::sleep_until(wake) => {}
            }
        }
        self.pulse.rest();
        self.drain().await;
    }

    async fn drain(mut self) {
        let rest = async {
            while let Some((work, done)) = self.flights.next().await {
                self.settle(&work, done);
            }
        };
        if time::timeout(DRAIN, rest).await.is_err() {
            warn!("letters were cut off; they are sent again after the next start, under the same ids");
        }
        self.report().await;
        // Who got letters is written lazily: without it, a restart would let more of them through than anybody bears.
        if let Err(error) = self.options.registry.flush().await {
            warn!(%error, "who got letters lately is not written down");
        }
    }

    /// Begins with what is new and due, and counts whom it concerns.
    async fn look_at_notices(&mut self) {
        let notices = Arc::clone(&self.options.end.notices.borrow_and_update());
        let snapshot = Arc::clone(&self.options.snapshots.borrow_and_update());
        let now = (self.options.now)();
        let begun = self.rounds.take(&notices, |story, notice| telling::groups(&snapshot, story, notice), now);
        let rounds = &self.rounds;
        self.told.retain(|(story, number), _| rounds.is_newest(story, *number));
        for story in begun {
            if let Some(count) = self.count(&story).await {
                self.rounds.expect(&story, count);
            }
        }
    }

    /// How many hear of a story.
    async fn count(&self, story: &Story) -> Option<u64> {
        let mut count = 0;
        for pass in [Pass::Own, Pass::Page] {
            let mut after = None;
            loop {
                let search = self.rounds.search(story, pass, after, PAGE * 5)?;
                let limit = search.limit;
                let met = self.options.registry.recipients(search).await.ok()?;
                count += met.len() as u64;
                after = met.last().map(|recipient| recipient.id);
                if met.len() < limit {
                    break;
                }
            }
        }
        Some(count)
    }

    /// Finds the next letters to send, where there are too few.
    async fn plan(&mut self) {
        while self.orders.len() < IN_FLIGHT && self.asks_at <= Instant::now() {
            let now = (self.options.now)();
            let Some(step) = self.rounds.next(PAGE, now) else { return };
            if let Err(error) = self.take(step, now).await {
                debug!(%error, "the subscribers cannot be read: mail waits");
                self.asks_at = Instant::now() + PAUSE;
            }
        }
    }

    async fn take(&mut self, step: Step, now: Timestamp) -> Result<(), crate::subscriber::Unavailable> {
        match step {
            Step::Walk(story, search) => {
                let met = self.options.registry.recipients(search.as_ref().clone()).await?;
                self.orders.extend(self.rounds.meet(&story, &search, met, now));
            }
            Step::Retry(story, id) => {
                let recipient = self.options.registry.recipient(id).await?;
                self.orders.extend(self.rounds.retry(&story, id, recipient, now));
            }
        }
        Ok(())
    }

    /// Lets letters leave, those of subscriptions first, as fast as they may. While every relay rests, none is tried in vain: each
    /// try would put off the next one for longer.
    fn dispatch(&mut self) {
        if !self.options.relays.rest().is_zero() {
            return;
        }
        while self.flights.len() < IN_FLIGHT && self.bucket.opens_at() <= Instant::now() {
            let Some(work) = self.next_work() else { return };
            self.bucket.take(Instant::now());
            let work = Arc::new(work);
            self.flights.begin(Arc::clone(&work), deliver::deliver(Arc::clone(&self.means), work));
        }
    }

    /// Lets relays prove that they work, where no letter is about to.
    fn prove_when_due(&mut self) {
        if self.is_idle() && self.options.relays.proof_due(PROOF) <= Instant::now() {
            let relays = Arc::clone(&self.options.relays);
            self.proof.spawn(async move { relays.prove(PROOF).await });
        }
    }

    fn is_idle(&self) -> bool {
        let letters = self.flights.len() + self.orders.len() + self.accounts.len();
        letters == 0 && self.proof.is_empty()
    }

    fn next_work(&mut self) -> Option<Work> {
        if let Some(account) = self.accounts.next((self.options.now)()) {
            return Some(Work::Account(account));
        }
        while let Some(order) = self.orders.pop_front() {
            match self.telling(&order) {
                Some(told) => return Some(Work::Notice(order, told)),
                // Something newer took its place: the next walk comes past.
                None => self.rounds.drop_order(&order),
            }
        }
        None
    }

    /// What a letter tells, unless that is no longer the newest.
    fn telling(&mut self, order: &Order) -> Option<Vec<Arc<Told>>> {
        let snapshot = Arc::clone(&self.options.snapshots.borrow());
        let mut all = Vec::with_capacity(order.stories.len());
        for (at, (story, number)) in order.stories.iter().enumerate() {
            let known = self.told.get(&(story.clone(), *number)).cloned();
            let told = known.or_else(|| {
                let notice = self.rounds.notice(story).filter(|notice| notice.number == *number)?;
                let told = Arc::new(telling::told(&snapshot, story, notice, &self.means.desk)?);
                self.told.insert((story.clone(), *number), Arc::clone(&told));
                Some(told)
            });
            match told.filter(|_| self.rounds.is_newest(story, *number)) {
                Some(told) => all.push(told),
                None if at == 0 => return None,
                None => {}
            }
        }
        Some(all)
    }

    fn settle_all(&mut self, (work, done): (Arc<Work>, Done)) {
        self.settle(&work, done);
        while let Some((work, done)) = self.flights.ended() {
            self.settle(&work, done);
        }
    }

    fn settle(&mut self, work: &Work, Done { mut fate, why }: Done) {
        let now = (self.options.now)();
        match work {
            Work::Notice(order, _) => {
                if fate == Fate::Accepted
                    && let Err(error) = self.options.registry.mailed(vec![(order.recipient.id, now)])
                {
                    debug!(%error, "the book of subscribers does not hear of a letter");
                }
                self.rounds.settle(order, fate, now);
            }
            Work::Account(account) => {
                let waits = match fate {
                    Fate::Later(after) => self.accounts.enter_again(account, after, now),
                    Fate::Untried(after) => self.accounts.put_back(account, after, now),
                    Fate::Accepted | Fate::Refused | Fate::Gone => true,
                };
                if !waits {
                    fate = Fate::Refused;
                }
            }
        }
        self.tracker.count(fate, why, now);
    }

    async fn report_when_due(&mut self) {
        let since = self.reported_at.elapsed();
        if since >= LOOK || (self.rounds.is_changed() && since >= REPORT) {
            self.report().await;
        }
    }

    async fn report(&mut self) {
        let now = (self.options.now)();
        let waiting = self.accounts.len() as u64;
        let (tallies, book) = (self.rounds.tallies(), self.options.registry.trouble());
        let (flow, trouble) = self.tracker.look(
            (&self.options.relays, book.as_deref()),
            (&tallies, self.rounds.waits_since(), waiting),
            now,
        );
        let (closing, subscribers) = (self.options.registry.closing(), self.count_all().await);
        let report = Report { rounds: self.rounds.take_changes(), tallies, flow, trouble, closing, subscribers };
        self.reported_at = Instant::now();
        // A hub that does not take it is stuck or gone: what it did not hear of is sent again after the next start.
        if time::timeout(PATIENCE, self.options.end.reports.send(report)).await.is_err() {
            warn!("the hub does not take the postman's report");
        }
    }

    /// How many subscribers there are, as they were counted lately.
    async fn count_all(&mut self) -> Option<Counts> {
        if self.counted_at.is_none_or(|at| at.elapsed() >= LOOK) {
            self.subscribers = self.options.registry.counts().await.ok();
            self.counted_at = Some(Instant::now());
        }
        self.subscribers
    }

    fn wakes_at(&self) -> Instant {
        let present = Instant::now();
        let now = (self.options.now)();
        let begin =
            self.options.end.notices.borrow().values().map(|notice| notice.hold_until).filter(|at| *at > now).min();
        let due = [begin, self.rounds.wakes_at()].into_iter().flatten().min().map(|at| present + at.since(now));
        let opens = (self.flights.len() < IN_FLIGHT).then(|| self.bucket.opens_at());
        let again = self.accounts.wakes_at().zip(opens).map(|(due, opens)| due.max(opens));
        let bucket = opens.filter(|_| !self.orders.is_empty());
        let rested = present + self.options.relays.rest();
        let letters = [due, again, bucket].into_iter().flatten().min().map(|at| at.max(rested));
        let asks = (self.asks_at > present).then_some(self.asks_at);
        let report = self.reported_at + if self.rounds.is_changed() { REPORT } else { LOOK };
        let proof = self.is_idle().then(|| self.options.relays.proof_due(PROOF));
        let wakes = [letters, asks, proof].into_iter().flatten().fold(report, Instant::min);
        // Never in a tight circle, whatever is due and cannot be done.
        wakes.max(present + Duration::from_millis(5))
    }
}
