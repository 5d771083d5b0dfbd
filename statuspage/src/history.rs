//! The past of each component: time in each state, uptime, latency and the last failures, by the hour and by the day. Pure.
//!
//! It reads no clock and does no I/O; it does not know how a state was judged nor how rows are stored.
//!
//! # What is counted
//! * Time, exact to the millisecond, in the hours of UTC and in the days of the page's time zone (23 and 25 hours included; a
//!   day begins at the first instant of its date). Each instant is counted once. Unknown time is not written down: it is what
//!   remains of the time watched when the known time is taken away, so that a hub that was off needs no special case.
//! * Durations of results that passed or warned, in the period in which they began, all probes of a component at a location
//!   together, in a mergeable sketch with a relative error under 2 %.
//! * Results by verdict and by failure kind, and the last 20 failures in their public form.
//!
//! # What is kept in memory
//! 200 hours and 400 days. The newest two periods of each kind are open; those before them are percentiles only, and the
//! newest six of these also keep their row, so that results that come late are added to the hour (for about 7 hours) and the
//! day (for 8 days) in which they began. What comes later still stays a raw result and is in no roll-up.
//!
//! With 3 locations and 90 days that is 40 to 45 kB a component, and its view 22 kB more (`examples/history.rs` measures it).
//!
//! # When the page's time zone changes
//! Hours are not concerned. Day rows are known by their local date: days that are over stay as they were cut; the day of the
//! change goes on under the new zone, and no day ever counts more time than it has.

mod account;
mod calendar;
mod failures;
mod latency;
mod pack;
mod packed;
mod period;
mod row;
mod series;
mod steps;
mod view;

#[cfg(test)]
mod reference;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, time::Duration};

use jiff::{civil::Date, tz::TimeZone};
use shared::{ComponentId, Observation, Status, Timestamp, Verdict};

use calendar::{Calendar, Hour};
use failures::Failures;
use series::{Limits, Series};

pub use pack::{pack, unpack};
pub use row::{HistoryRow, RowError, RowKey, Slot, Unit};
pub use steps::{Rollup, Step, Steps};

/// Hours in memory: 8 days and a third, for the windows of 7 days.
const HOURS: Limits = Limits { periods: 200, latency: 200 };
/// Days in memory: for the window of 365 days, and latency for 90.
const DAYS: Limits = Limits { periods: 400, latency: 92 };
/// The longest stretch that is counted at once.
const MEMORY: Duration = Duration::from_secs(400 * 86_400);
/// Time accounted so far beyond the present was written by a clock that was wrong; less is an ordinary correction.
const FALSE_FUTURE: Duration = Duration::from_secs(25 * 3_600);

/// A clock that shows less has not been set yet (2010-01-01T00:00:00Z): what it dates is not counted.
const UNSET_CLOCK: i64 = 1_262_304_000_000;

pub(crate) fn is_unset(at: Timestamp) -> bool {
    at.as_millis() < UNSET_CLOCK
}

/// The past of all components.
#[derive(Debug, Clone)]
pub struct History {
    calendar: Calendar,
    components: BTreeMap<ComponentId, Past>,
}

/// What became of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Intake {
    /// It is in its hour and its day.
    Counted,
    /// It came too late for its hour; it is in its day.
    DayOnly,
    /// It came too late for both; the raw result is all there is.
    TooLate,
}

#[derive(Debug, Clone)]
struct Past {
    watched_from: Timestamp,
    /// The first instant of which something is known.
    known_from: Option<Timestamp>,
    /// Up to here time has been accounted.
    spent_until: Option<Timestamp>,
    hours: Series<Hour>,
    days: Series<Date>,
    failures: Failures,
}

impl Past {
    fn new(watched_from: Timestamp) -> Self {
        Self {
            watched_from,
            known_from: None,
            spent_until: None,
            hours: Series::new(HOURS),
            days: Series::new(DAYS),
            failures: Failures::default(),
        }
    }

    /// Forgets what a wrong clock wrote into the future.
    fn forget_after(&mut self, now: Timestamp, today: Date) {
        self.hours.forget_after(Hour::of(now));
        self.days.forget_after(today);
        self.spent_until = Some(now);
        self.known_from = self.known_from.map(|at| at.min(now));
    }
}

