//! What the monitor says of itself: what is wrong, whether anything is lost, and that it is over.
//!
//! It does not know channels.

use shared::{Language, Timestamp};

use super::Voice;
use crate::notify::{Fault, Kind};

impl Voice {
    /// The text of a message about a fault.
    pub(super) fn fault(&self, fault: &Fault, kind: &Kind, now: Timestamp) -> String {
        match kind {
            Kind::Down { .. } | Kind::Grown { .. } | Kind::Overdue { .. } => self.found(fault),
            Kind::Noticed { until, times, .. } => self.noticed(fault, *until, *times, now),
            Kind::Recovered { since, until } => {
                let (length, until) = (self.length(until.since(*since)), self.clock(*until, now));
                match self.language {
                    Language::En => format!("{} since {until}; {} for {length}", over_en(fault), was_en(fault)),
                    Language::Fr => {
                        format!("{} depuis {until}\u{a0}; {} pendant {length}", over_fr(fault), was_fr(fault))
                    }
                }
            }
            Kind::WasDown { since, until, times, total, .. } => {
                let (from, to, total) = (self.clock(*since, now), self.clock(*until, now), self.length(*total));
                let (en, fr) = (was_en(fault), was_fr(fault));
                match (self.language, *times) {
                    (Language::En, 0 | 1) => format!("{en} for {total}, {from} to {to}; that is over"),
                    (Language::En, times) => {
                        format!("{en} {times} times, {total} in all, {from} to {to}; that is over")
                    }
                    (Language::Fr, 0 | 1) => {
                        format!("{fr} pendant {total}, de {from} à {to}\u{a0}; c'est terminé")
                    }
                    (Language::Fr, times) => {
                        format!("{fr} {times} fois, {total} en tout, de {from} à {to}\u{a0}; c'est terminé")
                    }
                }
            }
        }
    }

    fn found(&self, fault: &Fault) -> String {
        match self.language {
            Language::En => found_en(fault),
            Language::Fr => found_fr(fault),
        }
    }

    fn noticed(&self, fault: &Fault, last: Timestamp, times: u32, now: Timestamp) -> String {
        let found = self.found(fault);
        match (self.language, times) {
            (_, 0 | 1) => found,
            (Language::En, times) => format!("{found} (found {times} times, last at {})", self.clock(last, now)),
            (Language::Fr, times) => {
                format!("{found} (constaté {times} fois, la dernière à {})", self.clock(last, now))
            }
        }
    }
}

fn found_en(fault: &Fault) -> String {
    let size = |bytes: u64| size(bytes, Language::En);
    let files = |count: u64| if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
    let places = |count: u64| if count == 1 { "1 place".to_owned() } else { format!("{count} places") };
    match fault {
        Fault::LowSpace { free, reserve } => {
            let (free, reserve) = (size(*free), size(*reserve));
            format!("the disk is nearly full: {free} free, {reserve} wanted; nothing is lost yet")
        }
        Fault::NoSpace { free, reserve } => {
            let (free, reserve) = (size(*free), size(*reserve));
            format!("the disk is full: {free} free, {reserve} needed; results wait in memory, alarms go on")
        }
        Fault::Failing { reason } => format!("the database fails: {reason}; results wait in memory, alarms go on"),
        Fault::SetAside { reason, kept } => {
            format!("the database was damaged and set aside as {kept}: {reason}; a new one was started")
        }
        Fault::Gone { place } => format!("the database in {place} is gone; a new one was started"),
        Fault::CorruptRows { rows: 1 } => "1 damaged row of the database was set aside; the rest is served".to_owned(),
        Fault::CorruptRows { rows } => {
            format!("{rows} damaged rows of the database were set aside; the rest is served")
        }
        Fault::Dropped { observations } => format!("results were lost: {observations}; the store could not keep up"),
        Fault::RestoredFrom { backup } => format!("the data come from the backup {backup}; what came later is missing"),
        Fault::DamagedFiles { files: count, first } => {
            format!("the history is damaged in {}, first {first}; the rest is served", places(*count))
        }
        Fault::MissingFiles { files: count, first } => {
            format!("{} of the history missing, first {first}; the rest is served", files(*count))
        }
        Fault::NotSealed { reason } => {
            format!("results stay in the database instead of the history's files: {reason}; nothing is lost yet")
        }
    }
}

