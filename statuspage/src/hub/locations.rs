//! Locations in the hub: their reports stored, judged and answered, operators' orders about them, and what is wrong with them.
//!
//! It does not know HTTP or signatures: what comes here was let in.

mod counter;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bytes::Bytes;
use prober::{canary::is_canary, saw_nothing};
use shared::{
    LocationName, Observation, Timestamp, Verdict,
    report::{Enrolment, Receipt, Report},
};
use tokio::time::{Duration, Instant};
use tracing::{info, warn};

use super::{Hub, alarm::Bell, evidence};
use crate::{
    clock::now,
    engine::Transition,
    incident::Actor,
    location::{
        Book, Command, LocationView, News, OwnClock, PublicKey, Refused, Seen, Taken, Trouble, Undone, Unverified,
    },
    notify::{Fault, FaultId, FaultKind, LocationTrouble},
    store::{Changes, Durability, RecordKey, Restored, StoreState},
};
pub use counter::{Answer, Counter, CounterEnd, counter};
use counter::{Delivery, Knock};

/// A clock that differs is not told before, where other locations may find the same: two of their heartbeats.
const DOUBT: Duration = Duration::from_secs(30);

/// The book as the store kept it.
pub(super) fn book(restored: &Restored, now: Timestamp) -> Book {
    let records = restored.records.iter().filter_map(|(key, body)| {
        let RecordKey::Location(location) = key else { return None };
        Some((location, body.as_ref()))
    });
    Book::read(records, now)
}

/// The records of the book that are not written as they are.
pub(super) fn records(book: &mut Book) -> impl Iterator<Item = (RecordKey, Option<Bytes>)> {
    book.take_changes().into_iter().map(|(location, body)| (RecordKey::Location(location), body.map(Bytes::from)))
}

impl Hub {
    /// Takes what comes from the door.
    pub(super) async fn take_knock(&mut self, knock: Knock, end: &CounterEnd) -> Vec<Transition> {
        let transitions = match knock {
            Knock::Report(delivery) => {
                let Delivery { report, key, received_at, reply } = *delivery;
                let (answer, transitions) = self.take_report_of(&report, &key, received_at).await;
                // Whoever asked may have gone: the report comes again, and is known then.
                drop(reply.send(answer));
                transitions
            }
            Knock::Enrolment(enrolment, reply) => {
                let _ = reply.send(self.enrol_location(&enrolment).await);
                Vec::new()
            }
            Knock::Rejected(location, why) => {
                let is_known = self.telling.locations.reject(&location);
                match why {
                    // Whoever has one of its keys is no stranger.
                    Unverified::Replaced | Unverified::Revoked if is_known => {
                        self.ring_location(&location, LocationTrouble::Forged).await;
                    }
                    // Anybody can send anything: counted and shown, and nobody is woken.
                    Unverified::Replaced | Unverified::Revoked | Unverified::Forged | Unverified::Nobody => {}
                }
                Vec::new()
            }
            Knock::Order(actor, command, reply) => {
                drop(reply.send(self.order_location(actor, &command).await));
                Vec::new()
            }
        };
        self.show_register(end);
        transitions
    }

    /// Shows whose keys are good.
    pub(super) fn show_register(&self, end: &CounterEnd) {
        let register = self.telling.locations.register();
        end.register.send_if_modified(|known| {
            let changed = known != register;
            if changed {
                known.clone_from(register);
            }
            changed
        });
    }

