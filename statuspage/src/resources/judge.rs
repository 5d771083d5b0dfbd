//! What is short, and when it is enough again. Pure.
//!
//! It does not know who is told: what lasts is said at every look, and whoever tells it knows what was told.

use std::time::Duration;

use super::{Memory, Reading, trend::Trend};
use crate::notify::{FaultKind, WatchFault};

/// A fault of the disk, from what is free and all there is.
type DiskFault = fn(u64, u64) -> WatchFault;

/// Free parts of the disk at which operators are told, in percent, and by which fault; the gravest first.
const LEVELS: [(u64, DiskFault); 3] = [
    (5, |free, total| WatchFault::DiskCritical { free, total }),
    (10, |free, total| WatchFault::DiskVeryLow { free, total }),
    (20, |free, total| WatchFault::DiskLow { free, total }),
];
/// A level is left this much above it: not at every byte that comes and goes.
const SLACK: u64 = 1;
/// With that many times what our own data may take, a disk is not short, however large it is.
const AMPLE: u64 = 10;
/// Full in less than that is told, and over when it is more than that again.
const SOON: (Duration, Duration) = (Duration::from_secs(7 * 86_400), Duration::from_secs(10 * 86_400));
/// Memory that is taken, in percent of the limit of a control group: told, and over.
const LIMITED: (u64, u64) = (90, 80);
/// The same of all that the machine has.
const FREE: (u64, u64) = (50, 40);
/// Memory that has grown so many times since the process was warm, and is more than that, leaks.
const GROWTH: (u64, u64) = (4, 512 << 20);
/// The process is warm after that.
const WARM: Duration = Duration::from_secs(600);
/// Open descriptors, in percent of the limit.
const OPEN: (u64, u64) = (80, 70);

/// So many delays of the runtime in a row are told: it is slow, and not only for a moment.
const HELD: u64 = 3;
/// Over after so many looks at which no further delay was counted.
const STEADY: u32 = 3;

/// What a look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It is so: told once, however often it is said.
    Is(WatchFault),
    /// It is not so, or no more.
    IsNot(FaultKind),
}

/// Judges one reading after the other.
#[derive(Debug)]
pub struct Judge {
    max_bytes: u64,
    trend: Trend,
    /// What this process had resident when it was warm.
    warm: Option<u64>,
    /// Counts of the reading before.
    stuck: u64,
    respawned: u64,
    lagged: u64,
    /// Looks in a row at which the runtime was in time.
    steady: u32,
}

impl Judge {
    /// One for data that may take `max_bytes`.
    pub fn new(max_bytes: u64) -> Self {
        Self { max_bytes, trend: Trend::default(), warm: None, stuck: 0, respawned: 0, lagged: 0, steady: 0 }
    }

    /// Judges a reading `at` a time since the start; `open` says which faults are told and not over.
    pub fn judge(&mut self, reading: &Reading, at: Duration, open: impl Fn(FaultKind) -> bool) -> Vec<Found> {
        let mut found = self.disk(reading, at, &open);
        found.extend(self.memory(reading, at, &open));
        found.push(self.pace(reading, &open));
        if let Some(share) = reading.descriptors {
            let short = share.percent() > limit(OPEN, open(FaultKind::Descriptors));
            let fault = WatchFault::Descriptors { open: share.used, limit: share.limit };
            found.push(either(short, fault));
        }
        found.extend(self.happened(reading));
        found
    }

    fn disk(&mut self, reading: &Reading, at: Duration, open: &impl Fn(FaultKind) -> bool) -> Vec<Found> {
        let Some(disk) = reading.disk else { return Vec::new() };
        self.trend.add(at, disk.free);
        let ample = disk.free > self.max_bytes.saturating_mul(AMPLE);
        let (free, total) = (disk.free, disk.total);
        let mut found = Vec::new();
        for (percent, fault) in LEVELS {
            let fault = fault(free, total);
            let slack = if open(fault.kind()) { SLACK } else { 0 };
            // Only the gravest is told; the others are part of it.
            let first = !found.iter().any(|found| matches!(found, Found::Is(_)));
            found.push(either(first && !ample && disk.percent() < percent + slack, fault));
        }
        let (soon, later) = SOON;
        let full_in = self.trend.full_in();
        let limit = if open(FaultKind::DiskFilling) { later } else { soon };
        let hours = full_in.map_or(0, |left| left.as_secs() / 3_600);
        found.push(either(full_in.is_some_and(|left| left < limit), WatchFault::DiskFilling { free, hours }));
        found
    }

