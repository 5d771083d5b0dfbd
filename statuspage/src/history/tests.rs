//! What the history counts, case by case.

use shared::{FailureKind, Verdict};

use super::*;
use crate::engine::tests::observation;

/// What a store does with rows: the last one of a key stays.
#[derive(Default)]
pub(super) struct Store(BTreeMap<RowKey, Box<[u8]>>);

impl Store {
    pub(super) fn write(&mut self, rows: Vec<HistoryRow>) {
        self.0.extend(rows.into_iter().map(|row| (row.key, row.bytes)));
    }

    /// Every day, and the hours of the last eight days.
    fn rows(&self) -> Vec<HistoryRow> {
        let hour = |key: &RowKey| match key.slot {
            Slot::Hour(start) => Some(start),
            Slot::Day(_) => None,
        };
        let oldest = self.0.keys().filter_map(hour).max().map(|newest| newest.minus(hours(192)));
        let rows = self.0.iter().filter(|(key, _)| hour(key) >= oldest || hour(key).is_none());
        rows.map(|(key, row)| HistoryRow { key: key.clone(), bytes: row.clone() }).collect()
    }

    /// Most rows come packed, as from files; the newest come as they are, as from the database.
    pub(super) fn restore(&self, zone: TimeZone) -> History {
        let (mut history, mut hot) = (History::new(zone), Vec::new());
        let part = |row: &HistoryRow| (row.key.component.clone(), row.key.slot.unit());
        for rows in self.rows().chunk_by(|one, next| part(one) == part(next)) {
            let (sealed, newest) = rows.split_at(rows.len().saturating_sub(3));
            hot.extend_from_slice(newest);
            for frame in sealed.chunks(24) {
                let start = |row: &HistoryRow| (row.key.slot.start().expect("a start"), row.bytes.to_vec().into());
                let (component, unit) = part(&frame[0]);
                let payload = pack(&frame.iter().map(start).collect::<Vec<_>>());
                history.restore_packed(&component, unit, &payload).expect("our own payload");
            }
        }
        assert!(history.restore(hot).is_empty(), "every row can be read");
        history
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn cloud() -> ComponentId {
    "cloud".parse().expect("an id")
}

fn hours(count: u64) -> Duration {
    Duration::from_secs(count * 3_600)
}

fn paris() -> TimeZone {
    TimeZone::get("Europe/Paris").expect("a zone of the bundled database")
}

#[test]
fn a_single_millisecond_of_outage_in_a_year_is_not_rounded_away() {
    let (mut history, start) = (History::new(TimeZone::UTC), time("2026-01-01T00:00:00Z"));
    let (outage, end) = (start.plus(hours(5_000)), start.plus(hours(8_760)));
    history.spend(&cloud(), Status::Operational, start, outage);
    history.spend(&cloud(), Status::PartialOutage, outage, outage.plus(Duration::from_millis(1)));
    history.spend(&cloud(), Status::Operational, outage.plus(Duration::from_millis(1)), end);
    let year = history.view(&cloud(), end).uptime.year.expect("it was observed");
    assert_eq!((year.ratio, year.coverage), (999_999, 1_000_000));
}

#[test]
fn a_partial_outage_counts_thirty_percent_and_maintenance_and_unknown_not_at_all() {
    let (mut history, start) = (History::new(TimeZone::UTC), time("2026-11-22T00:00:00Z"));
    let mut at = start;
    for (status, length) in [
        (Status::Operational, 5),
        (Status::DegradedPerformance, 1),
        (Status::PartialOutage, 1),
        (Status::MajorOutage, 3),
        (Status::UnderMaintenance, 2),
        (Status::Unknown, 4),
    ] {
        history.spend(&cloud(), status, at, at.plus(hours(length)));
        at = at.plus(hours(length));
    }
    let view = history.view(&cloud(), at);
    // (10 − 3 − 0.3) of 10 hours, and 12 of 16 hours are known.
    assert_eq!(view.uptime.day.map(|day| (day.ratio, day.coverage)), Some((670_000, 750_000)));
    assert_eq!((view.days[0].worst, view.days[0].time.of(Status::Unknown)), (Status::MajorOutage, hours(4)));
}

#[test]
fn uptime_is_cut_at_the_first_proof_and_absent_without_any() {
    let (mut history, start) = (History::new(TimeZone::UTC), time("2026-11-22T00:00:00Z"));
    history.watch(&cloud(), start);
    history.spend(&cloud(), Status::Unknown, start, start.plus(hours(1)));
    let view = history.view(&cloud(), start.plus(hours(1)));
    assert_eq!((view.uptime.day, view.days.len(), view.days[0].worst), (None, 1, Status::Unknown));
    assert_eq!(view.days[0].time.of(Status::Unknown), hours(1));
    history.spend(&cloud(), Status::Operational, start.plus(hours(1)), start.plus(hours(2)));
    let day = history.view(&cloud(), start.plus(hours(2))).uptime.day;
    assert_eq!(day, Some(crate::snapshot::Uptime { ratio: 1_000_000, coverage: 1_000_000 }));
}

#[test]
fn the_same_stretch_told_twice_is_counted_once() {
    let (mut history, start) = (History::new(TimeZone::UTC), time("2026-11-22T00:00:00Z"));
    (1..=50).for_each(|hour| history.spend(&cloud(), Status::Operational, start, start.plus(hours(hour))));
    history.spend(&cloud(), Status::MajorOutage, start, start.plus(hours(50)));
    let view = history.view(&cloud(), start.plus(hours(50)));
    assert_eq!(view.days.iter().map(|day| day.time.of(Status::Operational)).sum::<Duration>(), hours(50));
    assert_eq!(history.spent_until(&cloud()), Some(start.plus(hours(50))));
}

#[test]
fn a_hub_that_was_off_for_days_shows_them_as_unknown() {
    let (mut history, start) = (History::new(paris()), time("2026-11-02T12:00:00Z"));
    history.spend(&cloud(), Status::Operational, start, start.plus(hours(1)));
    history.spend(&cloud(), Status::Unknown, start.plus(hours(1)), start.plus(hours(72)));
    history.spend(&cloud(), Status::Operational, start.plus(hours(72)), start.plus(hours(73)));
    let view = history.view(&cloud(), start.plus(hours(73)));
    let worst: Vec<_> = view.days.iter().map(|day| day.worst).collect();
    assert_eq!(worst, [Status::Operational, Status::Unknown, Status::Unknown, Status::Operational]);
    assert_eq!(view.days[1].time.of(Status::Unknown), hours(24));
    assert_eq!(view.uptime.month.map(|month| month.coverage), Some(27_397), "2 of 73 hours");
}

#[test]
fn a_clock_that_ran_ahead_does_not_stop_the_count_once_it_is_put_right() {
    let (mut history, now) = (History::new(TimeZone::UTC), time("2026-11-22T12:00:00Z"));
    history.spend(&cloud(), Status::Operational, now.minus(hours(10)), now);
    let ahead = now.plus(hours(400 * 24));
    history.spend(&cloud(), Status::Unknown, now, ahead);
    history.spend(&cloud(), Status::Operational, ahead, ahead.plus(hours(3)));
    history.dirty_rows();
    history.spend(&cloud(), Status::Operational, now, now.plus(hours(1)));
    history.spend(&cloud(), Status::MajorOutage, now.plus(hours(1)), now.plus(hours(2)));
    let view = history.view(&cloud(), now.plus(hours(2)));
    let today = view.days.last().expect("today is always there");
    assert_eq!((today.time.of(Status::Operational), today.time.of(Status::MajorOutage)), (hours(10), hours(1)));
}

#[test]
fn late_results_find_their_hour_for_some_hours_and_their_day_for_some_days() {
    let (mut history, start) = (History::new(TimeZone::UTC), time("2026-11-01T00:30:00Z"));
    let now = start.plus(hours(480));
    history.spend(&cloud(), Status::Operational, start, now);
    history.dirty_rows();
    let mut check = |late: u64, expected: Intake| {
        let result = observation("cloud/login", "lyon", now.minus(hours(late)), Verdict::Pass);
        assert_eq!(history.observe(&result, now), expected, "{late} hours late");
    };
    check(0, Intake::Counted);
    check(7, Intake::Counted);
    check(8, Intake::DayOnly);
    check(24 * 7, Intake::DayOnly);
    check(24 * 8, Intake::TooLate);
    let latency = history.view(&cloud(), now).latency;
    let quarter = latency[&"lyon".parse().expect("a name")].quarter();
    assert_eq!(quarter.iter().map(|point| point.count).sum::<u32>(), 4);
}

#[test]
fn a_result_from_the_future_is_counted_now() {
    let (mut history, now) = (History::new(TimeZone::UTC), time("2026-11-22T12:00:00Z"));
    let result = observation("cloud/login", "lyon", now.plus(hours(48)), Verdict::Warn);
    assert_eq!(history.observe(&result, now), Intake::Counted);
    let view = history.view(&cloud(), now);
    assert_eq!(view.latency[&"lyon".parse().expect("a name")].day()[0].at, time("2026-11-22T12:00:00Z"));
}

#[test]
fn only_results_that_passed_or_warned_say_how_fast_it_is() {
    let (mut history, now) = (History::new(TimeZone::UTC), time("2026-11-22T12:00:00Z"));
    for (second, verdict) in Verdict::ALL.into_iter().enumerate() {
        let at = now.plus(Duration::from_secs(second as u64));
        history.observe(&observation("cloud/login", "lyon", at, verdict), at);
    }
    let view = history.view(&cloud(), now.plus(hours(1)));
    assert_eq!(view.latency[&"lyon".parse().expect("a name")].week()[0].count, 2);
    let verdicts: Vec<_> = view.failures.iter().map(|failure| failure.verdict).collect();
    assert_eq!(verdicts, [Verdict::Fail, Verdict::Warn], "newest first, and our own fault is none of theirs");
}

#[test]
fn the_last_twenty_failures_are_kept_without_anything_private() {
    let (mut history, now) = (History::new(TimeZone::UTC), time("2026-11-22T12:00:00Z"));
    let mut restarted = History::new(TimeZone::UTC);
    for minute in (0..30).rev().chain(0..30) {
        let mut failure = observation("cloud/login", "lyon", now.plus(Duration::from_secs(minute * 60)), Verdict::Fail);
        failure.address = Some([203, 0, 113, 7].into());
        history.observe(&failure, now.plus(hours(1)));
        restarted.recall(&failure);
    }
    for history in [history, restarted] {
        let failures = history.view(&cloud(), now.plus(hours(1))).failures;
        let minutes: Vec<_> = failures.iter().map(|failure| failure.started_at.since(now).as_secs() / 60).collect();
        assert_eq!(minutes, (10..30).rev().collect::<Vec<_>>());
        assert!(failures.iter().all(|failure| failure.address.is_none()));
    }
}

#[test]
fn counts_by_verdict_and_kind_survive_a_restart() {
    let (mut history, now) = (History::new(TimeZone::UTC), time("2026-11-22T12:00:00Z"));
    let mut store = Store::default();
    for second in 0..6 {
        let at = now.plus(Duration::from_secs(second));
        let verdict = [Verdict::Pass, Verdict::Fail][usize::from(second % 3 == 0)];
        history.observe(&observation("cloud/login", "lyon", at, verdict), at);
        store.write(history.rows_of(&cloud()));
        history = store.restore(TimeZone::UTC);
    }
    let past = history.components.get_mut(&cloud()).expect("it has a past");
    let hour = past.hours.open(Hour::of(now)).expect("the hour is open");
    assert_eq!((hour.verdicts, &hour.kinds), ([4, 0, 2, 0], &BTreeMap::from([(FailureKind::HttpStatus, 2)])));
}

#[test]
fn a_new_time_zone_leaves_the_days_that_are_over_as_they_were() {
    let (mut history, start) = (History::new(paris()), time("2026-11-19T23:00:00Z"));
    let mut store = Store::default();
    history.spend(&cloud(), Status::Operational, start, start.plus(hours(60)));
    store.write(history.dirty_rows());
    let mut history = store.restore(TimeZone::get("Asia/Tokyo").expect("a zone of the bundled database"));
    history.spend(&cloud(), Status::Operational, start.plus(hours(60)), start.plus(hours(84)));
    let view = history.view(&cloud(), start.plus(hours(84)));
    let known: Vec<_> = view.days.iter().map(|day| (day.date.day(), day.time.of(Status::Operational))).collect();
    // The 22nd had 12 hours in Paris and has 4 more in Tokyo, where the 23rd then begins.
    assert_eq!(known, [(20, hours(24)), (21, hours(24)), (22, hours(16)), (23, hours(20))]);
    assert_eq!(view.uptime.week.map(|week| week.coverage), Some(1_000_000), "hours are not concerned");
}

#[test]
fn a_damaged_row_is_named_and_the_rest_is_restored() {
    let (mut history, start) = (History::new(TimeZone::UTC), time("2026-11-21T00:00:00Z"));
    history.spend(&cloud(), Status::Operational, start, start.plus(hours(30)));
    let mut rows = history.dirty_rows();
    assert_eq!(rows.len(), 32);
    for i in 0..rows[31].bytes.len() {
        let mut bytes = rows[31].bytes.to_vec();
        bytes[i] ^= 0x10;
        let damaged = HistoryRow { key: rows[31].key.clone(), bytes: bytes.into() };
        let unreadable = History::new(TimeZone::UTC).restore([damaged]);
        assert!(matches!(&unreadable[..], [(key, RowError::Damaged)] if *key == rows[31].key));
    }
    rows[31].bytes = Box::default();
    let mut restored = History::new(TimeZone::UTC);
    assert_eq!(restored.restore(rows).len(), 1);
    let days = restored.view(&cloud(), start.plus(hours(30))).days;
    assert_eq!(days.iter().map(|day| day.time.of(Status::Operational)).collect::<Vec<_>>(), [hours(24), hours(0)]);
}

#[test]
fn a_clock_that_is_not_set_yet_leaves_no_trace() {
    let (mut history, unset, now) =
        (History::new(TimeZone::UTC), time("1970-01-01T00:00:10Z"), time("2026-11-22T12:00:00Z"));
    history.watch(&cloud(), unset);
    history.spend(&cloud(), Status::Operational, unset, unset.plus(hours(1)));
    history.spend(&cloud(), Status::Unknown, unset, now);
    assert_eq!(history.observe(&observation("cloud/login", "lyon", unset, Verdict::Pass), now), Intake::TooLate);
    history.spend(&cloud(), Status::Operational, now, now.plus(hours(1)));
    let view = history.view(&cloud(), now.plus(hours(1)));
    assert_eq!((view.days.len(), view.uptime.year.map(|year| year.coverage)), (1, Some(1_000_000)));
}

#[test]
fn no_time_makes_it_panic() {
    let instants = [i64::MIN, -1, 0, 1_800_000_000_000, i64::MAX - 1, i64::MAX].map(Timestamp::from_millis);
    for zone in [TimeZone::UTC, paris(), TimeZone::get("Pacific/Kiritimati").expect("a zone of the bundled database")] {
        let mut history = History::new(zone);
        for (from, until) in instants.into_iter().flat_map(|from| instants.map(|until| (from, until))) {
            history.spend(&cloud(), Status::Operational, from, until);
            history.observe(&observation("cloud/login", "lyon", from, Verdict::Warn), until);
            history.view(&cloud(), until);
            history.dirty_rows();
        }
    }
}
