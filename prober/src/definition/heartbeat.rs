//! `[probe.heartbeat]`: the token that opens it, and what the values that come with a sign of life may be.
//!
//! It does not know by which way a sign of life comes, nor when one is missed.

use std::collections::BTreeMap;

use shared::{Failure, FailureKind, Verdict};

use super::Secret;

/// `[probe.heartbeat]`.
#[derive(Debug, Clone, PartialEq)]
pub struct HeartbeatCheck {
    /// Whoever knows it can send the sign of life.
    pub token: Secret,
    /// What must come with it.
    pub values: BTreeMap<String, ValueLimits>,
}

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ValueLimits {
    /// Beyond them it fails.
    pub fail: Bounds,
    /// Beyond them it is a warning.
    pub warn: Bounds,
}

/// Limits that belong to what is allowed; an absent one allows everything.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bounds {
    /// The least.
    pub min: Option<f64>,
    /// The most.
    pub max: Option<f64>,
}

impl Bounds {
    /// Why `value` is beyond them, in words that may be public.
    fn objection(self, name: &str, value: f64) -> Option<String> {
        match self {
            Self { min: Some(min), .. } if value < min => Some(format!("{name} is {value}, at least {min} is wanted")),
            Self { max: Some(max), .. } if value > max => Some(format!("{name} is {value}, at most {max} is allowed")),
            Self { .. } => None,
        }
    }
}

impl HeartbeatCheck {
    /// What is wrong with the values that came; a failure before a warning. A value that is no number, or did not come, fails:
    /// nothing is known of it.
    pub fn objection(&self, values: &BTreeMap<String, f64>) -> Option<(Verdict, Failure)> {
        let judged = self.values.iter().filter_map(|(name, limits)| match values.get(name).filter(|v| v.is_finite()) {
            None => Some((Verdict::Fail, format!("{name} did not come"))),
            Some(value) => {
                let fails = limits.fail.objection(name, *value).map(|why| (Verdict::Fail, why));
                fails.or_else(|| limits.warn.objection(name, *value).map(|why| (Verdict::Warn, why)))
            }
        });
        let (verdict, why) = judged.min_by_key(|(verdict, _)| *verdict != Verdict::Fail)?;
        Some((verdict, Failure::new(FailureKind::HeartbeatValue, why)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_beyond_its_limits_fails_or_warns_and_one_that_does_not_come_fails() {
        let limits = ValueLimits {
            fail: Bounds { min: Some(10.0), max: None },
            warn: Bounds { min: Some(15.0), max: Some(90.0) },
        };
        let check = HeartbeatCheck {
            token: Secret::new("hunter2-hunter2-hunter2"),
            values: BTreeMap::from([("free_pct".to_owned(), limits)]),
        };
        let judge = |value: Option<f64>| {
            let values = value.map(|value| ("free_pct".to_owned(), value)).into_iter().collect();
            check.objection(&values).map(|(verdict, failure)| (verdict, failure.detail))
        };
        assert_eq!(judge(Some(15.0)), None);
        let said = |verdict, text: &str| Some((verdict, text.to_owned()));
        assert_eq!(judge(Some(12.0)), said(Verdict::Warn, "free_pct is 12, at least 15 is wanted"));
        assert_eq!(judge(Some(91.5)), said(Verdict::Warn, "free_pct is 91.5, at most 90 is allowed"));
        assert_eq!(judge(Some(9.9)), said(Verdict::Fail, "free_pct is 9.9, at least 10 is wanted"));
        assert_eq!(judge(None), said(Verdict::Fail, "free_pct did not come"));
        assert_eq!(judge(Some(f64::NAN)), said(Verdict::Fail, "free_pct did not come"));
    }
}
