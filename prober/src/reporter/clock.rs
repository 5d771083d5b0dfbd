//! The hub's clock, as receipts show it.
//!
//! It does not know what is put right by it.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use shared::{Timestamp, report::Exchange};

use crate::probe::wall_clock;

/// The hub's clock, as the last receipt showed it: it goes on by a clock that nobody sets and that runs while the machine sleeps.
#[derive(Debug, Default)]
pub(super) struct HubClock(Mutex<Option<(Duration, Timestamp)>>);

/// Since the machine was started, asleep or not.
fn since_boot() -> Duration {
    let at = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::try_from(at).unwrap_or_default()
}

/// A clock that goes as it should is off by less over one exchange; by more, somebody set it meanwhile.
const STEADY: Duration = Duration::from_secs(1);

/// When a report leaves, by the wall's clock and by one that nobody sets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Departure {
    /// By the wall's clock.
    pub(super) at: Timestamp,
    since_boot: Duration,
}

impl Departure {
    /// The present.
    pub(super) fn now() -> Self {
        Self { at: wall_clock(), since_boot: since_boot() }
    }

    /// The exchange that is over now, with the hub's two instants; none when our clock was set meanwhile: it would be half of that wrong.
    pub(super) fn exchange(self, received_at: Timestamp, answered_at: Timestamp) -> Option<Exchange> {
        self.exchange_until(Self::now(), received_at, answered_at)
    }

    fn exchange_until(self, back: Self, received_at: Timestamp, answered_at: Timestamp) -> Option<Exchange> {
        let passed = self.at.plus(back.since_boot.saturating_sub(self.since_boot));
        let off = back.at.since(passed).max(passed.since(back.at));
        (off <= STEADY).then_some(Exchange { sent_at: self.at, received_at, answered_at, returned_at: back.at })
    }
}

impl HubClock {
    /// How far it is ahead of ours, in milliseconds; none before the first receipt.
    pub(super) fn ahead_ms(&self) -> Option<i64> {
        self.ahead_at(since_boot(), wall_clock())
    }

    fn ahead_at(&self, now: Duration, wall: Timestamp) -> Option<i64> {
        let (at, showed) = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        Some(showed.plus(now.saturating_sub(at)).as_millis() - wall.as_millis())
    }

    pub(super) fn set(&self, exchange: &Exchange) {
        self.set_at(since_boot(), exchange);
    }

    fn set_at(&self, now: Duration, exchange: &Exchange) {
        let showed = Timestamp::from_millis(exchange.returned_at.as_millis() + exchange.ahead_ms());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, showed));
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const DAY: u64 = 86_400;

    #[test]
    fn the_hubs_clock_goes_on_while_the_machine_sleeps_and_when_ours_is_set() {
        let (clock, began) = (HubClock::default(), Duration::from_secs(1_000));
        let wall = |second: i64| Timestamp::from_millis(1_795_000_000_000 + second * 1_000);
        assert_eq!(clock.ahead_at(began, wall(0)), None);
        let (sent_at, returned_at) = (wall(0), wall(0));
        clock.set_at(began, &Exchange { sent_at, received_at: wall(60), answered_at: wall(60), returned_at });
        let check = |passed: u64, shown: i64, expected: i64| {
            let ahead = clock.ahead_at(began + Duration::from_secs(passed), wall(shown));
            assert_eq!(ahead, Some(expected * 1_000), "{passed} s later, when ours shows {shown}");
        };
        check(0, 0, 60);
        // Asleep or awake: both went on.
        check(DAY, DAY as i64, 60);
        // Ours was set an hour ahead, or back.
        check(10, 3_610, 60 - 3_600);
        check(10, 10 - 3_600, 60 + 3_600);
    }

    #[test]
    fn an_exchange_during_which_our_clock_was_set_says_nothing() {
        let hub = Timestamp::from_millis(1_795_000_000_000);
        let check = |passed: u64, shown: i64, is_one: bool| {
            let sent = Departure { at: hub, since_boot: Duration::from_secs(1_000) };
            let at = Timestamp::from_millis(hub.as_millis() + shown);
            let back = Departure { at, since_boot: sent.since_boot + Duration::from_millis(passed) };
            let exchange = sent.exchange_until(back, hub, hub);
            assert_eq!(exchange.is_some(), is_one, "{passed} ms in which ours went on by {shown} ms");
            assert!(exchange.is_none_or(|exchange| (exchange.sent_at, exchange.returned_at) == (hub, at)));
        };
        check(300, 300, true);
        // As the wall's clock is slewed, and as it is set.
        check(10_000, 10_900, true);
        check(10_000, 9_100, true);
        check(300, 3_600_300, false);
        check(300, 300 - 3_600_000, false);
        check(300, 1_400, false);
        // Asleep while it waited: both clocks went on.
        check(DAY * 1_000, (DAY * 1_000) as i64, true);
    }

    /// The kernel lets a process begin with another time since boot, and with the same of everything else: the clock that is read is
    /// the one that it means, which counts sleep.
    #[test]
    fn what_is_read_is_the_time_since_boot_with_sleep() {
        const NAME: &str = "reporter::clock::tests::what_is_read_is_the_time_since_boot_with_sleep";
        if std::env::var_os("BELFRY_TEST_INSIDE").is_some() {
            println!("since boot: {}", since_boot().as_secs());
            return;
        }
        let (before, own) = (since_boot().as_secs(), std::env::current_exe().expect("a program"));
        let offset = DAY.to_string();
        let mut inside = Command::new("unshare");
        inside.args(["--user", "--map-root-user", "--time", "--boottime", &offset]).arg(own);
        let said = inside.args(["--exact", NAME, "--nocapture"]).env("BELFRY_TEST_INSIDE", "1").output().expect("runs");
        let text = String::from_utf8_lossy(&said.stdout).into_owned();
        let shown = text.lines().find_map(|line| line.split("since boot: ").nth(1)?.trim().parse::<u64>().ok());
        let shown = shown.unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&said.stderr)));
        assert!((before + DAY..=since_boot().as_secs() + DAY).contains(&shown), "{before} and {shown}");
    }
}
