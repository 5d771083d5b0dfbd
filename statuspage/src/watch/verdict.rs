//! Whether the monitor works, from what the hub saw. Pure.
//!
//! It does not know the targets: a service that is down is no reason to stop pinging.

use std::time::Duration;

use shared::{LocationName, Timestamp, report::is_covered};

use crate::{location::Coverage, snapshot::StoreState};

/// A hub that has not said anything for that long is stuck.
const HUB: Duration = Duration::from_secs(90);
/// A shorter silence than that is only a busy machine's, however often a probe runs.
const SILENCE: Duration = Duration::from_secs(10);
/// How long the store may be behind.
const STORE: Duration = Duration::from_secs(120);
/// How long a message may wait.
const OUTBOX: Duration = Duration::from_secs(300);
/// A relay must have been proven to take letters within that time.
const MAIL: Duration = Duration::from_secs(86_400);
/// How far the clock may be from another one, in seconds.
const CLOCK: i64 = 60;
/// How long a definition file may be wrong.
const QUARANTINE: Duration = Duration::from_secs(600);

/// What the hub saw; handed in at least every half minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchInput {
    /// When the hub said this.
    pub at: Timestamp,
    /// Probes that were due over the last two intervals of each, at all locations.
    pub probes_expected: u64,
    /// Those of them that ran; our own fault counts as not run.
    pub probes_executed: u64,
    /// The first place that must report and at which too few of them ran: one place that runs hides no other that does not.
    pub uncovered: Option<(LocationName, Coverage)>,
    /// When the last result came.
    pub last_result_at: Option<Timestamp>,
    /// The longest time between two results that is normal: the shortest interval of all probes and its time-out.
    pub longest_silence: Duration,
    /// How the store does, and since when it is not synced.
    pub store: StoreState,
    /// When the store stopped being synced.
    pub store_since: Option<Timestamp>,
    /// Since when the disk has had less room than its reserve.
    pub low_space_since: Option<Timestamp>,
    /// Since when the oldest message that could have been delivered waits.
    pub oldest_message: Option<Timestamp>,
    /// Since when letters to subscribers do not leave.
    pub mail_failing_since: Option<Timestamp>,
    /// When a relay was last proven to take letters to subscribers, or since when that is expected; absent where none are sent.
    pub mail_proven_at: Option<Timestamp>,
    /// Since when canaries are not found to be what they are.
    pub detection_broken_since: Option<Timestamp>,
    /// Since when the process stays up although restarts did not help.
    pub restarting_since: Option<Timestamp>,
    /// By how much the clock of whoever is pinged is ahead of ours.
    pub clock_offset_seconds: Option<i64>,
    /// Since when less than a twentieth of the disk is free.
    pub disk_critical_since: Option<Timestamp>,
    /// Definition files that cannot be used.
    pub quarantined: usize,
    /// Since when there are any.
    pub quarantined_since: Option<Timestamp>,
}

