//! Histories compared with a slow and obvious count: an array of small units of time.

use std::collections::BTreeMap;

use jiff::{civil::Date, tz::TimeZone};
use proptest::prelude::*;
use shared::{ComponentId, LocationName, Status, Timestamp};

use super::{tests::Store, *};
use crate::{
    engine::tests::observation,
    snapshot::{Day, LatencyPoint, TimeInStatus, Uptime},
};

/// A zone and an instant shortly before something happens to its clocks.
const SCENES: [(&str, &str); 8] = [
    ("UTC", "2026-11-20T22:00:00Z"),
    ("Europe/Paris", "2026-10-23T12:00:00Z"),
    ("Europe/Paris", "2026-03-27T12:00:00Z"),
    // Half an hour of summer time.
    ("Australia/Lord_Howe", "2026-04-03T00:00:00Z"),
    // Clocks went back at one minute past midnight: the end of the evening came twice.
    ("America/St_Johns", "2010-11-05T12:00:00Z"),
    // Midnight did not happen.
    ("America/Sao_Paulo", "2018-11-02T12:00:00Z"),
    // Midnight happened twice.
    ("America/Havana", "2025-10-31T12:00:00Z"),
    // A whole day did not happen.
    ("Pacific/Apia", "2011-12-28T12:00:00Z"),
];

/// One cell for each unit of time since the start.
struct Slow {
    zone: TimeZone,
    start: Timestamp,
    unit: i64,
    cells: Vec<Status>,
}

impl Slow {
    fn at(&self, cell: usize) -> Timestamp {
        Timestamp::from_millis(self.start.as_millis() + i64::try_from(cell).expect("few cells") * self.unit)
    }

    /// The date of each cell: never an earlier one than that of the cell before.
    fn dates(&self) -> Vec<Date> {
        let local = |cell| jiff::Timestamp::from_millisecond(self.at(cell).as_millis()).expect("in jiff's range");
        let dates = (0..self.cells.len()).map(|cell| self.zone.to_datetime(local(cell)).date());
        let newest = dates.scan(Date::MIN, |newest, date| {
            *newest = date.max(*newest);
            Some(*newest)
        });
        newest.collect()
    }

    fn uptime<'a>(&self, cells: impl Iterator<Item = &'a Status> + Clone) -> Option<Uptime> {
        let count = |status: Status| cells.clone().filter(|cell| **cell == status).count() as u64;
        let (major, partial) = (count(Status::MajorOutage), count(Status::PartialOutage));
        let observed = count(Status::Operational) + count(Status::DegradedPerformance) + major + partial;
        let window = cells.clone().count() as u64;
        let floor = |part: u64, whole: u64| (part * 1_000_000).checked_div(whole).map(|share| share as u32);
        let coverage = floor(observed + count(Status::UnderMaintenance), window)?;
        Some(Uptime { ratio: floor(10 * observed - 10 * major - 3 * partial, 10 * observed)?, coverage })
    }

    /// The cells that satisfy a condition, from the first one on of which something is known.
    fn known(&self, wanted: impl Fn(usize) -> bool) -> Vec<Status> {
        let first = self.cells.iter().position(|cell| *cell != Status::Unknown).unwrap_or(self.cells.len());
        (first..self.cells.len()).filter(|cell| wanted(*cell)).map(|cell| self.cells[cell]).collect()
    }

    fn check(&self, history: &History, component: &ComponentId) {
        let view = history.view(component, self.at(self.cells.len()));
        let dates = self.dates();
        for day in &view.days {
            self.check_day(day, &dates);
        }
        let known_days = dates.iter().filter(|date| view.days.iter().any(|day| day.date == **date)).count();
        assert_eq!(known_days, dates.len(), "no day is missing");
        let hour = Hour::of(self.at(self.cells.len()).minus(Duration::from_secs(86_400))).start();
        assert_eq!(view.uptime.day, self.uptime(self.known(|cell| self.at(cell) >= hour).iter()));
        assert_eq!(view.uptime.month, self.uptime(self.known(|_| true).iter()));
        assert_eq!(view.uptime.year, view.uptime.month);
    }

    /// Every window of the page, after more than a year.
    fn check_windows(&self, history: &History, component: &ComponentId) {
        let now = self.at(self.cells.len());
        let (table, dates) = (history.view(component, now).uptime, self.dates());
        let today = Calendar::new(self.zone.clone()).find(now).date;
        for (found, days) in [(table.month, 30), (table.quarter, 90), (table.year, 365)] {
            let first = today.checked_sub(jiff::ToSpan::days(days - 1)).expect("in range");
            assert_eq!(found, self.uptime(self.known(|cell| dates[cell] >= first).iter()), "{days} days to {now}");
        }
        for (found, days) in [(table.day, 1), (table.week, 7)] {
            let first = Hour::of(now.minus(Duration::from_secs(days * 86_400))).start();
            assert_eq!(found, self.uptime(self.known(|cell| self.at(cell) >= first).iter()), "{days} days to {now}");
        }
    }

    fn check_day(&self, day: &Day, dates: &[Date]) {
        let cells: Vec<Status> = (0..dates.len()).filter(|i| dates[*i] == day.date).map(|i| self.cells[i]).collect();
        let time = |status: Status| {
            let cells = cells.iter().filter(|cell| **cell == status).count() as u64;
            Duration::from_millis(cells * self.unit.unsigned_abs())
        };
        let expected =
            Status::ALL.into_iter().fold(TimeInStatus::default(), |spent, status| spent.with(status, time(status)));
        assert_eq!(day.time, expected, "{}", day.date);
        let worst = cells.iter().filter(|cell| **cell != Status::Unknown).max_by_key(|cell| cell.severity());
        assert_eq!(day.worst, worst.copied().unwrap_or(Status::Unknown), "{}", day.date);
        assert_eq!(day.uptime, self.uptime(self.known(|cell| dates[cell] == day.date).iter()), "{}", day.date);
    }
}

