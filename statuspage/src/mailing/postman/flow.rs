//! Whether mail flows: what was counted, since when something waits, and when that is a fault.
//!
//! It does not know letters.

use std::{collections::BTreeMap, time::Duration};

use shared::Timestamp;

use crate::{
    mail::Relays,
    mailing::{Fate, Flow, Story, Tally, Trouble},
};

/// Letters that wait for longer are a fault.
const TOO_LONG: Duration = Duration::from_secs(300);

/// So many failures in a row, with nothing to send, are no accident.
const FAILING: u32 = 2;

/// Two instants that are no further apart are one.
const DRIFT_MS: u64 = 1_000;

/// What was counted since the start.
#[derive(Debug, Default)]
pub(super) struct Tracker {
    flow: Flow,
    /// What the relays said since one of them last took a letter.
    why: Option<String>,
}

impl Tracker {
    /// What became of a letter.
    pub(super) fn count(&mut self, fate: Fate, why: Option<String>, now: Timestamp) {
        match fate {
            Fate::Accepted => {
                self.flow.accepted += 1;
                self.flow.accepted_at = Some(now);
                self.why = None;
            }
            Fate::Refused => self.flow.refused += 1,
            Fate::Later(_) => self.flow.deferred += 1,
            Fate::Untried(_) | Fate::Gone => {}
        }
        if let Some(why) = why {
            self.why = Some(why);
        }
    }

    /// How mail does now.
    pub(super) fn look(
        &mut self,
        (relays, book): (&Relays, Option<&str>),
        (tallies, since, others): (&BTreeMap<Story, Tally>, Option<Timestamp>, u64),
        now: Timestamp,
    ) -> (Flow, Option<Trouble>) {
        let waiting = others + tallies.values().map(|tally| tally.waiting + tally.coming).sum::<u64>();
        (self.flow.waiting, self.flow.waiting_since) = (waiting, since);
        let states = relays.state();
        let proven = states.iter().filter_map(|relay| relay.worked).min().map(|ago| now.minus(ago));
        // The same proof is a little off each time that it is asked how long ago it was.
        let apart = |at: &Timestamp, known: Timestamp| at.as_millis().abs_diff(known.as_millis());
        let is_known = |at: &Timestamp| self.flow.proven_at.is_some_and(|known| apart(at, known) < DRIFT_MS);
        self.flow.proven_at = proven.filter(|at| !is_known(at)).or(self.flow.proven_at);
        let least = if waiting > 0 { 1 } else { FAILING };
        let down = states.iter().all(|relay| relay.failures >= least);
        let late = since.is_some_and(|since| now.since(since) > TOO_LONG);
        // While letters leave, many of them are no fault.
        let flows = self.flow.accepted_at.is_some_and(|at| now.since(at) < Duration::from_secs(60));
        let trouble = (down || (late && !flows) || book.is_some()).then(|| {
            let said = states.iter().find_map(|relay| Some(format!("{}: {}", relay.relay, relay.why.as_ref()?)));
            let reason = book.map(str::to_owned).or(said).or_else(|| self.why.clone());
            Trouble { waiting, reason: reason.unwrap_or_else(|| "nobody takes letters".to_owned()) }
        });
        (self.flow, trouble)
    }
}
