//! Health of one probe at one location: rise and fall counts, as HAProxy keeps them.
//!
//! It does not know the time: whether the last result is fresh is judged elsewhere.

use serde::{Deserialize, Serialize};

use crate::Verdict;

/// What is believed of a probe at a location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// It works.
    Up,
    /// It failed, fewer times in a row than `fall` asks for; what was public before stays.
    Suspect,
    /// It failed `fall` times in a row and has not worked `rise` times in a row since.
    Down,
    /// Nothing is known: no result yet, or the last one was our own fault.
    Unknown,
}

/// How many results in a row change the mind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Failures in a row until it is down.
    pub fall: u32,
    /// Successes in a row until it is up again.
    pub rise: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { fall: 3, rise: 2 }
    }
}

/// What has been settled, before the results that are still being confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
enum Settled {
    #[default]
    Nothing,
    Up,
    Down,
}

/// The counters of one probe at one location. The default has seen nothing.
///
/// A warning counts as a success for up and down; warnings have a hysteresis of their own by the same thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Hysteresis {
    settled: Settled,
    failures: u32,
    successes: u32,
    warned: bool,
    warnings: u32,
    passes: u32,
    /// The last result was our own fault: nothing is known now, and what was settled is remembered.
    blind: bool,
}

impl Hysteresis {
    /// Counts one result.
    pub fn observe(&mut self, verdict: Verdict, thresholds: Thresholds) {
        self.blind = verdict == Verdict::Unknown;
        match verdict {
            Verdict::Unknown => {}
            Verdict::Fail => self.fail(thresholds),
            Verdict::Warn => {
                self.succeed(thresholds);
                self.passes = 0;
                self.warnings = self.warnings.saturating_add(1);
                self.warned |= self.warnings >= thresholds.fall;
            }
            Verdict::Pass => {
                self.succeed(thresholds);
                self.warnings = 0;
                self.passes = self.passes.saturating_add(1);
                self.warned &= self.passes < thresholds.rise;
            }
        }
    }

    fn fail(&mut self, thresholds: Thresholds) {
        self.successes = 0;
        self.failures = self.failures.saturating_add(1);
        if self.failures >= thresholds.fall {
            self.settled = Settled::Down;
        }
    }

    fn succeed(&mut self, thresholds: Thresholds) {
        self.failures = 0;
        self.successes = self.successes.saturating_add(1);
        match self.settled {
            // The very first result may be believed: there is no contrary one to confirm it against.
            Settled::Nothing => self.settled = Settled::Up,
            Settled::Down if self.successes >= thresholds.rise => self.settled = Settled::Up,
            Settled::Down | Settled::Up => {}
        }
    }

    /// What is believed now.
    pub fn health(&self) -> Health {
        match (self.blind, self.settled) {
            (true, _) => Health::Unknown,
            (false, Settled::Down) => Health::Down,
            (false, Settled::Up | Settled::Nothing) if self.failures > 0 => Health::Suspect,
            (false, Settled::Up) => Health::Up,
            (false, Settled::Nothing) => Health::Unknown,
        }
    }

    /// What readers are told, which a suspicion does not change.
    pub fn settled(&self) -> Health {
        match (self.blind, self.settled) {
            (true, _) | (false, Settled::Nothing) => Health::Unknown,
            (false, Settled::Up) => Health::Up,
            (false, Settled::Down) => Health::Down,
        }
    }

    /// Up, with warnings that were confirmed.
    pub fn warned(&self) -> bool {
        self.warned
    }

    /// The next result would confirm or refute this one: worth asking again at once.
    pub fn unsettled(&self, thresholds: Thresholds) -> bool {
        let falling = self.settled != Settled::Down && self.failures > 0;
        let rising = self.settled == Settled::Down && self.successes > 0;
        let warning = !self.warned && self.warnings > 0 && thresholds.fall > self.warnings;
        let clearing = self.warned && self.passes > 0;
        self.blind || falling || rising || warning || clearing
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use Verdict::{Fail, Pass, Unknown, Warn};

    fn after(verdicts: &[Verdict]) -> Hysteresis {
        let mut hysteresis = Hysteresis::default();
        verdicts.iter().for_each(|&verdict| hysteresis.observe(verdict, Thresholds::default()));
        hysteresis
    }

    #[test]
    fn it_falls_after_three_and_rises_after_two() {
        let check = |verdicts: &[Verdict], health: Health, settled: Health| {
            let hysteresis = after(verdicts);
            assert_eq!((hysteresis.health(), hysteresis.settled()), (health, settled), "{verdicts:?}");
        };
        check(&[], Health::Unknown, Health::Unknown);
        check(&[Pass], Health::Up, Health::Up);
        check(&[Fail], Health::Suspect, Health::Unknown);
        check(&[Pass, Fail, Fail], Health::Suspect, Health::Up);
        check(&[Pass, Fail, Fail, Fail], Health::Down, Health::Down);
        check(&[Pass, Fail, Fail, Pass, Fail], Health::Suspect, Health::Up);
        check(&[Fail, Fail, Fail, Pass], Health::Down, Health::Down);
        check(&[Fail, Fail, Fail, Pass, Fail, Pass], Health::Down, Health::Down);
        check(&[Fail, Fail, Fail, Warn, Pass], Health::Up, Health::Up);
    }

    #[test]
    fn our_own_fault_says_nothing_and_forgets_nothing() {
        assert_eq!(after(&[Pass, Unknown]).settled(), Health::Unknown);
        assert_eq!(after(&[Pass, Unknown, Pass]).settled(), Health::Up);
        assert_eq!(after(&[Fail, Fail, Unknown, Fail]).settled(), Health::Down);
        assert_eq!(after(&[Fail, Fail, Fail, Unknown, Pass]).settled(), Health::Down);
    }

    #[test]
    fn one_slow_answer_is_not_yet_a_degraded_service() {
        assert!(!after(&[Pass, Warn, Warn]).warned());
        assert!(after(&[Pass, Warn, Warn, Warn]).warned());
        assert!(after(&[Warn, Warn, Warn, Pass]).warned());
        assert!(!after(&[Warn, Warn, Warn, Pass, Pass]).warned());
    }

    #[test]
    fn what_may_change_the_mind_is_asked_again_at_once() {
        let unsettled = |verdicts: &[Verdict]| after(verdicts).unsettled(Thresholds::default());
        assert!(!unsettled(&[Pass]));
        assert!(unsettled(&[Pass, Fail]));
        assert!(unsettled(&[Pass, Warn]));
        assert!(!unsettled(&[Fail, Fail, Fail]));
        assert!(unsettled(&[Fail, Fail, Fail, Pass]));
        assert!(!unsettled(&[Warn, Warn, Warn, Warn]));
    }

    proptest! {
        #[test]
        fn it_is_never_down_without_a_run_of_failures(picks in prop::collection::vec(0..4_usize, 0..60)) {
            let verdicts: Vec<_> = picks.into_iter().map(|i| Verdict::ALL[i]).collect();
            let run = verdicts.iter().filter(|v| **v != Unknown).fold((0, 0), |(run, longest): (u32, u32), verdict| {
                let run = if *verdict == Fail { run + 1 } else { 0 };
                (run, longest.max(run))
            });
            if after(&verdicts).settled() == Health::Down {
                prop_assert!(run.1 >= 3);
            }
        }
    }
}