    /// Judges what is new, then keeps it together with how far the location's numbers have come; a receipt needs both on stable
    /// storage. While the store is behind, judging goes on, and the location keeps what it has.
    pub(super) async fn take_report_of(
        &mut self,
        report: &Report,
        key: &PublicKey,
        received_at: Timestamp,
    ) -> (Result<Receipt, Answer>, Vec<Transition>) {
        let (location, definitions) = (&report.location, self.fingerprint.clone());
        let dropped = self.store.counters().dropped_observations;
        if self.store.state() == StoreState::Synced {
            // What an earlier report left behind is written by now, or lost.
            match self.unsettled.remove(location) {
                Some(then) if then != dropped => self.telling.locations.unsettle(location),
                Some(_) => self.telling.locations.settle(location),
                None => {}
            }
        }
        let taken = match self.telling.locations.take(report, key, &definitions, now()) {
            Ok(taken) => taken,
            Err(undone) => {
                if let Undone::Copied(_) = undone {
                    self.ring_location(location, LocationTrouble::Copied).await;
                }
                return (Err(Answer::Undone(undone)), Vec::new());
            }
        };
        let (canaries, run) = (self.telling.locations.canaries(location), self.telling.locations.run(location));
        self.canaries.expect(location, canaries, run, Instant::now());
        let (kept, transitions) = self.keep_news(location, taken).await;
        match kept {
            Durability::Synced if !self.unsettled.contains_key(location) => {
                self.telling.locations.settle(location);
                let receipt = self.telling.locations.receipt(location, &definitions, received_at);
                let receipt = receipt.map(|receipt| Receipt { answered_at: now(), ..receipt });
                (receipt.ok_or(Answer::Undone(Undone::Unknown)), transitions)
            }
            Durability::Synced | Durability::Behind => {
                self.unsettled.entry(location.clone()).or_insert(dropped);
                (Err(Answer::Behind), transitions)
            }
        }
    }

    async fn keep_news(&mut self, location: &LocationName, taken: Taken) -> (Durability, Vec<Transition>) {
        let Taken { news, forgotten } = taken;
        if forgotten > 0 {
            self.ring_location(location, LocationTrouble::Forgotten { results: forgotten }).await;
        }
        let (mut rows, mut transitions, mut unknown, now) = (Vec::new(), Vec::new(), 0, now());
        for News { observation, is_unjudged } in news {
            let (observation, exhibit) = evidence::parted(observation);
            let is_known =
                is_canary(&observation.probe.component) || self.definitions.probe(&observation.probe).is_some();
            unknown += u64::from(!is_known);
            if is_unjudged {
                transitions.extend(self.judge_report(&observation, exhibit, now));
            }
            rows.push(observation);
        }
        self.telling.locations.count_unknown(location, unknown);
        let records: Vec<_> = records(&mut self.telling.locations).collect();
        // What came late for an hour is counted in it: that is written with the results, or they would be missing after a kill,
        // and with everything else that is known now, or what came since the last checkpoint would be counted twice.
        let changes = if self.dirty.late { self.checkpoint(now) } else { Changes::default() };
        let records = changes.records.into_iter().chain(records).collect();
        (self.store.keep(rows, Changes { records, ..changes }).await, transitions)
    }

    fn judge_report(
        &mut self,
        observation: &Arc<Observation>,
        exhibit: Option<Box<shared::Exhibit>>,
        now: Timestamp,
    ) -> Vec<Transition> {
        self.options.counters.observations.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.judge_from_afar(observation, exhibit, now)
    }

    async fn enrol_location(&mut self, enrolment: &Enrolment) -> Result<shared::Sequence, Answer> {
        if self.store.state() != StoreState::Synced {
            return Err(Answer::Behind);
        }
        let earlier = self.telling.locations.clone();
        let enrolled = self.telling.locations.enrol(enrolment, now());
        let refusal = enrolled.err().map(|undone| format!("{undone:?}").to_lowercase());
        info!(location = %enrolment.location, refusal, "a location introduced itself");
        let highest = enrolled.map_err(Answer::Undone)?;
        match self.write_locations().await {
            Durability::Synced => Ok(highest),
            Durability::Behind => {
                self.telling.locations.put_back(&enrolment.location, &earlier);
                self.write_locations().await;
                Err(Answer::Behind)
            }
        }
    }

