//! When a form was given out, said by the form itself under a MAC that nobody else can make.
//!
//! It does not know who has the form. The key lives as long as the process: a form that outlives it is shown once more.

use std::time::Duration;

use aws_lc_rs::{hmac, rand};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use shared::Timestamp;

/// Nobody types an address faster than that, with everything else that there is to be read.
const HASTE: Duration = Duration::from_secs(3);
/// A form that was opened longer ago is given out anew.
const AGE: Duration = Duration::from_secs(24 * 3_600);
const KEY: usize = 32;

/// Why a form is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unstamped {
    /// It came back at once.
    Hasty,
    /// It is too old, or its stamp is not of this process.
    Stale,
}

/// Makes stamps and knows them again.
pub(in crate::server) struct Stamps {
    key: hmac::Key,
}

impl std::fmt::Debug for Stamps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stamps(…)")
    }
}

impl Stamps {
    /// With a key of its own.
    pub(in crate::server) fn new() -> Self {
        let mut key = [0; KEY];
        rand::fill(&mut key).expect("the system has randomness");
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, &key) }
    }

    /// A stamp of now.
    pub(in crate::server) fn give(&self, now: Timestamp) -> String {
        let at = now.as_millis().to_string();
        format!("{at}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, at.as_bytes())))
    }

    /// A stamp that need not wait any more, for a form that was filled in before.
    pub(in crate::server) fn give_ripe(&self, now: Timestamp) -> String {
        self.give(now.minus(HASTE))
    }

    /// Whether a form was given out by us, long enough ago and not too long.
    pub(super) fn check(&self, stamp: &str, now: Timestamp) -> Result<(), Unstamped> {
        let given = self.given_at(stamp).ok_or(Unstamped::Stale)?;
        match now.since(given) {
            age if age < HASTE => Err(Unstamped::Hasty),
            age if age > AGE => Err(Unstamped::Stale),
            _ => Ok(()),
        }
    }

    fn given_at(&self, stamp: &str) -> Option<Timestamp> {
        let (at, mac) = stamp.split_once('.')?;
        hmac::verify(&self.key, at.as_bytes(), &URL_SAFE_NO_PAD.decode(mac).ok()?).ok()?;
        at.parse().ok().map(Timestamp::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_taken_between_three_seconds_and_a_day_after_it_was_given_out() {
        let (stamps, now) = (Stamps::new(), Timestamp::from_millis(1_790_000_000_000));
        let stamp = stamps.give(now);
        let check =
            |after: Duration, expected| assert_eq!(stamps.check(&stamp, now.plus(after)), expected, "{after:?}");
        check(Duration::ZERO, Err(Unstamped::Hasty));
        check(HASTE, Ok(()));
        check(AGE, Ok(()));
        check(AGE + HASTE, Err(Unstamped::Stale));
        assert_eq!(stamps.check(&stamps.give_ripe(now), now), Ok(()));
    }

    #[test]
    fn a_stamp_of_somebody_else_counts_for_nothing() {
        let (stamps, now) = (Stamps::new(), Timestamp::from_millis(1_790_000_000_000));
        let genuine = stamps.give(now);
        let other = Stamps::new().give(now);
        let (at, mac) = genuine.split_once('.').expect("two parts");
        let changed = format!("{}.{mac}", at.replace('9', "8"));
        for stamp in ["", ".", "1", at, &other, &changed, &genuine[..genuine.len() - 1], &format!("{genuine}x")] {
            assert_eq!(stamps.check(stamp, now.plus(HASTE)), Err(Unstamped::Stale), "{stamp}");
        }
    }
}
