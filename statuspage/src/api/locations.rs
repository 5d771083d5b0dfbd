//! Locations in our own API: what operators see of them and order.
//!
//! It does not know how the book is kept, nor what locations report.

use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::{LocationName, Timestamp, report::Heartbeat};

use super::{problem::Problem, schema::Instant};
use crate::location::{Counts, LocationView, Refused, Standing};

/// Every location that was added, and how each does.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct LocationsAnswer {
    pub(crate) locations: Vec<LocationAnswer>,
}

/// Whether a location may report and does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StandingForm {
    /// It was added and has not introduced itself yet.
    Awaited,
    /// It reports.
    Reports,
    /// It has not been heard for a minute.
    Silent,
    /// Nothing that it says counts any more.
    Revoked,
}

impl From<Standing> for StandingForm {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Awaited => Self::Awaited,
            Standing::Reports => Self::Reports,
            Standing::Silent => Self::Silent,
            Standing::Revoked => Self::Revoked,
        }
    }
}

impl StandingForm {
    /// The word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Awaited => Standing::Awaited.word(),
            Self::Reports => Standing::Reports.word(),
            Self::Silent => Standing::Silent.word(),
            Self::Revoked => Standing::Revoked.word(),
        }
    }
}

/// One location.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct LocationAnswer {
    pub(crate) name: String,
    pub(crate) standing: StandingForm,
    #[schemars(with = "Instant")]
    pub(crate) added_at: Timestamp,
    /// Its keys, by the first digits of their hashes; two while it changes from one to the other.
    pub(crate) keys: Vec<String>,
    /// Until when a code waits for it.
    #[schemars(with = "Option<Instant>")]
    pub(crate) code_until: Option<Timestamp>,
    #[schemars(with = "Option<Instant>")]
    pub(crate) heard_at: Option<Timestamp>,
    pub(crate) version: Option<String>,
    pub(crate) has_other_version: bool,
    /// Since when it runs other definitions than the hub.
    #[schemars(with = "Option<Instant>")]
    pub(crate) drifts_since: Option<Timestamp>,
    /// How far the hub's clock is ahead of its own, in seconds.
    pub(crate) clock_offset: Option<f64>,
    /// Probes that should have given a result there and have not.
    pub(crate) overdue: Option<u64>,
    /// Probes that were due there over two intervals of each, by the hub's own definitions.
    #[serde(default)]
    pub(crate) probes_expected: Option<u64>,
    /// Those of them that ran.
    #[serde(default)]
    pub(crate) probes_executed: Option<u64>,
    /// Results that it keeps and that the hub has not acknowledged.
    pub(crate) journal_depth: Option<u64>,
    /// When the oldest of them was observed.
    #[schemars(with = "Option<Instant>")]
    pub(crate) journal_oldest: Option<Timestamp>,
    /// In bytes.
    pub(crate) free_disk: Option<u64>,
    /// Results that are lacking and may still come.
    pub(crate) gaps: u64,
    pub(crate) counts: CountsAnswer,
}

/// What is counted of a location since it was added.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
pub(crate) struct CountsAnswer {
    /// Results that were taken.
    pub(crate) taken: u64,
    /// Results that came once more.
    pub(crate) duplicates: u64,
    /// Results that will never come.
    pub(crate) lost: u64,
    /// Results of probes that the hub does not define.
    pub(crate) unknown: u64,
    /// Reports in its name that were not let in.
    pub(crate) rejected: u64,
    /// How often its disk was found to be set back to an earlier state.
    #[serde(default)]
    pub(crate) set_back: u64,
    /// Reports of numbers that were given to other results: it runs twice, or its disk was set back.
    #[serde(default)]
    pub(crate) copied: u64,
}

impl LocationAnswer {
    /// A location as the snapshot has it.
    pub(crate) fn of(name: &LocationName, view: &LocationView) -> Self {
        let heartbeat = view.heartbeat.as_ref();
        let Counts { taken, duplicates, lost, unknown, rejected, set_back, copied } = view.counts;
        let journal = |read: fn(&Heartbeat) -> u64| heartbeat.map(read);
        Self {
            name: name.to_string(),
            standing: view.standing.into(),
            added_at: view.added_at,
            keys: view.keys.clone(),
            code_until: view.code_until,
            heard_at: view.heard_at,
            version: heartbeat.map(|heartbeat| heartbeat.version.clone()),
            has_other_version: view.has_other_version,
            drifts_since: view.drifts_since,
            clock_offset: view.ahead_ms.map(|millis| millis as f64 / 1e3),
            overdue: journal(|heartbeat| heartbeat.overdue),
            probes_expected: view.coverage.map(|coverage| coverage.expected),
            probes_executed: view.coverage.map(|coverage| coverage.executed),
            journal_depth: journal(|heartbeat| heartbeat.journal.depth),
            journal_oldest: heartbeat.and_then(|heartbeat| heartbeat.journal.oldest),
            free_disk: heartbeat.and_then(|heartbeat| heartbeat.free_disk),
            gaps: view.gaps,
            counts: CountsAnswer { taken, duplicates, lost, unknown, rejected, set_back, copied },
        }
    }
}

/// A new location.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddLocationOrder {
    /// Its name: lower-case letters, digits, `-` and `_`.
    pub(crate) name: String,
}

/// The code that a location introduces itself with; it is shown this once.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub(crate) struct CodeAnswer {
    pub(crate) name: String,
    pub(crate) code: String,
    /// Until when it can be used, once.
    #[schemars(with = "Option<Instant>")]
    pub(crate) valid_until: Option<Timestamp>,
}

/// Why an order was not carried out.
pub(crate) fn refused(refused: &Refused) -> Problem {
    let status = match refused {
        Refused::Taken(_) | Refused::Own(_) | Refused::Revoked(_) => StatusCode::CONFLICT,
        Refused::Unknown(_) => StatusCode::NOT_FOUND,
        Refused::Behind | Refused::NoRandomness => StatusCode::SERVICE_UNAVAILABLE,
    };
    Problem::new(status, refused.to_string())
}
