//! The hub's own families: its snapshot, its store, its outbox, its prober.
//!
//! It does not know what they mean for readers.

use std::sync::atomic::{AtomicU64, Ordering};

use shared::Timestamp;

use super::{
    HubCounters, Scrape,
    exposition::{Exposition, Kind},
};
use crate::{snapshot::StoreState, store::Counters};

/// Seconds since 1970, as Prometheus writes times.
pub(super) fn seconds(at: Timestamp) -> f64 {
    at.as_millis() as f64 / 1e3
}

pub(super) fn write(scrape: &Scrape<'_>, out: &mut Exposition) {
    out.family(Kind::Gauge, "belfry_build_info", "The version that runs; always 1", |family| {
        family.sample(&[("version", env!("CARGO_PKG_VERSION"))], 1.0);
    });
    snapshot(scrape, out);
    counted(scrape, out);
    store(&scrape.store, out);
    care(scrape.hub, out);
    if let Some(prober) = &scrape.prober {
        prober_counts(prober, out);
    }
}

fn snapshot(scrape: &Scrape<'_>, out: &mut Exposition) {
    let snapshot = scrape.snapshot;
    let age = scrape.now.since(snapshot.generated_at).as_secs_f64();
    out.single(
        Kind::Gauge,
        "belfry_snapshot_timestamp_seconds",
        "When the published snapshot was made, in unixtime",
        seconds(snapshot.generated_at),
    );
    out.single(Kind::Gauge, "belfry_snapshot_age_seconds", "How old the published snapshot is", age);
    out.single(
        Kind::Gauge,
        "belfry_snapshot_promise_seconds",
        "The age from which a snapshot proves nothing",
        snapshot.promise.as_secs_f64(),
    );
    out.family(
        Kind::Gauge,
        "belfry_location_last_result_timestamp_seconds",
        "When the last result came from a location, in unixtime",
        |family| {
            for (location, last) in &snapshot.locations {
                if let Some(last) = last {
                    family.sample(&[("location", location.as_str())], seconds(*last));
                }
            }
        },
    );
    out.family(
        Kind::Gauge,
        "belfry_location_blind",
        "Whether none of a location's control targets answers, so that its results are no data: 1 or 0",
        |family| {
            for location in snapshot.locations.keys() {
                let blind = snapshot.alarms.blind().any(|(blind, _)| blind == location.as_str());
                family.sample(&[("location", location.as_str())], f64::from(u8::from(blind)));
            }
        },
    );
    out.family(Kind::Gauge, "belfry_store_state", "The state of the store: 1 for the present one", |family| {
        for (word, state) in
            [("synced", StoreState::Synced), ("behind", StoreState::Behind), ("absent", StoreState::Absent)]
        {
            family.sample(&[("state", word)], f64::from(u8::from(snapshot.store == state)));
        }
    });
    out.family(Kind::Gauge, "belfry_store_fault", "Lasting faults of the store: 1 while one is open", |family| {
        for (kind, open) in scrape.hub.store_faults.each() {
            family.sample(&[("kind", kind.word())], open.load(Ordering::Relaxed) as f64);
        }
    });
    out.single(
        Kind::Gauge,
        "belfry_quarantined_definitions",
        "Definition files that are not used as they stand",
        snapshot.quarantined.len() as f64,
    );
}

fn counted(scrape: &Scrape<'_>, out: &mut Exposition) {
    let hub = scrape.hub;
    let mut single =
        |kind, name, help, value: &AtomicU64| out.single(kind, name, help, value.load(Ordering::Relaxed) as f64);
    single(
        Kind::Counter,
        "belfry_observations_total",
        "Observations that the hub took from probers",
        &hub.observations,
    );
    single(
        Kind::Counter,
        "belfry_duplicate_observations_total",
        "Observations that the hub had already",
        &hub.duplicates,
    );
    single(
        Kind::Counter,
        "belfry_unknown_probe_observations_total",
        "Observations of probes that no definition has: stored and not judged",
        &hub.unknown_probes,
    );
    single(Kind::Counter, "belfry_snapshots_total", "Snapshots that were published", &hub.snapshots);
    single(Kind::Counter, "belfry_transitions_total", "Changes of components' states", &hub.transitions);
    single(Kind::Gauge, "belfry_outbox_notifications", "Notifications that are not delivered yet", &hub.outbox);
    single(Kind::Counter, "belfry_notifications_delivered_total", "Notifications that a channel took", &hub.delivered);
    single(
        Kind::Counter,
        "belfry_notification_failures_total",
        "Deliveries that failed and are tried again",
        &hub.delivery_failures,
    );
}

