//! What the watch over the monitor says: what is short, what fell silent, and that detection does not detect.
//!
//! It does not know channels.

use shared::Language;

use super::fault::{NO_END, size};
use crate::notify::WatchFault;

/// What was found.
pub(super) fn found(fault: &WatchFault, language: Language) -> String {
    match language {
        Language::En => found_en(fault),
        Language::Fr => found_fr(fault),
    }
}

fn found_en(fault: &WatchFault) -> String {
    let size = |bytes: &u64| size(*bytes, Language::En);
    match fault {
        WatchFault::DiskLow { free, total }
        | WatchFault::DiskVeryLow { free, total }
        | WatchFault::DiskCritical { free, total } => {
            format!("{}% of the disk are free: {} of {}", percent(*free, *total), size(free), size(total))
        }
        WatchFault::DiskFilling { free, hours } => {
            format!("the disk will be full in {}: {} free, and less each hour", days(*hours, Language::En), size(free))
        }
        WatchFault::MemoryShort { used, limit } => {
            format!("memory runs out: {} of {} are taken", size(used), size(limit))
        }
        WatchFault::Descriptors { open, limit } => {
            format!("open files and sockets run out: {open} of {limit}; probes would become unknown")
        }
        WatchFault::DetectionBroken { location, canary, found } => {
            format!(
                "detection is broken: at {location} the canary {canary} was found to be {found}; do not believe green"
            )
        }
        WatchFault::DefinitionsRejected { files: 1 } => {
            "1 definition file has been rejected for ten minutes; its last good version goes on".to_owned()
        }
        WatchFault::DefinitionsRejected { files } => {
            format!("{files} definition files have been rejected for ten minutes; their last good versions go on")
        }
        WatchFault::DefinitionsGone { components } => format!(
            "the definition files are gone or cannot be read; the {components} components that were watched go on as they were"
        ),
        WatchFault::ManyRetired { components, of } => format!(
            "{components} of {of} components are watched no more: their definition files were removed at once; put them back if that was \
             not meant"
        ),
        WatchFault::Restarting { restarts } => {
            format!(
                "the monitor was restarted {restarts} times in ten minutes; it stays up now, perhaps without a part"
            )
        }
        WatchFault::ClockOff { seconds } if *seconds >= 0 => format!("the clock is {seconds} s behind"),
        WatchFault::ClockOff { seconds } => format!("the clock is {} s ahead", seconds.unsigned_abs()),
        WatchFault::ClockJumped { seconds } if *seconds >= 0 => {
            format!("the clock jumped ahead by {seconds} s: it was set, or the machine slept")
        }
        WatchFault::ClockJumped { seconds } => format!("the clock was set back by {} s", seconds.unsigned_abs()),
        WatchFault::StoodStill { seconds } => {
            format!("the monitor stood still for {seconds} s: nothing was measured in that time")
        }
        WatchFault::ProbesStuck { probes: 1 } => "1 probe did not come to its end and was given up: a bug".to_owned(),
        WatchFault::ProbesStuck { probes } => {
            format!("{probes} probes did not come to their end and were given up: a bug")
        }
        WatchFault::PartFailed { part } => format!("a part of the monitor failed and was begun anew: {part}; a bug"),
        WatchFault::SchedulerLate { seconds } => format!(
            "the monitor is slow: its tasks come {seconds} s late to their turn, again and again; something holds its threads, and results \
             may be late or unknown"
        ),
        WatchFault::PingFailing { switch, reason, taken_at: _ } => format!(
            "the dead-man switch ([watch] {switch}) has not taken three pings in a row: {reason}; nobody outside would notice if the \
             monitor died"
        ),
    }
}

