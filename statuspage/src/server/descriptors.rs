//! How many connections the limit of open files leaves to readers.
//!
//! It does not raise the limit: `main` has done that. It knows that probes and the store need some files when readers take all the
//! others.

use rustix::process::{Resource, getrlimit};

/// More connections than that are not taken at once, however many the system allows.
const MOST: u64 = 8_192;

/// How many connections readers may have: at most half of what this process may open.
pub(super) fn connections() -> usize {
    let allowed = getrlimit(Resource::Nofile).current;
    usize::try_from(allowed.map_or(MOST, |allowed| (allowed / 2).clamp(16, MOST))).unwrap_or(16)
}