/// Why the sign of life is withheld.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The hub's loop does not turn.
    #[error("the hub has said nothing since {0}")]
    HubSilent(Timestamp),
    /// No definitions, so nothing is watched.
    #[error("no probe is defined: nothing is watched")]
    NothingWatched,
    /// Probes are not running.
    #[error("only {executed} of {expected} probes ran")]
    ProbesMissed {
        /// Those that ran.
        executed: u64,
        /// Those that were due.
        expected: u64,
    },
    /// Probes are not running at one place.
    #[error("only {executed} of {expected} probes ran at {location}")]
    PlaceMissed {
        /// Where.
        location: LocationName,
        /// Those that ran there.
        executed: u64,
        /// Those that were due there.
        expected: u64,
    },
    /// Probes are said to run, and nothing comes of it.
    #[error("no probe result since {0}")]
    NoResults(Timestamp),
    /// No result has come since the start.
    #[error("no probe result has come yet")]
    NoResultYet,
    /// Results are not stored.
    #[error("there is no usable database: results are only in memory")]
    StoreAbsent,
    /// Results are stored late.
    #[error("the store is behind since {0}")]
    StoreBehind(Timestamp),
    /// The disk fills; nothing is lost yet.
    #[error("the disk has had less room than its reserve since {0}: make room before writing fails")]
    LowSpace(Timestamp),
    /// A message does not leave.
    #[error("a message has been waiting since {0}: its channel does not take it")]
    MessageStuck(Timestamp),
    /// Hardly anything of the disk is left.
    #[error("less than 5 % of the disk have been free since {0}")]
    DiskCritical(Timestamp),
    /// What is called good may not be.
    #[error("detection is broken since {0}: a canary was not found to be what it is")]
    DetectionBroken(Timestamp),
    /// A part is missing.
    #[error("the monitor was restarted again and again and stays up since {0}, perhaps without a part")]
    Restarting(Timestamp),
    /// What is said of times is wrong.
    #[error("the clock is {0} s from yours")]
    ClockOff(i64),
    /// Letters do not leave.
    #[error("no relay has taken letters to subscribers since {0}")]
    MailFailing(Timestamp),
    /// Nobody knows whether letters would leave.
    #[error("nothing has proven since {0} that a relay takes letters to subscribers")]
    MailUnproven(Timestamp),
    /// Definitions are wrong, and nobody mends them.
    #[error("{files} definition files cannot be used since {since}")]
    Quarantined {
        /// How many.
        files: usize,
        /// Since when.
        since: Timestamp,
    },
}