fn found_fr(fault: &WatchFault) -> String {
    let size = |bytes: &u64| size(*bytes, Language::Fr);
    match fault {
        WatchFault::DiskLow { free, total }
        | WatchFault::DiskVeryLow { free, total }
        | WatchFault::DiskCritical { free, total } => {
            let percent = percent(*free, *total);
            format!("il reste {percent}\u{a0}% du disque\u{a0}: {} libres sur {}", size(free), size(total))
        }
        WatchFault::DiskFilling { free, hours } => {
            let days = days(*hours, Language::Fr);
            format!("le disque sera plein dans {days}\u{a0}: {} libres, et moins chaque heure", size(free))
        }
        WatchFault::MemoryShort { used, limit } => {
            format!("la mémoire s'épuise\u{a0}: {} pris sur {}", size(used), size(limit))
        }
        WatchFault::Descriptors { open, limit } => format!(
            "les fichiers et connexions ouverts s'épuisent\u{a0}: {open} sur {limit}\u{a0}; les sondes deviendraient inconnues"
        ),
        WatchFault::DetectionBroken { location, canary, found } => format!(
            "la détection est en panne\u{a0}: à {location} le canari {canary} a été trouvé {found}\u{a0}; ne pas croire le vert"
        ),
        WatchFault::DefinitionsRejected { files: 0 | 1 } => {
            "1 fichier de définition est rejeté depuis dix minutes\u{a0}; sa dernière bonne version continue".to_owned()
        }
        WatchFault::DefinitionsRejected { files } => format!(
            "{files} fichiers de définition sont rejetés depuis dix minutes\u{a0}; leurs dernières bonnes versions continuent"
        ),
        WatchFault::DefinitionsGone { components } => format!(
            "les fichiers de définition ont disparu ou sont illisibles\u{a0}; les {components} composants surveillés continuent comme avant"
        ),
        WatchFault::ManyRetired { components, of } => format!(
            "{components} composants sur {of} ne sont plus surveillés\u{a0}: leurs fichiers de définition ont été supprimés d'un coup\u{a0}; \
             remettez-les si ce n'était pas voulu"
        ),
        WatchFault::Restarting { restarts } => format!(
            "la surveillance a redémarré {restarts} fois en dix minutes\u{a0}; elle reste en marche, peut-être sans l'une de ses parties"
        ),
        WatchFault::ClockOff { seconds } if *seconds >= 0 => format!("l'horloge retarde de {seconds}\u{a0}s"),
        WatchFault::ClockOff { seconds } => format!("l'horloge avance de {}\u{a0}s", seconds.unsigned_abs()),
        WatchFault::ClockJumped { seconds } if *seconds >= 0 => {
            format!("l'horloge a sauté de {seconds}\u{a0}s en avant\u{a0}: elle a été réglée, ou la machine a dormi")
        }
        WatchFault::ClockJumped { seconds } => {
            format!("l'horloge a été reculée de {}\u{a0}s", seconds.unsigned_abs())
        }
        WatchFault::StoodStill { seconds } => {
            format!(
                "la surveillance s'est arrêtée pendant {seconds}\u{a0}s\u{a0}: rien n'a été mesuré pendant ce temps"
            )
        }
        WatchFault::ProbesStuck { probes: 0 | 1 } => {
            "1 sonde n'est pas arrivée à son terme et a été abandonnée\u{a0}: un bogue".to_owned()
        }
        WatchFault::ProbesStuck { probes } => {
            format!("{probes} sondes ne sont pas arrivées à leur terme et ont été abandonnées\u{a0}: un bogue")
        }
        WatchFault::PartFailed { part } => {
            format!("une partie de la surveillance a échoué et a été relancée\u{a0}: {part}\u{a0}; un bogue")
        }
        WatchFault::SchedulerLate { seconds } => format!(
            "la surveillance est lente\u{a0}: ses tâches ont sans cesse du retard ({seconds}\u{a0}s)\u{a0}; quelque chose retient ses fils \
             d'exécution, et des mesures peuvent tarder ou rester inconnues"
        ),
        WatchFault::PingFailing { switch, reason, taken_at: _ } => format!(
            "la veille extérieure ([watch] {switch}) n'a pas pris trois signes de vie de suite\u{a0}: {reason}\u{a0}; personne au-dehors \
             ne remarquerait la mort de la surveillance"
        ),
    }
}

fn percent(free: u64, total: u64) -> u64 {
    u64::try_from(u128::from(free) * 100 / u128::from(total.max(1))).unwrap_or(100)
}

fn days(hours: u64, language: Language) -> String {
    match (language, hours) {
        (Language::En, 0 | 1) => "an hour".to_owned(),
        (Language::En, 2..48) => format!("{hours} hours"),
        (Language::En, _) => format!("{} days", hours / 24),
        (Language::Fr, 0 | 1) => "une heure".to_owned(),
        (Language::Fr, 2..48) => format!("{hours} heures"),
        (Language::Fr, _) => format!("{} jours", hours / 24),
    }
}

/// A finding, once it is over and what it was, in both languages.
pub(super) fn lasting(fault: &WatchFault) -> [&'static str; 4] {
    match fault {
        WatchFault::DiskLow { .. } | WatchFault::DiskVeryLow { .. } | WatchFault::DiskCritical { .. } => [
            "the disk has more room again",
            "the disk had little room",
            "le disque a de nouveau plus de place",
            "le disque a eu peu de place",
        ],
        WatchFault::DiskFilling { .. } => [
            "the disk fills no more",
            "the disk was filling up",
            "le disque ne se remplit plus",
            "le disque se remplissait",
        ],
        WatchFault::MemoryShort { .. } => {
            ["there is memory again", "memory was short", "il y a de nouveau de la mémoire", "la mémoire a manqué"]
        }
        WatchFault::Descriptors { .. } => [
            "files and sockets can be opened again",
            "open files and sockets were short",
            "on peut de nouveau ouvrir fichiers et connexions",
            "les fichiers et connexions ouverts ont manqué",
        ],
        WatchFault::DetectionBroken { .. } => [
            "detection works again",
            "detection was broken",
            "la détection fonctionne de nouveau",
            "la détection a été en panne",
        ],
        WatchFault::DefinitionsRejected { .. } => [
            "all definition files are in use again",
            "definition files were rejected",
            "tous les fichiers de définition sont de nouveau utilisés",
            "des fichiers de définition ont été rejetés",
        ],
        WatchFault::DefinitionsGone { .. } => [
            "the definition files are back",
            "the definition files were gone",
            "les fichiers de définition sont de retour",
            "les fichiers de définition avaient disparu",
        ],
        WatchFault::Restarting { .. } => [
            "the monitor runs steadily again",
            "the monitor was restarted again and again",
            "la surveillance tourne de nouveau sans interruption",
            "la surveillance a redémarré sans cesse",
        ],
        WatchFault::ClockOff { .. } => [
            "the clock is right again",
            "the clock was wrong",
            "l'horloge est de nouveau à l'heure",
            "l'horloge a été fausse",
        ],
        WatchFault::SchedulerLate { .. } => [
            "the monitor's tasks are in time again",
            "the monitor's tasks came late",
            "les tâches de la surveillance sont de nouveau à l'heure",
            "les tâches de la surveillance ont eu du retard",
        ],
        WatchFault::PingFailing { .. } => [
            "the dead-man switch takes pings again",
            "the dead-man switch took no pings",
            "la veille extérieure prend de nouveau les signes de vie",
            "la veille extérieure ne prenait plus les signes de vie",
        ],
        WatchFault::ManyRetired { .. }
        | WatchFault::ClockJumped { .. }
        | WatchFault::StoodStill { .. }
        | WatchFault::ProbesStuck { .. }
        | WatchFault::PartFailed { .. } => NO_END,
    }
}
