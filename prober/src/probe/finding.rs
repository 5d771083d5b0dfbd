//! What a probe finds: a verdict with its reason, and which of two findings counts.
//!
//! It does not know how findings come about.

use shared::{Failure, FailureKind, Verdict};

/// A verdict other than pass, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) verdict: Verdict,
    pub(crate) failure: Failure,
}

impl From<Failure> for Finding {
    /// With the verdict that the reason leads to.
    fn from(failure: Failure) -> Self {
        Self { verdict: failure.kind.verdict(), failure }
    }
}

impl Finding {
    /// The same as no more than a warning; our own faults stay unknown.
    pub(crate) fn mild(mut self) -> Self {
        if self.verdict == Verdict::Fail {
            self.verdict = Verdict::Warn;
        }
        self
    }

    /// The same with words put before its detail.
    pub(crate) fn about(mut self, whom: &str) -> Self {
        self.failure.detail = format!("{whom}: {}", self.failure.detail);
        self
    }
}

/// Our own fault, in words that hold nothing private.
pub(crate) fn ours(words: &str) -> Failure {
    Failure::new(FailureKind::ProberFault, words)
}