/// A state, for how many units, and what else happens then.
#[derive(Debug, Clone)]
struct Stretch {
    status: Status,
    units: usize,
    /// A view is asked for in the middle.
    look: bool,
    rows: Rows,
}

#[derive(Debug, Clone, Copy)]
enum Rows {
    Wait,
    Written,
    WrittenAndRestarted,
}

fn stretches(longest: usize, count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Stretch>> {
    let status = (0..6_usize).prop_map(|i| Status::ALL[i]);
    let rows = prop_oneof![3 => Just(Rows::Wait), 2 => Just(Rows::Written), 1 => Just(Rows::WrittenAndRestarted)];
    let stretch = (status, 1..longest, any::<bool>(), rows);
    prop::collection::vec(stretch.prop_map(|(status, units, look, rows)| Stretch { status, units, look, rows }), count)
}

fn compare(zone: &str, start: Timestamp, unit: i64, stretches: &[Stretch]) {
    let (slow, history, component) = live(zone, start, unit, stretches);
    slow.check(&history, &component);
}

/// The same life for both.
fn live(zone: &str, start: Timestamp, unit: i64, stretches: &[Stretch]) -> (Slow, History, ComponentId) {
    let zone = TimeZone::get(zone).expect("a zone of the bundled database");
    let component: ComponentId = "cloud".parse().expect("an id");
    let mut slow = Slow { zone: zone.clone(), start, unit, cells: Vec::new() };
    let (mut history, mut store) = (History::new(zone.clone()), Store::default());
    history.watch(&component, start);
    for Stretch { status, units, look, rows } in stretches {
        let since = slow.at(slow.cells.len());
        if *look {
            history.spend(&component, *status, since, slow.at(slow.cells.len() + units / 2));
        }
        slow.cells.extend(std::iter::repeat_n(*status, *units));
        history.spend(&component, *status, since, slow.at(slow.cells.len()));
        match rows {
            Rows::Wait => {}
            Rows::Written => store.write(history.dirty_rows()),
            Rows::WrittenAndRestarted => {
                store.write(history.dirty_rows());
                history = store.restore(zone.clone());
                history.watch(&component, start);
            }
        }
    }
    (slow, history, component)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn windows_up_to_a_year_are_those_of_a_count_by_the_hour(
        zone in prop_oneof![Just("Europe/Paris"), Just("UTC"), Just("America/Santiago")],
        first in 0..300_u64,
        stretches in stretches(900, 20..40),
    ) {
        // Over a year and both changes of the clocks, as a rule.
        let start: Timestamp = "2024-09-10T00:00:00Z".parse().expect("a time");
        let (slow, history, component) = live(zone, start.plus(Duration::from_secs(first * 3_600)), 3_600_000, &stretches);
        slow.check_windows(&history, &component);
    }
}

proptest! {
    #[test]
    fn days_and_uptime_are_those_of_a_count_by_the_minute(scene in 0..SCENES.len(), stretches in stretches(900, 1..30)) {
        let (zone, start) = SCENES[scene];
        compare(zone, start.parse().expect("a time"), 60_000, &stretches);
    }

    #[test]
    fn days_and_uptime_are_those_of_a_count_by_the_millisecond(scene in 0..SCENES.len(), stretches in stretches(400, 1..30)) {
        let (zone, start) = SCENES[scene];
        let zone_of = TimeZone::get(zone).expect("a zone of the bundled database");
        let midnight = Calendar::new(zone_of).find(start.parse().expect("a time")).end;
        compare(zone, midnight.minus(Duration::from_secs(2)), 1, &stretches);
    }

    #[test]
    fn percentiles_are_those_of_the_sorted_durations_however_late_and_whatever_was_restarted(
        mut results in prop::collection::vec(late_results(), 1..80),
    ) {
        let (mut history, mut store) = (History::new(TimeZone::UTC), Store::default());
        let mut exact: BTreeMap<(&str, Timestamp), Vec<u64>> = BTreeMap::new();
        results.sort_by_key(|result| result.came_at);
        for LateResult { place, started_at, came_at, micros, restart } in results {
            exact.entry((place, Hour::of(started_at).start())).or_default().push(micros);
            let mut result = observation("cloud/login", place, started_at, Verdict::Pass);
            result.duration = Duration::from_micros(micros);
            prop_assert_eq!(history.observe(&result, came_at), Intake::Counted);
            store.write(history.dirty_rows());
            if restart {
                history = store.restore(TimeZone::UTC);
            }
        }
        let view = history.view(&"cloud".parse().expect("an id"), start().plus(Duration::from_secs(16 * 3_600)));
        let points = view.latency.values().map(|series| series.day().len()).sum::<usize>();
        prop_assert_eq!(points, exact.len(), "one point for each place and hour");
        for ((place, hour), micros) in exact {
            let series = &view.latency[&place.parse::<LocationName>().expect("a name")];
            let point = series.day().iter().find(|point| point.at == hour).expect("the hour has a point");
            check_point(*point, micros);
        }
    }
}

fn start() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().expect("a time")
}

