//! What an outpost says of its hub that is silent.
//!
//! It does not know how that was found out.

use shared::{Language, Timestamp};

use super::Voice;
use crate::notify::HubTrouble;

impl Voice {
    /// A date and a time of day in the site's zone.
    fn instant(&self, at: Timestamp) -> String {
        let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
        at.to_zoned(self.time_zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }
}

/// That it is over, and what it was: in English, in French.
pub(super) const LASTING: [&str; 4] = [
    "the hub is heard again, and tells again instead of this place",
    "the hub was silent",
    "le moniteur principal répond de nouveau, et alerte de nouveau à la place de ce poste",
    "le moniteur principal est resté muet",
];

/// That it is silent, what came instead, and what follows from it.
pub(super) fn silent(voice: &Voice, hub: &str, since: Timestamp, trouble: &HubTrouble, language: Language) -> String {
    let since = voice.instant(since);
    match (language, trouble) {
        (Language::En, HubTrouble::Lost { detail }) => format!(
            "the hub {hub} has not been heard of since {since} ({detail}); until it is, this place tells by itself what it measures"
        ),
        (Language::En, HubTrouble::Stopped { at }) => format!(
            "the hub {hub} has said nothing new since {since}: its page answers and stands still at {}; until it goes on, this place tells \
             by itself what it measures",
            voice.instant(*at)
        ),
        (Language::Fr, HubTrouble::Lost { detail }) => format!(
            "le moniteur principal {hub} est muet depuis {since} ({detail})\u{a0}; jusqu'à son retour, ce poste alerte lui-même de ce \
             qu'il mesure"
        ),
        (Language::Fr, HubTrouble::Stopped { at }) => format!(
            "le moniteur principal {hub} ne dit plus rien de nouveau depuis {since}\u{a0}: sa page répond et en reste à {}\u{a0}; jusqu'à \
             son retour, ce poste alerte lui-même de ce qu'il mesure",
            voice.instant(*at)
        ),
    }
}
