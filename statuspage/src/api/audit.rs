//! The audit log in our own API: every order that was given, and what became of it.
//!
//! It does not know how an order is carried out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::Timestamp;

use super::{
    parameters::Parameters,
    problem::Problem,
    schema::{ActorForm, Instant},
};
use crate::incident::{Actor, AuditEntry, AuditLog};

/// The most entries of one answer.
pub(crate) const MOST: usize = 1_000;
/// So many where nobody says how many.
pub(crate) const DEFAULT: usize = 100;

/// Orders, the newest first.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct AuditAnswer {
    pub(crate) entries: Vec<AuditEntryAnswer>,
}

/// An order.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct AuditEntryAnswer {
    /// Counts from 1.
    pub(crate) number: u64,
    #[schemars(with = "Instant")]
    pub(crate) at: Timestamp,
    #[schemars(with = "ActorForm")]
    pub(crate) actor: Actor,
    /// The order in one word: `open`, `say`, `publish` …
    pub(crate) what: String,
    /// The id of the incident or maintenance that it was about; null where there is none.
    pub(crate) subject: Option<String>,
    /// Why it was refused; null when it was carried out.
    pub(crate) refusal: Option<String>,
}

impl AuditAnswer {
    /// The newest of the log.
    pub(crate) fn newest(log: &AuditLog, limit: usize) -> Self {
        Self { entries: log.iter().rev().take(limit).map(|entry| entry.as_ref().into()).collect() }
    }
}

impl From<&AuditEntry> for AuditEntryAnswer {
    fn from(entry: &AuditEntry) -> Self {
        let AuditEntry { number, at, actor, what, subject, refusal } = entry.clone();
        Self { number, at, actor, what, subject, refusal }
    }
}

/// How many entries are asked for.
pub(crate) fn limit(query: Option<&str>) -> Result<usize, Problem> {
    let parameters = Parameters::of(query);
    let Some(text) = parameters.one("limit")? else { return Ok(DEFAULT) };
    let limit = text.parse::<usize>().ok().filter(|limit| (1..=MOST).contains(limit));
    limit.ok_or_else(|| Problem::parameter("limit", format!("`limit` is a number from 1 to {MOST}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_number_from_one_to_a_thousand() {
        let check = |query: &str, expected: Option<usize>| assert_eq!(limit(Some(query)).ok(), expected, "{query}");
        check("", Some(100));
        check("limit=1", Some(1));
        check("limit=1000", Some(1_000));
        check("limit=0", None);
        check("limit=1001", None);
        check("limit=-1", None);
        check("limit=ten", None);
        check("limit=1&limit=2", None);
    }
}
