//! The few sentences of the API that Statuspage has no words for.
//!
//! It does not know the pages' words; Statuspage's own descriptions are English everywhere, for clients compare them.

use jiff::tz::TimeZone;
use shared::{Language, Timestamp};

use super::document::MonitorState;

/// The description of the whole when something is not known.
pub(super) fn unknown(language: Language, state: MonitorState) -> &'static str {
    match (language, state) {
        (Language::En, MonitorState::Stale | MonitorState::Fresh) => {
            "Monitoring interrupted: the present state is not verified"
        }
        (Language::Fr, MonitorState::Stale | MonitorState::Fresh) => {
            "Surveillance interrompue : l’état actuel n’est pas vérifié"
        }
        (Language::En, MonitorState::Pending) => "First check under way",
        (Language::Fr, MonitorState::Pending) => "Première vérification en cours",
    }
}

/// The description of a component of which nothing is known.
pub(super) fn unverified(language: Language, last: Option<Timestamp>, now: Timestamp, zone: &TimeZone) -> String {
    match (language, last) {
        (Language::En, Some(last)) => format!("Not verified since {}", clock(language, last, now, zone)),
        (Language::Fr, Some(last)) => format!("Non vérifié depuis {}", clock(language, last, now, zone)),
        (Language::En | Language::Fr, None) => unknown(language, MonitorState::Pending).to_owned(),
    }
}

/// The name of the incident that says we are blind.
pub(super) fn interruption(language: Language) -> &'static str {
    match language {
        Language::En => "Monitoring interrupted",
        Language::Fr => "Surveillance interrompue",
    }
}

/// Its one update.
pub(super) fn interruption_update(language: Language, since: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let since = clock(language, since, now, zone);
    match language {
        Language::En => {
            format!(
                "Since {since} these services have not been verified. They may work or not: our monitoring does not know."
            )
        }
        Language::Fr => format!(
            "Depuis {since}, ces services ne sont plus vérifiés. Ils fonctionnent peut-être, ou non : notre surveillance ne le sait pas."
        ),
    }
}

/// The time of day, with the date when it is another day than `now`'s.
fn clock(language: Language, at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let local = |at: Timestamp| jiff::Timestamp::from_millisecond(at.as_millis()).map(|at| at.to_zoned(zone.clone()));
    let (Ok(at), Ok(now)) = (local(at), local(now)) else { return at.to_string() };
    let pattern = match (language, at.date() == now.date()) {
        (Language::En, true) => "%H:%M",
        (Language::En, false) => "%-d %B %Y, %H:%M",
        (Language::Fr, true) => "%-H h %M",
        (Language::Fr, false) => "le %d/%m/%Y à %-H h %M",
    };
    at.strftime(pattern).to_string()
}