fn found_fr(fault: &Fault) -> String {
    let size = |bytes: u64| size(bytes, Language::Fr);
    let plural = |count: u64| if count == 1 { "" } else { "s" };
    match fault {
        Fault::LowSpace { free, reserve } => {
            let (free, reserve) = (size(*free), size(*reserve));
            format!(
                "le disque est presque plein\u{a0}: {free} libres, {reserve} voulus\u{a0}; rien n'est perdu pour l'instant"
            )
        }
        Fault::NoSpace { free, reserve } => {
            let (free, reserve) = (size(*free), size(*reserve));
            format!(
                "le disque est plein\u{a0}: {free} libres, {reserve} nécessaires\u{a0}; les mesures attendent en mémoire, les alertes continuent"
            )
        }
        Fault::Failing { reason } => format!(
            "la base de données échoue\u{a0}: {reason}\u{a0}; les mesures attendent en mémoire, les alertes continuent"
        ),
        Fault::SetAside { reason, kept } => {
            format!(
                "la base de données, endommagée, est mise de côté sous {kept}\u{a0}: {reason}\u{a0}; une nouvelle commence"
            )
        }
        Fault::Gone { place } => format!("la base de données de {place} a disparu\u{a0}; une nouvelle commence"),
        Fault::CorruptRows { rows: 1 } => {
            "1 ligne endommagée de la base est mise de côté\u{a0}; le reste est servi".to_owned()
        }
        Fault::CorruptRows { rows } => {
            format!("{rows} lignes endommagées de la base sont mises de côté\u{a0}; le reste est servi")
        }
        Fault::Dropped { observations } => {
            format!("mesures perdues\u{a0}: {observations}\u{a0}; le stockage ne suivait pas")
        }
        Fault::RestoredFrom { backup } => {
            format!("les données viennent de la sauvegarde {backup}\u{a0}; ce qui a suivi manque")
        }
        Fault::DamagedFiles { files: count, first } => {
            let s = plural(*count);
            format!("l'historique est endommagé à {count} endroit{s}, d'abord {first}\u{a0}; le reste est servi")
        }
        Fault::MissingFiles { files: count, first } => {
            let s = plural(*count);
            format!("{count} fichier{s} de l'historique manquant{s}, d'abord {first}\u{a0}; le reste est servi")
        }
        Fault::NotSealed { reason } => format!(
            "les mesures restent dans la base au lieu des fichiers de l'historique\u{a0}: {reason}\u{a0}; rien n'est perdu pour l'instant"
        ),
    }
}

/// That a lasting fault is over.
fn over_en(fault: &Fault) -> &'static str {
    match fault {
        Fault::LowSpace { .. } => "the disk has room again",
        Fault::NoSpace { .. } => "the disk can be written again",
        Fault::Failing { .. } => "the database works again",
        Fault::SetAside { .. }
        | Fault::Gone { .. }
        | Fault::CorruptRows { .. }
        | Fault::Dropped { .. }
        | Fault::RestoredFrom { .. }
        | Fault::DamagedFiles { .. }
        | Fault::MissingFiles { .. }
        | Fault::NotSealed { .. } => "all is well again",
    }
}

fn over_fr(fault: &Fault) -> &'static str {
    match fault {
        Fault::LowSpace { .. } => "le disque a de nouveau de la place",
        Fault::NoSpace { .. } => "le disque est de nouveau utilisable",
        Fault::Failing { .. } => "la base de données fonctionne de nouveau",
        Fault::SetAside { .. }
        | Fault::Gone { .. }
        | Fault::CorruptRows { .. }
        | Fault::Dropped { .. }
        | Fault::RestoredFrom { .. }
        | Fault::DamagedFiles { .. }
        | Fault::MissingFiles { .. }
        | Fault::NotSealed { .. } => "tout est rentré dans l'ordre",
    }
}

/// What it was, to be followed by how long.
fn was_en(fault: &Fault) -> &'static str {
    match fault {
        Fault::LowSpace { .. } => "the disk was nearly full",
        Fault::NoSpace { .. } => "the disk was full",
        Fault::Failing { .. } => "the database failed",
        Fault::SetAside { .. }
        | Fault::Gone { .. }
        | Fault::CorruptRows { .. }
        | Fault::Dropped { .. }
        | Fault::RestoredFrom { .. }
        | Fault::DamagedFiles { .. }
        | Fault::MissingFiles { .. }
        | Fault::NotSealed { .. } => "there was a fault",
    }
}

fn was_fr(fault: &Fault) -> &'static str {
    match fault {
        Fault::LowSpace { .. } => "le disque a été presque plein",
        Fault::NoSpace { .. } => "le disque a été plein",
        Fault::Failing { .. } => "la base de données a échoué",
        Fault::SetAside { .. }
        | Fault::Gone { .. }
        | Fault::CorruptRows { .. }
        | Fault::Dropped { .. }
        | Fault::RestoredFrom { .. }
        | Fault::DamagedFiles { .. }
        | Fault::MissingFiles { .. }
        | Fault::NotSealed { .. } => "il y a eu un défaut",
    }
}

/// `812 MB`, `1.5 GB`: decimal units, as disks are sold, rounded down.
fn size(bytes: u64, language: Language) -> String {
    let (unit, per) = match bytes {
        0..1_000 => ("", 1),
        1_000..1_000_000 => ("k", 1_000),
        1_000_000..1_000_000_000 => ("M", 1_000_000),
        1_000_000_000..1_000_000_000_000 => ("G", 1_000_000_000),
        _ => ("T", 1_000_000_000_000),
    };
    let (whole, tenth) = (bytes / per, bytes % per * 10 / per);
    let (point, byte) = match language {
        Language::En => ('.', "B"),
        Language::Fr => (',', "o"),
    };
    if whole < 10 && tenth > 0 {
        format!("{whole}{point}{tenth} {unit}{byte}")
    } else {
        format!("{whole} {unit}{byte}")
    }
}
