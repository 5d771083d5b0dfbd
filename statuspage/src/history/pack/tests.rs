//! What is packed comes back, and packed rows are as good as rows.

use std::time::Duration;

use jiff::tz::TimeZone;
use proptest::prelude::*;
use shared::{ComponentId, FailureKind, LocationName, Status, Verdict};

use super::*;
use crate::{
    engine::tests::observation,
    history::{History, HistoryRow, Intake, Unit},
};

const HOUR: Duration = Duration::from_secs(3_600);

fn cloud() -> ComponentId {
    "cloud".parse().expect("an id")
}

fn start() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().expect("a time")
}

fn body() -> impl Strategy<Value = Body> {
    let places = ["lyon", "brest", "nice"].map(|name| name.parse::<LocationName>().expect("a name"));
    let kinds = [FailureKind::HttpStatus, FailureKind::Timeout].map(|kind| kind.word().to_owned());
    let durations = || prop::collection::vec(0_u64..9_000_000, 1..40);
    let latency = [0, 1, 2].map(|_| prop::option::weighted(0.8, durations()));
    let counts = [0, 1].map(|_| prop::option::weighted(0.2, any::<u64>()));
    let span = (any::<i64>(), prop::option::of(0_i64..i64::MAX), prop::option::of(0_i64..i64::MAX));
    (span, any::<[u32; 5]>(), any::<[u64; 4]>(), counts, latency).prop_map(
        move |(span, account, verdicts, counts, latency)| {
            let sketch = |micros: Vec<u64>| {
                let mut sketch = Sketch::default();
                micros.into_iter().for_each(|micros| sketch.add(Duration::from_micros(micros)));
                sketch
            };
            let (watched_from, known_from, spent_until) = span;
            let mut latency: Vec<_> = places
                .iter()
                .cloned()
                .zip(latency)
                .filter_map(|(name, micros)| Some((name, sketch(micros?))))
                .collect();
            latency.sort_by(|(one, _), (other, _)| one.cmp(other));
            Body {
                span: Span { watched_from, known_from, spent_until },
                account: Account::from_millis(account),
                verdicts,
                kinds: kinds.iter().cloned().zip(counts).filter_map(|(word, count)| Some((word, count?))).collect(),
                latency,
            }
        },
    )
}

fn sorted(row: &Bytes) -> Body {
    let mut body = Body::of(row).expect("readable");
    body.kinds.sort();
    body
}

