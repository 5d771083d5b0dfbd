//! The last look at the clock in the database, so that nothing goes for its age while the clock is in doubt, over restarts too.
//!
//! It does not know what is removed.

use shared::Timestamp;

use super::{database::Broken, frame, key, record, shelf::Shelf};
use crate::clock::{Belief, Look, PATIENCE};

const VERSION: u8 = 1;

/// As it is stored: both in milliseconds.
fn to_body(look: Look) -> Vec<u8> {
    record::pack(VERSION, &(look.at.as_millis(), look.leapt_at.map(Timestamp::as_millis)))
}

fn from_body(body: &[u8]) -> Option<Look> {
    let (at, leapt_at): (i64, Option<i64>) = record::unpack(VERSION, body)?;
    Some(Look { at: Timestamp::from_millis(at), leapt_at: leapt_at.map(Timestamp::from_millis) })
}

/// Looks at the clock of an open store.
#[derive(Debug, Default)]
pub(super) struct Clock {
    last: Option<Look>,
    stored: Option<Look>,
}

impl Clock {
    /// Looks, and keeps the look in the database when it says something new.
    pub(super) fn look(&mut self, shelf: &Shelf, now: Timestamp) -> Result<Belief, Broken> {
        if self.last.is_none() {
            self.stored = read(shelf)?;
            self.last = self.stored;
        }
        let look = Look::next(self.last, now);
        if let Some(ahead) = look.leap_after(self.last) {
            let hours = PATIENCE.as_secs() / 3_600;
            tracing::warn!(
                ?ahead,
                "the clock leapt ahead: for {hours} hours nothing is removed from the store for its age"
            );
        }
        if look.is_news_to(self.stored) {
            let key = key::clock();
            shelf.replace(&[], &[(key.clone(), frame::seal(&key, &to_body(look)))])?;
            self.stored = Some(look);
        }
        self.last = Some(look);
        Ok(look.belief())
    }
}

fn read(shelf: &Shelf) -> Result<Option<Look>, Broken> {
    Ok(shelf.get(&key::clock())?.and_then(|body| from_body(&body)))
}

/// A store whose clock was looked at just now, and held.
#[cfg(test)]
pub(super) fn believe(shelf: &Shelf, now: Timestamp) {
    let (key, look) = (key::clock(), Look { at: now, leapt_at: None });
    shelf.replace(&[], &[(key.clone(), frame::seal(&key, &to_body(look)))]).expect("written");
}
