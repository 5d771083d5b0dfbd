//! Steps of a range, compared with the sorted durations and with what the page shows.

use shared::{ComponentId, Verdict};

use super::*;
use crate::{
    engine::tests::observation,
    history::{History, HistoryRow},
};

const HOUR: Duration = Duration::from_secs(3_600);
const MOST: usize = 1_000;

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn cloud() -> ComponentId {
    "cloud".parse().expect("an id")
}

fn paris() -> TimeZone {
    TimeZone::get("Europe/Paris").expect("a zone of the bundled database")
}

/// What a component did from `start` on.
struct Life {
    start: Timestamp,
    end: Timestamp,
    history: History,
    rows: BTreeMap<Slot, HistoryRow>,
    /// Of each result when it was and what it took, in microseconds.
    results: Vec<(Timestamp, u64)>,
}

/// A result every five minutes of durations over two orders of magnitude; the seventh hour of ten fails.
fn live(start: &str, hours: u32, zone: TimeZone) -> Life {
    let start = time(start);
    let (mut history, mut rows, mut results) = (History::new(zone), BTreeMap::new(), Vec::new());
    let mut noise = 1_u64;
    for hour in 0..hours {
        let began = start.plus(HOUR * hour);
        for minute in (0..60).step_by(5) {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let (at, micros) = (began.plus(Duration::from_secs(minute * 60)), 20_000 + noise % 2_000_000);
            let verdict = if hour % 10 == 7 { Verdict::Fail } else { Verdict::Pass };
            let mut result = observation("cloud/login", "lyon", at, verdict);
            result.duration = Duration::from_micros(micros);
            history.observe(&result, at);
            if verdict == Verdict::Pass {
                results.push((at, micros));
            }
        }
        let status = if hour % 10 == 7 { Status::MajorOutage } else { Status::Operational };
        history.spend(&cloud(), status, began, began.plus(HOUR));
        rows.extend(history.dirty_rows().into_iter().map(|row| (row.key.slot, row)));
    }
    Life { start, end: start.plus(HOUR * hours), history, rows, results }
}

impl Life {
    fn steps(&self, step: Step, zone: TimeZone) -> Vec<Rollup> {
        let mut steps = Steps::new(self.start..self.end, step, &zone, MOST, self.start).expect("few");
        let rows = steps.rows();
        for (slot, row) in &self.rows {
            let start = slot.start().expect("a start");
            if slot.unit() == step.unit() && rows.contains(&start) {
                steps.add(start, &row.bytes).expect("readable");
            }
        }
        steps.rollups(self.end)
    }
}

#[test]
fn percentiles_of_a_step_are_those_of_its_sorted_durations() {
    let life = live("2026-11-20T10:00:00Z", 60, TimeZone::UTC);
    for (step, count) in
        [(Step::Hours(1), 60), (Step::Hours(6), 11), (Step::Hours(24), 3), (Step::Day, 3), (Step::Hours(744), 1)]
    {
        let rollups = life.steps(step, TimeZone::UTC);
        assert_eq!(rollups.len(), count, "{step:?}");
        for rollup in rollups {
            let within = life.results.iter().filter(|(at, _)| rollup.time.contains(at));
            let mut micros: Vec<u64> = within.map(|(_, micros)| *micros).collect();
            micros.sort_unstable();
            let Some(point) = rollup.latency.values().next() else {
                assert!(micros.is_empty(), "{step:?} from {}", rollup.time.start);
                continue;
            };
            assert_eq!(point.count as usize, micros.len(), "{step:?} from {}", rollup.time.start);
            for (found, quantile) in point.percentiles().into_iter().zip([0.50, 0.95, 0.99]) {
                let exact = micros[(quantile * (micros.len() - 1) as f64) as usize] as f64;
                assert!((found.as_micros() as f64 - exact).abs() <= 0.02 * exact, "{step:?}: {found:?} for {exact} µs");
            }
        }
    }
}

#[test]
fn counts_and_time_of_the_steps_are_those_of_the_whole() {
    let life = live("2026-11-20T10:00:00Z", 60, TimeZone::UTC);
    for step in [Step::Hours(1), Step::Hours(7), Step::Hours(24), Step::Day] {
        let rollups = life.steps(step, TimeZone::UTC);
        let verdicts = |verdict: usize| rollups.iter().map(|rollup| rollup.verdicts[verdict]).sum::<u64>();
        assert_eq!([0, 1, 2, 3].map(verdicts), [54 * 12, 0, 6 * 12, 0], "{step:?}");
        let failures: u64 = rollups.iter().flat_map(|rollup| rollup.failures.values()).sum();
        assert_eq!(failures, 6 * 12, "{step:?}");
        let spent = |status: usize| rollups.iter().map(|rollup| rollup.spent[status]).sum::<Duration>();
        assert_eq!([0, 1, 2, 3, 4, 5].map(spent), [54, 0, 0, 0, 0, 6].map(|hours| HOUR * hours), "{step:?}");
        assert!(rollups.windows(2).all(|pair| pair[0].time.end == pair[1].time.start), "{step:?}");
    }
}

