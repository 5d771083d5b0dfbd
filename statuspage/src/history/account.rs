//! Known time by state, in milliseconds, and the arithmetic of uptime.
//!
//! It does not know when the time was spent.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::Status;

use crate::snapshot::{TimeInStatus, Uptime};

/// Known time of one hour or day, in milliseconds: a day has 90 million of them at most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Account {
    operational: u32,
    under_maintenance: u32,
    degraded_performance: u32,
    partial_outage: u32,
    major_outage: u32,
}

impl Account {
    /// Operational, under maintenance, degraded, partial outage, major outage.
    pub(super) fn to_millis(self) -> [u32; 5] {
        let Self { operational, under_maintenance, degraded_performance, partial_outage, major_outage } = self;
        [operational, under_maintenance, degraded_performance, partial_outage, major_outage]
    }

    /// The inverse of [`Account::to_millis`].
    pub(super) fn from_millis(millis: [u32; 5]) -> Self {
        let [operational, under_maintenance, degraded_performance, partial_outage, major_outage] = millis;
        Self { operational, under_maintenance, degraded_performance, partial_outage, major_outage }
    }

    /// Adds time, as far as the period still has room for it.
    pub(super) fn add(&mut self, status: Status, time: Duration, room_in_all: Duration) {
        let room = millis(room_in_all).saturating_sub(self.known());
        let time = u32::try_from(millis(time).min(room)).unwrap_or(u32::MAX);
        let spent = match status {
            Status::Operational => &mut self.operational,
            Status::UnderMaintenance => &mut self.under_maintenance,
            Status::DegradedPerformance => &mut self.degraded_performance,
            Status::PartialOutage => &mut self.partial_outage,
            Status::MajorOutage => &mut self.major_outage,
            // Unknown time is what remains.
            Status::Unknown => return,
        };
        *spent = spent.saturating_add(time);
    }

    /// Adds the time of another account of the same period.
    pub(super) fn absorb(&mut self, other: &Self) {
        self.operational = self.operational.saturating_add(other.operational);
        self.under_maintenance = self.under_maintenance.saturating_add(other.under_maintenance);
        self.degraded_performance = self.degraded_performance.saturating_add(other.degraded_performance);
        self.partial_outage = self.partial_outage.saturating_add(other.partial_outage);
        self.major_outage = self.major_outage.saturating_add(other.major_outage);
    }

    fn known(&self) -> u64 {
        Total::from_iter([*self]).known()
    }

    /// The worst state that took any time; unknown when nothing is known.
    pub(super) fn worst(&self) -> Status {
        let spent = [
            (self.major_outage, Status::MajorOutage),
            (self.partial_outage, Status::PartialOutage),
            (self.degraded_performance, Status::DegradedPerformance),
            (self.under_maintenance, Status::UnderMaintenance),
            (self.operational, Status::Operational),
        ];
        spent.into_iter().find(|(time, _)| *time > 0).map_or(Status::Unknown, |(_, status)| status)
    }

    /// The same for readers; what is not known of `watched` is unknown.
    pub(super) fn time(&self, watched: Duration) -> TimeInStatus {
        let spent = Total::from_iter([*self]).time(watched);
        let with = |time: TimeInStatus, (status, spent): (Status, Duration)| time.with(status, spent);
        Status::ALL.into_iter().zip(spent).fold(TimeInStatus::default(), with)
    }
}

/// Known time of several periods, in milliseconds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Total {
    operational: u64,
    under_maintenance: u64,
    degraded_performance: u64,
    partial_outage: u64,
    major_outage: u64,
}

impl Total {
    fn observed(&self) -> u64 {
        self.operational + self.degraded_performance + self.partial_outage + self.major_outage
    }

    fn known(&self) -> u64 {
        self.observed() + self.under_maintenance
    }

    pub(super) fn add(&mut self, account: Account) {
        self.operational += u64::from(account.operational);
        self.under_maintenance += u64::from(account.under_maintenance);
        self.degraded_performance += u64::from(account.degraded_performance);
        self.partial_outage += u64::from(account.partial_outage);
        self.major_outage += u64::from(account.major_outage);
    }

    /// The time in each status, in the order of [`Status::ALL`]; what is not known of `watched` is unknown.
    pub(super) fn time(&self, watched: Duration) -> [Duration; Status::ALL.len()] {
        Status::ALL.map(|status| match status {
            Status::Operational => Duration::from_millis(self.operational),
            Status::UnderMaintenance => Duration::from_millis(self.under_maintenance),
            Status::Unknown => watched.saturating_sub(Duration::from_millis(self.known())),
            Status::DegradedPerformance => Duration::from_millis(self.degraded_performance),
            Status::PartialOutage => Duration::from_millis(self.partial_outage),
            Status::MajorOutage => Duration::from_millis(self.major_outage),
        })
    }

    /// Uptime of a window that lasts `window` from the first instant of which something is known; the formula is at
    /// [`super::History::view`].
    pub(super) fn uptime(&self, window: Duration) -> Option<Uptime> {
        let tenths = u128::from(self.observed()) * 10;
        let lost = u128::from(self.major_outage) * 10 + u128::from(self.partial_outage) * 3;
        let ratio = (tenths - lost) * 1_000_000;
        let window = u128::from(millis(window).max(self.known()));
        let floored = |part: u128, whole: u128| part.checked_div(whole).and_then(|share| u32::try_from(share).ok());
        Some(Uptime {
            ratio: floored(ratio, tenths)?,
            coverage: floored(u128::from(self.known()) * 1_000_000, window)?,
        })
    }
}

impl FromIterator<Account> for Total {
    fn from_iter<I: IntoIterator<Item = Account>>(accounts: I) -> Self {
        let mut total = Self::default();
        accounts.into_iter().for_each(|account| total.add(account));
        total
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