fn store(store: &Counters, out: &mut Exposition) {
    let mut single = |kind, name, help, value: f64| out.single(kind, name, help, value);
    single(Kind::Counter, "belfry_store_rows_total", "Rows that are on stable storage", store.rows_written as f64);
    single(
        Kind::Counter,
        "belfry_store_batches_total",
        "Batches, each one transaction and one fsync",
        store.batches as f64,
    );
    single(
        Kind::Counter,
        "belfry_store_write_seconds_total",
        "Time spent on writing and syncing",
        store.batch_time.as_secs_f64(),
    );
    single(Kind::Gauge, "belfry_store_slowest_write_seconds", "The slowest batch", store.batch_time_max.as_secs_f64());
    single(
        Kind::Gauge,
        "belfry_store_waiting_observations",
        "Observations that wait in memory",
        store.pending_observations as f64,
    );
    single(Kind::Gauge, "belfry_store_waiting_changes", "Changes that wait in memory", store.pending_changes as f64);
    single(
        Kind::Counter,
        "belfry_store_dropped_observations_total",
        "Observations that were lost because too many waited",
        store.dropped_observations as f64,
    );
    single(
        Kind::Counter,
        "belfry_store_corrupt_rows_total",
        "Rows that failed their checksum",
        store.corrupt_rows as f64,
    );
    single(
        Kind::Counter,
        "belfry_store_failures_total",
        "How often the database failed and was dropped",
        store.failures as f64,
    );
    single(
        Kind::Counter,
        "belfry_store_pruned_observations_total",
        "Observations removed because of their age",
        store.pruned_observations as f64,
    );
    single(Kind::Gauge, "belfry_store_disk_bytes", "Size of the database", store.bytes_on_disk as f64);
    single(Kind::Gauge, "belfry_store_free_bytes", "Free space beside it", store.bytes_free as f64);
}

fn care(hub: &HubCounters, out: &mut Exposition) {
    let mut when = |name, help, at: &AtomicU64| {
        let at = at.load(Ordering::Relaxed);
        out.family(Kind::Gauge, name, help, |family| {
            if at > 0 {
                family.sample(&[], at as f64 / 1e3);
            }
        });
    };
    when("belfry_store_verified_timestamp_seconds", "When all data was last verified, in unixtime", &hub.verified_at);
    when("belfry_backup_timestamp_seconds", "When the last scheduled backup was made, in unixtime", &hub.backup_at);
    let mut single = |name, help, value: &AtomicU64| {
        out.single(Kind::Counter, name, help, value.load(Ordering::Relaxed) as f64);
    };
    single("belfry_store_damaged_total", "Damage that verifying found", &hub.damaged);
    single("belfry_backup_failures_total", "Scheduled backups that could not be made", &hub.backup_failures);
}

fn prober_counts(prober: &prober::Counted, out: &mut Exposition) {
    let mut single = |kind, name, help, value: u64| out.single(kind, name, help, value as f64);
    single(
        Kind::Counter,
        "belfry_prober_executions_total",
        "Probes that came to an end, confirmations included",
        prober.executed,
    );
    single(Kind::Gauge, "belfry_prober_in_flight", "Probes under way", prober.in_flight);
    single(Kind::Gauge, "belfry_prober_scheduled", "Probes that are scheduled", prober.scheduled);
    single(Kind::Counter, "belfry_prober_late_total", "Probes that started more than a second late", prober.late);
    single(Kind::Counter, "belfry_prober_skipped_total", "Due times that passed without a probe", prober.skipped);
    single(Kind::Counter, "belfry_prober_dropped_total", "Results that nobody took in time", prober.dropped);
    single(
        Kind::Counter,
        "belfry_prober_panics_total",
        "Probes that ended in a panic, which was caught",
        prober.panics,
    );
    single(
        Kind::Counter,
        "belfry_prober_blind_total",
        "Results that became unknown because no control target could be reached",
        prober.blind,
    );
}