    async fn order_location(&mut self, actor: Actor, command: &Command) -> Result<LocationView, Refused> {
        let done = self.try_order(command).await;
        let location = command.location();
        let refusal = done.as_ref().err().map(ToString::to_string);
        info!(%actor, order = command.word(), %location, refusal, "an operator's order");
        self.telling.audit.note(now(), actor, command.word(), Some(location.to_string()), refusal);
        self.write(Vec::new()).await;
        self.tell_troubles().await;
        done
    }

    async fn try_order(&mut self, command: &Command) -> Result<LocationView, Refused> {
        if self.store.state() != StoreState::Synced {
            return Err(Refused::Behind);
        }
        let earlier = self.telling.locations.clone();
        self.telling.locations.order(command, self.options.location.as_ref(), now())?;
        if self.write_locations().await == Durability::Behind {
            self.telling.locations.put_back(command.location(), &earlier);
            self.write_locations().await;
            return Err(Refused::Behind);
        }
        let view = self.telling.locations.views(now()).remove(command.location());
        view.ok_or_else(|| Refused::Unknown(command.location().clone()))
    }

    async fn write_locations(&mut self) -> Durability {
        let records = records(&mut self.telling.locations).collect();
        self.store.apply(Changes { records, ..Changes::default() }).await
    }

    async fn ring_location(&mut self, location: &LocationName, trouble: LocationTrouble) {
        let fault = Fault::Location { location: location.to_string(), trouble };
        warn!(%location, fault = %fault.kind(), "something is wrong with a location");
        let bell = self.telling.alarms.notice(fault, now());
        self.announce(bell.into_iter().collect()).await;
    }

    /// Takes from a result whether the place that it comes from sees anything.
    pub(super) fn look_at_sight(&mut self, observation: &Observation, now: Timestamp) {
        let seen = match observation.verdict {
            Verdict::Pass | Verdict::Warn | Verdict::Fail => Seen::Something,
            Verdict::Unknown if saw_nothing(observation) => Seen::Nothing,
            // Some other fault of its own.
            Verdict::Unknown => return,
        };
        self.sights.hear(&observation.location, seen, observation.started_at, now);
    }

    /// What was known of places before the restart.
    pub(super) fn resume_sights(&mut self, now: Timestamp) {
        let open: Vec<_> = self.telling.alarms.open().map(|(id, _, since)| (id.clone(), since)).collect();
        for (id, since) in open.iter().filter(|(id, _)| id.kind() == FaultKind::LocationBlind) {
            if let Some(location) = id.of().and_then(|of| of.parse().ok()) {
                self.sights.resume(&location, *since, now);
            }
        }
    }

    /// The bells for places that see nothing, and for those that see again.
    fn tell_sights(&mut self, reporting: &BTreeMap<LocationName, Vec<Trouble>>, at: Timestamp) -> Vec<Bell> {
        let alarms = &mut self.telling.alarms;
        let id = |location: &LocationName| FaultId::new(FaultKind::LocationBlind, Some(location.to_string()));
        let over: Vec<_> = self.sights.pass(at);
        let mut bells: Vec<_> = over.iter().filter_map(|(location, end)| alarms.end(id(location), *end)).collect();
        // Of a place that is no longer heard on purpose nothing is expected.
        let own = self.options.location.as_ref();
        let is_heard = |location: &LocationName| own == Some(location) || reporting.contains_key(location);
        let gone: Vec<_> = self.sights.blind().map(|(it, _)| it.clone()).filter(|it| !is_heard(it)).collect();
        for location in gone {
            self.sights.forget(&location);
            bells.extend(alarms.end(id(&location), at));
        }
        bells.extend(self.sights.blind().filter_map(|(location, since)| {
            let trouble = LocationTrouble::Blind { since };
            alarms.notice(Fault::Location { location: location.to_string(), trouble }, since)
        }));
        bells
    }

