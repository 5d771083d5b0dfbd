//! How one alarm goes up the ladder of one policy.
//!
//! It does not know other alarms.

use std::collections::BTreeSet;

use shared::Timestamp;

use super::{Alarm, Call, LONGEST, Ladder, Pace};
use crate::notify::{ChannelName, policy::Policy};

/// What climbing looks at beside the alarm.
pub(super) struct Climber<'a> {
    pub(super) channels: &'a BTreeSet<ChannelName>,
    pub(super) weak: &'a BTreeSet<ChannelName>,
    /// Absent where time changes nothing, because somebody has taken it.
    pub(super) clock: Option<Timestamp>,
    pub(super) now: Timestamp,
}

impl Climber<'_> {
    pub(super) fn climb(&self, alarm: &mut Alarm, policy: &Policy, call: &mut Call) {
        let mut ladder = alarm.ladders.remove(&policy.name);
        // Each turn goes one step up, and failures end at the last one: it ends.
        while let Some(next) = self.next(alarm, policy, ladder.as_ref()) {
            let step = policy.steps.get(next.step).map(Vec::as_slice).unwrap_or_default();
            for channel in step {
                self.tell(alarm, channel, next.round, call);
            }
            ladder = Some(next);
        }
        let Some(mut ladder) = ladder else { return };
        if !ladder.resorted && self.has_failed(alarm, &policy.steps.concat()) && ladder.step + 1 >= policy.steps.len() {
            ladder.resorted = true;
            for channel in self.channels.difference(&alarm.told.keys().cloned().collect()) {
                self.tell(alarm, channel, 0, call);
            }
        }
        alarm.ladders.insert(policy.name.clone(), ladder);
    }

    /// The step that is due now, where one is.
    fn next(&self, alarm: &Alarm, policy: &Policy, ladder: Option<&Ladder>) -> Option<Ladder> {
        let Some(ladder) = ladder else { return Some(self.step(alarm, policy, 0, 0, false)) };
        let present = policy.steps.get(ladder.step).map(Vec::as_slice).unwrap_or_default();
        let is_last = ladder.step + 1 >= policy.steps.len();
        let is_due = match (ladder.next_at, self.clock) {
            // A clock that was set back must not hold an alarm back.
            (Some(at), Some(now)) => at <= now || at > now.plus(LONGEST.max(policy.after) * 2),
            (Some(_) | None, _) => false,
        };
        let has_failed = !is_last && self.has_failed(alarm, present);
        if !is_due && !has_failed {
            return None;
        }
        let (round, step) = if is_last { (ladder.round + 1, 0) } else { (ladder.round, ladder.step + 1) };
        if policy.repeat.is_some_and(|most| round > most) {
            return None;
        }
        Some(self.step(alarm, policy, round, step, ladder.resorted))
    }

    fn step(&self, alarm: &Alarm, policy: &Policy, round: u32, step: usize, resorted: bool) -> Ladder {
        let pause = if step + 1 < policy.steps.len() {
            policy.after
        } else {
            policy.after.saturating_mul(1 << round.min(16)).min(LONGEST.max(policy.after))
        };
        let next_at = match alarm.pace {
            Pace::UntilTaken => Some(self.now.plus(pause)),
            Pace::Once => None,
        };
        Ladder { round, step, at: self.now, next_at, resorted }
    }

    fn tell(&self, alarm: &mut Alarm, channel: &ChannelName, round: u32, call: &mut Call) {
        let is_alone = self.channels.len() == 1;
        let is_the_matter = alarm.except.as_ref() == Some(channel) && !is_alone;
        if is_the_matter || !self.channels.contains(channel) || call.first.contains(channel) {
            return;
        }
        if alarm.told.contains_key(channel) {
            if round > 0 && !call.again.contains_key(channel) {
                let number = alarm.reminded.entry(channel.clone()).or_default();
                *number = number.saturating_add(1);
                call.again.insert(channel.clone(), *number);
            }
            return;
        }
        alarm.told.insert(channel.clone(), self.now);
        call.first.insert(channel.clone());
    }

    /// Whether none of these can be counted on.
    fn has_failed(&self, alarm: &Alarm, step: &[ChannelName]) -> bool {
        let lost = |channel: &ChannelName| {
            let known = self.channels.contains(channel) && alarm.except.as_ref() != Some(channel);
            // A channel that took this very message is well, whatever it did before.
            let fails = alarm.failed.contains(channel) || self.weak.contains(channel);
            !known || (fails && !alarm.delivered.contains(channel))
        };
        step.iter().all(lost)
    }
}
