//! The sentences that sum up: headline, tab title, a component's state and note. Pages, plain text and `/snapshot.json` say the same.
//!
//! It does not know where they are shown.

use std::{collections::BTreeSet, time::Duration};

use shared::{LocationName, Status, Timestamp, Verdict};

use super::Words;
use crate::{
    island::NAMED,
    snapshot::{ComponentView, LatencyPoint, Reason, Snapshot},
};

/// A certificate is worth a note when it ends sooner.
const CERTIFICATE_NOTE_DAYS: u64 = 21;
const DAY: u64 = 86_400;

/// Whole days from one moment to a later one.
pub fn days_until(then: Timestamp, now: Timestamp) -> u64 {
    then.since(now).as_secs() / DAY
}

impl Words {
    /// The state of everything in one sentence, the worst by its names, and a second one that counts the rest.
    pub fn headline(&self, snapshot: &Snapshot) -> String {
        let total = snapshot.components.len();
        let worst: Vec<&ComponentView> =
            snapshot.components.iter().filter(|c| c.status == snapshot.status).map(AsRef::as_ref).collect();
        // Only a few are ever named, and a list of a thousand is long in the making.
        let names = self.list(worst.iter().take(NAMED).map(|component| component.name.get(self.language())));
        let (count, few) = (worst.len(), worst.len() <= NAMED);
        let first = match snapshot.status {
            _ if total == 0 => return self.headline_nothing(),
            Status::Operational => return self.headline_operational(),
            Status::Unknown if count == total => return self.nothing_known(snapshot),
            Status::MajorOutage if count == total && total > 1 => return self.headline_all_down(),
            Status::UnderMaintenance if few => self.headline_maintenance(names),
            Status::UnderMaintenance => self.headline_maintenance_many(count),
            Status::Unknown if few => self.headline_unknown(names),
            Status::Unknown => self.headline_unknown_many(count, total),
            Status::DegradedPerformance if few => self.headline_degraded(count, names),
            Status::DegradedPerformance => self.headline_degraded_many(count, total),
            Status::PartialOutage if few => self.headline_partial(count, names),
            Status::PartialOutage => self.headline_partial_many(count, total),
            Status::MajorOutage if few => self.headline_down(count, names),
            Status::MajorOutage => self.headline_down_many(count, total),
        };
        match others(snapshot) {
            0 => first,
            others @ 1.. => format!("{first} {}", self.headline_others(others)),
        }
    }

    fn nothing_known(&self, snapshot: &Snapshot) -> String {
        if snapshot.components.iter().all(|component| component.last_result_at.is_none()) {
            self.headline_first_check()
        } else {
            self.headline_blind()
        }
    }

    /// The tab's title of the page of everything.
    pub fn title(&self, snapshot: &Snapshot) -> String {
        let all = snapshot.components.iter().all(|component| component.status == Status::MajorOutage);
        let summary = match snapshot.status {
            Status::Operational if snapshot.components.is_empty() => self.site_status(),
            Status::Operational => self.title_operational(),
            Status::UnderMaintenance => self.title_maintenance(),
            Status::Unknown => self.title_unknown(),
            Status::DegradedPerformance => self.title_degraded(),
            Status::PartialOutage => self.title_partial(),
            Status::MajorOutage if all => self.title_all_down(),
            Status::MajorOutage => self.title_down(),
        };
        self.page_title(summary, super::inert(snapshot.site.title.get(self.language())))
    }

    /// A state in a word or two.
    pub fn status(&self, status: Status) -> String {
        match status {
            Status::Operational => self.state_operational(),
            Status::UnderMaintenance => self.state_maintenance(),
            Status::Unknown => self.state_unknown(),
            Status::DegradedPerformance => self.state_degraded(),
            Status::PartialOutage => self.state_partial(),
            Status::MajorOutage => self.state_down(),
        }
    }

    /// A component's state in words, by the time at which the snapshot was made.
    pub fn state(&self, component: &ComponentView, now: Timestamp) -> String {
        match (component.status, component.last_result_at) {
            (Status::Unknown, None) => self.state_first_check(),
            (Status::Unknown, Some(last)) => self.state_unverified(self.span(now.since(last))),
            (status, _) => self.status(status),
        }
    }

    /// Why it is in that state and since when; else what is worth knowing of a component that works. May be empty.
    pub fn note(&self, component: &ComponentView, now: Timestamp) -> String {
        if let Some(declared) = component.by_word() {
            return self.note_declared(declared.beside.word(), self.status(declared.beside));
        }
        match (component.status, &component.reason) {
            (Status::Unknown, _) => self.last_measured(component, now),
            (Status::UnderMaintenance, None) => String::new(),
            (_, Some(reason)) => self.because(component, reason, now),
            (_, None) => self.going_well(component, now),
        }
    }

    /// When it was last measured, for who reads that nobody knows how it does; empty before the first time.
    pub fn last_measured(&self, component: &ComponentView, now: Timestamp) -> String {
        let last = component.last_result_at.map(|at| format!("{} {}", self.last_measurement(), self.at(at, now)));
        last.unwrap_or_default()
    }

    /// A failure in plain words; HTTP errors by their number, which everybody has seen.
    pub fn what(&self, kind: shared::FailureKind, http_status: Option<u16>) -> String {
        match (kind, http_status) {
            (shared::FailureKind::HttpStatus, Some(status @ 400..)) => self.http_error(status),
            (shared::FailureKind::HttpStatus, Some(status)) => self.reason_http_answer(status.to_string()),
            (kind, _) => self.reason(kind),
        }
    }

    fn http_error(&self, status: u16) -> String {
        self.reason_http_error(status.to_string())
    }

    fn because(&self, component: &ComponentView, reason: &Reason, now: Timestamp) -> String {
        let what = self.what(reason.kind, reason.http_status);
        let note = match reason.verdict {
            Verdict::Fail | Verdict::Warn | Verdict::Pass => self.note_since(what, self.when(reason.since, now)),
            Verdict::Unknown => what,
        };
        let watching: BTreeSet<&LocationName> =
            component.probes.iter().flat_map(|probe| probe.locations.keys()).collect();
        if !reason.locations.is_empty() && reason.locations.len() < watching.len() {
            self.note_from(note, self.places(&reason.locations))
        } else {
            note
        }
    }

    fn going_well(&self, component: &ComponentView, now: Timestamp) -> String {
        let days = component.certificate_expires_at.map(|end| days_until(end, now));
        match (days, typical_latency(component)) {
            (Some(days), _) if days < CERTIFICATE_NOTE_DAYS => self.note_certificate(days),
            (_, Some(latency)) => self.note_latency(self.latency(latency)),
            (_, None) => String::new(),
        }
    }
}

/// Components that are disturbed, the worst ones not counted.
fn others(snapshot: &Snapshot) -> usize {
    let disturbed = |status: Status| match status {
        Status::Operational | Status::UnderMaintenance | Status::Unknown => false,
        Status::DegradedPerformance | Status::PartialOutage | Status::MajorOutage => status != snapshot.status,
    };
    snapshot.components.iter().filter(|component| disturbed(component.status)).count()
}

/// The newest p95, of the slowest location.
fn typical_latency(component: &ComponentView) -> Option<Duration> {
    component.history.latency.values().filter_map(|series| series.day().last()).map(LatencyPoint::p95).max()
}
