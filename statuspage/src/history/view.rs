//! The past of a component as the page shows it.
//!
//! It does not know the page.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use jiff::{ToSpan, civil::Date};
use shared::{ComponentId, LocationName, Timestamp};

use super::{
    History, Past,
    account::Total,
    calendar::{self, Calendar, Hour},
    latency::Point,
};
use crate::snapshot::{Day, HistoryView, LatencySeries, Uptime, UptimeTable};

const DAY: Duration = Duration::from_secs(86_400);
/// Days in the strip.
const STRIP: i32 = 90;

impl History {
    /// The past of a component up to `now`, as far as it has been accounted: spend first, then look.
    ///
    /// Windows begin where a period begins: those of 24 hours and 7 days with the hour in which they would, so that they hold up
    /// to one hour more; those of 30, 90 and 365 days with the local day, today being the last of that many days. Each is cut at
    /// the first instant of which something is known; what was not accounted is unknown.
    ///
    /// With the times in milliseconds and observed = operational + degraded + partial + major, [`Uptime`] is
    /// ```text
    /// ratio    = ⌊1,000,000 × (10 × observed − 10 × major − 3 × partial) ÷ (10 × observed)⌋
    /// coverage = ⌊1,000,000 × (observed + maintenance) ÷ window⌋
    /// ```
    /// in integers throughout, and absent when nothing was observed.
    pub fn view(&self, component: &ComponentId, now: Timestamp) -> HistoryView {
        let Some(past) = self.components.get(component) else { return HistoryView::default() };
        View { past, calendar: &self.calendar, now, today: self.calendar.find(now).date }.make()
    }
}

struct View<'a> {
    past: &'a Past,
    calendar: &'a Calendar,
    now: Timestamp,
    today: Date,
}

impl View<'_> {
    fn make(&self) -> HistoryView {
        HistoryView {
            days: self.days(),
            uptime: UptimeTable {
                day: self.hours_uptime(DAY),
                week: self.hours_uptime(7 * DAY),
                month: self.days_uptime(30),
                quarter: self.days_uptime(90),
                year: self.days_uptime(365),
            },
            latency: self.latency(),
            failures: self.past.failures.newest_first().to_vec(),
        }
    }

    /// Every day since the first that was watched, those without any row included.
    fn days(&self) -> Vec<Day> {
        let watched = self.calendar.find(self.past.watched_from).date;
        let first = self.past.days.first().map_or(watched, |date| date.min(watched));
        let dates = std::iter::successors(Some(first.max(self.back(STRIP))), |date| date.tomorrow().ok());
        dates.take_while(|date| *date <= self.today).map(|date| self.day(date)).collect()
    }

    fn day(&self, date: Date) -> Day {
        let calendar::Day { start, end, .. } = self.calendar.on(date);
        let end = end.min(self.now);
        let account = self.past.days.account(date);
        Day {
            date,
            worst: account.worst(),
            time: account.time(end.since(start.max(self.past.watched_from))),
            uptime: self.uptime(Total::from_iter([account]), start, end),
        }
    }

    /// The first of so many days of which today is the last.
    fn back(&self, days: i32) -> Date {
        self.today.checked_sub((days - 1).days()).unwrap_or(Date::MIN)
    }

    fn hours_uptime(&self, window: Duration) -> Option<Uptime> {
        let first = Hour::of(self.now.minus(window));
        self.uptime(self.past.hours.accounts(first..=Hour::of(self.now)).collect(), first.start(), self.now)
    }

    fn days_uptime(&self, window: i32) -> Option<Uptime> {
        let first = self.back(window);
        let start = self.calendar.on(first).start;
        self.uptime(self.past.days.accounts(first..=self.today).collect(), start, self.now)
    }

    fn uptime(&self, total: Total, start: Timestamp, end: Timestamp) -> Option<Uptime> {
        total.uptime(end.since(start.max(self.past.known_from?)))
    }

    fn latency(&self) -> BTreeMap<LocationName, LatencySeries> {
        let (last_week, yesterday) = (Hour::of(self.now.minus(7 * DAY)), Hour::of(self.now.minus(DAY)).start());
        let mut hours = self.past.hours.latency(last_week..=Hour::of(self.now));
        let mut days = self.past.days.latency(self.back(STRIP)..=self.today);
        let names: BTreeSet<_> = hours.keys().chain(days.keys()).copied().collect();
        let mut series = |name: &LocationName| {
            let hour = |(hour, point): (Hour, Point)| point.at(hour.start());
            let day = |(date, point): (Date, Point)| point.at(self.calendar.on(date).start);
            let hours = hours.remove(name).unwrap_or_default().into_iter().map(hour).collect();
            let days = days.remove(name).unwrap_or_default().into_iter().map(day).collect();
            LatencySeries::new(hours, yesterday, days)
        };
        names.into_iter().map(|name| (name.clone(), series(name))).collect()
    }
}