#[derive(Debug, Clone)]
struct LateResult {
    place: &'static str,
    started_at: Timestamp,
    came_at: Timestamp,
    micros: u64,
    restart: bool,
}

/// Results of ten hours, up to five hours late.
fn late_results() -> impl Strategy<Value = LateResult> {
    let place = prop_oneof![Just("lyon"), Just("brest")];
    let late = prop_oneof![3 => 0..60_u64, 1 => 0..18_000_u64];
    let parts = (place, 0..36_000_u64, late, 1_000..20_000_000_u64, prop::bool::weighted(0.2));
    parts.prop_map(|(place, second, late, micros, restart)| {
        let started_at = start().plus(Duration::from_secs(second));
        LateResult { place, started_at, came_at: started_at.plus(Duration::from_secs(late)), micros, restart }
    })
}

fn check_point(point: LatencyPoint, mut micros: Vec<u64>) {
    micros.sort_unstable();
    assert_eq!(point.count as usize, micros.len());
    for (found, quantile) in [(point.p50(), 0.50), (point.p95(), 0.95), (point.p99(), 0.99)] {
        let exact = micros[(quantile * (micros.len() - 1) as f64) as usize] as f64;
        assert!((found.as_micros() as f64 - exact).abs() <= 0.02 * exact, "{found:?} for {exact} µs");
    }
}
