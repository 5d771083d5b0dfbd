//! How many reports of one location are taken: a burst, as after an outage of the hub, then so many a second. Whoever stole its key, or a
//! location that runs in circles, cannot keep the hub busy.
//!
//! It does not know what is in a report. Only those that a key of the location's signed are charged, so that no stranger uses it up.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use shared::LocationName;
use tokio::time::Instant;

/// So many at once.
pub(super) const AT_ONCE: u32 = 60;
/// One more after each of these: with five hundred results each, ten times what the largest location finds.
const EACH: Duration = Duration::from_millis(100);

/// What each location has used.
#[derive(Debug, Default)]
pub(super) struct Quota {
    /// When everything that a location has sent will have been paid for by waiting. Only locations that are known are in it.
    paid: Mutex<HashMap<LocationName, Instant>>,
}

impl Quota {
    /// How long a location must wait before its next report is read.
    pub(super) fn wait(&self, location: &LocationName, now: Instant) -> Option<Duration> {
        let paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        let until = paid.get(location).copied().unwrap_or(now).max(now);
        let wait = (until + EACH).saturating_duration_since(now + EACH * AT_ONCE);
        (!wait.is_zero()).then_some(wait)
    }

    /// A report of the location's is taken.
    pub(super) fn charge(&self, location: &LocationName, now: Instant) {
        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        let until = paid.entry(location.clone()).or_insert(now);
        *until = (*until).max(now) + EACH;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_sends_a_burst_and_then_so_many_a_second_and_no_other_waits_for_it() {
        let (quota, now) = (Quota::default(), Instant::now());
        let [lyon, paris] = ["lyon", "paris"].map(|name| name.parse::<LocationName>().expect("a name"));
        for _ in 0..AT_ONCE {
            assert_eq!(quota.wait(&lyon, now), None);
            quota.charge(&lyon, now);
        }
        assert_eq!((quota.wait(&lyon, now), quota.wait(&paris, now)), (Some(EACH), None));
        assert_eq!(quota.wait(&lyon, now + EACH), None);
        quota.charge(&lyon, now + EACH);
        assert_eq!(quota.wait(&lyon, now + EACH), Some(EACH));
        assert_eq!(quota.wait(&lyon, now + EACH * AT_ONCE * 2), None, "whoever waits has everything again");
    }
}
