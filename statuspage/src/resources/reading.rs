//! One look at what there is left, asked of the system.
//!
//! It does not know how much is enough. What cannot be asked is absent, and nothing is said of it.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::process::{Resource, getrlimit};

/// Everything at one look.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// Room where the data lie.
    pub disk: Option<Disk>,
    /// Memory, with its limit.
    pub memory: Option<Memory>,
    /// Open files and sockets.
    pub descriptors: Option<Share>,
    /// How late tasks come to their turn.
    pub lag: Duration,
    /// How often they came more than two seconds late.
    pub lagged: u64,
    /// How often in a row, up to now.
    pub late: u64,
    /// Probes that did not come to their end and were given up, and those that panicked.
    pub stuck: u64,
    /// Parts that ended by themselves and were begun anew, and the last of them.
    pub respawned: (u64, Option<&'static str>),
    /// Whether the supervisor ends nothing, because it did so too often.
    pub lenient: bool,
}

/// Room on a disk, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disk {
    /// For an ordinary user.
    pub free: u64,
    /// In all.
    pub total: u64,
}

impl Disk {
    /// What is free, in percent, rounded down.
    pub fn percent(self) -> u64 {
        percent(self.free, self.total)
    }
}

/// A part of a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The part.
    pub used: u64,
    /// The whole.
    pub limit: u64,
}

impl Share {
    /// The part in percent of the whole, rounded down.
    pub fn percent(self) -> u64 {
        percent(self.used, self.limit)
    }
}

/// Of zero nothing can be said.
fn percent(part: u64, whole: u64) -> u64 {
    u64::try_from(u128::from(part) * 100 / u128::from(whole.max(1))).unwrap_or(u64::MAX)
}

/// Memory in bytes, and what it is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// A control group (cgroup v2) has a limit: above it the kernel ends the process.
    Limited(Share),
    /// Nobody set a limit: what this process has resident, of all that the machine has.
    Free(Share),
}

impl Memory {
    /// The figures.
    pub fn share(self) -> Share {
        match self {
            Self::Limited(share) | Self::Free(share) => share,
        }
    }
}

impl Reading {
    /// Asks the system. Blocks for as long as the disk of `data` takes to say how much room it has.
    pub fn take(data: &Path) -> Self {
        let disk = fs4::available_space(data).ok().zip(fs4::total_space(data).ok());
        Self {
            disk: disk.map(|(free, total)| Disk { free, total }),
            memory: limited().map(Memory::Limited).or_else(|| resident().map(Memory::Free)),
            descriptors: descriptors(),
            ..Self::default()
        }
    }
}

fn descriptors() -> Option<Share> {
    let limit = getrlimit(Resource::Nofile).current?;
    let used = u64::try_from(fs::read_dir("/proc/self/fd").ok()?.count()).ok()?;
    Some(Share { used, limit })
}

/// What this process's control group has taken and may take; none where there is no limit.
fn limited() -> Option<Share> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let path = groups.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let group = PathBuf::from("/sys/fs/cgroup").join(path);
    let read = |name: &str| fs::read_to_string(group.join(name)).ok();
    of_group(&read("memory.max")?, &read("memory.current")?, &read("memory.stat")?)
}

/// Pages of files that nobody uses are given back before anybody is ended: they are not counted.
fn of_group(max: &str, current: &str, stat: &str) -> Option<Share> {
    let idle = stat.lines().find_map(|line| line.strip_prefix("inactive_file ")?.trim().parse::<u64>().ok());
    let used = current.trim().parse::<u64>().ok()?.saturating_sub(idle.unwrap_or(0));
    // "max" is no number: no limit.
    Some(Share { used, limit: max.trim().parse().ok()? })
}

fn resident() -> Option<Share> {
    let field = |file: &str, name: &str| {
        let text = fs::read_to_string(file).ok()?;
        let number = text.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok());
        number.map(|kibibytes: u64| kibibytes.saturating_mul(1_024))
    };
    Some(Share { used: field("/proc/self/status", "VmRSS:")?, limit: field("/proc/meminfo", "MemTotal:")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_system_says_how_much_there_is() {
        let reading = Reading::take(Path::new("."));
        assert!(reading.disk.is_some_and(|disk| disk.free <= disk.total && disk.percent() <= 100));
        assert!(reading.memory.is_some_and(|memory| memory.share().used > 0));
        assert!(reading.descriptors.is_some_and(|open| open.used > 2 && open.used < open.limit));
        assert_eq!(Reading::take(Path::new("/nowhere/at/all")).disk, None);
    }

    #[test]
    fn a_control_groups_limit_counts_without_idle_pages() {
        let stat = "anon 100\ninactive_file 40\nfile 50\n";
        assert_eq!(of_group("200\n", "140\n", stat), Some(Share { used: 100, limit: 200 }));
        assert_eq!(of_group("max\n", "140\n", stat), None);
        assert_eq!(Share { used: 199, limit: 200 }.percent(), 99);
        assert_eq!(Disk { free: u64::MAX, total: u64::MAX }.percent(), 100);
    }
}