    /// Locations that were told to be silent and have not been heard since: a hub that has just begun knows of no silence yet.
    fn still_silent(&self, reporting: &BTreeMap<LocationName, Vec<Trouble>>) -> Vec<String> {
        let is_silent = |fault: &Fault| {
            let Fault::Location { location, trouble: LocationTrouble::Silent { heard_at } } = fault else {
                return None;
            };
            let name: LocationName = location.parse().ok()?;
            let heard_since = self.telling.locations.last_heard(&name).is_none_or(|last| last > *heard_at);
            (reporting.contains_key(&name) && !heard_since).then(|| location.clone())
        };
        self.telling.alarms.open().filter_map(|(_, fault, _)| is_silent(fault)).collect()
    }

    /// The locations whose clock differs from ours and is to blame for it. Where others are heard, that shows within two reports of
    /// theirs: when they find the same, ours is wrong.
    fn blamed(
        &mut self,
        troubles: &BTreeMap<LocationName, Vec<Trouble>>,
        at: Timestamp,
        now: Instant,
    ) -> BTreeSet<LocationName> {
        let differs = |troubles: &Vec<Trouble>| troubles.iter().any(|trouble| matches!(trouble, Trouble::Clock(_)));
        let different: Vec<_> = troubles.iter().filter(|(_, all)| differs(all)).map(|(location, _)| location).collect();
        let exonerated = self.exonerated(at);
        self.doubted.retain(|location, _| different.contains(&location));
        for location in &different {
            self.doubted.entry((*location).clone()).or_insert(now);
        }
        let doubt = match self.telling.locations.own_clock(at) {
            // Nobody else could say.
            OwnClock::Unknown => Duration::ZERO,
            OwnClock::Undoubted | OwnClock::Off { .. } => DOUBT,
        };
        let is_blamed = |(location, since): &(&LocationName, &Instant)| {
            !exonerated.contains(*location) && now.saturating_duration_since(**since) >= doubt
        };
        self.doubted.iter().filter(is_blamed).map(|(location, _)| location.clone()).collect()
    }

    /// Tells what lasts and is wrong with locations, and what of it is over.
    pub(super) async fn tell_troubles(&mut self) {
        let at = now();
        let troubles = self.telling.locations.troubles(at);
        let mut bells = self.tell_sights(&troubles, at);
        let mut open: BTreeMap<FaultKind, Vec<String>> = BTreeMap::new();
        let blamed = self.blamed(&troubles, at, Instant::now());
        for (location, troubles) in &troubles {
            for trouble in troubles {
                if matches!(trouble, Trouble::Clock(_)) && !blamed.contains(location) {
                    continue;
                }
                let fault = Fault::Location { location: location.to_string(), trouble: told(trouble) };
                open.entry(fault.kind()).or_default().push(location.to_string());
                bells.extend(self.telling.alarms.notice(fault, began(trouble).unwrap_or(at).min(at)));
            }
        }
        open.entry(FaultKind::LocationSilent).or_default().extend(self.still_silent(&troubles));
        for kind in [FaultKind::LocationSilent, FaultKind::LocationClock, FaultKind::LocationDrift] {
            let lasts =
                |id: &FaultId| open.get(&kind).is_some_and(|of| of.iter().any(|of| id.of() == Some(of.as_str())));
            let over: Vec<_> = self.telling.alarms.open_of(kind).filter(|id| !lasts(id)).cloned().collect();
            bells.extend(over.into_iter().filter_map(|id| self.telling.alarms.end(id, at)));
        }
        if !bells.is_empty() {
            self.announce(bells).await;
        }
    }
}

/// Since when, where that is known: silence is noticed a minute after it began.
fn began(trouble: &Trouble) -> Option<Timestamp> {
    match trouble {
        Trouble::Silent(since) | Trouble::Drift(since) => Some(*since),
        Trouble::Clock(_) => None,
    }
}

fn told(trouble: &Trouble) -> LocationTrouble {
    match trouble {
        Trouble::Silent(heard_at) => LocationTrouble::Silent { heard_at: *heard_at },
        Trouble::Clock(ahead_ms) => LocationTrouble::Clock { ahead_ms: *ahead_ms },
        Trouble::Drift(_) => LocationTrouble::Drift,
    }
}
