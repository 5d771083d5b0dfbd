//! What a drill says: plainly that it is none, the week's figures, and that an answer is expected.
//!
//! It does not know channels.

use shared::{Language, Timestamp};

use super::Voice;
use crate::notify::{Drill, Occasion};

impl Voice {
    /// The first words of the message, and its text.
    pub(super) fn drill(&self, drill: &Drill) -> (String, String) {
        let word = match (drill.occasion, self.language) {
            (Occasion::Due, Language::En) => format!("[DRILL] week {}", drill.week),
            (Occasion::Due, Language::Fr) => format!("[EXERCICE] semaine {}", drill.week),
            (Occasion::Test, Language::En) => "[TEST] this is no alarm".to_owned(),
            (Occasion::Test, Language::Fr) => "[TEST] ceci n'est pas une alerte".to_owned(),
        };
        let parts = match self.language {
            Language::En => self.figures_en(drill),
            Language::Fr => self.figures_fr(drill),
        };
        let text = parts.join(", ");
        (word, text)
    }

    fn figures_en(&self, drill: &Drill) -> Vec<String> {
        let (counted, at) = (|count, noun| counted(count, noun, Language::En), |on| self.when(on, drill.at));
        let (checks, expected) = (grouped(drill.checks, Language::En), grouped(drill.expected, Language::En));
        let mut parts = vec![
            counted(drill.services.into(), ["service", "services"]),
            counted(drill.locations.into(), ["location", "locations"]),
            format!("{checks} of {expected} checks done"),
            counted(drill.incidents.into(), ["incident", "incidents"]),
        ];
        parts.extend(drill.came_back.map(|mails| counted(mails, ["mail came back", "mails came back"])));
        parts.push(drill.backup_at.map_or("no backup".to_owned(), |made| format!("last backup verified {}", at(made))));
        parts
            .push(drill.verified_at.map_or("data never verified".to_owned(), |on| format!("data verified {}", at(on))));
        parts
    }

    /// `at 03:30` of the same day, or the day with it.
    fn when(&self, on: Timestamp, now: Timestamp) -> String {
        let clock = self.clock(on, now);
        match (self.language, clock.contains(' ')) {
            (Language::En, true) => clock,
            (Language::En, false) => format!("at {clock}"),
            (Language::Fr, true) => format!("le {clock}"),
            (Language::Fr, false) => format!("à {clock}"),
        }
    }

    fn figures_fr(&self, drill: &Drill) -> Vec<String> {
        let (counted, at) = (|count, noun| counted(count, noun, Language::Fr), |on| self.when(on, drill.at));
        let (checks, expected) = (grouped(drill.checks, Language::Fr), grouped(drill.expected, Language::Fr));
        let (backup, data) = (drill.backup_at, drill.verified_at);
        let mut parts = vec![
            counted(drill.services.into(), ["service", "services"]),
            counted(drill.locations.into(), ["lieu", "lieux"]),
            format!("{checks} mesures faites sur {expected}"),
            counted(drill.incidents.into(), ["incident", "incidents"]),
        ];
        parts.extend(drill.came_back.map(|mails| counted(mails, ["courriel revenu", "courriels revenus"])));
        parts.push(
            backup.map_or("pas de sauvegarde".to_owned(), |on| format!("dernière sauvegarde vérifiée {}", at(on))),
        );
        parts.push(data.map_or("données jamais vérifiées".to_owned(), |on| format!("données vérifiées {}", at(on))));
        parts
    }
}

/// `1 service`, `42 services`, `0 incident` in French.
fn counted(count: u64, [one, many]: [&str; 2], language: Language) -> String {
    let single = match language {
        Language::En => count == 1,
        Language::Fr => count <= 1,
    };
    format!("{} {}", grouped(count, language), if single { one } else { many })
}

/// `2 540 148` or `2,540,148`.
fn grouped(count: u64, language: Language) -> String {
    let separator = match language {
        Language::En => ',',
        // A no-break space, so that a phone does not cut the number in two.
        Language::Fr => '\u{202f}',
    };
    let digits = count.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}
