//! What the monitor says of a location that has a fault.
//!
//! It does not know channels. Times that matter stand in the message's own frame; here are the facts beside them.

use shared::Language;

use crate::notify::{LocationTrouble, Voice};

pub(super) fn found_en(voice: &Voice, location: &str, trouble: &LocationTrouble) -> String {
    match trouble {
        LocationTrouble::Silent { .. } => {
            format!(
                "location {location} is silent: what it sees does not count until it is back, nothing that it keeps is lost"
            )
        }
        LocationTrouble::Clock { ahead_ms, .. } => {
            let (length, way) = (seconds(*ahead_ms), if *ahead_ms > 0 { "slow" } else { "fast" });
            format!("the clock of location {location} is {length} s {way}: its results are put right, mend its clock")
        }
        LocationTrouble::Blind { since } => format!(
            "location {location} sees nothing: none of its control targets answers; its results are no data since {}, mend its network",
            voice.clock(*since, *since)
        ),
        LocationTrouble::Drift => {
            format!("location {location} runs other definitions than the hub: bring its probes.d up to date")
        }
        LocationTrouble::Copied => format!(
            "location {location} gave numbers of results twice: it runs twice, or its disk was set back; nothing is lost, stop the copy or enrol it under another name"
        ),
        LocationTrouble::Forged => format!(
            "a report of location {location} was signed by a key that was replaced or revoked and was not let in: stop the prober that has it"
        ),
        LocationTrouble::Forgotten { results, .. } => {
            let results = if *results == 1 { "1 result".to_owned() } else { format!("{results} results") };
            format!(
                "{results} of location {location} that this hub had are missing, as after a backup: they are asked for again"
            )
        }
    }
}

pub(super) fn found_fr(voice: &Voice, location: &str, trouble: &LocationTrouble) -> String {
    match trouble {
        LocationTrouble::Silent { .. } => format!(
            "le lieu de mesure {location} est muet\u{a0}: ce qu'il voit ne compte plus jusqu'à son retour, rien de ce qu'il garde n'est perdu"
        ),
        LocationTrouble::Clock { ahead_ms, .. } => {
            let (length, way) = (seconds(*ahead_ms), if *ahead_ms > 0 { "retarde" } else { "avance" });
            format!(
                "l'horloge du lieu de mesure {location} {way} de {length} s\u{a0}: ses mesures sont corrigées, remettez-la à l'heure"
            )
        }
        LocationTrouble::Blind { since } => format!(
            "le point de mesure {location} ne voit rien\u{a0}: aucune de ses cibles de contrôle ne répond\u{a0}; ses résultats ne comptent pas depuis {}, rétablissez son réseau",
            voice.clock(*since, *since)
        ),
        LocationTrouble::Drift => {
            format!(
                "le lieu de mesure {location} n'a pas les mêmes définitions que ce serveur\u{a0}: mettez à jour son probes.d"
            )
        }
        LocationTrouble::Copied => format!(
            "le lieu de mesure {location} a donné deux fois les mêmes numéros\u{a0}: il tourne en double, ou son disque est revenu en arrière\u{a0}; rien n'est perdu, arrêtez la copie ou inscrivez-la sous un autre nom"
        ),
        LocationTrouble::Forged => format!(
            "un rapport du lieu de mesure {location} était signé d'une clé remplacée ou révoquée et n'a pas été accepté\u{a0}: arrêtez la sonde qui l'a"
        ),
        LocationTrouble::Forgotten { results, .. } => {
            let results = if *results <= 1 { format!("{results} mesure") } else { format!("{results} mesures") };
            format!(
                "{results} du lieu de mesure {location} que ce serveur avait reçues manquent, comme après une restauration\u{a0}: elles sont redemandées"
            )
        }
    }
}