impl History {
    /// A history without any past, whose days are those of `zone`.
    pub fn new(zone: TimeZone) -> Self {
        Self { calendar: Calendar::new(zone), components: BTreeMap::new() }
    }

    /// Says that the component is watched from `at` on, unless it was before.
    pub fn watch(&mut self, component: &ComponentId, at: Timestamp) {
        if is_unset(at) {
            return;
        }
        let past = self.past(component, at);
        past.watched_from = past.watched_from.min(at);
    }

    /// Counts a result, at `now` by the hub's clock. Each result may be given once only: the caller knows which are new.
    ///
    /// One whose start lies in the future by the hub's clock is counted at `now`.
    pub fn observe(&mut self, observation: &Observation, now: Timestamp) -> Intake {
        let at = observation.started_at.min(now);
        if is_unset(at) {
            return Intake::TooLate;
        }
        let day = self.calendar.day(at);
        let past = self.past(&observation.probe.component, at);
        if matches!(observation.verdict, Verdict::Warn | Verdict::Fail) {
            past.failures.add(observation);
        }
        let in_hour = past.hours.open(Hour::of(at)).map(|hour| hour.count(observation));
        let in_day = past.days.open(day.date).map(|day| day.count(observation));
        match (in_hour, in_day) {
            (Some(()), _) => Intake::Counted,
            (None, Some(())) => Intake::DayOnly,
            (None, None) => Intake::TooLate,
        }
    }

    /// Says that the component had `status` from `from` to `until`.
    ///
    /// What has been accounted before is left out, so that a caller may give the beginning of the state again and again: at
    /// each transition `spend(component, from, from_since, at)`, and before a view `spend(component, status, since, now)`.
    pub fn spend(&mut self, component: &ComponentId, status: Status, from: Timestamp, until: Timestamp) {
        let today = self.calendar.day(until).date;
        if let Some(past) = self.components.get_mut(component)
            && past.spent_until.is_some_and(|spent| spent > until.plus(FALSE_FUTURE))
        {
            past.forget_after(until, today);
        }
        let from = self.spent_until(component).map_or(from, |spent| spent.max(from));
        if is_unset(from) || is_unset(until) {
            return;
        }
        let from = from.max(until.minus(MEMORY));
        let past = self.past(component, from);
        past.watched_from = past.watched_from.min(from);
        if status != Status::Unknown && from < until {
            past.known_from = Some(past.known_from.map_or(from, |known| known.min(from)));
            past.spent_until = Some(until);
            self.distribute(component, status, from, until);
        }
    }

    /// Gives each hour and each day its part of a stretch.
    fn distribute(&mut self, component: &ComponentId, status: Status, from: Timestamp, until: Timestamp) {
        let Some(past) = self.components.get_mut(component) else { return };
        let mut at = from;
        while at < until {
            let day = self.calendar.day(at);
            let hour = Hour::of(at);
            let end = until.min(hour.end()).min(day.end);
            if end <= at {
                // Only at the end of the calendar, in the year 9999.
                return;
            }
            if let Some(open) = past.hours.open(hour) {
                open.spend(status, end.since(at), hour.end().since(hour.start()));
            }
            if let Some(open) = past.days.open(day.date) {
                open.spend(status, end.since(at), day.end.since(day.start));
            }
            at = end;
        }
    }

    /// Up to when the time of a component has been accounted as known.
    pub fn spent_until(&self, component: &ComponentId) -> Option<Timestamp> {
        self.components.get(component)?.spent_until
    }

    /// The rows of one component that changed since they were last asked for, each of which replaces the row of the same key.
    ///
    /// Written in one transaction with the results and the transitions that changed them, they never count a result twice or
    /// lose one, and a restart knows all time up to the last transition.
    pub fn rows_of(&mut self, component: &ComponentId) -> Vec<HistoryRow> {
        self.components.get_mut(component).map(|past| row::changed(component, past)).unwrap_or_default()
    }

