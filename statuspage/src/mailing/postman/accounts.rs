//! Letters of subscriptions that wait to leave, or to be tried again. So few fit in that the rest waits where it comes from: whoever
//! fills in the form is then told to come again.
//!
//! It does not know what they say. They are in no file: who asked and got nothing asks again.

use std::{collections::VecDeque, time::Duration};

use shared::Timestamp;
use tokio::time::Instant;

use crate::subscriber::Wanted;

/// Letters that wait here.
pub(super) const MOST: usize = 64;
/// The first pause between two attempts, which doubles: somebody sits before his mailbox and waits …
const PAUSE: Duration = Duration::from_secs(5);
/// … up to this one.
const LONGEST_PAUSE: Duration = Duration::from_secs(900);

/// A letter of a subscription.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) wanted: Wanted,
    attempts: u32,
    /// Then its link opens nothing any more.
    until: Timestamp,
}

impl Account {
    /// One that was not tried yet.
    pub(super) fn new(wanted: Wanted, now: Timestamp) -> Self {
        let until = now.plus(wanted.life());
        Self { wanted, attempts: 0, until }
    }
}

/// Those that wait.
#[derive(Debug, Default)]
pub(super) struct Accounts(VecDeque<(Instant, Account)>);

impl Accounts {
    /// Whether another one may come.
    pub(super) fn has_room(&self) -> bool {
        self.0.len() < MOST
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// A new one, before all that were tried.
    pub(super) fn enter(&mut self, account: Account) {
        self.0.push_front((Instant::now(), account));
    }

    /// One that no relay took; whether it waits for another attempt.
    pub(super) fn enter_again(&mut self, account: &Account, after: Duration, now: Timestamp) -> bool {
        let pause = PAUSE.saturating_mul(1 << account.attempts.min(10)).min(LONGEST_PAUSE).max(after);
        let attempts = account.attempts.saturating_add(1);
        self.put_back(&Account { attempts, ..account.clone() }, pause, now)
    }

    /// One for which no relay was asked; whether it waits.
    pub(super) fn put_back(&mut self, account: &Account, after: Duration, now: Timestamp) -> bool {
        let waits = now.plus(after) < account.until;
        if waits {
            self.0.push_back((Instant::now() + after, account.clone()));
        }
        waits
    }

    /// The next one that is due. Those whose links open nothing any more go: they waited for relays that did not work.
    pub(super) fn next(&mut self, now: Timestamp) -> Option<Account> {
        let present = Instant::now();
        self.0.retain(|(_, account)| now < account.until);
        let at = self.0.iter().position(|(due, _)| *due <= present)?;
        self.0.remove(at).map(|(_, account)| account)
    }

    /// When one is due.
    pub(super) fn wakes_at(&self) -> Option<Instant> {
        self.0.iter().map(|(due, _)| *due).min()
    }
}

#[cfg(test)]
mod tests {
    use shared::Language;
    use tokio::time;

    use super::*;
    use crate::mail::sample::ada;

    fn page() -> Wanted {
        Wanted::Manage { to: ada().address, language: Language::Fr, token: "e".repeat(26).parse().expect("a token") }
    }

    #[tokio::test(start_paused = true)]
    async fn a_letter_is_tried_ever_more_rarely_and_as_long_as_its_link_opens() {
        let (begin, started) = (Timestamp::from_millis(1_790_000_000_000), Instant::now());
        let mut accounts = Accounts::default();
        accounts.enter(Account::new(page(), begin));
        let mut tried = Vec::new();
        while let Some(at) = accounts.wakes_at() {
            time::sleep_until(at).await;
            let now = begin.plus(started.elapsed());
            let account = accounts.next(now).expect("it is due");
            tried.push(started.elapsed().as_secs());
            accounts.enter_again(&account, Duration::from_secs(1), now);
        }
        assert_eq!(tried, [0, 5, 15, 35, 75, 155, 315, 635, 1_275], "half an hour");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_new_comes_before_what_was_tried() {
        let now = Timestamp::from_millis(1_790_000_000_000);
        let mut accounts = Accounts::default();
        let old = Account::new(page(), now);
        assert!(accounts.enter_again(&old, Duration::from_secs(60), now));
        time::advance(Duration::from_secs(60)).await;
        accounts.enter(Account::new(page(), now));
        let order: Vec<_> = std::iter::from_fn(|| accounts.next(now)).map(|account| account.attempts).collect();
        assert_eq!(order, [0, 1]);
        accounts.enter(old);
        assert!(
            accounts.next(now.plus(Duration::from_secs(1_800))).is_none() && accounts.len() == 0,
            "its link is dead"
        );
    }
}