#[test]
fn days_are_those_of_the_page_through_both_changes_of_the_clocks() {
    for (start, length) in [("2026-10-23T22:00:00Z", [24, 25, 24]), ("2026-03-27T23:00:00Z", [24, 23, 24])] {
        let life = live(start, length.iter().sum(), paris());
        let rollups = life.steps(Step::Day, paris());
        let lengths: Vec<_> = rollups.iter().map(|rollup| rollup.time.end.since(rollup.time.start)).collect();
        assert_eq!(lengths, length.map(|hours| HOUR * hours), "{start}");
        let days = life.history.view(&cloud(), life.end).days;
        for (rollup, day) in rollups.iter().zip(&days) {
            assert_eq!(rollup.uptime, day.uptime, "{start}: {}", day.date);
            assert_eq!(rollup.spent, Status::ALL.map(|status| day.time.of(status)), "{start}: {}", day.date);
        }
    }
}

#[test]
fn what_was_watched_and_is_in_no_row_is_unknown() {
    let life = live("2026-11-20T10:00:00Z", 2, TimeZone::UTC);
    let later = life.end.plus(HOUR * 3);
    let mut steps = Steps::new(life.start..later, Step::Hours(1), &TimeZone::UTC, MOST, life.start).expect("few");
    for (slot, row) in life.rows.iter().filter(|(slot, _)| slot.unit() == Unit::Hours) {
        steps.add(slot.start().expect("a start"), &row.bytes).expect("readable");
    }
    let rollups = steps.rollups(later.minus(HOUR / 2));
    let unknown: Vec<_> = rollups.iter().map(|rollup| rollup.spent[2]).collect();
    assert_eq!(unknown, [Duration::ZERO, Duration::ZERO, HOUR, HOUR, HOUR / 2]);
    let coverage: Vec<_> = rollups.iter().map(|rollup| rollup.uptime.map(|uptime| uptime.coverage)).collect();
    assert_eq!(coverage, [Some(1_000_000), Some(1_000_000), None, None, None]);
}

#[test]
fn a_row_that_is_a_minute_old_leaves_nothing_unknown() {
    let life = live("2026-11-20T10:00:00Z", 1, TimeZone::UTC);
    for (late, unknown) in [(60, 0), (119, 0), (121, 121)] {
        let now = life.end.plus(Duration::from_secs(late));
        let mut steps = Steps::new(life.start..now, Step::Hours(2), &TimeZone::UTC, MOST, life.start).expect("few");
        for row in life.rows.values().filter(|row| row.key.slot.unit() == Unit::Hours) {
            steps.add(row.key.slot.start().expect("a start"), &row.bytes).expect("readable");
        }
        assert_eq!(steps.rollups(now)[0].spent[2], Duration::from_secs(unknown), "{late} s");
    }
}

#[test]
fn a_range_has_the_steps_that_have_a_part_in_it() {
    let check = |from: &str, to: &str, step: Step, expected: &[&str]| {
        let range = time(from)..time(to);
        let steps = Steps::new(range, step, &paris(), 4, time(from)).expect("few");
        let starts: Vec<_> = steps.steps.iter().map(|(bounds, _)| bounds.time.start).collect();
        assert_eq!(starts, expected.iter().map(|text| time(text)).collect::<Vec<_>>(), "{from} to {to} by {step:?}");
    };
    check(
        "2026-11-22T10:30:00Z",
        "2026-11-22T11:00:01Z",
        Step::Hours(1),
        &["2026-11-22T10:00:00Z", "2026-11-22T11:00:00Z"],
    );
    check("2026-11-22T10:30:00Z", "2026-11-22T11:00:00Z", Step::Hours(1), &["2026-11-22T10:00:00Z"]);
    check(
        "2026-11-22T10:30:00Z",
        "2026-11-22T13:00:00Z",
        Step::Hours(6),
        &["2026-11-22T06:00:00Z", "2026-11-22T12:00:00Z"],
    );
    check("2026-11-22T22:59:00Z", "2026-11-22T23:01:00Z", Step::Day, &["2026-11-21T23:00:00Z", "2026-11-22T23:00:00Z"]);
    check("2026-11-22T22:59:00Z", "2026-11-22T22:59:00Z", Step::Day, &[]);
}

#[test]
fn more_steps_than_wanted_are_none_and_no_range_takes_long() {
    let steps = |from: Timestamp, to: Timestamp, step| {
        Steps::new(from..to, step, &paris(), 4, from).map(|steps| steps.steps.len())
    };
    let start = time("2026-11-22T10:00:00Z");
    assert_eq!(steps(start, start.plus(HOUR * 4), Step::Hours(1)), Some(4));
    assert_eq!(steps(start, start.plus(HOUR * 5), Step::Hours(1)), None);
    let (first, last) = (Timestamp::from_millis(i64::MIN), Timestamp::from_millis(i64::MAX));
    for step in [Step::Hours(0), Step::Hours(1), Step::Hours(u16::MAX), Step::Day] {
        for (from, to) in [(first, last), (first, first.plus(HOUR)), (last.minus(HOUR), last), (last, first)] {
            let _ = steps(from, to, step);
        }
    }
}
