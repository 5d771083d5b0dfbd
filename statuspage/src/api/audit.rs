//! The audit log in our own API: every order that was given, and what became of it.
//!
//! It does not know how an order is carried out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::Timestamp;

use super::schema::{ActorForm, Instant};
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
