//! When a failure began, as narrowly as it is known, and where: what tells whether two failures have one cause.
//!
//! It does not know other components, and nothing of it is public.

use std::net::IpAddr;

use shared::Timestamp;

use super::Run;

/// When a failure began, and the address that it was met at. For operators, never public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Onset {
    /// Not before the last good result; absent where there was none.
    pub after: Option<Timestamp>,
    /// Not after the first bad one.
    pub since: Timestamp,
    /// The address that was tried, where it came so far.
    pub address: Option<IpAddr>,
}

impl Onset {
    /// Of the rows of failures of one probe at its locations, of which `first` began first. A probe that runs every five minutes
    /// says little of when it began; another location may know better.
    pub(super) fn of<'a>(runs: impl Iterator<Item = &'a Run>, first: &Run) -> Self {
        // The clocks of two locations, and one that is put right, may disagree about the order.
        let after = runs.filter_map(|run| run.after).filter(|after| *after <= first.since).max();
        Self { after, since: first.since, address: first.address }
    }
}
