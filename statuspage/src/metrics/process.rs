//! What the system says of this process, by the names of Prometheus' client libraries.
//!
//! It does not know systems without `/proc`: there it says nothing.

use std::fs;

use super::exposition::{Exposition, Kind};

/// Linux counts processor time for user space in hundredths of a second on every architecture (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;
/// The page size of the architectures we build for; `VmRSS` avoids it.
const KIBIBYTE: f64 = 1_024.0;

/// The process in numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProcessFacts {
    /// User and system time, in seconds.
    pub cpu_seconds: f64,
    /// Unixtime.
    pub start_time_seconds: f64,
    /// Bytes.
    pub resident_bytes: f64,
    /// Bytes.
    pub virtual_bytes: f64,
    /// Open file descriptors.
    pub open_fds: f64,
    /// The limit of them; absent when there is none.
    pub max_fds: Option<f64>,
}

impl ProcessFacts {
    /// Asks the system; reads a handful of small files below `/proc`, which never wait for a disk.
    pub fn read() -> Option<Self> {
        let stat = Stat::parse(&fs::read_to_string("/proc/self/stat").ok()?)?;
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let boot = field(&fs::read_to_string("/proc/stat").ok()?, "btime")?;
        let limits = fs::read_to_string("/proc/self/limits").ok()?;
        Some(Self {
            cpu_seconds: stat.cpu_ticks / TICKS_PER_SECOND,
            start_time_seconds: boot + stat.start_ticks / TICKS_PER_SECOND,
            resident_bytes: field(&status, "VmRSS:")? * KIBIBYTE,
            virtual_bytes: field(&status, "VmSize:")? * KIBIBYTE,
            open_fds: fs::read_dir("/proc/self/fd").ok()?.count() as f64,
            max_fds: limits
                .lines()
                .find_map(|line| line.strip_prefix("Max open files")?.split_whitespace().next()?.parse().ok()),
        })
    }
}

/// The number after a word at the beginning of a line.
fn field(text: &str, word: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(word)?.split_whitespace().next()?.parse().ok())
}

/// Of `/proc/self/stat` (proc_pid_stat(5)).
#[derive(Debug, PartialEq)]
struct Stat {
    cpu_ticks: f64,
    start_ticks: f64,
}

impl Stat {
    fn parse(text: &str) -> Option<Self> {
        // The second field is the program's name in parentheses, which may hold anything; the third follows the last one.
        let (_, rest) = text.rsplit_once(')')?;
        let field = |number: usize| rest.split_whitespace().nth(number - 3)?.parse::<f64>().ok();
        Some(Self { cpu_ticks: field(14)? + field(15)?, start_ticks: field(22)? })
    }
}

pub(super) fn write(facts: Option<&ProcessFacts>, out: &mut Exposition) {
    let Some(facts) = facts else { return };
    let mut single = |kind, name, help, value| out.single(kind, name, help, value);
    single(
        Kind::Counter,
        "process_cpu_seconds_total",
        "Total user and system CPU time spent in seconds",
        facts.cpu_seconds,
    );
    single(
        Kind::Gauge,
        "process_start_time_seconds",
        "Start time of the process since unix epoch in seconds",
        facts.start_time_seconds,
    );
    single(Kind::Gauge, "process_resident_memory_bytes", "Resident memory size in bytes", facts.resident_bytes);
    single(Kind::Gauge, "process_virtual_memory_bytes", "Virtual memory size in bytes", facts.virtual_bytes);
    single(Kind::Gauge, "process_open_fds", "Number of open file descriptors", facts.open_fds);
    if let Some(max) = facts.max_fds {
        single(Kind::Gauge, "process_max_fds", "Maximum number of open file descriptors", max);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_name_with_parentheses_and_spaces_does_not_shift_the_fields() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 9 0 4242 1 1 1";
        assert_eq!(Stat::parse(stat), Some(Stat { cpu_ticks: 300.0, start_ticks: 4242.0 }));
        assert_eq!(Stat::parse("7 (a"), None);
    }
}
