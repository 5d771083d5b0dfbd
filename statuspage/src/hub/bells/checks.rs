//! Drills: when they are due, and the figures that they tell.
//!
//! It does not know how a drill is worded or sent.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use bytes::Bytes;
use jiff::tz::TimeZone;
use prober::definition::Schedule;
use serde::{Deserialize, Serialize};
use shared::{Observation, Timestamp};
use tracing::{info, warn};

use super::super::Hub;
use crate::{
    clock::now,
    notify::{ChannelName, Drill, Event, Kind, Medium, Notification, Occasion, Subject},
    store::Restored,
};

/// Where the count is kept.
const DOCUMENT: &str = "checks";

/// Scheduled checks since the last drill. Its form is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::hub) struct Checks {
    since: Timestamp,
    done: u64,
    /// Mails to subscribers that came back in the same time.
    #[serde(default)]
    came_back: u64,
}

impl Checks {
    pub(in crate::hub) fn read(restored: &Restored) -> Self {
        let read = |bytes: &Bytes| {
            let unreadable = |error: &serde_json::Error| warn!(%error, "the count of checks cannot be read");
            serde_json::from_slice(bytes).inspect_err(unreadable).ok()
        };
        let kept = restored.documents.get(DOCUMENT).and_then(read);
        kept.unwrap_or_else(|| Self { since: now(), done: 0, came_back: 0 })
    }

    pub(in crate::hub) fn document(&self) -> Option<(&'static str, Bytes)> {
        serde_json::to_vec(self).ok().map(|document| (DOCUMENT, document.into()))
    }

    /// Makes the last drill so much older: for tests of the next one.
    #[cfg(test)]
    pub(in crate::hub) fn age(&mut self, by: Duration) {
        self.since = self.since.minus(by);
    }

    /// So many more mails have come back.
    pub(in crate::hub) fn count_came_back(&mut self, mails: u64) {
        self.came_back = self.came_back.saturating_add(mails);
    }
}

impl Hub {
    /// Counts a scheduled result of a probe that has an interval.
    pub(in crate::hub) fn count_check(&mut self, observation: &Observation) {
        if observation.confirmation {
            return;
        }
        let definition = self.definitions.definitions.get(&observation.probe.component);
        let probe =
            definition.and_then(|definition| definition.probes.iter().find(|probe| probe.id == observation.probe));
        if probe.is_some_and(|probe| matches!(probe.schedule, Schedule::Every(_))) {
            self.telling.checks.done += 1;
        }
    }

    /// Whether a channel gets drills: people read it, and nobody said that it should not.
    pub(super) fn has_drills(&self, channel: &ChannelName) -> bool {
        let is_read = |(name, medium): &(ChannelName, Medium)| name == channel && medium.reaches_people();
        self.options.channels.iter().any(is_read) && !self.options.drills.left_out.contains(channel)
    }

    /// The drills that are due: one for each channel that has them.
    pub(super) fn pass_drills(&mut self, now: Timestamp) -> Vec<Notification> {
        // After a clock that was set back, nothing would be due until it had caught up.
        self.telling.checks.since = self.telling.checks.since.min(now);
        let due = self.options.drills.schedule.next_after(self.telling.checks.since);
        if due.is_none_or(|due| due > now) {
            return Vec::new();
        }
        let drill = self.drill(Occasion::Due, now);
        self.telling.checks = Checks { since: now, done: 0, came_back: 0 };
        let channels = self.options.channels.iter().map(|(name, _)| name);
        let channels: Vec<_> = channels.filter(|name| self.has_drills(name)).cloned().collect();
        for channel in &channels {
            self.telling.proofs.drilled(channel, now, self.options.drills.answers);
        }
        info!(channels = channels.len(), "a drill of the channels");
        let subject = Subject::Drill(Box::new(drill));
        self.telling.outbox.tell(&Event { subject, detected_at: now, kind: Kind::noticed(now) }, &channels)
    }

    /// What a drill says.
    pub(in crate::hub) fn drill(&self, occasion: Occasion, now: Timestamp) -> Drill {
        let since = self.telling.checks.since;
        let begun = |began: Timestamp| began >= since;
        let incidents = self.telling.book.incidents();
        let counters = &self.options.counters;
        let instant = |counter: &AtomicU64| {
            let millis = i64::try_from(counter.load(Ordering::Relaxed)).ok().filter(|millis| *millis > 0);
            millis.map(Timestamp::from_millis)
        };
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Drill {
            at: now,
            occasion,
            week: week(now, &self.options.site.time_zone),
            services: count(self.definitions.definitions.len()),
            locations: count(self.views.places()),
            checks: self.telling.checks.done,
            expected: self.expected(since, now).max(self.telling.checks.done),
            incidents: count(incidents.iter().filter(|incident| begun(incident.times.started_at)).count()),
            verified_at: instant(&counters.verified_at),
            backup_at: instant(&counters.backup_at),
            came_back: self.telling.post.view().subscribers.map(|_| self.telling.checks.came_back),
        }
    }

    /// How many scheduled checks were due, at every place that has ever done each.
    fn expected(&self, since: Timestamp, now: Timestamp) -> u64 {
        let due = |probe: &prober::definition::ProbeDefinition| {
            let Schedule::Every(every) = &probe.schedule else { return 0 };
            let Some(state) = self.engine.state(&probe.id.component) else { return 0 };
            let places = state.probes.get(&probe.id.name).map_or(1, |probe| probe.places.len().max(1));
            let watched = now.since(since.max(state.created_at));
            let times = watched.as_millis() / every.max(&Duration::from_millis(1)).as_millis();
            u64::try_from(times).unwrap_or(u64::MAX).saturating_mul(places as u64)
        };
        self.definitions.probes().map(|probe| due(probe)).sum()
    }
}

/// The week of the year (ISO 8601) on the site's clock.
fn week(at: Timestamp, zone: &TimeZone) -> i8 {
    let zoned = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default().to_zoned(zone.clone());
    zoned.date().iso_week_date().week()
}