    fn memory(&mut self, reading: &Reading, at: Duration, open: &impl Fn(FaultKind) -> bool) -> Option<Found> {
        let memory = reading.memory?;
        let share = memory.share();
        let is_open = open(FaultKind::MemoryShort);
        let short = match memory {
            Memory::Limited(share) => share.percent() > limit(LIMITED, is_open),
            Memory::Free(share) => {
                if at >= WARM {
                    self.warm.get_or_insert(share.used);
                }
                let (times, least) = GROWTH;
                let leaks = self.warm.is_some_and(|warm| share.used > warm.saturating_mul(times)) && share.used > least;
                share.percent() > limit(FREE, is_open) || leaks
            }
        };
        Some(either(short, WatchFault::MemoryShort { used: share.used, limit: share.limit }))
    }

    /// Whether tasks come to their turn in time.
    fn pace(&mut self, reading: &Reading, open: &impl Fn(FaultKind) -> bool) -> Found {
        let more = reading.lagged > std::mem::replace(&mut self.lagged, reading.lagged);
        self.steady = if more { 0 } else { self.steady.saturating_add(1) };
        let lasts = open(FaultKind::SchedulerLate) && self.steady < STEADY;
        either(reading.late >= HELD || lasts, WatchFault::SchedulerLate { seconds: reading.lag.as_secs() })
    }

    /// What is counted, and was not at the look before.
    fn happened(&mut self, reading: &Reading) -> Vec<Found> {
        let more = reading.stuck.saturating_sub(std::mem::replace(&mut self.stuck, reading.stuck));
        let stuck = (more > 0).then_some(Found::Is(WatchFault::ProbesStuck { probes: more }));
        let (respawned, part) = reading.respawned;
        let anew = respawned > std::mem::replace(&mut self.respawned, respawned);
        let part = part.filter(|_| anew).map(|part| Found::Is(WatchFault::PartFailed { part: part.to_owned() }));
        let over = (!reading.lenient).then_some(Found::IsNot(FaultKind::Restarting));
        stuck.into_iter().chain(part).chain(over).collect()
    }
}

/// From where on it is told, or from where on it still is.
fn limit((told, over): (u64, u64), open: bool) -> u64 {
    if open { over } else { told }
}

