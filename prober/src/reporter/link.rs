//! The link to the hub: what it lacks is sent, what it says is taken; at least every fifteen seconds, so that it knows that we live.
//!
//! It does not know how results are kept nor how bytes travel.

mod compose;

use std::{sync::Arc, time::Duration};

use shared::{
    Sequence, Spans,
    report::{Exchange, MOST_ENTRIES, Receipt, Refusal, RefusalKind, Report, RunId},
};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use compose::{Seen, packed};

use super::{
    Identity,
    clerk::Desk,
    clock::{Departure, HubClock},
    contact::Log,
    hub::{HubClient, Unanswered},
    plan::{Known, pause},
    watch::Watch,
};
use crate::{journal::Journal, probe::wall_clock, supervisor::Pulse};

/// The hub hears of us at least that often.
const BEAT: Duration = Duration::from_secs(15);
/// Results wait so long for company.
const GATHER: Duration = Duration::from_millis(500);

/// A hub that cannot write is asked as if it had failed no more often: every few seconds.
const BEHIND: u32 = 1;

/// The journal is waited for so long; then the hub hears of us what is known without it.
const PATIENCE: Duration = Duration::from_secs(5);

/// The link.
#[derive(Debug)]
pub(super) struct Link {
    identity: Identity,
    hub: HubClient,
    desk: Desk,
    around: Around,
    run: RunId,
    beat: u64,
    /// What the hub has; none before it is asked.
    known: Option<Known>,
    /// The last exchange, unless the own clock was set meanwhile.
    exchange: Option<Exchange>,
    failures: u32,
    /// So many results of a report: fewer after one that the hub could not read.
    most: usize,
    /// Numbers that the hub cannot read alone: given up.
    unreadable: Spans,
    /// A result that was sent alone and not read. It is given up when an empty report is read right after: then it is its fault.
    suspect: Option<Sequence>,
    /// How the journal was when it last answered.
    seen: Option<Seen>,
    /// What went wrong, as it was told last.
    told: Option<String>,
}

/// What the link shares with others.
#[derive(Debug)]
pub(super) struct Around {
    pub(super) clock: Arc<HubClock>,
    pub(super) watch: Arc<Watch>,
    /// Where it says how the hub was heard.
    pub(super) log: Log,
    pub(super) pulse: Pulse,
}

/// What to do after a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// More is to be sent.
    AtOnce,
    /// The hub has everything.
    WithNews,
    /// It failed.
    AfterPause,
    /// The hub asks for time.
    After(Duration),
}

impl Link {
    pub(super) fn new(identity: Identity, hub: HubClient, desk: Desk, around: Around) -> Self {
        Self {
            identity,
            hub,
            desk,
            around,
            run: run_id(),
            beat: 0,
            known: None,
            exchange: None,
            failures: 0,
            most: MOST_ENTRIES,
            unreadable: Spans::default(),
            suspect: None,
            seen: None,
            told: None,
        }
    }

    /// Reports until `stop`.
    pub(super) async fn run(&mut self, stop: CancellationToken) {
        self.report_until(stop).await;
        self.around.pulse.rest();
    }