/// That it is over, and what it was.
pub(super) fn lasting(location: &str, trouble: &LocationTrouble, language: Language) -> [String; 2] {
    match (language, trouble) {
        (Language::En, LocationTrouble::Silent { .. }) => {
            [format!("location {location} reports again"), format!("location {location} was silent")]
        }
        (Language::En, LocationTrouble::Clock { .. }) => [
            format!("the clock of location {location} is right again"),
            format!("the clock of location {location} was wrong"),
        ],
        (Language::En, LocationTrouble::Blind { .. }) => {
            [format!("location {location} sees again"), format!("location {location} saw nothing")]
        }
        (Language::En, LocationTrouble::Drift) => [
            format!("location {location} runs the hub's definitions again"),
            format!("location {location} ran other definitions"),
        ],
        (Language::Fr, LocationTrouble::Silent { .. }) => [
            format!("le lieu de mesure {location} répond de nouveau"),
            format!("le lieu de mesure {location} a été muet"),
        ],
        (Language::Fr, LocationTrouble::Clock { .. }) => [
            format!("l'horloge du lieu de mesure {location} est de nouveau à l'heure"),
            format!("l'horloge du lieu de mesure {location} a été fausse"),
        ],
        (Language::Fr, LocationTrouble::Blind { .. }) => [
            format!("le point de mesure {location} voit de nouveau"),
            format!("le point de mesure {location} n'a rien vu"),
        ],
        (Language::Fr, LocationTrouble::Drift) => [
            format!("le lieu de mesure {location} a de nouveau les définitions de ce serveur"),
            format!("le lieu de mesure {location} a eu d'autres définitions"),
        ],
        // These have no end.
        (Language::En, LocationTrouble::Copied | LocationTrouble::Forged | LocationTrouble::Forgotten { .. }) => {
            [format!("all is well at location {location}"), format!("location {location} had a fault")]
        }
        (Language::Fr, LocationTrouble::Copied | LocationTrouble::Forged | LocationTrouble::Forgotten { .. }) => [
            format!("tout va bien au lieu de mesure {location}"),
            format!("le lieu de mesure {location} a eu un défaut"),
        ],
    }
}

fn seconds(millis: i64) -> u64 {
    millis.unsigned_abs() / 1_000
}

#[cfg(test)]
mod tests {
    use shared::Timestamp;

    use super::*;

    #[test]
    fn each_trouble_names_the_location_and_a_way_out_in_both_languages() {
        let (voice, at) = (Voice::sample(), "2026-11-22T13:02:00Z".parse().expect("a time"));
        let silent = LocationTrouble::Silent { heard_at: Timestamp::from_millis(0) };
        let all = [
            (silent, "is silent", "est muet"),
            (LocationTrouble::Clock { ahead_ms: 600_400 }, "is 600 s slow", "retarde de 600 s"),
            (LocationTrouble::Clock { ahead_ms: -61_000 }, "is 61 s fast", "avance de 61 s"),
            (LocationTrouble::Blind { since: at }, "sees nothing", "ne voit rien"),
            (LocationTrouble::Blind { since: at }, "no data since 13:02", "depuis 13:02"),
            (LocationTrouble::Drift, "bring its probes.d up to date", "mettez à jour son probes.d"),
            (LocationTrouble::Copied, "stop the copy", "arrêtez la copie"),
            (LocationTrouble::Forged, "was not let in", "n'a pas été accepté"),
            (LocationTrouble::Forgotten { results: 1 }, "1 result of", "1 mesure du"),
            (LocationTrouble::Forgotten { results: 7 }, "7 results of", "7 mesures du"),
        ];
        for (trouble, english, french) in all {
            let (en, fr) = (found_en(&voice, "lyon", &trouble), found_fr(&voice, "lyon", &trouble));
            assert!(en.contains("lyon") && en.contains(english), "{en}");
            assert!(fr.contains("lyon") && fr.contains(french), "{fr}");
            for language in Language::ALL {
                assert!(lasting("lyon", &trouble, language).iter().all(|words| words.contains("lyon")), "{trouble:?}");
            }
        }
    }
}