fn either(is: bool, fault: WatchFault) -> Found {
    if is { Found::Is(fault) } else { Found::IsNot(fault.kind()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::{Disk, Share};

    const GB: u64 = 1_000_000_000;
    const TEN_MINUTES: Duration = Duration::from_secs(600);

    /// Judges readings in a row, ten minutes apart: the kinds that are open after each.
    fn open_after(readings: impl IntoIterator<Item = Reading>) -> Vec<Vec<FaultKind>> {
        let (mut judge, mut open) = (Judge::new(2 * GB), Vec::new());
        let mut step = |(at, reading): (u32, Reading)| {
            for found in judge.judge(&reading, TEN_MINUTES * at, |kind| open.contains(&kind)) {
                match found {
                    Found::Is(fault) if open.contains(&fault.kind()) => {}
                    Found::Is(fault) => open.push(fault.kind()),
                    Found::IsNot(kind) => open.retain(|known| *known != kind),
                }
            }
            open.clone()
        };
        (0..).zip(readings).map(&mut step).collect()
    }

    fn disk(free: u64) -> Reading {
        Reading { disk: Some(Disk { free: free * GB / 10, total: 10 * GB }), ..Reading::default() }
    }

    #[test]
    fn a_disk_is_told_at_a_fifth_a_tenth_and_a_twentieth_with_the_gravest_alone() {
        use FaultKind::{DiskCritical, DiskLow, DiskVeryLow};
        let percent =
            |free: u64| Reading { disk: Some(Disk { free: free * GB / 10, total: 10 * GB }), ..Reading::default() };
        let seen = open_after([21, 19, 20, 21, 9, 4, 5, 6, 30].map(percent));
        let expected: [&[FaultKind]; 9] =
            [&[], &[DiskLow], &[DiskLow], &[], &[DiskVeryLow], &[DiskCritical], &[DiskCritical], &[DiskVeryLow], &[]];
        assert_eq!(seen, expected);
        let large = Reading { disk: Some(Disk { free: 30 * GB, total: 1_000 * GB }), ..Reading::default() };
        assert_eq!(open_after([large]), [[]; 1], "three percent that hold fifteen times our data");
    }

    #[test]
    fn a_disk_that_will_be_full_within_a_week_is_told_before_it_is() {
        let shrinking = |step: u64| Reading {
            disk: Some(Disk { free: 900 * GB - step * GB, total: 1_000 * GB }),
            ..Reading::default()
        };
        let seen = open_after((0..60).map(shrinking));
        assert_eq!((seen[35].as_slice(), seen[36].as_slice()), ([].as_slice(), [FaultKind::DiskFilling].as_slice()));
        assert_eq!(open_after((0..60).map(|_| disk(90))).last(), Some(&Vec::new()));
    }

    #[test]
    fn memory_near_its_limit_and_memory_that_grows_without_one_are_told() {
        let limited =
            |used| Reading { memory: Some(Memory::Limited(Share { used, limit: 100 })), ..Reading::default() };
        let short = vec![FaultKind::MemoryShort];
        assert_eq!(open_after([90, 91, 85, 80].map(limited)), [vec![], short.clone(), short.clone(), vec![]]);
        let free = |used: u64| Reading {
            memory: Some(Memory::Free(Share { used: used << 20, limit: 64 << 30 })),
            ..Reading::default()
        };
        assert_eq!(open_after([100, 200, 700, 801, 300].map(free)), [vec![], vec![], vec![], short, vec![]]);
    }

    #[test]
    fn descriptors_near_their_limit_are_told() {
        let open = |used| Reading { descriptors: Some(Share { used, limit: 100 }), ..Reading::default() };
        let short = vec![FaultKind::Descriptors];
        assert_eq!(open_after([80, 81, 75, 70].map(open)), [vec![], short.clone(), short, vec![]]);
    }

    #[test]
    fn tasks_that_come_late_again_and_again_are_told_until_they_are_in_time_for_a_while() {
        let look = |(late, lagged)| Reading { late, lagged, lag: Duration::from_secs(3 * late), ..Reading::default() };
        let late = || vec![FaultKind::SchedulerLate];
        assert_eq!(open_after([(1, 1), (2, 2), (0, 2)].map(look)), [vec![], vec![], vec![]], "a moment");
        let seen = open_after([(2, 2), (3, 3), (0, 5), (0, 5), (0, 5), (0, 5)].map(look));
        assert_eq!(seen, [vec![], late(), late(), late(), late(), vec![]]);
    }

    #[test]
    fn what_happened_is_told_each_time_it_did() {
        let mut judge = Judge::new(GB);
        let mut told = |stuck, respawned| {
            let reading = Reading { stuck, respawned: (respawned, Some("care")), ..Reading::default() };
            let found = judge.judge(&reading, Duration::ZERO, |_| false);
            let is = |found: Found| match found {
                Found::Is(fault) => Some(fault),
                Found::IsNot(_) => None,
            };
            found.into_iter().filter_map(is).collect::<Vec<_>>()
        };
        assert_eq!(told(0, 0), []);
        assert_eq!(told(2, 0), [WatchFault::ProbesStuck { probes: 2 }]);
        assert_eq!(told(2, 1), [WatchFault::PartFailed { part: "care".to_owned() }]);
        assert_eq!(told(2, 1), []);
    }
}