    async fn report_until(&mut self, stop: CancellationToken) {
        let mut kept = self.desk.kept();
        loop {
            self.around.pulse.beat();
            let next = tokio::select! {
                () = stop.cancelled() => return,
                next = self.report() => next,
            };
            self.around.pulse.beat();
            let now = Instant::now();
            let beat = now + BEAT;
            let until = match next {
                Next::AtOnce => continue,
                Next::AfterPause => now + pause(self.failures, chance()),
                // Not all at the same moment, and never before it.
                Next::After(wait) => now + wait.mul_f64(1.0 + chance() / 4.0),
                Next::WithNews => tokio::select! {
                    () = stop.cancelled() => return,
                    () = sleep_until(beat) => beat,
                    changed = kept.changed() => match changed {
                        Ok(()) => Instant::now() + GATHER,
                        Err(_closed) => return,
                    },
                },
            };
            kept.mark_unchanged();
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep_until(until) => {}
            }
        }
    }

    /// Reports once more, what is left.
    pub(super) async fn last_report(&mut self) {
        if self.failures == 0 {
            self.report().await;
        }
    }

    pub(super) async fn report(&mut self) -> Next {
        let Some((report, departure)) = self.compose().await else { return Next::AfterPause };
        let envelope = report.envelope();
        let Some(body) = packed(&report) else { return Next::AfterPause };
        match self.hub.report(&envelope, body, &self.identity).await {
            Ok(receipt) => self.take(receipt, &report, departure).await,
            Err(Unanswered::Refused(refusal)) => self.refused(refusal, &report).await,
            Err(Unanswered::TooOften { detail, wait }) => {
                self.suspect = None;
                self.around.log.failure(&detail);
                tracing::debug!(detail, ?wait, "the hub asks for time");
                Next::After(wait)
            }
            Err(error @ (Unanswered::Foreign(_) | Unanswered::Lost(_))) => {
                self.suspect = None;
                self.around.log.failure(&error.to_string());
                self.failed(error.to_string())
            }
        }
    }

    /// As of [`Desk::ask`], and none when the journal does not answer in time.
    async fn ask<T: Send + 'static>(&self, order: impl FnOnce(&mut Journal) -> T + Send + 'static) -> Option<T> {
        timeout(PATIENCE, self.desk.ask(order)).await.ok().flatten()
    }

    async fn take(&mut self, receipt: Receipt, report: &Report, departure: Departure) -> Next {
        let Receipt { acknowledged, highest, missing, received_at, answered_at, .. } = receipt;
        self.exchange = departure.exchange(received_at, answered_at);
        if let Some(exchange) = &self.exchange {
            self.around.clock.set(exchange);
        }
        self.around.log.receipt();
        let is_first = self.known.is_none();
        let taken = self.ask(move |journal| {
            let (before, last, begins) = (journal.acknowledged(), journal.last(), journal.begins());
            // Numbers that are not ours, or not only, acknowledge nothing of ours.
            let foreign = highest > last || (is_first && highest >= begins);
            if !foreign {
                journal.take_receipt(acknowledged, highest, wall_clock());
            }
            (before, last, foreign)
        });
        let Some((before, last, foreign)) = taken.await else { return Next::AfterPause };
        if foreign && is_first {
            return self.begin_above(highest).await;
        }
        if foreign {
            tracing::error!(%highest, %last, "the hub knows later results of this location: its disk was set back, or it runs twice");
            return self.renumber(highest).await;
        }
        if acknowledged < before {
            tracing::warn!(%before, now = %acknowledged, "the hub has lost results that it had: they are sent again");
        }
        if let Some(sequence) = self.suspect.take() {
            tracing::error!(%sequence, "the hub cannot read a result: it is given up");
            self.unreadable.add(sequence);
        }
        self.went_well();
        if acknowledged == highest {
            self.around.watch.acknowledged();
        }
        let known = Known { highest, missing };
        // What is wanted and cannot be read from the disk now is not asked for in a circle.
        let is_stuck = report.entries.is_empty() && report.lost.is_empty() && self.known.as_ref() == Some(&known);
        let next = if known.lacks(last) && !is_stuck { Next::AtOnce } else { Next::WithNews };
        self.known = Some(known);
        next
    }

    async fn refused(&mut self, refusal: Refusal, report: &Report) -> Next {
        let Refusal { kind, detail, highest, .. } = refusal;
        self.around.log.failure(&detail);
        match (kind, highest) {
            (RefusalKind::Conflict, Some(highest)) => {
                tracing::error!(%highest, detail, "the hub has other results under the numbers of these");
                self.renumber(highest).await
            }
            (RefusalKind::Malformed, _) => {
                self.lighten(report);
                self.failed(detail)
            }
            // It judges what it cannot keep: the present must reach it all the same.
            (RefusalKind::Behind | RefusalKind::Late | RefusalKind::TooOften, _) => {
                self.suspect = None;
                self.failures = self.failures.min(BEHIND);
                self.failed(detail)
            }
            (RefusalKind::Conflict | RefusalKind::Unknown | RefusalKind::Revoked | RefusalKind::Code, _) => {
                self.suspect = None;
                self.failed(detail)
            }
        }
    }

    /// A report that the hub cannot read is sent in halves, until the one result is found that it cannot read; when it cannot read
    /// a report without results either, that one was not to blame.
    fn lighten(&mut self, report: &Report) {
        match report.entries.as_slice() {
            [] => self.suspect = None,
            [one] => {
                tracing::warn!(sequence = %one.sequence, probe.id = %one.observation.probe, "the hub does not read a report with this result alone");
                self.suspect = Some(one.sequence);
            }
            several => self.most = several.len().div_ceil(2),
        }
    }

    /// The hub knows numbers that this run would have given, and nothing of them was sent yet: a full disk lost them, or an older
    /// state of it was restored.
    async fn begin_above(&mut self, highest: Sequence) -> Next {
        if !self.go_on_above(highest).await {
            return Next::AfterPause;
        }
        tracing::info!(%highest, "the hub knows later numbers of this location: it goes on above them");
        Next::AtOnce
    }

    /// Goes on above what the hub knows, as another run; false when the journal does not answer.
    async fn go_on_above(&mut self, highest: Sequence) -> bool {
        let known = self.known.clone();
        let renumbered = self.ask(move |journal| {
            let known = known.unwrap_or_else(|| Known { highest: journal.acknowledged(), ..Known::default() });
            journal.renumber(highest, &known.lacking(journal.last()));
        });
        if renumbered.await.is_none() {
            return false;
        }
        (self.run, self.beat) = (run_id(), 0);
        self.known = Some(Known { highest, missing: Spans::default() });
        true
    }

    /// As of [`Link::go_on_above`], when numbers were given twice.
    async fn renumber(&mut self, highest: Sequence) -> Next {
        if !self.go_on_above(highest).await {
            return Next::AfterPause;
        }
        // Two that take each other's numbers must not do so without a pause.
        self.failed("the numbers of this location's results were given twice".to_owned())
    }

    fn went_well(&mut self) {
        if self.told.take().is_some() {
            tracing::info!("the hub takes reports again");
        }
        (self.failures, self.most) = (0, MOST_ENTRIES);
    }

    fn failed(&mut self, reason: String) -> Next {
        self.failures = self.failures.saturating_add(1);
        if self.told.as_ref() != Some(&reason) {
            tracing::warn!(reason, "the hub did not take a report: results stay in the journal, and it is tried again");
        }
        self.told = Some(reason);
        Next::AfterPause
    }
}

fn random() -> u64 {
    let mut bytes = [0; 8];
    // Without randomness, two processes could be taken for one: the numbers of their results still tell them apart.
    let _ = aws_lc_rs::rand::fill(&mut bytes);
    u64::from_be_bytes(bytes)
}

fn run_id() -> RunId {
    RunId::new(random())
}

fn chance() -> f64 {
    f64::from(u32::try_from(random() >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
}
