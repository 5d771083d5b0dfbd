//! What is found of the canaries, by an engine and an outbox of their own: the same code that judges and tells everything else, without
//! a trace of it on any page, in any figure or any message.
//!
//! It does not know how canaries are asked. By a clock that never jumps: a place is expected to be right about each of them again and
//! again.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use prober::{
    canary::{self, Canary},
    definition::Definition,
};
use shared::{Health, LocationName, Observation, Timestamp, report::RunId};
use tokio::time::Instant;

use super::roster;
use crate::{
    engine::{Engine, Input, Observed, PlaceState, Roster},
    notify::{ChannelName, Event, Kind, Matter, Outbox, Outcome, Receipt, Subject, WatchFault},
    snapshot::Detection,
};

/// Whom messages about canaries go to: nobody.
const NOBODY: &str = "nobody";
/// Who works is heard every 15 s. Of a longer pause no more than that counts: the line may have been dead.
const PAUSE: Duration = Duration::from_secs(20);

/// What was found.
#[derive(Debug)]
pub(super) struct Canaries {
    engine: Engine,
    definition: Option<Arc<Definition>>,
    places: BTreeMap<LocationName, Place>,
}

/// What one place found.
#[derive(Debug)]
struct Place {
    /// When it was last right about each, or since when it is expected to be.
    right_at: BTreeMap<Canary, Instant>,
    /// What it said last that was wrong.
    wrong: BTreeMap<Canary, String>,
    /// When anything came from there; a place that is silent is another matter. The embedded prober's is never excused.
    heard_at: Option<Instant>,
    /// The process there, as far as it is known: a new one has found nothing yet.
    run: Option<RunId>,
}

impl Place {
    fn expected(heard_at: Option<Instant>, now: Instant) -> Self {
        let right_at = Canary::ALL.into_iter().map(|canary| (canary, now)).collect();
        Self { right_at, wrong: BTreeMap::new(), heard_at, run: None }
    }

    /// Something came from there. What it could not say meanwhile is no canary missed, and after so long that each of them would
    /// have been, all of it is expected anew.
    fn hear(&mut self, now: Instant) {
        let Some(heard_at) = &mut self.heard_at else { return };
        let unheard = now.saturating_duration_since(*heard_at);
        for (canary, at) in &mut self.right_at {
            let excused = *at + unheard.saturating_sub(PAUSE);
            *at = if unheard > canary.patience() { now } else { excused.min(now) };
        }
        *heard_at = now;
    }

    /// Everything is expected from now on.
    fn begin_anew(&mut self, now: Instant) {
        self.right_at.values_mut().for_each(|at| *at = now);
        self.heard_at = self.heard_at.map(|_| now);
    }

    /// The canary that it should have been right about by the time that it was last heard.
    fn overdue(&self, now: Instant) -> Option<Canary> {
        let heard_at = self.heard_at.unwrap_or(now);
        let is_late = |canary: Canary, at: Instant| heard_at.saturating_duration_since(at) > canary.patience();
        self.right_at.iter().find_map(|(canary, at)| is_late(*canary, *at).then_some(*canary))
    }
}

impl Canaries {
    /// Those of the embedded prober are expected from now on, where there is one; those of other places once they came.
    pub(super) fn new(embedded: Option<LocationName>, at: Timestamp, now: Instant) -> Self {
        let definition = canary::definition(None).map(Arc::new);
        let mut engine = Engine::new();
        let components = definition.iter().map(|one| (one.id.clone(), roster::component(one))).collect();
        engine.step(Input::Roster(Arc::new(Roster { components })), at);
        let places = embedded.into_iter().map(|place| (place, Place::expected(None, now))).collect();
        Self { engine, definition, places }
    }

    /// A place says whether it has canaries: what is found of them is expected then, and otherwise not. Of another process than
    /// before it is expected anew.
    pub(super) fn expect(
        &mut self,
        place: &LocationName,
        canaries: canary::Canaries,
        run: Option<RunId>,
        now: Instant,
    ) {
        match canaries {
            canary::Canaries::Off => self.places.retain(|known, state| known != place || state.heard_at.is_none()),
            canary::Canaries::On => {
                let place = self.places.entry(place.clone()).or_insert_with(|| Place::expected(Some(now), now));
                place.hear(now);
                if place.run != run {
                    place.begin_anew(now);
                    place.run = run;
                }
            }
        }
    }