    /// The rows of all components that changed since they were last asked for. Periods that are over are then reduced to their
    /// percentiles, so it wants to be called every minute or so.
    pub fn dirty_rows(&mut self) -> Vec<HistoryRow> {
        let mut rows = Vec::new();
        for (component, past) in &mut self.components {
            rows.extend(row::changed(component, past));
            let encode = row::encoder(past);
            past.hours.close(&encode);
            past.days.close(&encode);
        }
        rows
    }

    /// Takes packed rows of one component back, before anything is counted: what a start needs of them, and no more. The oldest
    /// payload comes first, and [`History::restore`] last: it takes the rows that replace some of these, if there are any.
    ///
    /// # Errors
    ///
    /// When the payload cannot be read; nothing of it is then taken.
    pub fn restore_packed(&mut self, component: &ComponentId, unit: Unit, payload: &[u8]) -> Result<(), RowError> {
        let summaries = pack::summaries(payload)?;
        let past = self.past(component, Timestamp::from_millis(i64::MAX));
        packed::restore(past, unit, summaries, payload);
        Ok(())
    }

    /// Takes rows back, in any order, before anything is counted. Those that cannot be read are named and left out.
    pub fn restore(&mut self, rows: impl IntoIterator<Item = HistoryRow>) -> Vec<(RowKey, RowError)> {
        let mut unreadable = Vec::new();
        for HistoryRow { key, bytes } in rows {
            let past = self.past(&key.component, Timestamp::from_millis(i64::MAX));
            if let Err(error) = row::restore(past, &key.slot, bytes) {
                unreadable.push((key, error));
            }
        }
        for past in self.components.values_mut() {
            packed::take_rows(past);
            past.hours.settle();
            past.days.settle();
        }
        unreadable
    }

    /// Takes rows back after counting has begun, as when the database opens late: a period that is in memory too becomes the sum
    /// of both. Those that cannot be read are named and left out.
    pub fn absorb(&mut self, rows: impl IntoIterator<Item = HistoryRow>) -> Vec<(RowKey, RowError)> {
        let mut unreadable = Vec::new();
        for HistoryRow { key, bytes } in rows {
            let past = self.past(&key.component, Timestamp::from_millis(i64::MAX));
            if let Err(error) = row::absorb(past, &key.slot, bytes) {
                unreadable.push((key, error));
            }
        }
        unreadable
    }

    /// The same for packed rows of one component.
    ///
    /// # Errors
    ///
    /// When the payload cannot be read; nothing of it is then taken.
    pub fn absorb_packed(
        &mut self,
        component: &ComponentId,
        unit: Unit,
        payload: &[u8],
    ) -> Result<Vec<(RowKey, RowError)>, RowError> {
        let rows = unpack(payload).ok_or(RowError::Damaged)?;
        let row = |(start, row): (Timestamp, bytes::Bytes)| {
            let key = RowKey { component: component.clone(), slot: Slot::new(unit, start)? };
            Some(HistoryRow { key, bytes: row.as_ref().into() })
        };
        Ok(self.absorb(rows.into_iter().filter_map(row)))
    }

    /// Has every open row written again: the store lost them. Periods that are closed are in memory as percentiles only; those
    /// that can be opened again are.
    pub fn mark_changed(&mut self) {
        for past in self.components.values_mut() {
            past.hours.mark_changed();
            past.days.mark_changed();
        }
    }

    /// Gives the past of one component to another that has none yet; true when that was done.
    pub fn rename(&mut self, from: &ComponentId, to: &ComponentId) -> bool {
        if self.components.contains_key(to) {
            return false;
        }
        let Some(mut past) = self.components.remove(from) else { return false };
        past.failures.rename(to);
        self.components.insert(to.clone(), past);
        true
    }

    /// Takes a failure back that was counted before.
    pub fn recall(&mut self, failure: &Observation) {
        self.past(&failure.probe.component, failure.started_at).failures.add(failure);
    }

    fn past(&mut self, component: &ComponentId, at: Timestamp) -> &mut Past {
        self.components.entry(component.clone()).or_insert_with(|| Past::new(at))
    }
}
