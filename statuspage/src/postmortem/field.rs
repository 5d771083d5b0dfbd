//! The fields of a post-mortem, in the order in which collectives publish them.
//!
//! It does not know what they say.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::words::Words;

/// A field that measurements fill or a person writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// What readers noticed, in one sentence.
    ImpactSummary,
    /// Why, in one sentence.
    CauseSummary,
    /// What mended it, in one sentence.
    ResolutionSummary,
    /// Who saw it first.
    DetectedBy,
    /// From the first failure to its confirmation, and to the first human.
    Detection,
    /// From the first human to the cause.
    Investigation,
    /// From the first failure to a working service.
    Return,
    /// To the end, relapses included.
    Resolution,
    /// What happened when.
    Chronology,
    /// What users had of it.
    Users,
    /// What the machines had of it.
    Infrastructure,
    /// Why it happened.
    Cause,
    /// What was done.
    Mitigation,
    /// What went well.
    Well,
    /// What went badly.
    Badly,
    /// What could have been worse.
    Luck,
    /// What will be done.
    Actions,
    /// What the technical words mean.
    Glossary,
    /// Data and how to get it again.
    Annexes,
}

/// There is no such field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no field `{0}` in a post-mortem: the fields are {all}", all = Field::ALL.map(Field::word).join(", "))]
pub struct UnknownField(pub String);

impl Field {
    /// All of them, in the order of the document.
    pub const ALL: [Self; 19] = [
        Self::ImpactSummary,
        Self::CauseSummary,
        Self::ResolutionSummary,
        Self::DetectedBy,
        Self::Detection,
        Self::Investigation,
        Self::Return,
        Self::Resolution,
        Self::Chronology,
        Self::Users,
        Self::Infrastructure,
        Self::Cause,
        Self::Mitigation,
        Self::Well,
        Self::Badly,
        Self::Luck,
        Self::Actions,
        Self::Glossary,
        Self::Annexes,
    ];

    /// The word in orders and forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::ImpactSummary => "impact_summary",
            Self::CauseSummary => "cause_summary",
            Self::ResolutionSummary => "resolution_summary",
            Self::DetectedBy => "detected_by",
            Self::Detection => "detection",
            Self::Investigation => "investigation",
            Self::Return => "return",
            Self::Resolution => "resolution",
            Self::Chronology => "chronology",
            Self::Users => "users",
            Self::Infrastructure => "infrastructure",
            Self::Cause => "cause",
            Self::Mitigation => "mitigation",
            Self::Well => "well",
            Self::Badly => "badly",
            Self::Luck => "luck",
            Self::Actions => "actions",
            Self::Glossary => "glossary",
            Self::Annexes => "annexes",
        }
    }

    /// What readers see above or before it.
    pub fn heading(self, words: &Words) -> String {
        match self {
            Self::ImpactSummary => words.draft_impact_label(),
            Self::CauseSummary => words.draft_cause_label(),
            Self::ResolutionSummary => words.draft_resolution_label(),
            Self::DetectedBy => words.draft_detected_by(),
            Self::Detection => words.draft_detection(),
            Self::Investigation => words.draft_investigation(),
            Self::Return => words.draft_return(),
            Self::Resolution => words.draft_resolve(),
            Self::Chronology => words.draft_chronology(),
            Self::Users => words.draft_users(),
            Self::Infrastructure => words.draft_infrastructure(),
            Self::Cause => words.draft_cause(),
            Self::Mitigation => words.draft_mitigation(),
            Self::Well => words.draft_well(),
            Self::Badly => words.draft_badly(),
            Self::Luck => words.draft_luck(),
            Self::Actions => words.draft_actions(),
            Self::Glossary => words.draft_glossary(),
            Self::Annexes => words.draft_annexes(),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Field {
    type Err = UnknownField;

    fn from_str(text: &str) -> Result<Self, UnknownField> {
        Self::ALL.into_iter().find(|field| field.word() == text).ok_or_else(|| UnknownField(text.to_owned()))
    }
}