/// Whether the monitor works; the gravest reason when it does not.
///
/// # Errors
///
/// The reason is the error: it is what the watcher is told.
pub fn verdict(input: &WatchInput, now: Timestamp) -> Result<(), Reason> {
    let older = |at: Option<Timestamp>, limit: Duration| at.filter(|at| now.since(*at) > limit);
    if now.since(input.at) > HUB {
        return Err(Reason::HubSilent(input.at));
    }
    let (executed, expected) = (input.probes_executed, input.probes_expected);
    if expected == 0 {
        return Err(Reason::NothingWatched);
    }
    if let Some(since) = input.detection_broken_since {
        return Err(Reason::DetectionBroken(since));
    }
    if let Some(since) = input.restarting_since {
        return Err(Reason::Restarting(since));
    }
    let last = input.last_result_at.ok_or(Reason::NoResultYet)?;
    // Seen from when the hub spoke: what came after that is not known here, and is no silence.
    if input.at.since(last) > input.longest_silence.saturating_mul(2).max(SILENCE) {
        return Err(Reason::NoResults(last));
    }
    if !is_covered(executed, expected) {
        return Err(Reason::ProbesMissed { executed, expected });
    }
    if let Some((location, Coverage { expected, executed })) = input.uncovered.clone() {
        return Err(Reason::PlaceMissed { location, executed, expected });
    }
    match input.store {
        StoreState::Absent => return Err(Reason::StoreAbsent),
        StoreState::Behind => {
            if let Some(since) = older(input.store_since, STORE) {
                return Err(Reason::StoreBehind(since));
            }
        }
        StoreState::Synced => {}
    }
    if let Some(since) = input.low_space_since {
        return Err(Reason::LowSpace(since));
    }
    if let Some(since) = input.disk_critical_since {
        return Err(Reason::DiskCritical(since));
    }
    if let Some(since) = older(input.oldest_message, OUTBOX) {
        return Err(Reason::MessageStuck(since));
    }
    // Letters have waited for five minutes before it is a fault.
    if let Some(since) = input.mail_failing_since {
        return Err(Reason::MailFailing(since));
    }
    if let Some(at) = older(input.mail_proven_at, MAIL) {
        return Err(Reason::MailUnproven(at));
    }
    if let Some(offset) = input.clock_offset_seconds.filter(|offset| offset.saturating_abs() > CLOCK) {
        return Err(Reason::ClockOff(offset));
    }
    match older(input.quarantined_since, QUARANTINE) {
        Some(since) if input.quarantined > 0 => Err(Reason::Quarantined { files: input.quarantined, since }),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000 + second * 1_000)
    }

    fn healthy() -> WatchInput {
        WatchInput {
            at: at(0),
            probes_expected: 100,
            probes_executed: 100,
            uncovered: None,
            last_result_at: Some(at(0)),
            longest_silence: Duration::from_secs(40),
            store: StoreState::Synced,
            store_since: None,
            low_space_since: None,
            oldest_message: None,
            mail_failing_since: None,
            mail_proven_at: Some(at(0)),
            detection_broken_since: None,
            restarting_since: None,
            clock_offset_seconds: None,
            disk_critical_since: None,
            quarantined: 0,
            quarantined_since: None,
        }
    }

    #[test]
    fn a_sign_of_life_needs_fresh_proof_of_everything() {
        let check = |change: &dyn Fn(&mut WatchInput), now: i64, expected: Result<(), Reason>| {
            let mut input = healthy();
            change(&mut input);
            assert_eq!(verdict(&input, at(now)), expected);
        };
        check(&|_| {}, 30, Ok(()));
        check(&|_| {}, 91, Err(Reason::HubSilent(at(0))));
        check(&|input| input.probes_expected = 0, 0, Err(Reason::NothingWatched));
        check(&|input| input.last_result_at = None, 0, Err(Reason::NoResultYet));
        check(&|input| input.last_result_at = Some(at(-81)), 0, Err(Reason::NoResults(at(-81))));
        check(&|input| input.last_result_at = Some(at(-70)), 11, Ok(()));
        let often = |last: i64| {
            move |input: &mut WatchInput| {
                (input.longest_silence, input.last_result_at) = (Duration::from_millis(500), Some(at(last)));
            }
        };
        check(&often(-10), 0, Ok(()));
        check(&often(-11), 0, Err(Reason::NoResults(at(-11))));
        check(&|input| input.probes_executed = 95, 0, Ok(()));
        check(&|input| input.probes_executed = 94, 0, Err(Reason::ProbesMissed { executed: 94, expected: 100 }));
        let lyon = || "lyon".parse::<LocationName>().expect("a name");
        let uncovered =
            |input: &mut WatchInput| input.uncovered = Some((lyon(), Coverage { expected: 100, executed: 94 }));
        check(&uncovered, 0, Err(Reason::PlaceMissed { location: lyon(), executed: 94, expected: 100 }));
        check(&|input| input.store = StoreState::Absent, 0, Err(Reason::StoreAbsent));
        let behind = |since: i64| {
            move |input: &mut WatchInput| {
                (input.store, input.store_since) = (StoreState::Behind, Some(at(since)));
            }
        };
        check(&behind(-100), 0, Ok(()));
        check(&behind(-121), 0, Err(Reason::StoreBehind(at(-121))));
        check(&|input| input.low_space_since = Some(at(0)), 0, Err(Reason::LowSpace(at(0))));
        check(&|input| input.oldest_message = Some(at(-301)), 0, Err(Reason::MessageStuck(at(-301))));
        let broken = |input: &mut WatchInput| input.detection_broken_since = Some(at(0));
        check(&broken, 0, Err(Reason::DetectionBroken(at(0))));
        check(&|input| input.restarting_since = Some(at(0)), 0, Err(Reason::Restarting(at(0))));
        check(&|input| input.disk_critical_since = Some(at(0)), 0, Err(Reason::DiskCritical(at(0))));
        check(&|input| input.mail_failing_since = Some(at(0)), 0, Err(Reason::MailFailing(at(0))));
        check(&|input| input.mail_proven_at = None, 0, Ok(()));
        check(&|input| input.mail_proven_at = Some(at(-86_400)), 0, Ok(()));
        check(&|input| input.mail_proven_at = Some(at(-86_401)), 0, Err(Reason::MailUnproven(at(-86_401))));
        check(&|input| input.clock_offset_seconds = Some(-60), 0, Ok(()));
        check(&|input| input.clock_offset_seconds = Some(-61), 0, Err(Reason::ClockOff(-61)));
        let quarantined = |since: i64| {
            move |input: &mut WatchInput| {
                (input.quarantined, input.quarantined_since) = (2, Some(at(since)));
            }
        };
        check(&quarantined(-599), 0, Ok(()));
        check(&quarantined(-601), 0, Err(Reason::Quarantined { files: 2, since: at(-601) }));
    }
}
