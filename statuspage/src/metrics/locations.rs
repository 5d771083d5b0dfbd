//! The families of the locations that report from elsewhere; none where there are none.
//!
//! It does not know what they found.

use super::{
    Scrape,
    exposition::{Exposition, Kind},
    hub::seconds,
};
use crate::location::{Coverage, LocationView, Standing};

/// A number of a location, where there is one.
type Read = fn(&LocationView) -> Option<f64>;

const GAUGES: [(&str, &str, Read); 12] = [
    ("belfry_location_up", "Whether a location that was added is heard: 1 or 0", |view| {
        (view.standing != Standing::Revoked).then(|| flag(view.standing == Standing::Reports))
    }),
    ("belfry_location_heard_timestamp_seconds", "When a location was last heard, in unixtime", |view| {
        view.heard_at.map(seconds)
    }),
    ("belfry_location_clock_offset_seconds", "How far the hub's clock is ahead of the location's", |view| {
        view.ahead_ms.map(|millis| millis as f64 / 1e3)
    }),
    ("belfry_location_clock_unreliable", "Whether the clock is wrong by more than a minute", |view| {
        view.ahead_ms.map(|_| flag(view.has_wrong_clock))
    }),
    ("belfry_location_definitions_drift", "Whether a location runs other definitions than the hub", |view| {
        view.heard_at.map(|_| flag(view.drifts_since.is_some()))
    }),
    ("belfry_location_version_drift", "Whether a location runs another version than the hub", |view| {
        view.heard_at.map(|_| flag(view.has_other_version))
    }),
    ("belfry_location_missing_results", "Results that the hub lacks and that may still come", |view| {
        Some(view.gaps as f64)
    }),
    ("belfry_location_overdue_probes", "Probes that should have given a result there and have not", |view| {
        view.heartbeat.as_ref().map(|heartbeat| heartbeat.overdue as f64)
    }),
    (
        "belfry_location_coverage_ratio",
        "Share of the probes due at a location over two intervals that ran there",
        |view| view.coverage.and_then(Coverage::share),
    ),
    ("belfry_location_journal_results", "Results in a location's journal that were not acknowledged", |view| {
        view.heartbeat.as_ref().map(|heartbeat| heartbeat.journal.depth as f64)
    }),
    ("belfry_location_journal_in_memory", "Results of a location that its disk does not take", |view| {
        view.heartbeat.as_ref().map(|heartbeat| heartbeat.journal.in_memory as f64)
    }),
    ("belfry_location_free_bytes", "Free space beside a location's journal", |view| {
        view.heartbeat.as_ref()?.free_disk.map(|bytes| bytes as f64)
    }),
];

const COUNTERS: [(&str, &str, Read); 10] = [
    ("belfry_location_results_total", "Results that were taken from a location", |view| Some(view.counts.taken as f64)),
    ("belfry_location_duplicates_total", "Results that came once more", |view| Some(view.counts.duplicates as f64)),
    ("belfry_location_lost_total", "Results that will never come", |view| Some(view.counts.lost as f64)),
    ("belfry_location_unknown_probe_total", "Results of probes that the hub does not define", |view| {
        Some(view.counts.unknown as f64)
    }),
    ("belfry_location_rejected_total", "Reports in a location's name that its key did not sign", |view| {
        Some(view.counts.rejected as f64)
    }),
    ("belfry_location_set_back_total", "How often a location's disk was set back to an earlier state", |view| {
        Some(view.counts.set_back as f64)
    }),
    (
        "belfry_location_copied_total",
        "Reports of a location of numbers that were given to other results: it runs twice, or its disk was set back",
        |view| Some(view.counts.copied as f64),
    ),
    ("belfry_location_journal_dropped_total", "Results that a location lost for want of room", |view| {
        view.heartbeat.as_ref().map(|heartbeat| heartbeat.journal.dropped as f64)
    }),
    ("belfry_location_journal_thinned_total", "Results that a full journal gave up", |view| {
        view.heartbeat.as_ref().map(|heartbeat| heartbeat.journal.thinned as f64)
    }),
    ("belfry_location_journal_damaged_total", "Places of a journal that were damaged", |view| {
        view.heartbeat.as_ref().map(|heartbeat| heartbeat.journal.damaged as f64)
    }),
];

pub(super) fn write(scrape: &Scrape<'_>, out: &mut Exposition) {
    let mut family = |kind, (name, help, read): (&str, &str, Read)| {
        out.family(kind, name, help, |family| {
            for (location, view) in scrape.snapshot.places.iter() {
                if let Some(value) = read(view) {
                    family.sample(&[("location", location.as_str())], value);
                }
            }
        });
    };
    GAUGES.into_iter().for_each(|gauge| family(Kind::Gauge, gauge));
    COUNTERS.into_iter().for_each(|counter| family(Kind::Counter, counter));
    let help = "Reports of a location that were not read because it had sent more than it may";
    out.family(Kind::Counter, "belfry_location_throttled_total", help, |family| {
        for location in scrape.snapshot.places.keys() {
            family.sample(&[("location", location.as_str())], scrape.hub.throttled.of(location) as f64);
        }
    });
}

fn flag(is_so: bool) -> f64 {
    f64::from(u8::from(is_so))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use shared::{Timestamp, report::Heartbeat};

    use super::*;
    use crate::{metrics::HubCounters, snapshot::Snapshot, store::Counters};

    #[test]
    fn a_location_is_told_in_full_and_none_leaves_no_trace() {
        let now = Timestamp::from_millis(1_795_000_000_000);
        let view = LocationView {
            standing: Standing::Silent,
            added_at: now,
            keys: vec![],
            code_until: None,
            heard_at: Some(now),
            heartbeat: Some(Heartbeat { overdue: 2, ..Heartbeat::default() }),
            ahead_ms: Some(-600_500),
            has_wrong_clock: true,
            drifts_since: Some(now),
            has_other_version: false,
            coverage: Some(Coverage { expected: 4, executed: 3 }),
            gaps: 3,
            counts: crate::location::Counts { taken: 9, copied: 2, ..crate::location::Counts::default() },
        };
        let text = |places: BTreeMap<_, _>| {
            let snapshot = Snapshot { places: Arc::new(places), ..crate::server::stage::snapshot(now) };
            let (hub, store) = (HubCounters::default(), Counters::default());
            (0..2).for_each(|_| hub.throttled.count(&"lyon".parse().expect("a name")));
            let scrape = Scrape { snapshot: &snapshot, now, hub: &hub, store, prober: None, process: None };
            let mut out = Exposition::default();
            write(&scrape, &mut out);
            out.finish()
        };
        assert_eq!(text(BTreeMap::new()), "");
        let text = text([("lyon".parse().expect("a name"), view)].into());
        for line in [
            "belfry_location_up{location=\"lyon\"} 0",
            "belfry_location_clock_offset_seconds{location=\"lyon\"} -600.5",
            "belfry_location_clock_unreliable{location=\"lyon\"} 1",
            "belfry_location_definitions_drift{location=\"lyon\"} 1",
            "belfry_location_missing_results{location=\"lyon\"} 3",
            "belfry_location_coverage_ratio{location=\"lyon\"} 0.75",
            "belfry_location_throttled_total{location=\"lyon\"} 2",
            "belfry_location_overdue_probes{location=\"lyon\"} 2",
            "belfry_location_results_total{location=\"lyon\"} 9",
            "belfry_location_copied_total{location=\"lyon\"} 2",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
