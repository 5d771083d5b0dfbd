//! How many files and connections the system lets this process have open.
//!
//! It does not know what they are used for; it knows that probes and the store need some when readers take all the others.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// More connections than that are not taken at once, however many the system allows.
const MOST: u64 = 8_192;

/// Raises the soft limit of open files to the hard one, and returns how many connections readers may have: at most half.
pub(super) fn connections() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, ..limit };
    let allowed = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    usize::try_from(allowed.map_or(MOST, |allowed| (allowed / 2).clamp(16, MOST))).unwrap_or(16)
}
