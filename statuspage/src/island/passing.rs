//! How much time has passed on a page, sleep included.
//!
//! It does not know what time it is: of the visitor's clock it believes no hour, only that it went on while the other one stood.

/// The wall's clock may run so much ahead of the steady one between two looks, in milliseconds; more is sleep.
const ASIDE: f64 = 2_000.0;

/// Two clocks of the browser, as they were at the last look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passing {
    steady: f64,
    /// So much the visitor's clock is ahead of the steady one.
    ahead: f64,
    asleep: f64,
}

impl Passing {
    /// From now on, by the clock that stands still in sleep and by the visitor's.
    pub(super) fn new(steady: f64, wall: f64) -> Self {
        Self { steady, ahead: wall - steady, asleep: 0.0 }
    }

    /// Looks at both clocks, in milliseconds.
    ///
    /// A laptop that slept for a night shows the page of the evening before; its steady clock may not have noticed. A visitor's clock
    /// that is set forward looks the same: then the page doubts what it shows until the next answer, which is the better mistake.
    #[must_use]
    pub(super) fn look(self, steady: f64, wall: f64) -> Self {
        let ahead = wall - steady;
        let jump = ahead - self.ahead;
        Self { steady, ahead, asleep: self.asleep + if jump > ASIDE { jump } else { 0.0 } }
    }

    /// Milliseconds since the steady clock began.
    pub(super) fn elapsed(self) -> f64 {
        self.steady + self.asleep
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_counts_and_a_clock_that_is_wrong_or_set_back_does_not() {
        let check = |looks: &[(f64, f64)], elapsed: f64| {
            let passing = looks
                .iter()
                .fold(Passing::new(0.0, 5e12), |passing, (steady, wall)| passing.look(*steady, 5e12 + wall));
            assert!((passing.elapsed() - elapsed).abs() < 0.5, "{looks:?}: {passing:?}");
        };
        check(&[(1_000.0, 1_000.0), (2_000.0, 2_050.0)], 2_000.0);
        check(&[(1_000.0, 1_000.0), (2_000.0, 28_800_000.0)], 28_800_000.0);
        check(&[(1_000.0, -86_400_000.0), (2_000.0, -86_399_000.0)], 2_000.0);
        check(&[(1_000.0, 61_000.0), (2_000.0, 122_000.0)], 122_000.0);
    }
}
