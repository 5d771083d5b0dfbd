//! What the hub makes of the watch over itself: which findings are told, and what readers see of it.
//!
//! It does not know how anything is found.

use std::{collections::BTreeSet, time::Duration};

use prober::definition::Unusable;
use shared::{LocationName, Timestamp};
use tokio::time::Instant;
use tracing::warn;

use super::{Hub, alarm::Bell};
use crate::{
    location::OwnClock,
    notify::{Course, Fault, FaultKind, WatchFault},
    resources::{Found, Reading},
    snapshot::WatchView,
    watch::{PingsSeen, Stride},
};

/// Definition files may be wrong for that long: whoever wrote them may be mending them.
const QUARANTINE: Duration = Duration::from_secs(600);
/// A directory that has lost everything may be about to be filled anew.
const ORPHANED: Duration = Duration::from_secs(30);
/// A clock that is further from another one than that is wrong.
const CLOCK: i64 = 60;
/// A jump is told from there on; a smaller one is in the log and in a metric.
const JUMP: u64 = 60;
/// A pause likewise.
const PAUSE: Duration = Duration::from_secs(60);

impl Hub {
    /// Each second: whether canaries are found, whether definitions stay rejected, whether the clock is right.
    pub(super) async fn oversee(&mut self, at: Timestamp, now: Instant) {
        self.canaries.retain(&self.telling.locations.expected().map(|(location, _)| location).collect());
        let detection = match self.canaries.broken(now) {
            Some(fault) => Found::Is(fault),
            None => Found::IsNot(FaultKind::DetectionBroken),
        };
        let set = &self.definitions;
        let files = set.quarantined.iter().filter(|entry| entry.what == Unusable::File).count() as u64;
        let rejected = self.vigil.quarantined_since().is_some_and(|since| at.since(since) > QUARANTINE);
        let rejected = if rejected && files > 0 {
            Found::Is(WatchFault::DefinitionsRejected { files })
        } else {
            Found::IsNot(FaultKind::DefinitionsRejected)
        };
        let gone = if self.vigil.orphaned_since().is_some_and(|since| at.since(since) > ORPHANED) && set.is_orphaned() {
            Found::Is(WatchFault::DefinitionsGone { components: set.definitions.len() as u64 })
        } else {
            Found::IsNot(FaultKind::DefinitionsGone)
        };
        let pings = self.pings_seen();
        let clock = match self.clock_offset(&pings, at) {
            Some(seconds) if seconds.saturating_abs() > CLOCK => Some(Found::Is(WatchFault::ClockOff { seconds })),
            Some(_) => Some(Found::IsNot(FaultKind::ClockOff)),
            None => None,
        };
        self.find([detection, rejected, gone].into_iter().chain(clock).chain(unheard(&pings))).await;
    }

    /// By how many seconds our clock is behind, where anybody knows: whoever is pinged and answers, else locations that agree.
    pub(super) fn clock_offset(&self, pings: &PingsSeen, at: Timestamp) -> Option<i64> {
        if let Some(seconds) = pings.offset_seconds().filter(|_| pings.failing().is_none()) {
            return Some(seconds);
        }
        match self.telling.locations.own_clock(at) {
            OwnClock::Off { ahead_ms, .. } => Some(ahead_ms.saturating_neg() / 1_000),
            OwnClock::Undoubted => Some(0),
            OwnClock::Unknown => None,
        }
    }

    /// The locations with whose clocks nothing is wrong, since ours is.
    pub(super) fn exonerated(&self, at: Timestamp) -> BTreeSet<LocationName> {
        let is_ours = self.clock_offset(&self.pings_seen(), at).is_some_and(|seconds| seconds.saturating_abs() > CLOCK);
        match self.telling.locations.own_clock(at) {
            OwnClock::Off { agreed, .. } if is_ours => agreed,
            OwnClock::Off { .. } | OwnClock::Undoubted | OwnClock::Unknown => BTreeSet::new(),
        }
    }

    /// Takes a look at what there is left.
    pub(super) async fn take_reading(&mut self, reading: Reading) {
        let at = self.born.elapsed();
        let alarms = &self.telling.alarms;
        let found = self.keeper.judge(&reading, at, |kind| alarms.fault_since(kind).is_some());
        self.reading = Some(reading);
        self.find(found).await;
    }

    /// The hub stood still, or its clock was set: nobody could be heard, so that nothing is missed before it is due anew.
    pub(super) async fn stumble(&mut self, stride: Stride, at: Timestamp) {
        let Stride { stood_still, jumped_ms } = stride;
        warn!(?stood_still, jumped_ms, "time did not pass evenly");
        self.stumbles += 1;
        self.beats.resume(at);
        self.canaries.resume(Instant::now());
        let jumped = (jumped_ms.unsigned_abs() / 1_000 >= JUMP)
            .then_some(Found::Is(WatchFault::ClockJumped { seconds: jumped_ms / 1_000 }));
        let paused = stood_still.filter(|pause| *pause >= PAUSE);
        let paused = paused.map(|pause| Found::Is(WatchFault::StoodStill { seconds: pause.as_secs() }));
        self.find(jumped.into_iter().chain(paused)).await;
    }

    /// Tells what is new of it.
    pub(super) async fn find(&mut self, found: impl IntoIterator<Item = Found>) {
        let alarms = &mut self.telling.alarms;
        let bell = |found: Found| match found {
            Found::Is(fault) => alarms.notice(Fault::Watch(fault), crate::clock::now()),
            Found::IsNot(kind) => alarms.end(kind, crate::clock::now()),
        };
        let bells: Vec<Bell> = found.into_iter().filter_map(bell).collect();
        if !bells.is_empty() {
            for bell in &bells {
                match bell {
                    Bell::Fault { fault, .. } => tracing::error!(?fault, "the monitor has a fault"),
                    Bell::FaultOver { fault, .. } => tracing::info!(?fault, "a fault of the monitor is over"),
                }
            }
            self.announce(bells).await;
        }
    }

    /// What those who are pinged said last.
    pub(super) fn pings_seen(&self) -> PingsSeen {
        self.options.ping.seen()
    }

    /// How the watch stands, for readers.
    pub(super) fn watch_view(&self) -> WatchView {
        let lasting = FaultKind::ALL.into_iter().filter(|kind| kind.course() == Course::Lasting);
        let open = lasting.filter_map(|kind| Some((kind, self.telling.fault_since(kind)?)));
        WatchView {
            detection: self.canaries.detection(Instant::now()),
            open: open.collect(),
            reading: self.reading.clone(),
            pings: self.pings_seen(),
            stumbles: self.stumbles,
        }
    }
}

/// Whether those who are pinged hear it; nothing before each of them was asked, or while it may be an accident.
fn unheard(pings: &PingsSeen) -> Option<Found> {
    let Some((switch, seen)) = pings.failing() else {
        return pings.all_taken().then_some(Found::IsNot(FaultKind::PingFailing));
    };
    let (switch, reason) = (switch.to_owned(), seen.why.clone().unwrap_or_default());
    Some(Found::Is(WatchFault::PingFailing { switch, taken_at: seen.taken_at, reason }))
}