    /// Of places that need not report nothing is expected; the embedded prober always must.
    pub(super) fn retain(&mut self, reporting: &BTreeSet<&LocationName>) {
        self.places.retain(|place, state| state.heard_at.is_none() || reporting.contains(place));
    }

    /// Something else came from a place.
    pub(super) fn heard(&mut self, place: &LocationName, now: Instant) {
        if let Some(place) = self.places.get_mut(place) {
            place.hear(now);
        }
    }

    /// Judges what was found of a canary.
    pub(super) fn judge(&mut self, observation: &Arc<Observation>, at: Timestamp, now: Instant) {
        let Some((canary, definition)) = Canary::of(observation).zip(self.definition.clone()) else { return };
        let probe = definition.probes.iter().find(|probe| probe.id == observation.probe);
        let Some(probe) = probe else { return };
        if at.since(observation.ended_at()) > canary.patience() {
            // What a place kept while the hub was away says nothing of now.
            return self.heard(&observation.location, now);
        }
        let stale_at = probe.schedule.stale_at(observation.ended_at().min(at), probe.timeout);
        self.engine.step(Input::Observation(Observed { observation: Arc::clone(observation), stale_at }), at);
        let (component, name, location) = (&observation.probe.component, &probe.id.name, &observation.location);
        let health = self.engine.place(component, name, location).map(PlaceState::health);
        let believed = match canary {
            Canary::Failing | Canary::Slow => health == Some(Health::Down),
            Canary::Working => health == Some(Health::Up),
        };
        // A confirmation that is to come settles it: what is right and not settled yet is no fault.
        let right = canary.is_as_expected(observation) && believed;
        let told = canary != Canary::Failing || tells(at);
        let place = self.places.entry(location.clone()).or_insert_with(|| Place::expected(Some(now), now));
        place.hear(now);
        if right && told {
            place.right_at.insert(canary, now);
            place.wrong.remove(&canary);
        } else {
            place.wrong.insert(canary, said(observation, health));
        }
    }

    /// Nobody could be heard for a while: everything is expected anew.
    pub(super) fn resume(&mut self, now: Instant) {
        self.places.values_mut().for_each(|place| place.begin_anew(now));
    }

    /// The place and the canary that it should have been right about by now.
    pub(super) fn broken(&self, now: Instant) -> Option<WatchFault> {
        let (location, canary) =
            self.places.iter().find_map(|(location, place)| Some((location, place.overdue(now)?)))?;
        let found = self.places.get(location).and_then(|place| place.wrong.get(&canary)).cloned();
        Some(WatchFault::DetectionBroken {
            location: location.to_string(),
            canary: canary.word().to_owned(),
            found: found.unwrap_or_else(|| "nothing".to_owned()),
        })
    }

    /// How it stands, for readers.
    pub(super) fn detection(&self, now: Instant) -> Detection {
        if self.places.is_empty() {
            return Detection::Unproven;
        }
        if self.broken(now).is_some() { Detection::Broken } else { Detection::Proven }
    }
}

/// Whether an outage that is judged at `at` becomes a message that a channel may take.
fn tells(at: Timestamp) -> bool {
    let Ok(nobody) = NOBODY.parse::<ChannelName>() else { return false };
    let Some(component) = canary::definition(None).map(|definition| definition.id) else { return false };
    let mut outbox = Outbox::new([nobody.clone()], Vec::new());
    let subject = Subject::Incident(Box::new(Matter::outage(component, NOBODY.to_owned(), at)));
    let event = Event { subject, detected_at: at, kind: Kind::Down { since: at, cause: None } };
    outbox.tell(&event, [&nobody]);
    let sent = outbox.due(at).send;
    let ids: Vec<_> = sent.into_iter().map(|row| row.id).collect();
    let settled =
        ids.iter().flat_map(|id| outbox.settle(Outcome { id: id.clone(), at, result: Ok(Receipt::default()) })).count();
    ids.len() == 1 && settled == 1 && outbox.pending() == 0
}

/// What was found, and what became of it.
fn said(observation: &Observation, health: Option<Health>) -> String {
    let verdict = observation.verdict.word();
    let why = observation.failure.as_ref().map(|failure| format!(" ({}: {})", failure.kind, failure.detail));
    let status = observation.http.as_ref().map(|http| format!(" {}", http.status));
    let (why, status) = (why.unwrap_or_default(), status.unwrap_or_default());
    match health {
        Some(health) => format!("{verdict}{status}{why}, judged {health:?}").to_lowercase(),
        None => format!("{verdict}{status}{why}, judged nothing"),
    }
}

#[cfg(test)]
mod tests;
