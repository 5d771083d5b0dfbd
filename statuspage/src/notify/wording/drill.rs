//! What a drill says: plainly that it is none, the week's figures, and that an answer is expected.
//!
//! It does not know channels.

use shared::Language;

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
        let Drill { services, locations, incidents, .. } = *drill;
        let count = |count: u64| grouped(count, self.language);
        let (checks, expected) = (count(drill.checks), count(drill.expected));
        let verified = drill.verified_at.map(|at| self.clock(at, drill.at));
        let text = match self.language {
            Language::En => {
                let verified = verified.map_or("data never verified".to_owned(), |at| format!("data verified {at}"));
                let (s, l) = (if services == 1 { "service" } else { "services" }, plural(locations, "location"));
                let i = plural(incidents, "incident");
                format!(
                    "{services} {s}, {locations} {l}, {checks} of {expected} checks done, {incidents} {i}, {verified}"
                )
            }
            Language::Fr => {
                let verified = verified
                    .map_or("données jamais vérifiées".to_owned(), |at| format!("données vérifiées le {at}"));
                let (s, l) = (plural(services, "service"), plural(locations, "lieu"));
                let i = plural(incidents, "incident");
                let l = if l == "lieus" { "lieux".to_owned() } else { l };
                format!(
                    "{services} {s}, {locations} {l}, {checks} mesures faites sur {expected}, {incidents} {i}, {verified}"
                )
            }
        };
        (word, text)
    }
}

fn plural(count: u32, noun: &str) -> String {
    if count == 1 { noun.to_owned() } else { format!("{noun}s") }
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
