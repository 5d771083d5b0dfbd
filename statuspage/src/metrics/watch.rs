//! The families of the watch over the monitor: canaries, faults, resources, the runtime, the outside switch.
//!
//! It does not know what they mean for readers.

use super::{
    Scrape,
    exposition::{Exposition, Kind},
    hub::seconds,
};
use crate::{
    notify::{Course, FaultKind},
    resources::Reading,
    snapshot::Detection,
};

pub(super) fn write(scrape: &Scrape<'_>, out: &mut Exposition) {
    let watch = &scrape.snapshot.watch;
    out.family(
        Kind::Gauge,
        "belfry_detection_proven",
        "1 while every canary is found to be what it is, 0 when one is not",
        |f| match watch.detection {
            Detection::Unproven => {}
            Detection::Proven => f.sample(&[], 1.0),
            Detection::Broken => f.sample(&[], 0.0),
        },
    );
    out.family(Kind::Gauge, "belfry_fault", "Lasting faults of the monitor: 1 while one is open", |family| {
        for kind in FaultKind::ALL.into_iter().filter(|kind| kind.course() == Course::Lasting) {
            family.sample(&[("kind", kind.word())], f64::from(u8::from(watch.open.contains_key(&kind))));
        }
    });
    let uneven = "How often time did not pass evenly: the clock was set, the machine slept, the process stood still";
    out.single(Kind::Counter, "belfry_clock_jumps_total", uneven, watch.stumbles as f64);
    out.family(
        Kind::Gauge,
        "belfry_clock_offset_seconds",
        "By how much the clock of whoever is pinged is ahead of ours",
        |f| {
            if let Some(offset) = watch.pings.offset_seconds() {
                f.sample(&[], offset as f64);
            }
        },
    );
    let taken = "When the dead-man switch, and each where there are two, last took a sign of life, in unixtime";
    out.family(Kind::Gauge, "belfry_dead_man_ping_timestamp_seconds", taken, |family| {
        if let Some(at) = watch.pings.taken_at() {
            family.sample(&[], seconds(at));
        }
    });
    let missed = "Pings in a row that a dead-man switch did not take: an alarm from three on";
    out.family(Kind::Gauge, "belfry_dead_man_pings_missed", missed, |family| {
        for (switch, seen) in watch.pings.each() {
            if let Some(missed) = seen.missed {
                family.sample(&[("switch", switch)], f64::from(missed));
            }
        }
    });
    if let Some(view) = &scrape.snapshot.upstream {
        let heard = "When the hub that this outpost stands by last said something new, in unixtime";
        out.family(Kind::Gauge, "belfry_upstream_heard_timestamp_seconds", heard, |family| {
            if let Some(at) = view.heard_at {
                family.sample(&[], seconds(at));
            }
        });
    }
    if let Some(reading) = &watch.reading {
        resources(reading, out);
    }
}

fn resources(reading: &Reading, out: &mut Exposition) {
    let mut single = |kind, name, help, value: f64| out.single(kind, name, help, value);
    if let Some(disk) = reading.disk {
        single(Kind::Gauge, "belfry_disk_free_bytes", "Free space where the data lie", disk.free as f64);
        single(Kind::Gauge, "belfry_disk_size_bytes", "All space where the data lie", disk.total as f64);
    }
    if let Some(memory) = reading.memory {
        let share = memory.share();
        single(Kind::Gauge, "belfry_memory_used_bytes", "Memory that is taken, of what is limited", share.used as f64);
        single(
            Kind::Gauge,
            "belfry_memory_limit_bytes",
            "The limit of the control group, or all memory",
            share.limit as f64,
        );
    }
    single(
        Kind::Gauge,
        "belfry_scheduler_lag_seconds",
        "How late tasks came to their turn at the last look",
        reading.lag.as_secs_f64(),
    );
    let lagged = "How often tasks came more than two seconds late";
    single(Kind::Counter, "belfry_scheduler_lagged_total", lagged, reading.lagged as f64);
    let stuck = "Probes that did not come to their end and were given up, or ended in a bug";
    single(Kind::Counter, "belfry_probes_stuck_total", stuck, reading.stuck as f64);
    let respawned = "Parts that ended by themselves and were begun anew";
    single(Kind::Counter, "belfry_parts_respawned_total", respawned, reading.respawned.0 as f64);
}