proptest! {
    #[test]
    fn rows_come_back_as_they_were_packed(bodies in prop::collection::vec(body(), 0..30)) {
        let rows: Vec<_> =
            (0..).zip(bodies).map(|(hour, body)| (start().plus(HOUR * hour), Bytes::from(body.to_row()))).collect();
        let again = unpack(&pack(&rows)).expect("our own payload");
        prop_assert_eq!(again.len(), rows.len());
        for ((start, row), (start_again, again)) in rows.iter().zip(&again) {
            prop_assert_eq!((start, sorted(row)), (start_again, sorted(again)));
        }
        let summaries = summaries(&pack(&rows)).expect("our own payload");
        for ((start, row), summary) in rows.iter().zip(summaries) {
            let body = Body::of(row).expect("readable");
            prop_assert_eq!((*start, body.span, body.account), (summary.start, summary.span, summary.account));
            prop_assert_eq!(body.points(), summary.points);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let sealed = [&[VERSION], bytes.as_slice()].concat();
        for payload in [&bytes, &sealed] {
            unpack(payload);
            let _ = History::new(TimeZone::UTC).restore_packed(&cloud(), Unit::Days, payload);
        }
    }

    #[test]
    fn no_damage_makes_it_panic(
        bodies in prop::collection::vec(body(), 1..4),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let rows: Vec<_> = bodies.iter().map(|body| (start(), Bytes::from(body.to_row()))).collect();
        let mut payload = pack(&rows);
        for (at, byte) in flips {
            *at.get_mut(&mut payload) = byte;
        }
        payload.truncate(cut.map_or(payload.len(), |cut| cut.index(payload.len())));
        unpack(&payload);
        let mut history = History::new(TimeZone::UTC);
        let _ = history.restore_packed(&cloud(), Unit::Hours, &payload);
        history.restore([]);
        history.view(&cloud(), start());
    }
}

#[test]
fn rows_that_cannot_be_read_are_carried_as_they_are() {
    let rows: Vec<_> = [b"".as_slice(), b"damaged"].into_iter().map(|row| (start(), Bytes::from_static(row))).collect();
    assert_eq!(unpack(&pack(&rows)), Some(rows));
}

/// A history of some days and all its rows.
fn lived(hours: u32) -> (History, Vec<HistoryRow>) {
    let (mut history, mut rows) = (History::new(TimeZone::UTC), std::collections::BTreeMap::new());
    for hour in 0..hours {
        let at = start().plus(HOUR * hour);
        let status = if hour % 7 == 3 { Status::MajorOutage } else { Status::Operational };
        history.spend(&cloud(), status, at, at.plus(HOUR));
        for (place, i) in ["lyon", "brest"].into_iter().zip(1..) {
            let mut result = observation("cloud/login", place, at, Verdict::Pass);
            result.duration = Duration::from_millis(u64::from(100 + hour * i));
            history.observe(&result, at);
        }
        rows.extend(history.dirty_rows().into_iter().map(|row| (row.key.clone(), row)));
    }
    (history, rows.into_values().collect())
}

fn payload(rows: &[HistoryRow], unit: Unit) -> Vec<u8> {
    let of_unit = rows.iter().filter(|row| row.key.slot.unit() == unit);
    let rows: Vec<_> = of_unit.map(|row| (row.key.slot.start().expect("a start"), row.bytes.to_vec().into())).collect();
    pack(&rows)
}

fn restored(rows: &[HistoryRow], hot: &[HistoryRow]) -> History {
    let mut history = History::new(TimeZone::UTC);
    for unit in [Unit::Hours, Unit::Days] {
        history.restore_packed(&cloud(), unit, &payload(rows, unit)).expect("our own payload");
    }
    assert!(history.restore(hot.iter().cloned()).is_empty());
    history
}

#[test]
fn packed_rows_restore_the_same_past_and_late_results_still_find_it() {
    let (mut lived, rows) = lived(60);
    let now = start().plus(HOUR * 60);
    let mut again = restored(&rows, &[]);
    assert_eq!(again.view(&cloud(), now), lived.view(&cloud(), now));
    for (late, expected) in [(7, Intake::Counted), (9, Intake::DayOnly), (50, Intake::DayOnly)] {
        let result = observation("cloud/login", "lyon", now.minus(HOUR * late), Verdict::Pass);
        assert_eq!(
            (again.observe(&result, now), lived.observe(&result, now)),
            (expected, expected),
            "{late} hours late"
        );
    }
    assert_eq!(again.view(&cloud(), now).latency, lived.view(&cloud(), now).latency);
    assert_eq!(again.dirty_rows(), lived.dirty_rows());
}

#[test]
fn rows_that_come_after_the_packed_ones_replace_them() {
    let (_, before) = lived(40);
    let (lived, rows) = lived(60);
    let now = start().plus(HOUR * 60);
    assert_eq!(restored(&before, &rows).view(&cloud(), now), lived.view(&cloud(), now));
}

#[test]
fn packed_rows_that_come_late_are_added() {
    let (lived, rows) = lived(60);
    let now = start().plus(HOUR * 60);
    let mut late = History::new(TimeZone::UTC);
    late.spend(&cloud(), Status::Operational, now, now.plus(HOUR));
    for unit in [Unit::Hours, Unit::Days] {
        assert!(late.absorb_packed(&cloud(), unit, &payload(&rows, unit)).expect("our own payload").is_empty());
    }
    let operational = |history: &History| {
        let days = history.view(&cloud(), now.plus(HOUR)).days;
        days.iter().map(|day| day.time.of(Status::Operational)).sum::<Duration>()
    };
    assert_eq!(operational(&late), operational(&lived) + HOUR);
}

#[test]
fn a_payload_of_a_newer_release_is_named() {
    let error = History::new(TimeZone::UTC).restore_packed(&cloud(), Unit::Hours, &[VERSION + 1]);
    assert!(matches!(error, Err(RowError::Newer(version)) if version == VERSION + 1));
}
