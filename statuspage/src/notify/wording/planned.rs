//! What a message about a maintenance says.
//!
//! It does not know who hears it.

use shared::{Language, Timestamp};

use super::Voice;
use crate::{maintenance::Word, notify::Planned};

impl Voice {
    /// The first word of the message, the same in both languages, and its text.
    pub(super) fn planned(&self, planned: &Planned, now: Timestamp) -> (&'static str, String) {
        let (from, until) = (self.clock(planned.starts_at, now), self.clock(planned.ends_at, now));
        let text = match (planned.word, self.language) {
            (Word::Announced, Language::En) => format!("planned from {from} to {until}"),
            (Word::Announced, Language::Fr) => format!("prévue de {from} à {until}"),
            (Word::Moved, Language::En) => format!("now planned from {from} to {until}"),
            (Word::Moved, Language::Fr) => format!("désormais prévue de {from} à {until}"),
            (Word::Begins, Language::En) => format!("begins, until {until}"),
            (Word::Begins, Language::Fr) => format!("commence, jusqu’à {until}"),
            (Word::Ends, Language::En) => format!("is over since {until}"),
            (Word::Ends, Language::Fr) => format!("terminée depuis {until}"),
            (Word::Cancelled, Language::En) => format!("cancelled, was planned for {from}"),
            (Word::Cancelled, Language::Fr) => format!("annulée, était prévue pour {from}"),
        };
        ("MAINTENANCE", text)
    }

    /// Whom it concerns.
    pub(super) fn concerned(&self, planned: &Planned) -> String {
        let names = planned.concerns.join(", ");
        match (self.language, names.is_empty()) {
            (Language::En, true) => "Concerns everything.".to_owned(),
            (Language::Fr, true) => "Concerne tout.".to_owned(),
            (Language::En, false) => format!("Concerns {names}."),
            (Language::Fr, false) => format!("Concerne {names}."),
        }
    }
}
